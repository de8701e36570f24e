"""Finding a note's words again in a later text. A note whose words are gone or ambiguous has no place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from copydesk.core.note import Anchor
    from copydesk.core.text import Text

DISTINCTIVE = 40
"""Code points from which a quote that occurs once is known by its words alone."""

SURROUNDINGS = 8
"""Code points of unchanged surroundings by which a shorter quote is known."""


@dataclass(frozen=True, slots=True)
class Change:
    """One stretch of text replaced by another: `before` in the old text, `after` in the new one.

    Both begin at the same offset; all outside them is the same in both texts.
    """

    before: Span
    after: Span

    @property
    def shift(self) -> int:
        """Return how far the text after the change moved."""
        return self.after.end - self.before.end


def changed(old: Text, new: Text) -> Change:
    """Return the smallest stretch in which two texts differ; empty spans where they are equal."""
    limit = min(len(old), len(new))
    start = _agreement(limit, lambda size: old.source[:size] == new.source[:size])
    end = _agreement(
        limit - start,
        lambda size: old.source[len(old) - size :] == new.source[len(new) - size :],
    )
    return Change(Span(start, len(old) - end), Span(start, len(new) - end))


def carried(span: Span, change: Change) -> Span | None:
    """Return where an untouched span stands after a change, None if the change reaches into it."""
    if span.end <= change.before.start:
        return span
    if span.start >= change.before.end:
        return span.shifted(change.shift)
    return None


def placed(anchor: Anchor, text: Text) -> Span | None:
    """Return the one place in `text` that holds the anchor's words, known by their surroundings; else None.

    Where the words stood before counts for nothing: in a text that changed there they may be another's by now.
    """
    found = ranked(anchor, text)
    if not found:
        return None
    support, start = found[0]
    if len(found) > 1 and found[1][0] == support:
        return None
    if not known_by(anchor, support) and (len(found) > 1 or len(anchor.quote) < DISTINCTIVE):
        return None
    return Span(start, start + len(anchor.quote))


def ranked(anchor: Anchor, text: Text) -> list[tuple[int, int]]:
    """Return all places that hold an anchor's words, best first: code points of unchanged surroundings, and offset."""
    if not anchor.quote:
        return []
    return sorted(((_support(anchor, text, start), start) for start in _occurrences(anchor.quote, text)), reverse=True)


def known_by(anchor: Anchor, support: int) -> bool:
    """Tell whether so many code points of unchanged surroundings are enough to know an anchor's words by."""
    return support >= min(SURROUNDINGS, len(anchor.before) + len(anchor.after))


def followed(anchor: Anchor, origin: Text, text: Text) -> Span | None:
    """Return where an anchor made in `origin` stands in `text`; None when its words are gone or ambiguous."""
    change = changed(origin, text)
    span = carried(anchor.span, change)
    if span is not None:
        return span
    span = placed(anchor, text)
    # What lies outside the change stood there before, so it is a copy of the words and not the words themselves.
    outside = span is not None and (span.end <= change.after.start or span.start >= change.after.end)
    return None if outside else span


def _agreement(limit: int, agree: Callable[[int], bool]) -> int:
    """Return the largest size up to `limit` that agrees; whole slices are compared, which is one memory comparison."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if agree(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _occurrences(words: str, text: Text) -> Iterator[int]:
    start = text.source.find(words)
    while start >= 0:
        yield start
        start = text.source.find(words, start + 1)


def _support(anchor: Anchor, text: Text, start: int) -> int:
    """Return how many code points next to the words are as they were."""
    end = start + len(anchor.quote)
    before = text.source[max(0, start - len(anchor.before)) : start]
    after = text.source[end : end + len(anchor.after)]
    return _shared(anchor.before[::-1], before[::-1]) + _shared(anchor.after, after)


def _shared(one: str, other: str) -> int:
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))
