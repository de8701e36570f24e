"""Work that is offered as code actions, for editors that have no commands of their own for it.

An editor's ordinary client shows code actions, and has no way to run a server's command with arguments. The actions
have no kind, so that a client which asks for quick fixes alone does not get them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from copydesk.core.placing import carried, changed
from copydesk.lsp import commands
from copydesk.lsp.convert import plain_range
from copydesk.lsp.dismissing import title_of

if TYPE_CHECKING:
    from copydesk.core.text import Span
    from copydesk.lsp.arguments import Command
    from copydesk.lsp.notes import DocumentNotes


def starting_actions(
    uri: str, notes: DocumentNotes, given: types.Range, span: Span, *, busy: bool
) -> list[types.CodeAction]:
    """Return what can be begun at a range of a document, and how to stop what is running.

    A range within a word is where the cursor is: Helix always selects what is under it, eglot the thing at point.
    """
    selects = len(notes.text.slice(span).split()) > 1
    extent = given if selects else types.Range(given.start, given.start)
    here: dict[str, object] = {"uri": uri, "position": {"line": given.start.line, "character": given.start.character}}
    selected: dict[str, object] = {"uri": uri, "range": plain_range(extent)}
    if selects:
        actions = [
            _action("Critique what is selected", commands.CRITIQUE, selected),
            _action("Research what is selected", commands.RESEARCH, selected),
        ]
    elif _in_heading(notes, span.start):
        actions = [
            _action("Draft this section", commands.DRAFT, here),
            _action("Research claims in this section", commands.RESEARCH_SECTION, here),
        ]
    else:
        actions = [_action("Research the sentence here", commands.RESEARCH, here)]
    if not selects:
        actions.append(_action("Critique this document", commands.CRITIQUE, selected))
    if busy:
        actions.append(_action("Cancel what copydesk is doing", commands.CANCEL, {}))
    return actions


def restoring_actions(uri: str, notes: DocumentNotes, span: Span) -> list[types.CodeAction]:
    """Return how to take back what hides notes on the words of a span."""
    return [
        _action(f"Show again: {title_of(one)}", commands.RESTORE, {"uri": uri, "dismissalId": one.id})
        for one in notes.dismissed(span)
    ]


def _in_heading(notes: DocumentNotes, offset: int) -> bool:
    """Tell whether an offset of the current text is in a heading, as far as that was read."""
    if notes.document is None:
        return False
    change = changed(notes.document.text, notes.text)
    headings = (carried(one.heading, change) for one in notes.document.sections if one.heading is not None)
    return any(heading is not None and heading.start <= offset <= heading.end for heading in headings)


def _action(title: str, command: Command, arguments: dict[str, object]) -> types.CodeAction:
    return types.CodeAction(title, command=types.Command(title=title, command=command.id, arguments=[arguments]))
