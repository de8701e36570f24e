"""A document as the desk reads it: sections, passages and sentences, all as spans of the source."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.text import Span, Text


class Format(StrEnum):
    """How a document is written; Quarto and R Markdown read as Markdown with their own extras."""

    MARKDOWN = "markdown"
    QUARTO = "quarto"
    MDX = "mdx"
    PLAIN = "plain"


class PassageKind(StrEnum):
    """What a passage is in the document's structure."""

    PARAGRAPH = "paragraph"
    ITEM = "item"
    FOOTNOTE = "footnote"
    QUOTE = "quote"
    CELL = "cell"
    HEADING = "heading"


CRITIQUED = frozenset({PassageKind.PARAGRAPH, PassageKind.ITEM, PassageKind.FOOTNOTE})
"""The writer's own prose. Quotations are another's words; cells and headings are not sentences."""


class ProtectedKind(StrEnum):
    """Constructs that a rewrite must carry over verbatim and in the same number."""

    CODE = "code"
    LINK = "link"  # the target part: `](url "title")`, `][ref]`
    IMAGE = "image"
    URL = "url"  # autolinks and bare addresses
    HTML = "html"
    MATH = "math"
    FOOTNOTE = "footnote"
    CITATION = "citation"  # pandoc and Quarto: [@key], @key
    SHORTCODE = "shortcode"  # Hugo, Quarto, Liquid, Jinja, MDX expressions
    HARD_BREAK = "hard break"


SOURCES = frozenset({ProtectedKind.LINK, ProtectedKind.URL, ProtectedKind.FOOTNOTE, ProtectedKind.CITATION})
"""Constructs by which a sentence names its source."""


@dataclass(frozen=True, slots=True)
class Protected:
    """A span that must survive editing byte for byte."""

    kind: ProtectedKind
    span: Span


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence.

    `masked` has one character for each of the span's code points: markup, addresses, line ends and block prefixes
    are spaces, so that a match at `i` in `masked` stands at `span.start + i` in the source; the words of code spans
    stay readable. `plain` is `masked` with white space folded, as shown to a model.
    """

    span: Span
    masked: str
    plain: str
    protected: tuple[Protected, ...] = ()

    def has(self, kinds: frozenset[ProtectedKind]) -> bool:
        """Tell whether the sentence holds a construct of one of these kinds."""
        return any(piece.kind in kinds for piece in self.protected)

    def in_code(self, start: int, end: int) -> bool:
        """Tell whether a range of `masked` lies in a code span."""
        return any(
            piece.kind is ProtectedKind.CODE
            and piece.span.start <= self.span.start + start
            and self.span.start + end <= piece.span.end
            for piece in self.protected
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of sentences in one block: a paragraph, list item, footnote, quotation, cell or heading.

    `block` is the index of the top-level block that holds it, `section` the index of its section.
    """

    kind: PassageKind
    span: Span
    sentences: tuple[Sentence, ...]
    block: int
    section: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and all below it up to the next heading of its level or higher; section 0 has no heading.

    `span` begins at the heading. `path` holds the titles from the document down to this one.
    """

    title: str
    level: int
    span: Span
    heading: Span | None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Directive:
    """An inline comment that switches codes off over a span; no codes means all. `at` is where it begins."""

    codes: frozenset[str]
    span: Span
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Document:
    """What was read from one text. Passages are in document order and do not overlap."""

    text: Text
    format: Format
    front_matter: Span | None
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    directives: tuple[Directive, ...] = ()
    memory: object = field(default=None, repr=False, compare=False)
    """The reader's own: what it may reuse when this document is read again after an edit."""

    def prose(self) -> Iterator[tuple[Passage, Sentence]]:
        """Yield each sentence of the writer's own prose with its passage."""
        for passage in self.passages:
            if passage.kind in CRITIQUED:
                for sentence in passage.sentences:
                    yield passage, sentence

    def section_at(self, offset: int) -> Section | None:
        """Return the innermost section that holds an offset; None in front matter.

        What ends the text holds its end too. Nothing stands in an empty section, such as one before a heading on the
        first line.
        """
        last = len(self.text)
        holding = [
            one
            for one in self.sections
            if len(one.span) and (one.span.start <= offset < one.span.end or offset == last == one.span.end)
        ]
        return min(holding, key=lambda one: len(one.span), default=None)

    def sentences_at(self, span: Span) -> tuple[Sentence, ...]:
        """Return the sentences that a span lies in or reaches into."""
        return tuple(
            sentence for passage in self.passages for sentence in passage.sentences if sentence.span.overlaps(span)
        )

    @property
    def words(self) -> int:
        """Return how many words of own prose the document has."""
        return sum(len(sentence.plain.split()) for _, sentence in self.prose())
