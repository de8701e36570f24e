"""A section drafted by a real model: what of its prompts the engine had read before, and what a draft costs.

The layout of the prompts is measured beside the usual one, in which each role begins its prompt.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.documents import DATA
from bench.real_model import absent, warmed
from bench.rows import Part, Row
from copydesk.adapters.disk import DiskCache
from copydesk.adapters.engines.embedded import EmbeddedEngine
from copydesk.adapters.extraction.worker import ParseWorker
from copydesk.adapters.library.library import Library
from copydesk.adapters.prompt_files import load_labelled, load_prompts
from copydesk.core.brief import Brief
from copydesk.core.draft.ratchet import Stop
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.desk import Desk, Staff
from copydesk.drafting.limits import Limits, Terms
from copydesk.events import Drafted, Drafting, Report
from copydesk.ports import Finished, Message, Places, Prompt, Role, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from copydesk.core.draft.draft import Draft
    from copydesk.ports import Delta, Engine, EngineFacts, ModelFacts, Sampling, Scores

TITLE = "A section drafted by a real model"
LIBRARY = DATA / "library"
HEADING = "## How the stones came to be"
POST = f"""# A monument that told the world what to do

In a field in Elbert County, Georgia, six slabs of granite once stood taller than any house nearby. People came to read
the ten rules that were cut into them, in eight languages, and to argue about who had paid for it.

This post is about a monument that almost nobody asked for, and that somebody blew up. It begins with the man who
ordered it, and ends with a pile of rubble behind a fence.

{HEADING}

- a man with a false name and a lot of money
- the granite works and what they thought of him
- how large and how heavy the thing was
- the rules, and the languages

## The years in between

For four decades the stones did what stones do. Visitors photographed them, newspapers wrote about them at Halloween,
and now and then somebody sprayed paint on a slab.
"""
BRIEF = Brief(audience="readers of a travel blog who have never heard of it", style="plain and dry, about 220 words")
LIMITS = Limits(rounds=4, seconds=150)
CACHED, OVERHEAD, CANCEL = 90.0, 1.05, 250.0


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a role: its prompt, in which round, and what the engine counted."""

    round: int
    prompt: Prompt
    usage: Usage


