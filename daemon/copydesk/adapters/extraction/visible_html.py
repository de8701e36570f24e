"""Taking out of a page what its readers cannot see, before anything looks for its main text.

Extractors keep words that are hidden by a class, a size or a place; on a page made to deceive a model they are the
point. Honest pages hold hidden words too: folded menus, dialogues, labels for screen readers. So what is reported is
prose (eight words or more in one block, outside menus, dialogues, forms, page heads and feet, links and buttons) that
is either hidden by size, place, clipping, colour or opacity, or hidden in any way among the paragraphs of the text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from copydesk.adapters.extraction.colours import alike, colour
from copydesk.adapters.extraction.hiding import SMALLEST_TEXT, text_size, vanishes
from copydesk.adapters.extraction.media_query import applies
from copydesk.adapters.extraction.plain_text import has_payload, plain, words
from copydesk.adapters.extraction.style_sheet import StyleSheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement

BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_NEVER_READ = frozenset((
    "annotation", "annotation-xml", "applet", "area", "audio", "base", "canvas", "datalist", "embed", "frame",
    "frameset", "iframe", "input", "link", "meta", "noembed", "noframes", "noscript", "object", "optgroup",
    "option", "param", "progress", "rp", "script", "select", "source", "style", "svg", "template", "textarea",
    "track", "video",
))  # fmt: skip
_FURNITURE = frozenset(["nav", "footer", "header", "form", "dialog", "menu", "button", "a", "label", "legend"])
_FURNITURE_ROLES = frozenset((
    "navigation", "menu", "menubar", "dialog", "alertdialog", "search", "banner", "contentinfo", "tooltip",
    "status", "alert", "button", "tablist",
))  # fmt: skip
_KEPT = frozenset(["class", "id", "role", "href", "rel", "itemprop", "data-testid", "data-component"])
"""Attributes by which extractors tell an article from its surroundings; others may carry words to them."""

# What style sheets that are linked, and so not seen here, are known to hide.
_HIDING_CLASSES = frozenset((
    "sr-only", "sr_only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screenreader-only",
    "screen-reader-only", "a11y-hidden", "element-invisible", "offscreen", "off-screen", "d-none", "is-hidden",
    "u-hidden", "display-none", "hidden", "hide", "invisible",
))  # fmt: skip
_SHOWING_AGAIN = ("sm:", "md:", "lg:", "xl:", "2xl:", "d-sm-", "d-md-", "d-lg-", "d-xl-", "d-xxl-")
_PARAGRAPHS = frozenset(("p", "blockquote", "li", "dd"))
_PROSE = 8
_BLACK = (0.0, 0.0, 0.0, 1.0)
_WHITE = (255.0, 255.0, 255.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Look:
    """How the text of an element looks. Colours are None where another rule, a linked sheet or an image decides."""

    shown: bool = True
    size: float = 16.0
    colour: tuple[float, ...] | None = None
    background: tuple[float, ...] | None = None
    furniture: bool = False

    @property
    def readable(self) -> bool:
        if not self.shown or self.size < SMALLEST_TEXT:
            return False
        return self.colour is None or (
            self.colour[3] > 0.05 and (self.background is None or not alike(self.colour, self.background))
        )


def remove_unseen(page: HtmlElement) -> bool:
    """Take out of a page, in place, what readers do not see; return whether any of it was prose.

    The text that stays is plain (see `plain_text`), and no attribute stays that could carry words.
    """
    walk = _Walk(page)
    walk.run()
    payload = has_payload("".join(page.itertext()))
    for element in page.iter():
        if element.text:
            element.text = plain(element.text)
        if element.tail:
            element.tail = plain(element.tail)
        kept = {name: value for name, value in element.attrib.items() if name in _KEPT}
        if len(kept) < len(element.attrib):
            element.attrib.clear()  # by name it fails for names such as `{}`, which the parser lets in
            element.attrib.update(kept)
    return payload or walk.prose


class _Walk:
    def __init__(self, page: HtmlElement) -> None:
        self._page = page
        self._sheet = StyleSheet(_sheets(page))
        # Whether colours may come from where they are not followed.
        self._painted = self._sheet.paints or any(
            "stylesheet" in link.get("rel", "").lower().split() for link in page.iter("link")
        )
        self._unseen: Counter[HtmlElement] = Counter()

    @property
    def prose(self) -> bool:
        return any(count >= _PROSE for count in self._unseen.values())

    def run(self) -> None:
        gone: list[HtmlElement] = []
        look = _Look() if self._painted else _Look(colour=_BLACK, background=_WHITE)
        todo = [(self._page, look, self._page)]
        while todo:
            element, look, block = todo.pop()
            block = element if element.tag in BLOCKS else block
            style = self._style(element)
            look = self._look(element, style, look)
            if self._goes(element, style, look, block):
                gone.append(element)
                continue
            if not look.readable:
                self._blank(element, look, block)
            todo.extend((child, look, block) for child in element)
        for element in gone:
            element.drop_tree()

    def _goes(self, element: HtmlElement, style: Mapping[str, str], look: _Look, block: HtmlElement) -> bool:
        """Tell whether an element shows nothing; its words are counted where that is reported."""
        if element is self._page or element.tag == "body":
            return False
        if element.tag in _NEVER_READ:
            return True
        folded = _folded(element, style)
        if (folded and _among_prose(element)) or (not folded and style and vanishes(style)):
            self._count(element, look, block)
            return True
        return folded or element.get("aria-hidden", "").lower() == "true"

    def _style(self, element: HtmlElement) -> Mapping[str, str]:
        style = self._sheet.declarations(element, element.get("style", ""))
        classes = element.get("class", "").lower().split()
        if "display" in style or _HIDING_CLASSES.isdisjoint(classes) or not self._sheet.displayed.isdisjoint(classes):
            return style
        return style if any(name.startswith(_SHOWING_AGAIN) for name in classes) else {**style, "display": "none"}

    def _look(self, element: HtmlElement, style: Mapping[str, str], outer: _Look) -> _Look:
        furniture = outer.furniture or element.tag in _FURNITURE or element.get("role") in _FURNITURE_ROLES
        text, background = self._colours(element, style, outer)
        shown, size = outer.shown, outer.size
        # A page that is hidden as a whole is one that a script shows when it is ready.
        if style and element is not self._page and element.tag != "body":
            visibility = style.get("visibility", "inherit")
            shown = shown if visibility in ("inherit", "unset") else visibility not in ("hidden", "collapse")
            size = text_size(style, size)
        return _Look(shown, size, text, background, furniture)

    def _colours(
        self, element: HtmlElement, style: Mapping[str, str], outer: _Look
    ) -> tuple[tuple[float, ...] | None, tuple[float, ...] | None]:
        attribute = "text" if element.tag == "body" else "color"
        declared = style.get("color") or element.get(attribute, "").lower()
        painted = style.get("background-color") or element.get("bgcolor", "").lower()
        styled_elsewhere = self._painted and (element.get("class") or element.get("id"))
        text = None if styled_elsewhere else outer.colour
        background = None if styled_elsewhere else outer.background
        if declared and declared not in ("inherit", "unset", "currentcolor"):
            text = colour(declared)
        if style.get("background-image", "none") != "none" or element.get("background"):
            background = None
        elif painted and painted not in ("none", "transparent", "initial", "unset", "revert"):
            solid = colour(painted)
            background = solid if solid and solid[3] > 0.95 else None
        if "text" in style.get("background-clip", ""):
            text = background = None  # the background shows through the letters
        return text, background

    def _blank(self, element: HtmlElement, look: _Look, block: HtmlElement) -> None:
        """Take out an element's own text; what it holds may show itself again."""
        if not look.furniture:
            self._unseen[block] += words(" ".join(_own_text(element)))
        element.text = None
        for child in element:
            child.tail = None

    def _count(self, element: HtmlElement, look: _Look, block: HtmlElement) -> None:
        """Count the words of an element that goes, by the block that they stand in."""
        if look.furniture:
            return
        blocks = [block]
        walk = etree.iterwalk(element, events=("start", "end"))
        for event, inner in walk:
            if event == "end":
                if blocks[-1] is inner and inner is not block:
                    blocks.pop()
                self._unseen[blocks[-1]] += words(inner.tail or "") if inner is not element else 0
                continue
            if inner.tag in BLOCKS and inner is not block:
                blocks.append(inner)
            if inner.tag in _FURNITURE or inner.tag in _NEVER_READ:
                walk.skip_subtree()
            else:
                self._unseen[blocks[-1]] += words(inner.text or "")


