"""CD404: characters that no reader sees, and that turn words around or carry words to a model; anywhere in the text.

Told, never removed: joiners, marks of direction and selectors are part of how Persian, Hindi, emoji and flags are
written, and are left out of this (Unicode Technical Standard 51; "Trojan Source", Boucher and Anderson, 2021).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.placing import changed
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.text import Text

CODE = "CD404"
MOST = 20
"""Findings in one document."""
_NAMED = 4
_WIDEST = 60
"""Code points on each side within which the word around such characters is looked for."""

_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f"
"""A flag of a part of a country: its letters are tag characters, and seen."""
_CONTROLS = "[\x00-\x08\x0e-\x1b\x1f\x7f]"
_HIDDEN = re.compile(
    f"{_FLAG}|(?:"
    f"{_CONTROLS}|[\x80-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\u2061-\u2064\u206a-\u206f\ufff9-\ufffb]"
    "|[\U000e0000-\U000e007f]|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}"
    "|(?<=[A-Za-z0-9])[\u200b-\u200d\u2060\ufeff]+(?=[A-Za-z0-9])"
    ")+"
)
_ASCII = re.compile(f"{_CONTROLS}+")
_CANDIDATE = re.compile(
    f"[\U0001f3f4{_CONTROLS[1:-1]}\x80-\x84\x86-\x9f\u200b-\u200d\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
"""Where a match may begin; looking for one of many characters is thirty times as fast as for all of them."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Characters that are not seen: the word that holds them, and what to say."""

    span: Span
    message: str


def hidden(text: Text) -> Iterator[Hidden]:
    """Yield what a text hides, in its order, at most `MOST` findings; linear in its length."""
    source = text.source
    matches = _ASCII.finditer(source) if source.isascii() else _matches(source)
    words: list[tuple[Span, str]] = []
    for match in matches:
        if words and match.start() < words[-1][0].end:
            words[-1] = (words[-1][0], words[-1][1] + match[0])
        elif len(words) == MOST:
            break
        else:
            words.append((_word(source, match.start(), match.end()), match[0]))
    for span, characters in words:
        yield Hidden(span, _message(characters))


def is_clear(text: Text, clear: Text | None = None) -> bool:
    """Tell whether a text has none of the characters that `hidden` looks for, however they stand.

    `clear` is a text that has none: only where this one differs is looked.
    """
    span = changed(clear, text).after if clear is not None else Span(0, len(text))
    characters = _ASCII if text.source.isascii() else _CANDIDATE
    return characters.search(text.source, span.start, span.end) is None


def _matches(source: str) -> Iterator[re.Match[str]]:
    at = 0
    while (candidate := _CANDIDATE.search(source, at)) is not None:
        match = _HIDDEN.match(source, candidate.start())
        at = match.end() if match is not None else candidate.end()
        if match is not None and match[0][0] != "\U0001f3f4":
            yield match


def _message(characters: str) -> str:
    points = list(dict.fromkeys(f"U+{ord(character):04X}" for character in characters))
    more = f" and {len(points) - _NAMED} others" if len(points) > _NAMED else ""
    count = f"{len(characters)} characters" if len(characters) > 1 else "A character"
    return f"{count} that readers do not see: {', '.join(points[:_NAMED])}{more}. Delete what you did not mean."


def _word(source: str, start: int, end: int) -> Span:
    """Return the word around a place, so that there is something to see in an editor."""
    first, last = max(0, start - _WIDEST), min(len(source), end + _WIDEST)
    while start > first and not source[start - 1].isspace():
        start -= 1
    while end < last and not source[end].isspace():
        end += 1
    return Span(start, end)
