"""The pages that shown verdicts rest on, while their notes are shown: for pinning what is cited, and for places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from copydesk.core.text import Span, Text
from copydesk.lsp.convert import range_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.evidence import Evidence
    from copydesk.core.text import Encoding
    from copydesk.ports import Page

KEPT = 200
"""Pages that are kept at most, the newest."""

_EXTRACTED = (".pdf", ".html", ".htm", ".xhtml")
"""Files whose text is not what stands in them byte for byte, so that a place in the one is none in the other."""


class EvidencePages:
    """Pages by the hash of their text."""

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}
        self._ranges: dict[tuple[str, int, int, Encoding], types.Range] = {}

    def keep(self, pages: Iterable[Page]) -> None:
        """Keep pages, and forget the oldest where there are too many."""
        for page in pages:
            self._pages.pop(page.source.sha256, None)
            self._pages[page.source.sha256] = page
        for digest in list(self._pages)[: max(0, len(self._pages) - KEPT)]:
            del self._pages[digest]
            self._ranges = {key: place for key, place in self._ranges.items() if key[0] != digest}

    def page(self, evidence: Evidence) -> Page | None:
        """Return the page that a quote stands in."""
        return self._pages.get(evidence.source.sha256)

    def location(self, evidence: Evidence, encoding: Encoding) -> types.Location | None:
        """Return where a quote stands in a file on this machine; the file's beginning where only its text is known."""
        url = evidence.source.url
        if not url.startswith("file:"):
            return None
        key = (evidence.source.sha256, evidence.start, evidence.end, encoding)
        if key not in self._ranges:
            self._ranges[key] = self._range(evidence, encoding)
        return types.Location(url, self._ranges[key])

    def _range(self, evidence: Evidence, encoding: Encoding) -> types.Range:
        page = self.page(evidence)
        if page is None or evidence.source.url.casefold().endswith(_EXTRACTED):
            return types.Range(types.Position(0, 0), types.Position(0, 0))
        return range_of(Text(page.text), Span(evidence.start, evidence.end), encoding)
