"""Rules as checks write them: regular expressions, each tried only where one of its trigger words is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from copydesk.core.vocabulary import word_set

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rule:
    """A regular expression, tried only on sentences that hold one of its trigger words.

    Where these are frequent words, `also` has rarer ones of which every match holds one too; else it is empty.
    """

    triggers: frozenset[str]
    expression: str
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Rules, all their trigger words, and for each of these the indices of the rules that it triggers."""

    rules: tuple[Rule, ...]
    triggers: frozenset[str]
    holders: Mapping[str, tuple[int, ...]]


def rule(triggers: str, expression: str, also: str = "") -> Rule:
    """Return a rule; both lists are lower-case words parted by white space."""
    return Rule(word_set(triggers), expression, word_set(also))


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """Return an expression that ignores case, compiled at its first use; compiling all would delay a server's start."""
    return re.compile(expression, re.IGNORECASE)


def rulebook(*rules: Rule) -> RuleBook:
    """Return a book of rules, which are tried in this order."""
    holders: dict[str, list[int]] = {}
    for index, each in enumerate(rules):
        for word in each.triggers:
            holders.setdefault(word, []).append(index)
    return RuleBook(
        rules, frozenset(holders), MappingProxyType({word: tuple(indices) for word, indices in holders.items()})
    )
