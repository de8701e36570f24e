"""The claims of a document: what stands under a cursor or in a selection, and what is worth looking up in a section."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copydesk.core.claims.checkable import worth_checking
from copydesk.core.claims.selfcontained import Context, context_of
from copydesk.core.document import PassageKind
from copydesk.core.prompt_safety import closed_up
from copydesk.core.text import Span

if TYPE_CHECKING:
    from copydesk.core.document import Document, Sentence

LEAST_WORDS = 3
"""A selection of fewer words stands for the whole of its sentence."""
LONGEST = 1000
"""Code points of a claim; a longer selection is cut to the sentences that fit."""

_SKIPPED = frozenset({PassageKind.HEADING})


@dataclass(frozen=True, slots=True)
class Claim:
    """Words of a document to be looked up: where they stand, as plain words, and what stands around them."""

    span: Span
    text: str
    context: Context = field(default_factory=Context)


def claim_at(document: Document, place: Span) -> Claim | None:
    """Return the sentence at a place, or the selected words of it; None where no sentence is."""
    touched = [
        sentence
        for passage in document.passages
        if passage.kind not in _SKIPPED and passage.span.start <= place.end and place.start <= passage.span.end
        for sentence in passage.sentences
        if sentence.span.start <= place.end and place.start <= sentence.span.end
    ]
    inside = [sentence for sentence in touched if sentence.span.overlaps(place)] or touched[:1]
    if not inside:
        return None
    if len(inside) == 1 and len(place) and (part := _selected(inside[0], place)) is not None:
        return part_of(document, *part)
    kept = inside[:1]
    for sentence in inside[1:] if len(place) else ():
        if sentence.span.end - kept[0].span.start > LONGEST:
            break
        kept.append(sentence)
    span = Span(kept[0].span.start, kept[-1].span.end)
    return part_of(document, span, " ".join(sentence.plain for sentence in kept))


def part_of(document: Document, span: Span, words: str) -> Claim:
    """Return words of a document with their context."""
    return Claim(span, closed_up(words)[:LONGEST], context_of(document, span))


def claims_in(document: Document, within: Span | None) -> tuple[Claim, ...]:
    """Return the sentences of the writer's own prose that are worth looking up, in document order."""
    return tuple(
        part_of(document, sentence.span, sentence.plain)
        for _, sentence in document.prose()
        if (within is None or within.contains(sentence.span)) and worth_checking(sentence)
    )


def _selected(sentence: Sentence, place: Span) -> tuple[Span, str] | None:
    """Return a selection within a sentence, grown to whole words, if it is long enough and not all of it."""
    start = max(place.start - sentence.span.start, 0)
    end = min(place.end - sentence.span.start, len(sentence.masked))
    while start > 0 and sentence.masked[start - 1].isalnum() and sentence.masked[start : start + 1].isalnum():
        start -= 1
    while end < len(sentence.masked) and sentence.masked[end].isalnum() and sentence.masked[end - 1 : end].isalnum():
        end += 1
    words = " ".join(sentence.masked[start:end].split())
    if len(words.split()) < LEAST_WORDS or words == sentence.plain:
        return None
    lead = len(sentence.masked[start:end]) - len(sentence.masked[start:end].lstrip())
    tail = len(sentence.masked[start:end].rstrip())
    return Span(start + lead, start + tail).shifted(sentence.span.start), words
