"""Whether what a page declares for an element keeps its words from being seen.

What counts as hidden: letters of less than 3 pixels, 500 pixels off the page, 1 pixel wide or high with the rest cut
off, 5 % opaque.
A declaration that a browser would not accept is dropped here, since it must not undo one that hides.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SMALLEST_TEXT = 3.0
"""Pixels below which letters are not read."""

CUTTING = frozenset(("overflow", "width", "height", "max-width", "max-height", "min-width", "min-height"))
"""Properties that hide together."""

_OFF_PAGE = 500.0
_FAR_RIGHT = 3000.0
_SPECK = 1.0
_FAINT = 0.05

_EM = 16.0
_UNITS = {
    "px": 1.0,
    "": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 37.8,
    "mm": 3.78,
    "q": 0.945,
    "ex": 8.0,
    "ch": 8.0,
}
# A percentage of a width that is not known: all of it is taken for 500 pixels.
_UNITS |= {"em": _EM, "rem": _EM, "vw": 12.8, "vh": 7.2, "vmin": 7.2, "vmax": 12.8, "%": 5.0}
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,2})?"
_LENGTH = re.compile(rf"(?:calc\( ?)?({_NUMBER})(%|[a-z]*)(?: ?\))?")
_LENGTHS = re.compile(rf"(?<![\w.#])({_NUMBER})(%|[a-z]*)")
_FONT = re.compile(rf"(?:^| )({_NUMBER}(?:[a-z]+|%)?)(?: ?/ ?\S+)? [a-z\"'-]")
_SIZES = {"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32}
_WIDE = frozenset(("inherit", "initial", "unset", "revert", "revert-layer"))
_WORDS = {
    "display": r"none|inline-(?:block|flex|grid|table)|table-[a-z-]+|ruby-[a-z-]+|-webkit-(?:inline-)?(?:box|flex)"
    r"|(?:(?:block|inline|flow|flow-root|table|flex|grid|ruby|math|list-item|contents|run-in)(?: |$)){1,3}",
    "visibility": r"visible|hidden|collapse",
    "content-visibility": r"visible|hidden|auto",
    "overflow": r"(?:visible|hidden|clip|scroll|auto)(?: (?:visible|hidden|clip|scroll|auto))?",
    "background-clip": r"[a-z-]+(?:, ?[a-z-]+)*",
    "clip": r"auto|rect\(.*\)",
    "clip-path": r"none|[a-z-]+\(.*\)(?: [a-z-]+)?",
    "transform": r"none|(?:[a-z0-9]+\([^()]*\) ?)+",
    "filter": r"none|(?:[a-z-]+\([^()]*\) ?)+",
    "color": r"#[0-9a-f]{3,8}|[a-z]+|[a-z-]+\(.*\)",
    "background-image": r".+",
}
_FORMS = {name: re.compile(form) for name, form in _WORDS.items()}
_MEASURES = frozenset((
    "font-size", "text-indent", "left", "right", "top", "bottom", "margin-left", "margin-top", "width", "height",
    "max-width", "max-height", "min-width", "min-height", "opacity", "zoom", "scale",
))  # fmt: skip
_ALIASES = {
    "overflow-x": "overflow", "overflow-y": "overflow", "-webkit-background-clip": "background-clip",
    "-webkit-text-fill-color": "color", "-webkit-transform": "transform", "-webkit-clip-path": "clip-path",
    "inset-inline-start": "left", "inline-size": "width", "block-size": "height",
}  # fmt: skip


def declared(name: str, value: str) -> tuple[str, str] | None:
    """Return a declaration that matters here, shorthands reduced to the part that does; None for any other."""
    name = _ALIASES.get(name, name)
    if value in _WIDE:
        return (name, value) if name in _FORMS or name in _MEASURES or name == "background-color" else None
    if name == "font":
        size = _FONT.search(value)
        return ("font-size", size[1]) if size else None
    if name in ("inset", "margin"):
        sides = [number for number in map(_pixels, value.split()) if number is not None]
        return ("left" if name == "inset" else "margin-left", f"{min(sides)}px") if sides else None
    if name in ("background", "background-color"):
        return "background-color", value
    if name == "translate":
        return "transform", f"translate({value})"
    if name in _MEASURES:
        return (name, value) if _pixels(value) is not None or value in _SIZES or value in ("auto", "none") else None
    form = _FORMS.get(name)
    return (name, value) if form and form.fullmatch(value) else None


def vanishes(style: Mapping[str, str]) -> bool:
    """Tell whether an element shows nothing, whatever is declared for what it holds."""
    return (
        style.get("display") == "none"
        or style.get("content-visibility") == "hidden"
        or any(_fraction(style.get(name, "1")) <= _FAINT for name in ("opacity", "zoom", "scale"))
        or _off_page(style)
        or _cut_off(style)
        or _transformed_away(style)
        or _clipped(style)
    )


@lru_cache(maxsize=4096)
def can_hide(name: str, value: str) -> bool:
    """Tell whether a declaration hides something, by itself or where the rest is cut off."""
    if name == "visibility":
        return value in ("hidden", "collapse")
    style = {"overflow": "hidden", name: value}
    return vanishes(style) or text_size(style, _EM) < SMALLEST_TEXT


def text_size(style: Mapping[str, str], inherited: float) -> float:
    """Return the height of an element's letters in pixels, within text of the inherited height."""
    value = style.get("font-size", "")
    if value in _SIZES or value in ("initial", "revert", "revert-layer"):
        return _SIZES.get(value, _EM)
    match = _LENGTH.fullmatch(value)
    if match is None:
        return inherited
    if match[2] in ("em", "%", "ex", "ch"):
        return inherited * float(match[1]) * {"em": 1, "%": 0.01}.get(match[2], 0.5)
    return float(match[1]) * _UNITS.get(match[2], 1)


