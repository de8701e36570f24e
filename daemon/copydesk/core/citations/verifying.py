"""Whether edits that cite a source do that and nothing else, seen by reading the document again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from copydesk.core.citations.addresses import same_source_key
from copydesk.core.citations.references import CitationKind, references
from copydesk.core.document import ProtectedKind
from copydesk.core.markdown import read
from copydesk.core.quotes import bare
from copydesk.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.citations.references import References
    from copydesk.core.document import Document, Passage
    from copydesk.core.edit import Edit

_CONSTRUCTS = frozenset(ProtectedKind) - {ProtectedKind.HARD_BREAK}


def cites(document: Document, edits: Sequence[Edit], name: str, target: str, quote: str, base: str) -> bool:
    """Tell whether edits in document order add one citation: a mark to the footnote `name`, or a link if it is empty.

    A new footnote must have the target as its only address, the quote word for word, and no other construct. All other
    passages, headings and definitions must come out as they were.
    """
    source = document.text.source
    for edit in reversed(edits):
        source = source[: edit.span.start] + edit.words + source[edit.span.end :]
    after = read(Text(source, document.text.version), document.format)
    before, now = references(document), references(after)
    kind = ProtectedKind.FOOTNOTE if name else ProtectedKind.LINK
    fresh = "" if any(one.name == name for one in before.of(CitationKind.FOOTNOTE)) else name
    if fresh and not _says(now, fresh, target, quote, base):
        return False
    if not name and _linked(now, target, base) != _linked(before, target, base) + 1:
        return False
    return _skeleton(document, before, "") == _skeleton(after, now, fresh) and _added(
        _passages(document, before, ""), document, _passages(after, now, fresh), after
    ) == [kind]


def _says(found: References, name: str, target: str, quote: str, base: str) -> bool:
    own = [reference for reference in found.of(CitationKind.FOOTNOTE) if reference.name == name]
    if len(own) != 1 or own[0].definition is None:
        return False
    keys = [same_source_key(each, base) for each in own[0].entry.targets]
    quotes = [bare(quotation.words) for quotation in own[0].entry.quotations]
    span = own[0].definition.span
    pieces = [
        piece.kind
        for passage in found.document.passages
        if span.contains(passage.span)
        for sentence in passage.sentences
        for piece in sentence.protected
    ]
    wanted = [same_source_key(target, base)] if target else []
    return keys == wanted and bare(quote) in quotes and len(pieces) == len(wanted)


def _linked(found: References, target: str, base: str) -> int:
    """Return how often a source is linked to."""
    key = same_source_key(target, base)
    return sum(same_source_key(each, base) == key for one in found.all for each in one.entry.targets)


def _skeleton(document: Document, found: References, fresh: str) -> tuple[object, ...]:
    """Return what a citation leaves alone besides passages; the footnote `fresh` is left out."""
    return (
        [(section.level, section.title) for section in document.sections],
        [note.label for note in found.definitions.footnotes if note.label != fresh],
        [(one.label, one.target) for one in found.definitions.links],
        [document.text.slice(span) for span in found.definitions.code],
        len(document.directives),
        None if document.front_matter is None else document.text.slice(document.front_matter),
    )


def _passages(document: Document, found: References, fresh: str) -> list[Passage]:
    spans = [note.span for note in found.definitions.footnotes if fresh and note.label == fresh]
    return [passage for passage in document.passages if not any(span.contains(passage.span) for span in spans)]


def _added(old: list[Passage], before: Document, new: list[Passage], after: Document) -> list[ProtectedKind] | None:
    """Return the constructs that one passage gained and no other; None where more than that changed."""
    if [passage.kind for passage in old] != [passage.kind for passage in new]:
        return None
    changed = [
        (one, two)
        for one, two in zip(old, new, strict=True)
        if before.text.slice(one.span) != after.text.slice(two.span)
    ]
    if len(changed) != 1:
        return None
    had, has = Counter(_pieces(before, changed[0][0])), Counter(_pieces(after, changed[0][1]))
    return None if had - has else [kind for kind, _ in (has - had).elements()]


def _pieces(document: Document, passage: Passage) -> Iterator[tuple[ProtectedKind, str]]:
    for sentence in passage.sentences:
        yield from ((piece.kind, document.text.slice(piece.span)) for piece in sentence.protected)
