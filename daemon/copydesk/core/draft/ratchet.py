"""The ratchet: what counts as better, and when to stop. It turns one way only.

Models that revise their own work without an outside signal make it worse about as often as better (Huang et al., 2024;
with a weak model an error brought in now and then is enough). The signal here is code: a patch stays if the score of
the faults that code finds falls and none that blocks is added. Where that score is the same, it stays if it answers
what the Critic found and the Critic, asked again, calls that mended. Otherwise it is taken back. An engine that fails
accepts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from copydesk.core.draft.statement import fingerprint

if TYPE_CHECKING:
    from copydesk.core.draft.statement import Statement

MOST_ROUNDS = 5
BLOCKING, WARNING, FINDING = 10, 3, 1
"""What each fault counts: one that blocks, another one found by code, and one that the Critic sees."""


class Stop(StrEnum):
    """Why a draft was not worked on further."""

    CLEAN = "clean"  # code finds no fault, and the Critic was heard
    NO_PROGRESS = "no_progress"  # a round without an improvement
    SEEN_BEFORE = "seen_before"  # the draft is one that it was before
    ROUND_CAP = "round_cap"
    TOKEN_BUDGET = "token_budget"
    TIME_BUDGET = "time_budget"
    CANCELLED = "cancelled"
    ENGINE_ERROR = "engine_error"


CUT_SHORT = frozenset({Stop.TOKEN_BUDGET, Stop.TIME_BUDGET, Stop.CANCELLED, Stop.ENGINE_ERROR})
"""Reasons to stop after which another run goes on; to all others it would come as well."""


@dataclass(frozen=True, slots=True)
class Score:
    """How many faults a draft has; less is better."""

    blocking: int = 0
    warnings: int = 0
    findings: int = 0

    @property
    def total(self) -> int:
        """Return the sum of all faults."""
        return self.by_code + FINDING * self.findings

    @property
    def by_code(self) -> int:
        """Return the sum of the faults that code finds, by which drafts are compared."""
        return BLOCKING * self.blocking + WARNING * self.warnings

    @property
    def clean(self) -> bool:
        """Tell whether code found no fault."""
        return not self.blocking and not self.warnings


def improves(before: Score, after: Score) -> bool:
    """Tell whether a patch stays: no more blocks, and by code the score falls, or is the same with fewer findings."""
    if after.blocking > before.blocking:
        return False
    return (after.by_code, after.findings) < (before.by_code, before.findings)


@dataclass(frozen=True, slots=True)
class Ratchet:
    """The best draft so far, by what code finds wrong with it, and the drafts that have been."""

    best: tuple[Statement, ...] = ()
    score: Score | None = None
    seen: frozenset[str] = field(default_factory=frozenset)

    def turned(self, statements: tuple[Statement, ...], score: Score) -> Ratchet:
        """Return the ratchet after a round: a draft becomes the best unless code finds more wrong with it."""
        seen = self.seen | {fingerprint(statements)}
        own = Score(score.blocking, score.warnings)
        if self.score is not None and own.total > self.score.total:
            return Ratchet(self.best, self.score, seen)
        return Ratchet(statements, own, seen)

    def stop(
        self, statements: tuple[Statement, ...], score: Score, accepted: int, round: int, rounds: int
    ) -> Stop | None:
        """Return why to stop after a round that ended with a draft; asked before that draft is `turned` in.

        `accepted` is how many patches stayed, `rounds` how many rounds there may be.
        """
        if score.clean:
            return Stop.CLEAN
        if not accepted:
            return Stop.NO_PROGRESS
        if fingerprint(statements) in self.seen:
            return Stop.SEEN_BEFORE
        return Stop.ROUND_CAP if round >= min(rounds, MOST_ROUNDS) else None
