"""One section drafted from start to end: plan, look up, write, then refine until the ratchet does not turn any more.

Whatever ends it, what there is is returned with the reason; an engine that fails accepts nothing. The draft so far is
kept in the journal after each step, so that neither a cancelled nor a killed run loses any of it.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.core.draft import planning, writing
from copydesk.core.draft.defects import score
from copydesk.core.draft.draft import Round
from copydesk.core.draft.plan import plan_by_rule
from copydesk.core.draft.ratchet import MOST_ROUNDS, Stop
from copydesk.core.draft.statement import is_unspaced
from copydesk.core.draft.stored import encoded
from copydesk.drafting.calls import Halted, Spent
from copydesk.drafting.refining import Refining, in_order
from copydesk.events import Drafted, Drafting, Preview
from copydesk.ports import Role

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from copydesk.core.draft.plan import Plan
    from copydesk.core.draft.writing import Written
    from copydesk.drafting.calls import Calls
    from copydesk.drafting.manuscript import Manuscript
    from copydesk.errors import EngineError

KEPT = "draft"
"""The name under which the journal keeps the draft so far."""
_TOKENS_A_WORD = 2.4
"""As the draft stands in a prompt, at three bytes to a token."""
_MOSTLY = 0.2


@dataclass
class Session:
    """The drafting of one section. `problem` is the engine's, where that ended it."""

    manuscript: Manuscript
    calls: Calls
    problem: EngineError | None = field(default=None, init=False)
    _round: int = field(default=1, init=False)
    _spent: Spent = field(default_factory=Spent, init=False)
    _accepted: int = field(default=0, init=False)
    _refused: int = field(default=0, init=False)

    async def run(self) -> AsyncGenerator[Drafting | Preview | Drafted, None]:
        """Yield how the draft comes along, and last the draft."""
        status, reason = Stop.NO_PROGRESS, ""
        refining = Refining(self.manuscript, self.calls, self._a_character, self._look_up)
        try:
            async with aclosing(self._first_round()) as events:
                async for event in events:
                    yield event
            if self.manuscript.statements:
                stop: Stop | None = Stop.ROUND_CAP if self._rounds < 2 else None
                while stop is None:
                    self._round += 1
                    async with aclosing(refining.round(self._round)) as events:
                        async for event in events:
                            yield event
                    stop = await self._ended(refining)
                    yield Preview((await self.manuscript.body()).markdown)
                status = stop
        except Halted as halted:
            status, self.problem = halted.stop, halted.problem
            reason = halted.problem.sentence if halted.problem is not None else ""
        async for last in self._finished(status, reason, refining):
            yield last

    async def _first_round(self) -> AsyncGenerator[Drafting | Preview, None]:
        work = self.manuscript
        yield self._event(Role.PLANNER, "planning")
        work.board = replace(work.board, plan=await self._planned())
        assert work.board.plan is not None
        for question in work.board.plan.questions:
            async with aclosing(self._look_up(question.id, 1)) as events:
                async for event in events:
                    yield event
        for point in work.board.plan.points:
            yield self._event(Role.WRITER, "writing")
            written = await self._written(point.id)
            if written is None:
                continue
            self._accepted += len(written.statements)
            self._refused += len(written.refused)
            work.show(in_order(work.statements, written.statements), ())
            yield Preview((await work.body()).markdown)
            await self._keep(Stop.CANCELLED)
        work.show(work.statements, await work.examined(work.statements))
        self._close(self._accepted, self._refused)

    async def _planned(self) -> Plan:
        work, calls = self.manuscript, self.calls
        plan = await calls.ask(
            Role.PLANNER,
            lambda budget: planning.request(work.board, calls.prompts, budget, self._a_character),
            lambda answer: planning.parsed(answer, work.task),
        )
        if plan is None:
            calls.remark("the plan was made by rule, for want of a usable answer")
            plan = plan_by_rule(work.task)
        most = int(calls.budget.draft / _TOKENS_A_WORD)
        if plan.words > most:
            calls.remark(
                f"{plan.words} words were asked for; with this model's context {most} can be worked on at a time. "
                "Draft the rest under headings of its own"
            )
            plan = replace(plan, words=most)
        return plan

    async def _look_up(self, id: str, number: int) -> AsyncGenerator[Drafting | Preview, None]:
        """Look up a question of the plan; where nothing comes of its first query, with its second."""
        work = self.manuscript
        assert work.board.plan is not None
        question = work.board.plan.question(id)
        for _ in question.queries:
            yield self._event(Role.RESEARCHER, "searching")
            offered = await work.sourcing.search(question, work.board.ledger)
            if offered:
                yield self._event(Role.RESEARCHER, "reading sources")
                picks = await work.sourcing.picked(work.board, question, offered)
                ledger, left_out = work.board.ledger.grown(picks.evidence, self._room(id, number))
                if left_out:
                    self.calls.remark(f"{left_out} quotations found no room in the model's context")
                grew = len(ledger.entries) > len(work.board.ledger.entries)
                work.board = replace(work.board, ledger=ledger)
                if grew and picks.missing != "all":
                    return
            if number > 1:
                return

    def _room(self, id: str, number: int) -> int:
        """Return how far the ledger may grow, in tokens: in the first round each question has its share."""
        whole, plan = self.calls.budget.ledger, self.manuscript.board.plan
        assert plan is not None
        return whole * int(id[1:]) // len(plan.questions) if number == 1 else whole

    async def _written(self, id: str) -> Written | None:
        work, calls = self.manuscript, self.calls
        assert work.board.plan is not None
        point = work.board.plan.point(id)
        sourced = bool(writing.citable(work.board))
        origin = calls.origin(Role.WRITER, 1, "draft_write" if sourced else "draft_write_unsourced")
        return await calls.ask(
            Role.WRITER,
            lambda budget: writing.request(work.board, point, calls.prompts, budget, self._a_character),
            lambda answer: writing.parsed(answer, work.board, point, origin, calls.budget, self._a_character),
        )

    async def _ended(self, refining: Refining) -> Stop | None:
        """Close a round; return why to stop, None for another."""
        work, accepted = self.manuscript, refining.accepted
        found = work.ratchet.stop(work.statements, score(work.defects), accepted, self._round, self._rounds)
        self._close(accepted, refining.reverted)
        await self._keep(Stop.CANCELLED)
        return Stop.NO_PROGRESS if found is Stop.CLEAN and not refining.heard else found

    def _close(self, accepted: int, reverted: int) -> None:
        """Turn the ratchet and write the round into the log."""
        calls, work = self.calls, self.manuscript
        cost, self._spent = calls.spent - self._spent, calls.spent
        tokens = (cost.prompt_tokens, cost.cached_prompt_tokens, cost.output_tokens)
        work.log.append(Round(self._round, work.turn(), accepted, reverted, cost.calls, *tokens, calls.told()))

    async def _finished(self, status: Stop, reason: str, refining: Refining) -> AsyncGenerator[Preview | Drafted, None]:
        work = self.manuscript
        if len(work.log) < self._round:
            first = self._round == 1
            if first:
                work.show(work.statements, await work.examined(work.statements))
            self._close(*((self._accepted, self._refused) if first else (refining.accepted, refining.reverted)))
        if await work.fall_back():
            self.calls.remark("an earlier round's draft was the better one")
        gone, loose = await work.settled()
        if gone:
            self.calls.remark(f"sentences that could not be mended were taken out: {gone}")
        if loose:
            self.calls.remark(f"citations that have nothing to do with their sentence were taken out: {loose}")
        last = work.log[-1]
        work.log[-1] = replace(last, remarks=(*last.remarks, *self.calls.told()))
        if not work.statements and not reason:
            reason = "No sentence was written that may stand."
        draft = await work.draft(status, reason)
        await self.calls.journal.keep(KEPT, encoded(draft))
        yield Preview(draft.markdown)
        yield Drafted(draft, work.sourcing.cited(quote for one in draft.sentences for quote in one.evidence))

    async def _keep(self, status: Stop) -> None:
        draft = await self.manuscript.draft(status)
        await self.calls.journal.keep(KEPT, encoded(draft))

    @property
    def _rounds(self) -> int:
        return min(self.calls.limits.rounds, MOST_ROUNDS)

    @property
    def _a_character(self) -> int:
        """Return how many tokens a character takes at most: two in scripts that tokenizers know less well."""
        task = self.manuscript.task
        letters = [one for one in task.known if one.isalpha()]
        dear = sum(is_unspaced(one) or one > "\u024f" for one in letters)
        return 2 if dear > _MOSTLY * max(1, len(letters)) else 1

    def _event(self, role: Role, label: str) -> Drafting:
        work = self.manuscript
        return Drafting(self._round, role, label, work.board.ledger.sources, work.words)
