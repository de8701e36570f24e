"""The notes of one open document, each where its words stand now.

Two layers: instant notes are replaced as a whole whenever the text was analysed again; the model's notes stay, and
move with the text, until their words are gone or ambiguous, the writer dismisses them, or a later run does not find
them again. A note with a proposal that left because its words changed comes back when that is undone.

Each note is named by an id of its own, drawn by chance and never given to another: what notes say and where they
stand may become the same, in one document or in two.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from copydesk.core.citations.known import NO_SOURCES
from copydesk.core.placing import carried, changed, followed
from copydesk.core.suppress import suppressed
from copydesk.core.view import MOST, distinct, foremost, shown
from copydesk.core.visible import visible
from copydesk.lsp.dismissed import Dismissals
from copydesk.lsp.placed import Departed, PlacedNote, aligned, anchored_anew, carried_note, found_again

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.document import Directive, Document
    from copydesk.core.draft.notes import Offer
    from copydesk.core.instant import InstantReading
    from copydesk.core.note import Note
    from copydesk.core.provenance import DraftProvenance
    from copydesk.core.suppress import Dismissal
    from copydesk.core.text import Span, Text
    from copydesk.lsp.ports import Configuration

INSTANT = "instant"
"""The agent of notes that belong to the instant layer."""

CRITIC = "critic"
"""The agent of notes that a critique makes, and may take back."""

RESEARCH = frozenset({"verifier", "researcher"})
"""The agents of notes on researched claims."""

DRAFTED = "writer"
"""The agent of notes on drafts."""

REMEMBERED = 1000
"""Notes that can still be explained after they left the document."""

RETURNING = 50
"""Notes that left with a proposal and can still come back."""


class DocumentNotes:
    """The notes of one document. `dropped` counts those that lost their place.

    `doubted` are the drafts whose writer was told, and could not be asked, what it means to discard them.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        self.document: Document | None = None
        self.reading: InstantReading | None = None
        self.words = 0
        self.dropped = 0
        self.dismissals = Dismissals()
        self.doubted: set[str] = set()
        self.sources = NO_SOURCES
        self.made: tuple[DraftProvenance, ...] = ()
        self._instant: tuple[PlacedNote, ...] = ()
        self._model: tuple[PlacedNote, ...] = ()
        self._departed: dict[str, Departed] = {}
        self._rewrites: dict[str, str] = {}
        self._offers: dict[str, Offer] = {}
        self._known: dict[str, Note] = {}
        self._directives: tuple[Directive, ...] = ()
        self._left_out, self._told = 0, False

    def follow(self, text: Text) -> None:
        """Move every note to where its words are in a new text, and drop those without a place."""
        change, old, before = changed(self.text, text), self.text, self._all()
        self.text = text
        self._instant = tuple(kept for one in self._instant if (kept := carried_note(one, change)))
        count = len(self._model)
        self._model = tuple(
            kept for one in self._model if (kept := carried_note(one, change) or found_again(one, old, text))
        )
        self.dropped += count - len(self._model)
        self._directives = tuple(
            replace(directive, span=span)
            for directive in self._directives
            if (span := carried(directive.span, change)) is not None
        )
        self._departed = {identity: departed.followed(change) for identity, departed in self._departed.items()}
        self._return()
        here = {one.id for one in self._all()}
        self._depart(Departed(one, old) for one in before if one.id not in here)

    def analysed(self, document: Document, words: int, reading: InstantReading) -> None:
        """Replace the instant layer by the notes of a document read from the current text.

        A note that stayed where it was keeps its id.
        """
        self.document, self.words, self.reading = document, words, reading
        self._directives = document.directives
        before = {one.finding: one.id for one in self._instant}
        fresh = [
            PlacedNote(_new_id(), note, note.anchor.span, tuple(other.anchor.span for other in note.related))
            for note in reading.notes
        ]
        self._instant = tuple(replace(one, id=before.pop(one.finding, one.id)) for one in fresh)
        self._rewrites |= {one.id: one.note.rewrite for one in self._instant if one.note.rewrite is not None}
        for identity in before.values():
            self._rewrites.pop(identity, None)
        self._remember(self._instant)

    def add(self, note: Note, origin: Text) -> str | None:
        """Add a model's note that was found in an earlier text; return the id it is kept under.

        None if its words are no longer there. A note that was here before keeps its id and its rewrite.
        """
        span = followed(note.anchor, origin, self.text)
        related = [followed(other.anchor, origin, self.text) for other in note.related]
        places = tuple(place for place in related if place is not None)
        if span is None or len(places) < len(related):
            self.dropped += 1
            return None
        added = aligned(PlacedNote(_new_id(), note, span, places))
        for one in self._model:
            if one.finding == added.finding:
                return one.id
        self._model += (added,)
        self._remember([added])
        return added.id

    def retain(self, found: set[str], within: Span | None) -> None:
        """Remove the critic's notes that a finished run over `within` (all, if None) did not find again."""
        kept = tuple(
            one
            for one in self._model
            if one.note.provenance.agent != CRITIC
            or one.id in found
            or (within is not None and not within.contains(one.span))
        )
        for one in self._model:
            if one not in kept:
                self._rewrites.pop(one.id, None)
        self._model = kept

    def supersede(self, identity: str) -> None:
        """Remove what earlier research said of the words of a note that research just made."""
        fresh = self.placed(identity)
        for one in self._model:
            if fresh and one.id != identity and one.note.provenance.agent in RESEARCH and one.span.overlaps(fresh.span):
                self.discard(one.id)

    def add_draft(self, note: Note, origin: Text, offer: Offer) -> str | None:
        """Add the note on a draft, in place of one on the same heading; return its id, None if the heading is gone."""
        identity = self.add(note, origin)
        placed = self.placed(identity) if identity is not None else None
        if identity is None or placed is None:
            return None
        for one in self._model:
            if one.note.provenance.agent == DRAFTED and one.id != identity and one.span == placed.span:
                self.discard(one.id)
        self._offers[identity] = offer
        return identity

    def offer(self, identity: str) -> Offer | None:
        """Return the draft that a note is on."""
        return self._offers.get(identity)

    def offered(self, identity: str, offer: Offer) -> None:
        """Keep how much of a draft is in the text now; once all of it is, its note leaves."""
        self._offers[identity] = offer
        if not offer.left:
            self.discard(identity)

    def propose(self, identity: str, rewritten: Note, origin: Text) -> bool:
        """Keep a rewrite for a note, which then stands at the words it replaces; tell whether these are still there."""
        one, span = self.placed(identity), followed(rewritten.anchor, origin, self.text)
        if one is None or span is None or rewritten.rewrite is None:
            return False
        if span != one.span:
            wider = aligned(replace(one, note=replace(one.note, anchor=rewritten.anchor), span=span))
            self._model = tuple(wider if other.id == identity else other for other in self._model)
            self._instant = tuple(wider if other.id == identity else other for other in self._instant)
            self._remember([wider])
        self._rewrites[identity] = rewritten.rewrite
        return True

    def rewrite(self, identity: str) -> str | None:
        """Return the rewrite kept for a note."""
        return self._rewrites.get(identity)

    def offered_on(self, identity: str) -> dict[str, Any]:
        """Return what is ready for a note, as clients are told: `rewrite`, or `draft`; nothing else."""
        if identity in self._offers:
            return {"draft": True}
        rewrite = self._rewrites.get(identity)
        return {"rewrite": visible(rewrite)} if rewrite is not None else {}

    def resolve(self, one: PlacedNote, text: Text, result: Span) -> None:
        """Remove a note of `text` whose rewrite now stands at `result`; it comes back when that is undone."""
        self._remove(one.id)
        self._depart([Departed(one, text, result)])

    def discard(self, identity: str) -> None:
        """Remove a note for good."""
        self._remove(identity)
        self._departed.pop(identity, None)
        self._rewrites.pop(identity, None)
        self._offers.pop(identity, None)

    def resolved(self, identity: str) -> bool:
        """Tell whether a note's rewrite stands in the text."""
        departed = self._departed.get(identity)
        return departed is not None and departed.result is not None

    def dismissed(self, span: Span) -> tuple[Dismissal, ...]:
        """Return the dismissals that hide notes on the words of a span, each once."""
        here = (aligned(one).note for one in self._all() if one.span.overlaps(span))
        return tuple({one.id: one for note in here for one in self.dismissals.hiding(note)}.values())

    def placed(self, identity: str) -> PlacedNote | None:
        """Return a note that has a place."""
        return next((aligned(one) for one in self._all() if one.id == identity), None)

    def drafted_at(self, offset: int) -> DraftProvenance | None:
        """Return what made the sentence at an offset, where that is known and the text was read as it stands."""
        if not self.made or self.document is None or self.document.text is not self.text:
            return None
        from copydesk.core.provenance import made_at  # only documents with drafted sentences need it

        return made_at(self.document, self.made, offset)

    def known(self, identity: str) -> Note | None:
        """Return a note that is or was here."""
        return self._known.get(identity)

    def visible(self, configuration: Configuration) -> tuple[PlacedNote, ...]:
        """Return the notes that are shown, in document order: not switched off, not dismissed, not one too many."""
        heard = {
            one.note: one
            for one in map(aligned, self._all())
            if one.note.code not in configuration.disabled
            and not self.dismissals.hiding(one.note)
            and not suppressed(one.span, one.note.code, self._directives)
        }
        wanted = shown(distinct(heard), self.words, configuration.max_per_1000_words)
        chosen = foremost(wanted)
        self._left_out = len(wanted) - len(chosen)
        return tuple(sorted((heard[note] for note in chosen), key=lambda one: (one.span.start, one.span.end)))

    def overflow(self) -> str | None:
        """Return what to tell the writer if notes were left out when they were last looked at: once, until all fit."""
        told, self._told = self._told, bool(self._left_out)
        return (
            f"This document has more than {MOST} notes. The {MOST} most serious are shown."
            if self._told > told
            else None
        )

    def current(self, identity: str) -> Note | None:
        """Return a note with its anchor made anew from the current text."""
        one = self.placed(identity)
        return anchored_anew(one, self.text) if one is not None else None

    def _all(self) -> tuple[PlacedNote, ...]:
        if not self._model:
            return self._instant
        instant = {(one.note.code, one.span) for one in self._instant}
        return (*self._instant, *(one for one in self._model if (one.note.code, one.span) not in instant))

    def _remove(self, identity: str) -> None:
        self._model = tuple(one for one in self._model if one.id != identity)
        self._instant = tuple(one for one in self._instant if one.id != identity)

    def _depart(self, departed: Iterable[Departed]) -> None:
        for left in departed:
            if left.one.id in self._rewrites:
                self._departed[left.one.id] = left
        for identity in list(self._departed)[: max(0, len(self._departed) - RETURNING)]:
            del self._departed[identity], self._rewrites[identity]

    def _return(self) -> None:
        for identity, left in tuple(self._departed.items()):
            one = left.returned(self.text)
            if one is None or one.finding in {other.finding for other in self._all()}:
                continue
            del self._departed[identity]
            if one.note.provenance.agent == INSTANT:
                self._instant += (one,)
            else:
                self._model += (one,)

    def _remember(self, notes: Iterable[PlacedNote]) -> None:
        for one in notes:
            self._known.pop(one.id, None)
            self._known[one.id] = one.note
        for identity in list(self._known)[: max(0, len(self._known) - REMEMBERED)]:
            del self._known[identity]


def _new_id() -> str:
    return secrets.token_hex(6)
