"""Words between quotation marks, as a reader sees them, with their place in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from copydesk.core.document import ProtectedKind
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.document import Sentence
    from copydesk.core.text import Text

PAIRS = {"“": "”", "«": "»", "„": "“”", "「": "」", "『": "』", '"': '"'}
"""Opening marks, and what closes each; what German opens, two marks close."""
LONGEST = 4000
"""Code points of a quotation; what is closed only after more is none."""

OPENS = re.compile(f"[{re.escape(''.join(PAIRS))}]")
"""A mark that a quotation may begin with."""
_MARK = re.compile(f"[{re.escape(''.join(PAIRS) + ''.join(PAIRS.values()))}]")
_MARKUP = frozenset(">*_#`~|[]\\")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Quoted words: without markup and marks, white space as in the source. `span` includes the marks."""

    words: str
    span: Span

    def shifted(self, by: int) -> Quotation:
        """Return this quotation moved by so many code points."""
        return Quotation(self.words, self.span.shifted(by))


@dataclass(frozen=True, slots=True)
class Words:
    """A run of text as readers see it; its character `i` stands at `places[i]` of the source, or begins there."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """Return the span of the source that a stretch of the text, at least one character, comes from."""
        return Span(self.places[start], self.places[end - 1] + 1)


def words_of(text: Text, sentences: Sequence[Sentence], within: Span | None = None) -> Words:
    """Return sentences of one passage without their markup; escapes and entities stand for what they mean.

    What stands between them, and around them within a span, is kept if it is no markup: marks that are no sentence.
    """
    characters: list[str] = []
    places: list[int] = []
    at = within.start if within is not None else sentences[0].span.start if sentences else 0
    for sentence in sentences:
        for place, words in (*_between(text.source, at, sentence.span.start), *_readable(text.source, sentence)):
            characters.append(words)
            places.extend([place] * len(words))
        at = sentence.span.end
    for place, words in _between(text.source, at, within.end if within is not None else at):
        characters.append(words)
        places.append(place)
    return Words("".join(characters), places)


def _between(source: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    for place in range(start, end):
        if source[place] not in _MARKUP:
            yield place, " " if source[place].isspace() else source[place]


def _readable(source: str, sentence: Sentence) -> Iterator[tuple[int, str]]:
    base, masked = sentence.span.start, sentence.masked
    code = [piece.span for piece in sentence.protected if piece.kind is ProtectedKind.CODE]
    at = 0
    while at < len(masked):
        place, shown, step = base + at, masked[at], 1
        if shown == " " and not source[place].isspace():
            shown = ""  # markup, or the backslash of an escape
        elif shown == "&" and not (at and masked[at - 1] == " " and source[place - 1] == "\\"):
            entity = _ENTITY.match(source, place, base + len(masked))
            if entity is not None and not any(span.start <= place < span.end for span in code):
                shown, step = unescape(entity[0]), len(entity[0])
        if shown:
            yield place, shown
        at += step


def quotations(words: Words) -> Iterator[Quotation]:
    """Yield the quotations in words, outermost ones only, in their order; takes linear time."""
    end = 0
    for start, closed in sorted(_pairs(words.text)):
        if start >= end and words.text[start + 1 : closed].strip():
            end = closed + 1
            yield Quotation(words.text[start + 1 : closed], words.span(start, end))


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where quotations begin and end; what opens twice before it closes nests."""
    opened: dict[str, list[int]] = {mark: [] for mark in PAIRS}
    for match in _MARK.finditer(text):
        at, mark = match.start(), match[0]
        if mark == '"':
            opening = '"' if opened['"'] and _may_close(text, at) else None
        else:
            candidates = [each for each, closers in PAIRS.items() if mark in closers and opened[each]]
            opening = max(candidates, key=lambda each: opened[each][-1], default=None)
        if opening is not None:
            start = opened[opening].pop()
            if at - start <= LONGEST:
                yield start, at
        elif mark in PAIRS and (mark != '"' or _may_open(text, at)):
            opened[mark].append(at)


def _may_open(text: str, index: int) -> bool:
    """Tell whether a straight mark stands as an opening one does: before a word and not after one."""
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    return (not before or not (before.isalnum() or before in ".,;:!?)]”'’%")) and bool(after) and not after.isspace()


def _may_close(text: str, index: int) -> bool:
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    return not before.isspace() and not after.isalnum()
