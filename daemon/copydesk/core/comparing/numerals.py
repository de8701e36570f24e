"""The value of a number in digits or English words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.comparing.tokens import Sort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.comparing.tokens import Token


def _counted(words: str, first: int, by: int = 1) -> dict[str, int]:
    return {word: number * by for number, word in enumerate(words.split(), first)}


_ONES = _counted(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
    """,
    0,
)
_TENS = _counted("twenty thirty forty fifty sixty seventy eighty ninety", 2, 10)
_ORDINALS = {
    **_counted(
        """
        first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
        fifteenth sixteenth seventeenth eighteenth nineteenth
        """,
        1,
    ),
    **_counted("twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth", 2, 10),
}
_SCALES = {
    **dict.fromkeys(("hundred", "hundreds"), 100),
    **dict.fromkeys(("thousand", "thousands"), 10**3),
    **dict.fromkeys(("million", "millions", "mn", "mio"), 10**6),
    **dict.fromkeys(("billion", "billions", "bn"), 10**9),
    **dict.fromkeys(("trillion", "trillions", "tn"), 10**12),
    **dict.fromkeys(("dozen", "dozens"), 12),
    "lakh": 10**5,
    "crore": 10**7,
}
_GLUED_SCALES = {"k": 10**3, "mn": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12, "million": 10**6, "billion": 10**9}
_FRACTIONS = {
    **dict.fromkeys(("half", "halves"), 2),
    **dict.fromkeys(("third", "thirds"), 3),
    **dict.fromkeys(("quarter", "quarters"), 4),
    **dict.fromkeys(("fifth", "fifths"), 5),
    **dict.fromkeys(("sixth", "sixths"), 6),
    **dict.fromkeys(("eighth", "eighths"), 8),
    **dict.fromkeys(("tenth", "tenths"), 10),
}
_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GROUPED_OTHERWISE = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
ORDINAL_ENDINGS = frozenset({"st", "nd", "rd", "th"})


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in the tokens `first`..`last` (half-open).

    `values` are what it may be: more than one where a dot or comma leaves that open. `step` is what its last place is
    worth, with its `scale`, such as a million. `in_words` tells of a number without digits.
    """

    first: int
    last: int
    values: tuple[float, ...]
    step: float = 1.0
    scale: float = 1.0
    in_words: bool = False
    ordinal: bool = False
    share: bool = False

    @property
    def scaled(self) -> bool:
        """Tell whether the number has a scale."""
        return self.scale > 1


def numeral(found: Sequence[Token], at: int, *, money: bool = False) -> Numeral | None:
    """Return the number that begins at a token; `money` tells that a currency stands before it (£5m)."""
    token = found[at]
    if token.sort is Sort.NUMBER:
        return _in_digits(found, at, money=money)
    return (_fraction(found, at) or _in_words(found, at)) if token.sort is Sort.WORD else None


def values_of(digits: str) -> tuple[tuple[float, ...], float]:
    """Return what digits may mean, and what their last place is worth."""
    plain = re.sub(r"[\s\u00a0\u2009\u202f]", "", digits).replace("·", ".")
    if _GROUPED.fullmatch(plain):
        values = [float(plain.replace(",", ""))]
        if plain.count(",") == 1 and "." not in plain:
            values.append(float(plain.replace(",", ".")))
        return tuple(values), _step(plain.replace(",", ""))
    if _GROUPED_OTHERWISE.fullmatch(plain):
        whole = float(plain.replace(".", "").replace(",", "."))
        if plain.count(".") > 1 or "," in plain:
            return (whole,), _step(plain.replace(".", "").replace(",", "."))
        return (float(plain), whole), _step(plain)
    decimal = plain.replace(",", ".")
    if decimal.count(".") > 1:
        return (), 1.0  # a version, or a list without spaces
    return (float(decimal),), _step(decimal)


def _step(digits: str) -> float:
    if "." in digits:
        return 10.0 ** -len(digits.partition(".")[2])
    return 10.0 ** (len(digits) - len(digits.rstrip("0"))) if digits.strip("0") else 1.0


def _in_digits(found: Sequence[Token], at: int, *, money: bool) -> Numeral | None:
    values, step = values_of(found[at].text)
    if not values:
        return None
    last = at + 1
    following = found[last] if last < len(found) else None
    if following is not None and following.text in _VULGAR:
        return Numeral(at, last + 1, tuple(value + _VULGAR[following.text] for value in values), 0.25)
    if following is None or following.sort is not Sort.WORD:
        hyphened = following is not None and following.text == "-" and last + 1 < len(found)
        if hyphened and found[last + 1].lower in _SCALES:
            return _scaled(at, last + 2, values, step, _SCALES[found[last + 1].lower])
        return Numeral(at, last, values, step)
    word = following.lower
    if following.glued:
        if word in ORDINAL_ENDINGS:
            return Numeral(at, last + 1, values, step, ordinal=True)
        scale = 10**6 if word == "m" and money else _GLUED_SCALES.get(word)
        return _scaled(at, last + 1, values, step, scale) if scale else Numeral(at, last, values, step)
    scale = 10**6 if word == "m" and money else _SCALES.get(word)
    if scale:
        following_scale = _SCALES.get(found[last + 1].lower) if last + 1 < len(found) else None
        more = following_scale if word in ("hundred", "thousand", "lakh") and following_scale else 1
        return _scaled(at, last + (2 if more > 1 else 1), values, step, scale * more)
    return Numeral(at, last, values, step)


def _scaled(first: int, last: int, values: tuple[float, ...], step: float, scale: int) -> Numeral:
    return Numeral(first, last, tuple(value * scale for value in values), step * scale, scale=scale)


def _in_words(found: Sequence[Token], at: int) -> Numeral | None:
    """Return a number in words: tens and ones, hundreds, scales; an ordinal at its end makes it one."""
    total, current, last, whole = 0, 0, at, 1
    step = 1
    index = at
    if found[at].lower in ("a", "an"):
        if at + 1 == len(found) or found[at + 1].lower not in _SCALES:
            return None
        current, index = 1, at + 1
    while index < len(found):
        word = found[index].lower
        if word == "-" and index > at and found[index].glued and _goes_on(found, index + 1):
            index += 1
            continue
        if word == "and" and last > at and (total or current >= 100) and _goes_on(found, index + 1):
            index += 1
            continue
        if found[index].sort is not Sort.WORD:
            break
        if word in _ORDINALS:
            return Numeral(at, index + 1, (float(total + current + _ORDINALS[word]),), in_words=True, ordinal=True)
        if word in _SCALES:
            scale = _SCALES[word]
            if last == at and index == at:
                return None  # "hundreds of", "millions of": no number
            whole, step = scale, scale
            if scale > 100:
                total, current = total + (current or 1) * scale, 0
            else:
                current = (current or 1) * scale
        elif word in _ONES and (current % 100 == 0 or (current % 10 == 0 and _ONES[word] < 10 and current % 100 >= 20)):
            current, step = current + _ONES[word], 1
        elif word in _TENS and current % 100 == 0:
            current, step = current + _TENS[word], 1
        else:
            break
        index += 1
        last = index
    if last == at:
        return None
    return Numeral(at, last, (float(total + current),), float(step), scale=whole, in_words=True)


def _goes_on(found: Sequence[Token], index: int) -> bool:
    if index >= len(found):
        return False
    word = found[index].lower
    return word in _ONES or word in _TENS or word in _SCALES or word in _ORDINALS


def _fraction(found: Sequence[Token], at: int) -> Numeral | None:
    """Return two thirds, a quarter of and half of as shares in per cent."""
    words = [token.lower for token in found[at : at + 5]]
    first = words[0]
    if first in _FRACTIONS and first.startswith("half"):
        if words[1:2] and words[1] in ("of", "the", "its", "their", "all", "his", "her", "our"):
            return Numeral(at, at + 1, (50.0,), 5.0, in_words=True, share=True)
        return None
    if first not in ("a", "an") and first not in _ONES:
        return None
    count = _ONES.get(first, 1)
    rest = words[2:] if words[1:2] == ["-"] else words[1:]
    skipped = 2 if words[1:2] == ["-"] else 1
    if rest and rest[0] in _FRACTIONS and (count > 1 or rest[1:2] == ["of"] or first == "one"):
        parts = _FRACTIONS[rest[0]]
        if count < parts and not (first in ("a", "an") and rest[1:2] != ["of"]):
            return Numeral(at, at + skipped + 1, (100.0 * count / parts,), 2.0, in_words=True, share=True)
    return None
