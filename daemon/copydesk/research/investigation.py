"""One run over one or more claims: from a claim to evidence and a verdict, every step told in the report.

The order is what keeps it safe. Queries are made from the claim before any page is read; pages are read by code
and shown to a model one excerpt at a time, which answers with one letter; nothing that a page says can cause a query,
a fetch or an edit. The verdict is computed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.core.claims.checkable import unchecked
from copydesk.core.evidence import ClaimReport, Part, Status, Verdict
from copydesk.core.note import Provenance
from copydesk.errors import EngineError
from copydesk.events import Progress
from copydesk.research.hearing import Hearing, nearest
from copydesk.research.planning import plan_by_rule

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from copydesk.core.claims.claim import Claim
    from copydesk.research.planning import Plan, Planner
    from copydesk.research.retrieval import Candidate, Retrieval, Retrieved
    from copydesk.research.verification import Verifier

TOO_SMALL = (
    "This model is too small to judge: in its self-test it could not tell claims that a source supports from others. "
    "Read the quotes yourself, or choose a larger model."
)

NOTHING = (
    "Nothing on this was found where it was looked for. Add a source that speaks of it, or search in other places, and "
    "research the claim again."
)


@dataclass
class Investigation:
    """One command's work on its claims. Once an engine has failed, the claims that follow are left without a verdict.

    `problem` says why there is no model, or none any more.
    """

    retrieval: Retrieval
    verifier: Verifier | None = None
    planner: Planner | None = None
    problem: EngineError | None = None
    provenance: Provenance = field(default=Provenance("researcher"), init=False)
    """What made the last report."""

    async def of(self, claim: Claim) -> AsyncGenerator[Progress | ClaimReport, None]:
        """Yield progress, and last the claim's report; no failure of engine or search is raised, but told there."""
        self.provenance = Provenance("researcher")
        reason = unchecked(claim.text)
        if reason is not None:
            yield ClaimReport(claim.text, claim.text, Status.JUDGED, Verdict.NOT_CHECKABLE, reason)
            return
        plan = plan_by_rule(claim)
        try:
            if self.verifier is not None:
                async for done, total in self.verifier.tried():
                    yield Progress("testing the model", done, total)
            yield Progress("planning", 0, 0)
            if self.planner is not None and self._believed():
                plan = await self.planner.plan(claim)
        except EngineError as problem:
            self._lose(problem)
        yield Progress("searching", 0, 0)
        retrieved = await self.retrieval.retrieve(plan.queries)
        self.provenance = replace(self.provenance, searched=retrieved.searched)
        candidates = [retrieved.candidates(part) for part in plan.parts]
        if not retrieved.readings:
            reason = retrieved.failure or retrieved.outage or NOTHING
            yield _unjudged(claim, plan, retrieved, [], Status.UNAVAILABLE, reason)
            return
        try:
            async for event in self._judged(claim, plan, retrieved, candidates):
                yield event
        except EngineError as problem:
            self._lose(problem)
            yield _unjudged(claim, plan, retrieved, candidates, Status.UNAVAILABLE, problem.sentence)

    async def _judged(
        self, claim: Claim, plan: Plan, retrieved: Retrieved, candidates: Sequence[Sequence[Candidate]]
    ) -> AsyncGenerator[Progress | ClaimReport, None]:
        if self.problem is not None:
            yield _unjudged(claim, plan, retrieved, candidates, Status.UNAVAILABLE, self.problem.sentence)
            return
        trial = self.verifier.trial if self.verifier is not None else None
        if self.verifier is None or trial is None or not trial.passed:
            yield _unjudged(claim, plan, retrieved, candidates, Status.UNJUDGED, TOO_SMALL)
            return
        hearing = Hearing(plan)
        total, done = sum(map(len, candidates)), 0
        for part, those in enumerate(candidates):
            for candidate in those:
                yield Progress("judging", done, total)
                await hearing.hear(part, candidate, self.verifier, trial)
                done += 1
        yield Progress("judging", total, total)
        self.provenance = replace(self.verifier.provenance(hearing.confidence), searched=retrieved.searched)
        yield hearing.report(claim, retrieved, candidates)

    def _believed(self) -> bool:
        trial = self.verifier.trial if self.verifier is not None else None
        return trial is not None and trial.passed

    def _lose(self, problem: EngineError) -> None:
        self.problem, self.verifier, self.planner = problem, None, None


def _unjudged(
    claim: Claim,
    plan: Plan,
    retrieved: Retrieved,
    candidates: Sequence[Sequence[Candidate]],
    status: Status,
    reason: str,
) -> ClaimReport:
    return ClaimReport(
        text=claim.text,
        asked=plan.asked,
        status=status,
        reason=reason,
        parts=tuple(map(Part, plan.parts)),
        queries=plan.queries,
        evidence=nearest(plan, candidates, None),
        skipped=retrieved.skipped,
        searched=retrieved.searched,
    )
