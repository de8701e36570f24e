"""What the writer of one open document does not want to hear, whether or not it could be recorded with the project."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from copydesk.core.suppress import Dismissed, dismissal

if TYPE_CHECKING:
    from copydesk.core.note import Note
    from copydesk.core.suppress import Dismissal, Scope

_HERE = ""
"""The path under which a document's own dismissals are kept while they are not recorded."""


class Dismissals:
    """The dismissals that one document is under. `recorded` are those of its project's file, as last read.

    `recording` is held while one is on its way into that file or out of it.
    """

    def __init__(self) -> None:
        self.recording = asyncio.Lock()
        self.recorded = Dismissed()
        self._own: tuple[Dismissal, ...] = ()

    @property
    def unrecorded(self) -> Dismissed:
        """Return what goes with the document, because there is no project to record it with, or not yet."""
        return Dismissed(self._own, _HERE)

    def hide(self, note: Note, scope: Scope, reason: str | None) -> Dismissal:
        """Hide a note, or its code, until that is recorded or taken back; return what was dismissed."""
        one = dismissal(note, scope, _HERE, reason)
        self._own = (*(other for other in self._own if other.id != one.id), one)
        return one

    def forget(self, identity: str) -> bool:
        """Take back what is not recorded; tell whether there was such a dismissal."""
        before = self._own
        self._own = tuple(one for one in before if one.id != identity)
        return len(self._own) < len(before)

    def hiding(self, note: Note) -> tuple[Dismissal, ...]:
        """Return the dismissals that a note is under."""
        return (*self.unrecorded.hiding(note), *self.recorded.hiding(note))
