"""CD606: a footnote or link that is defined and that nothing points to."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from copydesk.core.citations.noting import note_on, said
from copydesk.core.citations.references import CitationKind
from copydesk.core.citations.unresolved import INCLUDES
from copydesk.core.document import ProtectedKind
from copydesk.core.markdown.definitions import footnote_label, link_label
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.citations.references import References
    from copydesk.core.document import Document
    from copydesk.core.markdown.definitions import Definition
    from copydesk.core.note import Note

CODE = "CD606"
FEW = 2
"""From more unused links on, and a third of all, they are a list with a purpose of its own, or one that is shared."""

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_MARK = re.compile(r"\[\^([^\]\s]+)\]")
_LONGEST_PREFIX = 40
_BRACKETED = re.compile(r"\[((?:[^\[\]\\]|\\.)+)\]")
_OPENS = re.compile(r"[ \t]|\r|\n")


def orphans(found: References) -> Iterator[Note]:
    """Yield a note on each definition that nothing points to; its rewrite removes the definition with its lines."""
    notes = [*_footnotes(found), *_links(found)]
    if notes and not _only_defines(found) and not INCLUDES.search(found.document.text.source):
        yield from notes


def _footnotes(found: References) -> Iterator[Note]:
    uncited = [one.definition for one in found.of(CitationKind.FOOTNOTE) if one.definition and not one.marks]
    if not uncited:
        return
    elsewhere = _marked_elsewhere(found, {footnote_label(one.label) for one in uncited})
    firsts = {footnote_label(one.label): one for one in reversed(found.definitions.footnotes)}
    for definition in uncited:
        label, written = footnote_label(definition.label), said(f"[^{definition.label}]")
        if firsts[label] is not definition:
            message = f"The footnote {written} is defined before, so this definition is never shown."
            yield _orphan(found.document, definition, f"{message} Give it a label of its own, or remove it.")
        elif label not in elsewhere:
            message = f"The footnote {written} is never cited. Put its mark where it belongs, or remove it."
            yield _orphan(found.document, definition, message)


def _links(found: References) -> Iterator[Note]:
    source = found.document.text.source
    unused = [one for one in found.definitions.links if not (_is_comment(one) or _named(source, one))]
    unnamed = _unnamed(found) if unused else set()
    unused = [one for one in unused if link_label(one.label) in unnamed]
    if len(unused) > FEW and len(unused) * 3 > len(found.definitions.links):
        return
    for definition in unused:
        message = f"Nothing links to {said(f'[{definition.label}]')}. Use the link, or remove its address."
        yield _orphan(found.document, definition, message)


def _orphan(document: Document, definition: Definition, message: str) -> Note:
    """Return a note on a whole definition that removes it, or on its first line where that could take other text."""
    text = document.text
    lines = [line for line in re.split(r"\r\n|\r|\n", text.slice(definition.span))[1:] if line.strip()]
    own = not definition.nested and (definition.target or all(_OPENS.match(line) for line in lines))
    if own:
        return note_on(text, CODE, definition.span, message, rewrite="")
    first = text.line_span(text.line_at(definition.span.start))
    return note_on(text, CODE, Span(definition.span.start, min(first.end, definition.span.end)), message)


def _only_defines(found: References) -> bool:
    """Tell whether a document holds definitions for others to include, and no text of its own."""
    notes = [definition.span for definition in found.definitions.footnotes]
    return not any(
        passage.sentences and not any(span.contains(passage.span) for span in notes)
        for passage in found.document.passages
    )


def _marked_elsewhere(found: References, wanted: set[str]) -> set[str]:
    """Return those labels whose marks stand where no passage is read: in HTML, front matter or a cell of their own."""
    source = found.document.text.source
    comments = [match.span() for match in _COMMENT.finditer(source)]
    starts = [one.span.start for one in found.definitions.footnotes]
    labels: set[str] = set()
    for match in _MARK.finditer(source):
        if footnote_label(match[1]) not in wanted - labels:
            continue
        number = bisect_right(starts, match.start()) - 1
        opening = source[starts[number] : match.start()] if number >= 0 else "x"
        # A line that opens with list or quotation marks may hold a definition too.
        defines = len(opening) < _LONGEST_PREFIX and not opening.strip("> \t-*+.)0123456789")
        in_comment = any(start <= match.start() < end for start, end in comments)
        if not (defines or in_comment or _in_code(found, Span(match.start(), match.end()))):
            labels.add(footnote_label(match[1]))
    return labels


def _in_code(found: References, place: Span) -> bool:
    if any(span.contains(place) for span in found.definitions.code):
        return True
    kinds = (ProtectedKind.CODE, ProtectedKind.MATH)
    return any(
        piece.kind in kinds and piece.span.contains(place)
        for passage in found.document.passages
        if passage.span.contains(place)
        for sentence in passage.sentences
        for piece in sentence.protected
    )


def _is_comment(definition: Definition) -> bool:
    """Tell a definition that is a comment by convention, such as `[//]: # (words)`, or an address in this document."""
    return definition.target.startswith("#") or definition.label.startswith(("//", "#")) or not definition.target


def _named(source: str, definition: Definition) -> bool:
    """Tell whether a label stands in brackets outside its definition, or as an anchor, written the same."""
    if f"#{definition.label}" in source:
        return True
    written = f"[{definition.label}]"
    at = source.find(written)
    while at >= 0 and definition.span.start <= at < definition.span.end:
        at = source.find(written, at + 1)
    return at >= 0


def _unnamed(found: References) -> set[str]:
    """Return the labels of links that stand in brackets nowhere but in their definitions, however they are written."""
    links = found.definitions.links
    starts = [definition.span.start for definition in links]
    named = set()
    for match in _BRACKETED.finditer(found.document.text.source):
        number = bisect_right(starts, match.start()) - 1
        if number < 0 or match.start() >= links[number].span.end:
            named.add(link_label(match[1]))
    return {link_label(definition.label) for definition in links} - named
