"""What a note says on hover. Nothing in it is fetched or run: no images, no HTML, only http(s) links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from copydesk.lsp.wording import code_block, markdown, visible, web_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.note import Note, Provenance
    from copydesk.lsp.ports import CodeFacts


def hover(notes: Sequence[tuple[Note, CodeFacts | None, str | None]], *, as_markdown: bool) -> types.MarkupContent:
    """Return notes, each with the facts of its code and its rewrite, as hover contents."""
    kind = types.MarkupKind.Markdown if as_markdown else types.MarkupKind.PlainText
    separator = "\n\n---\n\n" if as_markdown else "\n\n"
    one = _markdown if as_markdown else _plain
    return types.MarkupContent(kind, separator.join(one(note, facts, rewrite) for note, facts, rewrite in notes))


def origin(provenance: Provenance) -> str:
    """Return what made a note, in words of this project alone."""
    if provenance.model is None:
        return "Found by a rule, without a model."
    certainty = "" if provenance.confidence is None else f", {round(100 * provenance.confidence)} % sure"
    earlier = ", from an earlier reading" if provenance.cached else ""
    return f"Found by the model{certainty}{earlier}."


def _markdown(note: Note, facts: CodeFacts | None, rewrite: str | None) -> str:
    href = web_address(facts.href) if facts else None
    code = f"[{note.code}]({href})" if href else markdown(note.code)
    paragraphs = [f"**{markdown(note.message)}**", f"{code} · {markdown(_source(note.provenance))}"]
    if facts:
        paragraphs[1:1] = [markdown(facts.meaning), markdown(facts.remedy)]
    if rewrite is not None:
        paragraphs += ["Proposed:", code_block(rewrite)]
    return "\n\n".join(paragraphs)


def _plain(note: Note, facts: CodeFacts | None, rewrite: str | None) -> str:
    lines = [
        note.message,
        *([facts.meaning, facts.remedy] if facts else []),
        f"{note.code} · {_source(note.provenance)}",
    ]
    if rewrite is not None:
        lines += ["Proposed:", rewrite]
    return "\n".join(visible(line) for line in lines)


def _source(provenance: Provenance) -> str:
    model = f" {provenance.agent}: {provenance.model}" if provenance.model else ""
    return f"{origin(provenance)}{model}"
