"""Figures in a text: what they count and what they are worth, and whether another text has them.

Only what stands in digits is looked for; it may be found again in words, rounded, or in another notation. Names with a
number (Apollo 11, Section 3, COVID-19) are no figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from copydesk.core.citations.number_words import in_words
from copydesk.core.similarity import FUNCTION_WORDS
from copydesk.core.vocabulary import one_of, word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class FigureKind(StrEnum):
    """What a figure is of; figures of different kinds are never the same."""

    SHARE = "share"
    MONEY = "money"
    YEAR = "year"
    TIME = "time"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at `start`..`end` of its text.

    `values` are what it may mean, more than one where a dot or comma leaves it open. `step` is the unit of its last
    place: 0.1 for 4.5, 1000 for 12,000. `rough` tells that words such as “about” go with it.
    """

    kind: FigureKind
    words: str
    start: int
    end: int
    values: frozenset[Decimal]
    step: Decimal
    rough: bool = False


SMALL = 12
"""Counts up to this are as often written in words, of whatever language, as in digits."""

_SPACE = "\u00a0\u2009\u202f"
_SCALE = {
    **dict.fromkeys(("hundred",), 100),
    **dict.fromkeys(("thousand", "thousands", "k", "tsd", "mille"), 1000),
    **dict.fromkeys(("million", "millions", "m", "mn", "mio", "millionen", "millones"), 10**6),
    **dict.fromkeys(("billion", "billions", "bn", "b", "milliarden", "milliards", "mrd"), 10**9),
    **dict.fromkeys(("trillion", "trillions", "tn"), 10**12),
    **dict.fromkeys(("dozen",), 12),
}
_UNITS = "|".join(sorted((name for name in _SCALE if len(name) > 2), key=len, reverse=True))
_FIGURE = re.compile(
    r"(?P<money>[$€£¥]\s?)?"
    rf"(?<![\w.,:/-])(?P<digits>\d{{1,3}}(?:[{_SPACE} ’']\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*)"
    rf"(?:(?P<clock>:\d\d)|(?P<short>[kKmMbB]|bn|mn|tn)\b|[\s-](?P<scale>{_UNITS})\b)?"
    r"(?P<ordinal>st|nd|rd|th)?"
    r"(?P<share>\s?(?:%|‰|per ?cents?\b|percentage points?\b|Prozent\b|pour ?cent\b|por ciento\b))?"
    r"(?P<coin>\s?(?:[$€£¥]|(?:dollars?|euros?|pounds?|yen|USD|EUR|GBP)\b))?",
    re.IGNORECASE,
)
_ISO_DATE = re.compile(r"(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?!\d)")
_ROUGHLY = re.compile(
    r"(?:\b"
    + one_of(
        """
        about, around, roughly, nearly, almost, some, approximately, approx\\.?, over, more than, under, less than,
        fewer than, at least, at most, up to, circa, ca\\.?, c\\., close to, just, an estimated, upwards of, below,
        above, rund, etwa, fast, über, environ, unos, cerca de
        """
    )
    + r"|[~≈<>≥≤+])\s?(?:[$€£¥]\s?)?$",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?:\b"
    + one_of(
        """
        pages?, pp?\\., chapters?, ch\\., sections?, sec\\., figures?, figs?\\., tables?, parts?, steps?, versions?,
        vol\\.?, volumes?, no\\.?, nos\\., numbers?, issues?, articles?, lines?, items?, notes?, appendix, episodes?,
        seasons?, levels?, options?, questions?, examples?, rows?, columns?, ports?, rules?, grades?, phases?,
        day, week, room, route, highway, channel, seite, kapitel, abschnitt
        """
    )
    + r"|[§#№])\s?$",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(r"([A-Z][\w’'.-]*)\s$")
_MONTHS = word_set(
    """
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec januar februar märz mai juni juli oktober dezember
    """
)
_BEFORE = 40
"""Code points before a figure that may say what it is."""
_YEARS = range(1500, 2100)
_BETWEEN = re.compile(rf"[{_SPACE} ’']")
_POINT = re.compile(r"[.,]")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?:\.\d{3})+")
_TOGETHER = re.compile(
    r"[-‑](?:year|month|week|day|hour|minute|mile|metre|meter|foot|km|kg|member|page|point|seat|person|storey|story)"
)


