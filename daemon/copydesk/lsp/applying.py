"""Putting words into the text: verified against the text before, believed only when the document shows them."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from copydesk.core.edit import Edit, applied, results, rewritten
from copydesk.core.placing import carried, changed
from copydesk.core.text import Span, Text
from copydesk.lsp.convert import workspace_edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.lsp.documents import OpenDocument
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.session import Session

CONFIRMATION_SECONDS = 2.0
"""How long the next change of the document may take to arrive; Neovim sends it 150 ms after the edit."""

UNCHANGED = "The text changed, nothing was edited."
DONE = "Already done."
UNCONFIRMED = "The edit was not confirmed by the editor; the proposal is kept."
UNCOUNTABLE = (
    "Nothing was edited: lines above hold carriage returns that editors count differently. "
    "Remove them, or convert the line ends, and try again."
)

_LONE_CARRIAGE_RETURN = re.compile(r"\r(?!\n)")


async def apply_rewrite(session: Session, document: OpenDocument, notes: DocumentNotes, identity: str) -> bool:
    """Put a note's rewrite into the document and tell whether it is there."""
    async with session.editing(document.uri):
        current = session.documents.get(document.uri)
        placed, words = notes.placed(identity), notes.rewrite(identity)
        if placed is None and session.notes(document.uri) is notes and notes.resolved(identity):
            session.client.say(DONE)
            return False
        if current is None or session.notes(document.uri) is not notes or placed is None or words is None:
            session.client.say(UNCHANGED)
            return False
        if current.text.slice(placed.span) != placed.note.anchor.quote:
            session.client.say(UNCHANGED)
            return False
        edit = rewritten(current.text, placed.span, words)
        if edit is None:
            notes.discard(identity)
            session.publish_soon(document.uri)
            return True
        if not await sent(session, current, (edit,), (_result(placed.span, edit),)):
            return False
        result = carried(_result(placed.span, edit), changed(Text(applied(current.text, edit)), notes.text))
        if result is not None:
            notes.resolve(placed, current.text, result)
        session.publish_soon(document.uri)
        return True


async def sent(
    session: Session, document: OpenDocument, edits: Sequence[Edit], kept: Sequence[Span] | None = None
) -> bool:
    """Ask the editor for edits of a document at its current text, in document order; tell whether they are in it.

    `kept` are the places afterwards that must be as intended, whatever the writer types elsewhere meanwhile; without
    it those of the edits' own words. Call it under `session.editing`.
    """
    # A line end by the specification; but Neovim, as measured, counts line feeds only, and would edit another line.
    if _LONE_CARRIAGE_RETURN.search(document.text.source, 0, max(edit.span.end for edit in edits)):
        session.client.say(UNCOUNTABLE)
        return False
    expected = Text(applied(document.text, *edits))
    places = results(*edits) if kept is None else kept
    features = session.client.features
    # Neovim opens documents at version 0 and checks no edit that carries it. It does check 1, which is not above
    # the version of a document that nobody touched and below that of any other.
    version = 1 if features.neovim and document.text.version == 0 else document.text.version
    with session.arrivals.of(document.uri) as arrivals:
        message = workspace_edit(document.uri, version, document.text, edits, features.encoding)
        if not features.applies_edits or not await session.client.apply(message):
            session.client.say(UNCHANGED)
            return False
        try:
            async with asyncio.timeout(CONFIRMATION_SECONDS):
                while not _confirmed(expected, places, (await arrivals.get()).text):
                    pass
        except TimeoutError:
            session.client.say(UNCHANGED if session.documents.get(document.uri) is not document else UNCONFIRMED)
            return False
        return True


def _result(span: Span, edit: Edit) -> Span:
    """Return where the words of a span stand after an edit within it."""
    return Span(span.start, span.end + len(edit.words) - len(edit.span))


def _confirmed(expected: Text, places: Sequence[Span], text: Text) -> bool:
    """Tell whether a text is the expected one, or that with typing elsewhere."""
    if text.source == expected.source:
        return True
    change = changed(expected, text)
    return all(place.start < place.end and carried(place, change) is not None for place in places)
