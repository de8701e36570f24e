"""A page that is cited, for tests of what is stored of it."""

from __future__ import annotations

import hashlib

from copydesk.core.document import Format
from copydesk.core.evidence import Source
from copydesk.ports import Page

TEXT = "In all, a third of the pumps failed. It was the worst winter on record."
URL = "https://example.org/audit"
DOCUMENT = "Many failed.[^a]\n\n[^a]: “a third of the pumps failed” [Audit](http://example.org/audit/)\n"


def page(text: str = TEXT, url: str = URL, retrieved: str = "2026-01-02T00:00:00Z", title: str = "Audit") -> Page:
    """Return a page as it was read."""
    source = Source(title, url, retrieved, hashlib.sha256(text.encode()).hexdigest())
    return Page(source, text, Format.PLAIN, "example.org")
