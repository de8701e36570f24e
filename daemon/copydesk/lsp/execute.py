"""What each command does at once: check, start work or answer, in milliseconds."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from copydesk.core.aims import Aim, evidence_of
from copydesk.core.codes import CODES
from copydesk.core.suppress import Scope
from copydesk.core.text import Span
from copydesk.lsp import citing, commands, dismissing, drafts, inquiries, researching, work
from copydesk.lsp.applying import apply_rewrite
from copydesk.lsp.hover import origin
from copydesk.lsp.jobs import Kind
from copydesk.lsp.listing import listing
from copydesk.lsp.targets import (
    UNKNOWN_NOTE,
    CommandRefused,
    document_named,
    evidence_named,
    extent,
    owner,
    with_notes,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from copydesk.lsp.session import Session

WHERE = "Give either a position or a range."
BREATH_SECONDS = 0.2
"""How long a client gets to take in an answer, where it leaves lie what comes right behind one."""
NO_DISMISSAL = "There is no such dismissal any more."
NO_DRAFT = "This note is not on a draft."
NOTHING_SAYS = "No source says anything by which the sentence could be corrected."


async def critique(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Start a critique of an open document."""
    document = document_named(session, given["uri"])
    near, within = extent(session, document, given.get("range"))
    job = session.jobs.start(
        Kind.CRITIQUE, document.uri, partial(work.critique, session, document, near, within), given.get("token")
    )
    return {"jobId": job.id}


