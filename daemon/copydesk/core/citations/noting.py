"""Notes on citations, worded and anchored alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.codes import CODES
from copydesk.core.note import Note, Related, anchored
from copydesk.core.visible import shortened

if TYPE_CHECKING:
    from copydesk.core.evidence import Evidence
    from copydesk.core.text import Span, Text

QUOTED = 80
"""Code points of a quotation that a message repeats."""


def note_on(
    text: Text,
    code: str,
    span: Span,
    message: str,
    *,
    evidence: tuple[Evidence, ...] = (),
    related: tuple[Related, ...] = (),
    rewrite: str | None = None,
) -> Note:
    """Return a note on a span; `rewrite` mends it by taking its place."""
    return Note(code, CODES[code].severity, anchored(text, span), message, related, evidence, rewrite)


def said(words: str) -> str:
    """Return words in quotation marks as a message shows them."""
    return f"“{shortened(words, QUOTED)}”"
