"""What a note says on hover. Nothing in it is fetched or run: no images, no HTML, only http(s) links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from copydesk.core.visible import visible
from copydesk.lsp.wording import code_block, markdown, web_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.codes import Code
    from copydesk.core.note import Note, Provenance


@dataclass(frozen=True, slots=True)
class Shown:
    """A note with what there is to say of it: its code's entry and page, and its rewrite."""

    note: Note
    code: Code | None
    page: str | None
    rewrite: str | None


def hover(notes: Iterable[Shown], *, as_markdown: bool) -> types.MarkupContent:
    """Return notes as hover contents."""
    if as_markdown:
        return types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(map(_markdown, notes)))
    return types.MarkupContent(types.MarkupKind.PlainText, "\n\n".join(map(_plain, notes)))


def origin(provenance: Provenance) -> str:
    """Return what made a note, in words of this project alone."""
    if provenance.model is None:
        return "Found by a rule, without a model."
    certainty = "" if provenance.confidence is None else f", {round(100 * provenance.confidence)} % sure"
    earlier = ", from an earlier reading" if provenance.cached else ""
    return f"Found by the model{certainty}{earlier}."


def _markdown(shown: Shown) -> str:
    note, href = shown.note, web_address(shown.page)
    paragraphs = [f"**{markdown(note.message)}**"]
    if shown.code is not None:
        paragraphs += [markdown(shown.code.why), markdown(shown.code.how)]
    code = f"[{note.code}]({href})" if href else markdown(note.code)
    paragraphs.append(f"{code} · {markdown(_source(note.provenance))}")
    if shown.rewrite is not None:
        paragraphs += ["Proposed:", code_block(shown.rewrite)]
    return "\n\n".join(paragraphs)


def _plain(shown: Shown) -> str:
    note = shown.note
    reasons = [shown.code.why, shown.code.how] if shown.code is not None else []
    lines = [note.message, *reasons, f"{note.code} · {_source(note.provenance)}"]
    if shown.rewrite is not None:
        lines += ["Proposed:", shown.rewrite]
    return "\n".join(visible(line) for line in lines)


def _source(provenance: Provenance) -> str:
    model = f" {provenance.agent}: {provenance.model}" if provenance.model else ""
    return f"{origin(provenance)}{model}"
