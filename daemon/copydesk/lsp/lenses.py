"""Code lenses on headings: how many notes a section has, and a critique of it on click."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from lsprotocol import types

from copydesk.core.placing import carried, changed
from copydesk.lsp import commands
from copydesk.lsp.convert import plain_range, range_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.text import Encoding
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.placed import PlacedNote


def code_lenses(
    uri: str, notes: DocumentNotes, visible: Sequence[PlacedNote], encoding: Encoding
) -> list[types.CodeLens]:
    """Return a lens for each heading that stands where it stood when the document was last read.

    The notes are in document order.
    """
    if notes.document is None:
        return []
    change = changed(notes.document.text, notes.text)
    starts = [one.span.start for one in visible]
    lenses = []
    for section in notes.document.sections:
        heading = carried(section.heading, change) if section.heading is not None else None
        whole = carried(section.span, change)
        if heading is None:
            continue
        arguments: dict[str, object] = {"uri": uri}
        title = "Critique"
        if whole is not None:
            near = visible[bisect_left(starts, whole.start) : bisect_right(starts, whole.end)]
            within = [one.note.quiet for one in near if whole.contains(one.span)]
            count, supported = within.count(False), within.count(True)
            also = f"{supported} supported · " if supported else ""
            title = f"{count} note{'' if count == 1 else 's'} · {also}critique this section"
            arguments["range"] = plain_range(range_of(notes.text, whole, encoding))
        command = types.Command(title=title, command=commands.CRITIQUE.id, arguments=[arguments])
        lenses.append(types.CodeLens(range=range_of(notes.text, heading, encoding), command=command))
    return lenses
