"""One round after the first: the Critic reads, the Researcher looks up again, and the Editor mends what is worst.

Each patch is tried in its place and stays only if the ratchet turns; where code sees no difference, the Critic is asked
whether what it named is mended. What was tried in vain is not tried again.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copydesk.core.draft import criticism, editing, shortening, writing
from copydesk.core.draft.defects import TOO_LONG, TOO_SHORT
from copydesk.core.draft.statement import words_in
from copydesk.events import Drafting
from copydesk.ports import Role

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from copydesk.core.draft.criticism import Criticism, Finding
    from copydesk.core.draft.editing import Patch
    from copydesk.core.draft.layout import Board
    from copydesk.core.draft.plan import Point
    from copydesk.core.draft.statement import Statement
    from copydesk.drafting.calls import Calls
    from copydesk.drafting.manuscript import Manuscript
    from copydesk.events import Preview

MOST_MENDED = 6
"""Sentences that are mended in one round."""


@dataclass
class Refining:
    """The rounds after the first. `accepted` and `reverted` count the patches of the last one.

    `look_up` looks up a question of the plan again, `heard` tells that the Critic's last answer could be used.
    """

    manuscript: Manuscript
    calls: Calls
    a_character: int
    look_up: Callable[[str, int], AsyncGenerator[Drafting | Preview, None]]
    accepted: int = field(default=0, init=False)
    reverted: int = field(default=0, init=False)
    heard: bool = field(default=False, init=False)
    _vain: set[tuple[str, str]] = field(default_factory=set, init=False)

    async def round(self, number: int) -> AsyncGenerator[Drafting | Preview, None]:
        """Yield how a round goes; raises `Halted`."""
        self.accepted = self.reverted = 0
        work = self.manuscript
        yield self._event(number, Role.CRITIC, "criticising")
        heard = await self._criticism()
        self.heard = heard is not None
        findings = list(criticism.accepted(heard.findings, work.statements, self._vain) if heard else ())
        if heard is not None and heard.question:
            async with aclosing(self.look_up(heard.question, number)) as events:
                async for event in events:
                    yield event
            work.show(work.statements, await work.examined(work.statements))
        board = work.board
        for id in self._worst(findings):
            yield self._event(number, Role.EDITOR, "editing")
            await self._mend(board, id, findings, number)
        async for event in self._shortened(board, number):
            yield event
        async for event in self._filled(board, number):
            yield event

    async def _criticism(self) -> Criticism | None:
        work, calls = self.manuscript, self.calls
        board = work.board
        assert board.plan is not None
        questions = work.sourcing.open_questions(board.plan)
        return await calls.ask(
            Role.CRITIC,
            lambda budget: criticism.request(board, questions, calls.prompts, budget, self.a_character),
            lambda answer: criticism.parsed(answer, board.statements, questions),
        )

    def _worst(self, findings: Sequence[Finding]) -> list[str]:
        """Return the sentences to mend, worst first: faults that block, other faults, what the Critic sees."""
        weights: dict[str, int] = {}
        for defect in self.manuscript.defects:
            text = next((one.text for one in self.manuscript.statements if one.id == defect.sentence), None)
            if text is not None and (text, defect.code) not in self._vain:
                weights[defect.sentence] = weights.get(defect.sentence, 0) + (10 if defect.blocks else 3)
        for one in findings:
            weights[one.sentence] = weights.get(one.sentence, 0) + 1
        return sorted(weights, key=lambda id: (-weights[id], int(id[1:])))[:MOST_MENDED]

    async def _mend(self, board: Board, id: str, findings: Sequence[Finding], number: int) -> None:
        """Ask for a patch of one sentence and keep it if that is an improvement.

        The prompt shows the draft as it was when the round began, so that the engine has read it before.
        """
        work, calls = self.manuscript, self.calls
        statement = next(one for one in work.statements if one.id == id)
        defects = [one for one in work.defects if one.sentence == id]
        own = [one for one in findings if one.sentence == id]
        patch = await calls.ask(
            Role.EDITOR,
            lambda budget: editing.request(board, statement, defects, own, calls.prompts, budget, self.a_character),
            lambda answer: editing.parsed(answer, work.board, statement, calls.budget, self.a_character),
        )
        if patch is not None:
            changed = patch.applied(work.statements, calls.origin(Role.EDITOR, number, "draft_edit"))
            if await self._kept(changed, board, own, patch):
                return
        self.reverted += 1
        self._vain |= {(statement.text, code) for code in (*(one.code for one in defects), *(one.code for one in own))}

    async def _filled(self, board: Board, number: int) -> AsyncGenerator[Drafting | Preview, None]:
        """Have more written where the draft is far too short, or jottings were left out; once in a round."""
        work, calls = self.manuscript, self.calls
        point = self._lacking(work.board)
        if point is None:
            return
        yield self._event(number, Role.WRITER, "writing")
        origin = calls.origin(Role.WRITER, number, "draft_write")
        written = await calls.ask(
            Role.WRITER,
            lambda budget: writing.request(board, point, calls.prompts, budget, self.a_character),
            lambda answer: writing.parsed(answer, work.board, point, origin, calls.budget, self.a_character),
        )
        changed = in_order(work.statements, written.statements) if written is not None else ()
        if not await self._kept(changed, board):
            self.reverted += 1
            self._vain.add((point.id, "lacking"))

    async def _shortened(self, board: Board, number: int) -> AsyncGenerator[Drafting | Preview, None]:
        """Have sentences taken out of a draft that is far too long: those that the Editor names, and then by rank."""
        work, calls = self.manuscript, self.calls
        ids = shortening.offered(board, work.statements, {one.sentence for one in work.defects})
        if not ids or not any(one.code == "long" for one in work.defects):
            return
        yield self._event(number, Role.EDITOR, "shortening")
        named = await calls.ask(
            Role.EDITOR,
            lambda budget: shortening.request(board, ids, work.words, calls.prompts, budget, self.a_character),
            lambda answer: shortening.parsed(answer, ids),
        )
        assert board.plan is not None
        least, most = TOO_SHORT * board.plan.words, TOO_LONG * board.plan.words
        before = len(work.statements)
        changed = shortening.shortened(work.statements, (*(named or ()), *ids), least, most)
        if await self._kept(changed, board):
            calls.remark(f"sentences that were taken out because the draft was too long: {before - len(changed)}")
        else:
            self.reverted += 1

    def _lacking(self, board: Board) -> Point | None:
        """Return the point of which more should be written, if any."""
        codes = {one.code for one in self.manuscript.defects if not one.sentence}
        assert board.plan is not None
        named = {note for one in board.statements for note in one.notes}
        open_points = [one for one in board.plan.points if (one.id, "lacking") not in self._vain]
        if "notes" in codes:
            for point in open_points:
                if any(note not in named for note in point.notes):
                    return point
        if "short" in codes and open_points:
            return min(
                open_points, key=lambda point: words_in(one for one in board.statements if one.point == point.id)
            )
        return None

    async def _kept(
        self,
        changed: tuple[Statement, ...],
        board: Board,
        findings: Sequence[Finding] = (),
        patch: Patch | None = None,
    ) -> bool:
        """Put changed sentences on the board if they are an improvement; tell whether they are.

        `findings` are those that a patch answers, and `board` is what prompts of this round show.
        """
        work = self.manuscript
        if not changed:
            return False
        defects = await work.examined(changed)
        better = work.better(defects, findings, findings)
        if not better and patch is not None and work.better(defects, findings):
            better = await self._confirmed(board, findings, patch)
        if better:
            work.show(changed, defects)
            self.accepted += 1
        return better

    async def _confirmed(self, board: Board, findings: Sequence[Finding], patch: Patch) -> bool:
        """Ask the Critic whether a patch mends what it found; no usable answer is no."""
        calls = self.calls
        mended = await calls.ask(
            Role.CRITIC,
            lambda budget: criticism.request_again(board, findings, patch, calls.prompts, budget, self.a_character),
            criticism.confirmed,
        )
        return mended is True

    def _event(self, number: int, role: Role, label: str) -> Drafting:
        work = self.manuscript
        return Drafting(number, role, label, work.board.ledger.sources, work.words)


def in_order(statements: Sequence[Statement], new: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return the sentences of a draft with new ones at the end of the point that they belong to."""
    return tuple(sorted((*statements, *new), key=lambda one: int(one.point[1:])))
