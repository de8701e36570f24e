"""Asking a role: within the limits, once more where the answer is no use, and never again what was answered before.

A call's key is all that its answer depends on, and its number in the run. Since everything between two calls is
computed from their answers, a run that is begun again comes by the same calls and takes their answers from the journal.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from copydesk.core.draft.criticism import codes
from copydesk.core.draft.layout import SYSTEM
from copydesk.core.draft.ratchet import Stop
from copydesk.core.draft.statement import Origin
from copydesk.core.note import digest
from copydesk.errors import EngineBroken, EngineError, PromptTooLong
from copydesk.ports import Message, Prompt, Sampling

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from copydesk.answers import Answers
    from copydesk.core.draft.budget import Budget
    from copydesk.core.draft.layout import Asked
    from copydesk.core.prompts import Prompts
    from copydesk.drafting.limits import Limits, Terms
    from copydesk.ports import Journal, ModelFacts, Role

T = TypeVar("T")
R = TypeVar("R")

ATTEMPTS = 2
"""How often a role is asked before it counts as having no answer."""
_SECOND_TEMPERATURE = 0.5
_TIGHTER = 0.75


class Halted(Exception):
    """The draft is not worked on any further; `problem` is the engine's, if it was that."""

    def __init__(self, stop: Stop, problem: EngineError | None = None) -> None:
        super().__init__(stop)
        self.stop, self.problem = stop, problem


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls cost; tokens as the engine counted them, also of those that the journal knew."""

    calls: int = 0
    prompt_tokens: int = 0
    cached_prompt_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.cached_prompt_tokens + other.cached_prompt_tokens,
            self.output_tokens + other.output_tokens,
        )

    def __sub__(self, other: Spent) -> Spent:
        return Spent(
            self.calls - other.calls,
            self.prompt_tokens - other.prompt_tokens,
            self.cached_prompt_tokens - other.cached_prompt_tokens,
            self.output_tokens - other.output_tokens,
        )


@dataclass
class Calls:
    """The calls of one draft."""

    answers: Answers
    models: Mapping[Role, ModelFacts]
    prompts: Prompts
    terms: Terms
    limits: Limits
    budget: Budget
    clock: Callable[[], float]
    spent: Spent = field(default_factory=Spent, init=False)
    _recalled_cost: Spent = field(default_factory=Spent, init=False)
    _remarks: dict[str, bool] = field(default_factory=dict, init=False)
    _number: int = field(default=0, init=False)
    _began: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    @property
    def journal(self) -> Journal:
        """Return where finished steps are kept."""
        return self.terms.journal

    async def ask(
        self,
        role: Role,
        make: Callable[[Budget], Asked],
        read: Callable[[Mapping[str, object]], T | str],
    ) -> T | None:
        """Return what a role answers, as `read` has it; None where it twice gave nothing that `read` could use.

        `make` writes the prompt for a budget, `read` returns words where an answer is no use. Raises `Halted`.
        """
        for attempt in range(ATTEMPTS):
            answer = await self._answer(role, make, attempt)
            found = read(answer) if answer is not None else "the answer was cut off or is not what was asked for"
            if not isinstance(found, str):
                return found
            self.remark(f"{role}: {found}")
        return None

    def origin(self, role: Role, round: int, template: str) -> Origin:
        """Return what a sentence that a role writes is known to come from."""
        model = self.models[role]
        return Origin(role, round, model.name, model.digest, self.prompts.version(template, SYSTEM))

    def remark(self, words: str) -> None:
        """Note something for the log, once in a draft."""
        if words:
            self._remarks.setdefault(words, False)

    def told(self) -> tuple[str, ...]:
        """Return the remarks that were not returned before."""
        new = tuple(words for words, told in self._remarks.items() if not told)
        self._remarks |= dict.fromkeys(new, True)
        return new

    def key(self, *parts: str) -> str:
        """Return the journal's key of the next step of this run."""
        self._number += 1
        return digest(str(self._number), *parts)

    def check(self) -> None:
        """Raise `Halted` where the limits are reached, or the draft was told to stop.

        What the journal knew costs nothing again: a run that is begun again has the whole limit for what is new.
        """
        if self._told_to_stop():
            raise Halted(Stop.CANCELLED)
        new = self.spent - self._recalled_cost
        if new.prompt_tokens + new.output_tokens >= self.limits.tokens:
            raise Halted(Stop.TOKEN_BUDGET)
        if self._left() <= 0:
            raise Halted(Stop.TIME_BUDGET)

    async def bounded(self, work: Coroutine[Any, Any, R]) -> R:
        """Return what work comes to; it is cancelled, and `Halted` raised, when told to stop or out of time."""
        task = asyncio.ensure_future(work)
        stop = self.terms.stop
        waiting = [task] if stop is None else [task, asyncio.ensure_future(stop.wait())]
        try:
            await asyncio.wait(waiting, timeout=max(self._left(), 0), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise Halted(Stop.CANCELLED if self._told_to_stop() else Stop.TIME_BUDGET)
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _answer(self, role: Role, make: Callable[[Budget], Asked], attempt: int) -> Mapping[str, object] | None:
        for _ in range(3):
            asked = make(self.budget)
            try:
                answer = await self._recalled(role, asked, attempt)
            except PromptTooLong as problem:
                # The estimate was too low for this text and this model.
                self.budget, last = self.budget.scaled(_TIGHTER), problem
                self.remark("prompts were longer than the model's context, so less is shown from here on")
                continue
            for words in asked.left_out:
                self.remark(words)
            return answer
        raise Halted(Stop.ENGINE_ERROR, last)

    async def _recalled(self, role: Role, asked: Asked, attempt: int) -> Mapping[str, object] | None:
        self.check()
        model = self.models[role]
        system = self.prompts.fill(SYSTEM, codes=codes())
        prompt = Prompt(model.name, (Message("system", system), Message("user", asked.words)))
        sampling = Sampling(asked.tokens, _SECOND_TEMPERATURE if attempt else 0.0, 7 + attempt)
        schema = json.dumps(asked.schema, sort_keys=True)
        key = self.key("call", role, model.digest, system, asked.words, schema, str(sampling))
        stored = await self.journal.recall(key)
        if stored is not None and (known := _read(stored)) is not None:
            self.spent += known[1]
            self._recalled_cost += known[1]
            return known[0]
        before = self._tallied()
        answer = await self.bounded(self._replied(model, prompt, sampling, asked.schema))
        cost = replace(self._tallied() - before, calls=1)
        self.spent += cost
        # A finished call is kept even where the draft is cancelled in this moment.
        await asyncio.shield(self.journal.record(key, _written(answer, cost)))
        return answer

    async def _replied(
        self, model: ModelFacts, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object]
    ) -> Mapping[str, object] | None:
        """Ask, and once more where the engine broke: an embedded engine restarts in between."""
        try:
            try:
                return await self.answers.reply(model, prompt, sampling, schema, self.terms.priority)
            except EngineBroken:
                return await self.answers.reply(model, prompt, sampling, schema, self.terms.priority)
        except PromptTooLong:
            raise
        except EngineError as problem:
            raise Halted(Stop.ENGINE_ERROR, problem) from problem

    def _told_to_stop(self) -> bool:
        return self.terms.stop is not None and self.terms.stop.is_set()

    def _left(self) -> float:
        return self.limits.seconds - (self.clock() - self._began)

    def _tallied(self) -> Spent:
        tally = self.answers.tally
        return Spent(tally.model_calls, tally.prompt_tokens, tally.cached_prompt_tokens, tally.output_tokens)


def _written(answer: Mapping[str, object] | None, cost: Spent) -> bytes:
    tokens = [cost.prompt_tokens, cost.cached_prompt_tokens, cost.output_tokens]
    return json.dumps({"answer": answer, "tokens": tokens}).encode()


def _read(stored: bytes) -> tuple[Mapping[str, object] | None, Spent] | None:
    """Return what the journal holds of a call, None for what is no such thing."""
    try:
        value = json.loads(stored)
        answer, tokens = value["answer"], [int(one) for one in value["tokens"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not (answer is None or isinstance(answer, dict)) or len(tokens) != 3:
        return None
    return answer, Spent(1, *tokens)
