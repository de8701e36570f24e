"""Whether the amounts and dates of a claim are those of a quote, and which are not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isclose
from typing import TYPE_CHECKING

from copydesk.core.comparing.dates import agrees, dates
from copydesk.core.comparing.measures import Relation
from copydesk.core.comparing.quantities import Quantity, Role, quantities
from copydesk.core.comparing.units import COUNT, SHARE, same_measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.comparing.dates import Date

ROUGH = 0.1
"""How far, as a share, "about" may be off."""

NEARLY = 0.15
"""How far, as a share, "nearly" may be short."""

ROUNDED = 0.05
"""How far, as a share, a number with a scale (1.2 million) may be from the exact one that it rounds."""

_UPWARDS = (Relation.MORE, Relation.LEAST)
_DOWNWARDS = (Relation.LESS, Relation.MOST, Relation.NEARLY)
_CROSSED = frozenset(
    {(more, less) for more in (Relation.MORE, Relation.LEAST) for less in (Relation.LESS, Relation.NEARLY)}
)
_LETTERS = re.compile(r"[^\W\d_]+")
_CAPITAL = re.compile(r"\d+ [A-Z]\w+")
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class Difference:
    """An amount or date of a claim without its like in a quote, and what the quote has in its place, if anything."""

    claimed: str
    told: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return the difference in words for the writer."""
        if not self.told:
            return f"the quote does not say “{self.claimed}”"
        return f"the claim says “{self.claimed}”, the quote " + " and ".join(f"“{one}”" for one in self.told)


def amounts_apart(claim: str, quote: str, context: str) -> list[Difference]:
    """Return the amounts of a claim that a quote does not have; parts of names may stand in the context instead."""
    told = quantities(quote)
    years = {float(one.year) for one in dates(quote) if one.year is not None}
    apart = []
    for one in quantities(claim):
        if one.role is Role.LABEL:
            difference = None if _has_label(one, told, f"{quote} {context}") else Difference(one.written)
        else:
            difference = _apart(one, told)
        # A number of four digits may read as a year in one text and not in the other.
        read_as_year = one.unit is COUNT and one.value in years
        if difference is not None and not read_as_year and not _begins_name(claim, one, context):
            apart.append(difference)
    return apart


def _has_label(claimed: Quantity, told: Sequence[Quantity], everywhere: str) -> bool:
    """Tell whether a part of a name is there; a name whose letters are missing as well is the names' affair."""
    letters = _LETTERS.search(claimed.written)
    if letters is not None and letters[0].lower() not in everywhere.lower():
        return True
    digits = _digits(claimed.written)
    if set(digits) <= set(_digits(everywhere)):
        return True
    return len(digits) == 1 and digits[0].isdigit() and any(claimed.value == one.value for one in told)


def _digits(text: str) -> list[str]:
    return [re.sub("[.,]", "", digits) for digits in _DIGITS.findall(text)]


def _begins_name(claim: str, one: Quantity, context: str) -> bool:
    """Tell whether a number and the word with a capital behind it are a name of the context: 12 Monkeys."""
    name = _CAPITAL.match(claim, one.start)
    return name is not None and name[0] in context


def dates_apart(claim: str, quote: str, context: str) -> list[Difference]:
    """Return the dates of a claim that neither a quote nor, where the quote is silent, its context has."""
    claimed, told, around = dates(claim), dates(quote), dates(context)
    own = {one.year for one in claimed}
    years = frozenset(one.year for one in (*told, *around) if one.year is not None)
    apart = []
    for one in claimed:
        if any(agrees(one, other, years) for other in told):
            continue
        # What the quote has instead, and the claim does not have elsewhere, speaks against the context.
        rivals = [other for other in told if _rivals(one, other) and other.year not in own - {None, one.year}]
        if not rivals and any(agrees(one, other, years) for other in around):
            continue
        if one.month is None and one.written in _digits(quote):
            continue
        apart.append(Difference(one.written, tuple(dict.fromkeys(other.written for other in rivals))[:2]))
    return apart


def _rivals(claimed: Date, told: Date) -> bool:
    """Tell whether a date stands where the one claimed should: as exact in the same respect."""
    if claimed.month is not None and told.month is not None:
        return True
    return claimed.year is not None and told.year is not None and claimed.month is None