async def rewrite(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Start a rewrite of a note's words."""
    document, notes = owner(session, given["noteId"])
    aim = Aim(given.get("aim", Aim.MEND))
    if aim is Aim.CORRECT and not ((note := notes.known(given["noteId"])) and evidence_of(note)):
        raise CommandRefused(NOTHING_SAYS)
    start = partial(work.rewrite, session, notes, given["noteId"], aim)
    return {"jobId": session.jobs.start(Kind.REWRITE, document.uri, start, given.get("token")).id}


async def research(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Start research of the claim at a position or in a selection."""
    document = document_named(session, given["uri"])
    place, selected = given.get("position"), given.get("range")
    if (place is None) == (selected is None):
        raise CommandRefused(WHERE)
    start, within = extent(session, document, selected or {"start": place, "end": place})
    assert start is not None
    span = within or Span(start, start)
    work_on = partial(researching.research_claim, session, document, span)
    return {"jobId": session.jobs.start(Kind.RESEARCH, document.uri, work_on, given.get("token")).id}


async def research_section(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Start research of the claims of a section, or of the whole document."""
    document = document_named(session, given["uri"])
    place = given.get("position")
    start, _ = extent(session, document, None if place is None else {"start": place, "end": place})
    work_on = partial(researching.research_section, session, document, start)
    return {"jobId": session.jobs.start(Kind.RESEARCH, document.uri, work_on, given.get("token")).id}


async def research_note(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Start research of a note's words."""
    document, notes = owner(session, given["noteId"])
    placed = notes.placed(given["noteId"])
    if placed is None:
        raise CommandRefused(UNKNOWN_NOTE)
    work_on = partial(researching.research_claim, session, document, placed.span)
    return {"jobId": session.jobs.start(Kind.RESEARCH, document.uri, work_on, given.get("token")).id}


async def cite(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Cite a source at a note's sentence."""
    document, notes = owner(session, given["noteId"])
    evidence = evidence_named(notes, given)
    return await _applied(session, citing.cite(session, document, notes, given["noteId"], evidence))


async def open_source(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the editor to open a source."""
    _, notes = owner(session, given["noteId"])
    return {"opened": await citing.open_source(session, evidence_named(notes, given))}


async def apply(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Put a rewrite into the text."""
    document, notes = owner(session, given["noteId"])
    if notes.offer(given["noteId"]) is not None:
        accepted = drafts.accept(session, document, notes, given["noteId"], given.get("paragraphs"))
        return await _applied(session, accepted)
    return await _applied(session, apply_rewrite(session, document, notes, given["noteId"]))


async def draft(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Start drafting a section."""
    document = document_named(session, given["uri"])
    start, _ = extent(session, document, {"start": given["position"], "end": given["position"]})
    assert start is not None
    work_on = partial(drafts.draft_section, session, document, start)
    return {"jobId": session.jobs.start(Kind.DRAFT, document.uri, work_on, given.get("token")).id}


async def show_draft(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a draft for a client to show."""
    document, notes = owner(session, given["noteId"])
    if notes.offer(given["noteId"]) is None:
        raise CommandRefused(NO_DRAFT)
    return await drafts.shown(session, document, notes, given["noteId"])


async def discard_draft(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Throw a draft away, once the writer has said so again."""
    document, notes = owner(session, given["noteId"])
    if notes.offer(given["noteId"]) is None:
        raise CommandRefused(NO_DRAFT)
    discarded = drafts.discard(session, document, notes, given["noteId"])
    if not session.client.features.silent_while_waiting:
        return {"discarded": await discarded}
    session.background(_afterwards(discarded))
    return {"discarded": None}


async def resume_draft(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Start drafting the section of a draft again, which goes on where that was cut short."""
    document, notes = owner(session, given["noteId"])
    placed = notes.placed(given["noteId"])
    if placed is None or notes.offer(given["noteId"]) is None:
        raise CommandRefused(NO_DRAFT)
    work_on = partial(drafts.draft_section, session, document, placed.span.start)
    return {"jobId": session.jobs.start(Kind.DRAFT, document.uri, work_on, given.get("token")).id}


async def dismiss(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Hide a note now, and record the dismissal."""
    document, notes = owner(session, given["noteId"])
    note = notes.known(given["noteId"])
    if note is None:
        raise CommandRefused(UNKNOWN_NOTE)
    scope = Scope(given.get("scope", Scope.NOTE))
    return {"stored": await dismissing.dismiss(session, document, notes, note, scope, given.get("reason"))}


async def dismissals(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """List what was dismissed of a document."""
    document, notes = with_notes(session, given["uri"])
    return {"dismissals": await dismissing.listed(session, document, notes)}


async def restore(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Take a dismissal back."""
    document, notes = with_notes(session, given["uri"])
    restored = await dismissing.restore(session, document, notes, given["dismissalId"])
    if restored is None:
        raise CommandRefused(NO_DISMISSAL)
    return {"restored": restored}


async def explain(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Say why there is a note."""
    _, notes = owner(session, given["noteId"])
    note = notes.known(given["noteId"])
    if note is None:
        raise CommandRefused(UNKNOWN_NOTE)
    offer, placed = notes.offer(given["noteId"]), notes.placed(given["noteId"])
    if offer is not None:
        sentences = drafts.sentences(offer.draft)
    else:
        sentences = await asyncio.to_thread(drafts.sentence_at, notes, placed.span.start) if placed else []
    code, made = CODES.get(note.code), note.provenance
    meaning, remedy = (f"{code.summary} {code.why}", code.how) if code else ("", "")
    session.client.say(" ".join(part for part in (f"{note.code}:", meaning, remedy, origin(made)) if part))
    return {
        "id": given["noteId"],
        "code": note.code,
        "title": code.name if code else note.code,
        "meaning": meaning,
        "remedy": remedy,
        "message": note.message,
        "rewrite": notes.rewrite(given["noteId"]),
        "provenance": {
            "agent": made.agent,
            "model": made.model,
            "digest": made.digest,
            "promptVersion": made.prompt_version,
            "cached": made.cached,
            "confidence": made.confidence,
        },
        "sentences": sentences,
    }


async def cancel(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Cancel one job or all of them."""
    return {"cancelled": session.jobs.cancel_id(given.get("jobId"))}


async def notes(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """List the notes of a document by section."""
    document, kept = with_notes(session, given["uri"])
    sections = listing(kept, session.visible(document.uri, kept), session.client.features.encoding)
    return {"uri": document.uri, "version": document.text.version, "sections": sections}


async def clear(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """List what is kept; remove what is named, if the user was asked."""
    return await asyncio.to_thread(session.services.clear, given.get("what", ()) if given.get("confirmed") else ())


EXECUTE = {
    commands.CRITIQUE: critique,
    commands.RESEARCH: research,
    commands.RESEARCH_SECTION: research_section,
    commands.RESEARCH_NOTE: research_note,
    commands.CITE: cite,
    commands.OPEN_SOURCE: open_source,
    commands.DRAFT: draft,
    commands.SHOW_DRAFT: show_draft,
    commands.RESUME_DRAFT: resume_draft,
    commands.DISCARD_DRAFT: discard_draft,
    commands.REWRITE: rewrite,
    commands.APPLY: apply,
    commands.DISMISS: dismiss,
    commands.DISMISSALS: dismissals,
    commands.RESTORE: restore,
    commands.EXPLAIN: explain,
    commands.CANCEL: cancel,
    commands.JOBS: inquiries.jobs,
    commands.STATUS: inquiries.status,
    commands.NOTES: notes,
    commands.DOCTOR: inquiries.doctor,
    commands.LEDGER: inquiries.ledger,
    commands.CLEAR: clear,
}


async def _afterwards(work: Coroutine[Any, Any, bool]) -> None:
    """Do what asks the user, once the command was answered: eglot gives up on an answer after ten seconds."""
    await asyncio.sleep(BREATH_SECONDS)
    await work


async def _applied(session: Session, edit: Coroutine[Any, Any, bool]) -> dict[str, Any]:
    """Answer whether an edit is in the document; before that is known where the change would wait for the answer.

    Not before the client was asked for the edit: eglot leaves lie what comes right behind an answer.
    """
    if not session.client.features.silent_while_waiting:
        return {"applied": await edit}
    outcome: list[bool] = []

    async def whole() -> None:
        outcome.append(await edit)

    answered = asyncio.create_task(session.client.edit_answered.wait())
    await asyncio.wait((session.background(whole()), answered), return_when=asyncio.FIRST_COMPLETED)
    answered.cancel()
    return {"applied": outcome[0] if outcome else None}
