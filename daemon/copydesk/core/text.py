"""Document text with exact places: spans in code points inside, LSP positions at the edge.

Lines end at ``\\n``, ``\\r\\n`` and ``\\r`` only (LSP 3.17, "Text Documents"); U+2028, form feed and their kin
are ordinary characters, unlike in `str.splitlines`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE_END = re.compile(r"(\r\n|\r|\n)")
_STRIDE = 512
"""Code points from one mark to the next; a place is counted from the mark before it, however long its line is."""


class Encoding(StrEnum):
    """Units in which a client counts characters (LSP `positionEncoding`)."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def shifted(self, by: int) -> Span:
        """Return this span moved by so many code points."""
        return Span(self.start + by, self.end + by)

    def contains(self, other: Span) -> bool:
        """Tell whether `other` lies within."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share a place; an empty span overlaps where it touches."""
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Zero-based line, and character in the units of an `Encoding`."""

    line: int
    character: int


@dataclass(frozen=True)
class Text:
    """A document's text at one version; `version` is the client's, or 0 for a file."""

    source: str
    version: int = 0

    def __len__(self) -> int:
        return len(self.source)

    @cached_property
    def lines(self) -> tuple[list[str], list[str]]:
        """Return the lines without their ends, and the end of each line but the last."""
        if "\r" not in self.source:
            lines = self.source.split("\n")
            return lines, ["\n"] * (len(lines) - 1)
        parts = _LINE_END.split(self.source)
        return parts[::2], parts[1::2]

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Return the offset at which each line begins."""
        lines, ends = self.lines
        return tuple(accumulate(map(add, map(len, lines), map(len, ends)), initial=0))

    def slice(self, span: Span) -> str:
        """Return the text within a span."""
        return self.source[span.start : span.end]

    def line_span(self, line: int) -> Span:
        """Return a line's span without its line end; lines past the end are empty."""
        lines = self.lines[0]
        if line >= len(lines):
            return Span(len(self.source), len(self.source))
        return Span(self.line_starts[line], self.line_starts[line] + len(lines[line]))

    def line_at(self, offset: int) -> int:
        """Return the zero-based line that holds an offset."""
        return bisect_right(self.line_starts, min(max(offset, 0), len(self.source))) - 1

    def position(self, offset: int, encoding: Encoding = Encoding.UTF16) -> Position:
        """Return the position of an offset; offsets outside the text are clamped."""
        offset = min(max(offset, 0), len(self.source))
        line = self.line_at(offset)
        start = self.line_starts[line]
        if offset - start <= _STRIDE:
            return Position(line, units(self.source[start:offset], encoding))
        return Position(line, self._units_to(offset, encoding) - self._units_to(start, encoding))

    def offset(self, position: Position, encoding: Encoding = Encoding.UTF16) -> int:
        """Return the offset of a position, clamped to its line; never inside a surrogate pair or code point."""
        span, character = self.line_span(max(position.line, 0)), max(position.character, 0)
        if encoding is Encoding.UTF32 or self.source.isascii():
            return min(span.start + character, span.end)
        start = span.start
        if len(span) > _STRIDE:
            marks, before = self._marks(encoding), self._units_to(start, encoding)
            mark = bisect_right(marks, before + character) - 1
            if mark * _STRIDE >= span.end:
                return span.end
            if mark * _STRIDE > start:
                start, character = mark * _STRIDE, before + character - marks[mark]
        return start + _code_points(self.source[start : min(span.end, start + _STRIDE)], character, encoding)

    def _units_to(self, offset: int, encoding: Encoding) -> int:
        """Return the units from the text's start to an offset."""
        mark = offset // _STRIDE
        return self._marks(encoding)[mark] + units(self.source[mark * _STRIDE : offset], encoding)

    def _marks(self, encoding: Encoding) -> Sequence[int]:
        if encoding is Encoding.UTF32 or self.source.isascii():
            return range(0, len(self.source) + 1, _STRIDE)
        return self._utf8_marks if encoding is Encoding.UTF8 else self._utf16_marks

    @cached_property
    def _utf8_marks(self) -> tuple[int, ...]:
        return _marks(self.source, Encoding.UTF8)

    @cached_property
    def _utf16_marks(self) -> tuple[int, ...]:
        return _marks(self.source, Encoding.UTF16)


def units(text: str, encoding: Encoding) -> int:
    """Return the length of `text` in an encoding's units; lone surrogates count as one code point's worth."""
    if encoding is Encoding.UTF32 or text.isascii():
        return len(text)
    if encoding is Encoding.UTF16:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text.encode("utf-8", "surrogatepass"))


def _marks(source: str, encoding: Encoding) -> tuple[int, ...]:
    """Return the units before every `_STRIDE`th code point."""
    pieces = (units(source[start : start + _STRIDE], encoding) for start in range(0, len(source), _STRIDE))
    return tuple(accumulate(pieces, initial=0))


def _code_points(line: str, character: int, encoding: Encoding) -> int:
    if line.isascii():
        return min(character, len(line))
    seen = 0
    for index, code_point in enumerate(line):
        if seen >= character:
            return index
        seen += units(code_point, encoding)
        if seen > character:
            return index
    return len(line)
