"""Whether a quote stands word for word in a stored source, and where.

A quote is found when the whole of it, folded (see `core/quoting/folding.py`), stands in the folded source and begins
and ends at the edge of a word or number: "is safe" is not in "this is safer", nor "5 million" in "1.5 million". Words
may be left out where the quote has an ellipsis, and a comma or full stop at its end may be the writer's own, put inside
the marks as American usage has it. Nothing else is forgiven; likeness only chooses the reason given for a quote that is
not found. That a source says so does not make it true, nor does it make the source support a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from copydesk.core.quoting.edges import UNSPACED, inside
from copydesk.core.quoting.faults import ALIKE, NEARLY, Pieces, stitched
from copydesk.core.quoting.finding import occurrences
from copydesk.core.quoting.folding import Folded, fold
from copydesk.core.quoting.plain_view import plain_view
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from copydesk.core.document import Document

LEAST_CHARACTERS = 12
LEAST_WORDS = 3
"""A shorter quote stands in too many sources to say anything of one. A character of a script without spaces counts as
two characters and a word."""

LEAST_PART_WORDS = 2
"""What stands beside an ellipsis must be more than one word, else a sentence could be pieced together from words."""

MOST_PARTS = 6
"""A quote with more ellipses than that is pieced together, whatever its source."""

LONGEST_GAP = 800
"""How many code points (folded) an ellipsis may leave out: about a passage of 120 words."""

_ELLIPSIS = re.compile(r" ?(?:\[ ?… ?\]|\( ?… ?\)|…) ?")
_AT_ENDS = re.compile(rf"^(?:{_ELLIPSIS.pattern})+|(?:{_ELLIPSIS.pattern})+$")
_WORD = re.compile(r"[^\W_]+(?:['’.,:/-][^\W_]+)*")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_LAST_STOP = re.compile(r"(?<=\S)[.,]$")


class Outcome(StrEnum):
    """What came of looking for a quote in its source."""

    FOUND = "found"
    ALTERED = "altered"  # something very like it stands in the source, or it is cut inside a word or number
    STITCHED = "stitched"  # its pieces stand in sources, but not together
    MISATTRIBUTED = "misattributed"  # it stands in another source
    NOT_FOUND = "not_found"
    TOO_SHORT = "too_short"
    SOURCE_MISSING = "source_missing"


@dataclass(frozen=True, slots=True)
class Match:
    """What came of a check, with places as code points of the source's text as it is stored.

    `span` is where a found quote stands; what is left out by an ellipsis is within it. `nearest` is the place most
    like an altered quote. `key` names the source that holds a found or misattributed quote.
    """

    outcome: Outcome
    span: Span | None = None
    nearest: Span | None = None
    key: str = ""


@dataclass(frozen=True)
class StoredText:
    """The text of a source as it is stored, and the key it is stored under; its folded form is made once.

    `view` is what is read instead of `text` where that is Markdown: as long as it, place for place, without markup.
    """

    text: str
    key: str
    view: str = ""

    @classmethod
    def of_document(cls, document: Document, key: str) -> StoredText:
        """Return a Markdown source, read already, in which a quote of its plain words is found."""
        return cls(document.text.source, key, plain_view(document))

    @cached_property
    def folded(self) -> Folded:
        """Return the text as quotes are compared with it."""
        return fold(self.view or self.text)

    def places(self, words: str) -> Iterator[int]:
        """Yield where folded words stand in the folded text between edges of words and numbers, in order."""
        text = self.folded.text
        source = self.view or self.text

        def fits(at: int) -> bool:
            return not (inside(self.folded, source, at) or inside(self.folded, source, at + len(words)))

        return occurrences(words, text, fits)

    def span(self, start: int, end: int) -> Span:
        """Return the place in the stored text of a place in the folded one."""
        return Span(self.folded.source_start(start), self.folded.source_end(end))


def check(quote: str, source: StoredText | None, others: Iterable[StoredText] = ()) -> Match:
    """Return whether a quote stands in its source; `others` are sources that it may have been taken from instead.

    `source` is None, or its text empty, where nothing is stored. Marks of quotation around the quote do not count.
    """
    if source is None or not source.text.strip():
        return Match(Outcome.SOURCE_MISSING)
    words = bare(quote)
    # Folding joins words over a dash; they are counted as they are written.
    if len(words) + len(_UNSPACED.findall(words)) < LEAST_CHARACTERS or _count(quote) < LEAST_WORDS:
        return Match(Outcome.TOO_SHORT)
    span = find(words, source)
    if span is not None:
        return Match(Outcome.FOUND, span, key=source.key)
    rest = tuple(others)
    for other in rest:
        if find(words, other) is not None:
            return Match(Outcome.MISATTRIBUTED, key=other.key)
    parts = _parts(words)
    if 1 < len(parts) <= MOST_PARTS and not _may_leave_out(parts):
        return Match(Outcome.TOO_SHORT)
    return _fault(words, source, rest)


def bare(quote: str) -> str:
    """Return a quote folded, without white space and marks of quotation around it."""
    words = fold(quote).text.strip()
    if len(words) > 1 and words[0] in "'\"" and words[-1] in "'\"":
        words = words[1:-1].strip()
    return words


def find(words: str, source: StoredText) -> Span | None:
    """Return where folded words stand in a source, with what an ellipsis leaves out; None if they do not."""
    core = _AT_ENDS.sub("", words)
    ended = _LAST_STOP.sub("", core)
    for whole in dict.fromkeys((words, core, ended)):
        for at in source.places(whole):
            return source.span(at, at + len(whole))
    for parts in dict.fromkeys((_parts(core), _parts(ended))):
        if _may_leave_out(parts) and (span := _in_order(parts, source)) is not None:
            return span
    return None


def _fault(words: str, source: StoredText, others: Sequence[StoredText]) -> Match:
    """Return why a quote is not found that stands in no other source either."""
    text = source.folded.text
    at = text.find(words)
    if at >= 0:
        return Match(Outcome.ALTERED, nearest=source.span(at, at + len(words)))
    parts = _parts(words)
    missing = [part for part in parts[:MOST_PARTS] if find(part, source) is None]
    if not missing:
        return Match(Outcome.STITCHED)
    pieces = Pieces(missing[0])
    runs = pieces.runs([text, *(other.folded.text for other in others)])
    pieced = stitched(pieces, runs)
    here = [run for run in runs if run.text == 0]
    if here:
        likest = pieces.likest(text, max(here, key=len))
        if likest.share >= (NEARLY if pieced else ALIKE):
            return Match(Outcome.ALTERED, nearest=source.span(likest.start, likest.end))
    return Match(Outcome.STITCHED if pieced else Outcome.NOT_FOUND)


def _in_order(parts: Sequence[str], source: StoredText) -> Span | None:
    """Return the first place where all parts stand one after the other, each near the one before."""
    # Where a chain of parts so far ends, and where it began; both rise.
    chains = [(at + len(parts[0]), at) for at in source.places(parts[0])]
    for part in parts[1:]:
        further, reached = [], 0
        for at in source.places(part):
            while reached + 1 < len(chains) and chains[reached + 1][0] <= at:
                reached += 1
            if chains and 0 <= at - chains[reached][0] <= LONGEST_GAP:
                further.append((at + len(part), chains[reached][1]))
        chains = further
    return source.span(chains[0][1], chains[0][0]) if chains else None


def _may_leave_out(parts: Sequence[str]) -> bool:
    return 1 < len(parts) <= MOST_PARTS and all(_count(part) >= LEAST_PART_WORDS for part in parts)


def _parts(words: str) -> tuple[str, ...]:
    return tuple(part for part in _ELLIPSIS.split(words) if part)


def _count(words: str) -> int:
    spaced = _UNSPACED.sub(" ", words)
    return len(_WORD.findall(spaced)) + len(_UNSPACED.findall(words))
