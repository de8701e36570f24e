"""The Writer: one point of the plan at a time, as sentences that name what they rest on; code writes the Markdown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copydesk.core.draft.budget import tokens
from copydesk.core.draft.forms import list_of, most_tokens, object_of, objects, one_of, strings, text_of
from copydesk.core.draft.guards import as_markdown, cleaned, finished, refusal
from copydesk.core.draft.layout import Asked, laid_out
from copydesk.core.draft.plan import Form
from copydesk.core.draft.statement import Statement, next_id
from copydesk.core.markdown.sentences import plain_parts
from copydesk.core.note import normalised
from copydesk.core.text import Span, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from copydesk.core.draft.budget import Budget
    from copydesk.core.draft.forms import Schema
    from copydesk.core.draft.layout import Board
    from copydesk.core.draft.plan import Point
    from copydesk.core.draft.statement import Origin
    from copydesk.core.prompts import Prompts

LONGEST = 240
"""Code points of a sentence."""
MOST_SENTENCES, MOST_SPANS = 5, 2
MOST_IDS = 90
SAID = "it was said before"
_FORMS = {Form.PARAGRAPH: "a paragraph", Form.LIST: "a list, each item one sentence,"}
_A_SENTENCE = 18
"""Words."""


@dataclass(frozen=True, slots=True)
class Written:
    """The sentences of an answer that may stand, and why others may not, as “it holds …”."""

    statements: tuple[Statement, ...]
    refused: tuple[str, ...] = ()


def request(board: Board, point: Point, prompts: Prompts, budget: Budget, a_character: int) -> Asked:
    """Return what the Writer is asked; without sources or jottings there is nothing that it could cite."""
    assert board.plan is not None
    words = max(20, board.plan.words // len(board.plan.points))
    ids = citable(board)
    schema, most = _schema(ids, words, budget, a_character)
    notes = f" Work in {', '.join(point.notes)}, and name them where you do." if point.notes else ""
    common = {
        "point": point.id,
        "say": point.say,
        "form": _FORMS[point.form],
        "most": str(most),
        "words": str(min(words, most * _A_SENTENCE)),
    }
    if ids:
        template = "draft_write"
        tail = prompts.fill(template, **common, notes=notes, example=(point.notes or ids)[0])
    else:
        template = "draft_write_unsourced"
        tail = prompts.fill(template, **common)
    text, left_out = laid_out(board, tail, prompts, budget)
    return Asked(template, text, schema, most_tokens(schema, a_character), left_out)


def parsed(
    answer: Mapping[str, object], board: Board, point: Point, origin: Origin, budget: Budget, a_character: int
) -> Written | str:
    """Return the sentences in an answer that may stand under a point, or why there are none."""
    longest = longest_sentence(budget, a_character)
    given = objects(answer.get("sentences"))
    if not given:
        return "the answer has no sentences"
    ids = citable(board)
    statements, refused = list(board.statements), []
    room = budget.draft - sum(tokens(one.line) + 2 for one in statements)
    for one in given[:MOST_SENTENCES]:
        read = sentence_of(one.get("text"), replace(board, statements=tuple(statements)), longest)
        if isinstance(read, Refusal):
            refused.append(read.reason)
            continue
        spans = tuple(dict.fromkeys(span for span in strings(one.get("spans")) if span in ids))[:MOST_SPANS]
        fresh, again = _fresh(parted(read), statements)
        refused += [SAID] * again
        for sentence in fresh:
            statement = Statement(next_id(statements), sentence, spans, point.id, origin)
            room -= tokens(statement.line) + 2
            if room >= 0:
                statements.append(statement)
        if room < 0:
            refused.append("the draft is as long as the model's context allows")
            break
    new = tuple(statements[len(board.statements) :])
    return Written(new, tuple(refused)) if new else f"no sentence may stand: {refused[0]}"


def _fresh(sentences: Sequence[str], statements: Sequence[Statement]) -> tuple[list[str], int]:
    """Return the sentences that were not said before, and how many were."""
    known = {normalised(one.text) for one in statements}
    fresh: dict[str, str] = {}
    for one in sentences:
        if normalised(one) not in known:
            fresh.setdefault(normalised(one), one)
    return list(fresh.values()), len(sentences) - len(fresh)


def parted(text: str) -> tuple[str, ...]:
    """Return the sentences of what a model gave for one; code between backticks is left whole."""
    _, sentences = plain_parts(Text(text), Span(0, len(text)))
    parts = [text[one.span.start : one.span.end].strip() for one in sentences]
    sound = "".join("".join(parts).split()) == "".join(text.split()) and not any(one.count("`") % 2 for one in parts)
    return tuple(filter(None, parts)) if sound else (text,)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a sentence may not stand, as “it holds …”."""

    reason: str


def sentence_of(text: object, board: Board, longest: int, replaced: str = "") -> str | Refusal:
    """Return a model's sentence made ready to stand in the draft, or why it may not; `replaced` is what goes for it.

    `longest` is how many code points its schema allowed.
    """
    words = text[:longest] if isinstance(text, str) else ""
    cut_off = len(words) >= longest - 1
    sentence = finished(cleaned(words), cut_off=cut_off)
    if not sentence:
        return Refusal("it was cut off before its end" if cut_off else "it is empty")
    reason = refusal(sentence, known_words(board), [*board.ledger.ids, *(one.id for one in board.task.jottings)])
    if reason is not None:
        return Refusal(reason)
    if as_markdown(sentence, board.task.document.format) is None:
        return Refusal("it holds markup")
    said = {normalised(one) for one in (*board.task.kept, *(one.text for one in board.statements)) if one != replaced}
    return Refusal(SAID) if normalised(sentence) in said else sentence


def known_words(board: Board) -> str:
    """Return all that the writer and the sources say."""
    return "\n".join((board.task.known, *(f"{one.evidence.source.title} {one.plain}" for one in board.ledger.entries)))


def citable(board: Board) -> tuple[str, ...]:
    """Return the ids that a sentence may name: quotations, and the writer's jottings."""
    return (*board.ledger.ids[:MOST_IDS], *(one.id for one in board.task.jottings))


def longest_sentence(budget: Budget, a_character: int) -> int:
    """Return how many code points a sentence may have, so that at least two fit into an answer."""
    return min(LONGEST, (budget.writing - 120) // 2 // a_character)


def _schema(ids: Sequence[str], words: int, budget: Budget, a_character: int) -> tuple[Schema, int]:
    """Return the answer's schema, and how many sentences it has room for."""
    longest = longest_sentence(budget, a_character)
    more: dict[str, Schema] = {"spans": list_of(one_of(ids), MOST_SPANS)} if ids else {}
    sentence = object_of(text=text_of(longest, 12 // a_character), **more)
    fits = (budget.writing - 30) // (most_tokens(sentence, a_character) + 1)
    most = max(1, min(MOST_SENTENCES, fits, 1 + words // _A_SENTENCE))
    return object_of(sentences=list_of(sentence, most, 1)), most
