"""How prompts are laid out: what stays the same comes first and only grows, what is asked of a role comes last.

One system prompt for all roles, then brief and headings, ledger, what stands in the text, plan, draft, faults, and the
task. So an engine has read nearly all of a prompt before (measured on llama.cpp with prompts of 4,190 tokens: 99.6 %
from its cache; 0.1 % where the role comes first). A Researcher, who reads what strangers wrote, sees neither the
writer's text nor the draft: its prompt ends after the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from copydesk.core.draft.budget import cut, fitting
from copydesk.core.draft.ledger import Ledger
from copydesk.core.prompt_safety import legible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.draft.budget import Budget
    from copydesk.core.draft.forms import Schema
    from copydesk.core.draft.plan import Plan
    from copydesk.core.draft.statement import Statement
    from copydesk.core.draft.task import SectionTask
    from copydesk.core.prompts import Prompts

SYSTEM = "draft_system"
_BRIEF_PART = 300
_HEADINGS = 12


@dataclass(frozen=True, slots=True)
class Board:
    """What lies on the desk: all that a prompt may show. `faults` are lines, worst first."""

    task: SectionTask
    ledger: Ledger = field(default_factory=Ledger)
    plan: Plan | None = None
    statements: tuple[Statement, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a role is asked: the prompt's words, the schema of the answer, and how many tokens that takes at most.

    `template` is the prompt's name, `left_out` says in words for the writer what found no room in it.
    """

    template: str
    words: str
    schema: Schema
    tokens: int
    left_out: tuple[str, ...] = ()


def laid_out(board: Board, tail: str, prompts: Prompts, budget: Budget) -> tuple[str, tuple[str, ...]]:
    """Return a prompt that shows all of the board and ends with a task, and what found no room in it."""
    around, shortened = _around(board.task, budget.surroundings)
    plan = _section("The plan:", [*_plan_lines(board.plan)], budget.plan, "points of the plan")
    draft = _section("The draft:", _draft_lines(board.statements), budget.draft, "sentences of the draft", last=True)
    faults = _section("Faults found in it:", board.faults, budget.faults, "faults")
    blocks = [_brief(board.task, prompts, budget), _ledger(board.ledger), around, plan[0], draft[0], faults[0], tail]
    left_out = (*shortened, *(one for one in (plan[1], draft[1], faults[1]) if one))
    return "\n\n".join(block for block in blocks if block), left_out


def laid_out_apart(board: Board, tail: str, prompts: Prompts, budget: Budget) -> str:
    """Return a prompt that shows the brief, the headings and the ledger, but nothing of the writer's text or draft."""
    blocks = [_brief(board.task, prompts, budget), _ledger(board.ledger), tail]
    return "\n\n".join(block for block in blocks if block)


def one_line(text: str) -> str:
    """Return a text as it may stand on a line of a prompt: nothing hidden, and no line of its own making."""
    return legible(" ".join(text.split()))


def _brief(task: SectionTask, prompts: Prompts, budget: Budget) -> str:
    parts = [
        f"{name}: {one_line(words)[:_BRIEF_PART]}"
        for name, words in (
            ("Readers", task.brief.audience),
            ("Purpose", task.brief.purpose),
            ("Style", task.brief.style),
        )
        if words.strip()
    ]
    path = " › ".join(one_line(title) for title in task.path)
    brief = cut("; ".join(parts), max(0, budget.brief - 60))
    return prompts.fill("draft_brief", brief=f"{brief}.\n" if brief else "", path=cut(path, 60), words=str(task.words))


def _ledger(ledger: Ledger) -> str:
    return "\n".join(["Quotations from sources:", *(one.line for one in ledger.entries)]) if ledger.entries else ""


def _around(task: SectionTask, limit: int) -> tuple[str, tuple[str, ...]]:
    """Return what stands in the text. Notes go first; then what is written there, the newest; then the neighbours."""
    notes = [f"{one.id}: {one_line(one.text)}" for one in task.jottings]
    written = [one_line(one) for one in task.kept]
    left_out: list[str] = []
    lines: list[str] = []
    room = limit
    shown = fitting(notes, room * 2 // 3)
    if shown < len(notes):
        left_out.append(f"{len(notes) - shown} of your notes did not fit and stay as they are")
    if shown:
        lines += ["Notes of the writer, to be worked in:", *notes[:shown]]
        room -= sum(len(line.encode()) // 3 + 2 for line in lines)
    fits = fitting(written[::-1], max(0, room * 2 // 3))
    if fits < len(written):
        left_out.append(f"of what stands under the heading the last {fits} of {len(written)} sentences were read")
    if fits:
        lines.append(f"Already written under this heading, and kept: {' '.join(written[len(written) - fits :])}")
        room -= len(lines[-1].encode()) // 3 + 2
    for name, words in (
        ("Before the section", " ".join(map(one_line, task.before))),
        ("After it", " ".join(map(one_line, task.after))),
        ("Other headings", "; ".join(one_line(title) for title in task.titles[:_HEADINGS])),
    ):
        words = cut(words, max(0, room // 2))
        if len(words) > 1:
            lines.append(f"{name}: {words}")
            room -= len(lines[-1].encode()) // 3 + 2
    return "\n".join(lines), tuple(left_out)


def _plan_lines(plan: Plan | None) -> list[str]:
    return [] if plan is None else [*(one.line for one in plan.questions), *(one.line for one in plan.points)]


def _draft_lines(statements: Sequence[Statement]) -> list[str]:
    return [
        line
        for point, each in groupby(statements, lambda one: one.point)
        for line in (point, *(one.line for one in each))
    ]


def _section(head: str, lines: Sequence[str], limit: int, what: str, *, last: bool = False) -> tuple[str, str]:
    """Return a block of lines, and what of it found no room; the first lines are kept, or the `last` ones."""
    if not lines:
        return "", ""
    fits = fitting(lines[::-1] if last else lines, limit)
    shown = lines[len(lines) - fits :] if last else lines[:fits]
    missing = f"{len(lines) - fits} {what} did not fit into a prompt" if fits < len(lines) else ""
    return "\n".join([head, *shown]), missing
