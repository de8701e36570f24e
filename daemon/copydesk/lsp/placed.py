"""A note in its place in a text, and how it moves with the text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copydesk.core.note import anchored
from copydesk.core.placing import carried, changed, followed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.note import Note
    from copydesk.core.placing import Change
    from copydesk.core.text import Span, Text


@dataclass(frozen=True, slots=True)
class PlacedNote:
    """A note under the id that names it here, and where its words and those it refers to stand in the current text.

    The hints of the note's anchors are where they stood when it was made: with every letter typed all notes move, and
    few are looked at; `aligned` has them anew.
    """

    id: str
    note: Note
    span: Span
    related: tuple[Span, ...] = ()

    @property
    def finding(self) -> tuple[str, str, Span, tuple[Span, ...], bool]:
        """Return what one note of a text is told from others by: what it says of which places, and how loudly."""
        return self.note.code, self.note.message, self.span, self.related, self.note.quiet


@dataclass(frozen=True, slots=True)
class Departed:
    """A note that left with a proposal, and the text it stood in; `result` is where its rewrite stands, if it does."""

    one: PlacedNote
    text: Text
    result: Span | None = None

    def followed(self, change: Change) -> Departed:
        """Return this after a change of the text."""
        return replace(self, result=carried(self.result, change)) if self.result is not None else self

    def returned(self, text: Text) -> PlacedNote | None:
        """Return the note where it stands again; None while a rewrite stands there, or anything but its words."""
        if self.result is not None and text.source != self.text.source:
            return None
        return carried_note(self.one, changed(self.text, text))


def carried_note(one: PlacedNote, change: Change) -> PlacedNote | None:
    """Return a note moved through a change, None if the change reached into its words or those it refers to."""
    return _at(one, [carried(span, change) for span in (one.span, *one.related)])


def found_again(one: PlacedNote, old: Text, text: Text) -> PlacedNote | None:
    """Return a note of the old text where its words are in a new one, None if they are gone or ambiguous."""
    note = anchored_anew(one, old)
    anchors = [note.anchor, *(related.anchor for related in note.related)]
    return _at(one, [followed(anchor, old, text) for anchor in anchors])


def _at(one: PlacedNote, spans: Sequence[Span | None]) -> PlacedNote | None:
    first, *others = spans
    if first is None or any(span is None for span in others):
        return None
    related = tuple([span for span in others if span is not None])
    return one if (first, related) == (one.span, one.related) else PlacedNote(one.id, one.note, first, related)


def aligned(one: PlacedNote) -> PlacedNote:
    """Return a placed note whose anchors have their places for hints."""
    places = [one.span.start, *(span.start for span in one.related)]
    if places == [one.note.anchor.hint, *(other.anchor.hint for other in one.note.related)]:
        return one
    note = replace(
        one.note,
        anchor=replace(one.note.anchor, hint=one.span.start),
        related=tuple(
            replace(other, anchor=replace(other.anchor, hint=place.start))
            for other, place in zip(one.note.related, one.related, strict=True)
        ),
    )
    return replace(one, note=note)


def anchored_anew(one: PlacedNote, text: Text) -> Note:
    """Return a note with its anchors made from the text that it stands in."""
    related = tuple(
        replace(other, anchor=anchored(text, span)) for other, span in zip(one.note.related, one.related, strict=True)
    )
    return replace(one.note, anchor=anchored(text, one.span), related=related)
