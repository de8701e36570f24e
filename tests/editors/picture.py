"""A terminal's screen as a picture, drawn by the browser that the other editor's tests use."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from editors.browser import page

if TYPE_CHECKING:
    from pathlib import Path

_SEQUENCE = re.compile(r"\x1b\[([0-9;:]*)m")
_STANDARD = ("#14161b", "#ffc0b9", "#b3f6c0", "#fce094", "#a6dbff", "#ffcaff", "#8cf8f7", "#e0e2ea")
_PAGE = """<meta charset="utf-8"><style>
body {{ margin: 0; background: #14161b; }}
pre {{ margin: 0; padding: 12px 16px; display: inline-block; background: #14161b; color: #e0e2ea;
       font: 16px/1.3 "DejaVu Sans Mono", "Liberation Mono", monospace; }}
</style><pre>{body}</pre>"""


def draw(screen: str, path: Path, chromium: str) -> None:
    """Write a screen with its colour sequences, as tmux captures it, to a PNG file."""
    with page(chromium, (1200, 900)) as drawn:
        drawn.set_content(_PAGE.format(body=_html(screen.rstrip("\n"))))
        drawn.locator("pre").screenshot(path=str(path))


def _html(screen: str) -> str:
    style: dict[str, str] = {}
    parts = []
    for number, piece in enumerate(_SEQUENCE.split(screen)):
        if number % 2:
            style = _styled(style, piece)
        elif piece:
            rules = ";".join(f"{name}:{value}" for name, value in style.items())
            parts.append(f'<span style="{rules}">{html.escape(piece)}</span>')
    return "".join(parts)


def _styled(style: dict[str, str], codes: str) -> dict[str, str]:
    """Return the style after one sequence of Select Graphic Rendition codes."""
    style = dict(style)
    numbers = [part.split(":") for part in (codes or "0").split(";")]
    while numbers:
        first, *more = numbers.pop(0)
        match int(first or 0):
            case 0:
                style = {}
            case 1:
                style["font-weight"] = "bold"
            case 3:
                style["font-style"] = "italic"
            case 4:
                style["text-decoration"] = "none" if more == ["0"] else "underline"
            case 7:
                style |= {"color": style.get("background", "#14161b"), "background": style.get("color", "#e0e2ea")}
            case 38 | 48 | 58 as which:
                name = {38: "color", 48: "background", 58: "text-decoration-color"}[which]
                rest = more or [part[0] for part in numbers]
                colour, used = _extended(rest)
                style[name] = colour
                del numbers[: 0 if more else used]
            case code if 30 <= code <= 37 or 90 <= code <= 97:
                style["color"] = _STANDARD[code % 10]
            case code if 40 <= code <= 47 or 100 <= code <= 107:
                style["background"] = _STANDARD[code % 10]
            case 39:
                style.pop("color", None)
            case 49:
                style.pop("background", None)
    return style


def _extended(rest: list[str]) -> tuple[str, int]:
    """Return a colour of the 256 or of all, and how many numbers it took."""
    if rest[0] == "2":
        red, green, blue = [part for part in rest[1:] if part][-3:] if len(rest) > 4 else rest[1:4]
        return f"rgb({red},{green},{blue})", 4
    number = int(rest[1])
    if number < 16:
        return _STANDARD[number % 8], 2
    if number >= 232:
        return f"rgb({', '.join([str(8 + 10 * (number - 232))] * 3)})", 2
    steps = (0, 95, 135, 175, 215, 255)
    number -= 16
    return f"rgb({steps[number // 36]},{steps[number // 6 % 6]},{steps[number % 6]})", 2
