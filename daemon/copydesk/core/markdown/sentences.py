"""From a block's inline content to sentences with spans in the source."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING

from sentencex import get_sentence_boundaries

from copydesk.core.document import SOURCES, PassageKind, Protected, ProtectedKind, Sentence
from copydesk.core.markdown.blocks import ALERT
from copydesk.core.markdown.directives import comments_in
from copydesk.core.markdown.inline import bare_urls, scan
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.utils import EnvType

    from copydesk.core.markdown.blocks import Content
    from copydesk.core.markdown.directives import Comment
    from copydesk.core.text import Text

LONGEST = 4000
"""Code points from which on a run without a sentence's end is data, not prose."""

_SPACE = re.compile(r"\s")
_UNUSUAL_SPACE = re.compile(r"[^\S ]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BAR = re.compile(r"(?<!\\)\|")
_AT_BAR = re.compile(r"(?=\|)")
_PREFIX = r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t]|\[\^[^\]\s]+\]:)*"
"""What stands before a block's content on its first line: quotation, list and footnote marks."""
_OPENING_BAR = re.compile(rf"{_PREFIX}\|")
_OPENS_BLANK = re.compile(rf"^{_PREFIX}[^\S \t]\s*$")
"""A paragraph's first line of nothing but unusual spaces, which the content lacks."""
_PICTOGRAPHS = frozenset({"So", "Sk", "Mn", "Cf", "Zs"})
"""Unicode categories of an emoji, its modifiers and the space after it: decoration before a sentence's words."""
_WORD = re.compile(r"\w")


def passage_parts(
    text: Text, content: Content, parser: MarkdownIt, env: EnvType, language: str
) -> tuple[Span, tuple[Sentence, ...], list[Comment]] | None:
    """Return a passage's span, sentences and inline comments; None where the content is not found in the source.

    Content lines are source lines less their block prefix, so each is searched for in its own line.
    """
    places = _line_places(text, content)
    if not places:
        return None
    inline = scan(content.text, parser, env)
    base, end = places[0][1], places[-1][1] + places[-1][2]
    masked = _spread(_blanked(inline.masked), places)
    filled = masked if inline.filled == inline.masked else _spread(_blanked(inline.filled), places)
    view = _spread(text.source, [(offset, offset, length) for _, offset, length in places])
    protected = tuple(
        Protected(piece.kind, Span(_to_source(places, piece.start), _to_source(places, piece.end - 1) + 1))
        for piece in inline.pieces
    )
    comments = [
        comment.shifted(piece.span.start)
        for piece in protected
        if piece.kind in (ProtectedKind.HTML, ProtectedKind.SHORTCODE)
        for comment in comments_in(text.slice(piece.span))
    ]
    sentences = _split(view, base, masked, filled, protected, language)
    return Span(base, end), sentences, comments


def plain_parts(text: Text, span: Span) -> tuple[Span, tuple[Sentence, ...]]:
    """Return a plain-text paragraph's span without surrounding white space, and its sentences."""
    source = text.slice(span)
    start = span.start + len(source) - len(source.lstrip())
    trimmed = Span(start, start + len(source.strip()))
    masked = list(_blanked(text.slice(trimmed)))
    protected = []
    for match in bare_urls(text.slice(trimmed)):
        masked[match.start() : match.end()] = " " * len(match[0])
        protected.append(Protected(ProtectedKind.URL, Span(match.start(), match.end()).shifted(start)))
    return trimmed, _split(text.slice(trimmed), start, "".join(masked), "".join(masked), tuple(protected), "en")


def _blanked(words: str) -> str:
    return _UNUSUAL_SPACE.sub(" ", words)


def _spread(words: str, places: Sequence[tuple[int, int, int]]) -> str:
    """Return the words of places, each where it stands in the source, with blanks between them."""
    pieces: list[str] = []
    last = places[0][1]
    for at, offset, length in places:
        pieces += (" " * (offset - last), words[at : at + length])
        last = offset + length
    return "".join(pieces)


