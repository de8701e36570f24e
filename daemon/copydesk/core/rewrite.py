"""A rewrite of one sentence: what the model is asked, and what its answer must pass before a writer sees it.

The guards follow one rule: a rewrite may drop and reorder words, never bring in a fact. Protected spans survive
verbatim and in number; no number, name, quotation, address or markup appears that was not there.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from copydesk.core.document import Document, ProtectedKind
from copydesk.core.markdown import read
from copydesk.core.text import Span, Text

if TYPE_CHECKING:
    from copydesk.core.document import Passage, Sentence
    from copydesk.core.note import Note
    from copydesk.core.prompts import Prompts

LONGEST, SHORTEST = 1.6, 0.25
"""Bounds of a rewrite's length against its original's, in words; a rewrite of few words may gain up to eight."""

_PREAMBLE = re.compile(
    r"\A(?:here(?:'s| is)[^:\n]{0,60}:|(?:rewritten|revised)(?: sentence)?:|sure[,!.][^:\n]{0,60}:)\s*", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NUMBER_WORD = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|"
    r"million|billion|half|third|quarter|percent|per cent)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)(?<![\"“‘(\[*_`])\b[A-Z][\w'’-]*")
_QUOTATION = re.compile(r"[\"“«](.+?)[\"”»]")
_BLOCK_START = re.compile(
    r"\A(?:<[!?/A-Za-z]|import\s|export\s|#{1,6}\s|[-+*>]\s|\d{1,9}[.)]\s|```|~~~|---|\+\+\+|===|\||:::|\[\^?[^\]]+\]:)"
)
_INSTALL = re.compile(r"\b(?:pip3?|pipx|npm|npx|cargo|gem|go|brew|apt(?:-get)?|uv)\s+(?:install|add|get|i|exec)\s+\S+")
_MARKS = re.compile(r"\*\*|__|~~|\*|(?<!\w)_|_(?!\w)")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


def rewrite_prompt(document: Document, note: Note, span: Span, brief: str, prompts: Prompts) -> str:
    """Return what the model is asked about the sentence at `span`."""
    passage = passage_at(document, span)
    around = passage.span if passage is not None else span
    return prompts.fill(
        "rewrite",
        brief=brief,
        passage=_one_line(document.text.slice(around)),
        sentence=_one_line(document.text.slice(span)),
        problem=note.message,
    )


def passage_at(document: Document, span: Span) -> Passage | None:
    """Return the passage that holds a span."""
    return next((passage for passage in document.passages if passage.span.contains(span)), None)


def sentence_at(document: Document, span: Span) -> Sentence | None:
    """Return the sentence that is, or holds, a span."""
    passage = passage_at(document, span)
    if passage is None:
        return None
    return next((sentence for sentence in passage.sentences if sentence.span.contains(span)), None)


def is_complete(answer: str) -> bool:
    """Tell whether a streamed answer already holds its sentence: a line has ended that is no preamble."""
    first, newline, _ = answer.lstrip().partition("\n")
    return bool(newline) and not first.rstrip().endswith(":")


def proposal_of(answer: str) -> str:
    """Return the sentence in a model's answer: its first line, without preamble or wrapping quotes."""
    lines = [line.strip() for line in answer.split("\n") if line.strip()]
    while len(lines) > 1 and lines[0].endswith(":"):
        lines.pop(0)
    text = lines[0] if lines else ""
    text = _PREAMBLE.sub("", text).strip()
    if len(text) > 1 and text[0] + text[-1] in ('""', "“”", "''", "‘’") and not text[1:-1].count(text[-1]):
        text = text[1:-1].strip()
    return text


