"""What the language server knows of drafts: their journals, and who made which sentence of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from copydesk.adapters.provenance import ProvenanceStore
    from copydesk.core.brief import Brief
    from copydesk.core.document import Document
    from copydesk.core.draft.draft import Draft
    from copydesk.core.provenance import DraftProvenance
    from copydesk.drafting.limits import Terms
    from copydesk.events import Drafted
    from copydesk.lsp.ports import Configuration

NO_HEADING = "There is no heading here to draft under."


class KeptDrafts:
    """Implements `copydesk.lsp.ports.Drafts` on the user's disk; what takes long to import is imported at first use."""

    def terms(self, document: Document, position: int, brief: Brief, configuration: Configuration, uri: str) -> Terms:
        """Return the terms of a draft, with its journal; raises `DocumentError` without a heading, `StoreError`."""
        from copydesk.adapters.journal import default_drafts_directory, identity_of, open_journal
        from copydesk.drafting.limits import Terms

        identity = identity_of(document, position, uri, brief, configuration.citation_style)
        if identity is None:
            raise DocumentError(NO_HEADING, "Put the cursor in a heading, or below one, and try again.")
        return Terms(open_journal(default_drafts_directory(), identity), configuration.citation_style, uri)

    def close(self, terms: Terms) -> None:
        """Close a draft's journal."""
        from copydesk.adapters.journal import FileJournal

        if isinstance(terms.journal, FileJournal):
            terms.journal.close()

    def done(self, terms: Terms) -> Drafted | None:
        """Close a draft's journal and return the draft as far as it came."""
        from copydesk.adapters.journal import FileJournal, default_drafts_directory

        self.close(terms)
        directory = default_drafts_directory()
        if directory is None or not isinstance(terms.journal, FileJournal):
            return None
        return _read(directory, terms.journal.identity.id)

    def kept(self, uri: str) -> Sequence[Drafted]:
        """Return the newest draft of each heading of a document that was neither accepted as a whole nor discarded."""
        from copydesk.adapters.drafts import State, list_drafts
        from copydesk.adapters.journal import default_drafts_directory

        directory = default_drafts_directory()
        if directory is None:
            return ()
        stored = [one for one in list_drafts(directory, uri) if one.state in (State.UNFINISHED, State.FINISHED)]
        newest = {one.heading: one for one in reversed(stored)}
        drafts = (_read(directory, one.id) for one in newest.values())
        return tuple(one for one in drafts if one is not None and one.draft.sentences)

    def accepted(self, uri: str, document: Document, draft: Draft, paragraphs: Collection[int]) -> None:
        """Keep who made the sentences of these paragraphs, which stand in `document` now."""
        from copydesk.adapters.drafts import accept_draft, accept_paragraphs
        from copydesk.core.provenance import made_of
        from copydesk.lsp.documents import file_path

        path, store = file_path(uri), _provenance()
        if path is not None and store is not None:
            store.record(path, (), document, made_of(document, draft, paragraphs))
        for directory, identity in _stored(uri, draft):
            if len(paragraphs) == len(draft.paragraphs):
                accept_draft(directory, identity)
            else:
                accept_paragraphs(directory, identity, paragraphs)

    def made(self, uri: str, document: Document) -> tuple[DraftProvenance, ...]:
        """Return what is known of who made a document's sentences."""
        from copydesk.lsp.documents import file_path

        path, store = file_path(uri), _provenance()
        return store.load(path, (), document) if path is not None and store is not None else ()

    def discard(self, uri: str, draft: Draft) -> None:
        """Remove what is kept of a draft."""
        from copydesk.adapters.drafts import discard_draft

        for directory, identity in _stored(uri, draft):
            discard_draft(directory, identity)


def _provenance() -> ProvenanceStore | None:
    from copydesk.adapters.provenance import ProvenanceStore, default_provenance_directory

    directory = default_provenance_directory()
    return ProvenanceStore(directory) if directory is not None else None


def _stored(uri: str, draft: Draft) -> list[tuple[Path, str]]:
    """Return where the drafts of a section are kept."""
    from copydesk.adapters.drafts import State, list_drafts
    from copydesk.adapters.journal import default_drafts_directory

    directory = default_drafts_directory()
    if directory is None:
        return []
    found = list_drafts(directory, uri)
    return [(directory, one.id) for one in found if one.heading == draft.heading and one.state is not State.UNDER_WAY]


def _read(directory: Path, identity: str) -> Drafted | None:
    """Return a draft with the pages that it cites, as they were read for it."""
    from copydesk.adapters.drafts import read_draft
    from copydesk.drafting.recording import page_key, read_page
    from copydesk.events import Drafted

    found = read_draft(directory, identity)
    if found is None:
        return None
    cited = dict.fromkeys(one.source.sha256 for made in found.draft.sentences for one in made.evidence)
    stored = (found.steps.get(page_key(sha256)) for sha256 in cited)
    pages = (read_page(value) for value in stored if value is not None)
    return Drafted(found.draft, tuple(page for page in pages if page is not None), found.taken)
