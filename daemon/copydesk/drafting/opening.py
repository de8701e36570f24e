"""Opening a session: what a section, the models that work on it and the places to look things up come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.draft.budget import FULL_CONTEXT, LEAST_CONTEXT, budget_of
from copydesk.core.draft.layout import Board
from copydesk.core.draft.task import task_at
from copydesk.drafting.calls import Calls
from copydesk.drafting.manuscript import Manuscript
from copydesk.drafting.session import Session
from copydesk.drafting.sourcing import Sourcing
from copydesk.errors import DocumentError, PromptTooLong
from copydesk.ports import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from copydesk.answers import Answers
    from copydesk.core.brief import Brief
    from copydesk.core.document import Document
    from copydesk.core.draft.task import SectionTask
    from copydesk.core.prompts import Prompts
    from copydesk.drafting.limits import Limits, Terms
    from copydesk.ports import ModelFacts
    from copydesk.research.retrieval import Retrieval

ROLES = (Role.PLANNER, Role.RESEARCHER, Role.WRITER, Role.CRITIC, Role.EDITOR)
"""Who works on a draft."""


def task_of(document: Document, position: int, brief: Brief, terms: Terms, limits: Limits) -> SectionTask:
    """Return the section to draft at an offset; raises `DocumentError` where there is no heading to draft under."""
    task = task_at(document, position, brief, terms.words, limits.words)
    if task is None:
        raise DocumentError(
            "There is no heading here to draft under.", "Put the cursor in a heading, or below one, and try again."
        )
    return task


def session_of(
    task: SectionTask,
    terms: Terms,
    limits: Limits,
    answers: Answers,
    models: Mapping[Role, ModelFacts],
    prompts: Prompts,
    retrieval: Retrieval,
    clock: Callable[[], float],
) -> Session:
    """Return a session that has not begun; raises `PromptTooLong` where a model's context is too small."""
    context = min(models[role].context or FULL_CONTEXT for role in ROLES)
    budget = budget_of(context)
    if budget is None:
        raise PromptTooLong(
            f"A section cannot be drafted in a context of {context} tokens.",
            f"Give the engine a context of at least {LEAST_CONTEXT} tokens, or choose another model.",
        )
    calls = Calls(answers, models, prompts, terms, limits, budget, clock)
    return Session(Manuscript(Board(task), Sourcing(retrieval, calls, terms.base), terms.style), calls)
