"""Runs the instant checks over a document and keeps what an edit did not touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from copydesk.core.checks import authority, hedge, overclaim, passive, statistic
from copydesk.core.checks.invisible import CODE as INVISIBLE
from copydesk.core.checks.invisible import hidden, is_clear
from copydesk.core.checks.jargon import CODE as JARGON
from copydesk.core.checks.jargon import terms, unexplained
from copydesk.core.checks.place import Finding, place_of
from copydesk.core.checks.repetition import CONTRADICTION, REPETITION, Repetitions, gist, repetitions
from copydesk.core.checks.source import Sources, names_source
from copydesk.core.citations.checks import CitationReading, cited
from copydesk.core.citations.known import NO_SOURCES
from copydesk.core.codes import CODES
from copydesk.core.document import CRITIQUED, PassageKind
from copydesk.core.note import Note, Related, anchored
from copydesk.core.similarity import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from copydesk.core.checks.jargon import Terms
    from copydesk.core.checks.place import Place
    from copydesk.core.checks.repetition import Gist
    from copydesk.core.citations.known import KnownSources
    from copydesk.core.document import Document, Passage, Sentence
    from copydesk.core.text import Text

_UNSOURCED = frozenset({statistic.CODE, authority.CODE})
_CHECKS = (authority, overclaim, hedge, passive, statistic)
_PARTNERS = MappingProxyType(
    {REPETITION: "where it was said before", CONTRADICTION: "the sentence that it contradicts"}
)
_Key = tuple[PassageKind, bool, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PassageReading:
    """What the checks need to know of one passage, whatever stands elsewhere in the document.

    `introduces` tells that it leads over to a list and names a source.
    """

    findings: tuple[Finding, ...]
    terms: Terms
    gists: tuple[Gist | None, ...]
    introduces: bool


@dataclass(frozen=True)
class InstantReading:
    """The instant notes on a document in document order, and what the next reading may reuse.

    `clear` is the document's text if it has no character that readers may not see.
    """

    notes: tuple[Note, ...]
    memo: Mapping[_Key, PassageReading] = field(default_factory=dict, repr=False, compare=False)
    citations: CitationReading = field(default_factory=CitationReading, repr=False, compare=False)
    clear: Text | None = field(default=None, repr=False, compare=False)
    repetitions: Repetitions = field(default_factory=Repetitions, repr=False, compare=False)


def instant(
    document: Document,
    known_terms: frozenset[str] = frozenset(),
    previous: InstantReading | None = None,
    known_sources: KnownSources = NO_SOURCES,
) -> InstantReading:
    """Return all that the rules find; passages that `previous` also had are not checked again.

    `known_terms` are abbreviations that the readers know, `known_sources` what is stored of the sources that the
    document cites. The notes are those of a reading from scratch.
    """
    known = previous.memo if previous is not None else {}
    memo: dict[_Key, PassageReading] = {}
    readings = []
    introduced = False
    for passage in document.passages:
        source = document.text.slice(passage.span)
        introduced = introduced and passage.kind is PassageKind.ITEM
        key = (passage.kind, introduced, source, tuple([sentence.masked for sentence in passage.sentences]))
        reading = memo.get(key) or known.get(key) or _read(passage, source, introduced=introduced)
        memo[key] = reading
        readings.append(reading)
        introduced = introduced or reading.introduces
    clear = is_clear(document.text, previous.clear if previous is not None else None)
    sentences, gists = _comparable(document, readings)
    repeated = repetitions(gists, previous.repetitions if previous is not None else Repetitions())
    found = [
        *_notes(document, readings, known_terms),
        *_repeated(document.text, sentences, repeated),
        *(() if clear else _hidden(document.text)),
    ]
    flagged = frozenset(note.anchor.hint for note in found if note.code in _UNSOURCED)
    citations = cited(document, known_sources, previous.citations if previous is not None else None, flagged)
    notes = sorted([*found, *citations.notes], key=lambda note: (note.anchor.hint, note.code))
    return InstantReading(tuple(notes), MappingProxyType(memo), citations, document.text if clear else None, repeated)


def _read(passage: Passage, source: str, *, introduced: bool) -> PassageReading:
    if passage.kind not in CRITIQUED:
        return PassageReading((), terms(passage, source), (), introduces=False)
    findings: list[Finding] = []
    gists = []
    sources = Sources(passage)
    for index, sentence in enumerate(passage.sentences):
        tokens = words(sentence.plain)
        findings.extend(_findings(place_of(sources, index, tokens, introduced=introduced)))
        # What a footnote quotes is there to be said again.
        gists.append(gist(sentence, tokens) if passage.kind is not PassageKind.FOOTNOTE else None)
    introduces = source.endswith(":") and any(names_source(sentence) for sentence in passage.sentences)
    return PassageReading(tuple(findings), terms(passage, source), tuple(gists), introduces)


def _findings(place: Place) -> Iterator[Finding]:
    """Yield one finding for each code."""
    for check in _CHECKS:
        message = check.check(place)
        if message is not None:
            yield Finding(check.CODE, place.index, message)


def _notes(document: Document, readings: Sequence[PassageReading], known_terms: frozenset[str]) -> Iterator[Note]:
    text, passages = document.text, document.passages
    for passage, reading in zip(passages, readings, strict=True):
        for finding in reading.findings:
            yield _note(text, finding.code, passage.sentences[finding.sentence], finding.message)
    for term in unexplained([reading.terms for reading in readings], known_terms):
        sentence = passages[term.passage].sentences[term.sentence]
        later = passages[term.later[0]].sentences[term.later[1]] if term.later else None
        yield _note(text, JARGON, sentence, term.message, later, f"where “{term.term}” is spelled out")


def _comparable(document: Document, readings: Sequence[PassageReading]) -> tuple[list[Sentence], list[Gist]]:
    """Return the sentences that say enough to be compared, and their gists."""
    sentences, gists = [], []
    for passage, reading in zip(document.passages, readings, strict=True):
        for sentence, kept in zip(passage.sentences, reading.gists, strict=False):
            if kept is not None:
                sentences.append(sentence)
                gists.append(kept)
    return sentences, gists


def _repeated(text: Text, sentences: Sequence[Sentence], repeated: Repetitions) -> Iterator[Note]:
    for pair in repeated.partners:
        why = _PARTNERS[pair.code]
        yield _note(text, pair.code, sentences[pair.later], pair.message, sentences[pair.earlier], why)


def _hidden(text: Text) -> Iterator[Note]:
    for one in hidden(text):
        yield Note(INVISIBLE, CODES[INVISIBLE].severity, anchored(text, one.span), one.message)


def _note(
    text: Text, code: str, sentence: Sentence, message: str, other: Sentence | None = None, why: str = ""
) -> Note:
    related = () if other is None else (Related(anchored(text, other.span), why),)
    return Note(code, CODES[code].severity, anchored(text, sentence.span), message, related)
