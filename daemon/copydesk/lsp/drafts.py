"""Drafting a section as a job, and what a writer does with the draft: look at it, accept it, throw it away."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from copydesk.errors import CopydeskError
from copydesk.events import Drafted, Drafting, Preview, Report
from copydesk.lsp.applying import UNCHANGED, sent
from copydesk.lsp.convert import plain_range, range_of
from copydesk.lsp.wording import plain
from copydesk.lsp.work import GONE, SWITCHED_OFF, tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from copydesk.core.document import Document
    from copydesk.core.draft.draft import Draft
    from copydesk.core.draft.notes import Offer
    from copydesk.core.draft.statement import Origin
    from copydesk.lsp.documents import OpenDocument
    from copydesk.lsp.jobs import Job
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.session import Session
    from copydesk.ports import Page

NOTHING = "No sentence was written that may stand."
CHANGED = (
    "The section or its footnotes changed since the draft was made, so nothing was edited. The draft is kept: show it "
    "and copy from it, here or with copydesk drafts."
)
NO_SUCH = "The draft has no such paragraph."
SURE = "Discard the draft for good?"
KEEP, DISCARD = "Keep", "Discard"
ONCE_MORE = "A draft that is discarded cannot be brought back. Choose the same again to discard it."
"""What a writer is told."""


async def draft_section(session: Session, document: OpenDocument, offset: int, job: Job) -> str:
    """Draft the section at an offset and offer the draft; return how it ended."""
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
    store = session.services.drafts
    terms = await asyncio.to_thread(store.terms, read, offset, brief, configuration, document.uri)
    drafted: Drafted | None = None
    report: Report | None = None
    try:
        async with (
            session.desks.lent(configuration) as desk,
            aclosing(desk.draft(read, offset, brief, terms)) as events,
        ):
            async for event in events:
                match event:
                    case Drafting():
                        job.advance(f"Round {_words(event)}", event.round, 0)
                        session.client.preview(document.uri, job.id, job.token, _progress(event))
                    case Preview(markdown):
                        session.client.preview(document.uri, job.id, job.token, {"markdown": markdown})
                    case Drafted():
                        drafted = event
                    case Report():
                        report = event
    except asyncio.CancelledError:
        session.background(_offer_kept(session, document, read, terms))
        raise
    except Exception:
        await asyncio.to_thread(store.close, terms)
        raise
    await asyncio.to_thread(store.close, terms)
    tell(session, report)
    return _offer(session, document, notes, read, drafted) if drafted is not None else "No draft"


async def accept(
    session: Session,
    document: OpenDocument,
    notes: DocumentNotes,
    identity: str,
    paragraphs: Sequence[int] | None,
) -> bool:
    """Put a draft, or some paragraphs of it, into the text in one edit; tell whether the document shows it."""
    async with session.editing(document.uri):
        current, placed, offer = session.documents.get(document.uri), notes.placed(identity), notes.offer(identity)
        if current is None or session.notes(document.uri) is not notes or placed is None or offer is None:
            session.client.say(UNCHANGED)
            return False
        wanted = frozenset(offer.left if paragraphs is None else paragraphs)
        if not wanted or not wanted <= frozenset(range(len(offer.draft.paragraphs))):
            session.client.say(NO_SUCH)
            return False
        after = offer.with_more(wanted)
        read = await session.read(current)
        edit = await asyncio.to_thread(offer.edit, read, placed.span, after)
        if session.documents.get(document.uri) is not current:
            session.client.say(UNCHANGED)
            return False
        if edit is None:
            session.client.say(CHANGED)
            return False
        if not await sent(session, current, (edit,)):
            return False
        notes.offered(identity, after)
        session.publish_soon(document.uri)
    session.background(_accepted(session, document, offer.draft, after))
    return True


async def shown(session: Session, document: OpenDocument, notes: DocumentNotes, identity: str) -> dict[str, Any]:
    """Return a draft and how it was made."""
    offer, placed = notes.offer(identity), notes.placed(identity)
    assert offer is not None
    draft = offer.draft
    current = session.documents.get(document.uri)
    where = None
    if current is not None and placed is not None:
        body = offer.body(await session.read(current), placed.span)
        if body is not None:
            where = plain_range(range_of(current.text, body, session.client.features.encoding))
    return {
        "uri": document.uri,
        "heading": list(draft.heading),
        "range": where,
        "original": offer.standing,
        "markdown": draft.markdown,
        "paragraphs": [
            {"markdown": one.markdown, "taken": index in offer.taken} for index, one in enumerate(draft.paragraphs)
        ],
        "sentences": sentences(draft),
        "sources": [asdict(one) for one in draft.sources],
        "status": draft.status.value,
        "reason": draft.reason,
        "unsourced": draft.unsourced,
        "replaced": list(draft.replaced),
        "faults": list(draft.faults),
        "log": [asdict(one) for one in draft.log],
    }


def sentences(draft: Draft) -> list[dict[str, Any]]:
    """Return a draft's sentences, each with what made it."""
    return [
        _made(one.text, one.origin, dict.fromkeys(quote.source.url for quote in one.evidence))
        for one in draft.sentences
    ]


