"""Text folded to what it says, apart from how it is set, with the way back to its places.

Folded are letter case, runs of white space, typographic quotation marks, apostrophes and ellipses, dashes with the
space around them, soft hyphens and other characters of no width, and the compatibility forms of Unicode (NFKC:
ligatures, full-width letters). A small raised or lowered figure or a fraction after a figure stays apart from it, where
NFKC alone would read 10² as 102.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UNSEEN = "\u200b"
"""A character of no width; folding drops it."""

_NO_WIDTH = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef"
_JOINED = "\u2e80-\u303f\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60"
"""Chinese and Japanese, between whose characters a line end or a space says nothing."""

_SAME_WIDTH = str.maketrans(
    {
        **{chr(code): " " for code in range(0x3001) if chr(code).isspace() and code != 32},
        **dict.fromkeys("‘’‚‛′`´ʹʻʼʽˈ＇‹›", "'"),
        **dict.fromkeys("“”„‟″«»「」『』〝〞〟＂", '"'),
        **dict.fromkeys("‐‑‒–—―−⸺⸻﹘﹣－", "-"),
        "⁄": "/",
        "∕": "/",
    }
)
_JOINED_CHARACTER = re.compile(f"[{_JOINED}]")
_TYPOGRAPHIC = re.compile("[^!-_a-~ ]+")
_SPACES = re.compile(f"  [ {_NO_WIDTH}]*")
_IRREGULAR = re.compile(
    # It begins with one set of characters, because the search for a set is quick.
    r"[.'\-\x80-\U0010ffff](?:"
    r"(?P<ellipsis>(?<=\.)(?:\.\.+|(?: \.(?!\d)){2,})|(?<=…)…*)"
    rf"|(?P<dash>(?<=-)(?:[- {_NO_WIDTH}]+|(?<= -))|(?<=[{_NO_WIDTH}])[ {_NO_WIDTH}]*-[- {_NO_WIDTH}]*)"
    r"|(?P<quote>(?<=')'+)"
    rf"|(?P<unseen>(?<=[{_NO_WIDTH}])[ {_NO_WIDTH}]*)"
    rf"|(?P<letters>(?<=[^\x00-\x7f…{_NO_WIDTH}])[^\x00-\x7f…{_NO_WIDTH}]*))"
)
_FOLDED = {"ellipsis": "…", "dash": "-", "quote": '"'}
_DITTO = re.compile(r'"(?<!\d")')
_APART = ("<super>", "<sub>", "<fraction>", "<circle>", "<compat>")
"""Decompositions (Unicode, UAX 44, table 14) that must not run into a figure beside them."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. Where its length parts from the source's, a stretch begins, with its place in both."""

    text: str
    starts: list[int]
    sources: list[int]

    def source_start(self, at: int) -> int:
        """Return where in the source the character at a place of the folded text begins."""
        stretch = bisect_right(self.starts, at) - 1
        return self.sources[stretch] + (at - self.starts[stretch] if self._even(stretch) else 0)

    def source_end(self, end: int) -> int:
        """Return where in the source the character before a place of the folded text ends."""
        stretch = bisect_right(self.starts, end - 1) - 1
        if self._even(stretch):
            return self.sources[stretch] + end - self.starts[stretch]
        return self.sources[stretch + 1]

    def _even(self, stretch: int) -> bool:
        if stretch + 1 == len(self.starts):
            return True
        starts, sources = self.starts, self.sources
        return starts[stretch + 1] - starts[stretch] == sources[stretch + 1] - sources[stretch]


def fold(source: str) -> Folded:
    """Return a text folded, in time linear in its length."""
    text = _TYPOGRAPHIC.sub(lambda match: match[0].translate(_SAME_WIDTH), source)
    parts: list[str] = []
    starts, sources = [0], [0]
    at = 0
    for start, end, folded in _pieces(text):
        # An uneven piece is a stretch of its own; an even one belongs to the stretch before if the shift is the same.
        if end - start != len(folded) or start - at != sources[-1] - starts[-1]:
            starts.append(at)
            sources.append(start)
        parts.append(folded)
        at += len(folded)
    starts.append(at)
    sources.append(len(source))
    # An inch mark after a figure stays apart from a foot mark; elsewhere single and double marks change places
    # whenever a quotation is quoted.
    return Folded(_DITTO.sub("'", "".join(parts)), starts, sources)


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the pieces of a text in order, each as start, end and what it folds to; pieces tile the text."""
    at, last = 0, ""
    for start, end, sort in _irregular(text):
        if start < at:
            continue
        if sort == "letters" and start > at and _continues(text[start]):
            start -= 1  # a combining mark belongs to the letter before it
        if sort == "dash" and start > at and text[start - 1] == " ":
            start -= 1
        if start > at:
            plain = text[at:start].lower()
            if plain == " " and _joins(last, text[start]):
                plain = ""
            yield at, start, plain
            last = plain[-1:] or last
        if sort == "letters":
            pieces = _letters(text, start, end, last)
        elif sort in _FOLDED:
            pieces = iter([(start, end, _FOLDED[sort])])
        else:
            pieces = iter([(start, end, _space(text, start, end, last))])
        for piece in pieces:
            yield piece
            last = piece[2][-1:] or last
        at = end
    if at < len(text):
        yield at, len(text), text[at:].lower()


def _irregular(text: str) -> list[tuple[int, int, str]]:
    """Return where a text is more than plain characters with single spaces between them."""
    spaces = [(*match.span(), "unseen") for match in _SPACES.finditer(text)]
    return sorted(spaces + [(*match.span(), match.lastgroup or "") for match in _IRREGULAR.finditer(text)])


def _space(text: str, start: int, end: int, last: str) -> str:
    following = text[end : end + 1]
    one = " " in text[start:end] and last != " " and following != "-" and not _joins(last, following)
    return " " if one else ""


def _letters(text: str, start: int, end: int, last: str) -> Iterator[tuple[int, int, str]]:
    """Yield a run of letters beyond ASCII in one piece where each stands for itself, else letter by letter."""
    run = text[start:end]
    folded = run.casefold()
    if len(folded) == len(run) and unicodedata.is_normalized("NFKC", folded):
        yield start, end, folded
        return
    at = start
    while at < end:
        following = at + 1
        while following < end and _continues(text[following]):
            following += 1
        folded = _letter(text[at:following], last, text[following : following + 1])
        yield at, following, folded
        last = folded[-1:] or last
        at = following


def _letter(letter: str, before: str, after: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", letter).casefold())
    if not unicodedata.decomposition(letter[0]).startswith(_APART):
        return folded
    if folded[:1].isdigit() and before.isdigit():
        folded = (" " if "⁄" in folded else "^") + folded
    if folded[-1].isdigit() and after.isdigit():
        folded += "^"
    return folded.replace("⁄", "/")


def _continues(character: str) -> bool:
    """Tell whether a character may melt into the one before it: combining marks, and vowels and finals of Hangul."""
    return unicodedata.category(character).startswith("M") or "\u1160" <= character <= "\u11ff"


def _joins(before: str, after: str) -> bool:
    """Tell whether white space between two characters says nothing."""
    return bool(_JOINED_CHARACTER.match(before) and _JOINED_CHARACTER.match(after))
