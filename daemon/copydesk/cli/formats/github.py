"""Findings as GitHub workflow commands, which show beside the changed lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.note import Severity
from copydesk.core.text import Encoding
from copydesk.core.visible import visible

if TYPE_CHECKING:
    from copydesk.cli.results import Examined, Results
    from copydesk.core.note import Note

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}


def github(results: Results) -> str:
    """Return one command a line."""
    lines = [_command(examined, note) for examined in results.documents for note in examined.notes]
    if hidden := sum(examined.hidden for examined in results.documents):
        lines.append(f"::notice title=copydesk::{hidden} more beyond the default view; --all shows them")
    return "\n".join(lines)


def _command(examined: Examined, note: Note) -> str:
    text = examined.document.text
    start, end = (text.position(at, Encoding.UTF32) for at in (note.anchor.span.start, note.anchor.span.end))
    values = {
        "file": examined.path,
        "line": str(start.line + 1),
        "endLine": str(end.line + 1),
        "col": str(start.character + 1),
        "title": f"copydesk {note.code}",
    }
    properties = ",".join(f"{name}={_property(value)}" for name, value in values.items())
    return f"::{_COMMANDS[note.severity]} {properties}::{_data(visible(note.message))}"


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
