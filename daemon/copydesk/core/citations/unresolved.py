"""CD601: a citation that leads nowhere: a mark or label without definition, or a stored source that is lost."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from copydesk.core.citations.noting import note_on, said
from copydesk.core.citations.references import CitationKind
from copydesk.core.markdown.definitions import footnote_label, link_label
from copydesk.core.note import Related, anchored
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.citations.known import KnownSources
    from copydesk.core.citations.references import Mark, Reference, References
    from copydesk.core.document import Document, Sentence
    from copydesk.core.note import Note

CODE = "CD601"

INCLUDES = re.compile(
    r"--8<--|\{%-?\s*(?:include|render|partial)|\{\{[<%]\s*(?:include|partial|readfile|snippet)|\{!|^!!!\s*include"
    r"|^:{3,}\s*\{?\.?\s*include|```\{include\}",
    re.MULTILINE,
)
"""A document that includes others may have its definitions there, and theirs may be in it."""

_LABEL = re.compile(r"[^\W_][\w.:-]{0,59}")
_RANGE = re.compile(r"\w-\w")
_PATTERN_AROUND = re.compile(r"[\\(\[|^/*+?{$<>=]")
_SPEAKS_OF_PATTERNS = re.compile(
    r"\b(?:reg(?:ular )?ex(?:p|es|ps|pressions?)?|patterns?|character (?:class|set)e?s?|globs?|wildcards?|grep|sed"
    r"|negat\w+|match(?:es|ed)?)\b",
    re.IGNORECASE,
)
_REFERENCE_LINK = re.compile(
    r"(?<![\w\]\\!)`])\[(?P<words>[^\[\]]*\w[^\[\]]*)\]\[(?P<label>(?!\^)[^\[\]\s](?:[^\[\]]*[^\[\]\s])?)\](?![\[({=])"
)
_LIKE_CODE = re.compile(r"[.:](?=\w)|::|[`'\"<>=(){}|*]|^\W*\d*\W*$")


def unresolved(found: References, known: KnownSources) -> Iterator[Note]:
    """Yield a note on each mark that points to nothing in this document, and on each citation of a lost source."""
    document = found.document
    undefined = [*_undefined_notes(found), *_undefined_links(found)]
    if undefined and not INCLUDES.search(document.text.source):
        yield from undefined
    for reference in found.all if known.lost else ():
        address = next((target for target in reference.entry.targets if known.is_lost(target)), None)
        if address is not None:
            yield note_on(
                document.text,
                CODE,
                _place(reference, document),
                f"The stored text of {said(address)} is missing or damaged, so this citation cannot be checked. "
                "Research the claim again and insert the citation anew.",
            )


def _place(reference: Reference, document: Document) -> Span:
    """Return where a reference is named: the label of a definition, else its mark."""
    if reference.definition is None:
        return reference.marks[0].span
    start = document.text.source.index("[", reference.definition.span.start)
    return Span(start, start + len(reference.name) + 3)


def _undefined_notes(found: References) -> Iterator[Note]:
    text = found.document.text
    defined = {footnote_label(one.label): one for one in found.definitions.footnotes}
    for reference in found.of(CitationKind.FOOTNOTE):
        if reference.definition is not None or not reference.name or not _LABEL.fullmatch(reference.name):
            continue
        near = get_close_matches(footnote_label(reference.name), defined, 1, 0.7)
        related = tuple(
            Related(anchored(text, _line(found, defined[label].span)), "a definition with a similar label")
            for label in near
        )
        for mark in reference.marks:
            if _is_mark(found.document, found.sentence(mark), mark, reference.name, noted=bool(defined)):
                label = f"[^{reference.name}]"
                message = f"{label} has no definition, so readers find no source. Add “{label}: …”, or mend the label."
                yield note_on(text, CODE, mark.span, message, related=related)


def _line(found: References, span: Span) -> Span:
    """Return the first line of a span."""
    line = found.document.text.line_span(found.document.text.line_at(span.start))
    return Span(span.start, min(line.end, span.end))


def _is_mark(document: Document, sentence: Sentence, mark: Mark, name: str, *, noted: bool) -> bool:
    """Tell a footnote's mark from a character class of a regular expression that was not written as code."""
    source, span = document.text.source, mark.span
    before, after = source[span.start - 1 : span.start] if span.start else "", source[span.end : span.end + 1]
    if _RANGE.fullmatch(name) or _PATTERN_AROUND.match(after):
        return False
    if _PATTERN_AROUND.match(before) and before not in "*>)":
        return False
    if noted:
        return True
    return bool(before) and not before.isspace() and not _SPEAKS_OF_PATTERNS.search(sentence.plain)


def _undefined_links(found: References) -> Iterator[Note]:
    text = found.document.text
    if "][" not in text.source:
        return
    titles = {_slug(section.title) for section in found.document.sections}
    for passage in found.document.passages:
        for sentence in passage.sentences:
            for match in _REFERENCE_LINK.finditer(sentence.masked) if "][" in sentence.masked else ():
                label, words = match["label"], match["words"].strip()
                if len(words) < 2 or _LIKE_CODE.search(label) or _LIKE_CODE.search(words):
                    continue
                if text.source[sentence.span.start + match.start() - 1] == "\\":
                    continue
                if sentence.in_code(*match.span("label")) or sentence.in_code(*match.span("words")):
                    continue
                if found.definitions.target(label) is None and _slug(label) not in titles:
                    span = Span(match.start(), match.end()).shifted(sentence.span.start)
                    message = (
                        f"The link label {said(label)} has no definition, so readers see the brackets. "
                        f"Add “[{link_label(label).lower()}]: address”, or mend the label."
                    )
                    yield note_on(text, CODE, span, message)


def _slug(words: str) -> str:
    return re.sub(r"\W+", "-", words.casefold()).strip("-")
