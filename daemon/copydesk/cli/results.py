"""What a critique or research on the command line found, ready for any output format."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from copydesk.events import Report, Stats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.document import Document
    from copydesk.core.evidence import ClaimReport
    from copydesk.core.note import Note


@dataclass(frozen=True, slots=True)
class Examined:
    """One document and the notes to show on it; `hidden` counts those beyond the default view."""

    path: str
    document: Document
    notes: tuple[Note, ...]
    hidden: int
    report: Report


@dataclass(frozen=True, slots=True)
class Results:
    """All documents of one run, in the order given; `claims` are those that were researched, in document order."""

    documents: tuple[Examined, ...]
    claims: tuple[ClaimReport, ...] = ()

    @property
    def report(self) -> Report:
        """Return one report for all documents: sums, the first engine that answered, the first problem."""
        reports = [examined.report for examined in self.documents]
        answered = next((report for report in reports if report.engine is not None), Report(Stats()))
        untrusted = sorted({code for report in reports for code in report.untrusted})
        problem = next((report.problem for report in reports if report.problem is not None), None)
        stats = _summed(report.stats for report in reports)
        return Report(stats, answered.engine, answered.model, answered.reason, tuple(untrusted), problem)


def _summed(stats: Iterable[Stats]) -> Stats:
    gathered = list(stats)
    first = [one.first_note_seconds for one in gathered if one.first_note_seconds is not None]
    sums = {
        entry.name: sum(getattr(one, entry.name) for one in gathered)
        for entry in fields(Stats)
        if entry.name != "first_note_seconds"
    }
    return Stats(**sums, first_note_seconds=min(first, default=None))
