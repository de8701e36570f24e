"""Pages as they are kept: what was read, when, and what the server said to ask by whether it changed."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from copydesk.adapters.web.values import SKEW_SECONDS, Known
from copydesk.core.document import Format
from copydesk.core.evidence import Source
from copydesk.ports import Page

if TYPE_CHECKING:
    from copydesk.ports import Hit

FRESH_SECONDS = 7 * 86_400.0
"""For how long a page is good without asking."""
KEPT_SECONDS = 90 * 86_400.0
_VERSION = 1


@dataclass(frozen=True, slots=True)
class KeptPage:
    """One page. `read_at` is when its bytes came, `checked_at` when they were last known to be current (wall clock).

    `url` is the address that gave them, after redirects. `title` is the page's own, empty if it has none. `known` is by
    what the server can be asked whether the page changed.
    """

    url: str
    site: str
    title: str
    text: str
    format: str
    hidden: bool
    sha256: str
    read_at: float
    checked_at: float
    known: Known = field(default_factory=Known)

    def is_younger(self, seconds: float, now: float) -> bool:
        """Tell whether the page was current less than so many seconds ago; one from the future was not."""
        return -SKEW_SECONDS <= now - self.checked_at < seconds

    def page(self, hit: Hit) -> Page:
        """Return the page as evidence; `retrieved` stays the time at which its bytes came."""
        retrieved = datetime.fromtimestamp(int(self.read_at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        source = Source(self.title or hit.title or self.url, self.url, retrieved, self.sha256)
        return Page(source, self.text, Format(self.format), self.site, self.hidden)


def cache_key(url: str, *, named: bool) -> str:
    """Return where a page is kept; what settings name is kept apart, so that a result cannot point into it."""
    return f"{'named' if named else 'page'}:{_VERSION}:{url}"


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def written(kept: KeptPage) -> bytes:
    """Return a page as bytes to store."""
    return json.dumps(asdict(kept), ensure_ascii=False).encode("utf-8")


def read(stored: bytes | None, now: float) -> KeptPage | None:
    """Return the page of `written`, None for anything else and for one that says it was read in the future."""
    if stored is None:
        return None
    try:
        values = json.loads(stored)
        kept = KeptPage(**{**values, "known": Known(**values["known"])})
        return kept if _is_sound(kept) and kept.read_at <= now + SKEW_SECONDS else None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError, RecursionError):
        return None


def _is_sound(kept: KeptPage) -> bool:
    words = (kept.url, kept.site, kept.title, kept.text, kept.format, kept.sha256, kept.known.etag, kept.known.modified)
    datetime.fromtimestamp(kept.read_at, UTC)  # fails for what is no time
    return (
        all(isinstance(each, str) for each in words)
        and isinstance(kept.hidden, bool)
        and math.isfinite(kept.checked_at)
        and kept.format in set(Format)
        and kept.sha256 == text_hash(kept.text)
    )
