"""R12, R13, R23, R50, F1, F2: an answer that did not end well is offered nowhere, and the next command works.

Whole commands of a desk, on Ollama's and the OpenAI family's wire, with every way in which a stream can end badly.
"""

from __future__ import annotations

import json
import os
import re
import signal
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.engines.embedded import EmbeddedEngine
from copydesk.adapters.engines.ollama import OllamaEngine
from copydesk.adapters.engines.openai import OpenAIEngine
from copydesk.adapters.engines.pacing import Patience
from copydesk.adapters.prompt_files import load_labelled, load_prompts
from copydesk.core.brief import Brief
from copydesk.core.draft.ratchet import Stop
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.note import Note
from copydesk.core.text import Text
from copydesk.desk import Desk, Staff
from copydesk.drafting.limits import Limits, Terms
from copydesk.errors import EngineBroken
from copydesk.events import Drafted, Preview, Refused, Report
from copydesk.ports import Delta, Finished, Places, Role
from harness import ollama_server, openai_server
from harness.claims import ScriptedSearch
from harness.draft_models import PAGES, POST, Question, competent, role_of
from harness.drafting_desk import MemoryJournal
from harness.engine import MemoryCache
from harness.real_model import model_path

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable

pytestmark = pytest.mark.slow

SENTENCE = "Mistakes were made during the move, and `orders.csv` was lost."
BETTER = "We made mistakes during the move and lost `orders.csv`."
LETTER = f"# A move\n\nWe moved in winter.\n{SENTENCE} We are well now.\n"
CANARY = "orders.csv"
SHORT = Patience(first=1.5, between=1.5)
HALF = ("We made mistakes ", "during the mo")
OLLAMA, OPENAI = ollama_server, openai_server

FAULTS: dict[str, tuple[Any, str]] = {
    "Ollama hangs up": (OLLAMA.Turn(pieces=HALF, ending="close"), "middle of an answer"),
    "Ollama is killed": (OLLAMA.Turn(pieces=HALF, ending="reset"), "middle of an answer"),
    "Ollama ends without done": (OLLAMA.Turn(pieces=HALF, done_reason=None), "middle of an answer"),
    "Ollama says nothing": (OLLAMA.Turn(lines=()), "middle of an answer"),
    "Ollama hangs": (OLLAMA.Turn(lines=(OLLAMA.piece(HALF[0]),), ending="hang"), "silent"),
    "Ollama hangs at once": (OLLAMA.Turn(lines=(), ending="hang"), "silent"),
    "Ollama sends half a line": (OLLAMA.Turn(lines=(OLLAMA.piece(HALF[0]), b'{"mess')), "not an answer"),
    "Ollama sends a page": (OLLAMA.Turn(status=500, body="<html>oops</html>"), "500"),
    "Ollama sends an error": (OLLAMA.Turn(lines=(OLLAMA.line(error="runner stopped"),)), "runner stopped"),
    "Ollama redirects": (OLLAMA.Turn(status=307, headers={"location": "http://127.0.0.1:9/"}), "redirected"),
    "Ollama has no memory": (OLLAMA.error(500, "model requires more system memory (5 GiB)"), "memory"),
    "Ollama is cut": (OLLAMA.Turn(pieces=HALF, done_reason="length"), ""),
    "OpenAI hangs up": (OPENAI.Turn(pieces=HALF, ending="close"), "middle of an answer"),
    "OpenAI is killed": (OPENAI.Turn(pieces=HALF, ending="reset"), "middle of an answer"),
    "OpenAI ends without a reason": (OPENAI.Turn(pieces=HALF, finish_reason=None), "middle of an answer"),
    "OpenAI hangs": (OPENAI.Turn(lines=(OPENAI.piece(HALF[0]),), ending="hang"), "silent"),
    "OpenAI sends half an event": (OPENAI.Turn(lines=(OPENAI.piece(HALF[0]), b"data: {")), "not an answer"),
    "OpenAI sends a page": (OPENAI.Turn(status=500, body="<html>oops</html>"), "500"),
    "OpenAI redirects": (OPENAI.Turn(status=308, headers={"location": "http://127.0.0.1:9/"}), "redirected"),
    "OpenAI has no memory": (OPENAI.error(500, "CUDA out of memory"), "memory"),
    "OpenAI is cut": (OPENAI.Turn(pieces=HALF, finish_reason="length"), ""),
}
CUT = ("Ollama is cut", "OpenAI is cut")


