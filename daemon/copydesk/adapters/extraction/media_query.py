"""Which `@media` rules of a page apply on the screen of a desk: 1,280 by 720 pixels, light, with a mouse.

After Media Queries Level 4, without `or` and nested brackets; what is not understood does not apply.
"""

from __future__ import annotations

import re

_SIZES = {"width": 1280.0, "height": 720.0, "device-width": 1280.0, "device-height": 720.0}
_PIXELS = {"px": 1, "em": 16, "rem": 16, "": 1}
_ANSWERS = {
    "orientation": "landscape",
    "hover": "hover",
    "any-hover": "hover",
    "pointer": "fine",
    "any-pointer": "fine",
    "prefers-color-scheme": "light",
    "prefers-reduced-motion": "no-preference",
    "prefers-contrast": "no-preference",
    "forced-colors": "none",
    "display-mode": "browser",
    "scripting": "enabled",
    "update": "fast",
}
_BOUND = re.compile(r"(?:(min|max)-)?((?:device-)?(?:width|height))\s*(:|[<>]=?|=)\s*(\d*\.?\d+)(px|r?em|)")
_TYPES = {"": True, "all": True, "screen": True}


def applies(query: str) -> bool:
    """Tell whether the condition of an `@media` rule holds; `query` is what stands after the name."""
    return any(_holds(part.strip()) for part in query.lower().split(","))


def _holds(query: str) -> bool:
    features = re.findall(r"\(([^()]*)\)", query)
    words = re.sub(r"\([^()]*\)", " ", query).split()
    denied = words[:1] == ["not"]
    kind = " ".join(word for word in words[denied:] if word not in ("and", "only"))
    return (_TYPES.get(kind, False) and all(_answers(feature.strip()) for feature in features)) is not denied


def _answers(feature: str) -> bool:
    bound = _BOUND.fullmatch(feature)
    if bound is None:
        name, _, value = feature.partition(":")
        actual = _ANSWERS.get(name.strip())
        return actual is not None and (
            actual == value.strip() or (not value and actual not in ("none", "no-preference"))
        )
    side, name, relation, number, unit = bound.groups()
    here, there = _SIZES[name], float(number) * _PIXELS[unit]
    if side == "min" or relation.startswith(">"):
        return here >= there
    return here <= there if side == "max" or relation.startswith("<") else here == there
