"""What already stands under a heading: the writer's text, which stays, and jottings, which are to be worked up.

Prose, code, tables, images, HTML, quotations and definitions stay. A list that nothing leads over to and lines that are
no sentences are jottings: the draft is written from them and proposed in their place, and each that no drafted
sentence was made from stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from copydesk.core.citations.references import label_span
from copydesk.core.document import CRITIQUED, PassageKind, ProtectedKind
from copydesk.core.markdown.reader import Memory
from copydesk.core.prompt_safety import closed_up
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.document import Document, Passage, Protected
    from copydesk.core.markdown.blocks import Block
    from copydesk.core.markdown.reader import PlacedBlock
    from copydesk.core.text import Text

CARRIED = frozenset({ProtectedKind.LINK, ProtectedKind.URL, ProtectedKind.FOOTNOTE, ProtectedKind.CITATION})
"""Constructs of a jotting that are carried over to the sentence made from it."""

_WORKABLE = CARRIED | {ProtectedKind.CODE}
"""Jottings with any other construct, such as an image or a formula, stay as they are."""

_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_NOTES = re.compile(r"\W*(?:TODO|TBD|FIXME|XXX|NOTES?|OUTLINE|IDEAS?|DRAFT|POINTS?)\b[\s:.!-]", re.IGNORECASE)
_ENDED = re.compile(r"[.!?…:;。！？：][\"'”’»)\]*_」』]*$")
_MARK_AT_END = re.compile(r"(?:\[\^[^\]]+\])+$")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_LEAST_PROSE = 5
"""Words of a finished sentence that makes a paragraph prose."""


class Kind(StrEnum):
    """What becomes of a block."""

    PROSE = "prose"
    OTHER = "other"
    LIST = "list"
    LINES = "lines"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
class Jotting:
    """One note of the writer's, `N1` and so on: its words without markup, and where it stands.

    `carried` are its links, addresses and citations as written, `code` the words of its code spans. One that `stays`
    is never replaced, such as an HTML comment.
    """

    id: str
    text: str
    span: Span
    carried: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in a section's own body: it is `head`, `material` and `tail`, one after the other.

    New text takes the place of `material`, which is empty where there are no jottings. `kept` are the sentences that
    stay, `listed` tells that all jottings are list items.
    """

    material: Span
    jottings: tuple[Jotting, ...]
    kept: tuple[str, ...]
    listed: bool


def material(document: Document, body: Span) -> Found:
    """Return what stands in a body; the document must have been read as Markdown."""
    blocks = list(_blocks(document, body))
    kinds = [
        _kind(document, block, placed, blocks[index - 1] if index else None)
        for index, (block, placed) in enumerate(blocks)
    ]
    first, last = _run(document.text, [placed.span for _, placed in blocks], kinds)
    if first == last:
        place = _insertion(body, [placed.span for _, placed in blocks], kinds)
        span = Span(place, place)
    else:
        start = blocks[first][1].span.start
        span = Span(start, start + len(document.text.source[start : blocks[last - 1][1].span.end].rstrip()))
    units = [
        unit for index in range(first, last) for unit in _units(document.text, blocks[index][1].span, kinds[index])
    ]
    jottings = [*_jottings(document, units), *_comments(document.text, body)]
    kept = tuple(
        closed_up(sentence.plain)
        for index, (_, placed) in enumerate(blocks)
        if not first <= index < last and kinds[index] is not Kind.DEFINITION
        for passage in placed.passages
        if passage.kind in CRITIQUED
        for sentence in passage.sentences
    )
    numbered = tuple(
        Jotting(f"N{number}", one.text, one.span, one.carried, one.code, one.stays)
        for number, one in enumerate(jottings, 1)
    )
    listed = first < last and all(kind is Kind.LIST for kind in kinds[first:last])
    return Found(span, numbered, kept, listed)


def without_label(words: str) -> str:
    """Return the words of a jotting without what calls it one, such as “TODO:”."""
    match = _NOTES.match(f"{words} ")
    return words[match.end() :].strip() if match is not None else words


def _blocks(document: Document, body: Span) -> Iterator[tuple[Block, PlacedBlock]]:
    memory = document.memory
    if isinstance(memory, Memory):
        for block, placed in zip(memory.outline.blocks, memory.placed, strict=True):
            if body.contains(placed.span):
                yield block, placed


