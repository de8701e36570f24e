"""A document's plain words at the places where they stand in its source, for quotes to be compared with."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from copydesk.core.document import PassageKind, ProtectedKind
from copydesk.core.quoting.folding import UNSEEN

if TYPE_CHECKING:
    from copydesk.core.document import Document, Passage, Sentence

BARRIER = "\ufffc"
"""What stands in the place of whatever parts two passages that do not read on: no quote runs across it."""

_READS_ON = frozenset({PassageKind.PARAGRAPH, PassageKind.ITEM, PassageKind.QUOTE})
_SHOWN = frozenset({ProtectedKind.URL, ProtectedKind.MATH})
_BLANKS = re.compile(" +")
_MARK = re.compile(r"\S")
_MARKUP = re.compile(r"[>*_#`~|\[\]\\]")
_BRACKET = re.compile("[<>]")
_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_WORD = re.compile(r"\w")


def plain_view(document: Document) -> str:
    """Return a text as long as the document's source, place for place, in which markup has no width.

    Words of code, math and addresses stay. Passages are parted by white space, and by a barrier where they do not read
    on: around headings, cells and footnotes, and where code or HTML stands between them.
    """
    source = document.text.source
    view: list[str] = []
    at = 0
    for index, passage in enumerate(document.passages):
        before = document.passages[index - 1] if index else None
        view.append(_between(source[at : passage.span.start], before, passage))
        view.append(_passage(source, passage))
        at = passage.span.end
    view.append(" " * (len(source) - at))
    return "".join(view)


def _between(gap: str, before: Passage | None, after: Passage) -> str:
    reads_on = before is not None and {before.kind, after.kind} <= _READS_ON and not _WORD.search(_without_marks(gap))
    return " " * len(gap) if reads_on or not gap else BARRIER + " " * (len(gap) - 1)


def _without_marks(gap: str) -> str:
    """Return what stands between passages without the numbers of list items."""
    return re.sub(r"^([ \t>]*)\d{1,9}[.)]", r"\1", gap, flags=re.MULTILINE)


def _passage(source: str, passage: Passage) -> str:
    pieces = []
    at = passage.span.start
    for sentence in passage.sentences:
        pieces.append(_MARKUP.sub(" ", source[at : sentence.span.start]))
        pieces.append(_sentence(source, sentence))
        at = sentence.span.end
    pieces.append(_MARKUP.sub(" ", source[at : passage.span.end]))
    return "".join(pieces)


def _sentence(source: str, sentence: Sentence) -> str:
    start = sentence.span.start
    view = list(sentence.masked)
    for blank in _BLANKS.finditer(sentence.masked):
        written = source[start + blank.start() : start + blank.end()]
        view[blank.start() : blank.end()] = _MARK.sub(UNSEEN, written)
    for piece in sentence.protected:
        first, last = piece.span.start - start, piece.span.end - start
        written = source[piece.span.start : piece.span.end]
        if piece.kind in _SHOWN:
            view[first:last] = _BRACKET.sub(UNSEEN, written) if piece.kind is ProtectedKind.URL else written
        elif piece.kind is ProtectedKind.HTML and _BREAK.match(written):
            view[first:last] = " " * len(written)
    for entity in _ENTITY.finditer("".join(view)):
        character = unescape(entity[0])
        if len(character) < len(entity[0]) and not sentence.in_code(*entity.span()):
            view[entity.start() : entity.end()] = character + UNSEEN * (len(entity[0]) - len(character))
    return "".join(view)
