"""What a question is, what its answers mean, and when a model may be believed.

A question offers two lettered answers: nothing is wrong, or something is. The engine gives each letter's probability
as the first token of the answer. Models favour letters and say yes to everything, so a bare probability says little:

- Each question is asked with the letters both ways round and the log odds are averaged, so that a fondness for one
  letter, whichever it is, counts for nothing.
- Each model first answers labelled cases of each kind (`labelled.json`, written for copydesk). A kind that it cannot
  tell apart there is not asked, and a sentence of the document is a finding only where the odds clear those of every
  sound case by a margin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from math import log
from statistics import pstdev
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from copydesk.core.document import Sentence
    from copydesk.core.prompts import Prompts

LETTERS = ("A", "B")
SEPARATION = 0.8
"""Share of (flawed, sound) pairs in which the flawed case must get the higher odds; 0.5 is guessing."""

_LEAST_SPREAD = 0.05
_FLOOR = 1e-6
_ANSWERS = re.compile(r"^A\. (?P<first>.+)\nB\. (?P<second>.+)$", re.MULTILINE)


class Order(Enum):
    """Which letter stands for "something is wrong"."""

    FLAW_IS_B = "B"
    FLAW_IS_A = "A"


@dataclass(frozen=True, slots=True)
class Kind:
    """One question: the name of its template and labelled cases, and the code that it decides."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one sentence, or about a sentence and an earlier one; the note goes to the first."""

    kind: Kind
    sentences: tuple[Sentence, ...]

    @property
    def case(self) -> tuple[str, ...]:
        """Return the words that the question is about."""
        return tuple(sentence.plain for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Bar:
    """What a model's answers to the labelled cases say of one kind.

    `separation` is the area under the ROC curve, between 0 and 1. A finding needs log odds of at least `least`; one
    whose first order alone gives less than `hopeful` need not be asked the other way round.
    """

    separation: float
    least: float
    hopeful: float

    @property
    def passed(self) -> bool:
        """Tell whether the model may be asked."""
        return self.separation >= SEPARATION


def wording(kind: Kind, case: Sequence[str], order: Order, brief: str, prompts: Prompts) -> str:
    """Return a question's text. What stays the same comes first, so that an engine's prefix cache serves it."""
    values = dict(zip(("sentence",) if len(case) == 1 else ("first", "second"), case, strict=True))
    if order is Order.FLAW_IS_B:
        return prompts.fill(kind.name, brief=brief, **values)
    return prompts.swapped(kind.name, _ANSWERS, r"A. \g<second>\nB. \g<first>").fill(kind.name, brief=brief, **values)


def odds(probabilities: Mapping[str, float], order: Order) -> float:
    """Return the natural-log odds that something is wrong."""
    chance = min(max(probabilities[order.value], _FLOOR), 1 - _FLOOR)
    return log(chance / (1 - chance))


def bar(flawed: Sequence[tuple[float, float]], sound: Sequence[tuple[float, float]]) -> Bar:
    """Return the bar that a model's log odds on labelled cases set; each case has its odds in both orders."""
    bad, good = [sum(case) / 2 for case in flawed], [sum(case) / 2 for case in sound]
    wins = sum((one > other) + 0.5 * (one == other) for one in bad for other in good)
    least = max(good) + max(pstdev(good), _LEAST_SPREAD)
    return Bar(wins / (len(bad) * len(good)), least, min(first for first, _ in flawed))
