"""Runs the checks of citations over a document and keeps what an edit did not touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from copydesk.core.citations.drift import drift
from copydesk.core.citations.known import NO_SOURCES
from copydesk.core.citations.memory import Memory
from copydesk.core.citations.orphans import orphans
from copydesk.core.citations.references import references
from copydesk.core.citations.uncited import uncited
from copydesk.core.citations.unresolved import unresolved
from copydesk.core.citations.verbatim import verbatim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.core.citations.drift import Drift
    from copydesk.core.citations.known import KnownSources
    from copydesk.core.citations.memory import Key
    from copydesk.core.citations.references import References
    from copydesk.core.citations.verbatim import Checked
    from copydesk.core.document import Document
    from copydesk.core.note import Note

CHECKED = ("CD601", "CD602", "CD604", "CD605", "CD606", "CD607")
"""What is emitted here."""

_SIGNS = ("[^", "]:", "[@", "][")
"""What footnotes, definitions, pandoc's citations and reference links are written with."""


@dataclass(frozen=True)
class CitationReading:
    """The notes on a document's citations, and what the next reading may reuse."""

    notes: tuple[Note, ...] = ()
    references: References | None = field(default=None, repr=False, compare=False)
    quotes: Mapping[Key, Checked | None] = field(default_factory=dict, repr=False, compare=False)
    figures: Mapping[Key, tuple[Drift, ...]] = field(default_factory=dict, repr=False, compare=False)
    statements: Mapping[Key, tuple[int, str] | None] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def targets(self) -> frozenset[str]:
        """Return the addresses and relative paths of the citations that were looked at."""
        found = self.references.all if self.references is not None else ()
        return frozenset(target for reference in found for target in reference.entry.targets)


_NOTHING = CitationReading()


def cited(
    document: Document,
    known: KnownSources = NO_SOURCES,
    previous: CitationReading | None = None,
    flagged: frozenset[int] = frozenset(),
) -> CitationReading:
    """Return what is wrong with a document's citations, in no order; the same whether or not `previous` is given.

    `flagged` holds where sentences begin that are noted for want of a source already. A document without any sign of a
    citation costs a search for these.
    """
    source = document.text.source
    if not known and not any(sign in source for sign in _SIGNS):
        return _NOTHING
    before = previous or _NOTHING
    found = references(document, before.references, links=bool(known))
    quotes, figures, statements = Memory(before.quotes), Memory(before.figures), Memory(before.statements)
    notes = (
        *unresolved(found, known),
        *verbatim(found, known, quotes),
        *drift(found, known, figures),
        *uncited(found, statements, flagged),
        *orphans(found),
    )
    return CitationReading(notes, found, quotes.kept, figures.kept, statements.kept)
