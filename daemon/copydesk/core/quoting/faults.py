"""Why a quote is not found in its source. Nothing here can make it found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from copydesk.core.quoting.edges import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = re.compile(rf"[{UNSPACED}]|[^\W_]+(?:['.,:/-][^\W_]+)*|[^\w\s]")

MOST_TOKENS = 300
"""Of a longer quote only the beginning is compared."""

MOST_RUNS = 8
"""A quote that falls into more pieces is called not found, not stitched."""

LEAST_RUN = 3
"""Words that must stand together before they count as a piece that was taken over."""

ALIKE = 0.6
"""The share of a quote's words that stand in order at one place of the source from which on it is an altered copy."""

NEARLY = 0.9
"""The share from which on it is an altered copy even if it can be pieced together from elsewhere."""

PLACES = 3
"""How many places that hold a quote's longest piece are looked at for the likest."""


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens `first`..`last` (half-open) of a quote stand together in a text, at `at` first; `text` is its index."""

    first: int
    last: int
    at: int
    text: int = 0

    def __len__(self) -> int:
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a quote a stretch of a folded text is: the share of the quote's tokens in it, in order."""

    share: float
    start: int
    end: int


class Pieces:
    """A folded quote in tokens, to be looked for piece by piece."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.places = [match.span() for match in _TOKEN.finditer(words)][:MOST_TOKENS]
        self.tokens = [words[start:end] for start, end in self.places]

    def runs(self, texts: Sequence[str]) -> list[Run]:
        """Return the longest pieces from left to right that stand in one of the texts; the first text goes first."""
        runs: list[Run] = []
        first = 0
        while first < len(self.tokens) and len(runs) <= MOST_RUNS:
            best = None
            for index, text in enumerate(texts):
                run = self._longest(text, first, index)
                if run is not None and (best is None or len(run) > len(best)):
                    best = run
                if best is not None and len(best) >= LEAST_RUN:
                    break
            if best is not None:
                runs.append(best)
            first = best.last if best is not None else first + 1
        return runs

    def _longest(self, text: str, first: int, index: int) -> Run | None:
        start = self.places[first][0]
        best, last, at = None, first, 0
        while last < len(self.places):
            at = text.find(self.words[start : self.places[last][1]], at)
            if at < 0:
                break
            last += 1
            while last < len(self.places) and text.startswith(self.words[start : self.places[last][1]], at):
                last += 1
            best = Run(first, last, at, index)
        return best

    def likest(self, text: str, run: Run) -> Likeness:
        """Return the stretch of a text most like the quote among those that hold a piece of it."""
        first, last = self.places[run.first][0], self.places[run.last - 1][1]
        piece, slack = self.words[first:last], 24 + len(self.words) // 4
        best, at = Likeness(0.0, 0, 0), run.at
        for _ in range(PLACES):
            before = max(0, at - first - slack)
            end = at + len(piece)
            left, start, _ = _aligned(self.tokens[: run.first], text[before:at])
            right, _, stop = _aligned(self.tokens[run.last :], text[end : end + self.places[-1][1] - last + slack])
            share = (left + len(run) + right) / len(self.tokens)
            found = Likeness(share, before + start if left else at, end + stop if right else end)
            best = max(best, found, key=lambda one: one.share)
            at = text.find(piece, at + 1)
            if at < 0 or best.share >= NEARLY:
                break
        return best


def _aligned(tokens: Sequence[str], stretch: str) -> tuple[int, int, int]:
    """Return how many tokens stand in a stretch of text in order, and where they begin and end in it."""
    places = [match.span() for match in _TOKEN.finditer(stretch)]
    matcher = SequenceMatcher(None, [stretch[start:end] for start, end in places], tokens, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return 0, 0, 0
    return sum(block.size for block in blocks), places[blocks[0].a][0], places[blocks[-1].a + blocks[-1].size - 1][1]


def stitched(pieces: Pieces, runs: Sequence[Run]) -> bool:
    """Tell whether a quote is nothing but pieces that stand somewhere, none of them a mere word or two."""
    covered = sum(map(len, runs))
    return 1 < len(runs) <= MOST_RUNS and covered == len(pieces.tokens) and all(_counts(pieces, run) for run in runs)


def _counts(pieces: Pieces, run: Run) -> bool:
    tokens = pieces.tokens[run.first : run.last]
    return sum(token[0].isalnum() for token in tokens) >= LEAST_RUN
