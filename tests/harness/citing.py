"""A source to cite, and texts after it was cited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.evidence import Evidence, Source
from copydesk.core.text import Span

if TYPE_CHECKING:
    from copydesk.core.edit import Edit

QUOTE = "A third of the pumps failed."
SOURCE = Source("Audit of the pumps", "https://example.org/audit", "2026-11-26T10:20:30Z", "0" * 64)
EVIDENCE = Evidence(QUOTE, SOURCE, 0, len(QUOTE))


def made(source: str, edits: tuple[Edit, ...] | None) -> str:
    """Return a text after edits that are in its order."""
    assert edits is not None
    assert list(edits) == sorted(edits, key=lambda edit: edit.span.start)
    for edit in reversed(edits):
        source = source[: edit.span.start] + edit.words + source[edit.span.end :]
    return source


def at(source: str, words: str) -> Span:
    """Return where some words first stand."""
    start = source.index(words)
    return Span(start, start + len(words))
