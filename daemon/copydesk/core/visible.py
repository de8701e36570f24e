"""Text made fit for a screen: no character of it moves the cursor, hides, or turns what follows around."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """Return text with control, direction and other invisible characters written as escapes, on as many lines."""
    return "".join(character if _harmless(character) else _escape(character) for character in text)


def shortened(text: str, limit: int) -> str:
    """Return text on one line, cut with an ellipsis at a limit in code points."""
    line = " ".join(visible(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def around(text: str, start: int, end: int, limit: int) -> str:
    """Return text on one line, cut at a limit in code points so that what stands from `start` to `end` is in it."""
    whole = shortened(text, limit)
    before, words, after = (shortened(part, len(text) * 10) for part in (text[:start], text[start:end], text[end:]))
    if len(before) + len(words) + 2 <= limit:
        return whole
    before += " " if text[start - 1 : start].isspace() else ""
    after = f" {after}" if text[end : end + 1].isspace() else after
    room = max(0, limit - 1 - len(words))
    least = room - min(len(after), room // 2)
    return shortened(f"…{before[len(before) - least :].lstrip()}{words}{after}", limit)


def _harmless(character: str) -> bool:
    if character in "\n\t" or character.isprintable():
        return True
    # Joiners and variation selectors are part of how words and emoji are written.
    return character in "\u200c\u200d\u00a0\u202f\u3000\u00ad" or unicodedata.category(character) == "Zs"


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
