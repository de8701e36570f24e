"""Asking a model: in turn, from the cache where the same was asked before, and counted."""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import dataclass, field
from math import exp
from typing import TYPE_CHECKING

from copydesk.core.note import digest
from copydesk.errors import AnswerCut, EngineBroken
from copydesk.ports import Delta, Finished

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from copydesk.ports import Cache, Engine, ModelFacts, Prompt, Sampling, Scores, Usage
    from copydesk.turns import Priority, Turns

DAY = 86_400.0
KEPT = 90 * DAY
"""Seconds an answer is kept; the same question to the same model has the same answer."""


@dataclass(slots=True)
class Tally:
    """What one command has cost so far."""

    model_calls: int = 0
    prompt_tokens: int = 0
    cached_prompt_tokens: int = 0
    output_tokens: int = 0
    cache_hits: int = 0
    dropped: int = 0

    def add(self, usage: Usage) -> None:
        """Count one finished call."""
        self.prompt_tokens += usage.prompt_tokens
        self.cached_prompt_tokens += usage.cached_prompt_tokens or 0
        self.output_tokens += usage.output_tokens


@dataclass(frozen=True, slots=True)
class Scored:
    """Probabilities of the options (they sum to 1), and whether they came from the cache."""

    probabilities: Mapping[str, float]
    cached: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """One engine and its cache, asked through one queue."""

    engine: Engine
    cache: Cache
    turns: Turns
    tally: Tally = field(default_factory=Tally)

    async def score(self, facts: ModelFacts, prompt: Prompt, options: tuple[str, ...], priority: Priority) -> Scored:
        """Return how likely the model finds each option; raises `EngineError`."""
        key = question_key(facts, prompt, options)
        stored = await self.cache.get(key)
        if stored is not None and (known := _parsed(stored, options)) is not None:
            self.tally.cache_hits += 1
            return Scored(known, cached=True)
        async with self.turns.take(priority):
            scores = await self._scores(prompt, options)
        probabilities = _probabilities(scores.logprobs, options)
        await self.cache.put(key, json.dumps(probabilities).encode(), KEPT)
        return Scored(probabilities, cached=False)

    async def reply(
        self,
        facts: ModelFacts,
        prompt: Prompt,
        sampling: Sampling,
        schema: Mapping[str, object],
        priority: Priority,
    ) -> Mapping[str, object] | None:
        """Return a model's answer to a question that asks for a JSON object of a schema, None where it gave none.

        Raises `EngineError`, but for an answer that came out too long: that is no answer.
        """
        key = "reply:" + question_key(facts, prompt, (str(sampling), json.dumps(schema, sort_keys=True)))
        stored = await self.cache.get(key)
        if stored is not None and (known := _object(stored)) is not None:
            self.tally.cache_hits += 1
            return known
        pieces: list[str] = []
        try:
            async with aclosing(self.text(prompt, sampling, priority, schema)) as answer:
                async for piece in answer:
                    pieces.append(piece)
        except AnswerCut:
            self.tally.dropped += 1
            return None
        whole = "".join(pieces).encode("utf-8", "replace")
        given = _object(whole)
        if given is None:
            self.tally.dropped += 1
        else:
            await self.cache.put(key, whole, KEPT)
        return given

    async def _scores(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        """Ask once, and once more where the engine broke: an embedded engine restarts in between."""
        for attempt in range(2):
            self.tally.model_calls += 1
            try:
                scores = await self.engine.score(prompt, options)
            except EngineBroken:
                if attempt:
                    raise
            else:
                self.tally.add(scores.usage)
                return scores
        raise AssertionError("unreachable")

    async def text(
        self, prompt: Prompt, sampling: Sampling, priority: Priority, schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield a streamed answer's pieces; raises `EngineError`, also for a stream that ends early."""
        async with self.turns.take(priority):
            self.tally.model_calls += 1
            finished = False
            async with aclosing(self.engine.stream(prompt, sampling, schema)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Delta):
                        yield piece.text
                    elif isinstance(piece, Finished):
                        finished = True
                        self.tally.add(piece.usage)
            if not finished:
                raise EngineBroken("The model stopped before its answer was complete.", "Try again.")


def question_key(facts: ModelFacts, prompt: Prompt, options: tuple[str, ...]) -> str:
    """Return the cache key of a question: all that its answer depends on, and nothing else."""
    turns = (part for message in prompt.messages for part in (message.role, message.content))
    return "score:" + digest(facts.digest, *options, *turns)


def _probabilities(logprobs: Mapping[str, float], options: tuple[str, ...]) -> dict[str, float]:
    weights = {option: exp(logprobs[option]) for option in options}
    total = sum(weights.values())
    return {option: weight / total for option, weight in weights.items()}


def _parsed(stored: bytes, options: tuple[str, ...]) -> dict[str, float] | None:
    try:
        values = json.loads(stored)
        return {option: float(values[option]) for option in options}
    except (ValueError, KeyError, TypeError):
        return None


def _object(stored: bytes) -> Mapping[str, object] | None:
    try:
        value = json.loads(stored)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
