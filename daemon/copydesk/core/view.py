"""How many notes are shown: the most severe, at most so many for the length of the text."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from copydesk.core.note import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.note import Note

LEAST = 8
"""However short the text, so many notes may be shown."""


def shown(notes: Sequence[Note], words: int, per_1000_words: int) -> tuple[Note, ...]:
    """Return the notes to show, in document order; errors are always among them.

    The others fill what room is left, most severe first and then from the top of the document.
    """
    errors = sum(note.severity is Severity.ERROR for note in notes)
    room = max(LEAST, ceil(words * per_1000_words / 1000), errors)
    ranked = sorted(notes, key=lambda note: (note.severity, note.anchor.hint, note.code))
    return tuple(sorted(ranked[:room], key=lambda note: (note.anchor.hint, note.severity, note.code)))
