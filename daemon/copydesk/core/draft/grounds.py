"""Whether a sentence says no more than what it rests on: its figures and its words.

Code can tell that a figure stands in no quotation, not that a quotation bears a sentence out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.citations.figures import SMALL, FigureKind, Figures, figures
from copydesk.core.similarity import content, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from copydesk.core.citations.figures import Figure
    from copydesk.core.draft.ledger import Entry

LONGEST_COPY = 14
"""Words in a row that a sentence may have in common with a quotation before it counts as copied."""
ALIKE = 0.8
"""Share of content words in common from which on two sentences say the same."""

_QUOTED = re.compile(r"[\"“«„「『][^\"”»“」』]*[\"”»“」』]")
_BARE = (FigureKind.COUNT, FigureKind.YEAR)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def strange_figures(text: str, grounds: Iterable[str]) -> list[str]:
    """Return the figures of a sentence that none of the texts has that it rests on, rounded or in words perhaps."""
    return [one.words for one in _strange(text, grounds)]


def invented_figures(text: str, grounds: Iterable[str]) -> list[str]:
    """Return the same for a sentence without a source, in which small counts need none."""
    return [one.words for one in _strange(text, grounds) if not _small(one)]


def unrelated(text: str, entries: Sequence[Entry]) -> bool:
    """Tell whether a sentence shares no word and no number with what it cites, both in Latin script."""
    told = " ".join(f"{one.evidence.source.title} {one.plain}" for one in entries)
    if not (_LATIN.search(text) and _LATIN.search(told)):
        return False
    own = set(content(text))
    return bool(own) and not own & set(content(told))


def copied(text: str, quotes: Iterable[str]) -> bool:
    """Tell whether a sentence has a long run of words of a quotation that it does not put in quotation marks."""
    own = words(_QUOTED.sub(" ", text))
    if len(own) < LONGEST_COPY:
        return False
    runs = {tuple(own[at : at + LONGEST_COPY]) for at in range(len(own) - LONGEST_COPY + 1)}
    for quote in quotes:
        told = words(quote)
        if any(tuple(told[at : at + LONGEST_COPY]) in runs for at in range(len(told) - LONGEST_COPY + 1)):
            return True
    return False


def says_the_same(text: str, other: str) -> bool:
    """Tell whether two sentences have nearly all of their content words in common, figures included."""
    own, told = set(content(text)), set(content(other))
    shared = own & told
    return len(own) > 2 and len(told) > 2 and len(shared) >= ALIKE * max(len(own), len(told))


def _strange(text: str, grounds: Iterable[str]) -> list[Figure]:
    told = list(grounds)
    known, digits = Figures.of(told), {number for one in told for number in _DIGITS.findall(one)}
    # A number after a name counts as part of that in a source, where it may be a figure all the same: “Opened 1825”.
    return [
        one
        for one in figures(text)
        if not known.has(one) and not (one.kind in _BARE and digits.issuperset(_DIGITS.findall(one.words)))
    ]


def _small(one: Figure) -> bool:
    return one.kind is FigureKind.COUNT and max(one.values) <= SMALL
