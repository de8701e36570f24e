"""Colours as pages write them (CSS Color Level 3, and the number forms of Level 4)."""

from __future__ import annotations

import colorsys
import re

_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)")
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(%|deg|)")
_SAME = 16

# The names that serve to hide: near white, near black, and the sixteen of HTML 4.
_NAMES = {
    "black": "000000", "white": "ffffff", "red": "ff0000", "green": "008000", "blue": "0000ff", "yellow": "ffff00",
    "gray": "808080", "grey": "808080", "silver": "c0c0c0", "navy": "000080", "maroon": "800000", "lime": "00ff00",
    "purple": "800080", "teal": "008080", "olive": "808000", "aqua": "00ffff", "cyan": "00ffff", "fuchsia": "ff00ff",
    "magenta": "ff00ff", "orange": "ffa500", "whitesmoke": "f5f5f5", "snow": "fffafa", "ivory": "fffff0",
    "ghostwhite": "f8f8ff", "floralwhite": "fffaf0", "azure": "f0ffff", "mintcream": "f5fffa", "seashell": "fff5ee",
    "honeydew": "f0fff0", "aliceblue": "f0f8ff", "lavenderblush": "fff0f5", "oldlace": "fdf5e6", "beige": "f5f5dc",
    "lightgray": "d3d3d3", "lightgrey": "d3d3d3", "darkgray": "a9a9a9", "gainsboro": "dcdcdc", "linen": "faf0e6",
}  # fmt: skip


def colour(value: str) -> tuple[float, float, float, float] | None:
    """Return red, green and blue (0 to 255) and opacity (0 to 1), or None for what is no colour or not known."""
    if value == "transparent":
        return 0.0, 0.0, 0.0, 0.0
    digits = _NAMES.get(value) or (value[1:] if _HEX.fullmatch(value) else "")
    if digits:
        digits = "".join(digit * 2 for digit in digits) if len(digits) < 6 else digits
        red, green, blue, opacity = bytes.fromhex(digits.ljust(8, "f"))
        return red, green, blue, opacity / 255
    match = _FUNCTION.fullmatch(value)
    return _from_numbers(match[1], _NUMBER.findall(match[2])) if match else None


def alike(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Tell whether two colours differ by less than 16 of 256 in each channel, too little to read by."""
    return all(abs(here - there) < _SAME for here, there in zip(one[:3], other[:3], strict=True))


def _from_numbers(kind: str, numbers: list[tuple[str, str]]) -> tuple[float, float, float, float] | None:
    if len(numbers) not in (3, 4):
        return None
    values = [float(number) for number, _ in numbers]
    opacity = 1.0 if len(values) == 3 else values[3] / (100 if numbers[3][1] == "%" else 1)
    if kind == "hsl":
        red, green, blue = colorsys.hls_to_rgb(values[0] / 360 % 1, values[2] / 100, values[1] / 100)
        return red * 255, green * 255, blue * 255, opacity
    red, green, blue = (
        value * (2.55 if unit == "%" else 1) for value, (_, unit) in zip(values, numbers[:3], strict=False)
    )
    return red, green, blue, opacity
