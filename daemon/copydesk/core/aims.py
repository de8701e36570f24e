"""What a rewrite is to do, and by which quotes a claim is to be corrected."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from copydesk.core.evidence import Stance
from copydesk.core.prompt_safety import legible

if TYPE_CHECKING:
    from copydesk.core.note import Note

_QUOTES = 3


class Aim(StrEnum):
    """What a rewrite is to do."""

    MEND = "mend"
    WEAKEN = "weaken"
    CORRECT = "correct"


def evidence_of(note: Note) -> list[str]:
    """Return the quotes by which a note's sentence is to be corrected: those that decide, strongest first."""
    decisive = [one for one in note.evidence if one.stance in (Stance.REFUTES, Stance.SUPPORTS)]
    ordered = sorted(decisive, key=lambda one: one.stance is not Stance.REFUTES)
    return [legible(" ".join(one.quote.split())) for one in ordered[:_QUOTES]]
