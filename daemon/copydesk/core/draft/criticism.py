"""The Critic: numbered sentences with what they rest on; it names the worst, and may ask to look up a planned question.

What it says counts little: a finding says which sentences the Editor is shown, and never makes up for a fault that code
finds. Of a patch that code finds neither better nor worse it is asked whether that mends what it named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.draft.forms import list_of, most_tokens, object_of, objects, one_of, text_of, words_in
from copydesk.core.draft.layout import Asked, laid_out, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from copydesk.core.draft.budget import Budget
    from copydesk.core.draft.editing import Patch
    from copydesk.core.draft.forms import Schema
    from copydesk.core.draft.layout import Board
    from copydesk.core.draft.statement import Statement
    from copydesk.core.prompts import Prompts

MOST_FINDINGS = 5
LONGEST_HINT = 60
CODES = {
    "unsupported": "its quotations do not carry it",
    "overstated": "it claims more than they do",
    "unclear": "readers will not understand it",
    "repeats": "it says again what was said",
    "off-topic": "it does not belong here",
    "wordy": "it says little in many words",
    "tone": "it does not suit the brief",
}
"""What may be wrong with a sentence, as the Critic and the Editor are told."""
NONE = "none"
_TEMPLATE = "draft_criticise"
_AGAIN = "draft_confirm"
_YES, _NO = "yes", "no"


def codes() -> str:
    """Return what may be wrong with a sentence as the system prompt says it."""
    return "; ".join(f"{code} ({meaning})" for code, meaning in CODES.items())


@dataclass(frozen=True, slots=True)
class Finding:
    """What the Critic holds against a sentence; `hint` is a model's own words, for the Editor alone."""

    sentence: str
    code: str
    hint: str = ""

    @property
    def line(self) -> str:
        """Return the finding as it stands in prompts."""
        return CODES[self.code] + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True, slots=True)
class Criticism:
    """Findings, and the id of a question that should be looked up again, empty for none."""

    findings: tuple[Finding, ...] = ()
    question: str = ""


def request(board: Board, open_questions: Sequence[str], prompts: Prompts, budget: Budget, a_character: int) -> Asked:
    """Return what the Critic is asked; `open_questions` are ids of which more can be looked up."""
    schema, most = _schema(board.statements, open_questions, budget, a_character)
    tail = prompts.fill(
        _TEMPLATE,
        most=str(most),
        evidence=f" If a question needs more evidence, name it, else {NONE}." if open_questions else "",
        example=board.statements[0].id,
        key=f',"evidence":"{NONE}"' if open_questions else "",
    )
    words, left_out = laid_out(board, tail, prompts, budget)
    return Asked(_TEMPLATE, words, schema, most_tokens(schema, a_character), left_out)


def parsed(
    answer: Mapping[str, object], statements: Sequence[Statement], open_questions: Sequence[str]
) -> Criticism | str:
    """Return the criticism in an answer, one finding for each sentence at most, or why there is none."""
    if not isinstance(answer.get("findings"), list):
        return "the answer has no list of findings"
    known = {one.id for one in statements}
    findings: dict[str, Finding] = {}
    for one in objects(answer.get("findings")):
        sentence, code = one.get("sentence"), one.get("code")
        if isinstance(sentence, str) and isinstance(code, str) and sentence in known and code in CODES:
            findings.setdefault(sentence, Finding(sentence, code, one_line(words_in(one.get("hint"), LONGEST_HINT))))
    question = answer.get("evidence")
    asked = question if isinstance(question, str) and question in open_questions else ""
    return Criticism(tuple(findings.values())[:MOST_FINDINGS], asked)


def request_again(
    board: Board, findings: Sequence[Finding], patch: Patch, prompts: Prompts, budget: Budget, a_character: int
) -> Asked:
    """Return what the Critic is asked of a patch: whether it mends what was found in a sentence.

    The board is as it was before, so that the engine has read it.
    """
    fault = "; ".join(one.line for one in findings)
    written = " ".join(f"“{one_line(text)}” [{', '.join(spans)}]" for text, spans in patch.instead)
    deed = f"write instead: {written.replace(' []', '')}" if written else "delete it"
    schema = object_of(mended=one_of([_YES, _NO]))
    tail = prompts.fill(_AGAIN, sentence=patch.sentence, fault=fault, deed=deed)
    words, left_out = laid_out(board, tail, prompts, budget)
    return Asked(_AGAIN, words, schema, most_tokens(schema, a_character), left_out)


def confirmed(answer: Mapping[str, object]) -> bool | str:
    """Return whether the Critic calls its finding mended, or why that cannot be told."""
    said = answer.get("mended")
    return said == _YES if said in (_YES, _NO) else "the answer says neither yes nor no"


def accepted(
    findings: Sequence[Finding], statements: Sequence[Statement], settled: Collection[tuple[str, str]]
) -> tuple[Finding, ...]:
    """Return the findings that the Editor is shown: none that cannot be, nor one that was dealt with in vain.

    `settled` holds texts of sentences with the code that was held against them when no patch was an improvement. A
    sentence without quotations cannot be unsupported by them, and the only one of a draft cannot repeat another.
    """
    by_id = {one.id: one for one in statements}
    kept = []
    for one in findings:
        statement = by_id.get(one.sentence)
        if statement is None or (statement.text, one.code) in settled:
            continue
        if one.code in ("unsupported", "overstated") and not statement.spans:
            continue
        if one.code == "repeats" and len(statements) < 2:
            continue
        kept.append(one)
    return tuple(kept)


def _schema(
    statements: Sequence[Statement], open_questions: Sequence[str], budget: Budget, a_character: int
) -> tuple[Schema, int]:
    ids = one_of([one.id for one in statements])
    finding = object_of(sentence=ids, code=one_of([*CODES]), hint=text_of(LONGEST_HINT // a_character))
    fits = (budget.answer - 40) // (most_tokens(finding, a_character) + 1)
    most = max(1, min(MOST_FINDINGS, fits, len(statements)))
    more: dict[str, Schema] = {"evidence": one_of([NONE, *open_questions])} if open_questions else {}
    return object_of(findings=list_of(finding, most), **more), most
