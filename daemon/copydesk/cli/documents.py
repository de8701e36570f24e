"""Documents on the command line: reading them, which of their notes count, and printing what was found."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters.files import documents_in, read_standard_input, read_text
from copydesk.cli.arguments import LEVELS
from copydesk.core.suppress import Dismissed, suppressed
from copydesk.core.view import distinct
from copydesk.errors import DocumentError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from copydesk.adapters.dismissals import ProjectDismissals
    from copydesk.cli.results import Results
    from copydesk.core.document import Document
    from copydesk.core.note import Note
    from copydesk.settings import Settings


STANDARD_INPUT = Path("-")
"""What stands for standard input, as in other commands that read files."""

_HTML = frozenset({".html", ".htm", ".xhtml"})


def read_document(path: Path) -> Document:
    """Return a document from disk; raises `DocumentError`."""
    from copydesk.core.markdown import format_of, read

    if path.suffix.lower() in _HTML:
        # Read as Markdown it would be markup without a word to critique, which must not pass for a clean document.
        raise DocumentError(f"{path} is HTML, which is not critiqued.", "Name a Markdown or text file.")
    return read(read_text(path), format_of(path.name))


def read_standard() -> Document:
    """Return standard input as a Markdown document; raises `DocumentError`."""
    from copydesk.core.markdown import read

    return read(read_standard_input())


def read_documents(paths: Sequence[Path], say: Callable[[str], None]) -> tuple[list[tuple[Path, Document]], bool]:
    """Return the documents that paths stand for, and whether one could not be read; `say` is told why."""
    documents: list[tuple[Path, Document]] = []
    failed = False
    for path in documents_in(paths):
        try:
            documents.append((path, read_standard() if path == STANDARD_INPUT else read_document(path)))
        except DocumentError as error:
            failed = True
            say(error.sentence)
    if not documents and not failed:
        say(f"No Markdown document was found in {', '.join(map(str, paths))}. Name a file.")
    return documents, failed


def wanted(
    path: Path,
    document: Document,
    notes: Sequence[Note],
    settings: Settings,
    dismissals: ProjectDismissals,
    say: Callable[[str], None],
) -> list[Note]:
    """Return the notes that are neither switched off nor dismissed, each once, in document order."""
    try:
        dismissed = dismissals.load(path, ())
    except StoreError as error:
        say(error.sentence)
        dismissed = Dismissed()
    disabled = frozenset(settings.critique.disable)
    kept = {
        note.id: note
        for note in notes
        if note.code not in disabled
        and not suppressed(note.anchor.span, note.code, document.directives)
        and not dismissed.covers(note)
    }
    return sorted(distinct(kept.values()), key=lambda note: (note.anchor.hint, note.severity, note.code))


def found_at(name: str, results: Results) -> bool:
    """Tell whether something was found at the level that --fail-on names, or above."""
    level = LEVELS.get(name)
    notes = (note for examined in results.documents for note in examined.notes)
    return level is not None and any(note.severity <= level for note in notes)


def printed(results: Results, form: str) -> str:
    """Return results in an output format."""
    if form == "json":
        from copydesk.cli.formats.json import json

        return json(results)
    if form == "sarif":
        from copydesk.cli.formats.sarif import sarif

        return sarif(results)
    if form == "github":
        from copydesk.cli.formats.github import github

        return github(results)
    from copydesk.cli.formats.text import text

    return text(results, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
