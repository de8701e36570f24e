"""CD605: in a document that cites its sources in notes, a paragraph that states something checkable and cites none."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from copydesk.core.checks.harmless_figure import needs_no_source
from copydesk.core.checks.place import own_words
from copydesk.core.checks.rules import pattern
from copydesk.core.checks.source import is_narrated, names_source
from copydesk.core.citations.figures import FigureKind, figures
from copydesk.core.citations.noting import note_on, said
from copydesk.core.citations.quotations import quotations, words_of
from copydesk.core.citations.references import CitationKind
from copydesk.core.document import SOURCES, Format, PassageKind
from copydesk.core.vocabulary import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.citations.memory import Memory
    from copydesk.core.citations.references import Entry, References
    from copydesk.core.document import Document, Passage, Sentence
    from copydesk.core.note import Note

CODE = "CD605"
LEAST_CITATIONS = 2
"""From how many citations on a document is taken to cite its sources in notes."""
LEAST_QUOTED = 4
"""Words of a quotation that is more than a way of speaking."""

_APPARATUS = re.compile(
    r"\b(?:references?|sources?|bibliography|notes?|footnotes?|further reading|see also|links|acknowledge?ments?|thanks"
    r"|changelog|change ?log|changes|license|licence|credits|appendix|todo|faq|agenda|minutes)\b",
    re.IGNORECASE,
)
_UNITS = one_of(
    """
    km, kilomet(?:re|er)s?, met(?:re|er)s?, cm, mm, miles?, feet, ft, kg, kilograms?, grams?, tonn?es?, tons?, pounds?,
    lit(?:re|er)s?, gallons?, hectares?, acres?, square \\w+, °C, degrees?, [kMGT]?W, watts?, [kMGT]Wh, volts?, hertz,
    [kMG]Hz, people, inhabitants, residents, visitors, passengers, users, customers, employees, workers, students,
    patients, deaths, casualties, soldiers, members, households, vehicles, cars, ships, species, copies, votes, seats,
    points, countries, cities, years old, barrels
    """
)
_SAYING = one_of(
    """
    said, says, wrote, writes, called, calls, argued, argues, told, declared, announced, described, describes, stated,
    states, claimed, claims, concluded, concludes, admitted, insisted, noted, notes, remarked, explained, warned
    """
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = rf"(?:{_MONTHS})(?: \d{{1,2}}(?:st|nd|rd|th)?,?)?"
_DATED = rf"(?-i:\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Ff]rom|[Dd]uring|{_DAY}) $)"
_TOPMOST = (
    r"\bthe (?:(?:world|country|nation|city|continent|industry)['’]s )?(?:second[- ]|third[- ])?"
    r"(?:largest|biggest|smallest|oldest|youngest|tallest|highest|lowest|longest|shortest|deepest|fastest|richest"
    r"|poorest|busiest|earliest|heaviest|most (?:popular|common|populous|visited|expensive|successful|influential))"
    r"(?: [\w-]+){1,4}? (?:(?-i:in (?:the |[A-Z])|of (?:the |its |all |[A-Z\d]))|on (?:earth|the )|ever\b|worldwide\b)"
)
_FIRST_PERSON = r"(?-i:\bI\b)|\b(?:we|our|ours|my|mine|us)\b"


def uncited(
    found: References, memory: Memory[tuple[int, str] | None], flagged: frozenset[int] = frozenset()
) -> Iterator[Note]:
    """Yield a note on the first such sentence of a paragraph; `flagged` are starts of those noted for it already."""
    document = found.document
    if not _cites_in_notes(found):
        return
    cited = {mark.passage for one in found.of(CitationKind.FOOTNOTE, CitationKind.KEY) for mark in one.marks}
    blocks = {document.passages[index].block for index in cited}
    skipped = {index for index, section in enumerate(document.sections) if any(map(_is_apparatus, section.path))}
    introduced = False
    for index, passage in enumerate(document.passages):
        is_item = passage.kind is PassageKind.ITEM
        if not is_item:
            introduced = document.text.slice(passage.span).endswith(":") and (index in cited or _has_source(passage))
        own = is_item or passage.kind is PassageKind.PARAGRAPH
        if (
            not own
            or index in cited
            or passage.section in skipped
            or (is_item and (introduced or passage.block in blocks))
        ):
            continue
        key = (document.text.slice(passage.span), *(one.masked for one in passage.sentences))
        statement = memory.of(key, lambda: _statement(document, passage))  # noqa: B023
        if statement is not None:
            sentence = passage.sentences[statement[0]]
            if sentence.span.start not in flagged:
                yield note_on(document.text, CODE, sentence.span, statement[1])


@lru_cache(maxsize=1024)
def _is_apparatus(title: str) -> bool:
    """Tell whether a section of this title holds no claims of its own, such as a list of sources."""
    return _APPARATUS.search(title) is not None


def _cites_in_notes(found: References) -> bool:
    notes = sum(len(one.marks) for one in found.of(CitationKind.FOOTNOTE) if _is_source(one.entry))
    keys = [one.name for one in found.of(CitationKind.KEY)]
    bibliography = found.document.format is Format.QUARTO or _has_bibliography(found.document)
    # Elsewhere [@name] may be a person; a key of a bibliography mostly holds a year.
    own = keys if bibliography else [key for key in keys if re.search(r"\d{2}", key)]
    return notes + len(own) >= LEAST_CITATIONS


def _is_source(entry: Entry) -> bool:
    """Tell a footnote that names a source from an aside: it has an address, or a year as literature has."""
    return bool(entry.targets) or any(figure.kind is FigureKind.YEAR for figure in figures(entry.words))


def _has_bibliography(document: Document) -> bool:
    head = document.text.slice(document.front_matter) if document.front_matter else ""
    return re.search(r"^(?:bibliography|references)\s*:", head, re.MULTILINE) is not None


def _has_source(passage: Passage) -> bool:
    return any(sentence.has(SOURCES) for sentence in passage.sentences)


def _statement(document: Document, passage: Passage) -> tuple[int, str] | None:
    """Return the first sentence of a passage without sources that states something checkable, and the message."""
    if _has_source(passage) or any(map(names_source, passage.sentences)):
        return None
    for index, sentence in enumerate(passage.sentences):
        prose = own_words(sentence)
        if prose.rstrip("\"'”’)*_ ").endswith(("?", ":")) or is_narrated(prose) or pattern(_FIRST_PERSON).search(prose):
            continue
        what = _checkable(document, sentence, prose)
        if what is not None:
            return (
                index,
                f"{what} is not cited, while the document cites others. Add the source, or say that it is your own.",
            )
    return None


def _checkable(document: Document, sentence: Sentence, prose: str) -> str | None:
    for figure in figures(prose):
        before, after = prose[: figure.start], prose[figure.end :]
        if figure.kind is FigureKind.YEAR:
            telling = pattern(_DATED).search(before) is not None
        elif figure.kind in (FigureKind.SHARE, FigureKind.MONEY):
            telling = True
        else:
            telling = pattern(rf"[ -]?(?:\w+ )?{_UNITS}\b").match(after) is not None
        if telling:
            match = re.compile(re.escape(figure.words)).search(prose, figure.start)
            if match is not None and not needs_no_source(match, prose):
                return said(figure.words)
    if (top := pattern(_TOPMOST).search(prose)) is not None:
        return said(top[0])
    if pattern(rf"\b{_SAYING}\b|\baccording to\b").search(prose):
        for quotation in quotations(words_of(document.text, [sentence])):
            if len(quotation.words.split()) >= LEAST_QUOTED:
                return "The quotation"
    return None