def sentence_at(notes: DocumentNotes, offset: int) -> list[dict[str, Any]]:
    """Return the drafted sentence that stands at an offset, with what made it; nothing if none does."""
    made = notes.drafted_at(offset)
    return [] if made is None else [_made(made.words, made.origin, [one.url for one in made.sources])]


def _made(words: str, made: Origin, sources: Iterable[str]) -> dict[str, Any]:
    return {"text": words, "agent": made.agent, "round": made.round, "model": made.model, "sources": list(sources)}


async def discard(session: Session, document: OpenDocument, notes: DocumentNotes, identity: str) -> bool:
    """Throw a draft away if its writer says so again; tell whether it is gone, and what is kept of it on disk too.

    A client that cannot ask shows what is at stake, and asks for it twice.
    """
    answer = await session.client.choice(SURE, KEEP, DISCARD)
    if answer is None and identity not in notes.doubted:
        notes.doubted.add(identity)
        session.client.say(ONCE_MORE)
        return False
    offer = notes.offer(identity)
    if answer not in (DISCARD, None) or offer is None:
        return False
    notes.discard(identity)
    session.publish_soon(document.uri)
    try:
        await asyncio.to_thread(session.services.drafts.discard, document.uri, offer.draft)
    except CopydeskError as error:
        session.client.say(error.sentence)
        return False
    return True


async def know(session: Session, document: OpenDocument) -> None:
    """Learn who made the sentences of a document, for hovers to tell."""
    notes = session.notes(document.uri)
    if notes is not None:
        read = await session.read(document)
        notes.made = await asyncio.to_thread(session.services.drafts.made, document.uri, read)


async def recover(session: Session, document: OpenDocument) -> None:
    """Offer the drafts of a document that were made earlier and neither accepted nor thrown away."""
    await know(session, document)
    notes = session.notes(document.uri)
    if notes is None or notes.document is None:
        return
    read = notes.document
    for drafted in await asyncio.to_thread(session.services.drafts.kept, document.uri):
        _offer(session, document, notes, read, drafted)


def _offer(
    session: Session,
    document: OpenDocument,
    notes: DocumentNotes,
    read: Document,
    drafted: Drafted,
) -> str:
    from copydesk.core.draft.notes import note_on, offered

    draft = drafted.draft
    if not draft.sentences:
        session.client.say(draft.reason or NOTHING)
        return "No draft"
    found = offered(read, draft, drafted.taken)
    if found is None:
        return "No draft"
    heading, offer = found
    session.evidence.keep(drafted.pages)
    if notes.add_draft(note_on(read, heading, draft), read.text, offer) is None:
        session.client.say(GONE)
        return "No draft"
    session.publish_soon(document.uri)
    return f"A draft of {draft.words} words is ready"


async def _offer_kept(session: Session, document: OpenDocument, read: Document, terms: Any) -> None:
    """Offer what a cancelled job had finished."""
    drafted = await asyncio.to_thread(session.services.drafts.done, terms)
    notes = session.notes(document.uri)
    if drafted is not None and drafted.draft.sentences and notes is not None:
        _offer(session, document, notes, read, drafted)


async def _accepted(session: Session, document: OpenDocument, draft: Draft, after: Offer) -> None:
    """Keep the texts of the sources that are cited now, and who made the sentences."""
    cited = {one.source.sha256: one for made in draft.sentences for one in made.evidence}
    pages: list[Page] = [page for one in cited.values() if (page := session.evidence.page(one)) is not None]
    current = session.documents.get(document.uri)
    try:
        for page in pages:
            await asyncio.to_thread(session.services.sources.pin, page)
        if current is not None:
            read = await session.read(current)
            await asyncio.to_thread(session.services.drafts.accepted, document.uri, read, draft, after.taken)
            await know(session, current)
    except CopydeskError as error:
        session.client.say(error.sentence)
    await session.sources_changed()


def _words(event: Drafting) -> str:
    sources = f", {event.sources} source{'' if event.sources == 1 else 's'}" if event.sources else ""
    return f"{event.round}: {event.role.value} {event.label}{sources}, {event.words} words so far"


def _progress(event: Drafting) -> dict[str, Any]:
    return {
        "line": plain(f"Draft, round {_words(event)}"),
        "round": event.round,
        "role": event.role.value,
        "label": event.label,
        "sources": event.sources,
        "words": event.words,
    }
