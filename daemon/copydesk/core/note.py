"""The one value that every command produces: a Note, anchored in text and never at a bare position."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from copydesk.core.text import Span

if TYPE_CHECKING:
    from copydesk.core.evidence import Evidence
    from copydesk.core.text import Text

CONTEXT = 40
"""Code points kept on each side of an anchored quote."""


class Severity(IntEnum):
    """LSP diagnostic severities."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


@dataclass(frozen=True, slots=True)
class Anchor:
    """The words a note speaks of and what stood around them; `hint` is where they began (code points)."""

    quote: str
    before: str
    after: str
    hint: int

    @property
    def span(self) -> Span:
        """Return the place in the text that the anchor was made from."""
        return Span(self.hint, self.hint + len(self.quote))


@dataclass(frozen=True, slots=True)
class Related:
    """Another place in the same document that the note points to."""

    anchor: Anchor
    message: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made a note: an agent ("instant" or a role), a model and its digest, and the question asked.

    `confidence` is a probability between 0 and 1 as the model gave it, None where rules decided. `searched` is when the
    oldest of the search results behind it were had, as in `ClaimReport`.
    """

    agent: str = "instant"
    model: str | None = None
    digest: str | None = None
    prompt_version: str | None = None
    cached: bool = False
    confidence: float | None = None
    searched: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A finding, or a proposal, about words in a document.

    `id` is the same for the same message of the same code on the same words at the same place. `rewrite` replaces the
    anchored quote exactly; None where none was asked for. A `quiet` note is told where one looks, and marks no words.
    """

    code: str
    severity: Severity
    anchor: Anchor
    message: str
    related: tuple[Related, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    rewrite: str | None = None
    provenance: Provenance = field(default_factory=Provenance)
    quiet: bool = False

    @property
    def id(self) -> str:
        """Return twelve hexadecimal digits that tell this note from every other on the same text."""
        anchor = self.anchor
        return digest(self.code, self.message, anchor.before, anchor.quote, anchor.after, str(anchor.hint))[:12]

    @property
    def fingerprint(self) -> str:
        """Return the key under which a dismissal is kept: code and words, not place or wording around them."""
        return digest(self.code, normalised(self.anchor.quote))[:16]


def anchored(text: Text, span: Span) -> Anchor:
    """Return the anchor of a span of `text`."""
    source = text.source
    return Anchor(
        quote=source[span.start : span.end],
        before=source[max(0, span.start - CONTEXT) : span.start],
        after=source[span.end : span.end + CONTEXT],
        hint=span.start,
    )


def normalised(words: str) -> str:
    """Return words with white space folded and case removed."""
    return " ".join(words.split()).casefold()


def digest(*parts: str) -> str:
    """Return the SHA-256 of parts, each closed by a zero byte."""
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return hashed.hexdigest()
