"""Drafting through the desk with a model that can: who is asked what, and what comes out."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.core.brief import Brief
from copydesk.core.draft.draft import Draft
from copydesk.core.draft.plan import questions_of
from copydesk.core.draft.ratchet import Score, Stop
from copydesk.core.draft.stored import decoded
from copydesk.core.draft.task import task_at
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.drafting.limits import Terms
from copydesk.errors import SearchNotSetUp, SettingsError
from copydesk.events import Drafted, Drafting, Preview
from copydesk.ports import Role
from harness.claims import ScriptedSearch
from harness.draft_models import FACTS, PAGES, POST, competent
from harness.drafting_desk import HERE, MODEL, SHORT, DraftEngine, MemoryJournal, canal, draft_desk, drawn, texts


async def test_a_section_is_planned_looked_up_written_criticised_and_clean() -> None:
    result, engine = await canal(competent())
    draft = result.draft
    assert (draft.status, draft.reason, draft.rounds) == (Stop.CLEAN, "", 2)
    assert draft.score == Score()
    assert sorted(texts(draft)) == sorted(FACTS.values())
    assert engine.roles == [
        *(Role.PLANNER, Role.RESEARCHER, Role.WRITER, Role.WRITER, Role.CRITIC),
    ]
    assert result.report.problem is None
    assert result.report.model == MODEL
    assert [one.agent for one in (sentence.origin for sentence in draft.sentences)] == [Role.WRITER] * 4
    assert {one.model for one in (sentence.origin for sentence in draft.sentences)} == {"scripted"}


async def test_every_citation_is_a_verbatim_span_of_a_page_that_comes_with_the_draft() -> None:
    result, _ = await canal(competent())
    assert [page.source for page in result.pages] == list(result.draft.sources)
    stored = {page.source.sha256: page.text for page in result.pages}
    for sentence in result.draft.sentences:
        assert result.draft.markdown[sentence.span.start : sentence.span.end].startswith(sentence.text)
        for one in sentence.evidence:
            assert stored[one.source.sha256][one.start : one.end] == one.quote
            assert one.quote in result.draft.markdown
    assert not result.draft.unsourced


async def test_progress_says_who_does_what_and_previews_grow() -> None:
    result, _ = await canal(competent())
    steps = [event for event in result.events if isinstance(event, Drafting)]
    assert [step.label for step in steps if step.role is not Role.RESEARCHER] == [
        *("planning", "writing", "writing"),
        "criticising",
    ]
    assert {step.label for step in steps if step.role is Role.RESEARCHER} == {"searching", "reading sources"}
    assert [step.round for step in steps] == sorted(step.round for step in steps)
    assert steps[-1].sources == 2
    assert steps[-1].words == sum(len(text.split()) for text in FACTS.values())
    previews = [event.markdown for event in result.events if isinstance(event, Preview)]
    assert previews[-1] == result.draft.markdown
    assert [len(one) for one in previews] == sorted(len(one) for one in previews)


async def test_the_editor_mends_what_code_finds_and_nothing_else() -> None:
    wrong = {"text": "Boats have used the Lund canal since 1852.", "spans": ["S1"]}
    right = {"do": "rewrite", "text": FACTS["The Lund canal was opened to boats in 1825."], "spans": ["S1"]}
    model = competent(extra={"P1": [wrong]}, mends={"1852": [right, {"do": "delete"}]})
    model.paraphrases = dict(list(FACTS.items())[1:]) | {next(iter(FACTS)): wrong["text"]}
    result, engine = await canal(model)
    assert result.draft.status is Stop.CLEAN
    assert "1852" not in result.draft.markdown
    assert [one.number for one in result.draft.log] == [1, 2]
    assert result.draft.log[0].score.blocking == 1
    assert result.draft.log[1].accepted == 1
    assert engine.roles.count(Role.EDITOR) == 1
    mended = next(one for one in result.draft.sentences if "1825" in one.text)
    assert (mended.origin.agent, mended.origin.round) == (Role.EDITOR, 2)


async def test_a_finding_that_needs_evidence_sends_the_researcher_out_with_a_planned_query() -> None:
    model = competent(evidence=["Q1"])
    engine = DraftEngine(model)
    search = ScriptedSearch({"Annals": PAGES["Annals"]})
    later = ScriptedSearch(PAGES)

    class Later:
        name = "library"

        async def find(self, query: str, limit: int) -> Any:
            return await (search if engine.roles.count(Role.CRITIC) == 0 else later).find(query, limit)

        async def read(self, hit: Any) -> Any:
            return await later.read(hit)

        async def close(self) -> None: ...

    model.paraphrases = dict(FACTS)
    model.questions = ["When was the Lund canal opened?"]
    result = await drawn(engine, POST, HERE, [Later()], brief=Brief(style="about 20 words"))
    assert engine.roles[-3:] == [Role.CRITIC, Role.RESEARCHER, Role.WRITER]
    assert result.draft.status is Stop.CLEAN
    new = next(one for one in result.draft.sentences if one.origin.round == 2)
    assert [one.source.title for one in new.evidence] == ["Survey"]
    plan = questions_of(task_at(read(Text(POST)), POST.index(HERE), Brief()), model.questions)[0].queries  # type: ignore[arg-type]
    assert (search.queries, later.queries) == ([plan[0]], [plan[1]])
    assert result.draft.queries == plan


@pytest.mark.parametrize("searches", [[], [ScriptedSearch({})]])
async def test_without_sources_there_are_no_citations_and_the_draft_says_so(searches: list[Any]) -> None:
    engine = DraftEngine(competent())
    result = await drawn(engine, POST, HERE, searches, brief=Brief(style="about 20 words"))
    assert result.draft.unsourced
    assert result.draft.sources == result.pages == ()
    assert result.draft.sentences
    assert "[^" not in result.draft.markdown and "](" not in result.draft.markdown
    writer = next(one for one in engine.asked if one.role is Role.WRITER)
    assert "spans" not in writer.schema["properties"]["sentences"]["items"]["properties"]


async def test_a_search_that_is_not_set_up_does_not_keep_a_draft_from_being_written() -> None:
    def search() -> Any:
        raise SearchNotSetUp("Nothing is switched on.", "Name a place to search.")

    desk = draft_desk(DraftEngine(competent()))
    desk.search = search
    terms = Terms(MemoryJournal())
    events = [event async for event in desk.draft(read(Text(POST)), POST.index(HERE), SHORT, terms)]
    drafted = events[-2]
    assert isinstance(drafted, Drafted)
    assert any("nothing was searched" in remark for one in drafted.draft.log for remark in one.remarks)


async def test_an_unknown_place_to_search_is_an_error_before_any_model_is_asked() -> None:
    def search() -> Any:
        raise SettingsError("There is no search provider named gogle.", "Name one that there is.")

    engine = DraftEngine(competent())
    desk = draft_desk(engine)
    desk.search = search
    with pytest.raises(SettingsError, match="gogle"):
        [event async for event in desk.draft(read(Text(POST)), POST.index(HERE), SHORT, Terms(MemoryJournal()))]
    assert engine.asked == []


async def test_a_draft_survives_being_stored() -> None:
    journal = MemoryJournal()
    result, _ = await canal(competent(), journal=journal)
    stored = decoded(journal.kept["draft"])
    assert stored == result.draft
    assert isinstance(stored, Draft) and stored.chosen([0]) == result.draft.chosen([0])
