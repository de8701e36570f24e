"""CD401: an abbreviation that the document does not explain, or explains only after using it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from copydesk.core.checks.known import CAPITALS, KNOWN
from copydesk.core.checks.place import own_words
from copydesk.core.document import CRITIQUED
from copydesk.core.similarity import FUNCTION_WORDS
from copydesk.core.vocabulary import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.document import Passage

CODE = "CD401"

_ABBREVIATION = re.compile(
    r"(?<![\w@#$./\\&-])(?P<term>[A-Z][A-Z0-9]{2,5})(?:s|['’]s)?(?![\w/\\&]|[.:-]\d| [A-Z]?\d|\.\w|-[A-Z])"
)
_DESIGNATION = re.compile(r"[A-Z]+\d{2,}[A-Z]?$")
_DESIGNATED = re.compile(
    r"(?:\b(?:models?|types?|series|parts?|serial|versions?|flights?|rooms?|gates?|codes?|class|grade|tickets?|numbers?"
    r"|products?|chips?|routes?|lines?|forms?|[Mm]k|edition|trim)|\b[A-Z]{1,3}\d+\w*) $",
    re.IGNORECASE,
)
"""What stands before a name that a maker gave, such as “M3” or “model”."""
_SHOUTED = re.compile(r"(?:\b[A-Z]{2,}\b[ ,]+){2,}\b[A-Z]{2,}\b")
_BRACKETED = re.compile(r" [(\[](?:or |the |an? )?[“\"]?(?P<term>[A-Z][A-Za-z0-9]{1,7}?)s?[”\"]?[)\],;]")
_SAYS_WHAT = one_of(
    "stands? for, is short for, short for, means, refers to, denotes, which stands? for, that stands? for, which means"
)
_IS_ONE = one_of("an?, the, our, one, how, what, any, my, their")
_NAMED_SO = one_of(
    "called, named, known as, abbreviated(?: as| to)?, abbreviation, acronym, short(?:ened)? (?:for|to), or, aka, term"
)
_EXPLAINED = re.compile(
    r"\b(?P<term>[A-Z][A-Z0-9]{1,6})s?[”\"'*_\]]*"
    rf"(?: ?\((?=[^)]*[a-z]{{3}})|,? {_SAYS_WHAT}\b| (?:is|are|was|were) {_IS_ONE}\b| ?[:=–—] |, (?:or"
    rf"|that is|{_IS_ONE}|which (?:is|are|was)) )"
)
_NAMED = re.compile(rf"\b{_NAMED_SO} (?:an? |the )?[“\"'*_]*(?P<term>[A-Z][A-Z0-9]{{1,6}})s?\b")
_SMALL = one_of("of, and, for, the, to, in, on, &, as, by, with, de")
_CAPITALISED = re.compile(rf"[A-Z](?<!\w[A-Z])[\w’'-]*(?:[ -](?:{_SMALL} )*[A-Z][\w’'-]*)+")
"""A name of several words; the pattern has its first letter first, so that the search skips to capitals."""
_INITIAL = re.compile(r"(?<![\w'’])[A-Z]|(?<=-)[A-Za-z]")
_WORD_INITIAL = re.compile(r"(?<![\w'’])\w")
_LABEL = re.compile(r"\[([^\[\]]*)\](?:\(|\[)|<(?:abbr|dfn)\b[^>]*>([^<]*)<")
_CAPITALS = re.compile(r"[A-Z][A-Za-z]?[A-Z0-9]")
_LOWER = re.compile(r"\b[a-z]{3,6}\b")
_SPELLING_WORDS = 9
"""How many words before a bracket may spell out what stands in it."""


@dataclass(frozen=True, slots=True)
class Use:
    """An abbreviation in a sentence, by the sentence's index in its passage."""

    term: str
    sentence: int


@dataclass(frozen=True)
class Terms:
    """What a passage does with abbreviations.

    `explained` are those it explains or links, `spelled_out` those whose words it gives; `initials` are those of names
    written in full. `text` holds its sentences.
    """

    used: tuple[Use, ...]
    explained: frozenset[str]
    spelled_out: tuple[Use, ...]
    initials: frozenset[str]
    text: str

    def has(self, word: str) -> bool:
        """Tell whether a short word stands there in small letters, by which emphasis is told from abbreviation."""
        return word in self.text and word in self._lower

    @cached_property
    def _lower(self) -> frozenset[str]:
        return frozenset(_LOWER.findall(self.text))


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
            return (
                f"“{self.term}” is spelled out only further down, too late for the reader who meets it here. "
                "Explain it at this first use."
            )
        return (
            f"“{self.term}” is not explained in this document, so a reader from outside stops here. "
            "Spell it out at its first use, or link an explanation."
        )