@dataclass
class WatchedEngine:
    """Passes everything on, sums how long calls took, and keeps each with its round."""

    engine: Engine
    round: int = 0
    seconds: float = 0.0
    calls: list[Call] = field(default_factory=list)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    closed_at: float = 0.0

    async def facts(self) -> EngineFacts:
        """Pass on."""
        return await self.engine.facts()

    async def model_facts(self, model: str) -> ModelFacts:
        """Pass on."""
        return await self.engine.model_facts(model)

    async def stream(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[Delta | Finished, None]:
        """Pass on; note when the stream was closed, by its end or by a cancel."""
        began = time.perf_counter()
        try:
            async with aclosing(self.engine.stream(prompt, sampling, schema)) as items:
                async for item in items:
                    self.opened.set()
                    if isinstance(item, Finished):
                        self.calls.append(Call(self.round, prompt, item.usage))
                    yield item
        finally:
            self.closed_at = time.perf_counter()
            self.seconds += self.closed_at - began

    async def score(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        """Pass on."""
        return await self.engine.score(prompt, options)

    async def close(self) -> None:
        """Pass on."""
        await self.engine.close()


@dataclass
class Forgetful:
    """A journal for a run that is not begun again."""

    async def recall(self, key: str) -> bytes | None:
        """Return None."""
        return None

    async def record(self, key: str, value: bytes) -> None:
        """Forget."""

    async def keep(self, name: str, value: bytes) -> None:
        """Forget."""


async def measure(model: Path | None) -> Part:
    """Draft the section, ask its prompts again in both layouts, and cancel a draft in its first answer."""
    if model is None:
        return absent(TITLE)
    engine = WatchedEngine(EmbeddedEngine(str(model)))
    try:
        facts = await engine.facts()
        await warmed(engine, facts.models[0])
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            began = time.perf_counter()
            draft = await _drafted(engine, facts, Path(scratch) / "one")
            whole, bare, calls = time.perf_counter() - began, engine.seconds, list(engine.calls)
            later = [call for call in calls if call.round > 1]
            if not later:
                raise RuntimeError("The draft did not come to a second round in time.")
            ours = await _replayed(engine, [call.prompt for call in later])
            theirs = await _replayed(engine, [_role_first(call.prompt) for call in later])
            cancelled = [await _cancelled(engine, facts, Path(scratch) / f"cancel-{n}") for n in range(3)]
    finally:
        await engine.close()
    rows = (
        Row(
            "Prompt tokens of rounds 2 and later from the prefix cache", "%", _share(later), CACHED, more_is_better=True
        ),
        Row("Whole draft ÷ sum of its bare calls", "×", whole / bare, OVERHEAD),
        Row("Cancel to closed socket", "ms", statistics.median(cancelled), CANCEL),
    )
    head = ("Prompts of rounds 2 and later, asked again", "calls", "prompt tokens", "evaluated", "from the cache")
    table = (_line("Evidence first and append-only, role last", ours), _line("Role first", theirs))
    return Part(TITLE, rows, head, table, _remarks(facts.models[0].name, draft, calls, whole))


async def _drafted(engine: WatchedEngine, facts: EngineFacts, scratch: Path) -> Draft:
    cache, desk, worker = await _desk(engine, facts, scratch)
    document = read(Text(POST))
    try:
        async with aclosing(desk.draft(document, POST.index(HEADING), BRIEF, Terms(Forgetful()))) as events:
            async for event in events:
                if isinstance(event, Drafting):
                    engine.round = event.round
                elif isinstance(event, Drafted):
                    draft = event.draft
                elif isinstance(event, Report) and event.problem is not None:
                    raise event.problem
    finally:
        await worker.close()
        await cache.close()
    return draft


async def _cancelled(engine: WatchedEngine, facts: EngineFacts, scratch: Path) -> float:
    """Return milliseconds from telling a draft to stop, in the middle of an answer, to the closed stream."""
    cache, desk, worker = await _desk(engine, facts, scratch)
    engine.opened, stop = asyncio.Event(), asyncio.Event()
    told = 0.0

    async def stopper() -> None:
        nonlocal told
        await engine.opened.wait()
        told = time.perf_counter()
        stop.set()

    watching = asyncio.ensure_future(stopper())
    status = None
    try:
        terms = Terms(Forgetful(), stop=stop)
        async with aclosing(desk.draft(read(Text(POST)), POST.index(HEADING), BRIEF, terms)) as events:
            async for event in events:
                if isinstance(event, Drafted):
                    status = event.draft.status
    finally:
        watching.cancel()
        await worker.close()
        await cache.close()
    if status is not Stop.CANCELLED:
        raise RuntimeError(f"The draft was not cancelled but {status}.")
    return (engine.closed_at - told) * 1000


async def _desk(engine: WatchedEngine, facts: EngineFacts, scratch: Path) -> tuple[DiskCache, Desk, ParseWorker]:
    async def hire() -> Staff:
        return Staff(engine, facts, dict.fromkeys(Role, facts.models[0]), "measured")

    cache, worker = DiskCache(scratch), ParseWorker()
    library = Library([str(LIBRARY)], None, worker, directory=None)
    desk = Desk(
        hire, cache, load_prompts(), load_labelled(), search=lambda: Places((library,), library.close), limits=LIMITS
    )
    return cache, desk, worker


def _role_first(prompt: Prompt) -> Prompt:
    """Return a prompt as it is usually laid out: what the role is asked in front, what all roles see after it."""
    system, user = prompt.messages
    before, _, task = user.content.rpartition("\n\n")
    return Prompt(prompt.model, (Message("system", f"{task}\n\n{system.content}"), Message("user", before)))


async def _replayed(engine: WatchedEngine, prompts: Sequence[Prompt]) -> list[Usage]:
    """Ask prompts again for a single token each; return what the engine counted."""
    return [(await engine.score(prompt, ("A", "B"))).usage for prompt in prompts]


def _share(calls: Sequence[Call]) -> float:
    total = sum(call.usage.prompt_tokens for call in calls)
    return 100 * sum(call.usage.cached_prompt_tokens or 0 for call in calls) / total if total else 0.0


def _line(name: str, usages: Sequence[Usage]) -> tuple[str, ...]:
    total = sum(usage.prompt_tokens for usage in usages)
    cached = sum(usage.cached_prompt_tokens or 0 for usage in usages)
    share = f"{100 * cached / total:.1f} %" if total else ""
    return (name, str(len(usages)), f"{total:,}", f"{total - cached:,}", share)


def _remarks(name: str, draft: Draft, calls: Sequence[Call], whole: float) -> tuple[str, ...]:
    prompt = sum(call.usage.prompt_tokens for call in calls)
    evaluated = prompt - sum(call.usage.cached_prompt_tokens or 0 for call in calls)
    output = sum(call.usage.output_tokens for call in calls)
    words = draft.words
    hundreds = max(words, 1) / 100
    return (
        f"{name} drafts a section from four notes and ten articles in {len(draft.log)} rounds, {len(calls)} calls and "
        f"{whole:.0f} s; it ended as “{draft.status}” with {words} words and {len(draft.sources)} sources. What such a "
        "model writes is worth nothing; that it is well-formed and cites only what stands in its sources is tested.",
        f"For 100 words: {len(calls) / hundreds:.1f} calls, {prompt / hundreds:,.0f} prompt tokens, of which the "
        f"engine evaluated {evaluated / hundreds:,.0f}, and {output / hundreds:,.0f} output tokens.",
        "The cancel is told while an answer streams; three times, the median.",
    )
