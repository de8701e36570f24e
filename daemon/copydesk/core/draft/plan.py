"""The plan of a section: what must be found out, and which points are made in which order.

Every query that a draft ever sends is part of the plan, and the plan is made before any page is read. What is searched
for later is chosen among them by number, so that nothing a page says can cause a query.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from copydesk.core.claims.queries import by_rule
from copydesk.core.claims.ranking import terms
from copydesk.core.claims.selfcontained import Context
from copydesk.core.draft.disclosure import searchable
from copydesk.core.draft.material import without_label
from copydesk.core.draft.task import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from copydesk.core.draft.task import SectionTask

MOST_QUESTIONS, MOST_POINTS = 4, 6
LONGEST_QUESTION, LONGEST_POINT, LONGEST_HEADING = 140, 100, 50
"""Code points."""


class Form(StrEnum):
    """How a point is written."""

    PARAGRAPH = "paragraph"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Question:
    """What a source must tell, `Q1` and so on, with the queries that may be sent for it, the first one first."""

    id: str
    text: str
    queries: tuple[str, ...]

    @property
    def line(self) -> str:
        """Return the question as it stands in prompts."""
        return f"{self.id}: {self.text}"


@dataclass(frozen=True, slots=True)
class Point:
    """What a paragraph or list says, `P1` and so on; `notes` are ids of jottings that belong to it.

    `heading` is a sub-heading before it, mostly empty.
    """

    id: str
    say: str
    form: Form = Form.PARAGRAPH
    notes: tuple[str, ...] = ()
    heading: str = ""

    @property
    def line(self) -> str:
        """Return the point as it stands in prompts."""
        under = f", under the sub-heading “{self.heading}”" if self.heading else ""
        notes = f", from {', '.join(self.notes)}" if self.notes else ""
        return f"{self.id} ({self.form}{notes}{under}): {self.say}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Questions and points; `words` is how long the new text should be."""

    questions: tuple[Question, ...]
    points: tuple[Point, ...]
    words: int

    @property
    def queries(self) -> tuple[str, ...]:
        """Return all queries that may be sent."""
        return tuple(dict.fromkeys(query for question in self.questions for query in question.queries))

    def point(self, id: str) -> Point:
        """Return the point of an id, which must be one of the plan's."""
        return next(one for one in self.points if one.id == id)

    def question(self, id: str) -> Question:
        """Return the question of an id, which must be one of the plan's."""
        return next(one for one in self.questions if one.id == id)


def questions_of(task: SectionTask, texts: Iterable[str]) -> tuple[Question, ...]:
    """Return questions with their queries; those that have nothing to do with the section are left out.

    Where none is left, what the writer noted is asked about, and without notes the headings. Of what stands in the text
    alone little goes into a query.
    """
    subject = "\n".join((*task.path, task.brief.purpose, *(one.text for one in task.jottings)))
    about = set(terms(subject))
    near = [text for text in dict.fromkeys(texts) if about & set(terms(text))]
    chosen = near[:MOST_QUESTIONS] or _noted(task) or [" ".join(task.path[-2:])]
    text, context = "\n".join(task.shown_besides), Context(task.path)
    found = [Question("", one, by_rule(searchable(one, subject, text), context)) for one in chosen]
    return tuple(replace(one, id=f"Q{number}") for number, one in enumerate(found, 1))


def _noted(task: SectionTask) -> list[str]:
    """Return what the jottings say, each with the headings above it that are more than a word for notes."""
    about = " ".join(title for title in task.path[-2:] if without_label(title))
    said = [words for one in task.jottings if not one.stays and (words := without_label(one.text))]
    return [f"{about}: {words}"[:LONGEST_QUESTION] for words in dict.fromkeys(said)][:MOST_QUESTIONS]


def points_of(task: SectionTask, points: Sequence[Point]) -> tuple[Point, ...]:
    """Return points with their ids, so that every jotting to be replaced belongs to one."""
    kept = list(points[:MOST_POINTS])
    named = {note for point in kept for note in point.notes}
    for jotting in task.jottings:
        if jotting.id in named or jotting.stays:
            continue
        if len(kept) < MOST_POINTS:
            kept.append(Point("", jotting.text[:LONGEST_POINT], notes=(jotting.id,)))
        else:
            kept[-1] = replace(kept[-1], notes=(*kept[-1].notes, jotting.id))
    return tuple(replace(point, id=f"P{number}") for number, point in enumerate(kept, 1))


def plan_by_rule(task: SectionTask) -> Plan:
    """Return a plan made without a model: a point for each jotting, else one or two about the heading."""
    title = task.section.title
    if task.jottings:
        points = []
    elif task.mode is Mode.CONTINUE:
        points = [Point("", f"what more there is to say about {title}"[:LONGEST_POINT])]
    else:
        points = [
            Point("", f"{lead} {title}"[:LONGEST_POINT])
            for lead in ("what readers must know first about", "more about")
        ]
    return Plan(questions_of(task, ()), points_of(task, points), task.words)
