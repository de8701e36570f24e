"""What is remembered of searches from one run to the next: what was found, and where; never that a place was silent."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from copydesk.core.draft.draft import Draft
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.drafting.limits import Terms
from copydesk.errors import SearchUnavailable
from copydesk.events import Drafted
from copydesk.ports import Places
from harness.claims import ScriptedSearch
from harness.draft_models import PAGES, POST, competent
from harness.drafting_desk import HERE, SHORT, DraftEngine, MemoryJournal, draft_desk

BUSY = SearchUnavailable("Search unavailable: too many requests.", "Try again in 60 seconds.")


async def drafted(search: Sequence[ScriptedSearch], journal: MemoryJournal, where: tuple[str, ...] = ()) -> Draft:
    desk = draft_desk(DraftEngine(competent()))
    desk.search = lambda: Places(tuple(search), where=where)
    events = desk.draft(read(Text(POST)), POST.index(HERE), SHORT, Terms(journal))
    (found,) = [event.draft async for event in events if isinstance(event, Drafted)]
    return found


@pytest.mark.parametrize("silent", [ScriptedSearch(problem=BUSY), ScriptedSearch()], ids=["failed", "empty"])
async def test_a_search_that_came_to_nothing_is_made_again(silent: ScriptedSearch) -> None:
    journal, works = MemoryJournal(), ScriptedSearch(PAGES)
    assert (await drafted([silent], journal)).unsourced
    draft = await drafted([works], journal)
    assert works.queries
    assert (draft.unsourced, draft.skipped) == (False, ())


async def test_a_search_of_which_one_place_failed_is_made_again_everywhere() -> None:
    journal = MemoryJournal()
    busy = ScriptedSearch(name="wikipedia", problem=BUSY)
    half = await drafted([ScriptedSearch({"Annals": PAGES["Annals"]}), busy], journal)
    assert [one.title for one in half.sources] == ["Annals"]
    both = [ScriptedSearch({"Annals": PAGES["Annals"]}), ScriptedSearch({"Survey": PAGES["Survey"]}, "wikipedia")]
    whole = await drafted(both, journal)
    assert {one.title for one in whole.sources} == {"Annals", "Survey"}
    assert whole.skipped == ()


async def test_a_place_that_was_gone_when_its_pages_were_to_be_read_is_asked_again() -> None:
    journal = MemoryJournal()
    assert [one.title for one in (await drafted([ScriptedSearch(PAGES, lost=frozenset({"Annals"}))], journal)).sources]
    whole = await drafted([ScriptedSearch(PAGES)], journal)
    assert {one.title for one in whole.sources} == {"Annals", "Survey"}


async def test_what_was_found_in_one_library_is_not_given_as_what_another_has() -> None:
    journal, again = MemoryJournal(), ScriptedSearch(PAGES)
    first = ScriptedSearch({"Annals": PAGES["Annals"]})
    await drafted([first], journal, where=("library", "old-sources"))
    same = ScriptedSearch({"Annals": PAGES["Annals"]})
    await drafted([same], journal, where=("library", "old-sources"))
    assert same.queries == []
    draft = await drafted([again], journal, where=("library", "new-sources"))
    assert again.queries == first.queries
    assert {one.title for one in draft.sources} == {"Annals", "Survey"}
