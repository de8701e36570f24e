"""A critique of a real document by a real model: what copydesk adds to the bare calls, and what the calls cost."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.documents import POST
from bench.rows import Part, Row
from copydesk.adapters.disk import DiskCache
from copydesk.adapters.engines.embedded import EmbeddedEngine, library_version
from copydesk.adapters.engines.starter_model import starter_path
from copydesk.adapters.prompt_files import load_labelled, load_prompts
from copydesk.core.brief import Brief
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.desk import Desk, Staff
from copydesk.events import Report
from copydesk.ports import Message, Prompt, Role

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from copydesk.events import Stats
    from copydesk.ports import Delta, Engine, EngineFacts, Finished, ModelFacts, Sampling, Scores

VARIABLE = "COPYDESK_TEST_MODEL"


def found(named: Path | None) -> Path | None:
    """Return the model file to measure with: the one named, the starter model, or the one that tests use."""
    if library_version() is None:
        return None
    candidates = [named] if named is not None else [starter_path(), Path(os.environ.get(VARIABLE) or "none")]
    return next((path for path in candidates if path.is_file()), None)


def absent(title: str) -> Part:
    """Return what is said in place of numbers where there is no model."""
    return Part(title, remarks=("Not run: there is no model. Run `copydesk model fetch`, or give `--model-path`.",))


@dataclass
class TimedEngine:
    """Passes everything on and sums how long the calls to the model took."""

    engine: Engine
    seconds: float = 0.0

    async def facts(self) -> EngineFacts:
        """Pass on."""
        return await self.engine.facts()

    async def model_facts(self, model: str) -> ModelFacts:
        """Pass on."""
        return await self.engine.model_facts(model)

    async def stream(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[Delta | Finished, None]:
        """Pass on, timed to the end of the stream."""
        began = time.perf_counter()
        async with aclosing(self.engine.stream(prompt, sampling, schema)) as items:
            async for item in items:
                yield item
        self._took(began)

    async def score(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        """Pass on, timed."""
        began = time.perf_counter()
        scores = await self.engine.score(prompt, options)
        self._took(began)
        return scores

    async def close(self) -> None:
        """Pass on."""
        await self.engine.close()

    def _took(self, began: float) -> None:
        self.seconds += time.perf_counter() - began


async def measure(model: Path | None) -> Part:
    """Critique the document as a user would, self-test and all, and then with every question asked."""
    title = "A critique by a real model"
    if model is None:
        return absent(title)
    engine = TimedEngine(EmbeddedEngine(str(model)))
    try:
        facts = await engine.facts()
        await warmed(engine, facts.models[0])
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            cache = DiskCache(Path(scratch) / "answers")
            usual = await _critique(engine, facts, cache, unproven=False)
            every = await _critique(engine, facts, cache, unproven=True)
            await cache.close()
    finally:
        await engine.close()
    words = read(Text(POST.read_text(encoding="utf-8"))).words
    rows = (
        Row("Whole critique ÷ sum of its bare calls", "×", usual.ratio, 1.05),
        Row("The same with every question asked, self-test from the cache", "×", every.ratio, 1.05),
    )
    remarks = (
        f"`{POST.name}` of {words} words, read, checked and critiqued by {facts.models[0].name} from an empty cache; "
        "the self-test is part of it.",
        *(
            f"{name}: {run.stats.model_calls} calls, {run.calls:.2f} s in calls of {run.whole:.2f} s, so "
            f"{1000 * (run.whole - run.calls) / run.stats.model_calls:.1f} ms beside each call; "
            f"{run.stats.prompt_tokens / run.stats.model_calls:.0f} prompt tokens a call, "
            f"{100 * run.stats.cached_prompt_tokens / run.stats.prompt_tokens:.0f} % of them from the engine's prefix "
            f"cache; {1000 * run.calls / run.stats.model_calls:.0f} ms a call."
            for name, run in (("As users get it", usual), ("Every question asked, self-test from the cache", every))
        ),
        "Left out after the self-test, because this model cannot tell flawed from sound there: "
        f"{', '.join(usual.untrusted) or 'nothing'}.",
    )
    return Part(title, rows, remarks=remarks)


async def warmed(engine: Engine, facts: ModelFacts) -> None:
    """Ask one question, so that the model's loading is nobody's cost."""
    async with asyncio.timeout(120):
        await engine.score(Prompt(facts.name, (Message("user", "Answer A or B."),)), ("A", "B"))


@dataclass(frozen=True, slots=True)
class _Run:
    whole: float
    calls: float
    stats: Stats
    untrusted: tuple[str, ...]

    @property
    def ratio(self) -> float:
        return self.whole / self.calls


async def _critique(engine: TimedEngine, facts: EngineFacts, cache: DiskCache, *, unproven: bool) -> _Run:
    async def hire() -> Staff:
        return Staff(engine, facts, dict.fromkeys(Role, facts.models[0]), "measured")

    desk = Desk(hire, cache, load_prompts(), load_labelled(), unproven=unproven)
    engine.seconds, began = 0.0, time.perf_counter()
    document = read(Text(POST.read_text(encoding="utf-8")))
    instant(document)
    async with aclosing(desk.critique(document, Brief())) as events:
        async for event in events:
            if isinstance(event, Report):
                report = event
    whole = time.perf_counter() - began
    if report.problem is not None:
        raise report.problem
    return _Run(whole, engine.seconds, report.stats, report.untrusted)
