"""The text of a PDF file as flowing paragraphs, so that its sentences can be quoted.

A PDF file knows lines and no paragraphs. Lines are joined unless something speaks for a new paragraph: a blank line, a
list's bullet, or a line that ends early. What a file shows in white or off the page cannot be told from the rest.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from itertools import pairwise

from pypdf import PdfReader
from pypdf.errors import DependencyError

from copydesk.adapters.extraction.plain_text import has_payload, plain, words
from copydesk.adapters.extraction.unreadable import Fault, Unreadable
from copydesk.adapters.extraction.values import Extracted

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_HYPHENATED = re.compile(r"(\w*[^\W\d_])[-\u2010]$")
_LOWER = re.compile(r"[^\W\d_]+")
_BULLET = re.compile(r"[•▪◦●■‣*–—-]\s+\S")
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d+)*[.)]?|\([a-z0-9]\)|[a-z]\))\s+\S")
_TERMINAL = re.compile(r"[.!?:;…。！？][\"'”’»)\]\d]*$")
_GOES_ON = (",", "-", "\u2010", "–", "—", "(", "/", "&")
_PAGE_NUMBER = re.compile(
    r"(?:page |p\. ?|seite |s\. ?)?[-–— ]*(?:\d{1,4}|[ivxlc]{1,6})(?: ?(?:/|of|von) ?\d{1,4})?[-–— ]*", re.IGNORECASE
)
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|tex|dvi|indd|odt|rtf|pptx?|xlsx?|qxd|html?|txt)\b|[/\\]", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"(?:untitled|microsoft word|powerpoint|document\s?\d*|slide|title|\(?unnamed|unknown|none)\b.*", re.IGNORECASE
)
_LONGEST_TITLE = 300
_RUNNING = 3


def pdf_text(body: bytes) -> Extracted:
    """Return title and text of a PDF file; raises `Unreadable`, and `MemoryError` where it does not fit."""
    if b"%PDF-" not in body[:1024]:
        raise Unreadable(Fault.DAMAGED)
    try:
        pages, title = _read(body)
    except (MemoryError, Unreadable):
        raise
    except Exception as error:  # what a damaged file makes pypdf raise is not listed anywhere
        raise Unreadable(Fault.DAMAGED) from error
    text = "\n".join(pages)
    if not words(text):
        raise Unreadable(Fault.SCANNED)
    lines = _without_running_heads([_lines(page) for page in pages])
    return Extracted("\n\n".join(_paragraphs(lines)) + "\n", title, has_payload(text))


def _read(body: bytes) -> tuple[list[str], str]:
    reader = PdfReader(io.BytesIO(body))
    try:
        # Many files are encrypted only to forbid printing, and open without a password.
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(Fault.ENCRYPTED)
        pages = [page.extract_text() for page in reader.pages]
        if not pages:
            raise Unreadable(Fault.DAMAGED)
    except DependencyError:
        raise Unreadable(Fault.ENCRYPTED) from None
    return pages, _title(reader)


def _title(reader: PdfReader) -> str:
    """Return the title that the file claims, unless a program left its own there."""
    title = reader.metadata.title if reader.metadata else None
    line = " ".join(plain(title if isinstance(title, str) else "").split())[:_LONGEST_TITLE]
    sensible = words(line) > 0 and len(line) > 3 and not _FILE_NAME.search(line) and not _NO_TITLE.fullmatch(line)
    return line if sensible else ""


def _lines(page: str) -> list[str]:
    text = plain(page.replace("\xad\n", "-\n")).translate(_LIGATURES)
    return [" ".join(line.split()) for line in text.split("\n")]


def _without_running_heads(pages: list[list[str]]) -> list[str]:
    """Return the lines of all pages without page numbers, and without heads and feet that three pages share."""
    stripped = [_trimmed(page) for page in pages]
    shared: Counter[str] = Counter()
    for page in stripped:
        shared.update({_pattern(line) for line in (*page[:1], *page[-1:])})
    running = {pattern for pattern, count in shared.items() if count >= _RUNNING and pattern}
    lines: list[str] = []
    for page in stripped:
        while page and (_PAGE_NUMBER.fullmatch(page[0]) or _pattern(page[0]) in running):
            page = _trimmed(page[1:])
        while page and (_PAGE_NUMBER.fullmatch(page[-1]) or _pattern(page[-1]) in running):
            page = _trimmed(page[:-1])
        lines.extend(page)
    return lines


def _trimmed(page: list[str]) -> list[str]:
    filled = [index for index, line in enumerate(page) if line]
    return page[filled[0] : filled[-1] + 1] if filled else []


def _pattern(line: str) -> str:
    return re.sub(r"\d+", "0", line) if len(line) < 120 else ""


def _paragraphs(lines: list[str]) -> list[str]:
    lengths = sorted(len(line) for line in lines if line)
    full = lengths[len(lengths) * 9 // 10] if lengths else 0
    known = set(re.findall(r"[^\W\d_]+-[^\W\d_]+", "\n".join(lines)))
    paragraphs = lines[:1]
    for before, line in pairwise(lines):
        if not line or not before or _parted(before, line, full):
            paragraphs.append(line)
        else:
            paragraphs[-1] = _joined(paragraphs[-1], line, known)
    return [paragraph for paragraph in paragraphs if paragraph]


def _parted(before: str, line: str, full: int) -> bool:
    ended, short = bool(_TERMINAL.search(before)), len(before) < full * 0.8
    if _BULLET.match(line) or ((ended or short) and _NUMBERED.match(line)):
        return True
    if ended:
        return short
    return len(before) < full * 0.5 and not line[0].islower() and not before.endswith(_GOES_ON)


def _joined(paragraph: str, line: str, known: set[str]) -> str:
    """Return a paragraph with one more line; a word parted by a hyphen becomes one, unless it has its own hyphen."""
    first, second = _HYPHENATED.search(paragraph), _LOWER.match(line)
    if first and second and line[0].islower():
        compound = f"{first[1]}-{second[0]}"
        return (paragraph if compound in known else paragraph[:-1]) + line
    return f"{paragraph} {line}"
