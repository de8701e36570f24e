"""Notes at a range as code actions: commands only, so that nothing is computed, asked or read to offer them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lsprotocol import types

from copydesk.core.aims import Aim, evidence_of
from copydesk.core.draft.ratchet import CUT_SHORT
from copydesk.core.evidence import Stance
from copydesk.core.suppress import Scope
from copydesk.core.visible import shortened
from copydesk.lsp import commands
from copydesk.lsp.wording import plain

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from copydesk.core.draft.notes import Offer
    from copydesk.core.evidence import Evidence
    from copydesk.core.note import Note
    from copydesk.lsp.arguments import Command
    from copydesk.lsp.notes import DocumentNotes
    from copydesk.lsp.placed import PlacedNote

TITLE = 60
"""Code points of a note's or a rewrite's words in a title."""
WORDS = 30
"""Code points by which notes of one code are told apart in titles."""
OPENED = 3
"""Sources of a verdict that are offered for opening."""
REMOVE = "Remove it"

VERDICTS = frozenset({"CD501", "CD502", "CD503", "CD504", "CD505", "CD901", "CD902"})
CLAIMS = frozenset({"CD101", "CD102", "CD103", "CD604", "CD605"})
"""Codes of notes whose sentence states something that research may settle."""
MENDED = frozenset({"CD501", "CD502", "CD503"})
WEAKENED = frozenset({"CD501", "CD502", "CD503", "CD505"})
CITABLE = frozenset({Stance.SUPPORTS, None})
"""Evidence that may be cited: what supports the claim, and what no model was fit to judge, so that the writer must."""


def code_actions(
    notes: DocumentNotes,
    here: Iterable[PlacedNote],
    reported: Iterable[types.Diagnostic],
    *,
    shows_drafts: bool = True,
) -> list[types.CodeAction]:
    """Return the actions for notes, each with the diagnostic in the client's own list that it belongs to.

    A client that shows no drafts would answer `copydesk.showDraft` with nothing that its user could see.
    """
    diagnostics = {one.data["id"]: one for one in reported if isinstance(one.data, dict) and "id" in one.data}
    here = list(here)
    codes = Counter(one.note.code for one in here)
    # What hides a code elsewhere is the same from each of its notes.
    first = {one.note.code: one.id for one in reversed(here)}
    return [
        action
        for one in here
        for action in _for_note(
            one,
            _named(one, codes),
            tuple(Scope) if first[one.note.code] == one.id else (Scope.NOTE,),
            notes.rewrite(one.id),
            notes.offer(one.id),
            diagnostics.get(one.id),
        )
        if shows_drafts or action.command is None or action.command.command != commands.SHOW_DRAFT.id
    ]


def wanted(only: Iterable[str] | None) -> bool:
    """Tell whether a client that filters by kind asks for quick fixes."""
    return only is None or any(kind in ("", types.CodeActionKind.QuickFix.value) for kind in map(_kind, only))


def _kind(kind: str | types.CodeActionKind) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind


def _named(one: PlacedNote, codes: Counter[str]) -> str:
    """Return a note's code, where another note here has the same with the words that it is on and what follows them."""
    code, anchor = one.note.code, one.note.anchor
    return f"{code}, “{shortened(anchor.quote + anchor.after, WORDS)}”" if codes[code] > 1 else code


