"""Inline comments that switch codes off.

    <!-- copydesk-disable CD402 CD101 -->          the next block, or the paragraph the comment stands in
    <!-- copydesk-disable-section CD402 -->        the section the comment stands in
    <!-- copydesk-disable-file -->                 the whole file; no codes means all of them

MDX writes the same between ``{/*`` and ``*/}``. Words after a colon are a reason for readers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.document import Directive
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.document import Section

_COMMENT = re.compile(
    r"(?:<!--|\{/\*)\s*copydesk-disable(?:-(?P<reach>section|file))?"
    r"(?P<codes>(?:[\s,]+CD\d{3})*)\s*(?::[^\n]*?)?(?:-->|\*/\})"
)
_CODE = re.compile(r"CD\d{3}")


@dataclass(frozen=True, slots=True)
class Comment:
    """A directive comment as written: how far it reaches ("block", "section" or "file") and for which codes."""

    span: Span
    reach: str
    codes: frozenset[str]

    def shifted(self, by: int) -> Comment:
        """Return this comment moved by so many code points."""
        return Comment(self.span.shifted(by), self.reach, self.codes)


def comments_in(source: str) -> Iterator[Comment]:
    """Yield the directive comments of a piece of source, in offsets from its start."""
    for match in _COMMENT.finditer(source):
        codes = frozenset(_CODE.findall(match["codes"]))
        yield Comment(Span(match.start(), match.end()), match["reach"] or "block", codes)


def directives_of(
    comments: Sequence[Comment], blocks: Sequence[Span], sections: Sequence[Section]
) -> tuple[Directive, ...]:
    """Return what each comment covers; a comment with nothing after it covers nothing."""
    return tuple(
        Directive(comment.codes, span, comment.span.start)
        for comment in comments
        if (span := _reach(comment, blocks, sections)) is not None
    )


def _reach(comment: Comment, blocks: Sequence[Span], sections: Sequence[Section]) -> Span | None:
    if comment.reach == "file":
        return Span(0, max(section.span.end for section in sections))
    if comment.reach == "section":
        holding = [section.span for section in sections if section.span.contains(comment.span)]
        return min(holding, key=len, default=None)
    own = next((block for block in blocks if block.contains(comment.span)), None)
    if own is not None and own.end - own.start > len(comment.span):
        return own
    return next((block for block in blocks if block.start >= comment.span.end), None)
