"""What goes into a fetch and what comes out: bounds, a question, an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copydesk import __version__
from copydesk.adapters.web.bodies import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Mapping

AGENT = "copydesk"
"""The product token, which robots.txt files may name."""
USER_AGENT = f"{AGENT}/{__version__} (a reader on one writer's computer, for claims in that writer's text)"

SKEW_SECONDS = 60.0
"""How far ahead an entry may be dated: clocks are corrected by a little all the time."""

HTML_TYPES = ("text/html", "application/xhtml+xml")
TEXT_TYPES = ("text/plain", "text/markdown")
PDF_TYPE = "application/pdf"
PAGE_TYPES = (*HTML_TYPES, *TEXT_TYPES, PDF_TYPE)

_SENDABLE = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")
_CHARSET = re.compile(r""";\s*charset\s*=\s*"?([A-Za-z0-9_:.+-]{1,40})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one fetch.

    `seconds` for all its exchanges together, `connect` for each of a host's addresses, `body` and `pdf` bytes once
    inflated, `redirects` in a row, `apart` seconds between two requests to one host.
    """

    seconds: float = 10.0
    connect: float = 4.0
    body: int = 2 * MEBIBYTE
    pdf: int = 20 * MEBIBYTE
    redirects: int = 5
    apart: float = 1.0


@dataclass(frozen=True, slots=True)
class Known:
    """What a server said of the copy that is already there, to be told only whether it changed (RFC 9110, 13)."""

    etag: str = ""
    modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that ask so."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an address. `accept` are the media types that are read, none for any.

    `named` tells that the user's settings name the address. With `first`, that many bytes of the body are enough.
    """

    purpose: str
    accept: tuple[str, ...] = ()
    named: bool = False
    known: Known = field(default_factory=Known)
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer: the address that gave it, header names in lower case, the body inflated.

    The body is empty unless the status is 200 to 299; of a server that settings name, what it says of an error is read
    as well.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """Return the type of the body in lower case and without parameters, empty if not told."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def known(self) -> Known:
        """Return by what to ask later whether this changed; nothing where the header could not be sent back."""
        named = [self.headers.get(name, "") for name in ("etag", "last-modified")]
        etag, modified = (value if _SENDABLE.fullmatch(value) else "" for value in named)
        return Known(etag, modified)

    @property
    def charset(self) -> str | None:
        """Return the charset that the header names."""
        named = _CHARSET.search(self.headers.get("content-type", ""))
        return named[1].lower() if named else None