@dataclass
class Bench:
    """A server, a desk on its engine, and where the desk looks things up."""

    server: Any
    turn: Callable[..., Any]
    engine: Any
    desk: Desk

    def can_draft(self, chat: dict[str, Any]) -> Any:
        schema = chat.get("format") or chat["response_format"]["json_schema"]["schema"]
        role = role_of(schema)
        assert role is not None
        answer = competent()(Question(role, chat["messages"][-1]["content"], schema))
        return self.turn(pieces=(json.dumps(answer),))

    def breaks(self, fault: Any, after: int) -> None:
        """Answer drafts as a model that can, but for the call after so many others, and those that follow it."""
        calls = 0

        def usual(chat: dict[str, Any]) -> Any:
            nonlocal calls
            calls += 1
            return fault if calls > after else self.can_draft(chat)

        self.server.usual = usual


def desk_on(engine: Any, facts: Any, **more: Any) -> Desk:
    async def hire() -> Staff:
        return Staff(engine, facts, dict.fromkeys(Role, facts.models[0]), "It is scripted.")

    places = Places((ScriptedSearch(PAGES),))
    return Desk(hire, MemoryCache(), load_prompts(), load_labelled(), search=lambda: places, limits=Limits(**more))


@pytest.fixture
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    name = request.node.callspec.id
    wire = OLLAMA if "Ollama" in name else OPENAI
    patience = SHORT if re.search(r"hangs(?! up)", name) else Patience()
    async with OLLAMA.OllamaServer() if wire is OLLAMA else OPENAI.OpenAIServer() as server:
        engine: Any = (
            OllamaEngine(server.url, patience=patience)
            if wire is OLLAMA
            else OpenAIEngine(server.url, context=8192, patience=patience)
        )
        facts = await engine.facts()
        yield Bench(server, wire.Turn, engine, desk_on(engine, facts))
        await engine.close()


async def rewriting(desk: Desk) -> tuple[Note | Refused | None, Report]:
    """Return what a rewrite came to, and its report."""
    document = read(Text(LETTER))
    note = next(one for one in instant(document).notes if one.anchor.quote == SENTENCE)
    events = [event async for event in desk.rewrite(document, note, Brief())]
    assert isinstance(events[-1], Report)
    return next((event for event in events if isinstance(event, Note | Refused)), None), events[-1]


faults = pytest.mark.parametrize(
    ("fault", "words", "cut"), [(*row, name in CUT) for name, row in FAULTS.items()], ids=FAULTS.keys()
)


@faults
async def test_F2_R12_R13_R50_no_rewrite_comes_of_a_broken_answer(
    bench: Bench, fault: Any, words: str, cut: bool
) -> None:
    bench.server.will_answer(fault)
    offered, report = await rewriting(bench.desk)
    if cut:
        assert isinstance(offered, Refused) and report.problem is None
        assert offered.reason == "the model did not come to an end"
    else:
        assert offered is None
        assert report.problem is not None and words in str(report.problem) and report.problem.remedy
        for trace in ("Traceback", "Error(", "JSONDecode", "<html>", CANARY, "We made"):
            assert trace not in report.problem.sentence
    bench.server.usual = bench.turn(pieces=(BETTER,))
    offered, report = await rewriting(bench.desk)
    assert isinstance(offered, Note) and offered.rewrite == BETTER
    assert report.problem is None


