"""The notes of a document by section, for an editor's own list of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from copydesk.core.codes import CODES
from copydesk.core.placing import carried, changed
from copydesk.core.text import Span
from copydesk.core.visible import visible
from copydesk.lsp.actions import code_actions
from copydesk.lsp.convert import plain_range, range_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lsprotocol import types

    from copydesk.core.document import Section
    from copydesk.core.text import Encoding
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.placed import PlacedNote

_QUOTED = re.compile("“([^”]+)”")


def listing(notes: DocumentNotes, visible_notes: Sequence[PlacedNote], encoding: Encoding) -> list[dict[str, Any]]:
    """Return the sections that have notes; each note stands in the innermost section that holds its beginning.

    The notes are in document order. A section whose heading was changed since the document was last read is not known,
    and its notes stand in the one before until it was read again.
    """
    sections = _sections(notes)
    starts = [start for start, _ in sections]
    found: dict[int, dict[str, Any]] = {}
    for one in visible_notes:
        index = bisect_right(starts, one.span.start) - 1
        if index not in found:
            found[index] = _section(notes, sections[index][1] if index >= 0 else None, encoding)
        found[index]["notes"].append(_note(notes, one, encoding))
    return list(found.values())


def _sections(notes: DocumentNotes) -> list[tuple[int, Section]]:
    """Return the headed sections with where each begins in the current text."""
    if notes.document is None:
        return []
    change = changed(notes.document.text, notes.text)
    places = ((carried(one.heading, change), one) for one in notes.document.sections if one.heading is not None)
    return [(place.start, section) for place, section in places if place is not None]


def _section(notes: DocumentNotes, section: Section | None, encoding: Encoding) -> dict[str, Any]:
    heading = Span(0, 0)
    if section is not None and section.heading is not None and notes.document is not None:
        heading = carried(section.heading, changed(notes.document.text, notes.text)) or heading
    return {
        "path": [visible(title) for title in section.path] if section is not None else [],
        "range": plain_range(range_of(notes.text, heading, encoding)),
        "notes": [],
    }


def _note(notes: DocumentNotes, one: PlacedNote, encoding: Encoding) -> dict[str, Any]:
    note, code, rewrite = one.note, CODES.get(one.note.code), notes.rewrite(one.id)
    words = notes.text.slice(one.span)
    return {
        "noteId": one.id,
        "code": note.code,
        "title": code.name if code is not None else note.code,
        "severity": int(note.severity),
        "message": visible(note.message),
        "words": visible(words),
        "about": visible(about(note.message, words)),
        "range": plain_range(range_of(notes.text, one.span, encoding)),
        "rewrite": visible(rewrite) if rewrite is not None else None,
        "actions": [_action(action) for action in code_actions(notes, [one], ())],
    }


def about(message: str, words: str) -> str:
    """Return a note's words on one line, from those on that its message quotes: a sentence may have several notes."""
    line = " ".join(words.split())
    for quoted in _QUOTED.findall(message):
        found = re.search(rf"(?<!\w){re.escape(quoted)}(?!\w)", line)
        if found is not None:
            return f"… {line[found.start() :]}" if found.start() else line
    return line


def _action(action: types.CodeAction) -> dict[str, Any]:
    assert action.command is not None
    return {
        "title": action.title,
        "command": action.command.command,
        "arguments": list(action.command.arguments or ()),
    }
