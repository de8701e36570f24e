"""Text made fit to be shown: whatever a document or a model wrote, it stays text."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote

from copydesk.core.evidence import Stance
from copydesk.core.visible import shortened, visible

if TYPE_CHECKING:
    from copydesk.core.evidence import Evidence

QUOTED, TITLE = 160, 60
"""Code points of a quote and of a source's title that are shown in one line."""
STANCES = MappingProxyType(
    {
        Stance.SUPPORTS: "Supports",
        Stance.REFUTES: "Says otherwise",
        Stance.IRRELEVANT: "Nearest, decides nothing",
        None: "Found, not judged",
    }
)

_ACTIVE = re.compile(r"[\\`*_\[\]<>|~&$@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What can begin or end markup anywhere in a line, or make an address of it in GitHub's dialect. No more than needed is
escaped: Neovim shows the backslashes."""
_OPENING = re.compile(r"^(\d{0,9})([#+\-=:.)])")
"""What can make a list, a heading or a rule of a line that begins with it."""
_BACKTICKS = re.compile(r"`+")


def plain(text: str) -> str:
    """Return text for a message box: one line, in which no client finds a link to click."""
    return " ".join(visible(text).split()).replace("](", "] (")


def markdown(text: str) -> str:
    """Return text as Markdown that reads as the text itself: no link, image, markup or HTML comes of it."""
    line = " ".join(visible(text).split())
    return _OPENING.sub(r"\1\\\2", _ACTIVE.sub(r"\\\g<0>", line))


def named(evidence: Evidence) -> str:
    """Return what a source says of a claim, for a link to the quote; editors show it beside the quote itself."""
    return f"{STANCES[evidence.stance]}: {shortened(evidence.source.title, TITLE)}"


def quoted(evidence: Evidence) -> str:
    """Return what a quote is, on one line: what it says of the claim, its words and its source."""
    words, title = shortened(evidence.quote, QUOTED), shortened(evidence.source.title, TITLE)
    return f"{STANCES[evidence.stance]}: “{words}” ({title})"


def file_name(address: str) -> str:
    """Return the last part of a `file:` address."""
    return unquote(address.rstrip("/").rpartition("/")[2])


def document_name(address: str) -> str:
    """Return what a document is called in its editor."""
    return file_name(address).removeprefix("untitled:") or "the document"


def code_block(text: str) -> str:
    """Return text as a fenced block that it cannot leave."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def web_address(address: str | None) -> str | None:
    """Return an address if it is http(s) and holds nothing that could end a Markdown link, else None."""
    return address if address and re.fullmatch(r"https?://[^\s<>()\[\]\\\"`]+", address) else None
