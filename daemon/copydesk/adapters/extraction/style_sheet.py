"""The style rules of a page that may hide something, and which of them an element gets.

Reads CSS as CSS Syntax Level 3 and Nesting describe it, for what `hiding` understands only: selectors of types,
classes, ids and attributes with all four combinators; `@supports` and `@layer` as if they applied. Rules with
pseudo-classes or pseudo-elements, variables and linked sheets are not followed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.adapters.extraction.colours import alike, colour
from copydesk.adapters.extraction.hiding import CUTTING, can_hide, declared
from copydesk.adapters.extraction.media_query import applies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml.html import HtmlElement

_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?(?:\*/|\Z))|(?P<mark>[{};])"""
    r"""|(?P<text>"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|url\([^)]*\)|\\.|[^{};"'\\/u]+|.)""",
    re.DOTALL | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\r\n\f]?|(.))", re.DOTALL)
_IDENT = r"(?:\\[0-9a-fA-F]{1,6}\s?|\\[^\n0-9a-fA-F]|[\w-]|[^\x00-\x7f])+"
_SIMPLE = re.compile(
    rf"""(?P<type>\*|{_IDENT})|\#(?P<id>{_IDENT})|\.(?P<cls>{_IDENT})"""
    rf"""|\[\s*(?P<attr>{_IDENT})\s*(?:(?P<op>[~|^$*]?=)\s*(?P<val>{_IDENT}|"[^"]*"|'[^']*')\s*[iIsS]?\s*)?\]"""
)
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
_COLOURS = ("color", "background-color")
_IMPORTANT = re.compile(r" ?! ?important$")
_GROUPS = ("@media", "@supports", "@layer")


@dataclass(frozen=True, slots=True)
class Compound:
    """One compound selector, and how it relates to the one on its left (`""` for the first)."""

    combinator: str
    type: str = ""
    id: str = ""
    classes: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Declarations for one selector; `weight` orders rules as the cascade does."""

    selector: tuple[Compound, ...]
    weight: tuple[int, int, int]
    declarations: Mapping[str, str]


@dataclass(slots=True)
class _Block:
    """A block being read: `selectors` is None at the top and in at-rules outside style rules."""

    applies: bool
    selectors: tuple[str, ...] | None
    order: int
    declarations: list[str] = field(default_factory=list)


class StyleSheet:
    """Those rules of all `<style>` elements of a page that hide, or show what another rule hides.

    `paints` tells whether any rule sets a colour; colours are not followed from rule to rule.
    """

    def __init__(self, sources: Iterable[str]) -> None:
        rules: list[Rule] = []
        for source in sources:
            for block in _blocks(source, rules[-1].weight[2] if rules else 0):
                rules.extend(_rules(block))
        self.paints = any(name in rule.declarations for rule in rules for name in _COLOURS)
        hiding = {name for rule in rules for name, value in rule.declarations.items() if can_hide(name, value)}
        hiding |= CUTTING if hiding & CUTTING else frozenset()
        self._by_key: dict[str, list[Rule]] = {}
        for rule in rules:
            listed = {name: value for name, value in rule.declarations.items() if name in hiding}
            if listed or _same_colour(rule.declarations):
                self._by_key.setdefault(_key(rule.selector[-1]), []).append(
                    replace(rule, declarations=listed or rule.declarations)
                )

    def declarations(self, element: HtmlElement, style: str) -> dict[str, str]:
        """Return what the rules and the style attribute declare for an element, by property."""
        found = [rule for rule in self._candidates(element) if _matches(element, rule.selector, len(rule.selector) - 1)]
        # A style attribute weighs more than every selector, and less than what is important.
        for important, listed in enumerate(declarations(style)):
            found.append(Rule((), (important, 1 << 30, 0), listed))
        found.sort(key=lambda rule: rule.weight)
        return {name: value for rule in found for name, value in rule.declarations.items()}

    def _candidates(self, element: HtmlElement) -> Iterator[Rule]:
        if not self._by_key:
            return
        identity = element.get("id")
        keys = ["*", element.tag, *(f".{name}" for name in set(element.get("class", "").split()))]
        for key in [*keys, f"#{identity}"] if identity else keys:
            yield from self._by_key.get(key, ())


def _rules(block: _Block) -> Iterator[Rule]:
    both = declarations(";".join(block.declarations))
    for text in block.selectors or () if any(both) else ():
        selector = _selector(text)
        ids = sum(bool(one.id) for one in selector)
        classes = sum(len(one.classes) + len(one.attributes) for one in selector)
        specificity = ids << 20 | min(classes, 1023) << 10 | min(sum(bool(one.type) for one in selector), 1023)
        for important, listed in enumerate(both):
            if listed and selector:
                yield Rule(selector, (important, specificity, block.order), listed)


def _key(compound: Compound) -> str:
    if compound.id:
        return f"#{compound.id}"
    return f".{min(compound.classes)}" if compound.classes else compound.type or "*"


def _same_colour(listed: Mapping[str, str]) -> bool:
    text, background = (colour(listed.get(name, "")) for name in _COLOURS)
    return text is not None and background is not None and alike(text, background)


def declarations(source: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what matters in a block of declarations, lower case, by property: the plain ones, the important ones."""
    both: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for part in _split(source) if source else ():
        name, _, value = part.partition(":")
        value = " ".join(_unescaped(value).lower().split())
        plain = _IMPORTANT.sub("", value)
        if read := declared(_unescaped(name).strip().lower(), plain):
            both[plain != value][read[0]] = read[1]
    return both


