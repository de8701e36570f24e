"""CD604: a figure in a cited sentence that is not the one in its source.

A figure is compared with the words quoted for the sentence, and with the stored text where there is one. It has
drifted where the quotes have a figure of its kind instead, one that the sentence lacks, or where the stored text has it
nowhere. Without either nothing can be said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.citations.attribution import is_attributed, words_about
from copydesk.core.citations.figures import SMALL, Figure, FigureKind, Figures, figures, same
from copydesk.core.citations.noting import note_on, said
from copydesk.core.citations.quotations import words_of
from copydesk.core.citations.references import CitationKind
from copydesk.core.quotes import Outcome, check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.citations.known import KnownSource, KnownSources
    from copydesk.core.citations.memory import Memory
    from copydesk.core.citations.references import Reference, References
    from copydesk.core.document import Sentence
    from copydesk.core.note import Note
    from copydesk.core.text import Span

CODE = "CD604"
FAR = 10
"""By what factor two counts differ that are not one and the same with a slip."""
_DIGIT = re.compile(r"\d")
NEAR = 400
"""Code points around a quote in which its source may have the sentence's other figures."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A figure without its like, at `span` from the sentence's start, and those of its kind that the quotes have."""

    words: str
    span: Span
    rivals: tuple[str, ...] = ()


def drift(found: References, known: KnownSources, memory: Memory[tuple[Drift, ...]]) -> Iterator[Note]:
    """Yield a note on each figure of a cited sentence that its sources do not have."""
    cited: dict[tuple[int, int], list[Reference]] = {}
    for reference in found.all:
        for mark in reference.marks:
            cited.setdefault((mark.passage, mark.sentence), []).append(reference)
    text = found.document.text
    for (passage, number), sources in sorted(cited.items(), key=lambda item: item[0]):
        sentence = found.document.passages[passage].sentences[number]
        if not _DIGIT.search(sentence.masked) or not _comparable(found, sources, known):
            continue
        targets = [target for source in sources for target in source.entry.targets]
        key = (text.slice(sentence.span), known.version, *(source.entry.words for source in sources), *targets)
        for one in memory.of(key, lambda: tuple(_drifted(found, sentence, sources, known))):  # noqa: B023
            yield note_on(text, CODE, one.span.shifted(sentence.span.start), _message(one))


def _comparable(found: References, sources: Sequence[Reference], known: KnownSources) -> bool:
    """Tell whether every source of a sentence can be compared with it; what one lacks another may have.

    A link in the middle of a sentence need not be its source, so that it must be given as one.
    """
    for source in sources:
        stored = bool(source.entry.targets) and all(map(known.at, source.entry.targets))
        noted = source.kind is CitationKind.FOOTNOTE and bool(source.entry.quotations)
        if not (stored or noted):
            return False
        if not is_attributed(found, source):
            return False
    return True


def _drifted(
    found: References, sentence: Sentence, sources: Sequence[Reference], known: KnownSources
) -> Iterator[Drift]:
    words = words_of(found.document.text, [sentence])
    noted = Figures.of(source.entry.words for source in sources)
    quoted = Figures.of(quote.words for source in sources for quote in source.entry.quotations)
    stored = [version for source in sources for target in source.entry.targets for version in known.at(target)]
    around = Figures.of(_surroundings(sources, stored))
    labels = _titles(found, sentence, sources)
    own = list(figures(words.text))
    instead = [one for one in quoted.digits if not any(same(figure, one) for figure in own)]
    for figure in own:
        span = words.span(figure.start, figure.end)
        inside = span.shifted(-sentence.span.start)
        if sentence.in_code(inside.start, inside.end) or any(label.contains(span) for label in labels):
            continue
        if noted.has(figure) or around.has(figure):
            continue
        rivals = tuple(dict.fromkeys(one.words for one in instead if _rivals(figure, one)))
        if rivals or (stored and all(_tells(figure, version) for version in stored)):
            yield Drift(figure.words, inside, rivals)


def _rivals(figure: Figure, other: Figure) -> bool:
    """Tell whether one figure may stand where the other should: of one kind, and counts of like size."""
    if figure.kind is not other.kind:
        return False
    if figure.kind is not FigureKind.COUNT:
        return True
    one, two = max(figure.values), max(other.values)
    return one <= two * FAR and two <= one * FAR


def _tells(figure: Figure, version: KnownSource) -> bool:
    """Tell whether a stored text that has not a figure speaks against it; small counts may be in words of any kind."""
    small = figure.kind is FigureKind.COUNT and max(figure.values) <= SMALL
    return not small and not version.figures.has(figure)


def _surroundings(sources: Sequence[Reference], stored: Sequence[KnownSource]) -> Iterator[str]:
    """Yield what stands around the quotes in their stored sources."""
    for source in sources:
        for quotation in source.entry.quotations:
            for version in stored:
                match = check(quotation.words, version.stored)
                if match.outcome is Outcome.FOUND and match.span is not None:
                    yield version.legible[max(0, match.span.start - NEAR) : match.span.end + NEAR]


def _titles(found: References, sentence: Sentence, sources: Sequence[Reference]) -> list[Span]:
    """Return where the sentence's own links stand, whose words name the source."""
    return [
        words_about(found, mark)
        for source in sources
        if source.kind is CitationKind.LINK
        for mark in source.marks
        if sentence.span.contains(mark.span)
    ]


def _message(one: Drift) -> str:
    if one.rivals:
        rivals = " or ".join(said(words) for words in one.rivals[:2])
        return (
            f"{said(one.words)} is in none of the words quoted for this sentence, which say {rivals}. "
            "Correct the figure, or quote the words that have it."
        )
    return f"{said(one.words)} is nowhere in the source cited. Correct the figure, or cite the source that has it."
