"""Researched claims for a person at a terminal: what was asked, what was found, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.cli.formats.text import FAINT, STRONG, cost, painter, place
from copydesk.core.claims.notes import message
from copydesk.core.evidence import Stance, Status, Verdict
from copydesk.core.visible import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.cli.formats.text import Paint
    from copydesk.cli.results import Examined, Results
    from copydesk.core.evidence import ClaimReport, Evidence
    from copydesk.core.note import Note

QUOTED = 300
"""Code points of a quote that are printed."""

_COLOURS = {
    Verdict.SUPPORTED: "32",
    Verdict.PARTLY_SUPPORTED: "33",
    Verdict.REFUTED: "31",
    Verdict.CONFLICTING: "33",
    Verdict.NOT_ENOUGH_EVIDENCE: "36",
    Verdict.NOT_CHECKABLE: "2",
}
_STANCES = {
    Stance.SUPPORTS: "supports",
    Stance.REFUTES: "refutes",
    Stance.IRRELEVANT: "nearest, decides nothing",
    None: "found, not judged",
}


def claims(results: Results, *, colour: bool) -> str:
    """Return every claim with its verdict, quotes, sources and steps, and what it cost."""
    paint = painter(colour=colour)
    lines: list[str] = []
    for examined in results.documents:
        notes = iter(examined.notes)
        for claim in results.claims:
            note = None if claim.verdict is Verdict.NOT_CHECKABLE else next(notes, None)
            lines.extend([*_claim(examined, claim, note, paint), ""])
    return "\n".join([*lines, *cost(results.report)])


def _claim(examined: Examined, claim: ClaimReport, note: Note | None, paint: Paint) -> Iterator[str]:
    where = f"{place(examined, note)}: " if note is not None and examined.path != "-" else ""
    yield f"{paint(where, STRONG)}{paint(_verdict(claim), _colour(claim))}{f' {note.code}' if note else ''}"
    yield f"    claim: {shortened(claim.text, QUOTED)}"
    if claim.asked != claim.text:
        yield paint(f"    asked as: {shortened(claim.asked, QUOTED)}", FAINT)
    if len(claim.parts) > 1:
        for part in claim.parts:
            verdict = f"{part.verdict.replace('_', ' ')}: " if part.verdict is not None else ""
            yield f"    part: {verdict}{shortened(part.text, QUOTED)}"
    if claim.status is Status.UNJUDGED and not claim.evidence:
        yield "    Nothing was found."  # so that there is nothing that a reader could judge in the model's place
    elif claim.status is not Status.JUDGED or claim.verdict is Verdict.NOT_CHECKABLE:
        yield f"    {visible(claim.reason)}"
    elif claim.verdict is Verdict.NOT_ENOUGH_EVIDENCE:
        yield f"    {message(claim)}"
    for one in claim.evidence:
        yield from _evidence(one, paint)
    if claim.queries:
        yield paint(f"    searched for: {' | '.join(map(visible, claim.queries))}{_when(claim.searched)}", FAINT)
    for skipped in claim.skipped:
        yield paint(f"    left out: {shortened(skipped.what, 80)}: {shortened(skipped.why, QUOTED)}", FAINT)


def _when(searched: str) -> str:
    """Return from when the results are: they may come from the cache, up to a day old."""
    day, _, time = searched.partition("T")
    return f" (results of {visible(day)}, {visible(time[:5])} UTC)" if time else ""


def _verdict(claim: ClaimReport) -> str:
    if claim.verdict is not None:
        return claim.verdict.replace("_", " ")
    unjudged = any(one.stance is None for one in claim.evidence)
    return "not checked" if claim.status is Status.UNAVAILABLE and not unjudged else "no verdict"


def _colour(claim: ClaimReport) -> str:
    return _COLOURS[claim.verdict] if claim.verdict is not None else "36"


def _evidence(one: Evidence, paint: Paint) -> Iterator[str]:
    yield f"    {_STANCES[one.stance]}: “{shortened(one.quote, QUOTED)}”"
    source = one.source
    yield paint(f"        {shortened(source.title, 100)}, {visible(source.url)}, read {source.retrieved[:10]}", FAINT)
