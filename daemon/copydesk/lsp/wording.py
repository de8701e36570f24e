"""Text made fit to be shown: whatever a document or a model wrote, it stays text."""

from __future__ import annotations

import re

from copydesk.core.visible import visible

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&:^$=@/])")
_BACKTICKS = re.compile(r"`+")


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


def web_address(address: str | None) -> str | None:
    """Return an address if it is http(s) and holds nothing that could end a Markdown link, else None."""
    return address if address and re.fullmatch(r"https?://[^\s<>()\[\]\\\"`]+", address) else None