def figures(text: str) -> Iterator[Figure]:
    """Yield the figures of a text in their order, names and numbered parts left out."""
    dates = [match.span() for match in _ISO_DATE.finditer(text)]
    dated = bytearray(len(text) if dates else 0)
    for start, end in dates:
        dated[start:end] = b"x" * (end - start)
        for match in re.finditer(r"\d+", text[start:end]):
            value = Decimal(match[0])
            kind = FigureKind.YEAR if len(match[0]) == 4 else FigureKind.COUNT
            at = start + match.start()
            yield Figure(kind, match[0], at, at + len(match[0]), frozenset({value}), Decimal(1))
    for match in _FIGURE.finditer(text):
        if dated and any(dated[match.start() : match.end()]):
            continue
        figure = _figure(text, match)
        if figure is not None:
            yield figure


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    """Return what a match stands for, None for a name, a part of something, or a word with digits in it."""
    start, end = match.start(), match.end()
    after = text[end : end + 1]
    if after and after in ")]" and len(match["digits"]) < 4 and text[start - 1 : start] in ("(", "["):
        return None
    joined = bool(after) and after in "-‑" and text[end + 1 : end + 2].isalpha() and not match["scale"]
    if after.isalnum() or after == "_" or (joined and not _TOGETHER.match(text, end)):
        return None
    if match["digits"].count(".") > 1 and not re.fullmatch(r"\d{1,3}(?:\.\d{3})+", match["digits"]):
        return None  # a version
    before = text[max(0, start - _BEFORE) : start]
    kind = _kind(match)
    if kind in (FigureKind.COUNT, FigureKind.YEAR, FigureKind.TIME) and _is_name(before):
        return None
    scale = _SCALE.get((match["short"] or match["scale"] or "").lower(), 1)
    if match["clock"]:
        values, step = frozenset({Decimal(match["digits"] + match["clock"].replace(":", "."))}), Decimal("0.01")
    else:
        values, step = _values(match["digits"])
    words = match[0].strip()
    rough = _ROUGHLY.search(before) is not None or after == "+"
    return Figure(kind, words, start, end, frozenset(value * scale for value in values), step * scale, rough)


def _kind(match: re.Match[str]) -> FigureKind:
    if match["share"]:
        return FigureKind.SHARE
    if match["money"] or match["coin"]:
        return FigureKind.MONEY
    if match["clock"]:
        return FigureKind.TIME
    plain = not (match["short"] or match["scale"] or match["ordinal"])
    if plain and match["digits"].isdigit() and len(match["digits"]) == 4 and int(match["digits"]) in _YEARS:
        return FigureKind.YEAR
    return FigureKind.COUNT


def _is_name(before: str) -> bool:
    """Tell whether the words before a number make a name of it, or of a part of something."""
    if _PART.search(before):
        return True
    match = _NAME_BEFORE.search(before)
    if match is None or _ROUGHLY.search(before):
        return False
    word = match[1].rstrip(".").lower()
    return not (word in _MONTHS or word in FUNCTION_WORDS or word.endswith("ly"))


def _values(digits: str) -> tuple[frozenset[Decimal], Decimal]:
    """Return what digits may mean, and the unit of their last place."""
    plain = _BETWEEN.sub("", digits)
    whole = Decimal(_POINT.sub("", plain))
    marks = _POINT.findall(plain)
    if not marks:
        return frozenset({whole}), _last_place(whole)
    head, _, tail = plain.rpartition(marks[-1])
    grouped = _GROUPED.fullmatch(plain) is not None
    broken = marks.count(marks[-1]) == 1
    values = {whole} if grouped or not broken else set()
    if broken:
        values.add(Decimal(f"{_POINT.sub('', head)}.{tail}"))
    return frozenset(values), _last_place(whole) if grouped else Decimal(1).scaleb(-len(tail))


def _last_place(whole: Decimal) -> Decimal:
    """Return the unit of the last digit that is not a zero."""
    written = str(whole)
    return Decimal(10) ** (len(written) - len(written.rstrip("0"))) if whole else Decimal(1)


@dataclass(frozen=True)
class Figures:
    """The figures of a text that others are looked up in, those in words included."""

    digits: tuple[Figure, ...]
    words: frozenset[Decimal]
    shares: frozenset[Decimal]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Figures:
        """Return the figures of texts."""
        kept = tuple(texts)
        numbers, shares = in_words(" ; ".join(kept))
        return cls(tuple(figure for text in kept for figure in figures(text)), numbers, shares)

    def has(self, figure: Figure) -> bool:
        """Tell whether a figure of the same kind and value, rounded perhaps, is among these."""
        if figure.kind is FigureKind.SHARE and any(abs(own - one) < 1 for own in figure.values for one in self.shares):
            return True
        if figure.kind is not FigureKind.YEAR and figure.values & self.words:
            return True
        return any(same(figure, one) for one in self.digits)


def same(figure: Figure, other: Figure) -> bool:
    """Tell whether two figures say the same, one of them rounded perhaps."""
    kinds = {figure.kind, other.kind}
    loose = kinds <= {FigureKind.COUNT, FigureKind.YEAR} or kinds == {FigureKind.COUNT, FigureKind.TIME}
    if not (len(kinds) == 1 or loose or kinds == {FigureKind.COUNT, FigureKind.MONEY}):
        return False
    if FigureKind.YEAR in kinds:
        return bool(figure.values & other.values)
    return any(_near(figure, own, other, value) for own in figure.values for value in other.values)


def _near(figure: Figure, own: Decimal, other: Figure, value: Decimal) -> bool:
    """Tell whether a value of a figure is one of another, or that one rounded as the figure or its words say."""
    gap = abs(own - value)
    if not gap or (figure.rough != other.rough and gap * 10 <= abs(value)):
        return True
    rounded = other.step < figure.step and gap * 2 <= figure.step
    return rounded and (figure.step <= 1 or gap * 50 <= abs(value))
