"""What the arguments of a command name: a document that is followed, a note in it, a source of that, a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from copydesk.lsp.convert import span_of
from copydesk.lsp.documents import Sync

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.core.evidence import Evidence
    from copydesk.core.text import Span
    from copydesk.lsp.documents import OpenDocument
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.session import Session

NOT_OPEN = "The document is not open in this editor, or is not one that copydesk reads."
NOT_FOLLOWED = "copydesk does not follow this document at the moment; see its last message."
NO_EVIDENCE = "The note has no such source."
UNKNOWN_NOTE = "There is no such note in an open document."


class CommandRefused(Exception):
    """A command whose arguments are well formed but that cannot be done; the message says why."""


def document_named(session: Session, uri: str) -> OpenDocument:
    """Return an open document that is in step with the client's; raises `CommandRefused`."""
    document = session.documents.get(uri)
    if document is None:
        raise CommandRefused(NOT_OPEN)
    if document.sync is not Sync.TOGETHER:
        raise CommandRefused(NOT_FOLLOWED)
    return document


def with_notes(session: Session, uri: str) -> tuple[OpenDocument, DocumentNotes]:
    """Return a document as `document_named`, and its notes."""
    document = document_named(session, uri)
    kept = session.notes(document.uri)
    assert kept is not None  # a document that is followed has notes
    return document, kept


def evidence_named(notes: DocumentNotes, given: Mapping[str, Any]) -> Evidence:
    """Return the source of a note that a command names, the first if none; raises `CommandRefused`."""
    note, index = notes.known(given["noteId"]), int(given.get("source", 0))
    if note is None or index >= len(note.evidence):
        raise CommandRefused(NO_EVIDENCE)
    return note.evidence[index]


def owner(session: Session, identity: str) -> tuple[OpenDocument, DocumentNotes]:
    """Return the document that has, or had, a note, with all its notes; raises `CommandRefused`."""
    found = session.owner(identity)
    if found is None:
        raise CommandRefused(UNKNOWN_NOTE)
    if found[0].sync is not Sync.TOGETHER:
        raise CommandRefused(NOT_FOLLOWED)
    return found


def extent(session: Session, document: OpenDocument, given: Any) -> tuple[int | None, Span | None]:
    """Return where to begin, and what to stay within, from a command's range."""
    if given is None:
        return None, None
    start, end = (types.Position(given[name]["line"], given[name]["character"]) for name in ("start", "end"))
    span = span_of(document.text, types.Range(start, end), session.client.features.encoding)
    return span.start, span if len(span) else None
