"""Putting a draft into its file: the sources that it cites are stored, and who made its sentences is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.adapters.drafts import accept_draft
from copydesk.adapters.files import replace_text
from copydesk.cli.wiring import provenance_store, source_store
from copydesk.core.draft.ratchet import Stop
from copydesk.core.edit import applied
from copydesk.errors import DocumentError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from copydesk.core.document import Document
    from copydesk.core.draft.draft import Draft
    from copydesk.events import Drafted

_PARTIAL = frozenset({Stop.CANCELLED, Stop.ENGINE_ERROR})
"""After these a draft is a part of one, and is not written into a file."""


def written(path: Path, document: Document, drafted: Drafted, say: Callable[[str], None]) -> bool:
    """Put a draft into the file that `document` was read from, in one step; tell whether it is there.

    Nothing is written where the file changed in the meantime, and of a draft that is unfinished or empty; `say` is
    told why.
    """
    draft = drafted.draft
    edit = draft.edit(document)
    if draft.status in _PARTIAL or not draft.sentences or edit is None:
        reason = "the draft is not finished" if draft.status in _PARTIAL else "there is nothing to write"
        say(f"Nothing was written into {path}: {reason}.")
        return False
    try:
        if (sources := source_store(say)) is not None:
            for page in drafted.pages:
                sources.pin(page)
    except StoreError as error:
        say(error.sentence)
    after = applied(document.text, edit)
    try:
        replace_text(path, document.text, after)
    except DocumentError as error:
        say(f"{error.sentence} The draft is kept.")
        return False
    try:
        _record(path, document, draft, after, say)
    except StoreError as error:
        say(error.sentence)
    return True


def noted(directory: Path | None, id: str, say: Callable[[str], None]) -> None:
    """Note in a draft's journal, which must be closed, that it was put into its document."""
    try:
        if directory is not None:
            accept_draft(directory, id)
    except StoreError as error:
        say(error.sentence)


def _record(path: Path, document: Document, draft: Draft, after: str, say: Callable[[str], None]) -> None:
    from copydesk.core.markdown import read
    from copydesk.core.provenance import made_of
    from copydesk.core.text import Text

    if (store := provenance_store(say)) is not None:
        now = read(Text(after), document.format)
        store.record(path, (), now, made_of(now, draft))
