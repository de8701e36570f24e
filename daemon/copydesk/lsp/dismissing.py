"""Dismissing notes, listing what was dismissed of a document, and taking a dismissal back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from copydesk.core.codes import CODES
from copydesk.core.suppress import Scope
from copydesk.core.visible import shortened
from copydesk.errors import CopydeskError
from copydesk.lsp.wording import plain

if TYPE_CHECKING:
    from copydesk.core.note import Note
    from copydesk.core.suppress import Dismissal
    from copydesk.lsp.documents import OpenDocument
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.session import Session

WORDS, REASON = 80, 160
"""Code points of a dismissed note's words and of a reason that are shown in a list."""


async def dismiss(
    session: Session, document: OpenDocument, notes: DocumentNotes, note: Note, scope: Scope, reason: str | None
) -> bool:
    """Hide a note, or its code, now; tell whether that is recorded with the project too."""
    hidden = notes.dismissals.hide(note, scope, reason)
    session.publish_soon(document.uri)
    if document.path is None:
        return False
    async with notes.dismissals.recording:
        add = session.services.dismissals.add
        try:
            await asyncio.to_thread(add, document.path, session.settings.folders, note, scope, reason)
        except CopydeskError as error:
            session.client.say(error.sentence, types.MessageType.Warning)
            return False
        await _reload(session)
        # From here on the project's file says it, so that taking it back there is enough.
        if notes.dismissals.recorded.covers(note):
            notes.dismissals.forget(hidden.id)
    return True


async def listed(session: Session, document: OpenDocument, notes: DocumentNotes) -> list[dict[str, Any]]:
    """Return what the document is under, in the order of the project's file; what is not recorded comes last."""
    own = notes.dismissals
    async with own.recording:
        await session.load_dismissals(document)
    return [
        *(_value(one, stored=True) for one in own.recorded.all),
        *(_value(one, stored=False) for one in own.unrecorded.all),
    ]


async def restore(session: Session, document: OpenDocument, notes: DocumentNotes, identity: str) -> bool | None:
    """Take a dismissal back and show its notes at once; None where there is none, False where it cannot be done."""
    async with notes.dismissals.recording:
        if notes.dismissals.forget(identity):
            session.publish_soon(document.uri)
            return True
        kept = next((one for one in notes.dismissals.recorded.all if one.id == identity), None)
        if kept is None or document.path is None:
            return None
        remove = session.services.dismissals.remove
        try:
            removed = await asyncio.to_thread(remove, document.path, session.settings.folders, kept)
        except CopydeskError as error:
            session.client.say(error.sentence, types.MessageType.Warning)
            return False
        await _reload(session)
        return True if removed else None


def title_of(one: Dismissal) -> str:
    """Return a dismissal in a line: its code, and the words or how far it reaches."""
    code = CODES.get(one.code)
    name = f"{one.code} ({code.name.replace('-', ' ')})" if code is not None else one.code
    match one.scope:
        case Scope.NOTE:
            return plain(f"{name}: “{shortened(one.words or '', WORDS)}”")
        case Scope.DOCUMENT:
            return plain(f"{name}: all in this document")
        case Scope.PROJECT:
            return plain(f"{name}: all in this project")


async def _reload(session: Session) -> None:
    for document in session.documents:
        await session.load_dismissals(document)


def _value(one: Dismissal, *, stored: bool) -> dict[str, Any]:
    return {
        "dismissalId": one.id,
        "code": one.code,
        "scope": one.scope.value,
        "title": title_of(one),
        "reason": plain(shortened(one.reason, REASON)) if one.reason else None,
        "stored": stored,
    }