def _folded(element: HtmlElement, style: Mapping[str, str]) -> bool:
    """Tell whether an element is hidden as honest pages hide what a click shows."""
    if "hidden" in element.attrib or "popover" in element.attrib:
        return True
    if style.get("display") == "none" or style.get("content-visibility") == "hidden":
        return True
    return element.tag == "dialog" and "open" not in element.attrib


def _among_prose(element: HtmlElement) -> bool:
    around = element.getparent()
    if words(" ".join(_own_text(around))) >= _PROSE:
        return True
    beside = (other for other in (element.getprevious(), element.getnext()) if other is not None)
    return any(other.tag in _PARAGRAPHS and words(" ".join(_inline_text(other))) >= _PROSE for other in beside)


def _own_text(element: HtmlElement) -> Iterator[str]:
    yield element.text or ""
    yield from (child.tail or "" for child in element)


def _inline_text(element: HtmlElement) -> Iterator[str]:
    yield from _own_text(element)
    yield from (child.text or "" for child in element)


def _sheets(page: HtmlElement) -> Iterator[str]:
    for style in page.iter("style"):
        inactive = any(outer.tag in ("noscript", "template", "svg") for outer in style.iterancestors())
        if not inactive and applies(style.get("media", "")) and style.get("type", "text/css").lower() == "text/css":
            yield style.text or ""
