"""Between core's values and LSP's: the one place where positions, ranges, diagnostics and edits are built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from copydesk.core.text import Encoding, Position, Span
from copydesk.core.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from copydesk.core.edit import Edit
    from copydesk.core.text import Text
    from copydesk.lsp.client import Features
    from copydesk.lsp.placed import PlacedNote

SOURCE = "copydesk"
UNNECESSARY = frozenset({"CD302"})
"""Codes whose words could go; clients show them faded."""


def range_of(text: Text, span: Span, encoding: Encoding) -> types.Range:
    """Return the range of a span."""
    start, end = (text.position(offset, encoding) for offset in (span.start, span.end))
    return types.Range(
        types.Position(start.line, start.character),
        types.Position(end.line, end.character),
    )


def plain_range(extent: types.Range) -> dict[str, dict[str, int]]:
    """Return a range as the arguments and results of commands carry it."""
    return {
        name: {"line": position.line, "character": position.character}
        for name, position in (("start", extent.start), ("end", extent.end))
    }


def span_of(text: Text, extent: types.Range, encoding: Encoding) -> Span:
    """Return the span of a range, clamped to the text; a range whose end lies before its start is empty."""
    start, end = (
        text.offset(Position(position.line, position.character), encoding) for position in (extent.start, extent.end)
    )
    return Span(start, max(start, end))


def diagnostic(
    uri: str,
    text: Text,
    placed: PlacedNote,
    client: Features,
    quotes: Sequence[tuple[types.Location, str]] = (),
    offered: Mapping[str, Any] | None = None,
) -> types.Diagnostic:
    """Return a note as a diagnostic, with what the client can show of it; `quotes` are places in other files.

    `offered` is what is ready for it, as `DocumentNotes.offered_on` says.
    """
    note, encoding = placed.note, client.encoding
    related = [
        types.DiagnosticRelatedInformation(
            types.Location(uri, range_of(text, span, encoding)), visible(related.message)
        )
        for related, span in zip(note.related, placed.related, strict=True)
    ]
    related += [types.DiagnosticRelatedInformation(place, visible(words)) for place, words in quotes]
    return types.Diagnostic(
        range=range_of(text, placed.span, encoding),
        message=visible(note.message),
        severity=types.DiagnosticSeverity(int(note.severity)),
        code=note.code,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if client.tags and note.code in UNNECESSARY else None,
        related_information=related if related and client.related_information else None,
        data={"id": placed.id, **(offered or {})},
    )


def workspace_edit(
    uri: str, version: int, text: Text, edits: Iterable[Edit], encoding: Encoding
) -> types.WorkspaceEdit:
    """Return edits of one version of one document, which editors apply together."""
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                text_document=types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version),
                edits=[types.TextEdit(range_of(text, edit.span, encoding), edit.words) for edit in edits],
            )
        ]
    )
