"""Which sentences of a document are about the same thing: TF-IDF cosine over stemmed content words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log, sqrt
from typing import TYPE_CHECKING

from copydesk.core.vocabulary import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.document import Document, Sentence

CANDIDATES = 5
"""How many most similar sentences are kept for each sentence."""

LEAST_WORDS = 3
"""Sentences with fewer different content words are compared with nothing."""

FILLER_SENTENCES = 20
FILLER_SHARE = 0.04
"""A word in more sentences than both the number and the share tells none of them apart."""

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?")

FUNCTION_WORDS = word_set(
    """
    a about above after again against all also although always am among an and another any are aren't as at away back
    be because been before being below between both but by came can can't cannot could couldn't did didn't do does
    doesn't doing don't done down during each either else enough even ever every few for from further get gets getting
    give given go goes going gone got had hadn't has hasn't have haven't having he he'd he'll he's hence her here hers
    herself him himself his how however i i'd i'll i'm i've if in instead into is isn't it it's its itself just kind
    less let let's like likewise lot made make makes making many may maybe me might mine more moreover most much must
    mustn't my myself near neither never nevertheless no nobody none nor not nothing now of off often on once one only
    onto or other others ought our ours ourselves out over own per perhaps put quite rather really s same shall she
    she'd she'll she's should shouldn't since so some somehow something sometimes somewhat soon still such t take
    taken takes than that that's the their theirs them themselves then there there's therefore these they they'd
    they'll they're they've thing things this those though through thus till to together too took toward towards under
    until up upon us use used uses using very via was wasn't way ways we we'd we'll we're we've well went were weren't
    what what's when whenever where whereas wherever whether which while who who'd who's whoever whole whom whose why
    will with within without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself
    yourselves
    """
)
"""English words that say little about what a sentence is about."""


_IRREGULAR_FORMS = """
    build built, become became, begin began begun, bring brought, buy bought, catch caught, choose chose chosen,
    deal dealt, draw drew drawn, drive drove driven, fall fell fallen, feel felt, find found, fly flew flown,
    forget forgot forgotten, grow grew grown, hear heard, hide hid hidden, hold held, keep kept, know knew
    known, lay laid, lead led, learn learnt, leave left, lend lent, lose lost, mean meant, meet met, pay paid,
    ride rode, rise rose risen, run ran, say said, see saw seen, seek sought, sell sold, send sent, shake shook,
    show shown, shrink shrank shrunk, speak spoke spoken, spend spent, stand stood, steal stole stolen, teach
    taught, tell told, think thought, throw threw thrown, understand understood, wear wore worn, win won, write
    wrote written, child children, person people, index indices, datum data
    """
_IRREGULAR = {form: forms[0] for forms in (line.split() for line in _IRREGULAR_FORMS.split(",")) for form in forms[1:]}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another sentence, by its index in `Document.prose()`, and its similarity between 0 and 1."""

    index: int
    sentence: Sentence
    similarity: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences of one document in document order, and their similarity between 0 and 1."""

    first: Sentence
    second: Sentence
    similarity: float


def words(text: str) -> list[str]:
    """Return the words and numbers of a text in lower case, apostrophes made straight."""
    return _WORD.findall(text.lower().replace("’", "'"))


def content(text: str) -> Iterator[str]:
    """Yield the stems of a text's content words, and its numbers."""
    for word in words(text):
        if word not in FUNCTION_WORDS:
            yield stem(word)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return a lower-case English word without its inflection; forms of one verb or noun fall together.

    Lighter than a full stemmer on purpose: only plural, past, progressive and adverbial endings and a final e go.
    """
    word = word.removesuffix("'s").removesuffix("'")
    word = _IRREGULAR.get(word, word)
    if len(word) < 4 or not word.isascii():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ingly", "edly", "ing", "ed", "ly"):
        if word.endswith(ending) and _has_vowel(word[: -len(ending)]) and len(word) - len(ending) > 2:
            word = _undoubled(word[: -len(ending)])
            break
    if word.endswith("ied"):
        word = word[:-3] + "y"
    if word.endswith("i"):
        word = word[:-1] + "y"
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _has_vowel(word: str) -> bool:
    return any(letter in "aeiouy" for letter in word)


def _undoubled(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouslz" else word


def candidates(document: Document) -> tuple[tuple[Candidate, ...], ...]:
    """Return for each sentence of `document.prose()`, in that order, its most similar sentences, best first."""
    sentences = [sentence for _, sentence in document.prose()]
    return tuple(
        tuple(Candidate(index, sentences[index], similarity) for index, similarity in row)
        for row in _rows([sentence.plain for sentence in sentences])
    )


def pairs(document: Document, limit_per_1000_words: int) -> tuple[Pair, ...]:
    """Return the pairs of candidates most worth a question, most similar first, at most so many for its length."""
    sentences = [sentence for _, sentence in document.prose()]
    best = {
        (min(index, other), max(index, other)): similarity
        for index, row in enumerate(_rows([sentence.plain for sentence in sentences]))
        for other, similarity in row
    }
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    limit = ceil(document.words * limit_per_1000_words / 1000)
    return tuple(Pair(sentences[first], sentences[second], score) for (first, second), score in ranked[:limit])


def _rows(texts: Sequence[str]) -> list[list[tuple[int, float]]]:
    """Return for each text its most similar others as (index, cosine), best first and then the nearest in order."""
    postings: dict[str, list[tuple[int, float]]] = {}
    rows: list[list[tuple[float, int]]] = []
    for index, vector in enumerate(_vectors([frozenset(content(text)) for text in texts])):
        scores: dict[int, float] = {}
        for word, weight in vector.items():
            holders = postings.setdefault(word, [])
            for other, other_weight in holders:
                scores[other] = scores.get(other, 0.0) + weight * other_weight
            holders.append((index, weight))
        for other, score in scores.items():
            rows[other].append((score, index))
        rows.append([(score, other) for other, score in scores.items()])
    return [_best(row, index) for index, row in enumerate(rows)]


def _best(row: list[tuple[float, int]], index: int) -> list[tuple[int, float]]:
    worst = sorted(row, reverse=True)[:CANDIDATES][-1:]
    kept = [entry for entry in row if worst and entry[0] >= worst[0][0]]
    kept.sort(key=lambda entry: (-entry[0], abs(entry[1] - index), entry[1]))
    return [(other, min(score, 1.0)) for score, other in kept[:CANDIDATES]]


def _vectors(texts: Sequence[frozenset[str]]) -> list[dict[str, float]]:
    """Return a unit vector for each text; rare words weigh more, and texts of few words have an empty one.

    A word that stands in very many sentences is a document's own filler and weighs nothing.
    """
    frequency = Counter(word for text in texts for word in text)
    filler = max(FILLER_SENTENCES, len(texts) * FILLER_SHARE)
    weights = {word: log((len(texts) + 1) / count) for word, count in frequency.items() if count <= filler}
    vectors = []
    for text in texts:
        weighed = sorted(text & weights.keys()) if len(text) >= LEAST_WORDS else ()
        length = sqrt(sum(weights[word] ** 2 for word in weighed))
        vectors.append({word: weights[word] / length for word in weighed})
    return vectors
