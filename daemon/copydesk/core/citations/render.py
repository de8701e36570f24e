"""How a citation is written into a document: a footnote with the quote, or a link in the sentence.

Edits are given only if the document, read again with them, has exactly the citation more: the mark at its sentence, one
link with the source's address, the quote word for word, and all other passages as they were.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from copydesk.core.citations.addresses import destination, is_web, relative_path, same_source_key, scheme_of
from copydesk.core.citations.escaping import escaped, legible_line
from copydesk.core.citations.places import mark_place, note_place, parenthesis_place, sentence_at
from copydesk.core.citations.quotations import words_of
from copydesk.core.citations.references import CitationKind, references
from copydesk.core.citations.verifying import cites
from copydesk.core.document import Format
from copydesk.core.edit import Edit
from copydesk.core.markdown import format_of, read
from copydesk.core.markdown.definitions import footnote_label
from copydesk.core.quotes import bare
from copydesk.core.text import Span, Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from copydesk.core.citations.references import Reference, References
    from copydesk.core.document import Document
    from copydesk.core.evidence import Evidence

Style = Literal["footnote", "link"]

LONGEST_TITLE = 300
_MARKDOWN = frozenset({".md", ".markdown", ".mkd", ".mdown", ".mdx", ".qmd", ".rmd"})
_SLUG_WORDS, _SLUG_LENGTH = 4, 32
_ENDS = re.compile(r"[.!?…。！？]['’”»\")\]]*$")


@dataclass(frozen=True, slots=True)
class Cited:
    """A source as it is written: `title` in words, `target` as an address or path, empty where none can be given."""

    title: str
    target: str
    written: str


def citation(
    document: Document,
    sentence: Span,
    evidence: Evidence,
    style: Style,
    *,
    base: str = "",
    format: Format | None = None,
) -> tuple[Edit, ...] | None:
    """Return the edits that cite a source at a sentence, in document order and apart; none where it is cited already.

    None where no citation can be put: in a heading, outside prose, a link to a file far away. `base` is the document's
    `file:` URI, `format` how the source's text is written, by default what the name of a file says and else plain.
    """
    if style == "link":
        return link(document, sentence, evidence, base=base)
    return footnote(document, sentence, evidence, base=base, format=format)


def footnote(
    document: Document, sentence: Span, evidence: Evidence, *, base: str = "", format: Format | None = None
) -> tuple[Edit, ...] | None:
    """Return the edits that put a mark after a sentence, and the definition where the document keeps its definitions.

    A definition that quotes the same words of the same source is used again.
    """
    found = references(document)
    at = sentence_at(document, sentence)
    inside = at and any(note.span.contains(document.passages[at[0]].span) for note in found.definitions.footnotes)
    quote, source = quoted_words(evidence, format), source_of(evidence, base)
    if at is None or inside or document.format is Format.PLAIN or not quote:
        return None
    known = same_citation(found, source, quote, base)
    if known is not None and any((mark.passage, mark.sentence) == at for mark in known.marks):
        return ()
    taken = {footnote_label(reference.name) for reference in found.of(CitationKind.FOOTNOTE)}
    slug = known.name if known is not None else label_for(source.title, taken)
    place = mark_place(document, *at)
    edits = [Edit(Span(place, place), f"[^{slug}]")]
    if known is None:
        end, before, after = note_place(document, found)
        line = f"{before}[^{slug}]: {definition_of(quote, source, evidence.source.retrieved)}{after}"
        edits = _in_order(edits[0], Edit(Span(end, end), line))
    return tuple(edits) if cites(document, edits, slug, source.target, quote, base) else None


def link(document: Document, sentence: Span, evidence: Evidence, *, base: str = "") -> tuple[Edit, ...] | None:
    """Return the edit that puts a link in parentheses before a sentence's full stop."""
    at, source = sentence_at(document, sentence), source_of(evidence, base)
    if at is None or not source.written or document.format is Format.PLAIN:
        return None
    found = references(document)
    key = same_source_key(source.target, base)
    for reference in found.of(CitationKind.LINK, CitationKind.ADDRESS):
        here = any((mark.passage, mark.sentence) == at for mark in reference.marks)
        if here and any(same_source_key(target, base) == key for target in reference.entry.targets):
            return ()
    place, before = parenthesis_place(document, *at)
    edit = Edit(Span(place, place), f"{before}([{escaped(source.title)}]({source.written}))")
    return (edit,) if cites(document, (edit,), "", source.target, "", base) else None


