"""Stores that are forgotten with the test: dismissals, sources and drafts, without a disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from copydesk.core.citations.known import KnownSource, KnownSources
from copydesk.core.note import Note
from copydesk.core.suppress import Dismissal, Dismissed, Scope, dismissal
from copydesk.events import Drafted
from copydesk.lsp.ports import Configuration
from copydesk.ports import Page

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from copydesk.core.document import Document
    from copydesk.core.draft.draft import Draft
    from copydesk.core.provenance import DraftProvenance
    from copydesk.drafting.limits import Terms
    from copydesk.errors import CopydeskError


@dataclass
class MemoryDismissals:
    """Dismissals that are forgotten with the test."""

    stored: list[Dismissal] = field(default_factory=list)
    problem: CopydeskError | None = None

    def load(self, path: Path, folders: Sequence[Path]) -> Dismissed:
        """Return what was dismissed of a document."""
        return Dismissed(self.stored, path.name)

    def add(self, path: Path, folders: Sequence[Path], note: Note, scope: Scope, reason: str | None) -> None:
        """Keep a dismissal."""
        if self.problem is not None:
            raise self.problem
        self.stored.append(dismissal(note, scope, path.name, reason))

    def remove(self, path: Path, folders: Sequence[Path], removed: Dismissal) -> bool:
        """Take a dismissal back."""
        if self.problem is not None:
            raise self.problem
        before = len(self.stored)
        self.stored = [one for one in self.stored if one.id != removed.id]
        return len(self.stored) < before


@dataclass
class MemorySources:
    """A store of sources that is forgotten with the test."""

    pinned: list[Page] = field(default_factory=list)
    read: list[Page] = field(default_factory=list)
    asked: int = 0
    problem: CopydeskError | None = None

    def pin(self, page: Page) -> None:
        """Keep a page."""
        if self.problem is not None:
            raise self.problem
        self.pinned.append(page)

    def seen(self, page: Page) -> None:
        """Remember that a page was read."""
        self.read.append(page)

    def known(self, document: Document, path: Path | None, configuration: Configuration) -> KnownSources:
        """Return everything, as far as the document is concerned."""
        self.asked += 1
        return KnownSources(tuple(KnownSource(page.source, page.text) for page in self.pinned))


@dataclass
class MemoryDrafts:
    """Drafts that are forgotten with the test: one journal, whatever the section."""

    journal: Any = None
    stored: list[Drafted] = field(default_factory=list)
    taken: list[tuple[str, Draft, frozenset[int]]] = field(default_factory=list)
    discarded: list[Draft] = field(default_factory=list)

    def terms(self, document: Document, position: int, brief: Any, configuration: Configuration, uri: str) -> Terms:
        """Return terms with the one journal."""
        from copydesk.drafting.limits import Terms
        from harness.drafting_desk import MemoryJournal  # brings what a server starts without

        self.journal = self.journal or MemoryJournal()
        return Terms(self.journal, configuration.citation_style, uri)

    def close(self, terms: Terms) -> None:
        """Release nothing."""

    def done(self, terms: Terms) -> Drafted | None:
        """Return what the journal kept."""
        from copydesk.core.draft.stored import decoded

        kept = self.journal.kept.get("draft")
        draft = decoded(kept) if kept is not None else None
        return Drafted(draft) if draft is not None else None

    def kept(self, uri: str) -> Sequence[Drafted]:
        """Return the drafts stored before."""
        return self.stored

    def accepted(self, uri: str, document: Document, draft: Draft, paragraphs: Collection[int]) -> None:
        """Remember what was accepted, and in which text."""
        self.taken.append((document.text.source, draft, frozenset(paragraphs)))

    def made(self, uri: str, document: Document) -> tuple[DraftProvenance, ...]:
        """Return what made the sentences that were accepted."""
        from copydesk.core.provenance import made_of

        return tuple(one for _, draft, paragraphs in self.taken for one in made_of(document, draft, paragraphs))

    def discard(self, uri: str, draft: Draft) -> None:
        """Remember what was thrown away."""
        self.discarded.append(draft)
