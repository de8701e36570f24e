"""A critique at work: the rules over every document first, then the model, and what is known of each at any moment."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.adapters.evidence_files import known_sources
from copydesk.adapters.local_sources import LocalFiles, places_of
from copydesk.adapters.project import find_root
from copydesk.cli.documents import wanted
from copydesk.cli.results import Examined, Results
from copydesk.cli.wiring import source_store
from copydesk.core.brief import brief_of
from copydesk.core.instant import instant
from copydesk.core.note import Note
from copydesk.core.suppress import unknown_codes
from copydesk.core.view import shown
from copydesk.errors import Interrupted
from copydesk.events import Progress, Report, Stats
from copydesk.turns import abreast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from copydesk.adapters.dismissals import ProjectDismissals
    from copydesk.core.brief import Brief
    from copydesk.core.document import Document
    from copydesk.desk import Desk
    from copydesk.settings import Settings

INTERRUPTED = Interrupted(
    "Interrupted before the model had read everything.", "The same command goes on from the answers that it has."
)


@dataclass
class Reading:
    """One document and what is known of it so far; `told` holds the ids of notes that a terminal shows already."""

    path: Path
    document: Document
    settings: Settings
    desk: Desk | None
    brief: Brief
    notes: list[Note] = field(default_factory=list)
    report: Report | None = None
    told: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Critiquing:
    """What a run over several documents shares. `show` is given a document whenever more of it is to be shown."""

    say: Callable[[str], None]
    progress: Callable[[str], None]
    show: Callable[[Examined], None] | None
    everything: bool
    dismissals: ProjectDismissals

    async def results(
        self, documents: Sequence[tuple[Path, Document]], desks: Callable[[Path], tuple[Settings, Desk | None]]
    ) -> Results:
        """Return what was found, in the order given; what was found so far where the task is cancelled meanwhile."""
        readings: list[Reading] = []
        try:
            store, files = source_store(self.say), LocalFiles()
            for path, document in documents:
                settings, desk = desks(path)
                reading = Reading(path, document, settings, desk, self._brief(path, document, settings))
                readings.append(reading)
                local = (files, places_of(find_root(path), settings.search.library))
                known = await asyncio.to_thread(known_sources, document, path, store, self.say, local)
                terms = frozenset(reading.brief.known_terms)
                reading.notes += instant(document, terms, known_sources=known).notes
                self._shown(reading)
            asked = [reading for reading in readings if reading.desk is not None and reading.settings.critique.model]
            width = max((reading.settings.engine.concurrency for reading in asked), default=1)
            async with aclosing(abreast(asked, self._ask, width)) as done:
                async for _ in done:
                    pass
            reports = [reading.report or Report(Stats()) for reading in readings]
        except asyncio.CancelledError:
            # Whoever interrupts a command wants it to end, and what it has.
            reports = [reading.report or Report(Stats(), problem=INTERRUPTED) for reading in readings]
        self.progress("")
        return Results(tuple(self._known(*each) for each in zip(readings, reports, strict=True)))

    def _brief(self, path: Path, document: Document, settings: Settings) -> Brief:
        head = document.text.slice(document.front_matter) if document.front_matter else ""
        brief, problems = brief_of(head, settings.brief)
        for problem in problems:
            self.say(f"{path}: {problem}")
        for problem in unknown_codes(document):
            self.say(str(replace(problem, source=str(path))))
        return brief

    async def _ask(self, reading: Reading) -> None:
        assert reading.desk is not None
        async with aclosing(reading.desk.critique(reading.document, reading.brief)) as events:
            async for event in events:
                match event:
                    case Note():
                        reading.notes.append(event)
                        self._shown(reading)
                    case Progress(label, done, total):
                        self.progress(f"{reading.path.name}: {label}, {done} of {total} questions")
                    case Report():
                        reading.report = event

    def _shown(self, reading: Reading) -> None:
        if self.show is not None:
            self.progress("")
            examined = self._known(reading, Report(Stats()))
            self.show(examined)
            reading.told |= {note.id for note in examined.notes}

    def _known(self, reading: Reading, report: Report) -> Examined:
        """Return what counts of what is known; what a terminal shows already stays, whatever else would come first."""
        path, document, settings = reading.path, reading.document, reading.settings
        kept = wanted(path, document, reading.notes, settings, self.dismissals, self.say)
        view = {note.id for note in shown(kept, document.words, settings.critique.max_per_1000_words)} | reading.told
        notes = tuple(note for note in kept if self.everything or note.id in view)
        return Examined(str(path), document, notes, len(kept) - len(notes), report)
