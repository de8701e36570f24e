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
        tests = {batch[0].kind.name: self._most(batch[0].kind) for batch in batches if not self._tested(batch[0].kind)}
        total = sum(map(len, batches)) + sum(tests.values())
        done = 0
        for batch in batches:
            kind = batch[0].kind
            if not self._tested(kind):
                async with aclosing(self._test(kind)) as answers:
                    async for number in answers:
                        yield Progress("testing the model", done + number, total)
            done += tests.pop(kind.name, 0)
            bar = self.bars[self.model.digest, kind.name]
            yield Progress("reading", done, total)
            if bar.passed or self.unproven:
                async with aclosing(self._asked(document, batch, brief, bar)) as notes:
                    async for note in notes:
                        yield note if note is not None else Progress("reading", (done := done + 1), total)
            else:
                done += len(batch)
            if not bar.passed:
                self.untrusted.add(kind.code)
            yield Progress("reading", done, total)

    async def _asked(
        self, document: Document, batch: Sequence[Question], brief: str, bar: Bar
    ) -> AsyncGenerator[Note | None, None]:
        """Ask a batch one way round, and the other way round what looks bad at once, or hopeful in the end.

        Yields findings, and None for each question that was asked one way round.
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
                yield None
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

    def _tested(self, kind: Kind) -> bool:
        return (self.model.digest, kind.name) in self.bars

    def _most(self, kind: Kind) -> int:
        """Return how many questions a test of a kind asks at most."""
        cases = self.labelled[kind.name]
        parts = (cases.first(FIRST_CASES), cases)
        return len(Order) * sum(len(part.flawed) + len(part.sound) for part in parts)

    async def _test(self, kind: Kind) -> AsyncGenerator[int, None]:
        """Ask about the labelled cases of a kind and keep its bar; yield how many questions were asked before each."""
        cases, asked = self.labelled[kind.name], 0
        for part in (cases.first(FIRST_CASES), cases):
            scores: dict[Case, list[float]] = {case: [] for case in (*part.flawed, *part.sound)}
            for order in Order:
                for case, gathered in scores.items():
                    yield asked
                    scored = await self._score(kind, case, order, "")
                    gathered.append(odds(scored.probabilities, order) if scored is not None else 0.0)
                    asked += 1
            measured = bar(
                [(scores[case][0], scores[case][1]) for case in part.flawed],
                [(scores[case][0], scores[case][1]) for case in part.sound],
            )
            if measured.separation < HOPELESS:
                break
        self.bars[self.model.digest, kind.name] = measured

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
