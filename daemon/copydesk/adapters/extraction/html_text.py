"""The main text of a web page, as plain paragraphs.

trafilatura chooses what belongs to the article, and favours precision; on a page where it finds next to nothing every
block of the body counts. Its own second choice runs words and marks together. Table rows are kept, their cells parted
by bars, because figures stand there; readers' comments are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree, html
from trafilatura import bare_extraction
from trafilatura.settings import Document

from copydesk.adapters.extraction.charset import decoded
from copydesk.adapters.extraction.plain_text import plain
from copydesk.adapters.extraction.unreadable import Fault, Unreadable
from copydesk.adapters.extraction.values import Extracted
from copydesk.adapters.extraction.visible_html import BLOCKS, remove_unseen

if TYPE_CHECKING:
    from collections.abc import Iterator

_LITTLE = 250
"""Code points of text below which a page is tried again."""

_LONGEST_TITLE = 300
_TAG = re.compile(r"<[a-zA-Z!/?]")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_PARAGRAPHS = frozenset(("p", "head", "item", "list", "quote", "code", "row", "table", "fw", "ab", "list"))
_BREAKS = frozenset(("lb", "br"))
_CELLS = frozenset(("cell", "td", "th"))
_ASIDE = frozenset(("nav", "footer", "aside", "form", "button", "title", "head"))
_NOTE_MARK = re.compile(r"\s*(?:\[?\s*(?:note |nb )?(?:\w{1,4}|[*†‡§]+)\s*\]?[\s,–-]*){1,9}")
_SITE = re.compile(r"\s+[|–—·•»:-]\s+|\s*[|»]\s*|:\s+")


def html_text(body: bytes, charset: str | None) -> Extracted:
    """Return title and main text of a page; raises `Unreadable`, and whatever a parser raises that gave up."""
    source = decoded(body, charset)
    if not _looks_like_html(source):
        raise Unreadable(Fault.NOT_HTML)
    page = _parsed(source)
    hidden = remove_unseen(page)
    _drop_note_marks(page)
    title = _title(page)
    paragraphs = _main_text(page)
    if not paragraphs:
        raise Unreadable(Fault.EMPTY)
    return Extracted("\n\n".join(paragraphs) + "\n", title, hidden)


def _looks_like_html(source: str) -> bool:
    head = source[:4096]
    return bool(_TAG.search(head)) and len(_NOT_TEXT.findall(head)) * 10 <= len(head)


def _parsed(source: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    source = source.replace("\x00", "\ufffd")
    try:
        page = html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        raise Unreadable(Fault.EMPTY) from None
    # The parser stops at the 256th level and keeps what it has; half a page could say the opposite of the whole.
    if parser.error_log.filter_types([etree.ErrorTypes.ERR_RESOURCE_LIMIT]):
        raise Unreadable(Fault.NESTED)
    return page


def _drop_note_marks(page: html.HtmlElement) -> None:
    """Take out marks of footnotes, such as a raised [1] that leads down the page; quotations leave them out."""
    for raised in list(page.iter("sup")):
        link = raised.find(".//a")
        if link is not None and "#" in link.get("href", "") and _NOTE_MARK.fullmatch(raised.text_content()):
            raised.drop_tree()


def _main_text(page: html.HtmlElement) -> list[str]:
    found = bare_extraction(page, favor_precision=True, include_comments=False, include_tables=True)
    body = found.body if isinstance(found, Document) else None
    main = list(_paragraphs(body, _PARAGRAPHS)) if body is not None else []
    if _length(main) >= _LITTLE:
        return main
    for element in list(page.iter(*_ASIDE)):
        element.drop_tree()
    return max(main, list(_paragraphs(page, BLOCKS)), key=_length)


def _length(paragraphs: list[str]) -> int:
    return sum(map(len, paragraphs))


def _paragraphs(root: etree._Element, blocks: frozenset[str]) -> Iterator[str]:
    """Yield the text of each block, folded to single spaces; only a line break in the page breaks a line."""
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in blocks:
            yield from _flushed(pieces)
        if event == "start":
            if element.tag in _BREAKS:
                pieces.append("\n")
            elif element.tag in _CELLS and pieces:
                pieces.append(" | ")
            pieces.append(_folded(element.text))
        elif element is not root:
            pieces.append(_folded(element.tail))
    yield from _flushed(pieces)


def _folded(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _flushed(pieces: list[str]) -> Iterator[str]:
    lines = (" ".join(line.split()).strip("| ") for line in plain("".join(pieces)).split("\n"))
    pieces.clear()
    if text := "\n".join(filter(None, lines)):
        yield text


def _title(page: html.HtmlElement) -> str:
    """Return the first heading where the page's title consists of it and the site's name; else the title."""
    whole = _line(page.find(".//title"))
    headings = [text for text in map(_line, page.iter("h1")) if text]
    if headings and (not whole or _without_site(whole, headings[0])):
        return headings[0]
    return whole


def _without_site(whole: str, heading: str) -> bool:
    return heading == whole or any(heading == part for part in _sides(whole))


def _sides(title: str) -> Iterator[str]:
    for match in _SITE.finditer(title):
        yield title[: match.start()]
        yield title[match.end() :]


def _line(element: etree._Element | None) -> str:
    return " ".join(plain(element.text_content()).split())[:_LONGEST_TITLE] if element is not None else ""
