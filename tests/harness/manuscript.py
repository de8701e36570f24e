"""A text whose every character is told from every other, so that an edit can be held against what it was meant for.

Where some words are is a matter of which characters they are, however much was typed, moved or undone about them. The
server knows no such thing: it compares texts.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.editor import Edits

    Region = tuple[int, int]


@dataclass(frozen=True, slots=True)
class State:
    """A text and the numbers of its characters; characters from `fresh` on are younger than it."""

    text: str
    ids: tuple[int, ...]
    fresh: int = 0

    def region(self, ids: Sequence[int]) -> Region | None:
        """Return where some characters stand, None unless they stand together as they did."""
        if not ids or ids[0] not in self.ids:
            return None
        start = self.ids.index(ids[0])
        end = start + len(ids)
        return (start, end) if self.ids[start:end] == tuple(ids) else None


class Manuscript:
    """The text as its writer knows it: what was typed, and the edits that were accepted.

    `told` holds, by version, what the server was told.
    """

    def __init__(self, text: str) -> None:
        self._numbers = itertools.count(1)
        self._next = 1
        self.state = State(text, self._fresh(len(text)))
        self.undone: list[State] = []
        self.before: list[State] = []
        self.told: dict[int, State] = {}

    @property
    def text(self) -> str:
        """Return the text."""
        return self.state.text

    def tell(self, version: int) -> None:
        """Note that the server was told the text as it is."""
        self.told.pop(version, None)
        self.told[version] = State(self.state.text, self.state.ids, self._next)

    def edit(self, edits: Edits) -> None:
        """Replace some places, in order and all of the text as it is, by new characters."""
        text, ids, at = "", (), 0
        for start, end, words in edits:
            text += self.text[at:start] + words
            ids += self.state.ids[at:start] + self._fresh(len(words))
            at = end
        self._put(State(text + self.text[at:], ids + self.state.ids[at:]))

    def move(self, start: int, end: int, to: int) -> None:
        """Move what stands between two offsets, to an offset outside of it."""
        order = [*range(start), *range(end, len(self.text))]
        place = to if to <= start else to - (end - start)
        order[place:place] = range(start, end)
        text, ids = self.state.text, self.state.ids
        self._put(State("".join(text[one] for one in order), tuple(ids[one] for one in order)))

    def undo(self) -> None:
        """Take back the last change."""
        self.undone.append(self.state)
        self.state = self.before.pop()

    def redo(self) -> None:
        """Make the change that was taken back."""
        self.before.append(self.state)
        self.state = self.undone.pop()

    def places(self, ids: Sequence[int], words: str) -> Iterator[Region]:
        """Yield where an edit of some characters may be made.

        That is where these characters are, or their twins; or, if they are no longer whole, where the same words were
        typed since the server last knew them whole: it cannot tell that from words that were moved.
        """
        here = self.state.region(ids)
        if here is not None:
            yield here
        yield from filter(None, map(self.state.region, self._twins(ids, words)))
        if here is not None:
            return
        whole = [state.fresh for state in self.told.values() if state.region(ids) is not None]
        for start, end in _occurrences(self.text, words):
            if whole and all(one >= max(whole) for one in self.state.ids[start:end]):
                yield start, end

    def _twins(self, ids: Sequence[int], words: str) -> Iterator[tuple[int, ...]]:
        """Yield characters of which the server cannot tell that they are not these: the same words, put beside them.

        Whether something was put before its like or behind it, the text is the same.
        """
        before = 0
        for state in self.told.values():
            region = state.region(ids)
            for start, end in _occurrences(state.text, words) if region is not None else ():
                put = state.ids[start : region[0]] if end <= region[0] else state.ids[region[1] : end]
                if start != region[0] and all(one >= before for one in put):
                    yield state.ids[start:end]
            before = state.fresh

    def _put(self, state: State) -> None:
        self.before.append(self.state)
        self.undone.clear()
        self.state = state

    def _fresh(self, count: int) -> tuple[int, ...]:
        ids = tuple(itertools.islice(self._numbers, count))
        self._next += count
        return ids


def _occurrences(text: str, words: str) -> Iterator[Region]:
    start = text.find(words)
    while start >= 0:
        yield start, start + len(words)
        start = text.find(words, start + 1)
