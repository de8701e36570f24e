"""What the writer does not want to hear: inline comments, and dismissals that are kept with the project."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from copydesk.core.codes import CODES
from copydesk.core.note import CONTEXT, digest, normalised
from copydesk.core.schema import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.document import Directive, Document
    from copydesk.core.note import Note
    from copydesk.core.text import Span

NO_CODE = "is none of copydesk's codes; docs/codes lists them"

_FEW = 4
"""A quote of fewer words than this is no place of its own: "perhaps" stands everywhere."""
_NEIGHBOURS = 3
"""How many words on each side such a quote is told apart by."""


class Scope(StrEnum):
    """How far a dismissal reaches: these words in this document, a code in the document, a code in the project."""

    NOTE = "note"
    DOCUMENT = "document"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Dismissal:
    """One decision of the writer. `path` is relative to the project with forward slashes, None for its whole.

    `words` are those of the note as written, with their neighbours where they are few; None but for `Scope.NOTE`.
    """

    code: str
    scope: Scope
    path: str | None = None
    words: str | None = None
    reason: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what the dismissal is told from others by: path, code and words, empty where they do not count."""
        path = "" if self.scope is Scope.PROJECT else self.path or ""
        return path, self.code, normalised(self.words or "") if self.scope is Scope.NOTE else ""

    @property
    def id(self) -> str:
        """Return eight hexadecimal digits that name it, whatever its reason, wherever it stands in the file."""
        return digest(self.scope.value, *self.key)[:8]


class Dismissed:
    """What was dismissed of the document at `path`, by itself or with the whole project; ready to be asked."""

    def __init__(self, dismissals: Iterable[Dismissal] = (), path: str = "") -> None:
        self._path = path
        self._kept = {one.id: one for one in dismissals if one.scope is Scope.PROJECT or one.path == path}

    @property
    def all(self) -> tuple[Dismissal, ...]:
        """Return every dismissal that the document is under."""
        return tuple(self._kept.values())

    def hiding(self, note: Note) -> tuple[Dismissal, ...]:
        """Return the dismissals that a note of the document is under; it may have moved within the document."""
        wanted = (dismissal(note, scope, self._path).id for scope in Scope)
        return tuple(self._kept[one] for one in wanted if one in self._kept)

    def covers(self, note: Note) -> bool:
        """Tell whether a note of the document was dismissed."""
        return bool(self.hiding(note))


def dismissal(note: Note, scope: Scope, path: str, reason: str | None = None) -> Dismissal:
    """Return the dismissal of a note of the document at `path`."""
    return Dismissal(
        code=note.code,
        scope=scope,
        path=None if scope is Scope.PROJECT else path,
        words=telling_words(note) if scope is Scope.NOTE else None,
        reason=" ".join(reason.split()) or None if reason else None,
    )


def telling_words(note: Note) -> str:
    """Return the words by which a note is known again: its quote, with its neighbours where the quote is short."""
    quote = note.anchor.quote.split()
    if len(quote) >= _FEW:
        return " ".join(quote)
    before = _paragraph(note.anchor.before)[-1]
    after = _paragraph(note.anchor.after)[0]
    # The context is cut at a number of characters, so that the word at a cut may be half of one.
    heads = before.split()[1:] if len(before) == CONTEXT and not before[0].isspace() else before.split()
    tails = after.split()[:-1] if len(after) == CONTEXT and not after[-1].isspace() else after.split()
    return "".join(
        (
            " ".join(heads[-_NEIGHBOURS:]),
            "" if not before or not before[-1].isspace() else " ",
            " ".join(quote),
            "" if not after or not after[0].isspace() else " ",
            " ".join(tails[:_NEIGHBOURS]),
        )
    ).strip()


def suppressed(note_span: Span, code: str, directives: Iterable[Directive]) -> bool:
    """Tell whether an inline comment switches a code off where the note begins."""
    return any(
        (not directive.codes or code in directive.codes)
        and (directive.span.start <= note_span.start < directive.span.end or directive.span == note_span)
        for directive in directives
    )


def unknown_codes(document: Document) -> tuple[Problem, ...]:
    """Return a problem for each code that an inline comment of a document switches off and that there is not."""
    return tuple(
        Problem("copydesk-disable", f"{code} {NO_CODE}", line=document.text.line_at(directive.at) + 1)
        for directive in document.directives
        for code in sorted(directive.codes - CODES.keys())
    )


def _paragraph(context: str) -> list[str]:
    return re.split(r"(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)", context)
