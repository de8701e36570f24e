"""A rewrite of one sentence: what the model is asked, and what its answer must pass before a writer sees it.

It mends what a note says, weakens a claim, or corrects a claim from the evidence that research found.

The guards follow one rule: a rewrite may drop and reorder plain words, never bring in or change a fact or a
construct. What the words may say is in `core/wording_guards.py`; here the proposal is read in its place, and everything
but the sentence's own plain words must come out as it was.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from copydesk.core.aims import Aim, evidence_of
from copydesk.core.claims.guard import veto
from copydesk.core.document import ProtectedKind
from copydesk.core.markdown import read
from copydesk.core.note import anchored
from copydesk.core.text import Span, Text
from copydesk.core.wording_guards import wording_objection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.document import Document, Passage
    from copydesk.core.note import Note
    from copydesk.core.prompts import Prompts

_PREAMBLE = re.compile(
    r"\A(?:here(?:'s| is)[^:\n]{0,60}:|(?:rewritten|revised)(?: sentence)?:|sure[,!.][^:\n]{0,60}:)\s*", re.IGNORECASE
)
_LINE_END = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLOCK_START = re.compile(
    r"(?:<[!?/A-Za-z]|import\s|export\s|#{1,6}\s|[-+*>:]\s|\d{1,9}[.)]\s|```|~~~|---|\+\+\+|===|;;;|\||:::|\[\^?[^\]]+\]:)"
)


_TEMPLATES = {Aim.MEND: "rewrite", Aim.WEAKEN: "weaken", Aim.CORRECT: "correct"}


def with_place(document: Document, note: Note, aim: Aim) -> Note:
    """Return a note of `document` anchored at what its rewrite replaces.

    That is what it is anchored at; but what is said of part of a claim is weakened or corrected in whole sentences.
    """
    touched = document.sentences_at(note.anchor.span) if aim is not Aim.MEND else ()
    if not touched:
        return note
    whole = Span(touched[0].span.start, touched[-1].span.end)
    return note if whole == note.anchor.span else replace(note, anchor=anchored(document.text, whole))


def rewrite_prompt(document: Document, note: Note, span: Span, brief: str, prompts: Prompts, aim: Aim) -> str:
    """Return what the model is asked about the sentence at `span`."""
    passage = passage_at(document, span)
    around = passage.span if passage is not None else span
    values = {"problem": note.message} if aim is Aim.MEND else {}
    if aim is Aim.CORRECT:
        values["evidence"] = "\n".join(f"- {quote}" for quote in evidence_of(note))
    return prompts.fill(
        _TEMPLATES[aim],
        brief=brief,
        passage=_one_line(document.text.slice(around)),
        sentence=_one_line(document.text.slice(span)),
        **values,
    )


def passage_at(document: Document, span: Span) -> Passage | None:
    """Return the passage that holds a span."""
    return next((passage for passage in document.passages if passage.span.contains(span)), None)


def is_complete(answer: str) -> bool:
    """Tell whether a streamed answer already holds its sentence: a line has ended that is no preamble."""
    lines = _LINE_END.split(answer.lstrip())
    return len(lines) > 1 and not lines[0].rstrip().endswith(":")


def proposal_of(answer: str) -> str:
    """Return the sentence in a model's answer: its first line, without preamble or wrapping quotes."""
    lines = [line.strip() for line in _LINE_END.split(answer) if line.strip()]
    while len(lines) > 1 and lines[0].endswith(":"):
        lines.pop(0)
    text = _PREAMBLE.sub("", lines[0] if lines else "").strip()
    if len(text) > 1 and text[0] + text[-1] in ('""', "“”", "''", "‘’") and not text[1:-1].count(text[-1]):
        text = text[1:-1].strip()
    return text


def objection(
    document: Document, span: Span, proposal: str, aim: Aim = Aim.MEND, evidence: Sequence[str] = ()
) -> str | None:
    """Return why a proposal for the sentence at `span` must not be offered, in plain words; None if it may be.

    `evidence` holds the quotes by which the sentence is corrected; what they contradict is refused.
    """
    original = document.text.slice(span)
    if not proposal:
        return "the model answered with nothing"
    if _one_line(proposal) == _one_line(original):
        return "the model changed nothing"
    if _LINE_END.search(proposal) or _BLOCK_START.match(proposal):
        return "the rewrite would change the document's structure"
    before, after = _one_line(original).rstrip(".!?"), _one_line(proposal)
    # A claim is also weakened or corrected by what comes behind it.
    if before in after and (aim is Aim.MEND or not after.startswith(before)):
        return "the model only repeated the sentence"
    return (
        _out_of_place(document, span, proposal)
        or wording_objection(original, proposal, " ".join(evidence), weakening=aim is Aim.WEAKEN)
        or (_unsupported(original, proposal, evidence) if evidence else None)
    )


