"""CD401: an abbreviation that the document does not explain, or explains only after using it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.checks.known import CAPITALS, KNOWN
from copydesk.core.checks.place import matches
from copydesk.core.document import CRITIQUED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.document import Passage

CODE = "CD401"

_ABBREVIATION = re.compile(
    r"(?<![\w@#$./\\&-])(?P<term>[A-Z][A-Z0-9]{2,5})(?:s|['’]s)?(?![\w/\\&]|[.:-]\d|\s\d|\.\w|-[A-Z])"
)
_SHOUTED = re.compile(r"(?:\b[A-Z]{2,}\b[\s,]+){2,}\b[A-Z]{2,}\b")
_IN_BRACKETS = re.compile(
    r"(?P<words>(?:[\w'’&-]+\s+){1,8})[(\[](?:or\s+|the\s+|an?\s+)?[“\"]?(?P<term>[A-Z][A-Za-z0-9]{1,7}?)s?[”\"]?[)\],;]"
)
_EXPLAINED = re.compile(
    r"\b(?P<term>[A-Z][A-Z0-9]{1,6})s?[”\"'*_\]]*\s*(?:\(\s*(?=[^)]*[a-z]{3})|(?:,\s+)?(?:which\s+|that\s+)?(?:stands? for|is short for|short for|means|refers to|denotes)\b|"
    r"(?:is|are|was|were) (?:an?|the|our|one|how|what|any)\b|[:=–—]\s|,\s+(?:or|i\.e\.|that is,?|an?|the|our|which (?:is|are|was))\s)|"
    r"\b(?:called|named|known as|abbreviated(?: as| to)?|abbreviation|acronym|short(?:ened)? (?:for|to)|or|aka|i\.e\.,?|term)\s+(?:an?\s+|the\s+)?[“\"'*_]*(?P<named>[A-Z][A-Z0-9]{1,6})s?\b"
)
_CAPITALISED = re.compile(
    r"\b[A-Z][\w’'-]*(?:(?:\s+|-)(?:(?:of|and|for|the|to|in|on|&|as|by|with|de)\s+)*[A-Z][\w’'-]*)+"
)
_INITIAL = re.compile(r"(?<![\w'’])[A-Z]|(?<=-)[A-Za-z]")
_LABEL = re.compile(r"\[([^\[\]]*)\](?:\(|\[)|<(?:abbr|dfn)\b[^>]*>([^<]*)<")
_LOWER = re.compile(r"\b[a-z]{3,6}\b")


@dataclass(frozen=True, slots=True)
class Use:
    """An abbreviation in a sentence, by the sentence's index in its passage."""

    term: str
    sentence: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a passage does with abbreviations.

    `explained` are those it explains or links, with the sentence where it spells one out word for word; `initials` are those
    of names written in full; `lower` its short words in small letters, by which emphasis is told from abbreviation.
    """

    used: tuple[Use, ...]
    explained: frozenset[str]
    spelled_out: tuple[Use, ...]
    initials: frozenset[str]
    lower: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unexplained:
    """An abbreviation at its first use; `later` is where the document spells it out after all (passage, sentence)."""

    term: str
    passage: int
    sentence: int
    later: tuple[int, int] | None = None

    @property
    def message(self) -> str:
        """Return the message for the writer."""
        if self.later is not None:
            return f"“{self.term}” is spelled out only further down, too late for the reader who meets it here. Explain it at this first use."
        return (
            f"“{self.term}” is not explained in this document, so a reader from outside stops here. "
            "Spell it out at its first use, or link an explanation."
        )


def terms(passage: Passage, source: str) -> Terms:
    """Return what a passage does with abbreviations; `source` is its Markdown."""
    text = "\n".join(sentence.masked for sentence in passage.sentences)
    linked = " ".join(label for pair in _LABEL.findall(source) for label in pair)
    explained = {name for pair in _EXPLAINED.findall(text) for name in pair if name}
    explained.update(match["term"] for match in _IN_BRACKETS.finditer(text))
    explained.update(match["term"] for match in _ABBREVIATION.finditer(linked))
    return Terms(
        tuple(_used(passage)) if passage.kind in CRITIQUED else (),
        frozenset(explained),
        tuple(_spelled_out(passage)),
        frozenset("".join(_INITIAL.findall(match.group())).upper() for match in _CAPITALISED.finditer(text)),
        frozenset(_LOWER.findall(text)),
    )


def unexplained(passages: Sequence[Terms], known_terms: frozenset[str]) -> Iterator[Unexplained]:
    """Yield each abbreviation that the document leaves unexplained at its first use, in document order."""
    known = {term.casefold() for term in known_terms}
    explained = frozenset[str]().union(*(terms.explained | terms.initials for terms in passages))
    spelled_out: dict[str, tuple[int, int]] = {}
    for index, terms in enumerate(passages):
        for use in terms.spelled_out:
            spelled_out.setdefault(use.term, (index, use.sentence))
    seen: set[str] = set()
    for index, terms in enumerate(passages):
        for use in terms.used:
            if use.term in seen:
                continue
            seen.add(use.term)
            if use.term.casefold() in known:
                continue
            later = spelled_out.get(use.term)
            if later is not None and later > (index, use.sentence):
                if not any(use.term in terms.initials or use.term in terms.explained for terms in passages[: later[0]]):
                    yield Unexplained(use.term, index, use.sentence, later)
            elif use.term not in explained and not any(use.term.lower() in other.lower for other in passages):
                yield Unexplained(use.term, index, use.sentence)


def _used(passage: Passage) -> Iterator[Use]:
    for index, sentence in enumerate(passage.sentences):
        if _SHOUTED.search(sentence.masked):
            continue
        for match in matches(_ABBREVIATION, sentence):
            if match["term"] not in KNOWN and match["term"] not in CAPITALS:
                yield Use(match["term"], index)


def _spelled_out(passage: Passage) -> Iterator[Use]:
    for index, sentence in enumerate(passage.sentences):
        for match in _IN_BRACKETS.finditer(sentence.masked):
            if _is_made_of(match["term"], match["words"]):
                yield Use(match["term"], index)


def _is_made_of(term: str, words: str) -> bool:
    """Tell whether a term's letters are, in order, initials of the last words, beginning with its first letter."""
    initials = "".join(re.findall(r"(?<![\w'’])\w", words)).lower()
    start = initials.rfind(term[0].lower(), 0, max(1, len(initials) - len(term) + 2))
    if start < 0:
        return False
    rest = iter(initials[start:])
    return all(letter in rest for letter in term.lower())
