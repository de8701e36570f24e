"""What code finds wrong with a draft: in its sentences, and in the document as it would be with it.

The document is read again with the draft in its place and checked as any text of the writer's is; on top of that come
figures and names that no source has, repetition, length, and that nothing but the section's own body changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.citations.known import NO_SOURCES
from copydesk.core.claims.guard import veto
from copydesk.core.document import ProtectedKind
from copydesk.core.draft import grounds
from copydesk.core.draft.ratchet import Score
from copydesk.core.draft.render import whole
from copydesk.core.draft.statement import words_in
from copydesk.core.instant import InstantReading, instant
from copydesk.core.markdown import read
from copydesk.core.note import Severity
from copydesk.core.text import Span
from copydesk.core.visible import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from copydesk.core.citations.known import KnownSources
    from copydesk.core.document import Document
    from copydesk.core.draft.criticism import Finding
    from copydesk.core.draft.frame import Rendered
    from copydesk.core.draft.ledger import Ledger
    from copydesk.core.draft.plan import Plan
    from copydesk.core.draft.render import Renderer
    from copydesk.core.draft.statement import Statement
    from copydesk.core.draft.task import SectionTask
    from copydesk.core.note import Note

TOO_SHORT, TOO_LONG = 0.5, 1.6
"""Shares of the length asked for beyond which a draft is far off."""
_BLOCKING = frozenset({"CD601", "CD602", "CD604"})
"""Codes of citations that do not hold, which no draft may bring in."""
WORDS = 50
"""Code points of a sentence or a title in a fault."""
_ID = re.compile(r"\b[SNs]\d{1,3}\b")
_COUNTED = frozenset({Severity.ERROR, Severity.WARNING, Severity.INFORMATION})


@dataclass(frozen=True, slots=True)
class Defect:
    """One fault: the `sentence` that has it, empty for the whole draft, and words for a prompt and the log.

    `code` is of the catalogue or a word of this module.
    """

    code: str
    message: str
    sentence: str = ""
    blocks: bool = False

    @property
    def line(self) -> str:
        """Return the fault as it stands in prompts."""
        return f"{self.sentence or 'the draft'}: {self.message}"


def in_words(defect: Defect, statements: Iterable[Statement], ledger: Ledger, task: SectionTask) -> str:
    """Return a fault for the writer, who knows no ids: with words of sentences and notes, and titles of sources."""
    said = [(one.id, one.text) for one in statements] + [(one.id, one.text) for one in task.jottings]
    said += [(one.id, one.evidence.source.title) for one in ledger.entries]
    names = {id: f"“{shortened(words, WORDS)}”" for id, words in said}
    message = _ID.sub(lambda match: names.get(match[0], match[0]), defect.message)
    return f"{names[defect.sentence]}: {message}" if defect.sentence in names else message


@dataclass(frozen=True)
class Examiner:
    """Finds what is wrong with drafts of one task; `readings` are of the document without a draft."""

    renderer: Renderer
    ledger: Ledger
    plan: Plan
    sources: KnownSources = NO_SOURCES
    before: InstantReading | None = None

    def defects(self, statements: Sequence[Statement]) -> tuple[Defect, ...]:
        """Return all faults of a draft, those that block first, then in the order of its sentences."""
        rendered = self.renderer.body(statements, self.plan, self.ledger)
        found = [
            *self._of_sentences(statements),
            *self._of_whole(statements, rendered),
            *self._of_document(statements, rendered),
        ]
        order = {one.id: number for number, one in enumerate(statements)}
        distinct = {(one.sentence, one.code): one for one in reversed(found)}
        return tuple(sorted(distinct.values(), key=lambda one: (not one.blocks, order.get(one.sentence, len(order)))))

    @property
    def task(self) -> SectionTask:
        """Return the task."""
        return self.renderer.task

    def _of_sentences(self, statements: Sequence[Statement]) -> Iterator[Defect]:
        told = [f"{one.evidence.source.title} {one.plain}" for one in self.ledger.entries]
        everything = "\n".join((self.task.known, *told))
        notes = {one.id: one.text for one in self.task.jottings}
        for one in statements:
            entries = self.ledger.quoted(one.quotations)
            quotes = [f"{entry.evidence.source.title} {entry.plain}" for entry in entries]
            if not entries:
                yield from self._uncited(one, told)
                continue
            strange = grounds.strange_figures(one.text, [self.task.known, *quotes])
            said = [entry.plain for entry in entries] + [notes[id] for id in one.notes]
            if strange:
                yield Defect("figure", f"{strange[0]} is in none of {', '.join(one.spans)}", one.id, blocks=True)
            elif (reason := veto(one.text, "\n".join(said), everything)) is not None:
                yield Defect("unsupported", f"{', '.join(one.spans)} cannot carry it: {reason}", one.id)
            if grounds.unrelated(one.text, entries):
                yield Defect("unrelated", f"it has nothing in common with {', '.join(one.quotations)}", one.id)
            if grounds.copied(one.text, [entry.plain for entry in entries]):
                yield Defect("copied", "it copies its quotation; say it in other words", one.id)

    def _uncited(self, one: Statement, told: Sequence[str]) -> Iterator[Defect]:
        strange = grounds.invented_figures(one.text, [self.task.known])
        if not strange:
            return
        elsewhere = [
            entry.id
            for entry, words in zip(self.ledger.entries, told, strict=True)
            if not grounds.invented_figures(strange[0], [words])
        ]
        where = f"it must cite {elsewhere[0]}" if elsewhere else "no source or note has it"
        yield Defect("figure", f"{strange[0]}: {where}", one.id, blocks=True)

    def _of_whole(self, statements: Sequence[Statement], rendered: Rendered) -> Iterator[Defect]:
        said = list(self.task.kept)
        for one in statements:
            if any(grounds.says_the_same(one.text, other) for other in said):
                yield Defect("repeated", "it says again what was said before", one.id)
            said.append(one.text)
        count, asked = words_in(statements), self.plan.words
        if count < TOO_SHORT * asked:
            yield Defect("short", f"it has {count} words, and {asked} were asked for")
        if count > TOO_LONG * asked:
            yield Defect("long", f"it has {count} words, and {asked} were asked for")
        yield from self._left(statements, rendered.left)

    def _left(self, statements: Sequence[Statement], notes: Sequence[str]) -> Iterator[Defect]:
        """Yield which jottings stay as they are, those that a sentence was meant to say as a fault of that."""
        unnamed = []
        for note in notes:
            naming = [one for one in statements if note in one.notes]
            if not naming:
                unnamed.append(note)
                continue
            point = naming[-1].point
            missing = self.renderer.left_out(note, [one for one in naming if one.point == point])
            yield Defect("notes", f"of {note} it leaves out {missing or 'what it refers to'}", naming[-1].id)
        if unnamed:
            yield Defect("notes", f"nothing was made of {', '.join(unnamed)}")

    def _of_document(self, statements: Sequence[Statement], rendered: Rendered) -> Iterator[Defect]:
        document = self.task.document
        after = read(whole(self.task, rendered.markdown), document.format, document)
        if (fault := structure(self.task, after, rendered, self.plan, {one.point for one in statements})) is not None:
            yield Defect("structure", fault, blocks=True)
        reading = instant(after, frozenset(self.task.brief.known_terms), self.before, self.sources)
        old = {(note.code, note.anchor.quote) for note in self.before.notes} if self.before is not None else set()
        places = {id: span.shifted(self.task.body.start) for id, span in rendered.places.items()}
        body = Span(self.task.body.start, self.task.body.start + len(rendered.markdown))
        noted = rendered.noted.shifted(self.task.body.start)
        for note in reading.notes:
            blocks = note.code in _BLOCKING
            if note.severity not in _COUNTED or (not blocks and _touches(note, noted)):
                continue
            id = _sentence(note, places)
            if id or (body.overlaps(note.anchor.span) and (note.code, note.anchor.quote) not in old):
                yield Defect("figure" if note.code == "CD604" else note.code, note.message, id, blocks=blocks)


def structure(task: SectionTask, after: Document, rendered: Rendered, plan: Plan, points: Iterable[str]) -> str | None:
    """Return what a draft changed in the document besides the words of its section's body; None if nothing."""
    before, shift = task.document, len(rendered.markdown) - len(task.body)
    end = task.body.end
    headings = [(one.level, one.title) for one in before.sections if one.heading is not None]
    at = next(number for number, one in enumerate(s for s in before.sections if s.heading) if one is task.section) + 1
    wanted = set(points)
    new = [(task.section.level + 1, point.heading) for point in plan.points if point.heading and point.id in wanted]
    if [(one.level, one.title) for one in after.sections if one.heading] != [*headings[:at], *new, *headings[at:]]:
        return "it would change the headings"
    if len(before.directives) != len(after.directives) or before.front_matter != after.front_matter:
        return "it would change what is no text"
    old = [(one.kind, before.text.slice(one.span)) for one in before.passages if one.span.start >= end]
    now = [(one.kind, after.text.slice(one.span)) for one in after.passages if one.span.start >= end + shift]
    if old != now:
        return "it would change what stands after the section"
    return _constructs(task, after, rendered)


