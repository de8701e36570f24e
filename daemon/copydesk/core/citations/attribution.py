"""Whether a sentence gives a link as the source of what it says; one in passing may lead anywhere.

A link does so in parentheses of its own, as citations in running text stand, or where the sentence says in so many
words that the source says it: “according to the [count](…)”, “says the [count](…)”, “the [count](…) says”. The words
are English; of other languages only parentheses are known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.citations.references import CitationKind, label_span
from copydesk.core.text import Span

if TYPE_CHECKING:
    from copydesk.core.citations.references import Mark, Reference, References

_WITHIN = 60
"""Code points before and after a link in which such words are looked for."""

_DETERMINER = r"(?:(?:the|a|an|its|their|his|her|our)\s+)?"
_SAID_BY = re.compile(
    r"\b(?:says?|said|according\s+to|in\s+the\s+words\s+of|quoted\s+(?:in|from)|"
    r"as\s+(?:reported|stated|told|written|recorded|counted|measured|estimated)\s+(?:in|by|on))\s+"
    rf"{_DETERMINER}$",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"(?:also\s+)?(?:says|said|states|stated|writes|wrote|reports|claims|estimates|"
    r"(?:finds|found|shows|showed|reported|claimed|estimated|notes|noted)\s+that)\b",
    re.IGNORECASE,
)


def is_attributed(found: References, reference: Reference) -> bool:
    """Tell whether a reference stands as a source wherever it is pointed to; notes, keys and addresses always do."""
    return reference.kind is not CitationKind.LINK or all(
        _stands_apart(found, mark) or _is_named(found, mark) for mark in reference.marks
    )


def words_about(found: References, mark: Mark) -> Span:
    """Return where a link stands that a sentence names as its source: its words, and a parenthesis before them."""
    label = label_span(found.document.text, mark.span.start, found.sentence(mark).span.start)
    opening = found.document.text.source.startswith("([", label.start - 2)
    return Span(label.start - (2 if opening else 1), mark.span.end)


def _stands_apart(found: References, mark: Mark) -> bool:
    source, end = found.document.text.source, mark.span.end
    return source[end : end + 1] == ")" and "([" in source[found.sentence(mark).span.start : mark.span.start]


def _is_named(found: References, mark: Mark) -> bool:
    sentence = found.sentence(mark)
    if not sentence.span.contains(mark.span):
        return False
    start = sentence.span.start
    label = words_about(found, mark).start - start
    end = mark.span.end - start
    before = sentence.masked[max(0, label - _WITHIN) : label]
    return _SAID_BY.search(before) is not None or _SAYS.match(sentence.masked[end : end + _WITHIN].lstrip()) is not None
