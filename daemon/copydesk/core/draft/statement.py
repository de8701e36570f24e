"""The sentences of a draft while it is worked on: plain words, what they rest on, and who wrote them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copydesk.core.note import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class Origin:
    """What made a sentence: a role, in which round, with which model (its name and digest) and which prompt."""

    agent: str
    round: int
    model: str = ""
    digest: str = ""
    prompt_version: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One drafted sentence, `s1` and so on: plain words without Markdown but for code between backticks.

    `spans` are ids of quotations (`S1`) and of jottings (`N1`) that it rests on, `point` the point of the plan that it
    belongs to.
    """

    id: str
    text: str
    spans: tuple[str, ...]
    point: str
    origin: Origin = field(compare=False)

    @property
    def quotations(self) -> tuple[str, ...]:
        """Return the ids of the quotations that it cites."""
        return tuple(one for one in self.spans if one.startswith("S"))

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the ids of the jottings that it was made from."""
        return tuple(one for one in self.spans if one.startswith("N"))

    @property
    def line(self) -> str:
        """Return the sentence as it stands in prompts."""
        named = f" [{', '.join(self.spans)}]" if self.spans else ""
        return f"{self.id}{named}: {self.text}"


def words_in(statements: Iterable[Statement]) -> int:
    """Return how many words the sentences have; a character of a script without spaces counts for half a word."""
    return sum(length(one.text) for one in statements)


def length(text: str) -> int:
    """Return how many words a text has; two characters of a script without spaces count as one."""
    parted, unspaced = _UNSPACED.subn(" ", text)
    return len(parted.split()) + (unspaced + 1) // 2


def is_unspaced(character: str) -> bool:
    """Tell whether a character is of a script that is written without spaces."""
    return _UNSPACED.match(character) is not None


def next_id(statements: Iterable[Statement]) -> str:
    """Return an id that none of the sentences has, the next in order."""
    return f"s{1 + max((int(one.id[1:]) for one in statements), default=0)}"


def fingerprint(statements: Sequence[Statement]) -> str:
    """Return what two drafts have in common exactly if they say and cite the same."""
    return digest(*(f"{one.point}\0{one.text}\0{' '.join(one.spans)}" for one in statements))
