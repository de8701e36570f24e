"""Shortening: of a draft that is far too long, which sentences the Editor is offered to go, and which of them go.

What cites nothing is offered first, then what its quotations cover least. A sentence that was made from a note stays,
since the note would be gone with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.claims.guard import covers
from copydesk.core.draft.forms import list_of, most_tokens, object_of, one_of, strings
from copydesk.core.draft.layout import Asked, laid_out
from copydesk.core.draft.statement import length, words_in

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from copydesk.core.draft.budget import Budget
    from copydesk.core.draft.forms import Schema
    from copydesk.core.draft.layout import Board
    from copydesk.core.draft.statement import Statement
    from copydesk.core.prompts import Prompts

MOST_OFFERED = 12
_TEMPLATE = "draft_shorten"


def offered(board: Board, statements: Sequence[Statement], faulty: Collection[str]) -> tuple[str, ...]:
    """Return the ids of sentences that may go, those that can best be spared first; `faulty` ones before all others.

    They are sentences of a draft that the board shows too, under the same ids.
    """
    shown = {one.id for one in board.statements}
    ranks = [
        (one.id not in faulty, _covered(board, one), -number, one.id)
        for number, one in enumerate(statements)
        if one.id in shown and not one.notes
    ]
    return tuple(id for *_, id in sorted(ranks)[:MOST_OFFERED])


def request(board: Board, ids: Sequence[str], words: int, prompts: Prompts, budget: Budget, a_character: int) -> Asked:
    """Return what the Editor is asked: which of these sentences should go; `words` is how many the draft has."""
    assert board.plan is not None
    schema: Schema = object_of(delete=list_of(one_of(ids), len(ids), 1))
    tail = prompts.fill(
        _TEMPLATE,
        words=str(words),
        asked=str(board.plan.words),
        ids=", ".join(ids),
        excess=str(words - board.plan.words),
        example=ids[0],
    )
    text, left_out = laid_out(board, tail, prompts, budget)
    return Asked(_TEMPLATE, text, schema, most_tokens(schema, a_character), left_out)


def parsed(answer: Mapping[str, object], ids: Sequence[str]) -> tuple[str, ...] | str:
    """Return which sentences the Editor would delete, the first to go first, or why that cannot be told."""
    named = tuple(dict.fromkeys(id for id in strings(answer.get("delete")) if id in ids))
    return named or "the answer names no sentence"


def shortened(
    statements: Sequence[Statement], order: Sequence[str], least: float, most: float
) -> tuple[Statement, ...]:
    """Return a draft without the first sentences of an order, until it has at most so many words and never too few."""
    kept, count = list(statements), words_in(statements)
    for id in dict.fromkeys(order):
        going = next((one for one in kept if one.id == id), None)
        if count <= most or going is None:
            continue
        without = count - length(going.text)
        if without >= least and len(kept) > 1:
            kept.remove(going)
            count = without
    return tuple(kept)


def _covered(board: Board, statement: Statement) -> float:
    """Return how much of a sentence its quotations say; below nothing where it cites none."""
    entries = board.ledger.quoted(statement.quotations)
    return covers(statement.text, "\n".join(one.plain for one in entries)) if entries else -1.0
