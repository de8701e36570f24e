"""What the library's files say: their text exactly as decoded, and a title to show."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

from copydesk.adapters.library.folders import LARGEST_PDF, LARGEST_TEXT, Entry, Kind
from copydesk.core.document import Format
from copydesk.core.markdown import format_of
from copydesk.core.visible import shortened
from copydesk.errors import PageUnusable

if TYPE_CHECKING:
    from copydesk.adapters.extraction.values import Extracted

LONGEST_TITLE = 200
"""Code points of a title."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks; the longer ones first, because one begins like another."""
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.01
"""The share of control characters above which a file is no text."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_FRONT_MATTER = re.compile(
    r"\A(?:---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$|\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*$)", re.M | re.S
)
_FRONT_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*(?:\"(.+?)\"|'(.+?)'|([^|>\s].*?))[ \t]*$", re.M)
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_RST_UNDERLINE = re.compile(r"([=\-~^\"'*+#:.])\1{2,}[ \t]*$")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_EMPHASIS = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)|[ \t]*\{[^{}]*\}$")
_TITLE_SEARCHED = 20_000
"""How far down a heading is looked for, in code points."""
_TITLE_WIDTH = 500


class ParseWorker(Protocol):
    """Takes the text out of files that strangers wrote.

    Fails with `PageUnusable` for what it cannot read, and with `NotTried` where that is not the file's fault.
    """

    async def html(self, body: bytes, url: str, charset: str | None) -> Extracted:
        """Return what a page says; `charset` is what it was labelled with, if anything."""
        ...

    async def pdf(self, body: bytes, url: str) -> Extracted:
        """Return what a PDF file says."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: its text as it is stored, and a title that can be shown."""

    text: str
    title: str
    format: Format
    hidden: bool = False


def content_of(entry: Entry) -> bytes:
    """Return a file's bytes; raises `PageUnusable` for what grew too large or is no file any more, and `OSError`."""
    flags = sum(getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"))
    limit = LARGEST_PDF if entry.kind is Kind.PDF else LARGEST_TEXT
    with os.fdopen(os.open(entry.path, os.O_RDONLY | flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise PageUnusable("Not a regular file.")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise PageUnusable(f"Larger than {limit // 1_000_000} MB.")
    return content


def digest_of(content: bytes) -> str:
    """Return what tells two files' contents apart."""
    return hashlib.sha256(content).hexdigest()


def read_text(entry: Entry, content: bytes) -> Reading:
    """Return what a Markdown or text file says; raises `PageUnusable` where its bytes are no text."""
    text = _decoded(content)
    if not text.strip():
        raise PageUnusable("It is empty.")
    name = unquote(PurePath(entry.uri).name)
    if entry.kind is Kind.MARKDOWN:
        title, format = _markdown_title(text), format_of(name)
    else:
        title, format = _plain_title(text), Format.PLAIN
    return Reading(text, _shown(title, entry), format)


async def read_extracted(entry: Entry, content: bytes, worker: ParseWorker) -> Reading:
    """Return what an HTML or PDF file says; raises `PageUnusable` where that cannot be told."""
    if entry.kind is Kind.PDF:
        extracted = await worker.pdf(content, entry.uri)
    else:
        extracted = await worker.html(content, entry.uri, None)
    text = _UNSTORABLE.sub("\ufffd", extracted.text)
    if not text.strip():
        scanned = "; it may hold pictures of pages" if entry.kind is Kind.PDF else ""
        raise PageUnusable(f"No text was found in it{scanned}.")
    return Reading(text, _shown(extracted.title, entry), Format.PLAIN, extracted.hidden)


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    if encoding == "utf-8" and b"\0" in content:
        raise PageUnusable("A binary file.")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise PageUnusable(f"Not valid {encoding.removesuffix('-sig').upper()}; save it as UTF-8.") from None
    if "\0" in text or len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text):
        raise PageUnusable("A binary file.")
    return text


def _markdown_title(text: str) -> str:
    lines = [line[:_TITLE_WIDTH] for line in text[:_TITLE_SEARCHED].splitlines()]
    head = "\n".join(lines)
    front = _FRONT_MATTER.match(head)
    named = _FRONT_TITLE.search(front[1] or front[2] or "") if front else None
    if named:
        return str(next(filter(None, named.groups())))
    fence, above = "", ""
    for line in head[front.end() :].split("\n") if front else lines:
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
        elif mark:
            fence = mark[1]
        elif heading := _HEADING.match(line):
            return _unmarked(heading[1])
        elif above.strip() and _UNDERLINE.match(line) and not above.startswith((" ", "\t", "|", ">", "-")):
            return _unmarked(above)
        above = line
    return ""


def _plain_title(text: str) -> str:
    """Return a line at the top that is underlined, as in reStructuredText."""
    lines = [line.rstrip() for line in text[:2_000].splitlines()[:10]]
    for above, below in pairwise(lines):
        if above.strip() and _RST_UNDERLINE.match(below) and not _RST_UNDERLINE.match(above):
            return above
    return ""


def _unmarked(heading: str) -> str:
    return _EMPHASIS.sub("", _LINK.sub(r"\1", heading))


def _shown(title: str, entry: Entry) -> str:
    clean = _UNSTORABLE.sub("\ufffd", title)
    return shortened(clean, LONGEST_TITLE) or shortened(unquote(PurePath(entry.uri).stem), LONGEST_TITLE)
