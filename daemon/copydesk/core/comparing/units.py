"""Units of measure and currencies, as they are written before or after a number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number measures, and by how much to multiply it for the measure's base unit.

    Units of one measure are converted into each other where that is exact. Miles and kilometres are of two measures,
    so that a number of one is never taken for a number of the other.
    """

    measure: str
    factor: float = 1.0


COUNT = Unit("")
SHARE = Unit("per cent")
POINTS = Unit("percentage points")
TIMES = Unit("times")
OUT_OF = "per cent of a whole that is named"
"""The measure of 7 out of 10."""

_MEASURES = {
    "metres": """
        mm 0.001, millimetre 0.001, millimeter 0.001, cm 0.01, centimetre 0.01, centimeter 0.01, m 1, metre 1, meter 1,
        km 1000, kilometre 1000, kilometer 1000
    """,
    "feet": "foot 1, feet 1, ft 1, yard 3, yd 3",
    "inches": "inch 1, inches 1",
    "miles": "mile 1, mi 1",
    "kilograms": """
        mg 0.000001, milligram 0.000001, g 0.001, gram 0.001, gramme 0.001, kg 1, kilogram 1, kilo 1, tonne 1000
    """,
    "pounds": "lb 1, pound 1",
    "ounces": "oz 1, ounce 1",
    "tons": "ton 1",
    "seconds": """
        s 1, sec 1, second 1, min 60, minute 60, h 3600, hr 3600, hour 3600, day 86400, night 86400, week 604800,
        fortnight 1209600
    """,
    "months": "month 1, yr 12, year 12, decade 120, century 1200, centuries 1200",
    "bytes": """
        kb 1e3, kilobyte 1e3, mb 1e6, megabyte 1e6, gb 1e9, gigabyte 1e9, tb 1e12, terabyte 1e12
    """,
    "miles an hour": "mph 1",
    "kilometres an hour": "kmh 1, kph 1",
    "knots": "knot 1, kn 1",
    "watts": "w 1, watt 1, kw 1e3, kilowatt 1e3, mw 1e6, megawatt 1e6, gw 1e9, gigawatt 1e9",
    "watt-hours": "wh 1, kwh 1e3, mwh 1e6, gwh 1e9, twh 1e12",
    "volts": "v 1, volt 1, kv 1e3, kilovolt 1e3",
    "hertz": "hz 1, hertz 1, khz 1e3, mhz 1e6, ghz 1e9",
    "hectares": "ha 1, hectare 1",
    "acres": "acre 1",
    "litres": "ml 0.001, millilitre 0.001, milliliter 0.001, l 1, litre 1, liter 1",
    "gallons": "gallon 1, gal 1",
    "barrels": "barrel 1, bbl 1",
    "calories": "kcal 1, calorie 1",
    "degrees": "degree 1",
    "money $": "dollar 1, buck 1",
    "money usd": "usd 1",
    "money eur": "euro 1, eur 1",
    "money gbp": "gbp 1, quid 1",
    "money jpy": "yen 1, jpy 1",
    "money cny": "yuan 1, renminbi 1, rmb 1, cny 1",
    "money inr": "rupee 1, inr 1",
    "money chf": "chf 1",
    "money krw": "krw 1",
    "money sek": "krona 1, kronor 1, sek 1",
    "per cent": "percent 1, pct 1, prozent 1",
}
_UNITS = {
    name: Unit(measure, float(factor))
    for measure, row in _MEASURES.items()
    for name, factor in (entry.split() for entry in row.split(","))
}
_SHORT = frozenset({"m", "g", "s", "h", "w", "v", "l", "mi", "min", "ha", "kn", "gal", "sec"})
"""Units that are letters or words of other kinds as well: they count only behind digits."""

_SYMBOLS = {"$": "money $", "€": "money eur", "£": "money gbp", "¥": "money jpy", "₹": "money inr", "₩": "money krw"}
_DOLLARS = {
    **dict.fromkeys(("us", "u.s."), "money usd"),
    **dict.fromkeys(("a", "au"), "money aud"),
    **dict.fromkeys(("c", "ca"), "money cad"),
    "nz": "money nzd",
    "hk": "money hkd",
    "s": "money sgd",
}
_ALIKE = (
    frozenset({"pounds", "money gbp"}),
    frozenset({"per cent", OUT_OF}),
    *(frozenset({"money $", dollars}) for dollars in {*_DOLLARS.values()}),
    *(frozenset({"degrees", scale}) for scale in ("degrees celsius", "degrees fahrenheit")),
)


def unit_of(word: str, *, after_digits: bool) -> Unit | None:
    """Return the unit that a word in lower case names, in the singular or plural."""
    if word in _SHORT and not after_digits:
        return None
    plural = len(word) > 3 and word[-1] in "sn"  # metres; Metern in German
    return _UNITS.get(word) or (_UNITS.get(word[:-1]) if plural else None)


def currency_of(symbol: str, country: str = "") -> Unit | None:
    """Return the currency of a symbol, with the letters of a country before it in lower case (US$)."""
    if symbol == "$" and country in _DOLLARS:
        return Unit(_DOLLARS[country])
    return Unit(_SYMBOLS[symbol]) if symbol in _SYMBOLS else None


def scale_of_degrees(letter: str) -> Unit:
    """Return degrees by the letter after them, or of whatever scale."""
    scales = {"c": "degrees celsius", "celsius": "degrees celsius", "f": "degrees fahrenheit"}
    return Unit({**scales, "fahrenheit": "degrees fahrenheit"}.get(letter, "degrees"))


def same_measure(one: Unit, other: Unit) -> bool:
    """Tell whether two units may be of one measure: dollars of a country and dollars, pounds of whatever sort."""
    return one.measure == other.measure or frozenset({one.measure, other.measure}) in _ALIKE
