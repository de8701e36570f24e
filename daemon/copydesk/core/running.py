"""A document's running text: its paragraphs and list items as plain words, with the place of each in the source.

Markup, citations and line ends are no part of it, so that words are the same words after a paragraph was wrapped
anew, set in bold or given a footnote. Headings, quotations, tables, code and footnotes are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.document import PassageKind
from copydesk.core.draft.statement import is_unspaced, length
from copydesk.core.text import Span, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from copydesk.core.document import Document, Passage

_KINDS = frozenset({PassageKind.PARAGRAPH, PassageKind.ITEM})
_WORDS = re.compile(r"\S+")
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"  # as `is_unspaced` has it
_UNEVEN = re.compile(rf"^\s|\s$|\s\s|[^\S ]|[{_UNSPACED}] [{_UNSPACED}]| [.,;:!?)\]}}’”»]|[(\[{{“«] ")
"""What has to be folded."""
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
    return _joined(passage for passage in document.passages if passage.kind in _KINDS)


def running_at(document: Document, offset: int) -> RunningText:
    """Return the running text of the passage alone that holds an offset; empty where there is none."""
    here = (one for one in document.passages if one.span.start <= offset < one.span.end)
    return _joined(passage for passage in here if passage.kind in _KINDS)


def _joined(passages: Iterable[Passage]) -> RunningText:
    pieces: list[str] = []
    offsets: list[int] = []
    for passage in passages:
        if pieces:
            pieces.append("\n")
            offsets.append(passage.span.start)
        for piece, offset in _folded(passage):
            pieces.append(piece)
            offsets.extend(range(offset, offset + len(piece)))
    return RunningText(Text("".join(pieces)), tuple(offsets))


def _folded(passage: Passage) -> Iterator[tuple[str, int]]:
    """Yield a passage's words; what parts them is one space, and none beside marks that blanked markup parts."""
    last, at, gap = "", passage.span.start, False
    for sentence in passage.sentences:
        gap = gap or sentence.span.start > at
        at = sentence.span.end
        for start, piece in _runs(sentence.masked):
            gap = gap or start > 0
            if gap and last and _parted(last, piece[0]):
                yield " ", sentence.span.start + start - 1
            yield piece, sentence.span.start + start
            last, gap = piece[-1], False
        gap = gap or sentence.masked[-1:].isspace()


def _runs(masked: str) -> Iterable[tuple[int, str]]:
    """Return the words of a sentence with their places; all of it at once where nothing in it is to be folded."""
    if masked and not _UNEVEN.search(masked):
        return ((0, masked),)
    return ((match.start(), match[0]) for match in _WORDS.finditer(masked))


def _parted(last: str, letter: str) -> bool:
    return letter not in _CLOSING and last not in _OPENING and not (is_unspaced(last) and is_unspaced(letter))
