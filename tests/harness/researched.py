"""One claim through the desk, and what holds of its report whatever pages and models do."""

from __future__ import annotations

from typing import Any

from copydesk.core.claims.claim import claim_at
from copydesk.core.evidence import ClaimReport, Stance, Status, Verdict
from copydesk.core.markdown import read
from copydesk.core.note import Note
from copydesk.core.text import Span, Text
from copydesk.events import Report, Researched
from copydesk.ports import Search
from harness.claims import ClaimEngine, claims_desk

DRAFT = "# The dam\n\nThe old dam at Lund was finished in 1890.\n"
ANNALS = "# Annals\n\nThe dam at Lund is old. It was finished in 1890, after nine years of work.\n"
GUIDE = "# Guide\n\nThe old dam at Lund was finished in 1899, says the plaque.\n"
COOKERY = "# Cookery\n\nBoil the dam of an old goat in Lund water for 1890 seconds.\n"


async def researched(
    engine: ClaimEngine, *searches: Search, source: str = DRAFT, words: str = "The old dam", cache: Any = None
) -> tuple[ClaimReport, Note | None, Report]:
    """Research the sentence that begins with some words."""
    document = read(Text(source))
    start = source.index(words)
    claim = claim_at(document, Span(start, start))
    assert claim is not None
    desk = claims_desk(engine, searches, cache)
    events = [event async for event in desk.research(document, [claim])]
    await desk.close()
    report, result = events.pop(), next(event for event in events if isinstance(event, Researched))
    assert isinstance(report, Report)
    assert_sound(result.claim, searches)
    return result.claim, result.note, report


def assert_sound(claim: ClaimReport, searches: tuple[Search, ...]) -> None:
    """Assert what holds on every run: verbatim quotes, no naked verdict, no invented address, few queries."""
    pages = {search._url(title): text for search in searches for title, text in search.pages.items()}  # type: ignore[attr-defined]
    for one in claim.evidence:
        assert pages[one.source.url][one.start : one.end] == one.quote
    decisive = {one.stance for one in claim.evidence}
    if claim.verdict in (Verdict.SUPPORTED, Verdict.PARTLY_SUPPORTED):
        assert Stance.SUPPORTS in decisive
    if claim.verdict is Verdict.REFUTED:
        assert Stance.REFUTES in decisive
    assert (claim.verdict is None) == (claim.status is not Status.JUDGED)
    assert len(claim.queries) <= 3
    for search in searches:
        asked = search.queries  # type: ignore[attr-defined]
        assert asked == list(claim.queries)[: len(asked)]