def _line_places(text: Text, content: Content) -> list[tuple[int, int, int]]:
    """Return (offset in content, offset in source, length) for each content line; empty where one is not found."""
    places: list[tuple[int, int, int]] = []
    at, line = 0, content.first_line
    for number, piece in enumerate(content.text.split("\n")):
        if piece.strip() and not (number == 0 and ALERT.fullmatch(piece.strip())):
            source = _line(text, line + number)
            while number == 0 and _OPENS_BLANK.search(source):
                line += 1
                source = _line(text, line)
            start, end = _cell(source, content.cell) if content.kind is PassageKind.CELL else (0, len(source))
            body = piece.lstrip() if source.endswith(piece.lstrip()) else piece.strip()
            written = body.replace("|", "\\|") if content.kind is PassageKind.CELL else body
            found = source.rfind(written, start, end)
            if found < 0:
                return []
            offset = text.line_span(line + number).start + found
            places.extend(_runs(body, written, at + piece.index(body), offset))
        at += len(piece) + 1
    return places


def _line(text: Text, number: int) -> str:
    return text.slice(text.line_span(number)).replace("\0", "\ufffd")


def _runs(body: str, written: str, at: int, offset: int) -> Iterator[tuple[int, int, int]]:
    """Yield the places of a line's words; in a table a bar is written behind a backslash, which the content lacks."""
    if body == written:
        yield at, offset, len(body)
        return
    for run in _AT_BAR.split(body):
        if run.startswith("|"):
            offset += 1
        if run:
            yield at, offset, len(run)
        at, offset = at + len(run), offset + len(run)


def _cell(row: str, column: int) -> tuple[int, int]:
    """Return the range of a table cell; bars behind a backslash do not divide."""
    bars = [match.start() for match in _BAR.finditer(row)]
    edges = bars if _OPENING_BAR.match(row) else [-1, *bars]
    edges = [*edges, len(row)]
    return (edges[column] + 1, edges[column + 1]) if column + 1 < len(edges) else (len(row), len(row))


def _to_source(places: list[tuple[int, int, int]], index: int) -> int:
    at, offset, length = places[max(bisect_right(places, index, key=itemgetter(0)) - 1, 0)]
    return offset + min(max(index - at, 0), length)


def _split(
    view: str, base: int, masked: str, filled: str, protected: tuple[Protected, ...], language: str
) -> tuple[Sentence, ...]:
    """Split at sentence ends; marks that close a sentence stay with it, marks that open the next go with that.

    `view` is the source with everything outside the content blanked.
    """
    spans: list[Span] = []
    start = 0
    starts = [piece.span.start for piece in protected]
    last = len(filled.rstrip())
    boundaries = get_sentence_boundaries(language, _SURROGATE.sub("x", filled))
    for boundary in boundaries:
        segment_end = boundary["end_index"]
        words_end = segment_end
        while words_end and filled[words_end - 1].isspace():
            words_end -= 1
        closing = _SPACE.search(view, words_end, segment_end)
        end = closing.start() if closing else segment_end
        if segment_end >= last:
            end = len(view)
        elif _in_construct(protected, starts, end + base):
            continue
        piece = view[start:end]
        span = Span(start + _lead(piece), start + len(piece.rstrip()))
        if 0 < len(span) <= LONGEST and _WORD.search(masked, span.start, span.end):
            spans.append(span)
        elif spans and any(one.kind in SOURCES for one in _held(protected, starts, span.shifted(base))):
            # Marks without words that hold a link's address or a footnote's mark end the sentence before.
            spans[-1] = Span(spans[-1].start, span.end)
        start = end
    return tuple([_sentence(span, base, masked, _held(protected, starts, span.shifted(base))) for span in spans])


def _held(protected: tuple[Protected, ...], starts: list[int], place: Span) -> tuple[Protected, ...]:
    return protected[bisect_left(starts, place.start) : bisect_left(starts, place.end)]


def _in_construct(protected: tuple[Protected, ...], starts: list[int], place: int) -> bool:
    """Tell whether a construct goes on at a place: it is blanked for the splitter, which may take blanks for an end."""
    before = bisect_left(starts, place) - 1
    return before >= 0 and protected[before].span.end > place


def _lead(piece: str) -> int:
    """Return how many characters come before a sentence's words: white space, and an emoji used as decoration."""
    start = len(piece) - len(piece.lstrip())
    if piece[start:] and unicodedata.category(piece[start]) == "So":
        while start < len(piece) and unicodedata.category(piece[start]) in _PICTOGRAPHS:
            start += 1
    return start


def _sentence(span: Span, base: int, masked: str, protected: tuple[Protected, ...]) -> Sentence:
    words = masked[span.start : span.end]
    place = span.shifted(base)
    return Sentence(
        place, words, " ".join(words.split()), tuple(piece for piece in protected if place.contains(piece.span))
    )
