"""Which excerpts are most likely to speak of a claim: BM25 over stems (Robertson and Zaragoza, 2009)."""

from __future__ import annotations

import re
from collections import Counter
from math import log
from typing import TYPE_CHECKING

from copydesk.core.similarity import content

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SATURATION, LENGTH_NORM = 1.2, 0.75
"""The usual k1 and b."""

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+")
"""Scripts written without spaces, whose words are stood for by pairs of characters."""


def terms(text: str) -> Iterator[str]:
    """Yield what a text is looked up by: stems, numbers, and pairs of characters where words are not parted."""
    for run in _UNSPACED.findall(text):
        yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))
    yield from content(_UNSPACED.sub(" ", text))


def ranked(query: str, texts: Sequence[str]) -> list[tuple[float, int]]:
    """Return (score, index) of the texts that share a term with the query, best first; ties in the order given."""
    wanted = set(terms(query))
    counts = [Counter(term for term in terms(text)) for text in texts]
    lengths = [counted.total() for counted in counts]
    usual = sum(lengths) / len(lengths) if lengths else 0.0
    weights = {term: _rarity(sum(term in counted for counted in counts), len(texts)) for term in wanted}
    scores = []
    for index, counted in enumerate(counts):
        norm = SATURATION * (1 - LENGTH_NORM + LENGTH_NORM * lengths[index] / usual) if usual else 0.0
        score = sum(
            weights[term] * counted[term] * (SATURATION + 1) / (counted[term] + norm)
            for term in sorted(wanted)
            if counted[term]
        )
        if score > 0:
            scores.append((score, index))
    return sorted(scores, key=lambda entry: (-entry[0], entry[1]))


def _rarity(holding: int, total: int) -> float:
    return log(1 + (total - holding + 0.5) / (holding + 0.5))
