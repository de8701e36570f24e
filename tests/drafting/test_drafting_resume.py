"""A run that was killed at any point is begun again: no finished call is repeated, and the same comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from copydesk.core.brief import Brief
from copydesk.core.draft.draft import Draft
from copydesk.core.draft.ratchet import Stop
from copydesk.drafting.limits import Limits
from copydesk.errors import EngineUnreachable
from harness.claims import ScriptedSearch
from harness.draft_models import PAGES, POST, Question, competent
from harness.drafting_desk import DraftEngine, MemoryJournal, drawn
from harness.unfit_models import Foolish

pytestmark = pytest.mark.slow

HERE = "## The Lund"
SHORT = Brief(style="about 40 words")
MODELS: dict[str, Callable[[], Any]] = {
    "competent": competent,
    "foolish": lambda: Foolish(2),
    "odd": lambda: Foolish(11),
}


class Killed(BaseException):
    """The process is gone."""


class Fragile(ScriptedSearch):
    """A library that dies with the process at its n-th call."""

    dies: int = -1

    async def find(self, query: str, limit: int) -> Any:
        if len(self.queries) == self.dies:
            raise Killed
        return await super().find(query, limit)


async def run(
    model: Callable[[], Any], journal: MemoryJournal, search: ScriptedSearch, **more: Any
) -> tuple[Draft, DraftEngine]:
    engine = DraftEngine(model(), **more)
    result = await drawn(engine, POST, HERE, [search], journal=journal, brief=SHORT)
    return result.draft, engine


def told(draft: Draft) -> Draft:
    """Return a draft without what may differ between two runs: nothing but tokens from a colder prefix cache."""
    return replace(draft, log=tuple(replace(one, cached_prompt_tokens=0) for one in draft.log))


@pytest.mark.parametrize("name", MODELS)
async def test_killed_after_any_call_it_repeats_none_and_ends_alike(name: str) -> None:
    whole, engine = await run(MODELS[name], MemoryJournal(), ScriptedSearch(PAGES))
    calls = len(engine.asked)
    assert calls > 4
    queries = len(whole.queries)
    for killed in range(calls):
        journal, search = MemoryJournal(), ScriptedSearch(PAGES)
        with pytest.raises(Killed):
            await run(MODELS[name], journal, search, fails={killed: Killed()})
        again, second = await run(MODELS[name], journal, search)
        assert len(second.asked) == calls - killed
        assert len(search.queries) == queries
        assert told(again) == told(whole)
        assert again.markdown == whole.markdown


async def test_killed_at_a_search_it_searches_nothing_twice() -> None:
    whole, _ = await run(MODELS["foolish"], MemoryJournal(), ScriptedSearch(PAGES))
    for killed in range(len(whole.queries)):
        journal, search = MemoryJournal(), Fragile(PAGES)
        search.dies = killed
        with pytest.raises(Killed):
            await run(MODELS["foolish"], journal, search)
        search.dies = -1
        again, _ = await run(MODELS["foolish"], journal, search)
        assert search.queries == [query for query in search.queries if query in whole.queries]
        assert len(search.queries) == len(whole.queries)
        assert again.markdown == whole.markdown


@pytest.mark.parametrize("name", MODELS)
async def test_a_finished_run_costs_nothing_the_second_time(name: str) -> None:
    journal, search = MemoryJournal(), ScriptedSearch(PAGES)
    whole, _ = await run(MODELS[name], journal, search)
    recorded = list(journal.recorded)
    again, engine = await run(MODELS[name], journal, ScriptedSearch({}))
    assert engine.asked == []
    assert journal.recorded == recorded
    assert again == whole


async def test_each_key_is_recorded_once() -> None:
    journal = MemoryJournal()
    await run(MODELS["foolish"], journal, ScriptedSearch(PAGES))
    assert len(journal.recorded) == len(set(journal.recorded))


async def test_other_words_in_the_text_ask_anew() -> None:
    journal = MemoryJournal()
    _, engine = await run(competent, journal, ScriptedSearch(PAGES))
    other = DraftEngine(competent())
    changed = POST.replace("Canals carry", "All canals carry")
    await drawn(other, changed, HERE, [ScriptedSearch(PAGES)], journal=journal, brief=SHORT)
    # The Researcher sees none of it.
    assert len(other.asked) == len(engine.asked) - 1


async def test_after_an_engine_that_failed_the_draft_goes_on_where_it_was() -> None:
    journal, search = MemoryJournal(), ScriptedSearch(PAGES)
    broken, _ = await run(competent, journal, search, fails={3: EngineUnreachable("Gone.", "Start it.")})
    assert broken.status is Stop.ENGINE_ERROR
    draft, engine = await run(competent, journal, search)
    assert draft.status is Stop.CLEAN
    assert len(engine.asked) == 2


async def test_out_of_tokens_the_same_command_again_goes_on_with_as_many_more_until_it_is_done() -> None:
    journal, search = MemoryJournal(), ScriptedSearch(PAGES)
    whole, engine = await run(competent, MemoryJournal(), ScriptedSearch(PAGES))
    asked, ends = [], []
    while not ends or ends[-1].status is not Stop.CLEAN:
        part = DraftEngine(competent())
        limits = Limits(tokens=1200)
        result = await drawn(part, POST, HERE, [search], journal=journal, brief=SHORT, limits=limits)
        asked.append(len(part.asked))
        ends.append(result.draft)
        spent = [usage.prompt_tokens + usage.output_tokens for usage in part.usages]
        assert sum(spent[:-1]) < limits.tokens, "no call is begun once the limit is reached"
        assert asked[-1], "a run that may go on asks something"
    assert {one.status for one in ends[:-1]} == {Stop.TOKEN_BUDGET}
    assert len(ends) > 1
    assert sum(asked) == len(engine.asked)
    assert told(ends[-1]) == told(whole)


@pytest.mark.parametrize(
    "junk", [b"", b"{", b"[]", b'{"answer": 3, "tokens": [1, 2, 3]}', b'{"answer": {}, "tokens": []}']
)
async def test_a_damaged_journal_is_as_good_as_none(junk: bytes) -> None:
    journal, search = MemoryJournal(), ScriptedSearch(PAGES)
    whole, engine = await run(competent, journal, search)
    for key in journal.entries:
        journal.entries[key] = junk
    again, second = await run(competent, journal, search)
    assert again.markdown == whole.markdown
    assert len(second.asked) == len(engine.asked)


async def test_a_call_with_two_useless_answers_is_not_repeated_either() -> None:
    def useless(question: Question) -> Any:
        answer = competent()(question)
        return (
            {**answer, "sentences": [{"text": "See https://evil.example now.", "spans": []}]}
            if "sentences" in answer
            else answer
        )

    journal, search = MemoryJournal(), ScriptedSearch(PAGES)
    whole, engine = await run(lambda: useless, journal, search)
    assert whole.sentences == ()
    assert [one.seed for one in engine.samplings[-2:]] == [7, 8]
    _, second = await run(lambda: useless, journal, search)
    assert second.asked == []
