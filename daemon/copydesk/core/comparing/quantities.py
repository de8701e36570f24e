"""Amounts in a text: what they are worth, what they count or measure, and how exactly they are meant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from copydesk.core.comparing.dates import dates
from copydesk.core.comparing.measures import Relation, currency_before, relation_of, unit_behind
from copydesk.core.comparing.numerals import Numeral, numeral
from copydesk.core.comparing.tokens import Sort, is_foreign, tokens
from copydesk.core.comparing.units import COUNT, SHARE, TIMES, Unit, unit_of
from copydesk.core.similarity import FUNCTION_WORDS, stem
from copydesk.core.vocabulary import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.comparing.tokens import Token

NEAR = 8
"""How many tokens around a number may say what it is the number of."""


class Role(Enum):
    """What a number is for. A label is part of a name (Apollo 11) or a time of day, a pair a score or ratio (3-1)."""

    AMOUNT = "amount"
    ORDINAL = "ordinal"
    LABEL = "label"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `start`..`end` of its text, as `written`.

    `values` are what it may be in its unit's base unit, the likeliest first, `high` the upper end of a range. `step`
    is what its last place is worth; `rounded` tells of a number that is usually round (2 million, two thirds), `soft`
    of words that often go unsaid (two, twice). `nouns` are stems of the words right behind it, `lead` of those before
    it, `trail` of those further on.
    """

    start: int
    end: int
    written: str
    values: tuple[float, ...]
    role: Role = Role.AMOUNT
    unit: Unit = COUNT
    relation: Relation = Relation.EXACT
    high: float | None = None
    step: float = 1.0
    rounded: bool = False
    soft: bool = False
    nouns: frozenset[str] = frozenset()
    lead: frozenset[str] = frozenset()
    trail: frozenset[str] = frozenset()

    @property
    def value(self) -> float:
        """Return what the number most likely is."""
        return self.values[0]


_FLIPPED = {Relation.MORE: Relation.LESS, Relation.LESS: Relation.MORE}
"""A rank above the seventh is a smaller number."""

_LABELLED = word_set(
    """
    no number chapter section part table figure fig version volume vol issue article season episode level phase type
    grade appendix route highway flight channel room page step rule act bill resolution windows ios android python
    """
)
_TIMES = {
    **dict.fromkeys(("twice", "twofold", "doubled"), 2.0),
    **dict.fromkeys(("thrice", "threefold", "tripled"), 3.0),
    **dict.fromkeys(("fourfold", "quadrupled"), 4.0),
    "fivefold": 5.0,
    "tenfold": 10.0,
}
_SECOND = frozenset({"hand", "half", "guess", "nature", "thought", "thoughts"})
_ENDS = frozenset(",;.():")
_NO_NOUNS = FUNCTION_WORDS | word_set(
    """
    percent per cent hundred thousand million billion trillion total amount number two three four five six seven eight
    nine ten eleven twelve twenty
    """
)
_STOPS = FUNCTION_WORDS - word_set("of the a an its their his her our new more other all per")


