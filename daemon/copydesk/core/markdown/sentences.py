"""From a block's inline content to sentences with spans in the source."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sentencex import get_sentence_boundaries

from copydesk.core.document import PassageKind, Protected, ProtectedKind, Sentence
from copydesk.core.markdown.blocks import ALERT
from copydesk.core.markdown.directives import comments_in
from copydesk.core.markdown.inline import bare_urls, scan
from copydesk.core.text import Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.utils import EnvType

    from copydesk.core.markdown.blocks import Content
    from copydesk.core.markdown.directives import Comment
    from copydesk.core.text import Text

LONGEST = 4000
"""Code points from which on a run without a sentence's end is data, not prose."""

_SPACE = re.compile(r"\s")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BAR = re.compile(r"(?<!\\)\|")
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
    masked, filled, view = ([" "] * (end - base) for _ in range(3))
    for at, offset, length in places:
        masked[offset - base : offset - base + length] = _blanked(inline.masked[at : at + length])
        filled[offset - base : offset - base + length] = _blanked(inline.filled[at : at + length])
        view[offset - base : offset - base + length] = text.source[offset : offset + length]
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
    sentences = _split("".join(view), base, "".join(masked), "".join(filled), protected, language)
    return Span(base, end), sentences, comments


def plain_parts(text: Text, span: Span) -> tuple[Span, tuple[Sentence, ...]]:
    """Return a plain-text paragraph's span without surrounding white space, and its sentences."""
    source = text.slice(span)
    start = span.start + len(source) - len(source.lstrip())
    trimmed = Span(start, start + len(source.strip()))
    masked = list(_SPACE.sub(" ", text.slice(trimmed)))
    protected = []
    for match in bare_urls(text.slice(trimmed)):
        masked[match.start() : match.end()] = " " * len(match[0])
        protected.append(Protected(ProtectedKind.URL, Span(match.start(), match.end()).shifted(start)))
    return trimmed, _split(text.slice(trimmed), start, "".join(masked), "".join(masked), tuple(protected), "en")


def _blanked(piece: str) -> str:
    return _SPACE.sub(" ", piece)


def _line_places(text: Text, content: Content) -> list[tuple[int, int, int]]:
    """Return (offset in content, offset in source, length) for each content line; empty where one is not found."""
    places, at = [], 0
    for number, piece in enumerate(content.text.split("\n")):
        if piece.strip() and not (number == 0 and ALERT.fullmatch(piece.strip())):
            span = text.line_span(content.first_line + number)
            source = text.slice(span).replace("\0", "\ufffd")
            start, end = _cell(source, content.cell) if content.kind is PassageKind.CELL else (0, len(source))
            body = piece.lstrip() if source.endswith(piece.lstrip()) else piece.strip()
            found = source.rfind(body, start, end)
            if found < 0:
                return []
            places.append((at + piece.index(body), span.start + found, len(body)))
        at += len(piece) + 1
    return places


def _cell(row: str, column: int) -> tuple[int, int]:
    """Return the range of a table cell; bars behind a backslash do not divide."""
    bars = [match.start() for match in _BAR.finditer(row)]
    edges = bars if row.lstrip().startswith("|") else [-1, *bars]
    edges = [*edges, len(row)]
    return (edges[column] + 1, edges[column + 1]) if column + 1 < len(edges) else (len(row), len(row))


def _to_source(places: list[tuple[int, int, int]], index: int) -> int:
    at, offset, length = next(place for place in reversed(places) if place[0] <= index or place is places[0])
    return offset + min(max(index - at, 0), length)


def _split(
    view: str, base: int, masked: str, filled: str, protected: tuple[Protected, ...], language: str
) -> tuple[Sentence, ...]:
    """Split at sentence ends; marks that close a sentence stay with it, marks that open the next go with that.

    `view` is the source with everything outside the content blanked.
    """
    sentences, start = [], 0
    boundaries = get_sentence_boundaries(language, _SURROGATE.sub("x", filled))
    for boundary in boundaries:
        segment_end = boundary["end_index"]
        words_end = len(filled[:segment_end].rstrip())
        closing = _SPACE.search(view, words_end)
        end = min(closing.start() if closing else len(view), segment_end)
        if segment_end >= len(filled.rstrip()):
            end = len(view)
        piece = view[start:end]
        span = Span(start + _lead(piece), start + len(piece.rstrip()))
        if 0 < len(span) <= LONGEST and _WORD.search(masked, span.start, span.end):
            sentences.append(_sentence(span, base, masked, protected))
        start = end
    return tuple(sentences)


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