def _in_order(mark: Edit, note: Edit) -> list[Edit]:
    """Return two insertions in document order, as one where they are at the same place."""
    if mark.span == note.span:
        return [Edit(mark.span, mark.words + note.words)]
    return sorted((mark, note), key=lambda edit: edit.span.start)


def quoted_words(evidence: Evidence, format: Format | None = None) -> str:
    """Return a quote's words on one line, without the markup of a source that is written in Markdown.

    Empty where it has characters that may be in no document, so that it could not be found again.
    """
    path = urlsplit(evidence.source.url).path if scheme_of(evidence.source.url) == "file" else ""
    known = format or (format_of(path) if PurePosixPath(path).suffix.lower() in _MARKDOWN else Format.PLAIN)
    words = evidence.quote
    if known is not Format.PLAIN:
        quote = read(Text(words), known)
        passages = (words_of(quote.text, passage.sentences, passage.span).text for passage in quote.passages)
        words = " ".join(passages)
    return legible_line(words) if bare(legible_line(words)) == bare(words) else ""


def source_of(evidence: Evidence, base: str = "") -> Cited:
    """Return how a source is written in the document at `base`: never by a path that only this machine has."""
    source = evidence.source
    target = source.url if is_web(source.url) else (relative_path(source.url, base) or "")
    written = destination(target) or ""
    if written and not is_web(target):
        target = written
    title = legible_line(source.title)[:LONGEST_TITLE]
    if not re.search(r"\w", title):
        title = _place_name(source.url)
    return Cited(title, target if written else "", written)


def _place_name(url: str) -> str:
    parts = urlsplit(url)
    return legible_line(unquote(PurePosixPath(parts.path).name) if parts.scheme == "file" else parts.netloc) or "Source"


def definition_of(quote: str, source: Cited, retrieved: str) -> str:
    """Return what a footnote says: the quote, its source, and when that was read (ISO 8601, empty if not known)."""
    name = f"[{escaped(source.title)}]({source.written})" if source.written else escaped(source.title)
    date = f", retrieved {retrieved[:10]}" if re.match(r"\d{4}-\d{2}-\d{2}", retrieved) else ""
    return f"“{escaped(_enclosed(quote))}”{'' if _ENDS.search(quote) else ','} {name}{date}."


def _enclosed(quote: str) -> str:
    """Return a quote whose own marks cannot be taken for those around it."""
    depth = 0
    for character in quote:
        depth += {"“": 1, "”": -1}.get(character, 0)
        if depth < 0:
            break
    return quote if depth == 0 and "„" not in quote else re.sub("[“”„]", '"', quote)


def same_citation(found: References, source: Cited, quote: str, base: str) -> Reference | None:
    """Return the footnote that quotes the same words of the same source."""
    key = same_source_key(source.target, base)
    for reference in found.of(CitationKind.FOOTNOTE):
        keys = {same_source_key(target, base) for target in reference.entry.targets}
        quotes = {_stripped(quotation.words) for quotation in reference.entry.quotations}
        if key and key in keys and _stripped(quote) in quotes and reference.definition is not None:
            return reference
    return None


def _stripped(quote: str) -> str:
    """Return a quote as it is compared with others: American style puts a comma of its own before the closing mark."""
    return bare(quote).rstrip(".,")


def label_for(title: str, taken: Collection[str]) -> str:
    """Return a label that a title suggests; `taken` are those that the document has, as they are compared."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    slug = ""
    for word in words[:_SLUG_WORDS]:
        if len(slug) + len(word) < _SLUG_LENGTH:
            slug = f"{slug}-{word}".strip("-")
    slug = slug or (words[0][:_SLUG_LENGTH] if words else "source")
    numbers = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return next(label for label in (slug, *numbers) if label not in taken)