def _for_note(
    one: PlacedNote,
    named: str,
    scopes: Container[Scope],
    rewrite: str | None,
    offer: Offer | None,
    diagnostic: types.Diagnostic | None,
) -> Iterator[types.CodeAction]:
    note = one.note
    here: dict[str, object] = {"noteId": one.id}
    if offer is not None:
        yield from _for_draft(note, offer, here, diagnostic)
        return
    if rewrite is not None:
        title = f"Accept rewrite: {shortened(rewrite, TITLE)}" if rewrite else REMOVE
        yield _action(title, commands.APPLY, here, diagnostic)
    if note.code in VERDICTS:
        yield from _for_verdict(note, here, diagnostic)
    elif rewrite != "":
        again = "Rewrite again" if rewrite is not None else "Rewrite"
        yield _action(f"{again}: {shortened(note.message, TITLE)}", commands.REWRITE, here, diagnostic)
    if note.code in CLAIMS:
        yield _action("Research this claim", commands.RESEARCH_NOTE, here, diagnostic)
    yield _action(f"Why this note? ({named})", commands.EXPLAIN, here, diagnostic)
    for scope, title in (
        (Scope.NOTE, f"Dismiss this note ({named})"),
        (Scope.DOCUMENT, f"Dismiss {note.code} in this document"),
        (Scope.PROJECT, f"Dismiss {note.code} in this project"),
    ):
        if scope in scopes:
            yield _action(title, commands.DISMISS, here | {"scope": scope.value}, diagnostic)


def _for_draft(
    note: Note, offer: Offer, here: dict[str, object], diagnostic: types.Diagnostic | None
) -> Iterator[types.CodeAction]:
    """Yield what can be done with a draft: look at it first, go on with it, accept it or parts, or throw it away."""
    yield _action("Show the draft beside the section", commands.SHOW_DRAFT, here, diagnostic)
    if offer.draft.status in CUT_SHORT and not offer.taken:
        yield _action("Go on with the draft", commands.RESUME_DRAFT, here, diagnostic)
    rest = " the rest of" if offer.taken else ""
    yield _action(f"Accept{rest} the draft", commands.APPLY, here, diagnostic)
    for index in offer.left if len(offer.draft.paragraphs) > 1 else ():
        words = shortened(offer.draft.paragraphs[index].markdown, TITLE)
        yield _action(
            f"Accept paragraph {index + 1}: {words}", commands.APPLY, here | {"paragraphs": [index]}, diagnostic
        )
    for index, one in _first_of_each(enumerate(note.evidence))[:OPENED]:
        title = f"Open the source: {shortened(one.source.title or one.source.url, TITLE)}"
        yield _action(title, commands.OPEN_SOURCE, here | {"source": index}, diagnostic)
    yield _action("Discard the draft", commands.DISCARD_DRAFT, here, diagnostic)


def _for_verdict(
    note: Note, here: dict[str, object], diagnostic: types.Diagnostic | None
) -> Iterator[types.CodeAction]:
    """Yield what can be done about a researched claim: cite what supports it, mend what does not stand, look it up."""
    sources = _first_of_each(enumerate(note.evidence))
    for index, one in _first_of_each(item for item in enumerate(note.evidence) if item[1].stance in CITABLE):
        title = f"Cite: {shortened(one.source.title, TITLE)}"
        yield _action(title, commands.CITE, here | {"source": index}, diagnostic)
    if evidence_of(note) and note.code in MENDED:
        yield _action(
            "Correct the sentence from the evidence", commands.REWRITE, here | {"aim": Aim.CORRECT}, diagnostic
        )
    if note.code in WEAKENED:
        yield _action("Weaken the claim", commands.REWRITE, here | {"aim": Aim.WEAKEN}, diagnostic)
    for index, one in sources[:OPENED]:
        title = f"Open the source: {shortened(one.source.title or one.source.url, TITLE)}"
        yield _action(title, commands.OPEN_SOURCE, here | {"source": index}, diagnostic)
    yield _action("Research again", commands.RESEARCH_NOTE, here, diagnostic)


def _first_of_each(evidence: Iterable[tuple[int, Evidence]]) -> list[tuple[int, Evidence]]:
    """Return the first quote of each source, with its index."""
    found: dict[str, tuple[int, Evidence]] = {}
    for index, one in evidence:
        found.setdefault(one.source.url, (index, one))
    return list(found.values())


def _action(
    title: str, command: Command, arguments: dict[str, object], diagnostic: types.Diagnostic | None
) -> types.CodeAction:
    title = plain(title)
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic] if diagnostic is not None else None,
        command=types.Command(title=title, command=command.id, arguments=[arguments]),
    )
