"""The style rules of a page that may hide something, and which of them an element gets.

Reads CSS as CSS Syntax Level 3 and Nesting describe it, for what `selectors` and `hiding` understand only; `@supports`
and `@layer` as if they applied. Variables and linked sheets are not followed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.adapters.extraction.colours import alike, colour
from copydesk.adapters.extraction.hiding import CUTTING, can_hide, declared
from copydesk.adapters.extraction.media_query import applies
from copydesk.adapters.extraction.selectors import index_key, matches, parsed_selector, specificity, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml.html import HtmlElement

    from copydesk.adapters.extraction.selectors import Compound

_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?(?:\*/|\Z))|(?P<mark>[{};])"""
    r"""|(?P<text>"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|url\([^)]*\)|\\.|[^{};"'\\/u]+|.)""",
    re.DOTALL | re.IGNORECASE,
)
_COLOURS = frozenset(("color", "background-color"))
_IMPORTANT = re.compile(r" ?! ?important$")
_GROUPS = ("@media", "@supports", "@layer")


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

    `paints` tells whether any rule sets a colour; colours are not followed from rule to rule. `displayed` holds the
    classes to which a rule gives another display than none.
    """

    def __init__(self, sources: Iterable[str]) -> None:
        rules: list[Rule] = []
        order = 0
        for source in sources:
            for block in _blocks(source, order):
                order = max(order, block.order)
                rules.extend(_rules(block))
        self.paints = any(not _COLOURS.isdisjoint(rule.declarations) for rule in rules)
        self.displayed = frozenset(
            name
            for rule in rules
            if rule.declarations.get("display", "none") != "none"
            for name in rule.selector[-1].classes
        )
        hiding = {name for rule in rules for name, value in rule.declarations.items() if can_hide(name, value)}
        hiding |= CUTTING if hiding & CUTTING else frozenset()
        self._by_key: dict[str, list[Rule]] = {}
        for rule in rules:
            kept = hiding | _COLOURS if _same_colour(rule.declarations) else hiding
            listed = {name: value for name, value in rule.declarations.items() if name in kept}
            if listed:
                key = index_key(rule.selector[-1])
                self._by_key.setdefault(key, []).append(replace(rule, declarations=listed))

    def declarations(self, element: HtmlElement, style: str) -> dict[str, str]:
        """Return what the rules and the style attribute declare for an element, by property."""
        found = [rule for rule in self._candidates(element) if matches(element, rule.selector)]
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
        selector = parsed_selector(text)
        for important, listed in enumerate(both):
            if listed and selector:
                yield Rule(selector, (important, specificity(selector), block.order), listed)


def _same_colour(listed: Mapping[str, str]) -> bool:
    text, background = colour(listed.get("color", "")), colour(listed.get("background-color", ""))
    return text is not None and background is not None and alike(text, background)


def declarations(source: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what matters in a block of declarations, lower case, by property: the plain ones, the important ones."""
    both: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for part in _split(source) if source else ():
        name, _, value = part.partition(":")
        value = " ".join(unescaped(value).lower().split())
        plain = _IMPORTANT.sub("", value)
        if read := declared(unescaped(name).strip().lower(), plain):
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