def _constructs(task: SectionTask, after: Document, rendered: Rendered) -> str | None:
    """Return which construct the new text has that it may not have: any but code, and its own citations."""
    carried = "\n".join(one for jotting in task.jottings for one in jotting.carried)
    places = [span.shifted(task.body.start) for span in (*rendered.places.values(), rendered.noted)]
    body = Span(task.body.start, task.body.start + len(rendered.markdown))
    pieces = [
        piece
        for passage in after.passages
        if body.overlaps(passage.span)
        for sentence in passage.sentences
        for piece in sentence.protected
    ]
    for piece in pieces:
        if not any(place.contains(piece.span) for place in places):
            continue
        source = after.text.slice(piece.span)
        own = piece.kind in (ProtectedKind.CODE, ProtectedKind.FOOTNOTE) or source in rendered.targets
        if not own and source not in carried:
            return f"it would bring in {piece.kind}"
    return None


def score(defects: Iterable[Defect], findings: Iterable[Finding] = ()) -> Score:
    """Return how bad a draft is."""
    faults = list(defects)
    blocking = sum(one.blocks for one in faults)
    return Score(blocking, len(faults) - blocking, sum(1 for _ in findings))


def _touches(note: Note, place: Span) -> bool:
    """Tell whether a note speaks of a place, or of another because of it: what definitions quote is no one's prose."""
    anchors = (note.anchor, *(one.anchor for one in note.related))
    return len(place) > 0 and any(place.overlaps(anchor.span) for anchor in anchors)


def _sentence(note: Note, places: Mapping[str, Span]) -> str:
    """Return the drafted sentence that a note speaks of, or that it is about another sentence because of."""
    for anchor in (note.anchor, *(one.anchor for one in note.related)):
        for id, place in places.items():
            if place.overlaps(anchor.span) and place.start <= anchor.hint < place.end:
                return id
    return ""
