"""The Planner: questions to look up, points to make, and whether the length suits. No page has been read yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.draft.forms import list_of, most_tokens, object_of, objects, one_of, strings, text_of, words_in
from copydesk.core.draft.guards import as_markdown, cleaned, refusal
from copydesk.core.draft.layout import Asked, laid_out, one_line
from copydesk.core.draft.plan import (
    LONGEST_HEADING,
    LONGEST_POINT,
    LONGEST_QUESTION,
    MOST_POINTS,
    MOST_QUESTIONS,
    Form,
    Plan,
    Point,
    points_of,
    questions_of,
)
from copydesk.core.draft.task import MOST_WORDS, Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.core.draft.budget import Budget
    from copydesk.core.draft.forms import Schema
    from copydesk.core.draft.layout import Board
    from copydesk.core.draft.task import SectionTask
    from copydesk.core.prompts import Prompts

HEADED_WORDS, DEEPEST_HEADED = 350, 4
"""From how many words on, and down to which level, a section may have sub-headings."""
LENGTHS = {"shorter": 0.7, "as asked": 1.0, "longer": 1.3}
_TEMPLATE = "draft_plan"
_AIMS = {
    Mode.WRITE: "Plan the section “{title}”.",
    Mode.CONTINUE: "Plan how the section “{title}” goes on after what is already written there.",
    Mode.EXPAND: "Plan the section “{title}”, in which the notes become text.",
    Mode.NOTES: "Plan the section “{title}”, in which the notes become text.",
}
_OPENING = "Plan a short opening of the section “{title}”, whose substance follows under headings of its own."


def request(board: Board, prompts: Prompts, budget: Budget, a_character: int) -> Asked:
    """Return what the Planner is asked."""
    task = board.task
    aim = _OPENING if task.below and task.mode is Mode.WRITE else _AIMS[task.mode]
    notes, headed = _notes(task), _headed(task)
    schema = _schema(task, budget, a_character)
    example = [
        '"say":"…"',
        '"form":"paragraph"',
        *(['"notes":["N1"]'] if notes else []),
        *(['"heading":""'] if headed else []),
    ]
    points, questions = _most(budget, a_character)
    tail = prompts.fill(
        _TEMPLATE,
        aim=aim.format(title=one_line(task.section.title)[:LONGEST_POINT]),
        questions=str(questions),
        points=str(points),
        notes=" Name with each point the notes that belong to it." if notes else "",
        headings=" A point may begin with a sub-heading if the section needs one." if headed else "",
        example="{" + ",".join(example) + "}",
    )
    words, left_out = laid_out(board, tail, prompts, budget)
    return Asked(_TEMPLATE, words, schema, most_tokens(schema, a_character), left_out)


def parsed(answer: Mapping[str, object], task: SectionTask) -> Plan | str:
    """Return the plan in an answer, or why there is none."""
    points = [point for one in objects(answer.get("points")) if (point := _point(one, task)) is not None]
    if not points and not task.jottings:
        return "the plan has no points"
    asked = (cleaned(words_in(text, LONGEST_QUESTION)) for text in strings(answer.get("questions")))
    factor = LENGTHS.get(str(answer.get("length")), 1.0)
    words = min(int(task.words * factor), MOST_WORDS)
    return Plan(questions_of(task, (text for text in asked if text)), points_of(task, points), words)


def _point(one: Mapping[str, object], task: SectionTask) -> Point | None:
    say = cleaned(words_in(one.get("say"), LONGEST_POINT))
    if not any(character.isalnum() for character in say):
        return None
    form = Form.LIST if one.get("form") == Form.LIST else Form.PARAGRAPH
    known = _notes(task)
    notes = tuple(dict.fromkeys(note for note in strings(one.get("notes")) if note in known))
    heading = cleaned(words_in(one.get("heading"), LONGEST_HEADING)).rstrip(".:;,") if _headed(task) else ""
    # One that would have to be escaped is no heading that a careful person writes.
    plain = bool(heading) and as_markdown(heading, task.document.format, task.known) == heading
    usable = plain and refusal(heading, task.known) is None
    return Point("", say, form, notes, heading if usable else "")


def _notes(task: SectionTask) -> list[str]:
    return [one.id for one in task.jottings]


def _headed(task: SectionTask) -> bool:
    return task.words >= HEADED_WORDS and task.section.level < DEEPEST_HEADED and not task.below


def _most(budget: Budget, a_character: int) -> tuple[int, int]:
    """Return how many points and questions an answer has room for."""
    room = budget.planning // a_character
    questions = max(1, min(MOST_QUESTIONS, room // 3 // LONGEST_QUESTION))
    return max(2, min(MOST_POINTS, (room - questions * LONGEST_QUESTION) // (LONGEST_POINT + 90))), questions


def _schema(task: SectionTask, budget: Budget, a_character: int) -> Schema:
    points, questions = _most(budget, a_character)
    more: dict[str, Schema] = {}
    if notes := _notes(task):
        more["notes"] = list_of(one_of(notes), min(3, len(notes)))
    if _headed(task):
        more["heading"] = text_of(LONGEST_HEADING)
    point = object_of(say=text_of(LONGEST_POINT, 3), form=one_of([*Form]), **more)
    return object_of(
        questions=list_of(text_of(LONGEST_QUESTION, 8), questions, 1),
        points=list_of(point, points, 1),
        length=one_of([*LENGTHS]),
    )