async def drafting(desk: Desk, journal: MemoryJournal) -> tuple[list[Any], Drafted | None, Report]:
    document = read(Text(POST))
    events = [event async for event in desk.draft(document, POST.index("## The Lund"), Brief(), Terms(journal))]
    drafted = next((event for event in events if isinstance(event, Drafted)), None)
    assert isinstance(events[-1], Report)
    return events, drafted, events[-1]


@pytest.mark.parametrize("after", [0, 2, 3])
@faults
async def test_F2_R12_R13_a_draft_keeps_its_finished_steps_and_nothing_of_a_broken_one(
    bench: Bench, fault: Any, words: str, cut: bool, after: int
) -> None:
    journal = MemoryJournal()
    bench.breaks(fault, after)
    events, drafted, report = await drafting(bench.desk, journal)
    for event in events:
        if isinstance(event, Preview):
            assert "during the mo" not in event.markdown
    if drafted is not None:
        assert "during the mo" not in drafted.draft.markdown
        assert drafted.draft.status is Stop.ENGINE_ERROR or cut
    if not cut:
        assert report.problem is not None and words in str(report.problem) and report.problem.remedy
    assert not any(b"during the mo" in value for value in journal.entries.values())
    asked = [chat["messages"] for chat in bench.server.chats]
    bench.server.usual = bench.can_draft
    if not cut:
        _, drafted, report = await drafting(bench.desk, journal)
        assert drafted is not None and report.problem is None
        assert drafted.draft.status is not Stop.ENGINE_ERROR and "83 locks" in drafted.draft.markdown
        again = [chat["messages"] for chat in bench.server.chats][len(asked) :]
        assert [one for one in again if one in asked[:after]] == [], "a finished call was asked again"


@dataclass
class Killed:
    """The real engine, whose process is killed after the first piece of an answer to a role; None for any answer."""

    engine: EmbeddedEngine
    role: Role | None = None
    killed: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    async def stream(self, *arguments: Any) -> AsyncGenerator[Delta | Finished, None]:
        asked = role_of(arguments[2]) if len(arguments) > 2 and arguments[2] else None
        async with aclosing(self.engine.stream(*arguments)) as items:
            async for item in items:
                yield item
                if not self.killed and asked is self.role and self.engine.pid is not None:
                    os.kill(self.engine.pid, signal.SIGKILL)
                    self.killed = True


@pytest.fixture
async def embedded() -> AsyncIterator[EmbeddedEngine]:
    engine = EmbeddedEngine(str(model_path()), context=4096)
    yield engine
    await engine.close()


@pytest.mark.model
async def test_F1_R12_R50_the_real_engine_is_killed_while_it_rewrites(embedded: EmbeddedEngine) -> None:
    desk = desk_on(Killed(embedded), await embedded.facts())
    offered, report = await rewriting(desk)
    assert offered is None
    assert isinstance(report.problem, EngineBroken)
    assert "stopped with exit code -9" in str(report.problem) and report.problem.remedy
    offered, report = await rewriting(desk)
    assert isinstance(offered, Note | Refused)
    assert report.problem is None


@pytest.mark.model
async def test_F1_R12_R14_a_draft_outlives_the_real_engine(embedded: EmbeddedEngine) -> None:
    """It asks once more, of an engine that was started again; what it had finished stays as it was."""
    journal, engine = MemoryJournal(), Killed(embedded, Role.PLANNER)
    desk = desk_on(engine, await embedded.facts(), rounds=1, seconds=20)
    _, drafted, report = await drafting(desk, journal)
    assert engine.killed
    assert report.problem is None
    assert drafted is not None and drafted.draft.status is not Stop.ENGINE_ERROR
    finished = dict(journal.entries)  # how many steps there are depends on the machine
    _, again, report = await drafting(desk, journal)
    assert again is not None and report.problem is None
    assert all(journal.entries[key] == value for key, value in finished.items())
