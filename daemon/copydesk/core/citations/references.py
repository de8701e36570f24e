"""The citations of a document: where it names a source, which source that is, and what it quotes from it.

Code, formulas, HTML comments and front matter hold no citations. A mark vouches for the sentence that it closes; one
between two sentences for the first.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from markdown_it.helpers import parseLinkDestination

from copydesk.core.citations.quotations import Quotation, quotations, words_of
from copydesk.core.document import ProtectedKind
from copydesk.core.markdown.definitions import definitions, footnote_label
from copydesk.core.markdown.inline import bare_urls
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from copydesk.core.document import Document, Passage, Protected, Sentence
    from copydesk.core.markdown.definitions import Definition, Definitions
    from copydesk.core.text import Text

_KEY = re.compile(r"-?@(?:\{([^}\s]+)\}|(\w[\w:.#$%&+?<>~/-]*\w|\w))")
_CROSS_REFERENCE = re.compile(r"(?:fig|tbl|sec|eq|lst|thm|lem|cor|prp|exm|exr)-")
_MAIL = re.compile(r"[^/]*@")
_RETRIEVED = re.compile(
    r"\b(?:last )?(?:retrieved|accessed|visited|viewed|checked|archived|abgerufen|consulté|consultado)\b[^.;()]*",
    re.IGNORECASE,
)


class CitationKind(StrEnum):
    """How a source is named."""

    FOOTNOTE = "footnote"  # [^id], or ^[text] in place
    LINK = "link"  # [text](address), [text][label]
    ADDRESS = "address"  # <https://…>, https://…
    KEY = "key"  # pandoc: [@key]


@dataclass(frozen=True, slots=True)
class Mark:
    """One place where a source is named. `passage` and `sentence` are indices of what it vouches for."""

    span: Span
    passage: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What the definition of a footnote says.

    `targets` are addresses and relative paths, `quotations` the words quoted in it, `words` all that it says to readers
    but when it was retrieved.
    """

    targets: tuple[str, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    words: str = ""

    def shifted(self, by: int) -> Entry:
        """Return this entry moved by so many code points."""
        return Entry(self.targets, tuple([one.shifted(by) for one in self.quotations]), self.words)


@dataclass(frozen=True, slots=True)
class Reference:
    """A source as the document names it, with all its marks.

    `name` is the label of a footnote or reference link, or a pandoc key. A footnote without definition has no entry,
    one that nothing points to has no marks.
    """

    kind: CitationKind
    name: str
    marks: tuple[Mark, ...]
    definition: Definition | None = None
    entry: Entry = Entry()


@dataclass(frozen=True)
class References:
    """All citations of a document: footnotes in the order of their definitions, undefined ones, links, then keys.

    `entries` is what the next reading may reuse: entries by their definition's source, from where it begins.
    """

    document: Document
    definitions: Definitions
    all: tuple[Reference, ...]
    entries: Mapping[str, Entry]

    def of(self, *kinds: CitationKind) -> Iterator[Reference]:
        """Yield the references of some kinds."""
        return (reference for reference in self.all if reference.kind in kinds)

    def sentence(self, mark: Mark) -> Sentence:
        """Return the sentence that a mark vouches for."""
        return self.document.passages[mark.passage].sentences[mark.sentence]


def references(document: Document, previous: References | None = None, *, links: bool = True) -> References:
    """Return the citations of a document; definitions that `previous` also had are not read again.

    Without `links` only footnotes and keys are looked for, which takes a fraction of the time.
    """
    defined = definitions(document)
    inside = _passages_within(document, defined.footnotes)
    # A definition may name a link by its label.
    known = previous.entries if previous is not None and previous.definitions.targets == defined.targets else {}
    entries, read = _entries(document, defined, inside, known)
    within = {index for indices in inside for index in indices}
    marks: dict[str, list[Mark]] = {}
    names: dict[str, str] = {}
    others = []
    for kind, name, target, mark in _found(document, defined, within, links=links):
        if kind is CitationKind.FOOTNOTE and name:
            marks.setdefault(footnote_label(name), []).append(mark)
            names.setdefault(footnote_label(name), name)
        else:
            others.append(Reference(kind, name, (mark,), entry=Entry((target,) if target else ())))
    notes = []
    for definition, entry in zip(defined.footnotes, entries, strict=True):
        # Of two definitions with one label the first counts, as on GitHub.
        own = marks.pop(footnote_label(definition.label), ())
        notes.append(Reference(CitationKind.FOOTNOTE, definition.label, tuple(own), definition, entry))
    taken = {footnote_label(definition.label) for definition in defined.footnotes}
    undefined = [
        Reference(CitationKind.FOOTNOTE, names[label], tuple(own)) for label, own in marks.items() if label not in taken
    ]
    others.sort(key=lambda reference: reference.kind is CitationKind.KEY)
    return References(document, defined, (*notes, *undefined, *others), read)


def label_span(text: Text, bracket: int, limit: int) -> Span:
    """Return the span of a link's words, whose closing bracket is at `bracket` and which begin after `limit`."""
    source, depth = text.source, 0
    for index in range(bracket, limit - 1, -1):
        if index == 0 or source[index - 1] != "\\":
            depth += {"]": 1, "[": -1}.get(source[index], 0)
        if depth == 0:
            return Span(index + 1, bracket)
    return Span(bracket, bracket)


def _passages_within(document: Document, notes: Sequence[Definition]) -> list[list[int]]:
    """Return the indices of the passages within each definition."""
    inside: list[list[int]] = [[] for _ in notes]
    starts = [note.span.start for note in notes]
    for index, passage in enumerate(document.passages) if notes else ():
        number = bisect_right(starts, passage.span.start) - 1
        if number >= 0 and notes[number].span.contains(passage.span):
            inside[number].append(index)
    return inside


def _entries(
    document: Document, defined: Definitions, inside: Sequence[Sequence[int]], known: Mapping[str, Entry]
) -> tuple[list[Entry], dict[str, Entry]]:
    entries: list[Entry] = []
    read: dict[str, Entry] = {}
    for definition, indices in zip(defined.footnotes, inside, strict=True):
        source, start = document.text.slice(definition.span), definition.span.start
        entry = known.get(source) or read.get(source)
        if entry is None:
            entry = _entry(document.text, defined, [document.passages[index] for index in indices]).shifted(-start)
        read[source] = entry
        entries.append(entry.shifted(start))
    return entries, read


def _entry(text: Text, defined: Definitions, passages: Sequence[Passage]) -> Entry:
    targets: dict[str, None] = {}
    quoted: list[Quotation] = []
    said: list[str] = []
    for passage in passages:
        labels: list[Span] = []
        for sentence in passage.sentences:
            for piece in sentence.protected:
                if (found := _target(text, defined, piece, passage.span.start)) is not None:
                    targets[found[1]] = None
                if piece.kind is ProtectedKind.LINK:
                    labels.append(label_span(text, piece.span.start, passage.span.start))
        if not passage.sentences:
            addresses = [match[0] for match in bare_urls(text.slice(passage.span))]
            targets |= dict.fromkeys(address for address in addresses if not _MAIL.match(address))
        words = words_of(text, passage.sentences, passage.span)
        said.append(words.text)
        quoted.extend(quotation for quotation in quotations(words) if not _names_source(quotation, labels))
    return Entry(tuple(targets), tuple(quoted), _RETRIEVED.sub("", " ".join(said)))


def _names_source(quotation: Quotation, labels: Sequence[Span]) -> bool:
    """Tell whether quoted words are those of a link: they are a title."""
    return any(
        label.contains(quotation.span) or (quotation.span.contains(label) and len(label) * 2 > len(quotation.span))
        for label in labels
    )


def _found(
    document: Document, defined: Definitions, within: set[int], *, links: bool
) -> Iterator[tuple[CitationKind, str, str, Mark]]:
    """Yield the kind, name and target of every place where the text names a source, with its mark.

    The passages `within` definitions of footnotes only point to other footnotes.
    """
    text = document.text
    for index, passage in enumerate(document.passages):
        for number, sentence in enumerate(passage.sentences):
            for piece in sentence.protected:
                span = piece.span
                if piece.kind is ProtectedKind.FOOTNOTE:
                    name = text.source[span.start + 2 : span.end - 1] if text.source[span.start] == "[" else ""
                    yield CitationKind.FOOTNOTE, name, "", Mark(span, index, _vouched_for(passage, number, piece))
                elif index in within:
                    continue
                elif piece.kind is ProtectedKind.CITATION:
                    for key in _keys(text.slice(span)):
                        yield CitationKind.KEY, key, "", Mark(span, index, _vouched_for(passage, number, piece))
                elif links and (found := _target(text, defined, piece, passage.span.start)) is not None:
                    kind = CitationKind.LINK if piece.kind is ProtectedKind.LINK else CitationKind.ADDRESS
                    alone = number and text.source.startswith("([", sentence.span.start)
                    yield kind, found[0], found[1], Mark(span, index, number - 1 if alone else number)


def _vouched_for(passage: Passage, number: int, piece: Protected) -> int:
    """Return the index of the sentence that a mark closes."""
    sentence = passage.sentences[number]
    opening = sentence.masked[: piece.span.start - sentence.span.start]
    return number - 1 if number and not opening.strip() else number


def _keys(source: str) -> Iterator[str]:
    if source.startswith("["):
        keys = (match[1] or match[2] for match in _KEY.finditer(source))
        yield from (key for key in keys if not _CROSS_REFERENCE.match(key))


def _target(text: Text, defined: Definitions, piece: Protected, limit: int) -> tuple[str, str] | None:
    """Return the label, if any, and the address that a construct leads to; None for what names no source."""
    if piece.kind is ProtectedKind.URL:
        address = text.slice(piece.span).strip("<>")
        if _MAIL.match(address):
            return None
        return "", f"https://{address}" if address.lower().startswith("www.") else address
    if piece.kind is not ProtectedKind.LINK:
        return None
    source = text.slice(piece.span)
    if source.startswith("]("):
        target = _inline_target(source)
        return ("", target) if target and not target.startswith("#") else None
    label = source[2:-1] if len(source) > 3 else text.slice(label_span(text, piece.span.start, limit))
    target = defined.target(label) or ""
    return (label, target) if target and not target.startswith("#") else None


@lru_cache(maxsize=4096)
def _inline_target(source: str) -> str:
    """Return the address in the target part of an inline link, empty where it has none."""
    start = len(source) - len(source[2:].lstrip())
    parsed = parseLinkDestination(source, start, len(source))
    return parsed.str if parsed.ok else ""
