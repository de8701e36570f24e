"""The notes of one open document, each where its words stand now.

Two layers: instant notes are replaced as a whole whenever the text was analysed again; the model's notes stay, and
move with the text, until their words are gone or ambiguous, the writer dismisses them, or a later run does not find
them again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copydesk.core.note import anchored
from copydesk.core.placing import carried, changed, followed, placed
from copydesk.core.suppress import Dismissed, dismissal, suppressed
from copydesk.core.view import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from copydesk.core.document import Directive, Document
    from copydesk.core.instant import InstantReading
    from copydesk.core.note import Note
    from copydesk.core.placing import Change
    from copydesk.core.suppress import Dismissal, Scope
    from copydesk.core.text import Span, Text
    from copydesk.lsp.ports import Configuration

INSTANT = "instant"
"""The agent of notes that belong to the instant layer."""

_HERE = ""
"""The path under which this document's own dismissals are kept."""

REMEMBERED = 1000
"""Notes that can still be explained after they left the document."""


@dataclass(frozen=True, slots=True)
class PlacedNote:
    """A note, and where its words and those it refers to stand in the current text."""

    note: Note
    span: Span
    related: tuple[Span, ...] = ()


class DocumentNotes:
    """The notes of one document. `dropped` counts those that lost their place."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.document: Document | None = None
        self.reading: InstantReading | None = None
        self.words = 0
        self.dropped = 0
        self.hidden: Callable[[Note], bool] = _nothing
        self._instant: tuple[PlacedNote, ...] = ()
        self._model: dict[str, PlacedNote] = {}
        self._rewrites: dict[str, str] = {}
        self._dismissals: tuple[Dismissal, ...] = ()
        self._known: dict[str, Note] = {}
        self._directives: tuple[Directive, ...] = ()

    def follow(self, text: Text) -> None:
        """Move every note to where its words are in a new text, and drop those without a place."""
        change = changed(self.text, text)
        self._instant = tuple(moved for one in self._instant if (moved := _carried(one, change, None)))
        before = len(self._model)
        self._model = {
            identity: moved for identity, one in self._model.items() if (moved := _carried(one, change, text))
        }
        self.dropped += before - len(self._model)
        self._directives = tuple(
            replace(directive, span=span)
            for directive in self._directives
            if (span := carried(directive.span, change)) is not None
        )
        self.text = text

    def analysed(self, document: Document, words: int, reading: InstantReading) -> None:
        """Replace the instant layer by the notes of a document read from the current text."""
        self.document, self.words, self.reading = document, words, reading
        self._directives = document.directives
        before = {(one.note.code, one.span): one.note for one in self._instant}
        fresh = [
            PlacedNote(note, note.anchor.span, tuple(one.anchor.span for one in note.related)) for note in reading.notes
        ]
        # A note that stayed where it was keeps its id, though the words around it, which its id covers, may differ.
        self._instant = tuple(
            replace(one, note=old) if (old := before.get((one.note.code, one.span))) and _same(old, one.note) else one
            for one in fresh
        )
        self._remember(one.note for one in self._instant)

    def add(self, note: Note, origin: Text) -> str | None:
        """Add a model's note that was found in an earlier text; return the id it is kept under.

        None if its words are no longer there. A note that was here before keeps its id and its rewrite.
        """
        span = followed(note.anchor, origin, self.text)
        related = [followed(one.anchor, origin, self.text) for one in note.related]
        places = tuple(place for place in related if place is not None)
        if span is None or len(places) < len(related):
            self.dropped += 1
            return None
        for one in self._model.values():
            if one.span == span and _same(one.note, note):
                return one.note.id
        self._model[note.id] = PlacedNote(note, span, places)
        self._remember([note])
        return note.id

    def retain(self, found: set[str], within: Span | None) -> None:
        """Remove the model's notes that a finished run over `within` (all, if None) did not find again."""
        self._model = {
            identity: one
            for identity, one in self._model.items()
            if identity in found or (within is not None and not within.contains(one.span))
        }

    def propose(self, identity: str, words: str) -> None:
        """Keep a rewrite for a note."""
        self._rewrites[identity] = words

    def rewrite(self, identity: str) -> str | None:
        """Return the rewrite kept for a note."""
        return self._rewrites.get(identity)

    def resolve(self, identity: str) -> None:
        """Remove a note whose rewrite is in the text."""
        self._model.pop(identity, None)
        self._instant = tuple(one for one in self._instant if one.note.id != identity)
        self._rewrites.pop(identity, None)

    def dismiss(self, note: Note, scope: Scope) -> None:
        """Hide a note, or its code, for as long as the document is open, whether or not that could be recorded."""
        self._dismissals += (dismissal(note, scope, _HERE),)

    def placed(self, identity: str) -> PlacedNote | None:
        """Return a note that has a place."""
        return next((one for one in self._all() if one.note.id == identity), None)

    def known(self, identity: str) -> Note | None:
        """Return a note that is or was here."""
        return self._known.get(identity)

    def visible(self, configuration: Configuration) -> tuple[PlacedNote, ...]:
        """Return the notes that are shown, in document order: not switched off, not dismissed, not one too many."""
        dismissed = Dismissed(self._dismissals)
        heard = {
            one.note.id: one
            for one in self._all()
            if one.note.code not in configuration.disabled
            and not dismissed.covers(one.note, _HERE)
            and not self.hidden(one.note)
            and not suppressed(one.span, one.note.code, self._directives)
        }
        chosen = shown([one.note for one in heard.values()], self.words, configuration.max_per_1000_words)
        return tuple(sorted((heard[note.id] for note in chosen), key=lambda one: (one.span.start, one.span.end)))

    def current(self, identity: str) -> Note | None:
        """Return a note with its anchor made anew from the current text; its id may be another then."""
        one = self.placed(identity)
        if one is None:
            return None
        related = tuple(
            replace(other, anchor=anchored(self.text, span))
            for other, span in zip(one.note.related, one.related, strict=True)
        )
        return replace(one.note, anchor=anchored(self.text, one.span), related=related)

    def _all(self) -> tuple[PlacedNote, ...]:
        instant = {one.note.id for one in self._instant}
        return (*self._instant, *(one for identity, one in self._model.items() if identity not in instant))

    def _remember(self, notes: Iterable[Note]) -> None:
        for note in notes:
            self._known.pop(note.id, None)
            self._known[note.id] = note
        for identity in list(self._known)[: max(0, len(self._known) - REMEMBERED)]:
            del self._known[identity]


def _carried(one: PlacedNote, change: Change, text: Text | None) -> PlacedNote | None:
    """Return a note moved through a change; words the change reached into are looked for in `text`, if given."""
    spans = [carried(span, change) for span in (one.span, *one.related)]
    if text is not None:
        anchors = [one.note.anchor, *(related.anchor for related in one.note.related)]
        spans = [span or placed(anchor, text) for span, anchor in zip(spans, anchors, strict=True)]
    first, *others = spans
    if first is None or any(span is None for span in others):
        return None
    return PlacedNote(one.note, first, tuple(span for span in others if span is not None))


def _same(one: Note, other: Note) -> bool:
    """Tell whether two notes say the same about the same words, whatever stands around them."""
    return (one.code, one.message, one.anchor.quote, [related.anchor.quote for related in one.related]) == (
        other.code,
        other.message,
        other.anchor.quote,
        [related.anchor.quote for related in other.related],
    )


def _nothing(note: Note) -> bool:
    return False
