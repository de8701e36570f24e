"""The note on a drafted section: what it says, and how much of the draft stands in the text already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copydesk.core.draft.ratchet import Stop
from copydesk.core.draft.task import body_of, section_at
from copydesk.core.edit import rewritten
from copydesk.core.note import Note, Provenance, Severity, anchored
from copydesk.core.visible import shortened

if TYPE_CHECKING:
    from copydesk.core.document import Document, Section
    from copydesk.core.draft.draft import Draft
    from copydesk.core.edit import Edit
    from copydesk.core.text import Span

READY, UNSOURCED = "CD701", "CD608"
"""The codes of notes on drafts."""

STOPS = {
    Stop.CLEAN: "nothing is left to mend",
    Stop.NO_PROGRESS: "a further round improved nothing",
    Stop.SEEN_BEFORE: "it began to repeat itself",
    Stop.ROUND_CAP: "all rounds are used up",
    Stop.TOKEN_BUDGET: "its tokens are used up",
    Stop.TIME_BUDGET: "its time is up",
    Stop.CANCELLED: "you cancelled it",
    Stop.ENGINE_ERROR: "the engine failed",
}
"""Why a draft was not worked on further, for the writer."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A draft that a writer may accept, whole or by paragraph; `taken` are the paragraphs that stand in the text."""

    draft: Draft
    taken: frozenset[int] = frozenset()

    @property
    def standing(self) -> str:
        """Return what must stand under the heading for more of the draft to be put there."""
        return self.draft.chosen(self.taken).markdown if self.taken else self.draft.original

    @property
    def left(self) -> tuple[int, ...]:
        """Return the paragraphs that were not accepted yet."""
        return tuple(index for index in range(len(self.draft.paragraphs)) if index not in self.taken)

    def with_more(self, paragraphs: frozenset[int]) -> Offer:
        """Return the offer once these paragraphs stand in the text too."""
        return replace(self, taken=self.taken | paragraphs)

    def body(self, document: Document, heading: Span) -> Span | None:
        """Return where the section's body stands under a heading, None if it is not what the draft was made for."""
        section = section_at(document, heading.start)
        if section is None or section.heading is None or section.heading.start != heading.start:
            return None
        body = body_of(document, section)
        return body if document.text.slice(body) == self.standing else None

    def edit(self, document: Document, heading: Span, after: Offer) -> Edit | None:
        """Return the edit that makes the text what another offer says stands there.

        None where the section changed, where a footnote that the draft cites is gone or one that it brings is there
        already, or where nothing would change.
        """
        body = self.body(document, heading)
        if body is None or not self.draft.fits(document, body):
            return None
        whole = not after.left
        return rewritten(document.text, body, self.draft.markdown if whole else after.standing)


def offered(document: Document, draft: Draft, taken: frozenset[int]) -> tuple[Span, Offer] | None:
    """Return the heading of the section that a draft is for, and what may be accepted of it there.

    A section that changed since is still the draft's, to compare it with; None where no heading has its path any more.
    Of several the one is meant whose body is as the draft left it, or else the one that is nearest to where it was.
    """
    same = [one for one in document.sections if one.heading is not None and one.path == draft.heading]
    for offer in (Offer(draft, taken), Offer(draft)):
        as_left = [one for one in same if document.text.slice(body_of(document, one)) == offer.standing]
        if as_left:
            return _nearest(as_left, draft), offer
    return (_nearest(same, draft), Offer(draft, taken)) if same else None


def _nearest(sections: list[Section], draft: Draft) -> Span:
    headings = [one.heading for one in sections if one.heading is not None]
    return min(headings, key=lambda heading: abs(draft.place.start - heading.end))


def note_on(document: Document, heading: Span, draft: Draft) -> Note:
    """Return the note that a draft of the section under a heading is ready; its quotes are its evidence."""
    model, digest = draft.model
    quotes = {(one.source.sha256, one.start, one.end): one for made in draft.sentences for one in made.evidence}
    return Note(
        code=UNSOURCED if draft.unsourced else READY,
        severity=Severity.WARNING if draft.unsourced else Severity.INFORMATION,
        anchor=anchored(document.text, heading),
        message=message(draft),
        evidence=tuple(quotes.values()),
        provenance=Provenance("writer", model or None, digest or None),
    )


def message(draft: Draft) -> str:
    """Return what there is to say of a draft, for a diagnostic or a terminal."""
    rounds = f"{draft.rounds} round{'' if draft.rounds == 1 else 's'}"
    count = len(draft.sources)
    cited = f"{count} source{'' if count == 1 else 's'} cited" if count else "no source is cited, so check every fact"
    title = shortened(draft.heading[-1], 60) if draft.heading else "the section"
    count = len(draft.replaced)
    replaced = f" It puts sentences in place of {count} of your notes." if count else ""
    faults = f" Left to mend: {'; '.join(shortened(one, 120) for one in draft.faults[:3])}." if draft.faults else ""
    return (
        f"A draft of “{title}” is ready: {draft.words} words, {cited}; {STOPS[draft.status]} after {rounds}."
        f"{replaced}{faults} Nothing is in your text until you accept it."
    )
