"""The Editor: one sentence with what was found wrong with it; the answer is a patch of that sentence and no other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from copydesk.core.draft.budget import fitting
from copydesk.core.draft.forms import list_of, most_tokens, object_of, one_of, strings, text_of
from copydesk.core.draft.layout import Asked, laid_out
from copydesk.core.draft.statement import Statement, next_id
from copydesk.core.draft.writing import LONGEST, MOST_SPANS, Refusal, citable, sentence_of
from copydesk.core.note import normalised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from copydesk.core.draft.budget import Budget
    from copydesk.core.draft.criticism import Finding
    from copydesk.core.draft.defects import Defect
    from copydesk.core.draft.forms import Schema
    from copydesk.core.draft.layout import Board
    from copydesk.core.draft.statement import Origin
    from copydesk.core.prompts import Prompts

MOST_FAULTS = 3
_TEMPLATE = "draft_edit"


class Deed(StrEnum):
    """What is done to a sentence."""

    REWRITE = "rewrite"
    WEAKEN = "weaken"
    SPLIT = "split"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Patch:
    """A change of one sentence: the `deed`, and what stands in its place, nothing for a deletion."""

    sentence: str
    deed: Deed
    instead: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def applied(self, statements: Sequence[Statement], origin: Origin) -> tuple[Statement, ...]:
        """Return the draft with this change; all other sentences are the same."""
        changed: list[Statement] = []
        for one in statements:
            if one.id != self.sentence:
                changed.append(one)
                continue
            for number, (text, spans) in enumerate(self.instead):
                id = one.id if not number else next_id([*statements, *changed])
                changed.append(replace(one, id=id, text=text, spans=spans, origin=origin))
        return tuple(changed)


def request(
    board: Board,
    statement: Statement,
    defects: Sequence[Defect],
    findings: Sequence[Finding],
    prompts: Prompts,
    budget: Budget,
    a_character: int,
) -> Asked:
    """Return what the Editor is asked about one sentence; faults that stand on the board are not told again."""
    ids = citable(board)
    shown = board.faults[: fitting(board.faults, budget.faults)]
    told = [*(one.message for one in defects if one.line not in shown), *(one.line for one in findings)]
    above = ["those found above"] if len(told) < len(defects) + len(findings) else []
    schema = _schema(ids, budget, a_character)
    tail = prompts.fill(
        _TEMPLATE,
        sentence=statement.id,
        faults="; ".join([*above, *(one.rstrip(".") for one in told[:MOST_FAULTS])]),
        key=',"spans":[]' if ids else "",
    )
    words, left_out = laid_out(board, tail, prompts, budget)
    return Asked(_TEMPLATE, words, schema, most_tokens(schema, a_character), left_out)


def parsed(
    answer: Mapping[str, object], board: Board, statement: Statement, budget: Budget, a_character: int
) -> Patch | str:
    """Return the patch in an answer, or why there is none, in words for the log."""
    deed = answer.get("do")
    if not isinstance(deed, str) or deed not in [*Deed]:
        return "the answer says nothing of what to do"
    if deed == Deed.DELETE:
        return Patch(statement.id, Deed.DELETE)
    longest, second = _lengths(budget, a_character)
    text = sentence_of(answer.get("text"), board, longest, replaced=statement.text)
    if isinstance(text, Refusal):
        return text.reason
    ids = citable(board)
    named = answer.get("spans")
    spans = tuple(dict.fromkeys(span for span in strings(named) if span in ids))[:MOST_SPANS] if ids else ()
    instead = [(text, spans)]
    if deed == Deed.SPLIT:
        other = sentence_of(answer.get("second"), board, second, replaced=statement.text)
        if isinstance(other, Refusal):
            return other.reason
        if normalised(other) == normalised(text):
            return "it was said before"
        instead.append((other, spans))
    if instead == [(statement.text, statement.spans)]:
        return "nothing was changed"
    return Patch(statement.id, Deed(deed), tuple(instead))


def _lengths(budget: Budget, a_character: int) -> tuple[int, int]:
    """Return how many code points the sentence and, of a split, the second one may have."""
    room = (budget.answer - 110) // a_character
    return min(LONGEST, room * 3 // 5), min(LONGEST, room * 2 // 5)


def _schema(ids: Sequence[str], budget: Budget, a_character: int) -> Schema:
    longest, second = _lengths(budget, a_character)
    more: dict[str, Schema] = {"spans": list_of(one_of(ids), MOST_SPANS)} if ids else {}
    return object_of(do=one_of([*Deed]), text=text_of(longest), second=text_of(second), **more)
