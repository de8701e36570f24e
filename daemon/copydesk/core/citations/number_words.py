"""Numbers in English words: “forty-five thousand”, “two thirds”, “a dozen”."""

from __future__ import annotations

import re
from decimal import Decimal


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
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
_ORDINALS = _counted("first second third fourth fifth sixth seventh eighth ninth tenth", 1)
_FEW = {"single": 1, "couple": 2}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_WORD = "|".join((*_ONES, *_TENS, *_SCALES, *_ORDINALS, *_FEW))
_NUMBER = re.compile(rf"\b(?:a )?(?:{_WORD})s?(?:(?:[ -]| and )(?:{_WORD})s?)*\b", re.IGNORECASE)
_FRACTION = re.compile(rf"\b(?:(a|an|one|two|three|four)[ -])?({'|'.join(_PARTS)})s?\b", re.IGNORECASE)
_TIMES = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "": 1}


def in_words(text: str) -> tuple[frozenset[Decimal], frozenset[Decimal]]:
    """Return the numbers that a text has in words, and its fractions in percent."""
    numbers = {value for match in _NUMBER.finditer(text) for value in _values(match[0])}
    shares = {
        Decimal(100 * _TIMES[(match[1] or "").lower()]) / _PARTS[match[2].lower()] for match in _FRACTION.finditer(text)
    }
    return frozenset(numbers), frozenset(shares)


def _values(words: str) -> set[Decimal]:
    """Return the number that words make together, and what each of them is alone."""
    total, current = 0, 0
    alone: set[Decimal] = set()
    for word in re.split(r"[ -]", words.lower()):
        scale = _SCALES.get(word) or _SCALES.get(word.removesuffix("s"))
        if scale is None:
            value = next((known[word] for known in (_ONES, _TENS, _ORDINALS, _FEW) if word in known), None)
            if value is not None:
                current += value
                alone.add(Decimal(value))
        elif scale > 100:
            total, current = total + (current or 1) * scale, 0
        else:
            current = (current or 1) * scale
    return {*alone, Decimal(total + current)}
