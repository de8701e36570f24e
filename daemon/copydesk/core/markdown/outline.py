"""Where a text's top-level blocks are; after an edit only those about it are looked for again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import add
from typing import TYPE_CHECKING

from copydesk.core.document import Format
from copydesk.core.markdown.blocks import Block, Footnote, blocks_of, front_matter_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.utils import EnvType

    from copydesk.core.text import Text

_FAR_REACHING = ("]:", "$$")
"""What may change how far-off lines read: definitions, and a math fence that finds its other half below.

An edit beside a definition may make or undo it too: by a blank line above it, its address below it, code about it.
"""


@dataclass(frozen=True)
class Outline:
    """The lines of a text, how many of them are front matter, and the blocks among the rest.

    `ends` holds the line end of each line but the last. The first `kept` blocks are those of the outline that this
    one was made from.
    """

    format: Format
    lines: list[str]
    ends: list[str]
    front_matter: int
    blocks: tuple[Block, ...]
    references: EnvType
    kept: int = 0


def outline(text: Text, format: Format, previous: Outline | None) -> Outline:
    """Return the outline of a text, the same whether or not it is made from a previous one."""
    lines, ends = text.lines
    if lines[0].startswith("\ufeff"):
        lines = [lines[0].removeprefix("\ufeff"), *lines[1:]]
    front_matter = front_matter_lines(lines)
    same = previous is not None and (previous.format, previous.front_matter) == (format, front_matter)
    if previous is not None and same and format is not Format.MDX:
        updated = _updated(previous, lines, ends)
        if updated is not None:
            return updated
    blocks, references = blocks_of(lines, front_matter, format)
    return Outline(format, lines, ends, front_matter, tuple(blocks), references)


def _updated(old: Outline, lines: list[str], ends: list[str]) -> Outline | None:
    """Return the outline after an edit, None where the whole text must be read.

    The window that is read again begins two blocks before the edit (a line may continue the paragraph above it) or
    where the body begins, and ends with an untouched block. Where that block comes out as it was, all below it reads
    as before: a block's reading depends on nothing above its first line but link definitions.
    """
    head, tail = _agreement(_whole(old.lines, old.ends), _whole(lines, ends))
    end = len(old.lines) - tail
    if head < old.front_matter:
        return None
    first = next((index for index, block in enumerate(old.blocks) if block.last_line >= head), len(old.blocks)) - 2
    last = next((index for index, block in enumerate(old.blocks) if block.first_line >= end), len(old.blocks)) + 1
    first = max(first, 0)
    shift = len(lines) - len(old.lines)
    start = old.blocks[first].first_line if first else old.front_matter
    stop = old.blocks[last].first_line + shift if last < len(old.blocks) else len(lines)
    window_lines = [*old.lines[start : stop - shift], *lines[start:stop]]
    if any(mark in line for line in window_lines for mark in _FAR_REACHING):
        return None
    read, _ = blocks_of(lines[start:stop], 0, old.format)
    window = [moved(block, start) for block in read]
    below = [moved(block, shift) for block in old.blocks[last - 1 :]] if shift else old.blocks[last - 1 :]
    if last <= len(old.blocks) and (not window or window[-1] != below[0]):
        return None
    blocks = (*old.blocks[:first], *window, *below[1:])
    return Outline(old.format, lines, ends, old.front_matter, blocks, old.references, first)


def moved(block: Block, by: int) -> Block:
    """Return a block so many lines further down."""
    if not by:
        return block
    contents = tuple([replace(content, first_line=content.first_line + by) for content in block.contents])
    footnotes = tuple([Footnote(one.label, one.first_line + by, one.last_line + by) for one in block.footnotes])
    code = tuple([(first + by, last + by) for first, last in block.code])
    first, last = block.first_line + by, block.last_line + by
    return Block(first, last, block.level, block.html, contents, footnotes, code)


def _whole(lines: Sequence[str], ends: Sequence[str]) -> list[str]:
    return [*map(add, lines, ends), lines[-1]]


def _agreement(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many lines two texts share at their beginning, and at their end."""
    limit = min(len(old), len(new))
    head = 0
    while head < limit and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < limit - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail
