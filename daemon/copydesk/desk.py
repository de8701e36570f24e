"""The desk: critique, rewrite, research and draft as streams of events, whatever engine answers and whoever listens."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.core.aims import Aim, evidence_of
from copydesk.core.claims.notes import note_of
from copydesk.core.rewrite import is_complete, objection, proposal_of, rewrite_prompt, with_place
from copydesk.drafting.limits import Limits, Terms
from copydesk.drafting.opening import session_of, task_of
from copydesk.errors import AnswerCut, EngineBroken, EngineError, EngineUnreachable, SearchNotSetUp
from copydesk.events import Progress, Refused, Researched
from copydesk.examination import Examination
from copydesk.ports import Message, Places, Prompt, Role, Sampling
from copydesk.research.investigation import Investigation
from copydesk.research.planning import Planner
from copydesk.research.retrieval import Retrieval
from copydesk.research.verification import Trials, Verifier
from copydesk.turns import Priority, Turns
from copydesk.watch import Duty, Staff, Watch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from copydesk.answers import Answers
    from copydesk.core.brief import Brief
    from copydesk.core.claims.claim import Claim
    from copydesk.core.claims.stance import LabelledExcerpt
    from copydesk.core.document import Document
    from copydesk.core.note import Note
    from copydesk.core.prompts import Prompts
    from copydesk.core.questions.labelled import Labelled
    from copydesk.core.questions.question import Bar
    from copydesk.core.text import Span
    from copydesk.events import Drafted, Drafting, Preview, Report
    from copydesk.ports import Cache

__all__ = ["Desk", "Staff", "brief_words"]

ATTEMPTS = 2
"""How often a rewrite is asked for before its refusal is final."""

_REMEMBERED = 300
"""Code points of each part of a brief that prompts carry."""


@dataclass
class Desk:
    """One engine, asked through one queue, with what was learnt of its models.

    `hire` finds the engine when it is first needed, and again after it was lost. `search` gives the places to look
    things up when they are first needed. `unproven` also asks questions that the model failed in its self-test, and
    shows what it says as hints. `limits` hold for each draft.
    """

    hire: Callable[[], Awaitable[Staff]]
    cache: Cache
    prompts: Prompts
    labelled: Mapping[str, Labelled]
    excerpts: Sequence[LabelledExcerpt] = ()
    search: Callable[[], Places] = Places
    unproven: bool = False
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.monotonic
    _duty: Duty | None = field(default=None, init=False)
    _hiring: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _bars: dict[tuple[str, str], Bar] = field(default_factory=dict, init=False)
    _trials: Trials = field(default_factory=Trials, init=False)
    _places: Places | None = field(default=None, init=False)

    async def critique(
        self, document: Document, brief: Brief, *, near: int | None = None, within: Span | None = None
    ) -> AsyncGenerator[Note | Progress | Report, None]:
        """Yield what the model finds, nearest to offset `near` first, in what `within` touches; a report comes last.

        An engine's failure ends the stream early with its problem in the report; what was found stays found.
        """
        watch = Watch(self.clock)
        try:
            async with self._on_duty(watch) as staff:
                examination = Examination(
                    watch.answers(self.cache),
                    staff.models[Role.CRITIC],
                    self.prompts,
                    self.labelled,
                    self._bars,
                    staff.concurrency,
                    unproven=self.unproven,
                )
                async with aclosing(examination.of(document, brief_words(brief), near=near, within=within)) as events:
                    async for event in events:
                        watch.saw(event)
                        yield event
        except EngineError as problem:
            yield watch.report(Role.CRITIC, problem=problem)
            return
        yield watch.report(Role.CRITIC, untrusted=tuple(sorted(examination.untrusted)))

    async def rewrite(
        self, document: Document, note: Note, brief: Brief, aim: Aim = Aim.MEND
    ) -> AsyncGenerator[Progress | Note | Refused | Report, None]:
        """Yield the note with a rewrite of its anchored words, or why none may be offered; a report comes last.

        The anchor's hint must be the note's place in `document`. To weaken or correct a claim, the note is anchored
        anew at its whole sentences.
        """
        watch = Watch(self.clock)
        note = with_place(document, note, aim)
        try:
            async with self._on_duty(watch) as staff:
                reason = ""
                quotes = evidence_of(note) if aim is Aim.CORRECT else []
                for attempt in range(ATTEMPTS):
                    answer = ""
                    pieces = self._written(watch.answers(self.cache), staff, document, note, brief, aim, attempt)
                    async with aclosing(pieces):
                        async for piece in pieces:
                            answer += piece
                            if is_complete(answer):
                                break
                            yield Progress("writing", len(answer.split()), 0)
                    proposal = proposal_of(answer)
                    found = await asyncio.to_thread(objection, document, note.anchor.span, proposal, aim, quotes)
                    if found is None:
                        yield replace(note, rewrite=proposal)
                        break
                    reason = found
                else:
                    yield Refused(note, reason)
        except AnswerCut:
            yield Refused(note, "the model did not come to an end")
        except EngineError as problem:
            yield watch.report(Role.REWRITER, problem=problem)
            return
        yield watch.report(Role.REWRITER)

    async def research(
        self, document: Document, claims: Sequence[Claim], *, own: str = "", priority: Priority = Priority.INTERACTIVE
    ) -> AsyncGenerator[Progress | Researched | Report, None]:
        """Yield each claim's report with the note to show of it, in the order given; the command's report comes last.

        `own` is the `file:` URI of the document, which is no source for what it says itself. Without an engine the
        evidence is still found, and shown without a verdict. Raises `SettingsError` where
        search is not set up.
        """
        if self._places is None:
            self._places = self.search()
        watch, retrieval, problem = Watch(self.clock), Retrieval(self._places.searches, own), None
        try:
            async with self._on_duty(watch) as staff:
                answers, models = watch.answers(self.cache), staff.models
                investigation = Investigation(
                    retrieval,
                    Verifier(answers, models[Role.VERIFIER], self.prompts, self.excerpts, self._trials, priority),
                    Planner(answers, models[Role.PLANNER], self.prompts, priority),
                )
                async with aclosing(_researched(investigation, document, claims)) as events:
                    async for event in events:
                        watch.saw(event)
                        yield event
                if investigation.problem is not None:
                    raise investigation.problem
        except EngineError as caught:
            problem = caught
        if problem is not None and watch.duty is None:
            async with aclosing(_researched(Investigation(retrieval, problem=problem), document, claims)) as events:
                async for event in events:
                    watch.saw(event)
                    yield event
        yield watch.report(Role.VERIFIER, problem=problem)

    async def draft(
        self,
        document: Document,
        position: int,
        brief: Brief,
        terms: Terms,
    ) -> AsyncGenerator[Drafting | Preview | Drafted | Report, None]:
        """Yield how the section at an offset is drafted, and the draft; a report comes last.

        With `terms.stop` set, or where the engine fails, the draft ends as it is and is yielded. A cancelled task
        yields nothing more; what there was of the draft is in the journal. Raises `DocumentError` without a heading,
        `SettingsError` for a place to search that there is none of.
        """
        task = await asyncio.to_thread(task_of, document, position, brief, terms, self.limits)
        watch, problem = Watch(self.clock), None
        places = self._places_if_any()
        retrieval = Retrieval(places.searches, terms.base, places.where)
        try:
            async with self._on_duty(watch) as staff:
                answers = watch.answers(self.cache)
                session = session_of(
                    task, terms, self.limits, answers, staff.models, self.prompts, retrieval, self.clock
                )
                async with aclosing(session.run()) as events:
                    async for event in events:
                        watch.saw(event)
                        yield event
                if session.problem is not None:
                    raise session.problem
        except EngineError as caught:
            problem = caught
        yield watch.report(Role.WRITER, problem=problem)

    @property
    def serving(self) -> Staff | None:
        """Return the engine and models in use; None before the first command, and after the engine was lost."""
        return self._duty.staff if self._duty is not None else None

    async def look(self) -> None:
        """Find the engine, and see that it answers; raises `EngineError`, or `SettingsError` for no host."""
        async with self._on_duty(Watch(self.clock)) as staff:
            await staff.engine.facts()

    async def close(self) -> None:
        """Release the engine, once nobody uses it, the places to look things up, and the cache."""
        duty, self._duty = self._duty, None
        if duty is not None and not duty.users:
            await duty.staff.engine.close()
        places, self._places = self._places, None
        if places is not None:
            for search in places.searches:
                await search.close()
            await places.release()
        await self.cache.close()

    def _places_if_any(self) -> Places:
        """Return the places to look things up; none where none is named, which a draft can do without."""
        try:
            self._places = self._places or self.search()
        except SearchNotSetUp:
            return Places()
        return self._places

    def _written(
        self, answers: Answers, staff: Staff, document: Document, note: Note, brief: Brief, aim: Aim, attempt: int
    ) -> AsyncGenerator[str, None]:
        words = rewrite_prompt(document, note, note.anchor.span, brief_words(brief), self.prompts, aim)
        prompt = Prompt(
            staff.models[Role.REWRITER].name, (Message("system", self.prompts.fill("system")), Message("user", words))
        )
        longest = len(note.anchor.quote.encode("utf-8", "surrogatepass")) * 2 // 3 + 48
        return answers.text(prompt, Sampling(longest, 0.2 + 0.3 * attempt, 7 + attempt), Priority.INTERACTIVE)

    @asynccontextmanager
    async def _on_duty(self, watch: Watch) -> AsyncIterator[Staff]:
        """Lend the staff; one that lost its engine is replaced for the next, and released by its last user."""
        async with self._hiring:
            if self._duty is None:
                staff = await self.hire()
                self._duty = Duty(staff, Turns(staff.concurrency))
            duty = self._duty
        watch.duty = duty
        duty.users += 1
        try:
            yield duty.staff
        except (EngineUnreachable, EngineBroken):
            if self._duty is duty:
                self._duty = None
            raise
        finally:
            duty.users -= 1
            if self._duty is not duty and not duty.users:
                await duty.staff.engine.close()


def brief_words(brief: Brief) -> str:
    """Return the part of a prompt that says for whom a text is written; empty for an empty brief."""
    parts = [
        f"{name}: {' '.join(words.split())[:_REMEMBERED]}"
        for name, words in (("Readers", brief.audience), ("Purpose", brief.purpose), ("Style", brief.style))
        if words.strip()
    ]
    return "The brief of the text. " + "; ".join(parts) + ".\n\n" if parts else ""


async def _researched(
    investigation: Investigation, document: Document, claims: Sequence[Claim]
) -> AsyncGenerator[Progress | Researched, None]:
    for number, claim in enumerate(claims):
        async with aclosing(investigation.of(claim)) as events:
            async for event in events:
                if not isinstance(event, Progress):
                    note = note_of(document, claim, event, investigation.provenance)
                    yield Researched(event, note, investigation.retrieval.pages(event.evidence))
                elif len(claims) == 1:
                    yield event
                else:
                    yield Progress(event.label, number, len(claims))
