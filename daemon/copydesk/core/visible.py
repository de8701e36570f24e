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


def _harmless(character: str) -> bool:
    if character in "\n\t" or character.isprintable():
        return True
    # Joiners and variation selectors are part of how words and emoji are written.
    return character in "\u200c\u200d\u00a0\u202f\u3000\u00ad" or unicodedata.category(character) == "Zs"


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
