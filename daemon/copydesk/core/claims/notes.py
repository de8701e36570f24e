"""The words of a note on a researched claim; every quote in them is verbatim from a stored source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.evidence import Stance, Status, Verdict
from copydesk.core.note import Note, Provenance, Severity, anchored
from copydesk.core.text import Span
from copydesk.core.visible import shortened

if TYPE_CHECKING:
    from copydesk.core.claims.claim import Claim
    from copydesk.core.document import Document
    from copydesk.core.evidence import ClaimReport, Evidence

QUOTED = 160
"""Code points of a quote that a message shows; the whole of it is in the evidence."""
_TITLE = 60
_TELLING = 2
"""Words that a place is known by at least."""

_CODES = {
    Verdict.REFUTED: ("CD501", Severity.ERROR),
    Verdict.PARTLY_SUPPORTED: ("CD502", Severity.WARNING),
    Verdict.CONFLICTING: ("CD503", Severity.WARNING),
    Verdict.SUPPORTED: ("CD504", Severity.HINT),
    Verdict.NOT_ENOUGH_EVIDENCE: ("CD505", Severity.INFORMATION),
}
SOURCE_UNAVAILABLE = "CD901"
MODEL_UNAVAILABLE = "CD902"


def note_of(document: Document, claim: Claim, report: ClaimReport, provenance: Provenance) -> Note | None:
    """Return what to show of a claim in its document; None where there is nothing to check."""
    if report.verdict is Verdict.NOT_CHECKABLE:
        return None
    code, severity = _code(report)
    span = _unsupported(document, claim, report) if code == "CD502" else claim.span
    return Note(
        code=code,
        severity=severity,
        anchor=anchored(document.text, span),
        message=message(report),
        evidence=report.evidence,
        provenance=provenance,
    )


def message(report: ClaimReport) -> str:
    """Return what there is to say of a claim, for a diagnostic or a terminal."""
    if report.verdict is None:
        return _unjudged(report)
    supports, refutes = (_quoted(report, stance) for stance in (Stance.SUPPORTS, Stance.REFUTES))
    match report.verdict:
        case Verdict.SUPPORTED:
            return f"Supported: {supports}."
        case Verdict.REFUTED:
            return f"A source says otherwise: {refutes}. Correct the sentence, or cite a better source."
        case Verdict.CONFLICTING:
            return f"Sources disagree: {supports}, but {refutes}. Say so, or say which you follow and why."
        case Verdict.PARTLY_SUPPORTED:
            missing = "; ".join(
                shortened(part.text, QUOTED) for part in report.parts if part.verdict is not Verdict.SUPPORTED
            )
            return f"Only a part of this is supported: {supports}. No source was found for: {missing}"
        case Verdict.NOT_ENOUGH_EVIDENCE:
            return "No source that was found settles this, which says nothing about whether it is true."
        case Verdict.NOT_CHECKABLE:
            return f"There is nothing to check. {report.reason}"


def _code(report: ClaimReport) -> tuple[str, Severity]:
    if report.verdict is not None:
        return _CODES[report.verdict]
    return (MODEL_UNAVAILABLE if _unheard(report) else SOURCE_UNAVAILABLE), Severity.INFORMATION


def _unheard(report: ClaimReport) -> bool:
    """Tell whether evidence was found that nobody could judge; otherwise it was the search that failed."""
    return any(one.stance is None for one in report.evidence)


def _unjudged(report: ClaimReport) -> str:
    if report.status is Status.UNAVAILABLE and not _unheard(report):
        return f"Not checked: {report.reason}"
    nearest = _cited(report.evidence[0]) if report.evidence else ""
    count = len(report.evidence)
    found = (
        f"{count} passage{'' if count == 1 else 's'} found, nearest: {nearest}." if nearest else "Nothing was found."
    )
    return f"No verdict. {report.reason} {found}"


def _quoted(report: ClaimReport, stance: Stance) -> str:
    """Return the strongest quote of a stance with its source; they come strongest first."""
    return next((_cited(one) for one in report.evidence if one.stance is stance), "")


def _cited(one: Evidence) -> str:
    return f"“{shortened(one.quote, QUOTED)}” ({shortened(one.source.title, _TITLE)})"


def _unsupported(document: Document, claim: Claim, report: ClaimReport) -> Span:
    """Return where the unsupported words of a claim stand if they stand together, else the whole claim."""
    missing = [part.text for part in report.parts if part.verdict is not Verdict.SUPPORTED]
    words = missing[0].rstrip(".").split() if len(missing) == 1 else []
    source = document.text.slice(claim.span)
    # The first words of a part may have been put there in place of a pronoun.
    for first in range(max(0, len(words) - _TELLING)):
        tail = " ".join(words[first:])
        at = source.casefold().find(tail.casefold())
        if at >= 0 and len(source.casefold()) == len(source):
            return Span(at, at + len(tail)).shifted(claim.span.start)
    return claim.span
