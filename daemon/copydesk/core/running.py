"""A document's running text: its paragraphs and list items as plain words, with the place of each in the source.

Markup, citations and line ends are no part of it, so that words are the same words after a paragraph was wrapped
anew, set in bold or given a footnote. Headings, quotations, tables, code and footnotes are left out.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.document import PassageKind
from copydesk.core.draft.statement import is_unspaced, length
from copydesk.core.text import Span, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.document import Document, Passage

_KINDS = frozenset({PassageKind.PARAGRAPH, PassageKind.ITEM})
_CLOSING, _OPENING = frozenset(".,;:!?)]}’”»"), frozenset("([{“«")


@dataclass(frozen=True, slots=True)
class RunningText:
    """One line for each passage; `offsets` has the place in the source of each code point of `text`."""

    text: Text
    offsets: tuple[int, ...]

    @property
    def words(self) -> int:
        """Return how many words there are; two characters of a script without spaces count as one."""
        return length(self.text.source)

    def inner(self, span: Span) -> Span:
        """Return which part of the running text a span of the source is, without white space around it."""
        start, end = bisect_left(self.offsets, span.start), bisect_left(self.offsets, span.end)
        words = self.text.source[start:end]
        start += len(words) - len(words.lstrip())
        return Span(start, max(start, end - len(words) + len(words.rstrip())))

    def outer(self, span: Span) -> Span:
        """Return where a part of the running text, which is not empty, stands in the source."""
        return Span(self.offsets[span.start], self.offsets[span.end - 1] + 1)


def running(document: Document) -> RunningText:
    """Return a document's running text."""
    letters: list[str] = []
    offsets: list[int] = []
    for passage in document.passages:
        if passage.kind in _KINDS:
            if letters:
                letters.append("\n")
                offsets.append(passage.span.start)
            for letter, offset in _folded(passage):
                letters.append(letter)
                offsets.append(offset)
    return RunningText(Text("".join(letters)), tuple(offsets))


def _folded(passage: Passage) -> Iterator[tuple[str, int]]:
    """Yield a passage's letters; a run of white space is one space, and none beside marks that blanked markup parts."""
    last, at, gap = "", passage.span.start, False
    for sentence in passage.sentences:
        gap = gap or sentence.span.start > at
        at = sentence.span.end
        for offset, letter in enumerate(sentence.masked, sentence.span.start):
            if letter.isspace():
                gap = True
                continue
            if gap and last and _parted(last, letter):
                yield " ", offset - 1
            yield letter, offset
            last, gap = letter, False


def _parted(last: str, letter: str) -> bool:
    return letter not in _CLOSING and last not in _OPENING and not (is_unspaced(last) and is_unspaced(letter))