def _apart(claimed: Quantity, told: Sequence[Quantity]) -> Difference | None:
    if claimed.role is Role.PAIR:
        return _pair_apart(claimed, told)
    alike = [one for one in told if one.role in (claimed.role, Role.LABEL) and _comparable(claimed, one)]
    denied = [one for one in alike if _contradicts(claimed, one)]
    if any(bears(claimed, one) and _close(claimed.value, one.value) for one in alike):
        denied = []
    kin, counted, led = _kin(claimed, alike)
    if any(bears(claimed, one) for one in kin) and not denied:
        return None
    others = [one for one in alike if one not in kin]
    if claimed.role is Role.ORDINAL:
        others += [one for one in told if one.role is Role.AMOUNT and one.unit is COUNT and not one.nouns]
    # What another number counts bears nothing on this one; but where neither says what it counts, it may.
    strict = counted or (led and claimed.relation is not Relation.EXACT)
    if not denied and any(bears(claimed, one) and not (strict and (one.nouns or one.lead)) for one in others):
        return None
    counted = counted or (claimed.unit is not COUNT and bool(alike))
    if (claimed.soft or claimed.value == 1) and not counted:
        return None
    rivals = denied or [one for one in kin if one.role is claimed.role and one.unit.measure == claimed.unit.measure]
    rivals = rivals or [one for one in kin if one.role is claimed.role]
    rivals = rivals or [one for one in told if _in_another_unit(claimed, one)]
    return Difference(_said(claimed), tuple(dict.fromkeys(_said(one) for one in rivals))[:2])


def _in_another_unit(claimed: Quantity, told: Quantity) -> bool:
    if COUNT in (claimed.unit, told.unit):
        return False
    return _close(claimed.value / claimed.unit.factor, told.value / told.unit.factor)


def _contradicts(claimed: Quantity, told: Quantity) -> bool:
    """Tell whether one says more and the other less than the same number."""
    upwards, downwards = (claimed.relation, told.relation), (told.relation, claimed.relation)
    crossed = upwards in _CROSSED or downwards in _CROSSED
    return crossed and _close(claimed.value, told.value)


def _kin(claimed: Quantity, alike: Sequence[Quantity]) -> tuple[list[Quantity], bool, bool]:
    """Return the amounts that are of the same thing as one claimed, as far as the words around them tell.

    Then whether they count the same, and whether they are led in by the same words.
    """
    most = max((len(claimed.nouns & one.nouns) for one in alike), default=0)
    if most:
        return [one for one in alike if len(claimed.nouns & one.nouns) == most], True, True
    closest = max((_nearness(claimed, one) for one in alike), default=0)
    kin = [one for one in alike if _nearness(claimed, one) == closest]
    return kin, False, any(claimed.lead & one.lead for one in kin)


def _nearness(claimed: Quantity, told: Quantity) -> int:
    near = 2 * len(claimed.lead & told.lead) + len(claimed.trail & told.trail)
    return near + len(claimed.nouns & told.lead) + len(claimed.lead & told.nouns)


def _said(quantity: Quantity) -> str:
    relation = "" if quantity.relation is Relation.EXACT else f"{quantity.relation.value} "
    return " ".join(f"{relation}{quantity.written}".split())


def _comparable(claimed: Quantity, told: Quantity) -> bool:
    """Tell whether two amounts may be of one thing; an amount without a unit may be short for one with."""
    if same_measure(claimed.unit, told.unit):
        return True
    if claimed.unit is COUNT:
        return not claimed.nouns
    return told.unit is COUNT and not told.nouns


def bears(claimed: Quantity, told: Quantity) -> bool:
    """Tell whether an amount told makes the one claimed true, as far as it goes."""
    low, high = told.value, told.high if told.high is not None else told.value
    value = claimed.value
    match claimed.relation:
        case _ if claimed.high is not None:
            return _close(value, low) and _close(claimed.high, high) if told.high else value <= low <= claimed.high
        case Relation.EXACT:
            same = _same(claimed, told) or (told.high is not None and _close(value, high))
            return same and told.relation is not Relation.LESS
        case Relation.ABOUT:
            return low * (1 - ROUGH) <= value <= high * (1 + ROUGH) or _same(claimed, told)
        case Relation.NEARLY:
            return value * (1 - NEARLY) <= low <= value
        case Relation.MORE:
            if told.relation in (Relation.LESS, Relation.MOST):
                return False
            return low > value or (_close(low, value) and told.relation in _UPWARDS)
        case Relation.LEAST:
            return told.relation not in (Relation.LESS, Relation.MOST) and (low > value or _close(low, value))
        case Relation.LESS:
            return high < value or (_close(high, value) and told.relation in _DOWNWARDS)
        case Relation.MOST:
            return high < value or _close(high, value)


def _same(claimed: Quantity, told: Quantity) -> bool:
    if any(_close(one, other) for one in claimed.values for other in told.values):
        return True
    gap = abs(claimed.value - told.value)
    if claimed.rounded and told.step < claimed.step:
        return gap * 2 <= claimed.step and gap <= ROUNDED * abs(told.value)
    in_words = claimed.unit == told.unit == SHARE and (claimed.rounded or told.rounded)
    return in_words and gap * 2 <= max(claimed.step, told.step)


def _pair_apart(claimed: Quantity, told: Sequence[Quantity]) -> Difference | None:
    ends = {claimed.value, claimed.high}
    pairs = [one for one in told if one.role is Role.PAIR or one.high is not None]
    if any({one.value, one.high} == ends for one in pairs):
        return None
    loose = {value for one in told for value in one.values}
    if not pairs and all(any(end is not None and _close(end, value) for value in loose) for end in ends):
        return None
    return Difference(claimed.written, tuple(one.written for one in pairs[:2]))


def _close(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