@lru_cache(maxsize=32)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the amounts of a text in their order; dates are none, and words are numbers in English only."""
    return tuple(_Reading(text).quantities())


class _Reading:
    """One pass over the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: Sequence[Token] = tokens(text)
        self.words = not is_foreign(text)
        self.dated = {place for date in dates(text) for place in range(date.start, date.end)}

    def quantities(self) -> Iterator[Quantity]:
        """Yield the amounts one after the other."""
        at = 0
        while at < len(self.found):
            quantity, at = self._next(at)
            if quantity is not None:
                yield quantity

    def _next(self, at: int) -> tuple[Quantity | None, int]:
        """Return the amount at a token, if one begins there, and the token to go on at."""
        token = self.found[at]
        if token.start in self.dated:
            return None, at + 1
        if token.lower in _TIMES and self.words:
            return self._made(Numeral(at, at + 1, (_TIMES[token.lower],), in_words=True), at, at + 1, TIMES), at + 1
        currency, first = currency_before(self.found, at)
        number = self._numeral(first, money=currency is not None)
        if number is None:
            return None, at + 1
        if number.in_words and self._counts_nothing(number):
            return None, number.last
        if currency is None and not number.in_words:
            label = self._label(number)
            if label:
                return self._named(number, label), label
        return self._amount(number, at, currency)

    def _numeral(self, at: int, *, money: bool = False) -> Numeral | None:
        if at >= len(self.found) or (self.found[at].sort is Sort.WORD and not self.words):
            return None
        return numeral(self.found, at, money=money)

    def _amount(self, number: Numeral, at: int, currency: Unit | None) -> tuple[Quantity, int]:
        last, high = number.last, None
        other = self._other_end(number)
        if other is not None:
            unit, _ = unit_behind(self.found, other.last)
            if currency is None and unit is None and self._is_pair(number, other):
                written = self.text[self.found[at].start : self.found[other.last - 1].end]
                start, end = self.found[at].start, self.found[other.last - 1].end
                lead = self._lead(at)
                pair = Quantity(start, end, written, number.values, Role.PAIR, high=other.values[0], lead=lead)
                return pair, other.last
            number, last, high = _spread(number, other), other.last, other.values[0]
        unit, last = (currency, last) if currency is not None else unit_behind(self.found, last)
        if number.share:
            unit = SHARE
        return self._made(number, at, last, unit or COUNT, high), last

    def _made(self, number: Numeral, at: int, last: int, unit: Unit, high: float | None = None) -> Quantity:
        start, end = self.found[at].start, self.found[last - 1].end
        relation = relation_of(self.found, at, last)
        nouns, trail = self._nouns(last)
        return Quantity(
            start,
            end,
            self.text[start:end],
            tuple(value * unit.factor for value in number.values),
            Role.ORDINAL if number.ordinal else Role.AMOUNT,
            unit,
            _FLIPPED.get(relation, relation) if number.ordinal else relation,
            None if high is None else high * unit.factor,
            number.step * unit.factor,
            rounded=number.scaled or number.share,
            soft=number.in_words and (number.values[0] <= 3 or unit is TIMES),
            nouns=nouns,
            lead=self._lead(at),
            trail=trail,
        )

    def _other_end(self, number: Numeral) -> Numeral | None:
        """Return the upper end of a range, or the other number of a pair."""
        mark, before = self._text(number.last), [self._text(number.first - back) for back in (1, 2, 3)]
        spans = mark == "-" or (mark == "to" and "from" not in before) or (mark == "and" and "between" in before)
        if not spans or number.ordinal:
            return None
        following = number.last + 1
        if following < len(self.found):
            _, following = currency_before(self.found, following)
        other = self._numeral(following)
        return other if other is not None and not other.ordinal else None

    def _is_pair(self, number: Numeral, other: Numeral) -> bool:
        """Tell a score from a range: dashed without space, and the first number the higher one or the other small."""
        dash = self.found[number.last]
        dashed = dash.text == "-" and dash.glued and self.found[other.first].glued
        return dashed and not number.scaled and (other.values[0] <= number.values[0] or other.values[0] < 10)

    def _counts_nothing(self, number: Numeral) -> bool:
        """Tell whether a word for a number counts nothing: one of them, no one, the second half, the first ten."""
        if number.last > number.first + 1 or number.share:
            return False
        if number.ordinal and number.values[0] == 1 and self._numeral(number.last) is not None:
            return True
        word, hyphened = self._text(number.first), self._text(number.last) == "-"
        if unit_behind(self.found, number.last)[0] is not None:
            return False
        return word in ("one", "zero") or (word == "second" and self._text(number.last + hyphened) in _SECOND)

    def _label(self, number: Numeral) -> int:
        """Return where a name ends that digits are part of (Apollo 11, COVID-19, F16, 3D), or a time; 0 if none."""
        first, last = number.first, number.last
        after = self.found[last] if last < len(self.found) else None
        if after is not None and after.text == ":" and after.glued and self._is_digits(last + 1):
            return last + 2
        if number.ordinal or number.scaled:
            return 0
        glued = after is not None and after.glued and after.sort is Sort.WORD
        if after is not None and glued and unit_of(after.lower, after_digits=True) is None:
            return self._end_of_word(last)
        before = self.found[first - 1] if first else None
        if before is None:
            return 0
        if before.sort is Sort.WORD and self.found[first].glued:
            return self._end_of_word(last)
        if before.text == "-" and self.found[first].glued and before.glued:
            return self._end_of_word(last) if self.found[first - 2].sort is Sort.WORD else 0
        numbered = before.text == "#" or before.lower in _LABELLED
        numbered = numbered or (before.text == "." and self._text(first - 2) in ("no", "vol", "fig"))
        return last if numbered or (not glued and self._is_named(first, last)) else 0

    def _is_named(self, first: int, last: int) -> bool:
        """Tell whether the word before a number is a name that it may belong to."""
        before = self.found[first - 1]
        if not before.capital or before.lower in FUNCTION_WORDS or before.lower.endswith("ly"):
            return False
        if unit_behind(self.found, last)[0] is not None:
            return False
        if relation_of(self.found, first, last) is not Relation.EXACT:
            return False
        opens = first == 1 or self._text(first - 2) in (".", "!", "?", ":", '"', ";")
        after = self.found[last] if last < len(self.found) else None
        counted = after is not None and after.text == after.lower and after.lower.endswith("s")
        return not (opens and counted)

    def _named(self, number: Numeral, last: int) -> Quantity:
        first = number.first
        while first and self.found[first].glued and self.found[first - 1].text not in _ENDS:
            first -= 1
        start, end = self.found[first].start, self.found[last - 1].end
        return Quantity(start, end, self.text[start:end], number.values, Role.LABEL, lead=self._lead(number.first))

    def _is_digits(self, index: int) -> bool:
        return index < len(self.found) and self.found[index].sort is Sort.NUMBER and self.found[index].glued

    def _end_of_word(self, last: int) -> int:
        while last < len(self.found) and self.found[last].glued and self.found[last].sort is not Sort.MARK:
            last += 1
        return last

    def _lead(self, at: int) -> frozenset[str]:
        found = []
        for token in reversed(self.found[max(0, at - NEAR) : at]):
            if token.text in _ENDS:
                break
            if token.sort is Sort.WORD and not token.capital and token.lower not in _NO_NOUNS:
                found.append(stem(token.lower))
        return frozenset(found)

    def _nouns(self, last: int) -> tuple[frozenset[str], frozenset[str]]:
        """Return the stems of the words that a number counts, and of those that follow them."""
        nouns: list[str] = []
        trail: list[str] = []
        within = True
        for token in self.found[last : last + NEAR]:
            if token.text in _ENDS or (token.sort is Sort.NUMBER and not token.glued and not self._is_joined(token)):
                break
            if token.sort is Sort.MARK:
                continue
            if token.lower in _STOPS:
                within = False
            elif token.lower not in _NO_NOUNS:
                (nouns if within and len(nouns) < 4 else trail).append(stem(token.lower))
        return frozenset(nouns), frozenset(trail)

    def _is_joined(self, token: Token) -> bool:
        """Tell whether a number is part of a word, as in two-component."""
        return self.text[token.end : token.end + 1] in ("-", "‑") and self.text[token.end + 1 : token.end + 2].isalpha()

    def _text(self, index: int) -> str:
        return self.found[index].lower if 0 <= index < len(self.found) else ""


def _spread(number: Numeral, other: Numeral) -> Numeral:
    """Return the lower end of a range with the scale that is written at its upper end only: 5 to 7 million."""
    scale = other.scale if other.scaled and not number.scaled else 1.0
    values = tuple(value * scale for value in number.values)
    return Numeral(number.first, other.last, values, number.step * scale, max(scale, number.scale))
