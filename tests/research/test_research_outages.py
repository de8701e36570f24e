"""Research where a search, a page, the engine or all of the evidence is missing: that is said, and is no verdict."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.core.claims.claim import claims_in
from copydesk.core.evidence import Stance, Status, Verdict
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.errors import EngineBroken, SearchUnavailable
from copydesk.events import Report, Researched
from harness.claims import ClaimEngine, ScriptedSearch, claims_desk, says
from harness.researched import ANNALS, COOKERY, DRAFT, GUIDE, researched


@pytest.mark.parametrize("pages", [{}, {"Annals": ANNALS}])
async def test_R48_a_search_that_fails_says_nothing_of_the_claim(pages: dict[str, str]) -> None:
    search = ScriptedSearch(pages, problem=SearchUnavailable("The library is empty.", "Add files."))
    claim, note, _ = await researched(ClaimEngine(), search)
    assert (claim.status, claim.verdict) == (Status.UNAVAILABLE, None)
    assert note is not None
    assert note.code == "CD901"
    assert note.message == "Not checked: The library is empty. Add files."


async def test_R48_a_provider_that_fails_beside_one_that_works_is_named() -> None:
    broken = ScriptedSearch({}, "searxng", SearchUnavailable("SearXNG asks for a captcha.", "Wait."))
    claim, _, _ = await researched(
        ClaimEngine(judge=says(nine=Stance.SUPPORTS)), broken, ScriptedSearch({"Annals": ANNALS})
    )
    assert claim.verdict is Verdict.SUPPORTED
    assert [(one.what, one.why) for one in claim.skipped] == [("searxng", "SearXNG asks for a captcha. Wait.")]


async def test_pages_that_cannot_be_read_are_named_and_the_others_count() -> None:
    search = ScriptedSearch({"Annals": ANNALS, "Guide": GUIDE}, refused=frozenset({"Guide"}))
    claim, _, _ = await researched(ClaimEngine(judge=says(nine=Stance.SUPPORTS)), search)
    assert claim.verdict is Verdict.SUPPORTED
    assert [one.what for one in claim.skipped] == ["Guide"]
    all_refused = ScriptedSearch({"Guide": GUIDE}, refused=frozenset({"Guide"}))
    claim, _, _ = await researched(ClaimEngine(), all_refused)
    assert claim.status is Status.UNAVAILABLE


@pytest.mark.parametrize(
    "pages",
    [{}, {"Cookery": COOKERY}, {"Annals": ANNALS}, {"Trains": "# Trains\n\nTrains are punctual.\n"}],
    ids=lambda pages: " ".join(pages) or "none",
)
@pytest.mark.parametrize("works", [0, 1])
async def test_R48_an_outage_of_one_provider_is_no_verdict_where_the_others_settle_nothing(
    pages: dict[str, str], works: int
) -> None:
    captcha = SearchUnavailable("SearXNG asks for a captcha.", "Wait.")
    broken = ScriptedSearch({}, "searxng", captcha, works=works)
    claim, note, _ = await researched(ClaimEngine(), ScriptedSearch(pages), broken)
    assert (claim.status, claim.verdict) == (Status.UNAVAILABLE, None)
    assert {part.verdict for part in claim.parts} == {None}
    assert note is not None
    assert (note.code, note.message) == ("CD901", "Not checked: SearXNG asks for a captcha. Wait.")


async def test_R48_a_part_that_an_outage_left_open_has_no_verdict() -> None:
    source = "The old dam at Lund was finished in 1890, and its tower is 40 metres high.\n"
    broken = ScriptedSearch({}, "searxng", SearchUnavailable("SearXNG asks for a captcha.", "Wait."))

    def judge(excerpt: str, claim: str) -> Stance:
        return Stance.SUPPORTS if "1890" in claim else Stance.IRRELEVANT

    claim, _, _ = await researched(ClaimEngine(judge=judge), ScriptedSearch({"Annals": ANNALS}), broken, source=source)
    assert claim.verdict is Verdict.PARTLY_SUPPORTED
    assert [part.verdict for part in claim.parts] == [Verdict.SUPPORTED, None]


async def test_R48_where_nothing_is_found_there_is_no_verdict() -> None:
    claim, note, _ = await researched(ClaimEngine(), ScriptedSearch({}))
    assert (claim.status, claim.verdict) == (Status.UNAVAILABLE, None)
    assert note is not None
    assert note.code == "CD901"
    assert note.message.startswith("Not checked: Nothing on this was found")


@pytest.mark.parametrize("pages", [{"Annals": ANNALS}, {"Trains": "# Trains\n\nTrains are punctual.\n"}])
async def test_what_is_found_and_settles_nothing_is_not_enough_evidence(pages: dict[str, str]) -> None:
    claim, note, _ = await researched(ClaimEngine(), ScriptedSearch(pages))
    assert claim.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert note is not None
    assert "says nothing about whether it is true" in note.message


async def test_R48_a_place_that_is_gone_when_its_pages_are_read_ends_no_research() -> None:
    gone = ScriptedSearch({"Guide": GUIDE}, lost=frozenset({"Guide"}))
    annals = ScriptedSearch({"Annals": ANNALS}, "kiwix")
    claim, _, _ = await researched(ClaimEngine(judge=says(nine=Stance.SUPPORTS)), gone, annals)
    assert claim.verdict is Verdict.SUPPORTED
    assert [(one.what, one.why) for one in claim.skipped] == [("Guide", "The library is empty. Put files into it.")]
    for others in ([], [ScriptedSearch({"Annals": ANNALS}, "kiwix")]):
        gone = ScriptedSearch({"Guide": GUIDE}, lost=frozenset({"Guide"}))
        claim, note, _ = await researched(ClaimEngine(), gone, *others)
        assert (claim.status, claim.verdict) == (Status.UNAVAILABLE, None)
        assert note is not None
        assert note.code == "CD901"


async def test_without_an_engine_the_evidence_is_still_found() -> None:
    desk = claims_desk(ClaimEngine(), [ScriptedSearch({"Annals": ANNALS})])

    async def nobody() -> Any:
        raise EngineBroken("No model is installed.", "Install one.")

    desk.hire = nobody
    document = read(Text(DRAFT))
    events = [event async for event in desk.research(document, claims_in(document, None))]
    result = next(event for event in events if isinstance(event, Researched))
    assert result.claim.status is Status.UNAVAILABLE
    assert result.claim.evidence[0].quote.startswith("It was finished in 1890")
    assert result.note is not None
    assert result.note.code == "CD902"
    assert isinstance(events[-1], Report)
    assert str(events[-1].problem) == "No model is installed."


@pytest.mark.parametrize("lost_after", [0, 1])
async def test_an_engine_that_breaks_on_the_way_leaves_the_evidence_and_the_other_claims(lost_after: int) -> None:
    source = "The old dam at Lund was finished in 1890. The old dam at Lund is 40 metres high.\n"
    engine = ClaimEngine(
        judge=says(nine=Stance.SUPPORTS), problem=EngineBroken("The engine died.", "Restart it."), lost_after=lost_after
    )
    search = ScriptedSearch({"Annals": ANNALS, "Guide": GUIDE})
    desk = claims_desk(engine, [search])
    document = read(Text(source))
    events = [event async for event in desk.research(document, claims_in(document, None))]
    results = [event.claim for event in events if isinstance(event, Researched)]
    assert [claim.status for claim in results] == [Status.UNAVAILABLE] * 2
    assert all(claim.evidence and claim.reason == "The engine died. Restart it." for claim in results)
    assert isinstance(events[-1], Report)
    assert str(events[-1].problem) == "The engine died."
