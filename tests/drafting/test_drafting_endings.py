"""Every reason for which a draft ends, and what there is of it then."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from copydesk.core.brief import Brief
from copydesk.core.draft.ratchet import Score, Stop
from copydesk.core.draft.stored import decoded
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.drafting.limits import Limits, Terms
from copydesk.errors import EngineBroken, EngineError, EngineUnreachable
from copydesk.events import Preview, Report
from copydesk.ports import Role
from harness.claims import ScriptedSearch
from harness.draft_models import FACTS, PAGES, POST, Answer, competent
from harness.drafting_desk import HERE, SHORT, DraftEngine, MemoryJournal, canal, draft_desk, drawn


async def test_no_progress_ends_it_and_what_blocks_is_taken_out() -> None:
    wrong = {"text": "In 1852 a ghost was seen beside it.", "spans": ["S1"]}
    result, _ = await canal(competent(extra={"P1": [wrong]}))
    assert result.draft.status is Stop.NO_PROGRESS
    assert result.draft.log[-1].score.blocking == 1
    assert result.draft.score.blocking == 0
    assert "1852" not in result.draft.markdown
    assert any("taken out" in remark for remark in result.draft.log[-1].remarks)


async def test_a_draft_that_it_was_before_ends_it_and_the_best_is_kept() -> None:
    other = "Since 1825 boats have gone up and down the Lund canal."
    first = FACTS["The Lund canal was opened to boats in 1825."]
    model = competent(
        criticises=[[(first, "unclear")], [(other, "wordy")]],
        mends={
            first: [{"do": "rewrite", "text": other, "spans": ["S1"]}],
            other: [{"do": "rewrite", "text": first, "spans": ["S1"]}],
        },
    )
    # Far too short for what is asked, so that it is never clean.
    result, _ = await canal(model, brief=Brief(style="500 words"))
    assert result.draft.status is Stop.SEEN_BEFORE
    assert result.draft.rounds == 3


async def test_five_rounds_are_the_most() -> None:
    texts_of = [f"Boats, it is told, have used the Lund canal since 1825{'again' * number}." for number in range(1, 7)]
    first = FACTS["The Lund canal was opened to boats in 1825."]
    steps = [first, *texts_of]
    model = competent(
        criticises=[[(one, "unclear")] for one in steps],
        mends={one: [{"do": "rewrite", "text": after, "spans": ["S1"]}] for one, after in pairwise(steps)},
    )
    result, _ = await canal(model, brief=Brief(style="500 words"))
    assert (result.draft.status, result.draft.rounds) == (Stop.ROUND_CAP, 5)
    assert result.draft.sentences


async def test_fewer_rounds_can_be_set() -> None:
    result, engine = await canal(competent(), limits=Limits(rounds=1))
    assert (result.draft.status, result.draft.rounds) == (Stop.ROUND_CAP, 1)
    assert Role.CRITIC not in engine.roles


async def test_the_token_budget_ends_it_with_what_there_is() -> None:
    whole, engine = await canal(competent())
    spent = sum(usage.prompt_tokens + usage.output_tokens for usage in engine.usages[:3])
    result, engine = await canal(competent(), limits=Limits(tokens=spent))
    assert result.draft.status is Stop.TOKEN_BUDGET
    assert len(engine.asked) == 3
    assert 0 < len(result.draft.sentences) < len(whole.draft.sentences)
    assert result.accepted.count("[^annals]:") == 1


async def test_the_time_budget_ends_it_with_what_there_is() -> None:
    ticks = iter(range(10_000))
    result, engine = await canal(competent(), limits=Limits(seconds=9), clock=lambda: float(next(ticks)))
    assert result.draft.status is Stop.TIME_BUDGET
    assert result.report.problem is None
    assert len(engine.asked) < 6


async def test_a_call_that_outlasts_the_time_budget_is_cut() -> None:
    class Stuck(DraftEngine):
        async def stream(self, *arguments: Any) -> Any:
            self.asked.append(arguments)  # type: ignore[arg-type]
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cut += 1
                raise
            yield

    engine = Stuck(competent())
    result = await drawn(engine, POST, HERE, [ScriptedSearch(PAGES)], limits=Limits(seconds=0.02))
    assert (result.draft.status, engine.cut) == (Stop.TIME_BUDGET, 1)


@pytest.mark.parametrize("at", range(5))
async def test_told_to_stop_it_returns_what_is_finished(at: int) -> None:
    stop = asyncio.Event()

    def before(number: int) -> None:
        if number == at:
            stop.set()

    journal = MemoryJournal()
    result, engine = await canal(competent(), before=before, hangs=at, stop=stop, journal=journal)
    assert result.draft.status is Stop.CANCELLED
    assert len(engine.asked) == at + 1
    assert engine.cut == 1, "the call under way was not cancelled"
    assert len(result.draft.sentences) == {0: 0, 1: 0, 2: 0, 3: 2, 4: 4}[at]
    assert decoded(journal.kept["draft"]) == result.draft


async def test_a_cancelled_task_leaves_the_draft_so_far_in_the_journal() -> None:
    journal, engine = MemoryJournal(), DraftEngine(competent())
    desk = draft_desk(engine, [ScriptedSearch(PAGES)])

    reached = asyncio.Event()

    async def run() -> None:
        async for event in desk.draft(read(Text(POST)), POST.index(HERE), SHORT, Terms(journal)):
            if isinstance(event, Preview) and len(engine.asked) == 3:
                reached.set()
                await asyncio.Event().wait()

    task = asyncio.ensure_future(run())
    await reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    # The paragraph is kept only after its preview was taken; the one call whose answer it was is in the journal.
    engine = DraftEngine(competent())
    result = await drawn(engine, POST, HERE, [ScriptedSearch(PAGES)], brief=SHORT, journal=journal)
    assert result.draft.status is Stop.CLEAN
    assert len(engine.asked) == 2


@pytest.mark.parametrize("at", range(5))
async def test_an_engine_that_fails_accepts_nothing_and_costs_nothing_of_the_draft(at: int) -> None:
    problem = EngineUnreachable("Nothing answers at the engine.", "Start it.")
    result, _ = await canal(competent(), fails={at: problem})
    draft = result.draft
    assert draft.status is Stop.ENGINE_ERROR
    assert draft.reason == "Nothing answers at the engine. Start it."
    assert result.report.problem is problem
    assert len(draft.sentences) == {0: 0, 1: 0, 2: 0, 3: 2, 4: 4}[at]
    if at < 3:
        assert draft.markdown == draft.original


async def test_an_engine_that_breaks_once_is_asked_again() -> None:
    result, engine = await canal(competent(), fails={2: EngineBroken("It hung up.")})
    assert result.draft.status is Stop.CLEAN
    assert len(engine.asked) == 6


async def test_without_an_engine_there_is_no_draft_but_a_reason() -> None:
    async def hire() -> Any:
        raise EngineUnreachable("Nothing answers.", "Start Ollama.")

    desk = draft_desk(DraftEngine(competent()))
    desk.hire = hire
    events = [event async for event in desk.draft(read(Text(POST)), POST.index(HERE), SHORT, Terms(MemoryJournal()))]
    assert len(events) == 1 and isinstance(events[0], Report)
    assert isinstance(events[0].problem, EngineError)


async def test_a_critic_without_a_usable_answer_makes_nothing_clean() -> None:
    def mute(question: Any) -> Answer:
        return competent()(question)

    class Mute(DraftEngine):
        async def stream(self, prompt: Any, sampling: Any, schema: Any = None) -> Any:
            if "findings" in schema["properties"]:
                from copydesk.ports import Delta, Finished, Usage

                yield Delta('{"findings": "none"}')
                yield Finished(Usage(1, 0, 1))
                return
            async for one in super().stream(prompt, sampling, schema):
                yield one

    result = await drawn(Mute(mute), POST, HERE, [ScriptedSearch(PAGES)], brief=SHORT)
    assert result.draft.status is Stop.NO_PROGRESS
    assert result.draft.score == Score()
    assert len(result.draft.sentences) == 4
    assert any("critic" in remark for one in result.draft.log for remark in one.remarks)