def _split(source: str) -> list[str]:
    parts: list[str] = []
    pieces: list[str] = []
    for token in _TOKEN.finditer(source):
        if token["mark"]:
            parts.append("".join(pieces))
            pieces = []
        elif not token["comment"]:
            pieces.append(token["text"])
    return [*parts, "".join(pieces)]


def _blocks(source: str, order: int) -> Iterator[_Block]:
    """Yield the style rules of a sheet that apply, each when it closes."""
    stack = [_Block(applies=True, selectors=None, order=order)]
    pieces: list[str] = []
    for token in _TOKEN.finditer(source):
        if not token["mark"]:
            pieces.append(token["text"] or " ")
            continue
        text = "".join(pieces).strip()
        pieces = []
        if token["mark"] == "{":
            order += 1
            stack.append(_opened(stack[-1], text, order))
            continue
        if text and not text.startswith("@"):
            stack[-1].declarations.append(text)
        if token["mark"] == "}" and len(stack) > 1:
            block = stack.pop()
            if block.applies and block.selectors:
                yield block
    # A sheet that ends inside a block is read as if the block were closed.
    stack[-1].declarations.append("".join(pieces))
    yield from (block for block in reversed(stack) if block.applies and block.selectors)


def _opened(outer: _Block, prelude: str, order: int) -> _Block:
    if prelude.startswith("@"):
        name = prelude.split(None, 1)[0].split("(")[0].lower()
        read = name in _GROUPS and (name != "@media" or applies(prelude[6:]))
        return _Block(outer.applies and read, outer.selectors, order)
    inner = [part.strip() for part in prelude.split(",")]
    if outer.selectors is not None:
        inner = [one.replace("&", up) if "&" in one else f"{up} {one}" for up in outer.selectors for one in inner]
    # Rules nested in rules multiply their selectors; no honest sheet has so many.
    return _Block(outer.applies and len(inner) <= 4096, tuple(inner), order)


def _selector(text: str) -> tuple[Compound, ...]:
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


def _compound(text: str, start: int, combinator: str) -> tuple[Compound | None, int]:
    kind = identity = ""
    classes: set[str] = set()
    attributes: list[tuple[str, str, str]] = []
    place = start
    while match := _SIMPLE.match(text, place):
        if match["type"]:
            if place != start:
                return None, place
            kind = "" if match["type"] == "*" else _unescaped(match["type"]).lower()
        elif match["id"]:
            identity = _unescaped(match["id"])
        elif match["cls"]:
            classes.add(_unescaped(match["cls"]))
        else:
            value = match["val"] or ""
            value = value[1:-1] if value[:1] in "\"'" else value
            attributes.append((_unescaped(match["attr"]).lower(), match["op"] or "", _unescaped(value)))
        place = match.end()
    if place == start:
        return None, place
    return Compound(combinator, kind, identity, frozenset(classes), tuple(attributes)), place


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _character(match[1]) if match[1] else match[2], text)


def _character(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def _matches(element: HtmlElement, selector: tuple[Compound, ...], index: int) -> bool:
    compound = selector[index]
    if not _fits(element, compound):
        return False
    if index == 0:
        return True
    return any(_matches(other, selector, index - 1) for other in _related(element, compound.combinator))


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
