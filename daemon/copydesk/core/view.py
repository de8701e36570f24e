"""Which notes are shown: one for each fault, the most severe, at most so many for the length of a text, and in all."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from copydesk.core.note import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from copydesk.core.note import Note

LEAST = 8
"""However short the text, so many notes may be shown."""

MOST = 200
"""However long the text, an editor is given no more notes than this."""

_ASKED_FOR = ("CD5", "CD608", "CD7", "CD9")
"""Codes of researched claims and of drafts: nobody is told of these unasked."""
_FIGURE = "CD101"
_AUTHORITY = "CD102"


def distinct(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Return notes in their order without those that tell of a fault a second time.

    A figure credited to nobody in particular is one fault: the note on the authority stands for both. Give it only
    notes that are neither switched off nor dismissed, so that the note on the figure stays where the other is unwanted.
    """
    notes = tuple(notes)
    credited = {note.anchor for note in notes if note.code == _AUTHORITY}
    return tuple(note for note in notes if note.code != _FIGURE or note.anchor not in credited)


def shown(notes: Sequence[Note], words: int, per_1000_words: int) -> tuple[Note, ...]:
    """Return the notes to show, in document order; errors, and what the writer asked about, are always among them.

    The others fill what room is left, most severe first and then from the top of the document.
    """
    due = [note for note in notes if _is_due(note)]
    others = [note for note in notes if not _is_due(note)]
    room = max(LEAST, ceil(words * per_1000_words / 1000)) - len(due)
    return _in_order([*due, *sorted(others, key=_rank)[: max(0, room)]])


def foremost(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Return no more notes than an editor is given, the most severe and then the first, in document order."""
    return _in_order(sorted(notes, key=_rank)[:MOST])


def _rank(note: Note) -> tuple[int, int, str]:
    return note.severity, note.anchor.hint, note.code


def _in_order(notes: Sequence[Note]) -> tuple[Note, ...]:
    return tuple(sorted(notes, key=lambda note: (note.anchor.hint, note.severity, note.code)))


def _is_due(note: Note) -> bool:
    return note.severity is Severity.ERROR or note.code.startswith(_ASKED_FOR)
