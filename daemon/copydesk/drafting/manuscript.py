"""The draft of one session as it stands: its board, its faults, the best so far, and the value made from it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.core.draft.defects import Examiner, in_words, score
from copydesk.core.draft.draft import Draft, DraftedSentence
from copydesk.core.draft.frame import Rendered
from copydesk.core.draft.ratchet import Ratchet, Score, improves
from copydesk.core.draft.render import Renderer
from copydesk.core.draft.statement import words_in
from copydesk.core.instant import instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.citations.render import Style
    from copydesk.core.draft.criticism import Finding
    from copydesk.core.draft.defects import Defect
    from copydesk.core.draft.draft import Round
    from copydesk.core.draft.layout import Board
    from copydesk.core.draft.ratchet import Stop
    from copydesk.core.draft.statement import Statement
    from copydesk.core.draft.task import SectionTask
    from copydesk.core.instant import InstantReading
    from copydesk.drafting.sourcing import Sourcing


@dataclass
class Manuscript:
    """What the roles work on. `defects` are those of the board's sentences, `style` is how they are cited."""

    board: Board
    sourcing: Sourcing
    style: Style = "footnote"
    defects: tuple[Defect, ...] = field(default=(), init=False)
    ratchet: Ratchet = field(default_factory=Ratchet, init=False)
    log: list[Round] = field(default_factory=list, init=False)
    _before: InstantReading | None = field(default=None, init=False)
    _renderer: Renderer | None = field(default=None, init=False)

    @property
    def task(self) -> SectionTask:
        """Return the task."""
        return self.board.task

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Return the sentences as they stand."""
        return self.board.statements

    @property
    def words(self) -> int:
        """Return how many words they have."""
        return words_in(self.board.statements)

    def show(self, statements: Sequence[Statement], defects: tuple[Defect, ...]) -> None:
        """Put other sentences on the board, with their faults."""
        self.defects = defects
        faults = tuple(one.line for one in defects)
        self.board = replace(self.board, statements=tuple(statements), faults=faults)

    async def examined(self, statements: Sequence[Statement]) -> tuple[Defect, ...]:
        """Return what code finds wrong with sentences in their place."""
        return await asyncio.to_thread(self._defects, statements) if statements else ()

    async def body(self) -> Rendered:
        """Return the section's body as it would be now."""
        return await asyncio.to_thread(self._rendered, self.statements)

    def better(self, defects: Sequence[Defect], findings: Sequence[Finding] = (), left: Sequence[Finding] = ()) -> bool:
        """Tell whether a draft with these faults is an improvement on the board's.

        `findings` are what the Critic holds against what is changed, `left` those of them that are not mended.
        """
        return improves(score(self.defects, findings), score(defects, left))

    async def settled(self) -> tuple[int, int]:
        """Take out what code can tell must not stand: sentences with faults that block, citations without any bearing.

        Each such change stays only if it is an improvement. Returns how many sentences and citations went.
        """
        gone = loose = 0
        for defect in self.defects:
            statement = next((one for one in self.statements if one.id == defect.sentence), None)
            if statement is None or not (defect.blocks or defect.code == "unrelated"):
                continue
            rest = [one for one in self.statements if one is not statement]
            bare = [replace(one, spans=one.notes) if one is statement else one for one in self.statements]
            for changed in (rest,) if defect.blocks else (bare, rest):
                defects = await self.examined(changed)
                if self.better(defects):
                    gone, loose = gone + (changed is rest), loose + (changed is bare)
                    self.show(changed, defects)
                    break
        return gone, loose

    def turn(self) -> Score:
        """Give the draft to the ratchet at the end of a round; return its score."""
        found = score(self.defects)
        self.ratchet = self.ratchet.turned(self.statements, found)
        return found

    async def fall_back(self) -> bool:
        """Return to the best draft if this one is worse; tell whether that was so."""
        best = self.ratchet.best
        if not best or best == self.statements or self.ratchet.score is None:
            return False
        if score(self.defects).total <= self.ratchet.score.total:
            return False
        self.show(best, await self.examined(best))
        return True

    async def draft(self, status: Stop, reason: str = "") -> Draft:
        """Return the finished value of the draft as it stands."""
        return await asyncio.to_thread(self._draft, status, reason)

    def _draft(self, status: Stop, reason: str) -> Draft:
        task, ledger = self.task, self.board.ledger
        rendered = self._rendered(self.statements)
        jottings = {one.id: one for one in task.jottings}
        places = rendered.places
        sentences = tuple(
            DraftedSentence(
                one.text,
                places[one.id],
                one.origin,
                tuple(entry.evidence for entry in ledger.quoted(one.quotations)),
                tuple(jottings[note].text for note in one.notes),
            )
            for one in sorted(self.statements, key=lambda one: places[one.id].start)
        )
        frame = self.renderer.frame
        taken = [words for id, words in frame.jottings if id not in rendered.left] if rendered.paragraphs else []
        return Draft(
            heading=task.path,
            place=task.body,
            original=task.original,
            markdown=rendered.markdown,
            mode=task.mode,
            status=status,
            score=score(self.defects),
            sentences=sentences,
            sources=tuple(dict.fromkeys(quote.source for one in sentences for quote in one.evidence)),
            queries=tuple(self.sourcing.sent),
            skipped=tuple(self.sourcing.skipped),
            replaced=tuple(taken),
            faults=tuple(in_words(one, self.statements, ledger, task) for one in self.defects),
            log=tuple(self.log),
            reason=reason,
            frame=frame,
            paragraphs=rendered.paragraphs,
            definitions=rendered.definitions,
        )

    @property
    def renderer(self) -> Renderer:
        """Return what writes the draft as Markdown."""
        formats = {sha256: page.format for sha256, page in self.sourcing.pages.items()}
        if self._renderer is None or self._renderer.formats != formats:
            self._renderer = Renderer(self.task, self.style, self.sourcing.base, formats)
        return self._renderer

    def _rendered(self, statements: Sequence[Statement]) -> Rendered:
        if self.board.plan is None:
            return Rendered(self.task.original)
        return self.renderer.body(statements, self.board.plan, self.board.ledger)

    def _defects(self, statements: Sequence[Statement]) -> tuple[Defect, ...]:
        assert self.board.plan is not None
        if self._before is None:
            self._before = instant(self.task.document, frozenset(self.task.brief.known_terms))
        sources = self.sourcing.known(self.board.ledger)
        examiner = Examiner(self.renderer, self.board.ledger, self.board.plan, sources, self._before)
        return examiner.defects(statements)
