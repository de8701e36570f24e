"""The kinds of question, and which sentences of a document are worth one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.document import SOURCES
from copydesk.core.questions.question import Kind, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.document import Document, Sentence
    from copydesk.core.similarity import Pair

FACT = Kind("fact", "CD103")
SEQUITUR = Kind("sequitur", "CD202")
STRENGTH = Kind("strength", "CD104")
CONTRADICTION = Kind("contradiction", "CD201")
REPETITION = Kind("repetition", "CD302")
JARGON = Kind("jargon", "CD401")
LEDE = Kind("lede", "CD301")
KINDS = (SEQUITUR, STRENGTH, FACT, JARGON, CONTRADICTION, REPETITION, LEDE)

LATE = 0.4
"""Share of a document's prose before which nothing is buried."""

LEDES = 6
"""How many late sentences of a document are asked about."""

LEAST_WORDS = 5
"""Shorter sentences hold no claim to judge."""

_OWN = re.compile(r"\b(?:I|we|our|ours|us|my|mine)\b", re.IGNORECASE)
_YOU = re.compile(r"\b(?:you|your|yours|let's)\b", re.IGNORECASE)
_STATES = re.compile(
    r"\b(?:is|are|was|were|has|have|had|means?|contains?|consists?|causes?|caused|invented|founded|released|wrote|"
    r"written|built|created|discovered|measures?|holds?|lies|stands|uses?|needs?|takes?|gives?|makes?|made|born|died)\b",
    re.IGNORECASE,
)
_SPECIFIC = re.compile(r"\d|(?<=[a-z,;] )[A-Z][\w-]+|\b(?:means?|contains?|consists?|causes?|caused|called|known)\b")
_CONNECTIVE = re.compile(
    r"(?:,|;|—|–|^|\s-)\s*(?:so|therefore|thus|hence|consequently|as a result|which is why|because|since|that is why)\b"
    r"(?!\s+(?:that|far|then|many|much|called)\b)|\b(?:because|therefore|which is why)\b",
    re.IGNORECASE,
)
_ABSOLUTE = re.compile(
    r"\b(?:all|every|everyone|everybody|everything|any|anyone|always|never|no one|nobody|nothing|none|only|"
    r"completely|entirely|totally|absolutely|perfect(?:ly)?|impossible|forever|guarantee[sd]?|proves?|proven|"
    r"undoubtedly|certainly|ever|immune|infallible|best|worst|fastest|most \w+|whatsoever|unlimited|instantly)\b",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"\b(?:never|do not|don't|must|warning|beware|stops?|ends?|closes?|closed|shut|cancel\w*|discontinued|deprecated|"
    r"no longer|unsafe|danger\w*|wrong|lost|deleted?s?|recall\w*|breaking|will|important\w*|deadline|free)\b",
    re.IGNORECASE,
)
_TERM = re.compile(r"\b(?:[A-Za-z]+[A-Z]\w*|[A-Z]{2,}\w*|[A-Za-z]+\d\w*|[a-z]+(?:-[a-z]+)+|[a-z]{11,})\b")


def about_sentences(sentences: Sequence[Sentence], flagged: frozenset[tuple[str, int]]) -> Iterator[Question]:
    """Yield the questions that sentences deserve; `flagged` holds (code, start) of what instant checks found."""
    for kind, worth in (
        (SEQUITUR, _draws_conclusion),
        (STRENGTH, _sounds_absolute),
        (FACT, _states_fact),
        (JARGON, _uses_terms),
    ):
        code = kind.code
        for sentence in sentences:
            if _judgeable(sentence) and worth(sentence) and (code, sentence.span.start) not in flagged:
                yield Question(kind, (sentence,))


def about_pairs(pairs: Sequence[Pair], flagged: frozenset[tuple[str, int]]) -> Iterator[Question]:
    """Yield the two questions about each candidate pair; the note goes to the later sentence."""
    for pair in pairs:
        for kind in (CONTRADICTION, REPETITION):
            if not {("CD201", pair.second.span.start), ("CD302", pair.second.span.start)} & flagged:
                yield Question(kind, (pair.second, pair.first))


def about_ledes(document: Document) -> Iterator[Question]:
    """Yield a question for each late sentence that reads like news, at most one a section, against the opening."""
    sentences = sentences_of(document)
    opening = next((sentence for sentence in sentences if _judgeable(sentence)), None)
    late = [
        (passage.section, sentence)
        for passage, sentence in document.prose()
        if sentences and sentence.span.start >= sentences[int(len(sentences) * LATE)].span.start
    ]
    asked: dict[int, Question] = {}
    for section, sentence in late:
        if opening is not None and section not in asked and _judgeable(sentence) and _NEWS.search(sentence.plain):
            asked[section] = Question(LEDE, (sentence, opening))
    yield from list(asked.values())[-LEDES:]


def sentences_of(document: Document) -> list[Sentence]:
    """Return the sentences of the writer's own prose in document order."""
    return [sentence for _, sentence in document.prose()]


def _judgeable(sentence: Sentence) -> bool:
    return len(sentence.plain.split()) >= LEAST_WORDS and not sentence.plain.rstrip().endswith(("?", ":"))


def _draws_conclusion(sentence: Sentence) -> bool:
    return _CONNECTIVE.search(sentence.plain) is not None


def _sounds_absolute(sentence: Sentence) -> bool:
    return _ABSOLUTE.search(sentence.plain) is not None and not sentence.has(SOURCES)


def _states_fact(sentence: Sentence) -> bool:
    plain = sentence.plain
    return (
        not sentence.has(SOURCES)
        and _STATES.search(plain) is not None
        and _SPECIFIC.search(plain) is not None
        and _OWN.search(plain) is None
        and _YOU.search(plain) is None
    )


def _uses_terms(sentence: Sentence) -> bool:
    return len(_TERM.findall(sentence.plain)) >= 2
