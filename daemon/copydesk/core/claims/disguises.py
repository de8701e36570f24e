"""Words of a source as a language model may read them, whatever spelling or hiding place was chosen for them.

Undone are invisible characters, look-alike letters and letters set apart, markup inside words, reversed and encoded
text (Boucher et al., "Bad Characters", 2022; tag characters and variation selectors as carriers: Goodside, 2024,
Butler, 2025). What is returned is for searching only; its offsets are its own.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from typing import TYPE_CHECKING

from copydesk.core.prompt_safety import legible

if TYPE_CHECKING:
    from collections.abc import Iterator

_CARRIERS = re.compile(
    "[\U000e0000-\U000e007f]{10,}|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{10,}|[\u200b-\u200f\u2060-\u2064]{16,}"
)
"""Runs of invisible characters, longer than any that a flag, an emoji or a script needs."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_REVERSED = re.compile("\u202e([^\u202c\n]*)")
_APART = re.compile(r"(?<!\w)\w(?:[ .·-]\w){2,}(?!\w)")
_MIXED = re.compile(r"\w*[A-Za-z]\w*")
_ITEM = re.compile(r"\n[ \t>]*(?:[-*+•#|]+|\d{1,2}[.)])[ \t]+")
_PARAGRAPH = re.compile(r"\n[ \t>]*\n")
_QUOTED = re.compile('[“"„«][^”"»“„«\n]{12,400}[”"“»]')
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝАВЕКМНОРСТХІЈЅαοικνρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxijshdqwABEKMHOPCTXIJSaoiknptuxABEZHIKMNOPTYX"
)
"""Cyrillic and Greek letters that are drawn like Latin ones."""


def carries_hidden_text(text: str) -> bool:
    """Tell whether a source holds a run of invisible characters that has no use but to carry a message."""
    return not text.isascii() and _CARRIERS.search(text) is not None


def undisguised(text: str) -> str:
    """Return a source's words spelled plainly; lines stay lines."""
    if not text.isascii():
        text = _REVERSED.sub(lambda match: match[1][::-1], text)
        text = "\n".join(map(legible, unicodedata.normalize("NFKC", text).splitlines()))
        text = _MIXED.sub(lambda match: match[0].translate(_LOOK_ALIKES), text)
    return _APART.sub(lambda match: re.sub(r"\W", "", match[0]), text)


def paragraphs(text: str) -> Iterator[str]:
    """Yield a plain source's paragraphs, each on one line without markup, its list items and cells parted by `;`.

    Where that makes it shorter, a paragraph comes again with its quotations cut out, so that what is said about a
    quotation stands together.
    """
    for paragraph in _PARAGRAPH.split(text):
        line = " ".join(_ITEM.sub(" ; ", f"\n{paragraph}").translate({42: None, 95: 32, 124: 59}).split())
        yield line
        if (shorter := _QUOTED.sub("“”", line)) != line:
            yield shorter


def decoded(text: str) -> str:
    """Return the words that base64 in a source stands for, a line for each; empty without any."""
    found = []
    for match in _BASE64.finditer(text):
        with_padding = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            words = base64.b64decode(with_padding + "=" * (-len(with_padding) % 4), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if words.isprintable():
            found.append(words)
    return "\n".join(found)
