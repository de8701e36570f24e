"""Where a quote may begin and end: not inside a word, and not inside a number.

A number goes on over its separators, sign, currency and per cent sign where no space is between, and over thin or
single spaces between groups of three digits. A word goes on over apostrophes and hyphens, so that no quote loses a
"n't" or a "non-"; a dash between clauses ends it. Scripts without spaces have no such edges but those of numbers.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copydesk.core.quoting.folding import Folded

UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Japanese, Chinese; and Korean, whose words carry particles."""

_WINDOW = 24
_UNSPACED = re.compile(f"[{UNSPACED}]")
_NUMERAL = re.compile(r"[\d〇零一二三四五六七八九十百千万萬億亿兆两兩]")
_HYPHENS = frozenset("-‐‑")
_APOSTROPHES = frozenset("'’‘ʼ＇´`ʹ′")
_ELIDED = re.compile(r"(?<![^\W\d_])(?<!')(?:[cdjlmst]|qu|jusqu|lorsqu|puisqu|un|all|dall|dell|nell|sull|gl)'$")
"""What French and Italian leave of a word before a vowel; the next word is one of its own. (Not n', which denies.)"""

_SIGN = re.compile(r"[±~≈<>≤≥]$|(?<![^\s(\[])\+$")
_POINT = re.compile(r"(?<![\w.])\.$")
_AMOUNT = re.compile(r"[$€£¥₹]?\.?\d")
_GROUPS_BEFORE = re.compile(r"(?<![\w.,])\d{1,3}(?: \d{3})*$")
_GROUP_AFTER = re.compile(r"\d{3}(?!\w)")
_WIDE_SPACES = frozenset("\n\r\t\x0b\x0c\x85\u2028\u2029")


def inside(folded: Folded, source: str, at: int) -> bool:
    """Tell whether a place of a folded text lies within a word or number of its source."""
    text = folded.text
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before == " ":
        return _in_groups(folded, source, at - 1)
    if after == " ":
        return _in_groups(folded, source, at)
    if _in_letters(before) and _in_letters(after):
        return _one_word(before, after)
    left, right = text[max(0, at - _WINDOW) : at], text[at : at + _WINDOW]
    return _in_number(left, right) or _signed(folded, source, at) or _in_compound(folded, source, at)


def _in_letters(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _one_word(before: str, after: str) -> bool:
    if before.isascii() and after.isascii():
        return True
    if _NUMERAL.match(before) and _NUMERAL.match(after):
        return True
    if unicodedata.category(after).startswith("M"):
        return True
    return not (_UNSPACED.match(before) or _UNSPACED.match(after))


def _in_number(left: str, right: str) -> bool:
    before, after = left[-1], right[0]
    if before.isdigit() and after in "%‰°$€£¥₹^":
        return True
    if before in "$€£¥₹^" and after.isdigit():
        return True
    if before.isdigit() and after in ".,:/'·٫٬" and right[1:2].isdigit():
        return True
    if before in ".,:/'·٫٬" and after.isdigit() and (left[-2:-1].isdigit() or _POINT.search(left)):
        return True
    return bool(_SIGN.search(left) and _AMOUNT.match(right))


def _signed(folded: Folded, source: str, at: int) -> bool:
    """Tell whether a place is between a minus, which has a space before it and none behind, and its number."""
    if folded.text[at - 1] != "-" or not _AMOUNT.match(folded.text, at):
        return False
    written = source[folded.source_start(at - 1) : folded.source_end(at)]
    return not written[-1].isspace() and (written[0].isspace() or at == 1 or folded.text[at - 2] in "([")


def _in_compound(folded: Folded, source: str, at: int) -> bool:
    """Tell whether a place is beside a hyphen, apostrophe or underscore that has letters on both sides."""
    text = folded.text
    for mark in (at - 1, at):
        if not 0 < mark < len(text) - 1 or text[mark] not in "-'_":
            continue
        before, after = text[mark - 1], text[mark + 1]
        if not (_in_letters(before) and _in_letters(after)):
            continue
        if _UNSPACED.match(before) or _UNSPACED.match(after):
            continue
        written = source[folded.source_start(mark) : folded.source_end(mark + 1)]
        if text[mark] == "_":
            return True
        if text[mark] == "-" and (written in _HYPHENS or (before.isdigit() and after.isdigit() and "—" not in written)):
            return True
        if text[mark] == "'" and written in _APOSTROPHES:
            return not _ELIDED.search(text, max(0, mark - _WINDOW), mark + 1)
    return False


def _in_groups(folded: Folded, source: str, space: int) -> bool:
    """Tell whether a space stands between groups of digits of one number, as in 250 000."""
    text = folded.text
    if not (text[space - 1 : space].isdigit() and text[space + 1 : space + 2].isdigit()):
        return False
    written = source[folded.source_start(space) : folded.source_end(space + 1)]
    if len(written) != 1 or written in _WIDE_SPACES:
        return False
    left = text[max(0, space - _WINDOW) : space]
    return bool(_GROUPS_BEFORE.search(left) and _GROUP_AFTER.match(text, space + 1))
