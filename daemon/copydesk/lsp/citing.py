"""Citing a source at a sentence, and opening one in the editor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from copydesk.errors import CopydeskError
from copydesk.lsp.applying import UNCHANGED, sent
from copydesk.lsp.wording import web_address

if TYPE_CHECKING:
    from copydesk.core.evidence import Evidence
    from copydesk.lsp.documents import OpenDocument
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.session import Session
    from copydesk.ports import Page

CITED = "The sentence has this citation already."
NO_PLACE = "This quote cannot be cited at this sentence by copydesk. Cite the source by hand."
CANNOT_OPEN = "This editor does not open sources for a language server. The note's details show the address."


async def cite(
    session: Session, document: OpenDocument, notes: DocumentNotes, identity: str, evidence: Evidence
) -> bool:
    """Cite a source at a note's sentence and tell whether the document shows it; the source's text is kept then."""
    async with session.editing(document.uri):
        current, placed = session.documents.get(document.uri), notes.placed(identity)
        if current is None or session.notes(document.uri) is not notes or placed is None:
            session.client.say(UNCHANGED)
            return False
        from copydesk.core.citations.render import citation  # brings a Markdown parser, which start-up does without

        read = await session.read(current)
        style = session.configuration(document.uri).citation_style
        page = session.evidence.page(evidence)
        form = page.format if page is not None else None
        touched = read.sentences_at(placed.span)
        sentence = touched[-1].span if touched else placed.span
        edits = await asyncio.to_thread(citation, read, sentence, evidence, style, base=current.uri, format=form)
        if session.documents.get(document.uri) is not current:
            session.client.say(UNCHANGED)
            return False
        if not edits:
            session.client.say(NO_PLACE if edits is None else CITED)
            return False
        if not await sent(session, current, edits):
            return False
    if page is not None:
        session.background(_pin(session, page))
    return True


async def open_source(session: Session, evidence: Evidence) -> bool:
    """Ask the editor to open a source: a web page outside, a file at the quote; tell whether it did."""
    location = session.evidence.location(evidence, session.client.features.encoding)
    if location is not None:
        opened = await session.client.show(location.uri, selection=location.range)
    elif (address := web_address(evidence.source.url)) is not None:
        opened = await session.client.show(address, external=True)
    else:
        opened = False
    if not opened:
        session.client.say(CANNOT_OPEN)
    return opened


async def _pin(session: Session, page: Page) -> None:
    try:
        await asyncio.to_thread(session.services.sources.pin, page)
    except CopydeskError as error:
        session.client.say(error.sentence, types.MessageType.Warning)
    await session.sources_changed()
