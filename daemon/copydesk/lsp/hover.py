"""What a note says on hover. Nothing in it is fetched or run: no images, no HTML, only http(s) links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from lsprotocol import types

from copydesk.core.visible import shortened, visible
from copydesk.lsp.notes import DRAFTED, RESEARCH
from copydesk.lsp.wording import STANCES, TITLE, code_block, file_name, markdown, quoted, web_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.codes import Code
    from copydesk.core.evidence import Evidence
    from copydesk.core.note import Note, Provenance
    from copydesk.core.provenance import DraftProvenance


QUOTING = frozenset({"CD501", "CD503", "CD504"})
"""Codes whose message is made of quotes, which stand below it on hover."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A note with what there is to say of it: its code's entry, its rewrite, and the day on which it is read.

    `today` is an ISO date, from which the age of evidence is told.
    """

    note: Note
    code: Code | None
    rewrite: str | None
    today: str = ""


def hover(notes: Iterable[Shown], made: DraftProvenance | None = None, *, as_markdown: bool) -> types.MarkupContent:
    """Return notes, and who made a drafted sentence, as hover contents."""
    origins = [_made(made)] if made is not None else []
    if as_markdown:
        cards = [*map(_markdown, notes), *map(markdown, origins)]
        return types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(cards))
    return types.MarkupContent(types.MarkupKind.PlainText, "\n\n".join([*map(_plain, notes), *map(visible, origins)]))


def _made(made: DraftProvenance) -> str:
    """Return who made a drafted sentence, in one line."""
    origin = made.origin
    titles = ", ".join(shortened(source.title, TITLE) for source in made.sources)
    cited = f" Sources: {titles}." if titles else " It cites no source."
    return f"Drafted by the {origin.agent} in round {origin.round}, with {origin.model}.{cited}"


def origin(provenance: Provenance, model: str = "the model") -> str:
    """Return what made a note, in words of this project alone but for what its model is called."""
    if provenance.agent in RESEARCH:
        return _researched(provenance, model)
    if provenance.agent == DRAFTED:
        return "Drafted by the desk."
    if provenance.model is None:
        return "Found by a rule, without a model."
    certainty = "" if provenance.confidence is None else f", {round(100 * provenance.confidence)} % sure"
    earlier = ", from an earlier reading" if provenance.cached else ""
    return f"Found by the model{certainty}{earlier}."


def _researched(provenance: Provenance, model: str) -> str:
    if provenance.model is None:
        return "Looked up in your sources; no model judged it."
    certainty = "" if provenance.confidence is None else f", {round(100 * provenance.confidence)} % sure"
    return f"Looked up in your sources. Each quote was judged by {model}{certainty}; the verdict is computed."


def _markdown(shown: Shown) -> str:
    note = shown.note
    head = shown.code.summary if shown.code is not None and note.code in QUOTING and note.evidence else note.message
    paragraphs = [f"**{markdown(head)}**", *(_card(one, shown.today) for one in note.evidence)]
    if shown.code is not None and not note.evidence:
        paragraphs += [markdown(shown.code.why), markdown(shown.code.how)]
    paragraphs.append(f"{markdown(note.code)} · {markdown(_source(note.provenance, shown.today))}")
    if shown.rewrite is not None:
        paragraphs += ["Proposed:", code_block(shown.rewrite)]
    return "\n\n".join(paragraphs)


def _plain(shown: Shown) -> str:
    note = shown.note
    reasons = [shown.code.why, shown.code.how] if shown.code is not None else []
    if note.evidence:
        reasons = [f"{quoted(one)}, {one.source.url}, {_age(one, shown.today)}" for one in note.evidence]
    lines = [note.message, *reasons, f"{note.code} · {_source(note.provenance, shown.today)}"]
    if shown.rewrite is not None:
        lines += ["Proposed:", shown.rewrite]
    return "\n".join(visible(line) for line in lines)


def _card(one: Evidence, today: str) -> str:
    """Return a quote with its source, linked where that is on the web; what a page says stays text."""
    title, href = markdown(shortened(one.source.title, TITLE)), web_address(one.source.url)
    where = f"[{title}]({href})" if href else f"{title} · {markdown(file_name(one.source.url))}"
    return f"{STANCES[one.stance]}: “{markdown(one.quote)}”  \n{where} · {_age(one, today)}"


def _age(one: Evidence, today: str) -> str:
    return _since("read", one.source.retrieved, today)


def _since(what: str, time: str, today: str) -> str:
    """Return a date with how long ago that is, which only days of this calendar tell."""
    day = time[:10]
    try:
        days = (date.fromisoformat(today) - date.fromisoformat(day)).days
    except ValueError:
        return f"{what} {visible(day)}"
    ago = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    return f"{what} {day}, {ago}" if days >= 0 else f"{what} {day}"


def _source(provenance: Provenance, today: str) -> str:
    if provenance.agent in RESEARCH:
        results = f" Search results {_since('of', provenance.searched, today)}." if provenance.searched else ""
        return origin(provenance, provenance.model or "the model") + results
    model = f" {provenance.agent}: {provenance.model}" if provenance.model else ""
    return f"{origin(provenance)}{model}"
