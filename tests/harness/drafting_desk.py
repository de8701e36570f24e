"""A desk that drafts with a scripted model: its engine, which counts tokens, a journal in memory, and what came of it.

Each answer is checked against the schema it was asked for, so that a scripted model cannot say what a real one could
not. The engine counts tokens as one slot of an engine with a prefix cache would.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copydesk.adapters.prompt_files import load_labelled, load_prompts
from copydesk.core.brief import Brief
from copydesk.core.draft.budget import tokens
from copydesk.core.draft.draft import Draft
from copydesk.core.edit import applied
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.desk import Desk, Staff
from copydesk.drafting.limits import Limits, Terms
from copydesk.errors import CopydeskError
from copydesk.events import Drafted, Drafting, Preview, Report
from copydesk.ports import (
    Delta,
    EngineFacts,
    Finished,
    Locality,
    ModelFacts,
    Places,
    Prompt,
    Role,
    Sampling,
    Scores,
    Search,
    Usage,
)
from harness.claims import ScriptedSearch
from harness.draft_models import PAGES, POST, Model, Question, conforms, role_of
from harness.engine import MemoryCache

MODEL = ModelFacts("scripted", "d" * 64, context=8192)
HERE = "## The Lund"
SHORT = Brief(style="about 40 words")


@dataclass
class DraftEngine:
    """Answers by a model. `fails` maps the number of a call, from 0 on, to its error; the call `hangs` never ends.

    `before` is told each call's number. `cut` counts the calls that were cancelled.
    """

    model: Model
    facts_of: ModelFacts = MODEL
    fails: Mapping[int, CopydeskError | BaseException] = field(default_factory=dict)
    before: Callable[[int], Any] | None = None
    hangs: int = -1
    asked: list[Question] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    samplings: list[Sampling] = field(default_factory=list)
    usages: list[Usage] = field(default_factory=list)
    cut: int = 0

    @property
    def roles(self) -> list[Role]:
        return [one.role for one in self.asked]

    async def facts(self) -> EngineFacts:
        return EngineFacts("openai", "http://127.0.0.1:1", "1", Locality.LOCAL, (self.facts_of,))

    async def model_facts(self, model: str) -> ModelFacts:
        return self.facts_of

    async def stream(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[Delta | Finished, None]:
        assert schema is not None
        number = len(self.asked)
        words = prompt.messages[-1].content
        whole = "\n".join(message.content for message in prompt.messages)
        assert tokens(whole) + sampling.max_tokens <= (self.facts_of.context or 0), "the prompt does not fit"
        role = role_of(schema)
        assert role is not None
        question = Question(role, words, schema, sampling.seed)
        if self.before is not None:
            self.before(number)
        self.asked.append(question)
        self.samplings.append(sampling)
        failure = self.fails.get(number)
        if failure is not None:
            raise failure
        try:
            await (asyncio.Event().wait() if number == self.hangs else asyncio.sleep(0))
        except asyncio.CancelledError:
            self.cut += 1
            raise
        answer = json.dumps(self.model(question))
        conforms(json.loads(answer), schema)
        usage = self._usage(whole, answer)
        self.usages.append(usage)
        yield Delta(answer)
        yield Finished(usage)

    async def score(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        raise AssertionError("drafting asks for no letters")

    async def close(self) -> None:
        pass

    def _usage(self, whole: str, answer: str) -> Usage:
        shared = _shared(self.prompts[-1], whole) if self.prompts else 0
        self.prompts.append(whole)
        return Usage(tokens(whole), len(whole[:shared].encode()) // 3, tokens(answer))


def _shared(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@dataclass
class MemoryJournal:
    """A journal in memory; `recorded` lists the keys in their order."""

    entries: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)
    recorded: list[str] = field(default_factory=list)

    async def recall(self, key: str) -> bytes | None:
        return self.entries.get(key)

    async def record(self, key: str, value: bytes) -> None:
        self.entries[key] = value
        self.recorded.append(key)

    async def keep(self, name: str, value: bytes) -> None:
        self.kept[name] = value


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of a draft: the value, its events and the report."""

    draft: Draft
    events: list[Drafting | Preview]
    pages: tuple[Any, ...]
    report: Report
    source: str

    @property
    def accepted(self) -> str:
        """Return the document with the draft in it."""
        document = read(Text(self.source))
        edit = self.draft.edit(document)
        return self.source if edit is None else applied(document.text, edit)


def draft_desk(
    engine: DraftEngine,
    searches: Sequence[Search] = (),
    limits: Limits | None = None,
    clock: Callable[[], float] = lambda: 0.0,
) -> Desk:
    """Return a desk that drafts with a scripted model and scripted places to search."""

    async def hire() -> Staff:
        return Staff(engine, await engine.facts(), dict.fromkeys(Role, engine.facts_of), "It is scripted.")

    return Desk(
        hire,
        MemoryCache(),
        load_prompts(),
        load_labelled(),
        search=lambda: Places(tuple(searches)),
        limits=limits or Limits(),
        clock=clock,
    )


async def drawn(
    engine: DraftEngine,
    source: str,
    heading: str,
    searches: Sequence[Search] = (),
    *,
    journal: MemoryJournal | None = None,
    limits: Limits | None = None,
    brief: Brief | None = None,
    clock: Callable[[], float] = lambda: 0.0,
    **terms: Any,
) -> Drawn:
    """Draft the section under a heading."""
    desk = draft_desk(engine, searches, limits, clock)
    document = read(Text(source))
    position = source.index(heading)
    given = Terms(journal or MemoryJournal(), **terms)
    events = [event async for event in desk.draft(document, position, brief or Brief(), given)]
    report, last = events[-1], events[-2]
    assert isinstance(report, Report) and isinstance(last, Drafted), events[-2:]
    return Drawn(
        last.draft, [one for one in events[:-2] if isinstance(one, Drafting | Preview)], last.pages, report, source
    )


def texts(draft: Draft) -> list[str]:
    """Return the plain words of the drafted sentences."""
    return [one.text for one in draft.sentences]


async def canal(model: Any, *, source: str = POST, **more: Any) -> tuple[Drawn, DraftEngine]:
    """Draft the section on the Lund canal."""
    engine = DraftEngine(model, **{key: more.pop(key) for key in ("fails", "before", "hangs") if key in more})
    result = await drawn(engine, source, HERE, [ScriptedSearch(PAGES)], brief=more.pop("brief", SHORT), **more)
    return result, engine
