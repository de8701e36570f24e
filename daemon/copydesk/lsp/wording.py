"""Text made fit to be shown: whatever a document or a model wrote, it stays text."""

from __future__ import annotations

import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&:^$=@/])")
_BACKTICKS = re.compile(r"`+")


def visible(text: str) -> str:
    """Return text with control, direction and other invisible characters written as escapes, on as many lines."""
    return "".join(character if _harmless(character) else _escape(character) for character in text)


def plain(text: str) -> str:
    """Return text for a message box: one line, in which no client finds a link to click."""
    return " ".join(visible(text).split()).replace("](", "] (")


def markdown(text: str) -> str:
    """Return text as Markdown that reads as the text itself: no link, image, markup or HTML comes of it."""
    return _MARKDOWN.sub(r"\\\1", " ".join(visible(text).split()))


def code_block(text: str) -> str:
    """Return text as a fenced block that it cannot leave."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def shortened(text: str, limit: int) -> str:
    """Return text on one line, cut with an ellipsis at a limit in code points."""
    line = " ".join(visible(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def web_address(address: str | None) -> str | None:
    """Return an address if it is http(s) and holds nothing that could end a Markdown link, else None."""
    return address if address and re.fullmatch(r"https?://[^\s<>()\[\]\\\"`]+", address) else None


def _harmless(character: str) -> bool:
    if character in "\n\t" or character.isprintable():
        return True
    # Joiners and variation selectors are part of how words and emoji are written.
    return character in "\u200c\u200d\u00a0\u202f\u3000\u00ad" or unicodedata.category(character) == "Zs"


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
