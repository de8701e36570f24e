"""What each command does at once: check, start work or answer, in milliseconds."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from copydesk.core.codes import CODES
from copydesk.core.suppress import Scope
from copydesk.errors import CopydeskError
from copydesk.lsp import commands, work
from copydesk.lsp.applying import apply_rewrite
from copydesk.lsp.convert import span_of
from copydesk.lsp.documents import Sync
from copydesk.lsp.hover import origin
from copydesk.lsp.jobs import COMMAND_OF, Job, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.core.text import Span
    from copydesk.lsp.documents import OpenDocument
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.session import Session

NOT_OPEN = "The document is not open in this editor, or is not one that copydesk reads."
NOT_FOLLOWED = "copydesk does not follow this document at the moment; see its last message."
UNKNOWN_NOTE = "There is no such note in an open document."


class CommandRefused(Exception):
    """A command whose arguments are well formed but that cannot be done; the message says why."""


async def critique(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Start a critique of an open document."""
    document = session.documents.get(given["uri"])
    if document is None:
        raise CommandRefused(NOT_OPEN)
    if document.sync is not Sync.TOGETHER:
        raise CommandRefused(NOT_FOLLOWED)
    near, within = _extent(session, document, given.get("range"))
    job = session.jobs.start(
        Kind.CRITIQUE, document.uri, partial(work.critique, session, document, near, within), given.get("token")
    )
    return {"jobId": job.id}


async def rewrite(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Start a rewrite of a note's words."""
    document, notes = _owner(session, given["noteId"])
    start = partial(work.rewrite, session, notes, given["noteId"])
    return {"jobId": session.jobs.start(Kind.REWRITE, document.uri, start, given.get("token")).id}


async def apply(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Put a rewrite into the text."""
    document, notes = _owner(session, given["noteId"])
    return {"applied": await apply_rewrite(session, document, notes, given["noteId"])}


async def dismiss(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Hide a note now, and record the dismissal."""
    identity, scope = given["noteId"], Scope(given.get("scope", Scope.NOTE))
    document, notes = _owner(session, identity)
    note = notes.known(identity)
    if note is None:
        raise CommandRefused(UNKNOWN_NOTE)
    notes.dismiss(note, scope)
    session.publish_soon(document.uri)
    if document.path is None:
        return {"stored": False}
    add = session.services.dismissals.add
    try:
        await asyncio.to_thread(add, document.path, session.settings.folders, note, scope, given.get("reason"))
    except CopydeskError as error:
        session.client.say(error.sentence, types.MessageType.Warning)
        return {"stored": False}
    for other in session.documents:
        await session.load_dismissals(other)
    return {"stored": True}


async def explain(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Say why there is a note."""
    _, notes = _owner(session, given["noteId"])
    note = notes.known(given["noteId"])
    if note is None:
        raise CommandRefused(UNKNOWN_NOTE)
    code, made = CODES.get(note.code), note.provenance
    meaning, remedy = (f"{code.summary} {code.why}", code.how) if code else ("", "")
    session.client.say(" ".join(part for part in (f"{note.code}:", meaning, remedy, origin(made)) if part))
    return {
        "id": given["noteId"],
        "code": note.code,
        "title": code.name if code else note.code,
        "meaning": meaning,
        "remedy": remedy,
        "href": session.services.page(note.code),
        "message": note.message,
        "rewrite": notes.rewrite(given["noteId"]),
        "provenance": {
            "agent": made.agent,
            "model": made.model,
            "digest": made.digest,
            "promptVersion": made.prompt_version,
            "cached": made.cached,
            "confidence": made.confidence,
        },
    }


async def cancel(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Cancel one job or all of them."""
    return {"cancelled": session.jobs.cancel_id(given.get("jobId"))}


async def jobs(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """List the running jobs."""
    return {"jobs": [_listed(job) for job in session.jobs.running()]}


async def ledger(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """List the newest connections."""
    return await asyncio.to_thread(session.services.ledger)


EXECUTE = {
    commands.CRITIQUE: critique,
    commands.REWRITE: rewrite,
    commands.APPLY: apply,
    commands.DISMISS: dismiss,
    commands.EXPLAIN: explain,
    commands.CANCEL: cancel,
    commands.JOBS: jobs,
    commands.LEDGER: ledger,
}


def _owner(session: Session, identity: str) -> tuple[OpenDocument, DocumentNotes]:
    owner = session.owner(identity)
    if owner is None:
        raise CommandRefused(UNKNOWN_NOTE)
    if owner[0].sync is not Sync.TOGETHER:
        raise CommandRefused(NOT_FOLLOWED)
    return owner


def _extent(session: Session, document: OpenDocument, given: Any) -> tuple[int | None, Span | None]:
    """Return where to begin, and what to stay within, from a command's range."""
    if given is None:
        return None, None
    start, end = (types.Position(given[name]["line"], given[name]["character"]) for name in ("start", "end"))
    span = span_of(document.text, types.Range(start, end), session.client.features.encoding)
    return span.start, span if len(span) else None


def _listed(job: Job) -> dict[str, Any]:
    return {
        "jobId": job.id,
        "command": COMMAND_OF[job.kind],
        "uri": job.uri,
        "label": job.label,
        "done": job.done,
        "total": job.total,
    }