def _kind(document: Document, block: Block, placed: PlacedBlock, before: tuple[Block, PlacedBlock] | None) -> Kind:
    source = document.text.slice(placed.span)
    if block.footnotes and source.lstrip().startswith("[^"):
        return Kind.DEFINITION
    if block.html or block.code or not block.contents or not _workable(placed.passages):
        return Kind.OTHER
    if all(passage.kind is PassageKind.ITEM for passage in placed.passages):
        leads = before is not None and document.text.slice(before[1].span).rstrip().endswith((":", "："))
        return Kind.OTHER if leads else Kind.LIST
    if all(passage.kind is PassageKind.PARAGRAPH for passage in placed.passages) and not _ITEM.match(source):
        return Kind.LINES if _is_lines(source, placed.passages) else Kind.PROSE
    return Kind.OTHER


def _workable(passages: Sequence[Passage]) -> bool:
    pieces = [piece.kind for passage in passages for sentence in passage.sentences for piece in sentence.protected]
    return bool(passages) and all(kind in _WORKABLE for kind in pieces)


def _is_lines(source: str, passages: Sequence[Passage]) -> bool:
    """Tell notes from prose: a paragraph in which no sentence comes to an end, or one that calls itself notes."""
    if _NOTES.match(source):
        return True
    lines = [_MARK_AT_END.sub("", line.strip()) for line in source.splitlines()]
    if any(_ENDED.search(line) for line in lines):
        return False
    sentences = [sentence for passage in passages for sentence in passage.sentences]
    return not any(len(sentence.plain.split()) >= _LEAST_PROSE for sentence in sentences[:-1])


def _run(text: Text, spans: Sequence[Span], kinds: Sequence[Kind]) -> tuple[int, int]:
    """Return the last run of jottings with nothing between them, as half-open indices; equal where there is none."""
    last = len(kinds)
    while last and kinds[last - 1] not in (Kind.LIST, Kind.LINES):
        last -= 1
    first = last
    while first and kinds[first - 1] in (Kind.LIST, Kind.LINES):
        if first < last and text.source[spans[first - 1].end : spans[first].start].strip():
            break
        first -= 1
    return first, last


def _insertion(body: Span, spans: Sequence[Span], kinds: Sequence[Kind]) -> int:
    """Return where new text goes: after what stands there, but before definitions at the end."""
    last = len(kinds)
    while last and kinds[last - 1] is Kind.DEFINITION:
        last -= 1
    return spans[last - 1].end if last else body.start


def _units(text: Text, span: Span, kind: Kind) -> Iterator[Span]:
    """Yield the list items, with all that is nested in them, or the lines of a block."""
    starts: list[int] = []
    first = text.line_at(span.start)
    indent: int | None = None
    for line in range(first, text.line_at(span.end) + 1):
        place = text.line_span(line)
        if kind is Kind.LINES:
            starts.append(place.start)
        elif (match := _ITEM.match(text.slice(place))) is not None:
            indent = len(match["indent"]) if indent is None else indent
            if len(match["indent"]) <= indent:
                starts.append(place.start)
    ends = [*starts[1:], span.end]
    for start, end in zip(starts, ends, strict=True):
        words = text.source[start:end]
        yield Span(start, start + len(words.rstrip()))


def _jottings(document: Document, units: Sequence[Span]) -> Iterator[Jotting]:
    for unit in units:
        passages = [passage for passage in document.passages if passage.span.overlaps(unit)]
        text = "; ".join(words for passage in passages if (words := _plain(passage, unit)))
        pieces = [
            (piece.kind, _construct(document.text, piece, passage.span.start))
            for passage in passages
            for sentence in passage.sentences
            for piece in sentence.protected
            if unit.contains(piece.span)
        ]
        carried = dict.fromkeys(source for kind, source in pieces if kind in CARRIED)
        code = dict.fromkeys(source.strip("`").strip() for kind, source in pieces if kind is ProtectedKind.CODE)
        if text or carried:
            yield Jotting("", text, unit, tuple(carried), tuple(code))


def _plain(passage: Passage, unit: Span) -> str:
    """Return the words of a passage that stand in a unit, which may be but a line of it."""
    words: list[str] = []
    for sentence in passage.sentences:
        start, end = max(sentence.span.start, unit.start), min(sentence.span.end, unit.end)
        if start < end:
            words += sentence.masked[start - sentence.span.start : end - sentence.span.start].split()
    return closed_up(" ".join(words))


def _construct(text: Text, piece: Protected, limit: int) -> str:
    """Return a construct as it is written, a link with its words."""
    if piece.kind is not ProtectedKind.LINK:
        return text.slice(piece.span)
    label = label_span(text, piece.span.start, limit)
    return text.source[label.start - 1 : piece.span.end]


def _comments(text: Text, body: Span) -> Iterator[Jotting]:
    for match in _COMMENT.finditer(text.source, body.start, body.end):
        words = " ".join(match[1].split())
        if len(words.split()) > 1 and not words.startswith("copydesk"):
            yield Jotting("", words, Span(match.start(), match.end()), stays=True)
