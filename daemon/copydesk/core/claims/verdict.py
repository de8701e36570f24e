"""The verdict on a claim, computed from stances: one site, one vote, and no vote without a quote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.evidence import Stance, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Vote:
    """What one passage of one site says of one part of a claim; its quote was verified.

    `strength` is by how much the model preferred the stance. A site that is not `trusted` never decides alone.
    """

    part: int
    site: str
    stance: Stance
    strength: float
    trusted: bool = True


def part_verdicts(votes: Iterable[Vote], parts: int) -> tuple[Verdict, ...]:
    """Return the verdict on each part of a claim."""
    by_part: list[list[Vote]] = [[] for _ in range(parts)]
    for vote in votes:
        by_part[vote.part].append(vote)
    return tuple(_decided(_one_each(those)) for those in by_part)


def whole(parts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on a claim from those on its parts.

    A claim with a false part is false, one with a disputed part is disputed; it is supported if all its parts are.
    """
    if Verdict.REFUTED in parts:
        return Verdict.REFUTED
    if Verdict.CONFLICTING in parts:
        return Verdict.CONFLICTING
    supported = sum(part is Verdict.SUPPORTED for part in parts)
    if parts and supported == len(parts):
        return Verdict.SUPPORTED
    return Verdict.PARTLY_SUPPORTED if supported else Verdict.NOT_ENOUGH_EVIDENCE


def _one_each(votes: Iterable[Vote]) -> list[Vote]:
    """Return each site's strongest decisive vote; the first of equals counts."""
    strongest: dict[str, Vote] = {}
    for vote in votes:
        known = strongest.get(vote.site)
        if vote.stance is not Stance.IRRELEVANT and (known is None or vote.strength > known.strength):
            strongest[vote.site] = vote
    return list(strongest.values())


def _decided(votes: Sequence[Vote]) -> Verdict:
    sides = {vote.stance for vote in votes if vote.trusted or _seconded(vote, votes)}
    if {Stance.SUPPORTS, Stance.REFUTES} <= sides:
        return Verdict.CONFLICTING
    if Stance.SUPPORTS in sides:
        return Verdict.SUPPORTED
    return Verdict.REFUTED if Stance.REFUTES in sides else Verdict.NOT_ENOUGH_EVIDENCE


def _seconded(vote: Vote, votes: Sequence[Vote]) -> bool:
    return any(other is not vote and other.stance is vote.stance for other in votes)
