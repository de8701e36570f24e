"""The note on a drafted section: what it says, and how much of the draft stands in the text already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copydesk.core.draft.ratchet import Stop
from copydesk.core.draft.task import body_of, section_at
from copydesk.core.edit import rewritten
from copydesk.core.note import Note, Severity, anchored
from copydesk.core.visible import shortened

if TYPE_CHECKING:
    from copydesk.core.document import Document
    from copydesk.core.draft.draft import Draft
    from copydesk.core.edit import Edit
    from copydesk.core.note import Provenance
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


def note_on(document: Document, heading: Span, draft: Draft, provenance: Provenance) -> Note:
    """Return the note that a draft of the section under a heading is ready; its quotes are its evidence."""
    quotes = {(one.source.sha256, one.start, one.end): one for made in draft.sentences for one in made.evidence}
    return Note(
        code=UNSOURCED if draft.unsourced else READY,
        severity=Severity.WARNING if draft.unsourced else Severity.INFORMATION,
        anchor=anchored(document.text, heading),
        message=message(draft),
        evidence=tuple(quotes.values()),
        provenance=provenance,
    )


def message(draft: Draft) -> str:
    """Return what there is to say of a draft, for a diagnostic or a terminal."""
    rounds = f"{draft.rounds} round{'' if draft.rounds == 1 else 's'}"
    count = len(draft.sources)
    cited = f"{count} source{'' if count == 1 else 's'} cited" if count else "no source is cited, so check every fact"
    title = shortened(draft.heading[-1], 60) if draft.heading else "the section"
    faults = f" Left to mend: {'; '.join(shortened(one, 120) for one in draft.faults[:3])}." if draft.faults else ""
    return (
        f"A draft of “{title}” is ready: {draft.words} words, {cited}; {STOPS[draft.status]} after {rounds}."
        f"{faults} Nothing is in your text until you accept it."
    )
