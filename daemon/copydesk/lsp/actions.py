"""Notes at a range as code actions: commands only, so that nothing is computed, asked or read to offer them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from copydesk.core.suppress import Scope
from copydesk.core.visible import shortened
from copydesk.lsp import commands
from copydesk.lsp.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from copydesk.lsp.notes import DocumentNotes, PlacedNote

TITLE = 60
"""Code points of a note's or a rewrite's words in a title."""


def code_actions(
    notes: DocumentNotes, here: Iterable[PlacedNote], reported: Iterable[types.Diagnostic]
) -> list[types.CodeAction]:
    """Return the actions for notes, each with the diagnostic in the client's own list that it belongs to."""
    diagnostics = {one.data["id"]: one for one in reported if isinstance(one.data, dict) and "id" in one.data}
    return [action for one in here for action in _for_note(one, notes.rewrite(one.id), diagnostics.get(one.id))]


def wanted(only: Iterable[str] | None) -> bool:
    """Tell whether a client that filters by kind asks for quick fixes."""
    return only is None or any(kind in ("", types.CodeActionKind.QuickFix.value) for kind in map(_kind, only))


def _kind(kind: str | types.CodeActionKind) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind


def _for_note(one: PlacedNote, rewrite: str | None, diagnostic: types.Diagnostic | None) -> Iterator[types.CodeAction]:
    note = one.note
    here = {"noteId": one.id}
    if rewrite is not None:
        yield _action(f"Accept rewrite: {shortened(rewrite, TITLE)}", commands.APPLY, here, diagnostic)
    again = "Rewrite again" if rewrite is not None else "Rewrite"
    yield _action(f"{again}: {shortened(note.message, TITLE)}", commands.REWRITE, here, diagnostic)
    yield _action(f"Why this note? ({note.code})", commands.EXPLAIN, here, diagnostic)
    for scope, title in (
        (Scope.NOTE, f"Dismiss this note ({note.code})"),
        (Scope.DOCUMENT, f"Dismiss {note.code} in this document"),
        (Scope.PROJECT, f"Dismiss {note.code} in this project"),
    ):
        yield _action(title, commands.DISMISS, here | {"scope": scope.value}, diagnostic)


def _action(
    title: str, command: commands.Command, arguments: dict[str, str], diagnostic: types.Diagnostic | None
) -> types.CodeAction:
    title = plain(title)
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic] if diagnostic is not None else None,
        command=types.Command(title=title, command=command.id, arguments=[arguments]),
    )