def _off_page(style: Mapping[str, str]) -> bool:
    return (
        any(
            _measure(style, side, 0) <= -_OFF_PAGE
            for side in ("left", "right", "top", "bottom", "margin-left", "margin-top")
        )
        or max(_measure(style, "left", 0), _measure(style, "margin-left", 0)) >= _FAR_RIGHT
        or abs(_measure(style, "text-indent", 0)) >= _OFF_PAGE
    )


def _cut_off(style: Mapping[str, str]) -> bool:
    if style.get("overflow", "visible").split()[0] in ("visible", *_WIDE):
        return False
    return any(
        min(_measure(style, side, 99), _measure(style, f"max-{side}", 99)) <= _SPECK
        and _measure(style, f"min-{side}", 0) <= _SPECK
        for side in ("width", "height")
    )


def _transformed_away(style: Mapping[str, str]) -> bool:
    for function, inside in re.findall(r"([a-z0-9]+)\(([^()]*)\)", style.get("transform", "")):
        measures = [(float(number), unit) for number, unit in _LENGTHS.findall(inside)]
        if function.startswith("scale") and any(abs(number) <= _FAINT for number, _ in measures):
            return True
        # Percentages are of the element's own size: -50% centres, and -100% puts a label above its point.
        if function.startswith("translate") and any(
            unit != "%" and not -_OFF_PAGE < number * _UNITS.get(unit, 1) < _FAR_RIGHT for number, unit in measures
        ):
            return True
    return any(_fraction(part) <= _FAINT for part in re.findall(r"opacity\(([^()]*)\)", style.get("filter", "")))


def _clipped(style: Mapping[str, str]) -> bool:
    clip, path = style.get("clip", ""), style.get("clip-path", "")
    numbers = [float(number) * _UNITS.get(unit, 1) for number, unit in _LENGTHS.findall(clip)]
    if len(numbers) == 4:
        top, right, bottom, left = numbers
        if right - left <= _SPECK or bottom - top <= _SPECK:
            return True
    measures = [(float(number), unit) for number, unit in _LENGTHS.findall(path)]
    if path.startswith("inset("):
        return any(number >= 50 if unit == "%" else number >= _OFF_PAGE for number, unit in measures)
    if path.startswith(("circle(", "ellipse(")):
        return bool(measures) and measures[0][0] == 0
    return path.startswith("polygon(") and len({number for number, _ in measures}) == 1


def _fraction(value: str) -> float:
    match = _LENGTH.fullmatch(value.strip())
    return float(match[1]) * (0.01 if match[2] == "%" else 1) if match else 1.0


def _measure(style: Mapping[str, str], name: str, otherwise: float) -> float:
    pixels = _pixels(style.get(name, ""))
    return otherwise if pixels is None else pixels


def _pixels(value: str) -> float | None:
    match = _LENGTH.fullmatch(value)
    if match is None or match[2] not in _UNITS:
        return None
    return float(match[1]) * _UNITS[match[2]]
