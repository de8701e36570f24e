"""Examining a document with a model: which questions are asked in which order, and which answers count."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from copydesk.core.instant import instant
from copydesk.core.note import Provenance
from copydesk.core.questions.finding import finding
from copydesk.core.questions.kinds import about_ledes, about_pairs, about_sentences, sentences_of
from copydesk.core.questions.question import LETTERS, Order, bar, odds, wording
from copydesk.core.similarity import pairs
from copydesk.errors import AnswerCut, PromptTooLong
from copydesk.events import Progress
from copydesk.ports import Message, Prompt
from copydesk.turns import Priority, abreast

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from copydesk.answers import Answers, Scored
    from copydesk.core.document import Document, Sentence
    from copydesk.core.note import Note
    from copydesk.core.prompts import Prompts
    from copydesk.core.questions.labelled import Case, Labelled
    from copydesk.core.questions.question import Bar, Kind, Question
    from copydesk.core.text import Span
    from copydesk.ports import ModelFacts

CHUNK = 24
"""Sentences asked about together: few enough to stream, enough for questions of one kind to share their prefix."""

PAIRS_PER_1000_WORDS = 12
FIRST_CASES = 4
"""Labelled cases of either sort after which a model that only guesses is told apart from one that may pass."""

HOPELESS = 0.6
"""Separation on the first cases below which the rest are not asked."""


@dataclass
class Examination:
    """One run over one document. `bars` is kept by the desk; `untrusted` holds the codes that were left out."""

    answers: Answers
    model: ModelFacts
    prompts: Prompts
    labelled: Mapping[str, Labelled]
    bars: dict[tuple[str, str], Bar]
    concurrency: int = 1
    unproven: bool = field(default=False, kw_only=True)
    untrusted: set[str] = field(default_factory=set, init=False)

    async def of(
        self, document: Document, brief: str, *, near: int | None, within: Span | None
    ) -> AsyncGenerator[Note | Progress, None]:
        """Yield notes and progress; raises `EngineError` where the engine fails for good."""
        # A long document takes a tenth of a second, for which the editor must not wait.
        batches = await asyncio.to_thread(planned, document, near, within)
        total = sum(len(batch) for batch in batches)
        done = 0
        for batch in batches:
            kind = batch[0].kind
            yield Progress(
                "testing the model" if (self.model.digest, kind.name) not in self.bars else "reading", done, total
            )
            bar = await self._bar(kind)
            yield Progress("reading", done, total)
            if bar.passed or self.unproven:
                async with aclosing(self._asked(document, batch, brief, bar)) as notes:
                    async for note in notes:
                        yield note
            if not bar.passed:
                self.untrusted.add(kind.code)
            done += len(batch)
            yield Progress("reading", done, total)

    async def _asked(
        self, document: Document, batch: Sequence[Question], brief: str, bar: Bar
    ) -> AsyncGenerator[Note, None]:
        """Ask a batch one way round, and the other way round what looks bad at once, or hopeful in the end.

        Waiting with the hopeful keeps calls of one wording together; not waiting with the bad shows them early.
        """
        hopeful: list[tuple[Question, float]] = []

        async def first(question: Question) -> tuple[float, Scored | None] | None:
            scored = await self._score(question.kind, question.case, Order.FLAW_IS_B, brief)
            if scored is None:
                return None
            before = odds(scored.probabilities, Order.FLAW_IS_B)
            return before, await second((question, before)) if before >= bar.least else None

        async def second(item: tuple[Question, float]) -> Scored | None:
            return await self._score(item[0].kind, item[0].case, Order.FLAW_IS_A, brief)

        async with aclosing(abreast(batch, first, self.concurrency)) as answers:
            async for question, answer in answers:
                if answer is None:
                    continue
                before, after = answer
                if after is not None and (note := self._judged(document, question, before, after, bar)):
                    yield note
                elif after is None and before >= bar.hopeful:
                    hopeful.append((question, before))
        async with aclosing(abreast(hopeful, second, self.concurrency)) as later:
            async for (question, before), after in later:
                if after is not None and (note := self._judged(document, question, before, after, bar)):
                    yield note

    def _judged(self, document: Document, question: Question, before: float, after: Scored, bar: Bar) -> Note | None:
        """Return the finding where the odds, both ways round, clear the bar."""
        if (before + odds(after.probabilities, Order.FLAW_IS_A)) / 2 < bar.least:
            return None
        return finding(document, question, self._provenance(question, after), proven=bar.passed)

    async def _bar(self, kind: Kind) -> Bar:
        known = self.bars.get((self.model.digest, kind.name))
        if known is not None:
            return known
        cases = self.labelled[kind.name]
        measured = await self._measured(kind, cases.first(FIRST_CASES))
        if measured.separation >= HOPELESS:
            measured = await self._measured(kind, cases)
        self.bars[self.model.digest, kind.name] = measured
        return measured

    async def _measured(self, kind: Kind, cases: Labelled) -> Bar:
        scores: dict[Case, list[float]] = {case: [] for case in (*cases.flawed, *cases.sound)}
        for order in Order:
            for case, gathered in scores.items():
                scored = await self._score(kind, case, order, "")
                gathered.append(odds(scored.probabilities, order) if scored is not None else 0.0)
        return bar(
            [(scores[case][0], scores[case][1]) for case in cases.flawed],
            [(scores[case][0], scores[case][1]) for case in cases.sound],
        )

    async def _score(self, kind: Kind, case: Case, order: Order, brief: str) -> Scored | None:
        """Return an answer, None for one question that the engine cannot take."""
        words = wording(kind, case, order, brief, self.prompts)
        prompt = Prompt(self.model.name, (Message("system", self.prompts.fill("system")), Message("user", words)))
        try:
            return await self.answers.score(self.model, prompt, LETTERS, Priority.BACKGROUND)
        except (PromptTooLong, AnswerCut):
            self.answers.tally.dropped += 1
            return None

    def _provenance(self, question: Question, scored: Scored) -> Provenance:
        return Provenance(
            agent="critic",
            model=self.model.name,
            digest=self.model.digest,
            prompt_version=self.prompts.version(question.kind.name),
            cached=scored.cached,
            confidence=round(scored.probabilities[Order.FLAW_IS_A.value], 3),
        )


def planned(document: Document, near: int | None, within: Span | None) -> list[list[Question]]:
    """Return the questions that a document deserves, in batches of one kind, nearest to `near` first."""
    flagged = frozenset((note.code, note.anchor.hint) for note in instant(document).notes)
    sentences = [one for one in sentences_of(document) if within is None or one.span.overlaps(within)]
    batches: list[list[Question]] = []
    for chunk in _chunks(sentences, near):
        batches.extend(_by_kind(list(about_sentences(chunk, flagged))))
    chosen = [
        pair
        for pair in pairs(document, PAIRS_PER_1000_WORDS)
        if within is None or pair.first.span.overlaps(within) or pair.second.span.overlaps(within)
    ]
    batches.extend(_by_kind(sorted(about_pairs(chosen, flagged), key=lambda question: question.kind.name)))
    if within is None:
        batches.extend(_by_kind(list(about_ledes(document))))
    return batches


def _chunks(sentences: Sequence[Sentence], near: int | None) -> list[list[Sentence]]:
    chunks = [list(sentences[start : start + CHUNK]) for start in range(0, len(sentences), CHUNK)]
    if near is not None:
        chunks.sort(key=lambda chunk: max(chunk[0].span.start - near, near - chunk[-1].span.end, 0))
    return chunks


def _by_kind(questions: list[Question]) -> list[list[Question]]:
    return [list(group) for _, group in groupby(questions, key=lambda question: question.kind.name)]
