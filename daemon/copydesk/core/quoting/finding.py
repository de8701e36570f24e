"""Where words stand in a text, in time linear in both, whatever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 32
"""How many places in a row may be refused before the text is gone through letter by letter.

Words that overlap with themselves ("ab ab ab …") may stand at very many places that all begin or end inside a word.
`str.find` looks at all their letters again at each; Knuth, Morris and Pratt's way looks at none twice.
"""


def occurrences(words: str, text: str, fits: Callable[[int], bool]) -> Iterator[int]:
    """Yield where `words` stand in `text`, in order and without overlap, at places that fit."""
    refused = 0
    at = text.find(words) if words else -1
    while at >= 0:
        if fits(at):
            yield at
            refused, following = 0, at + len(words)
        else:
            refused, following = refused + 1, at + 1
        if refused > PATIENCE:
            yield from _all(words, text, following, fits)
            return
        at = text.find(words, following)


def _all(words: str, text: str, start: int, fits: Callable[[int], bool]) -> Iterator[int]:
    borders = _borders(words)
    matched = 0
    free = start
    for at in range(start, len(text)):
        while matched and (matched == len(words) or text[at] != words[matched]):
            matched = borders[matched - 1]
        if text[at] == words[matched]:
            matched += 1
        place = at + 1 - len(words)
        if matched == len(words) and place >= free and fits(place):
            yield place
            free = at + 1


def _borders(words: str) -> list[int]:
    """Return for each beginning of `words` how long its longest end is that is also its beginning."""
    borders = [0] * len(words)
    length = 0
    for at in range(1, len(words)):
        while length and words[at] != words[length]:
            length = borders[length - 1]
        if words[at] == words[length]:
            length += 1
        borders[at] = length
    return borders
