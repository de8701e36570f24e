"""What the commands that take long do: critique a document, rewrite a note's words."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from lsprotocol import types

from copydesk.core.note import Note
from copydesk.core.placing import carried, changed
from copydesk.events import Progress, Refused, Report
from copydesk.lsp.documents import file_path
from copydesk.lsp.notes import INSTANT

if TYPE_CHECKING:
    from copydesk.core.aims import Aim
    from copydesk.core.text import Span
    from copydesk.lsp.documents import OpenDocument
    from copydesk.lsp.jobs import Job
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.ports import Configuration
    from copydesk.lsp.session import Session

GONE = "The text changed, so the note no longer applies."
SWITCHED_OFF = "No model is asked: the setting critique.model is off."


async def critique(session: Session, document: OpenDocument, near: int | None, within: Span | None, job: Job) -> str:
    """Publish the model's notes on a document as they are found; return how it ended."""
    notes = session.notes(document.uri)
    configuration = await session.settings.told(document.path)
    if notes is None:
        return GONE
    if not configuration.model:
        session.client.say(SWITCHED_OFF)
        return "No model was asked"
    job.advance("Reading", 0, 0)
    read = await session.read(document)
    brief = await asyncio.to_thread(session.services.brief, read, configuration)
    found: set[str] = set()
    async with session.desks.lent(configuration) as desk:
        report: Report | None = None
        async with aclosing(desk.critique(read, brief, near=near, within=within)) as events:
            async for event in events:
                match event:
                    # Instant notes are a layer of their own here, newer than any that a desk could give.
                    case Note() if event.provenance.agent != INSTANT:
                        if (identity := notes.add(event, document.text)) is not None:
                            found.add(identity)
                            session.publish_soon(document.uri)
                    case Progress(label, done, total):
                        job.advance(label, done, total)
                    case Report():
                        report = event
    if report is None or report.problem is not None:
        tell(session, report)
        return "Incomplete"
    read_now = within and carried(within, changed(document.text, notes.text))
    if within is None or read_now is not None:
        notes.retain(found, read_now)
    session.publish_soon(document.uri)
    return _done(report, configuration)


async def rewrite(session: Session, notes: DocumentNotes, identity: str, aim: Aim, job: Job) -> str:
    """Ask for a rewrite of a note's words and keep it with the note; return how it ended."""
    configuration = await session.settings.told(file_path(job.uri))
    # Both from the same moment: the desk needs the note's place in the very text it reads.
    document, note = session.documents.get(job.uri), notes.current(identity)
    if document is None or note is None:
        session.client.say(GONE)
        return "No rewrite"
    if not configuration.model:
        session.client.say(SWITCHED_OFF)
        return "No rewrite"
    job.advance("Reading", 0, 0)
    read = await session.read(document)
    brief = await asyncio.to_thread(session.services.brief, read, configuration)
    outcome = "No rewrite"
    async with (
        session.desks.lent(configuration) as desk,
        aclosing(desk.rewrite(read, note, brief, aim)) as events,
    ):
        async for event in events:
            match event:
                case Note(rewrite=str()) if not notes.propose(identity, event, read.text):
                    session.client.say(GONE)
                case Note(rewrite=str()):
                    outcome = "A rewrite is ready"
                    session.publish_soon(document.uri)
                case Progress(label, done, total):
                    job.advance(label, done, total)
                case Refused(reason=reason):
                    # After a colon a reason names words of the model's, which are not for message boxes.
                    session.client.say(f"No rewrite is offered: {reason.partition(':')[0]}.")
                case Report(problem=problem) if problem is not None:
                    tell(session, event)
    return outcome


def _done(report: Report, configuration: Configuration) -> str:
    if not report.untrusted:
        return "Done"
    verdict = "is unproven on" if configuration.unproven else "is not asked about"
    return f"Done; this model {verdict} {', '.join(report.untrusted)}"


def tell(session: Session, report: Report | None) -> None:
    """Tell the writer what kept a command from its end, if anything."""
    if report is not None and report.problem is not None:
        session.client.say(report.problem.sentence, types.MessageType.Warning)
        session.status.failed(report.problem)
