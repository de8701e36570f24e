"""Edits as small as they can be: what stays is left alone, down to its line ends and grapheme clusters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.text import Span

if TYPE_CHECKING:
    from copydesk.core.text import Text

_LINE_END = re.compile(r"\r\n|\r|\n")
_ZERO_WIDTH_JOINER = "\u200d"
_HANGUL = (("\u1100", "\u11ff"), ("\ua960", "\ua97c"), ("\uac00", "\ud7a3"), ("\ud7b0", "\ud7fb"))


@dataclass(frozen=True, slots=True)
class Edit:
    """New words for a span of one text."""

    span: Span
    words: str


def rewritten(text: Text, span: Span, words: str) -> Edit | None:
    """Return the smallest edit that puts `words` in place of a span; None where nothing would change.

    Line ends in `words` become those of the place. The edit never begins or ends inside a grapheme cluster, a
    surrogate pair or a CRLF. Raises `ValueError` for a span outside the text.
    """
    if not 0 <= span.start <= span.end <= len(text):
        raise ValueError("the span lies outside the text")
    words = _LINE_END.sub(_line_end(text, span), words)
    source = text.source
    limit = min(len(span), len(words))
    head = 0
    while head < limit and source[span.start + head] == words[head]:
        head += 1
    while head and not (_breaks(source, span.start + head) and _breaks(words, head)):
        head -= 1
    tail = 0
    while tail < limit - head and source[span.end - 1 - tail] == words[len(words) - 1 - tail]:
        tail += 1
    while tail and not (_breaks(source, span.end - tail) and _breaks(words, len(words) - tail)):
        tail -= 1
    trimmed = Span(span.start + head, span.end - tail)
    replacement = words[head : len(words) - tail]
    return None if replacement == text.slice(trimmed) else Edit(trimmed, replacement)


def applied(text: Text, *edits: Edit) -> str:
    """Return the source after edits in document order; raises `ValueError` where they overlap or lie outside."""
    pieces, at = [], 0
    for edit in edits:
        if not at <= edit.span.start <= edit.span.end <= len(text):
            raise ValueError("the edits overlap, are not in order, or lie outside the text")
        pieces += [text.source[at : edit.span.start], edit.words]
        at = edit.span.end
    return "".join([*pieces, text.source[at:]])


def results(*edits: Edit) -> tuple[Span, ...]:
    """Return where the words of each edit stand once all of them, in document order, were made."""
    spans, shift = [], 0
    for edit in edits:
        start = edit.span.start + shift
        spans.append(Span(start, start + len(edit.words)))
        shift += len(edit.words) - len(edit.span)
    return tuple(spans)


def _line_end(text: Text, span: Span) -> str:
    """Return the line end used within the span, else the nearest after it, else before it, else a line feed."""
    found = _LINE_END.search(text.source, span.start)
    if found is not None:
        return found.group()
    before = _LINE_END.findall(text.source, 0, span.start)
    return str(before[-1]) if before else "\n"


def _breaks(source: str, index: int) -> bool:
    """Tell whether a text may be cut at an index: never within what a reader sees as one character.

    Stricter than Unicode's rules (UAX 29): regional indicators are never parted, nor Hangul, nor a letter from a
    virama before it. A cut that is refused only makes the edit a little longer.
    """
    if index <= 0 or index >= len(source):
        return True
    before, after = source[index - 1], source[index]
    return not (
        before + after == "\r\n"
        or _ZERO_WIDTH_JOINER in (before, after)
        or unicodedata.category(after) in ("Mn", "Mc", "Me")
        or _extends(after)
        or unicodedata.combining(before) == 9
        or (_regional(before) and _regional(after))
        or (_hangul(before) and _hangul(after))
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
    )


def _extends(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f"


def _regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _hangul(character: str) -> bool:
    return any(first <= character <= last for first, last in _HANGUL)
