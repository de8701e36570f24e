"""Selectors of CSS: types, classes, ids and attributes, joined by the four combinators (Selectors Level 3).

A selector with anything else in it, such as a pseudo-class, is read as none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\r\n\f]?|(.))", re.DOTALL)
_IDENT = r"(?:\\[0-9a-fA-F]{1,6}\s?|\\[^\n0-9a-fA-F]|[\w-]|[^\x00-\x7f])+"
_SIMPLE = re.compile(
    rf"""(?P<type>\*|{_IDENT})|\#(?P<id>{_IDENT})|\.(?P<cls>{_IDENT})"""
    rf"""|\[\s*(?P<attr>{_IDENT})\s*(?:(?P<op>[~|^$*]?=)\s*(?P<val>{_IDENT}|"[^"]*"|'[^']*')\s*[iIsS]?\s*)?\]"""
)
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")


@dataclass(frozen=True, slots=True)
class Compound:
    """One compound selector, and how it relates to the one on its left (`""` for the first)."""

    combinator: str
    type: str = ""
    id: str = ""
    classes: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, str, str], ...] = ()


def parsed_selector(text: str) -> tuple[Compound, ...]:
    """Return a selector from left to right, or nothing if any part of it is not understood."""
    compounds: list[Compound] = []
    place, combinator = 0, ""
    while place < len(text):
        compound, end = _compound(text, place, combinator)
        if compound is None:
            return ()
        compounds.append(compound)
        between = _COMBINATOR.match(text, end)
        if between is None:
            return tuple(compounds) if end == len(text) else ()
        place, combinator = between.end(), between[1] or " "
    return ()


def specificity(selector: tuple[Compound, ...]) -> int:
    """Return how much a selector weighs, as a number that compares like the three of the standard."""
    ids = sum(bool(one.id) for one in selector)
    classes = sum(len(one.classes) + len(one.attributes) for one in selector)
    return ids << 20 | min(classes, 1023) << 10 | min(sum(bool(one.type) for one in selector), 1023)


def _compound(text: str, start: int, combinator: str) -> tuple[Compound | None, int]:
    kind = identity = ""
    classes: set[str] = set()
    attributes: list[tuple[str, str, str]] = []
    place = start
    while match := _SIMPLE.match(text, place):
        if match["type"]:
            if place != start:
                return None, place
            kind = "" if match["type"] == "*" else unescaped(match["type"]).lower()
        elif match["id"]:
            identity = unescaped(match["id"])
        elif match["cls"]:
            classes.add(unescaped(match["cls"]))
        else:
            value = match["val"] or ""
            value = value[1:-1] if value[:1] in "\"'" else value
            attributes.append((unescaped(match["attr"]).lower(), match["op"] or "", unescaped(value)))
        place = match.end()
    if place == start:
        return None, place
    return Compound(combinator, kind, identity, frozenset(classes), tuple(attributes)), place


def unescaped(text: str) -> str:
    """Return text with the escapes of CSS replaced by what they stand for."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _character(match[1]) if match[1] else match[2], text)


def _character(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def matches(element: HtmlElement, selector: tuple[Compound, ...]) -> bool:
    """Tell whether a selector selects an element."""
    return _matches(element, selector, len(selector) - 1)


def _matches(element: HtmlElement, selector: tuple[Compound, ...], index: int) -> bool:
    compound = selector[index]
    if not _fits(element, compound):
        return False
    return index == 0 or any(_matches(other, selector, index - 1) for other in _related(element, compound.combinator))


def _related(element: HtmlElement, combinator: str) -> Iterator[HtmlElement]:
    if combinator in " ~":
        yield from element.iterancestors() if combinator == " " else element.itersiblings(preceding=True)
    else:
        other = element.getparent() if combinator == ">" else element.getprevious()
        if other is not None:
            yield other


def _fits(element: HtmlElement, compound: Compound) -> bool:
    if compound.type and element.tag != compound.type:
        return False
    if compound.id and element.get("id") != compound.id:
        return False
    if compound.classes and not compound.classes.issubset(element.get("class", "").split()):
        return False
    return all(_has(element.get(name), operator, value) for name, operator, value in compound.attributes)


def _has(actual: str | None, operator: str, value: str) -> bool:
    if actual is None:
        return False
    if operator in ("", "="):
        return not operator or actual == value
    if not value:
        return False
    if operator == "~=":
        return value in actual.split()
    if operator == "|=":
        return actual == value or actual.startswith(f"{value}-")
    return {"^=": actual.startswith, "$=": actual.endswith, "*=": actual.__contains__}[operator](value)


def index_key(compound: Compound) -> str:
    """Return the id, class or type that an element must have to fit; `*` where any does."""
    if compound.id:
        return f"#{compound.id}"
    return f".{min(compound.classes)}" if compound.classes else compound.type or "*"
