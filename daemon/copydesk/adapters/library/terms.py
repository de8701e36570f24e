"""Words as they are looked up: folded, without accents, and in pairs where a script does not part them.

SQLite's `unicode61` tokenizer parts words at what is no letter, number or mark, and knows no others. So runs of
Chinese, Japanese, Korean, Thai and the like are written as overlapping pairs of characters here (as Lucene's CJK
analyzer does), each run ending with its last character, so that a single character is found as the beginning of one.
What parts words is written as a space here, because SQLite's tables of Unicode are older than Python's.
"""

from __future__ import annotations

import re
import unicodedata
from math import ceil
from typing import TYPE_CHECKING

from copydesk.core.similarity import FUNCTION_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK_WORDS = 350
"""Words of a chunk at most."""
MOST_TERMS = 64
"""Terms of a query that are looked up; a claim of one sentence has fewer."""
LONGEST_QUERY = 10_000
"""Code points of a query that are read."""

TOKENIZER = "porter unicode61 remove_diacritics 2 categories 'L* N* M*'"
"""What SQLite makes of the words. Marks are letters here, because Indic scripts write vowels with them."""

_PARTING = re.compile(r"[^\w\s]|_")
_UNSPACED = re.compile(
    "[\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0eff\u1000-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u309f\u30a1-\u30fa"
    "\u30fc-\u30ff\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_ACCENTS = re.compile("[\u0300-\u036f]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")
_CONTRACTION = re.compile(r"\b\w+'\w+")
_LINE_END = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_BLANK = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。।])\s*")
_LINK_TARGET = re.compile(r"\]\([^()\s]*\)")


def searchable(text: str) -> str:
    """Return a text as it is indexed."""
    return _paired(_parted(_folded(text)))


def chunks(text: str, *, markdown: bool) -> Iterator[str]:
    """Yield a text, ready to be indexed, in chunks of at most 350 words: whole paragraphs, else whole sentences.

    Long documents are found by the chunk that speaks of the matter. Addresses of Markdown links are left out.
    """
    pieces = list(_pieces(_folded(_LINK_TARGET.sub("]", text) if markdown else text)))
    total = sum(map(len, pieces))
    # Chunks of about one length: BM25 would prefer a short one at the end for its shortness.
    enough = total / max(1, ceil(total / CHUNK_WORDS))
    taken: list[str] = []
    for words in pieces:
        if taken and (len(taken) + len(words) > CHUNK_WORDS or len(taken) >= enough):
            yield " ".join(taken)
            taken = []
        taken += words
    if taken:
        yield " ".join(taken)


def match_expression(query: str) -> str:
    """Return a query in FTS5's language that finds any of the words of a text; empty if it has none.

    No character of the text is ever an operator: each word stands in quotation marks. Words that say little are left
    out unless there are no others.
    """
    text = _folded(query[:LONGEST_QUERY])
    every = list(dict.fromkeys(_words(text)))
    telling = dict.fromkeys(_words(_CONTRACTION.sub(lambda word: "" if word[0] in FUNCTION_WORDS else word[0], text)))
    chosen = [word for word in telling if word.strip("*") not in FUNCTION_WORDS] or every
    return " OR ".join(f'"{word.rstrip("*")}"{" *" if word.endswith("*") else ""}' for word in chosen[:MOST_TERMS])


def _folded(text: str) -> str:
    text = _LINE_END.sub("\n", text)
    if text.isascii():
        text = text.lower()
    else:
        apart = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", apart))
    # Parted at its points, a number would be found wherever its parts are.
    return _DECIMAL.sub("d", _THOUSANDS.sub("", text))


def _paired(folded: str) -> str:
    return folded if folded.isascii() else _UNSPACED.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", folded)


def _parted(folded: str) -> str:
    return _PARTING.sub(lambda one: one[0] if unicodedata.category(one[0])[0] == "M" else " ", folded)


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run))]


def _words(text: str) -> Iterator[str]:
    """Yield words of a folded text; a single character of an unspaced script ends with `*`, for what begins so."""
    text, at = _parted(text), 0
    for run in _UNSPACED.finditer(text):
        yield from text[at : run.start()].split()
        yield from _pairs(run[0])[:-1] or [f"{run[0]}*"]
        at = run.end()
    yield from text[at:].split()


def _pieces(text: str) -> Iterator[list[str]]:
    """Yield the words of paragraphs, of the sentences of those that are too long, and of parts of what still is."""
    for paragraph in _BLANK.split(text):
        words = _paired(_parted(paragraph)).split()
        if len(words) <= CHUNK_WORDS:
            if words:
                yield words
            continue
        for sentence in _SENTENCE_END.split(paragraph):
            words = _paired(_parted(sentence)).split()
            yield from (words[at : at + CHUNK_WORDS] for at in range(0, len(words), CHUNK_WORDS))
