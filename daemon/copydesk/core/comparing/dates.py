"""Days, months and years in a text, and whether they are those of another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from copydesk.core.vocabulary import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sep sept", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(?:{})".format(
    "|".join(sorted((name.capitalize() + (r"\.?" if len(name) < 5 else "") for name in _MONTHS), key=len, reverse=True))
)
_YEAR = r"(?:1\d|20)\d\d"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_ENDING = r"(?:st|nd|rd|th)?"
_NOT_BEFORE = r"(?<![\w.,/$€£-])"
_COMMA = r"\s?,?\s"

_LEADING = r"(?:in|of|by|since|until|during|from|to|late|early|this|last|next|before|after)\s|mid-"

_PATTERNS = (
    re.compile(rf"{_NOT_BEFORE}(?P<y>{_YEAR})-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(rf"{_NOT_BEFORE}(?P<d>{_DAY})(?P<s>[/.])(?P<m>{_DAY})(?P=s)(?P<y>{_YEAR})(?!\d)"),
    re.compile(
        rf"{_NOT_BEFORE}(?:(?P<first>{_DAY})\s?[-–]\s?)?(?P<d>{_DAY}){_ENDING}\s(?:of\s)?(?P<month>{_MONTH})\b\.?"
        rf"(?:{_COMMA}(?P<y>{_YEAR})(?!,?\d))?"
    ),
    re.compile(
        rf"\b(?P<month>{_MONTH})\s(?:(?P<first>{_DAY})\s?[-–]\s?)?(?P<d>{_DAY}){_ENDING}(?![\w%]|[.,:]\d)"
        rf"(?:{_COMMA}(?P<y>{_YEAR})(?!,?\d))?"
    ),
    re.compile(rf"\b(?P<month>{_MONTH}){_COMMA}(?:of\s)?(?P<y>{_YEAR})(?!,?\d)"),
    re.compile(rf"(?<![\w-])(?:{_LEADING})(?P<month>{_MONTH})\b"),
    re.compile(r"(?<![\w.,/$€£])(?:the\s)?(?:early |late |mid-)?(?P<decade>(?:1\d|20)\d)0'?s\b"),
)  # fmt: skip
_BARE_YEAR = re.compile(
    rf"(?<![\w.,/$€£%:])(?<!\d[-–])(?P<y>{_YEAR})(?:\s?[-–/]\s?(?P<to>{_YEAR}|\d\d)(?!\d))?(?![\w%]|[.,:/]\d)"
)

_WINDOW = 40
"""Code points beside a date that are looked at."""

_MEASURING = re.compile(
    r"\b"
    + one_of(
        """
        about, than, nearly, almost, least, approximately, around, some, only, over, under, up to, roughly, nearly,
        another, every, all, estimated, exactly, number, no\\.?, page, pages, section, line
        """
    )
    + r"\s$",
    re.IGNORECASE,
)
_DATING = re.compile(
    r"(?:\b"
    + one_of(
        """
        in, since, during, until, till, early, late, mid, year, circa, season, spring, summer, autumn, fall, winter,
        fiscal, the, an?, his, her, its, their, our, this, that, as of, before, after, by, from, through, between,
        ca\\.?, c\\.
        """
    )
    + r"|\(|')\s?-?$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s?(?:people|men|women|children|%|per cent|percent|million|billion|thousand|hundred|dollars|euros|"
    r"(?!(?:was|is|has|as|its|his|this|thus|us|s|does|across|less|perhaps|besides|towards|unless|plus|versus|sales|"
    r"elections?|games|olympics|series|championships|finals?)\b)[a-z]{2,}[a-rtv-z]s\b)"
)
_LOWER = re.compile(
    r"\s(?!(?:and|or|but|to|in|by|as|at|on|when|with|for|from|was|were|is|the|until|after|he|she|it)\b)[a-z]"
)
_UNITS_AFTER = re.compile(r"\s?(?:km|kg|m|ft|mi|mm|cm|MB|GB|TB|kW|MW|GW|mph|Hz|kHz|MHz|years?|days|hours|°)\b")
_BEFORE = re.compile(r"\b(?P<words>before|prior to|earlier than|ahead of)\s(?:the\s)?$", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till|by|up to|through|no later than)\s(?:the\s|end of\s)?$", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|later than|following)\s(?:the\s)?$", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|from|starting|beginning|onwards? from)\s(?:the\s)?$", re.IGNORECASE)


class When(Enum):
    """How a date bounds what is told."""

    ON = "on"
    BEFORE = "before"
    UNTIL = "until"
    AFTER = "after"
    SINCE = "since"


@dataclass(frozen=True, slots=True)
class Date:
    """A date at `start`..`end` of its text, as `written`; what is None was not said. A decade is its first year."""

    start: int
    end: int
    written: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    decade: bool = False
    when: When = When.ON
    swapped: bool = False
    """Whether day and month may be the other way round (5/12/2010)."""


def dates(text: str) -> tuple[Date, ...]:
    """Return the dates of a text in their order."""
    found: list[Date] = []
    taken = bytearray(len(text))
    for pattern, read in (*((pattern, _dates) for pattern in _PATTERNS), (_BARE_YEAR, _years)):
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]):
                these = [*read(text, match)]
                found.extend(these)
                if these:
                    taken[match.start() : match.end()] = b"x" * len(match[0])
    return tuple(sorted(found, key=lambda one: one.start))


def _dates(text: str, match: re.Match[str]) -> Iterator[Date]:
    parts = match.groupdict()
    when = _when(_before(text, match))
    start, end, written = match.start(), match.end(), match[0].strip()
    if parts.get("decade"):
        yield Date(start, end, written, int(parts["decade"]) * 10, decade=True, when=when)
        return
    year = int(parts["y"]) if parts.get("y") else None
    day = int(parts["d"]) if parts.get("d") else None
    swapped = False
    if parts.get("month"):
        month = _MONTHS[parts["month"].lower().rstrip(".")]
    else:
        month = int(parts["m"])
        swapped = "s" in parts and parts["s"] == "/" and day is not None and day <= 12
        if month > 12 and day is not None:
            day, month, swapped = month, day, False
    if parts.get("first"):
        yield Date(start, end, written, year, month, int(parts["first"]), when=when)
    yield Date(start, end, written, year, month, day, when=when, swapped=swapped)


def _years(text: str, match: re.Match[str]) -> Iterator[Date]:
    before, after = _before(text, match), text[match.end() : match.end() + _WINDOW]
    year = int(match["y"])
    if _MEASURING.search(before) or _UNITS_AFTER.match(after):
        return
    dating, recent = _DATING.search(before) is not None, 1900 <= year < 2100
    if _COUNTED.match(after) and not (dating and 1800 <= year < 2100):
        return
    if not dating and not recent and (_LOWER.match(after) or year < 1400):
        return
    when = _when(before)
    yield Date(match.start(), match.end(), match["y"], year, when=when)
    if match["to"]:
        last = int(match["to"]) if len(match["to"]) == 4 else year // 100 * 100 + int(match["to"])
        if last > year:
            yield Date(match.start(), match.end(), match["to"], last)


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - _WINDOW) : match.start()]


def _when(before: str) -> When:
    for when, pattern in ((When.BEFORE, _BEFORE), (When.UNTIL, _UNTIL), (When.AFTER, _AFTER), (When.SINCE, _SINCE)):
        if pattern.search(before):
            return when
    return When.ON


def agrees(claimed: Date, told: Date, years: frozenset[int]) -> bool:
    """Tell whether a date told may be the one claimed; `years` are those of the context, for dates without one."""
    if claimed.decade or told.decade:
        return claimed.year is None or told.year is None or claimed.year // 10 == told.year // 10
    if claimed.when in (When.BEFORE, When.AFTER) and claimed.when is not told.when:
        return _beyond(claimed, told)
    if claimed.when is When.UNTIL and told.when in (When.UNTIL, When.ON, When.BEFORE) and _beyond(claimed, told):
        return not (claimed.day and told.when is When.UNTIL)
    if claimed.year is not None and told.year != claimed.year and not (told.year is None and claimed.year in years):
        return False
    if claimed.month is not None and (claimed.month, claimed.day) != (told.month, told.day):
        if claimed.day is None:
            return claimed.month == told.month or (told.swapped and claimed.month == told.day)
        return (claimed.swapped or told.swapped) and (claimed.month, claimed.day) == (told.day, told.month)
    return True


def _beyond(claimed: Date, told: Date) -> bool:
    """Tell whether a date told lies before or after the one claimed, as that demands, where both can be compared."""
    one, other = _comparable(claimed, told)
    if one is None or other is None:
        return False
    return other > one if claimed.when is When.AFTER else other < one


def _comparable(claimed: Date, told: Date) -> tuple[list[int] | None, list[int] | None]:
    one = [claimed.year or told.year or 0, claimed.month or 0, claimed.day or 0]
    other = [told.year or claimed.year or 0, told.month or 0, told.day or 0]
    if claimed.year is not None and told.year is not None and claimed.year != told.year:
        return one[:1], other[:1]
    if claimed.month is None or told.month is None:
        return None, None
    if claimed.day is None or told.day is None:
        return (one[:2], other[:2]) if claimed.month != told.month else (None, None)
    return one, other
