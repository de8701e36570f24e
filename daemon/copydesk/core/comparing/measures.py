"""Which unit or currency stands beside a number, and how exactly the number is meant."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from copydesk.core.comparing.numerals import numeral
from copydesk.core.comparing.tokens import Sort
from copydesk.core.comparing.units import OUT_OF, POINTS, SHARE, TIMES, Unit, currency_of, scale_of_degrees, unit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.comparing.tokens import Token

_MULTIPLIED = ("as", "more", "less", "the", "that")
_WINDOW = 5
"""Tokens before a number among which words such as "more than" are looked for."""


class Relation(Enum):
    """How a number is meant."""

    EXACT = "exactly"
    ABOUT = "about"
    NEARLY = "nearly"
    MORE = "more than"
    LEAST = "at least"
    LESS = "less than"
    MOST = "at most"


_BEFORE = (
    (
        Relation.MOST,
        r"(?:no|not) (?:more|greater|higher|larger|longer|older|later) than|at (?:the )?most|up to"
        r"|as (?:many|much|high|large|long) as|(?:a )?maximum(?: of)?|≤|< =",
    ),
    (
        Relation.LEAST,
        r"(?:no|not) (?:less|fewer|lower|smaller|shorter|younger) than|at (?:the very )?least|(?:a )?minimum(?: of)?"
        r"|≥|> =",
    ),
    (
        Relation.MORE,
        r"(?:more|greater|higher|larger|longer|bigger|older|better|faster|heavier|taller|farther|further) than"
        r"|over|above|exceed(?:s|ed|ing)?|upwards? of|excess of|surpass(?:es|ed|ing)?|beyond|topp(?:ed|ing)|north of|>",
    ),
    (
        Relation.LESS,
        r"(?:less|fewer|lower|smaller|shorter|younger|slower|worse|lighter|cheaper) than|under|below|beneath"
        r"|short of|<",
    ),
    (Relation.NEARLY, r"nearly|almost|close to|just under|approaching|nearing|not quite|virtually"),
    (
        Relation.ABOUT,
        r"about|around|approximately|approx|roughly|some|circa|ca|c|estimated|estimates? of|(?:on )?average|~|≈|±",
    ),
)
_BEFORE_A_NUMBER = tuple(
    (relation, re.compile(rf"(?:^|\s)(?:{words})(?:\s(?:an?|the|some|just))?$")) for relation, words in _BEFORE
)
_BEHIND_A_NUMBER = (
    (Relation.LEAST, re.compile(r"^(?:\+|(?:\w+ )?(?:or|and) (?:more|over|above|older|higher|up|greater|longer)\b)")),
    (Relation.MOST, re.compile(r"^(?:\w+ )?(?:or|and) (?:less|fewer|under|below|younger|lower|shorter)\b")),
    (Relation.ABOUT, re.compile(r"^(?:\w+ )?or so\b")),
)


def relation_of(found: Sequence[Token], first: int, last: int) -> Relation:
    """Return how the number in the tokens `first`..`last` is meant, by the words around it."""
    behind = " ".join(token.lower for token in found[last : last + 4])
    for relation, pattern in _BEHIND_A_NUMBER:
        if pattern.search(behind):
            return relation
    words = [token.lower for token in found[max(0, first - _WINDOW) : first]]
    cut = max((index + 1 for index, word in enumerate(words) if word in (",", ";", ".", "(")), default=0)
    before = " ".join(words[cut:])
    return next((relation for relation, pattern in _BEFORE_A_NUMBER if pattern.search(before)), Relation.EXACT)


def currency_before(found: Sequence[Token], at: int) -> tuple[Unit | None, int]:
    """Return the currency that stands at a token, US$ included, and where its number begins."""
    token = found[at]
    following = found[at + 1] if at + 1 < len(found) else None
    if token.sort is Sort.WORD and following is not None and following.text == "$" and following.glued:
        return currency_of("$", token.lower), at + 2
    unit = currency_of(token.text)
    return (unit, at + 1) if unit is not None else (None, at)


def unit_behind(found: Sequence[Token], last: int) -> tuple[Unit | None, int]:
    """Return the unit that begins at a token behind a number and where it ends, or None and that token."""
    at = last + 1 if _text(found, last) == "-" else last  # a 78-yard drive
    word, following = _text(found, at), _text(found, at + 1)
    if word in ("%", "‰"):
        share = Unit(SHARE.measure, 0.1) if word == "‰" else SHARE
        return (POINTS, at + 2) if following in ("point", "points") else (share, at + 1)
    if word == "per" and following == "cent":
        return SHARE, at + 2
    if word == "percentage" and following in ("point", "points"):
        return POINTS, at + 2
    if word in ("°", "degree", "degrees"):
        unit = scale_of_degrees(following)
        return unit, at + (2 if unit != scale_of_degrees("") else 1)
    if word == "fold" or (word == "times" and (following in _MULTIPLIED or following.endswith("er"))):
        return TIMES, at + 1
    if word in ("us", "american", "australian", "canadian") and following in ("dollar", "dollars"):
        return Unit("money $"), at + 2
    if word in ("square", "sq", "cubic"):
        base = unit_of(following, after_digits=True)
        return (_raised(base, 3 if word == "cubic" else 2), at + 2) if base is not None else (None, last)
    return _named_unit(found, at, last) or _out_of(found, last) or (None, last)


def _named_unit(found: Sequence[Token], at: int, last: int) -> tuple[Unit, int] | None:
    word, following, third = (_text(found, at + ahead) for ahead in range(3))
    digits = found[last - 1].sort is Sort.NUMBER
    unit = currency_of(word) or unit_of(word, after_digits=digits)
    if unit is None or (word == "second" and not digits):
        return None
    if following in ("/", "per", "an") and third in ("h", "hr", "hour") and unit.measure in ("metres", "miles"):
        return Unit(f"{'kilo' if unit.measure == 'metres' else ''}{unit.measure} an hour"), at + 3
    if following in ("²", "³"):
        return _raised(unit, 2 if following == "²" else 3), at + 2
    return unit, at + 1


def _raised(unit: Unit, power: int) -> Unit:
    return Unit(f"{'square' if power == 2 else 'cubic'} {unit.measure}", unit.factor**power)


def _out_of(found: Sequence[Token], last: int) -> tuple[Unit, int] | None:
    """Return the whole of 7/10, seven out of ten and one in four as a unit of shares."""
    if _text(found, last) == "/" and found[last].glued:
        after, wholes = last + 1, range(2, 1001)
    elif _text(found, last) == "out" and _text(found, last + 1) == "of":
        after, wholes = last + 2, range(2, 1_000_001)
    elif _text(found, last) == "in":
        after, wholes = last + 1, range(2, 11)
    else:
        return None
    whole = numeral(found, after) if after < len(found) else None
    if whole is None or whole.ordinal or whole.share or whole.values[0] not in wholes:
        return None
    return Unit(OUT_OF, 100 / whole.values[0]), whole.last


def _text(found: Sequence[Token], index: int) -> str:
    return found[index].lower if 0 <= index < len(found) else ""