def _unsupported(original: str, proposal: str, evidence: Sequence[str]) -> str | None:
    """Return why no quote carries a correction; the guard compares numbers, dates, names and denials.

    Names of the sentence may stay though the quotes, taken out of their sources, do not have them.
    """
    context = " ".join((original, *evidence))
    reasons = [veto(proposal, quote, context) for quote in evidence]
    return None if None in reasons else "the correction says what no source says"


def _out_of_place(document: Document, span: Span, proposal: str) -> str | None:
    """Put the proposal in its place, read the document again, and compare everything around its words."""
    source = document.text.source
    text = Text(source[: span.start] + proposal + source[span.end :], document.text.version)
    after = read(text, document.format, document)
    index = next((i for i, passage in enumerate(document.passages) if passage.span.contains(span)), None)
    if index is None or _skeleton(document, index) != _skeleton(after, index):
        return "the rewrite would change the document's structure"
    before_passage, after_passage = document.passages[index], after.passages[index]
    lost_or_added = _difference(_constructs(document, before_passage), _constructs(after, after_passage))
    if lost_or_added is not None:
        return lost_or_added
    new = Span(span.start, span.start + len(proposal))
    if _neighbours(document, before_passage, span) != _neighbours(after, after_passage, new):
        return "the rewrite would run into the sentences around it"
    return None


def _skeleton(document: Document, index: int) -> list[object]:
    """Return what a rewrite in one passage leaves alone: all other passages, the sections, and the directives."""
    text = document.text
    passages = [
        (passage.kind, passage.block, text.slice(passage.span) if number != index else "")
        for number, passage in enumerate(document.passages)
    ]
    return [passages, [(section.level, section.title) for section in document.sections], len(document.directives)]


def _neighbours(document: Document, passage: Passage, span: Span) -> tuple[list[str], list[str]]:
    """Return the sentences of a passage before and after a span."""
    text = document.text
    before = [text.slice(one.span) for one in passage.sentences if one.span.end <= span.start]
    return before, [text.slice(one.span) for one in passage.sentences if one.span.start >= span.end]


def _constructs(document: Document, passage: Passage) -> list[tuple[str, str]]:
    """Return the protected spans of a passage in order, links with their labels."""
    source = document.text.source
    found = []
    for sentence in passage.sentences:
        for piece in sentence.protected:
            start = piece.span.start
            if piece.kind is ProtectedKind.LINK:
                start = _label_start(source, start, passage.span.start)
            found.append((piece.kind.value, source[start : piece.span.end]))
    return found


def _label_start(source: str, bracket: int, limit: int) -> int:
    """Return where the label of a link begins whose closing bracket is at `bracket`."""
    depth = 0
    for index in range(bracket, limit - 1, -1):
        depth += {"]": 1, "[": -1}.get(source[index], 0) if source[index - 1 : index] != "\\" else 0
        if depth == 0:
            return index
    return bracket


def _difference(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> str | None:
    if before == after:
        return None
    for some, others, verb in ((before, after, "lost"), (after, before, "added")):
        rest = others.copy()
        missing = []
        for one in some:
            if one in rest:
                rest.remove(one)
            else:
                missing.append(one[0])
        if missing:
            kinds = sorted(set(missing))
            listed = ", ".join(f"{missing.count(kind)} {_named(kind, missing.count(kind))}" for kind in kinds)
            return f"the rewrite {verb} {listed}"
    return "the rewrite puts links, code or other constructs in another order"


_NAMES = {"url": "address", "code": "piece of code", "html": "HTML tag"}
_PLURALS = {"url": "addresses", "code": "pieces of code", "math": "formulas"}


def _named(kind: str, count: int) -> str:
    name = _NAMES.get(kind, kind)
    return name if count == 1 else _PLURALS.get(kind, f"{name}s")


def _one_line(source: str) -> str:
    return " ".join(source.split())
