"""Asking a verifier: its self-test, what it says of an excerpt, and which sentence of the excerpt says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copydesk.core.claims.stance import (
    HOPELESS,
    LETTERS,
    ROTATIONS,
    STANCES,
    UNDECIDED,
    Judgement,
    judged,
    leaning,
    question,
    still_open,
    tried,
    which_sentence,
)
from copydesk.core.evidence import Stance
from copydesk.core.note import Provenance
from copydesk.errors import AnswerCut, PromptTooLong
from copydesk.ports import Message, Prompt
from copydesk.turns import Priority

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from copydesk.answers import Answers, Scored
    from copydesk.core.claims.stance import LabelledExcerpt, Leaning, Trial
    from copydesk.core.prompts import Prompts
    from copydesk.ports import ModelFacts

FIRST_EXCERPTS = 4
"""Labelled excerpts after which a model that only guesses is told apart from one that may pass."""


@dataclass
class Trials:
    """What is known of verifiers, by the digest of their model; kept by the desk, so that each is tried once."""

    known: dict[str, Trial] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class Verifier:
    """One model as a judge of claims."""

    answers: Answers
    model: ModelFacts
    prompts: Prompts
    labelled: Sequence[LabelledExcerpt]
    trials: Trials
    priority: Priority = Priority.INTERACTIVE
    cached: bool = field(default=True, init=False)

    async def tried(self) -> AsyncGenerator[tuple[int, int], None]:
        """Try the model unless that was done: yield how many excerpts of how many are done; raises `EngineError`.

        Afterwards `trial` says how it did.
        """
        # Two jobs that need the same trial must not both ask for it.
        async with self.trials.lock:
            if self.model.digest in self.trials.known:
                return
            results: list[tuple[Stance, list[Leaning]]] = []
            for number, excerpt in enumerate(self.labelled, 1):
                yield number - 1, len(self.labelled)
                for stance in STANCES:
                    asked = [
                        await self._leaning(excerpt.heading, excerpt.sentences, excerpt.claim(stance), rotation)
                        for rotation in range(len(ROTATIONS))
                    ]
                    results.append((stance, [one or UNDECIDED for one in asked]))
                if number == FIRST_EXCERPTS and tried(results).score < HOPELESS:
                    break
            self.trials.known[self.model.digest] = tried(results)

    @property
    def trial(self) -> Trial | None:
        """Return how the model did on the labelled cases, None before it was tried."""
        return self.trials.known.get(self.model.digest)

    async def judge(self, title: str, sentences: Sequence[str], claim: str, trial: Trial) -> Judgement | None:
        """Return what an excerpt says of a claim; None where the engine cannot take it. Raises `EngineError`."""
        first = await self._leaning(title, sentences, claim, 0)
        if first is None:
            return None
        if not still_open(first, trial):
            return Judgement(Stance.IRRELEVANT, 0.0, 0.0)
        others = [await self._leaning(title, sentences, claim, rotation) for rotation in range(1, len(ROTATIONS))]
        if any(other is None for other in others):
            return None
        return judged([first, *(other for other in others if other is not None)], trial)

    async def sentence(self, title: str, sentences: Sequence[str], claim: str) -> int | None:
        """Return the index of the sentence that speaks of a claim; None where the engine cannot take the question."""
        options = tuple(str(number) for number in range(1, len(sentences) + 1))
        scored = await self._scored(which_sentence(title, sentences, claim, self.prompts), options)
        if scored is None:
            return None
        return int(max(options, key=lambda option: scored.probabilities[option])) - 1

    def provenance(self, confidence: float | None) -> Provenance:
        """Return what made a verdict; `confidence` is a probability."""
        return Provenance(
            agent="verifier",
            model=self.model.name,
            digest=self.model.digest,
            prompt_version=self.prompts.version("stance"),
            cached=self.cached,
            confidence=None if confidence is None else round(confidence, 3),
        )

    async def _leaning(self, title: str, sentences: Sequence[str], claim: str, rotation: int) -> Leaning | None:
        scored = await self._scored(question(title, sentences, claim, rotation, self.prompts), LETTERS)
        return leaning(scored.probabilities, rotation) if scored is not None else None

    async def _scored(self, words: str, options: tuple[str, ...]) -> Scored | None:
        prompt = Prompt(self.model.name, (Message("system", self.prompts.fill("system")), Message("user", words)))
        try:
            scored = await self.answers.score(self.model, prompt, options, self.priority)
        except (PromptTooLong, AnswerCut):
            self.answers.tally.dropped += 1
            return None
        self.cached = self.cached and scored.cached
        return scored