def terms(passage: Passage, source: str) -> Terms:
    """Return what a passage does with abbreviations; `source` is its Markdown."""
    texts = [sentence.plain for sentence in passage.sentences]
    text = "\n".join(texts)
    explained: set[str] = set()
    used: tuple[Use, ...] = ()
    spelled_out: tuple[Use, ...] = ()
    if _CAPITALS.search(source):
        used = tuple(_used(passage)) if passage.kind in CRITIQUED else ()
        spelled_out = tuple(_spelled_out(texts))
        linked = " ".join(label for pair in _LABEL.findall(source) for label in pair)
        explained.update(match["term"] for match in _ABBREVIATION.finditer(linked))
        for pattern in (_EXPLAINED, _NAMED, _BRACKETED):
            explained.update(match["term"] for match in pattern.finditer(text))
    return Terms(
        used,
        frozenset(explained),
        spelled_out,
        frozenset(initials for name in _CAPITALISED.findall(text) for initials in _initials(name)),
        text,
    )


def unexplained(passages: Sequence[Terms], known_terms: frozenset[str]) -> Iterator[Unexplained]:
    """Yield each abbreviation that the document leaves unexplained at its first use, in document order."""
    known = {term.casefold() for term in known_terms}
    explained = frozenset[str]().union(
        *(terms.explained for terms in passages), *(terms.initials for terms in passages)
    )
    spelled_out: dict[str, tuple[int, int]] = {}
    for index, terms in enumerate(passages):
        for use in terms.spelled_out:
            spelled_out.setdefault(use.term, (index, use.sentence))
    seen: set[str] = set()
    for index, terms in enumerate(passages):
        for use in terms.used:
            if use.term in seen or use.term.casefold() in known:
                continue
            seen.add(use.term)
            later = spelled_out.get(use.term)
            if later is not None and later > (index, use.sentence):
                if not any(
                    use.term in earlier.initials or use.term in earlier.explained for earlier in passages[: later[0]]
                ):
                    yield Unexplained(use.term, index, use.sentence, later)
            elif use.term not in explained and not any(other.has(use.term.lower()) for other in passages):
                yield Unexplained(use.term, index, use.sentence)


def _used(passage: Passage) -> Iterator[Use]:
    for index, sentence in enumerate(passage.sentences):
        if not _CAPITALS.search(sentence.plain) or _SHOUTED.search(sentence.plain):
            continue
        prose = own_words(sentence)
        for match in _ABBREVIATION.finditer(prose):
            term = match["term"]
            named = _DESIGNATION.match(term) or _DESIGNATED.search(prose[: match.start()])
            if not named and term not in KNOWN and term not in CAPITALS and term.lower() not in FUNCTION_WORDS:
                yield Use(term, index)


def _spelled_out(texts: Sequence[str]) -> Iterator[Use]:
    for index, text in enumerate(texts):
        for match in _BRACKETED.finditer(text):
            if _is_made_of(match["term"], " ".join(text[: match.start()].split()[-_SPELLING_WORDS:])):
                yield Use(match["term"], index)


def _initials(name: str) -> Iterator[str]:
    """Yield what a name may be abbreviated to: it may stand at a sentence's head or next to another name."""
    initials = "".join(_INITIAL.findall(name)).upper()
    for start in range(len(initials) - 2):
        yield from (initials[start:end] for end in range(start + 3, len(initials) + 1))


def _is_made_of(term: str, words: str) -> bool:
    """Tell whether a term's letters are, in order, initials of the last words, beginning with its first letter."""
    initials = "".join(_WORD_INITIAL.findall(words)).lower()
    start = initials.rfind(term[0].lower(), 0, max(1, len(initials) - len(term) + 2))
    rest = iter(initials[start:] if start >= 0 else "")
    return all(letter in rest for letter in term.lower())