def objection(original: str, proposal: str, document: Document) -> str | None:
    """Return why a proposal must not be offered, in words for the writer; None if it may be."""
    if not proposal:
        return "the model answered with nothing"
    if " ".join(proposal.split()) == " ".join(original.split()):
        return "the model changed nothing"
    if _CONTROL.search(proposal) and not _CONTROL.search(original):
        return "the rewrite holds invisible characters"
    if _BLOCK_START.match(proposal) and not _BLOCK_START.match(original):
        return "the rewrite would change the document's structure"
    if " ".join(original.split()).rstrip(".!?") in " ".join(proposal.split()):
        return "the model only repeated the sentence"
    return (
        _lost_or_added(original, proposal, document)
        or _invented(original, proposal)
        or _unbalanced(original, proposal)
        or _wrong_length(original, proposal)
    )


def _lost_or_added(original: str, proposal: str, document: Document) -> str | None:
    before, after = _constructs(original, document), _constructs(proposal, document)
    lost, added = before - after, after - before
    for difference, verb in ((lost, "lost"), (added, "added")):
        if difference:
            kinds = Counter(kind for kind, _ in difference.elements())
            listed = ", ".join(f"{count} {_named(kind, count)}" for kind, count in sorted(kinds.items()))
            return f"the rewrite {verb} {listed}"
    return None


def _constructs(source: str, document: Document) -> Counter[tuple[str, str]]:
    """Count the protected spans of a sentence, read with the document's own link references."""
    references = "\n\n".join(_REFERENCE.findall(document.text.source))
    reading = read(Text(f"{source}\n\n{references}"), document.format)
    return Counter(
        (piece.kind.value, reading.text.slice(piece.span))
        for passage in reading.passages
        if passage.span.start < len(source)
        for sentence in passage.sentences
        for piece in sentence.protected
        if piece.kind is not ProtectedKind.HARD_BREAK
    )


_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]+\]:[^\n]+$", re.MULTILINE)


def _named(kind: str, count: int) -> str:
    word = {"link": "link", "url": "address", "code": "piece of code", "html": "HTML tag"}.get(kind, kind)
    return (
        word
        if count == 1
        else word.replace("piece", "pieces") + ("es" if word.endswith("s") else "s") * (kind != "code")
    )


def _invented(original: str, proposal: str) -> str | None:
    for pattern, what in ((_NUMBER, "number"), (_NUMBER_WORD, "number"), (_INSTALL, "package to install")):
        new = {match.casefold() for match in pattern.findall(proposal)} - {
            match.casefold() for match in pattern.findall(original)
        }
        if new:
            return f"the rewrite brings in a {what} that was not there: {min(new)}"
    words = set(re.findall(r"[\w'’-]+", original.casefold()))
    names = [name for name in _NAME.findall(proposal) if name.casefold() not in words and name != "I"]
    if names:
        return f"the rewrite brings in a name that was not there: {names[0]}"
    if emoji := _emoji(proposal) ^ _emoji(original):
        return f"the rewrite {'loses' if emoji <= _emoji(original) else 'brings in'} an emoji"
    quoted = [words for words in _QUOTATION.findall(proposal) if words not in original]
    if quoted:
        return "the rewrite brings in a quotation that was not there"
    return None


def _emoji(words: str) -> set[str]:
    return {character for character in words if unicodedata.category(character) == "So"}


def _unbalanced(original: str, proposal: str) -> str | None:
    before, after = Counter(_MARKS.findall(original)), Counter(_MARKS.findall(proposal))
    for mark, count in before.items():
        if count % 2 and after[mark] != count:
            return "the rewrite would break emphasis that begins or ends in this sentence"
    if any(count % 2 and not before[mark] for mark, count in after.items()):
        return "the rewrite leaves emphasis open"
    return None


def _wrong_length(original: str, proposal: str) -> str | None:
    before, after = len(original.split()), len(proposal.split())
    if after > max(before * LONGEST, before + 8):
        return "the rewrite is much longer than the sentence"
    if after < before * SHORTEST:
        return "the rewrite leaves almost nothing of the sentence"
    return None


def _one_line(source: str) -> str:
    return " ".join(source.split())
