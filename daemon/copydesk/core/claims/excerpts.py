"""A source's text cut into excerpts of at most 120 words, each of whole sentences, for ranking and for judging."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.document import PassageKind
from copydesk.core.prompt_safety import closed_up, legible
from copydesk.core.quoting.edges import UNSPACED
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.document import Document, Passage, Sentence

LONGEST_WORDS = 120
LEAST_WORDS = 4
"""A line of fewer words is a label or a caption, which proves nothing."""
MOST_SENTENCES = 9
"""Sentences of an excerpt are named by one digit."""

_WORD = re.compile(r"\S+")
_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of an excerpt: its place in the stored text (code points), and its words as shown to a model."""

    span: Span
    plain: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Neighbouring sentences of one source. `heading` is the path of titles that they stand under."""

    lines: tuple[Line, ...]
    heading: str

    @property
    def words(self) -> str:
        """Return the excerpt's words."""
        return " ".join(line.plain for line in self.lines)


def excerpts(document: Document) -> tuple[Excerpt, ...]:
    """Return the excerpts of a source in its order; paragraphs are kept whole where they fit, list items together."""
    found: list[Excerpt] = []
    for section, passages in _by_section(document.passages):
        heading = " › ".join(document.sections[section].path)
        pending: list[Line] = []
        for passage in passages:
            lines = [line for sentence in passage.sentences for line in _lines(sentence)]
            together = passage.kind in (PassageKind.ITEM, PassageKind.CELL)
            if pending and not (together and _fits([*pending, *lines])):
                found.append(Excerpt(tuple(pending), heading))
                pending = []
            if together and _fits([*pending, *lines]):
                pending += lines
                continue
            found.extend(Excerpt(tuple(window), heading) for window in _windows(lines))
        if pending:
            found.append(Excerpt(tuple(pending), heading))
    return tuple(one for one in found if sum(map(_length, one.lines)) >= LEAST_WORDS)


def _by_section(passages: Sequence[Passage]) -> Iterator[tuple[int, list[Passage]]]:
    gathered: list[Passage] = []
    for passage in passages:
        if passage.kind is PassageKind.HEADING:
            continue
        if gathered and gathered[-1].section != passage.section:
            yield gathered[-1].section, gathered
            gathered = []
        gathered.append(passage)
    if gathered:
        yield gathered[-1].section, gathered


def _windows(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield runs of lines that fit; each begins with the last line of the one before, for what its pronouns mean."""
    window: list[Line] = []
    for line in lines:
        if window and not _fits([*window, line]):
            yield window
            window = [window[-1]] if _fits([window[-1], line]) else []
        window.append(line)
    if window:
        yield window


def _fits(lines: Sequence[Line]) -> bool:
    return len(lines) <= MOST_SENTENCES and sum(map(_length, lines)) <= LONGEST_WORDS


def _length(line: Line) -> int:
    """Return how many words a line has; two characters of a script without spaces count as one."""
    spaced = _UNSPACED.sub(" ", line.plain)
    return len(spaced.split()) + (len(_UNSPACED.findall(line.plain)) + 1) // 2


def _lines(sentence: Sentence) -> Iterator[Line]:
    """Yield a sentence, or, where it alone is too long for an excerpt, pieces of it cut between words."""
    words = list(_WORD.finditer(sentence.masked))
    if len(words) <= LONGEST_WORDS:
        if words:
            yield Line(sentence.span, closed_up(legible(sentence.plain)))
        return
    for first in range(0, len(words), LONGEST_WORDS):
        piece = words[first : first + LONGEST_WORDS]
        start, end = piece[0].start(), piece[-1].end()
        plain = closed_up(legible(" ".join(sentence.masked[start:end].split())))
        yield Line(Span(start, end).shifted(sentence.span.start), plain)
