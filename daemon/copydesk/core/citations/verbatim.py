"""CD602 and CD607: whether quoted words stand in the stored source, and whether they still stand in its newest text.

Only quotes whose source is stored are looked for. Titles between quotation marks are no quotes, and a few quoted words
in a sentence are more often a way of speaking than a quote, so that these are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.citations.attribution import is_attributed
from copydesk.core.citations.noting import QUOTED, note_on, said
from copydesk.core.citations.quotations import OPENS, Quotation, quotations, words_of
from copydesk.core.citations.references import CitationKind
from copydesk.core.evidence import Evidence
from copydesk.core.quotes import Outcome, bare, check
from copydesk.core.visible import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.citations.known import KnownSource, KnownSources
    from copydesk.core.citations.memory import Memory
    from copydesk.core.citations.references import Reference, References
    from copydesk.core.note import Note
    from copydesk.core.quotes import Match

CODE = "CD602"
STALE = "CD607"

_MOST_TELLING = (
    Outcome.FOUND,
    Outcome.ALTERED,
    Outcome.STITCHED,
    Outcome.MISATTRIBUTED,
    Outcome.NOT_FOUND,
    Outcome.TOO_SHORT,
    Outcome.SOURCE_MISSING,
)
_VOUCHING = (CitationKind.FOOTNOTE, CitationKind.KEY)
_IN_PASSING = (Outcome.ALTERED, Outcome.STITCHED, Outcome.MISATTRIBUTED)
"""What is said of words that stand in a sentence beside a link, which may be quoted from elsewhere."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of looking for a quote in the versions stored of its sources: the most telling, and where.

    `still` tells whether a found quote stands in the newest text as well.
    """

    match: Match
    source: KnownSource
    still: bool = True


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation with the references that are its sources.

    `in_note` tells that it stands in a definition, `attributed` that its sentence gives one of them as its source.
    """

    quotation: Quotation
    sources: tuple[Reference, ...]
    in_note: bool
    attributed: bool = True


def verbatim(found: References, known: KnownSources, memory: Memory[Checked | None]) -> Iterator[Note]:
    """Yield a note on each quote that is not in its source, or no longer."""
    if not known.sources:
        return
    for quoted in _quoted(found):
        checked = _checked(quoted, known, memory)
        if checked is None:
            continue
        if checked.match.outcome is not Outcome.FOUND:
            yield note_on(
                found.document.text,
                CODE,
                quoted.quotation.span,
                _message(quoted, checked, known),
                evidence=_nearest(checked),
            )
        elif not checked.still:
            words, when = said(quoted.quotation.words), checked.source.newest_retrieved[:10]
            read = f" as read on {when}" if when else ""
            message = f"{words} no longer stands on the page{read}. Cite an archived copy, or what the page says now."
            yield note_on(found.document.text, STALE, quoted.quotation.span, message)


def _quoted(found: References) -> Iterator[Quoted]:
    """Yield the quotations of definitions, then those of sentences with the sources that they name."""
    named: dict[tuple[int, int], list[Reference]] = {}
    for reference in found.all:
        for quotation in reference.entry.quotations:
            yield Quoted(quotation, (reference,), in_note=True)
        for mark in reference.marks:
            named.setdefault((mark.passage, mark.sentence), []).append(reference)
    for (passage, number), references in sorted(named.items(), key=lambda item: item[0]):
        sentence = found.document.passages[passage].sentences[number]
        if not OPENS.search(sentence.masked):
            continue
        quoted = tuple(quotations(words_of(found.document.text, [sentence])))
        # Of several quotes only one may be what a link is said to say; a note vouches for all of them.
        given = any(
            one.kind in _VOUCHING or (len(quoted) == 1 and one.kind is CitationKind.LINK and is_attributed(found, one))
            for one in references
        )
        yield from (Quoted(quotation, tuple(references), in_note=False, attributed=given) for quotation in quoted)


def _checked(quoted: Quoted, known: KnownSources, memory: Memory[Checked | None]) -> Checked | None:
    """Return what is to be said of a quote, None where nothing can or need be."""
    targets = tuple(sorted({target for one in quoted.sources for target in one.entry.targets}))
    stored = [version for target in targets for version in known.at(target)]
    if not stored:
        return None
    words = quoted.quotation.words
    checked = memory.of((known.version, words, *targets), lambda: _compared(words, stored, known))
    if checked is None or checked.match.outcome is Outcome.FOUND:
        return checked
    complete = all(one.entry.targets and all(map(known.at, one.entry.targets)) for one in quoted.sources)
    outcome = checked.match.outcome
    if quoted.in_note:
        return checked if complete or outcome is Outcome.ALTERED else None
    telling = outcome in _IN_PASSING or (quoted.attributed and outcome is Outcome.NOT_FOUND)
    return checked if telling and (complete or outcome is Outcome.ALTERED) else None


def _compared(words: str, stored: Sequence[KnownSource], known: KnownSources) -> Checked | None:
    """Return the most telling outcome over the stored versions; None for words that are a source's title."""
    if any(_is_title(words, version.source.title) for version in stored):
        return None
    own = {version.source.sha256 for version in stored}
    others = [one.stored for one in known.sources if one.source.sha256 not in own]
    results = [Checked(check(words, version.stored, others), version) for version in stored]
    best = min(results, key=lambda one: _MOST_TELLING.index(one.match.outcome))
    newest = [version.newer for version in stored if version.newer is not None]
    in_newest = any(check(words, text).outcome is Outcome.FOUND for text in newest)
    if best.match.outcome is not Outcome.FOUND:
        return None if in_newest else best
    return Checked(best.match, best.source, still=best.source.newer is None or in_newest)


def _is_title(words: str, title: str) -> bool:
    """Tell whether quoted words are those of a title, whole or without the name of the site, or with it.

    A sentence often begins with what its source is called, so that holding a title makes words no title: only a bar,
    which prose does not have, may set the name of a site apart.
    """
    one, other = bare(words).rstrip(".,"), bare(title).rstrip(".,")
    if not one or not other:
        return False
    return one in other or other in {part.strip() for part in one.split("|")}


def _nearest(checked: Checked) -> tuple[Evidence, ...]:
    near, source = checked.match.nearest, checked.source
    if near is None:
        return ()
    return (Evidence(source.text[near.start : near.end], source.source, near.start, near.end),)


def _message(quoted: Quoted, checked: Checked, known: KnownSources) -> str:
    words, match, source = said(quoted.quotation.words), checked.match, checked.source
    title = said(source.source.title or source.source.url)
    match match.outcome:
        case Outcome.ALTERED:
            near = match.nearest
            instead = "something else"
            if near is not None:
                instead = f"“{shortened(source.legible[near.start : near.end], 2 * QUOTED).rstrip('.')}”"
            return f"{words} is not word for word what {title} says, which is {instead}. Quote it exactly."
        case Outcome.STITCHED:
            return f"{words} is put together from words that stand apart in {title}. Quote each piece by itself."
        case Outcome.MISATTRIBUTED:
            other = next((one for one in known.sources if one.source.sha256 == match.key), source)
            return f"{words} is not in {title} but in {said(other.source.title or other.source.url)}. Cite that."
        case Outcome.TOO_SHORT:
            return f"{words} is too short to be told from chance. Quote at least three words of {title}."
        case _:
            return f"{words} is nowhere in {title}. Quote what the source says, or cite the one that says this."
