"""Where in a document a citation is put: the mark at its sentence, and the definition among the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.document import PassageKind, ProtectedKind

if TYPE_CHECKING:
    from copydesk.core.citations.references import References
    from copydesk.core.document import Document
    from copydesk.core.text import Span

_BREAK = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)
_ATTRIBUTES = re.compile(r"\s*\{:?\s?[.#][^{}\n]*\}\Z")
_STOP = re.compile(r"(?P<stop>[.!?…:。！？：]+)(?P<marks>(?:\[\^[^\]\s]+\])*)\Z")
_ABBREVIATED = re.compile(
    r"(?:\b[A-Za-z]\.)+[A-Za-z]?\Z|\b(?:etc|Inc|Ltd|Co|Corp|Jr|Sr|No|St|Dr|al|approx|ca|vs|p\.m|a\.m)\Z"
)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60、。」』]\Z")


def sentence_at(document: Document, span: Span) -> tuple[int, int] | None:
    """Return the indices of the passage and sentence in which a span ends; None outside prose, and in a heading."""
    found = None
    for index, passage in enumerate(document.passages):
        if passage.span.start > span.end:
            break
        for number, sentence in enumerate(passage.sentences):
            if sentence.span.start < max(span.end, span.start + 1) and span.start < sentence.span.end:
                found = (index, number)
    if found is None or document.passages[found[0]].kind is PassageKind.HEADING:
        return None
    return found


def mark_place(document: Document, passage: int, number: int) -> int:
    """Return the offset after a sentence's closing marks, before line breaks and attributes that follow them."""
    source, sentence = document.text.source, document.passages[passage].sentences[number]
    start, end = sentence.span.start, sentence.span.end
    breaks = {
        piece.span.end: piece.span.start for piece in sentence.protected if piece.kind is ProtectedKind.HARD_BREAK
    }
    while True:
        before = end
        end = start + len(source[start:end].rstrip())
        end = breaks.get(end, end)
        for pattern in (_BREAK, _ATTRIBUTES):
            if (match := pattern.search(source, start, end)) is not None:
                end = match.start()
        if end == before or end <= start:
            return max(end, start)


def parenthesis_place(document: Document, passage: int, number: int) -> tuple[int, str]:
    """Return the offset before a sentence's full stop, and the space that goes before what is put there.

    After an abbreviation, a quotation or emphasis that holds the full stop, it is the sentence's end.
    """
    source, start = document.text.source, document.passages[passage].sentences[number].span.start
    end = mark_place(document, passage, number)
    match = _STOP.search(source, start, end)
    if match is not None and match.start() > start:
        before = source[start : match.start()]
        shortened = match["stop"] == "." and _ABBREVIATED.search(before)
        if not shortened and not before[-1].isspace():
            end = match.start()
    return end, "" if _UNSPACED.search(source, start, end) else " "


def note_place(document: Document, found: References) -> tuple[int, str, str]:
    """Return where a new definition goes, with what stands before and after it there.

    It follows the last definition that is in no list or quotation, at the distance that definitions have; else it
    ends the document. The text's last line end stays as it is, or stays away.
    """
    text = document.text
    line_end = next(iter(text.lines[1]), "\n")
    notes = [note.span for note in found.definitions.footnotes if not note.nested]
    if not notes:
        last = max((line for line, words in enumerate(text.lines[0]) if words.strip()), default=0)
        return text.line_span(last).end, 2 * line_end, ""
    apart = (
        len(notes) > 1
        and text.source[notes[-2].end : notes[-1].start].strip() == ""
        and (notes[-2].end < notes[-1].start)
    )
    end = notes[-1].end
    closed = text.source[:end].endswith(("\n", "\r"))
    between = line_end if apart else ""
    return (end, between, line_end) if closed else (end, line_end + between, "")
