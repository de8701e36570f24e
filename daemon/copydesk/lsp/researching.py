"""Research as a job: which claims, and what becomes of each as it is dealt with."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from copydesk.core.claims.claim import Claim, claim_at, claims_in
from copydesk.core.evidence import Status, Verdict
from copydesk.events import Progress, Report, Researched
from copydesk.lsp.work import GONE, SWITCHED_OFF, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from copydesk.core.document import Document
    from copydesk.core.text import Span
    from copydesk.lsp.documents import OpenDocument
    from copydesk.lsp.jobs import Job
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.session import Session
    from copydesk.ports import Page

NO_SENTENCE = "There is no sentence here that could be looked up."
NO_CLAIM = "No sentence of this section states something that is worth looking up."

_OUTCOMES = {
    Verdict.SUPPORTED: "Supported",
    Verdict.PARTLY_SUPPORTED: "Partly supported",
    Verdict.REFUTED: "A source says otherwise",
    Verdict.CONFLICTING: "Sources disagree",
    Verdict.NOT_ENOUGH_EVIDENCE: "Not enough evidence",
    Verdict.NOT_CHECKABLE: "Nothing to check",
}


async def research_claim(session: Session, document: OpenDocument, place: Span, job: Job) -> str:
    """Research the sentence at a place, or the selected words; return how it ended."""

    def chosen(read: Document) -> Sequence[Claim]:
        claim = claim_at(read, place)
        return (claim,) if claim is not None else ()

    return await _research(session, document, chosen, NO_SENTENCE, job, asked=True)


async def research_section(session: Session, document: OpenDocument, near: int | None, job: Job) -> str:
    """Research the claims of the section at an offset, or of the whole document; return how it ended."""

    def chosen(read: Document) -> Sequence[Claim]:
        section = read.section_at(near) if near is not None else None
        return claims_in(read, section.span if section is not None else None)

    return await _research(session, document, chosen, NO_CLAIM, job, asked=False)


async def _research(
    session: Session,
    document: OpenDocument,
    choose: Callable[[Document], Sequence[Claim]],
    none: str,
    job: Job,
    *,
    asked: bool,
) -> str:
    notes = session.notes(document.uri)
    configuration = await session.settings.told(document.path)
    if notes is None:
        return GONE
    if not configuration.model:
        session.client.say(SWITCHED_OFF)
        return "No model was asked"
    job.advance("Reading", 0, 0)
    read = await session.read(document)
    claims = await asyncio.to_thread(choose, read)
    if not claims:
        session.client.say(none)
        return "Nothing to look up"
    outcomes: list[str] = []
    report: Report | None = None
    async with (
        session.desks.lent(configuration) as desk,
        aclosing(desk.research(read, claims, own=_own(document))) as events,
    ):
        async for event in events:
            match event:
                case Researched():
                    outcomes.append(_outcome(event))
                    _take(session, document, notes, event if asked else _quieter(event), alone=len(claims) == 1)
                case Progress(label, done, total):
                    job.advance(label, done, total)
                case Report():
                    report = event
    tell(session, report)
    return outcomes[0] if len(claims) == 1 and outcomes else f"{len(outcomes)} claims looked up"


async def _note_newest(session: Session, pages: Sequence[Page]) -> None:
    """Note the newest text of sources that were cited earlier, so that quotes which left them are noticed."""
    for page in pages:
        await asyncio.to_thread(session.services.sources.seen, page)


def _own(document: OpenDocument) -> str:
    """Return a document's file as the library names it."""
    return document.path.resolve().as_uri() if document.path is not None else ""


def _take(session: Session, document: OpenDocument, notes: DocumentNotes, result: Researched, *, alone: bool) -> None:
    """Show what was found on a claim, in place of what was shown of it before."""
    if result.note is None:
        if alone:
            session.client.say(f"There is nothing to check. {result.claim.reason}")
        return
    session.evidence.keep(result.pages)
    session.background(_note_newest(session, result.pages))
    identity = notes.add(result.note, document.text)
    if identity is None:
        if alone:
            session.client.say(GONE)
        return
    notes.supersede(identity)
    session.publish_soon(document.uri)


def _quieter(result: Researched) -> Researched:
    """Return a result that marks no words where sources support a claim that nobody asked about in particular."""
    note = result.note
    quiet = note is not None and result.claim.verdict is Verdict.SUPPORTED
    return replace(result, note=replace(note, quiet=True)) if note is not None and quiet else result


def _outcome(result: Researched) -> str:
    claim = result.claim
    if claim.verdict is not None:
        return _OUTCOMES[claim.verdict]
    return "Not checked" if claim.status is Status.UNAVAILABLE else "No verdict"
