"""CD302 and the certain part of CD201: sentences that are the same but for filler, one number or a negation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from heapq import merge
from itertools import chain, groupby, pairwise
from math import ceil
from typing import TYPE_CHECKING

from copydesk.core.similarity import FUNCTION_WORDS, stem, words
from copydesk.core.vocabulary import word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from copydesk.core.document import Sentence

REPETITION = "CD302"
CONTRADICTION = "CD201"

_ALIKE = 0.8
"""Share of content words that two sentences must have in common, out of all that either has."""
_LEAST, _LEAST_SHORT, _LEAST_WORDS = 4, 2, 6
_LEAST_WITH_ADDITIONS = 5

_NEGATIONS = word_set("not no never none nothing nobody neither nor cannot without hardly")
_NUMBER_WORDS = word_set(
    """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion half twice once
    both
    """
)
_HINGES = word_set(
    """
    before after more less only on off up down above below over under all some any most few many each every always
    sometimes often if unless can could must should may might until since first last he she i we you they his her our
    your their my who what when where why how either former latter next previous
    """
)
"""Small words whose change changes what is said."""
_STATING = word_set("is are was were has have had does did it's they're there's")
_OPENINGS = word_set(
    """
    after at before by during each every for from if in on once since under unless until when whenever while with
    without
    """
)
_CONDITIONS = word_set("after before if once since unless until when whenever while")
_LABELS = word_set(
    """
    step version chapter part figure table section phase option level type day week month year quarter sprint round
    stage page line column row item example exercise lesson question note appendix release milestone rule case number
    issue
    """
)
_DATED = re.compile(
    r"^\W*(?:in|by|since|during|until|as of) (?:(?:early|late|mid)[ -])?(?:[a-z]+ )?(?:1[5-9]|20)\d\d\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Gist:
    """What a sentence says, reduced for comparison.

    `keys` are words of which two alike sentences share at least one. `fronted` counts the stems of an opening phrase
    that could as well stand at the end, as in “Each night, the backups run”. `words` are those of a sentence that says
    too little for anything but the same words to be the same; else it is empty.
    """

    stems: tuple[str, ...]
    distinct: frozenset[str]
    numbers: tuple[str, ...]
    hinges: tuple[str, ...]
    negated: bool
    bound: bool
    keys: tuple[str, ...]
    fronted: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Partner:
    """A later sentence and the earlier one it repeats or contradicts, by their indices."""

    code: str
    later: int
    earlier: int

    @property
    def message(self) -> str:
        """Return the message for the writer."""
        if self.code == CONTRADICTION:
            return (
                "This sentence and an earlier one differ only in a number or a “not”, so a reader cannot believe both. "
                "Keep the right one, or say what differs."
            )
        return (
            "This sentence says again what an earlier one said, so a reader learns nothing new. Delete one of the two."
        )


def gist(sentence: Sentence, tokens: Sequence[str]) -> Gist | None:
    """Return the gist of a sentence, None for one that says too little to compare; `tokens` are its words."""
    stems: list[str] = []
    numbers: list[str] = []
    hinges: list[str] = []
    negations = 0
    for token in tokens:
        if token in FUNCTION_WORDS:
            negations += token in _NEGATIONS or token.endswith("n't")
            if token in _HINGES:
                hinges.append(token)
        elif token in _NUMBER_WORDS or token[0].isdigit():
            numbers.append(token)
        else:
            stems.append(stem(token))
    distinct = frozenset(stems)
    telling = len(distinct) + len(set(numbers))
    short = telling < _LEAST
    if not distinct or (short and (telling < _LEAST_SHORT or not _states(tokens))):
        return None
    size = len(distinct)
    keys = sorted(sorted(distinct), key=len, reverse=True)[: size - ceil(_ALIKE * size) + 1]
    negated = negations % 2 == 1
    bound = (negated or bool(numbers)) and _is_bound(sentence.plain, tokens)
    fronted = _fronted(sentence.plain, tokens)
    return Gist(
        tuple(stems),
        distinct,
        tuple(numbers),
        tuple(sorted(hinges)),
        negated,
        bound,
        tuple(keys),
        fronted,
        tuple(tokens) if short else (),
    )


@dataclass(frozen=True, slots=True)
class Repetitions:
    """The gists of a document's sentences, and those that repeat or contradict an earlier one, both in its order."""

    gists: tuple[Gist, ...] = ()
    partners: tuple[Partner, ...] = ()


_EDITED = 8
"""Sentences from which on comparing each edited one with all others costs more than looking for partners again."""


def repetitions(gists: Sequence[Gist], previous: Repetitions) -> Repetitions:
    """Return the partners among gists, the same whatever those of an earlier text were."""
    kept = _kept(gists, previous)
    return Repetitions(tuple(gists), tuple(partners(gists)) if kept is None else kept)


def _kept(gists: Sequence[Gist], previous: Repetitions) -> tuple[Partner, ...] | None:
    """Return the partners that an edit left as they were; None where an edited sentence has, had or may have one."""
    before = previous.gists
    head = _agreement(before, gists)
    tail = _agreement(before[head:][::-1], gists[head:][::-1])
    gone, come = range(head, len(before) - tail), range(head, len(gists) - tail)
    if len(come) > _EDITED or any(one.later in gone or one.earlier in gone for one in previous.partners):
        return None
    if any(at != index and _may_be_alike(gists[at], other) for at in come for index, other in enumerate(gists)):
        return None

    def moved(index: int) -> int:
        return index if index < gone.start else index + come.stop - gone.stop

    return tuple([Partner(one.code, moved(one.later), moved(one.earlier)) for one in previous.partners])


def _agreement(one: Sequence[Gist], other: Sequence[Gist]) -> int:
    """Return how many gists two documents share at their beginning."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left is not right and left != right:
            return index
    return min(len(one), len(other))


def _may_be_alike(one: Gist, other: Gist) -> bool:
    return one.distinct <= other.distinct or other.distinct <= one.distinct


_FEW = 100
"""Candidates from which on sorting them all costs more than merging their lists as far as needed."""


def partners(gists: Sequence[Gist | None]) -> Iterator[Partner]:
    """Yield for each sentence that repeats or contradicts an earlier one the first such pair, in document order.

    Of two alike sentences the one with fewer words holds none that the other lacks. So its first key, the word that
    comes first in the common order of keys, is among the keys of the other.
    """
    heads: dict[str, list[int]] = {}
    holders: dict[str, list[int]] = {}
    for later, current in enumerate(gists):
        if current is None:
            continue
        for index in _in_order([holders.get(current.keys[0], ()), *(heads.get(key, ()) for key in current.keys)]):
            other = gists[index]
            if other is not None and _may_be_alike(other, current):
                code = _relation(other, current)
                if code is not None:
                    yield Partner(code, later, index)
                    break
        heads.setdefault(current.keys[0], []).append(later)
        for key in current.keys:
            holders.setdefault(key, []).append(later)


def _in_order(lists: Sequence[Sequence[int]]) -> Iterable[int]:
    """Return the indices of ascending lists, each once; lazily where there are many, since the first may be enough."""
    if sum(map(len, lists)) <= _FEW:
        return sorted(set(chain.from_iterable(lists)))
    return (index for index, _ in groupby(merge(*lists)))


def _relation(one: Gist, other: Gist) -> str | None:
    """Return the code for two sentences of which one has all content words of the other."""
    if one.words or other.words:
        return REPETITION if one.words == other.words else None
    small, large = (one, other) if len(one.distinct) <= len(other.distinct) else (other, one)
    if (
        len(small.distinct) < _ALIKE * len(large.distinct)
        or not small.distinct <= large.distinct
        or one.hinges != other.hinges
    ):
        return None
    if one.numbers == other.numbers and one.negated == other.negated:
        return REPETITION if _says_again(small, large) else None
    if one.stems != other.stems or one.bound or other.bound:
        return None
    if one.numbers == other.numbers:
        return CONTRADICTION
    changed = sum(left != right for left, right in zip(one.numbers, other.numbers, strict=False))
    alike = len(one.numbers) == len(other.numbers) and changed == 1 and one.negated == other.negated
    return CONTRADICTION if alike else None


def _says_again(small: Gist, large: Gist) -> bool:
    """Tell whether two sentences with the same small words, of which one has all words of the other, say the same."""
    if small.fronted != large.fronted and not _CONDITIONS.isdisjoint(small.hinges):
        return _put_last(small) == _put_last(large)
    if small.stems == large.stems or (len(small.stems) == len(large.stems) and _put_last(small) == _put_last(large)):
        return True
    return len(small.distinct) >= _LEAST_WITH_ADDITIONS and _within(small.stems, large.stems)


def _put_last(gist: Gist) -> tuple[str, ...]:
    """Return the stems with the opening phrase at the end."""
    return (*gist.stems[gist.fronted :], *gist.stems[: gist.fronted])


def _fronted(plain: str, tokens: Sequence[str]) -> int:
    """Count the stems before the only comma of a sentence that opens with a preposition or a conjunction."""
    if plain.count(",") != 1 or not tokens or tokens[0] not in _OPENINGS:
        return 0
    opening = words(plain[: plain.index(",")])
    return sum(
        token not in FUNCTION_WORDS and token not in _NUMBER_WORDS and not token[0].isdigit() for token in opening
    )


def _within(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether one run of words stands in the other in the same order."""
    rest = iter(long)
    return all(word in rest for word in short)


def _states(tokens: Sequence[str]) -> bool:
    """Tell whether a short sentence states something; an instruction may well be given twice."""
    return len(tokens) >= _LEAST_WORDS and not _STATING.isdisjoint(tokens)


def _is_bound(plain: str, tokens: Sequence[str]) -> bool:
    """Tell whether a sentence asks, opens with a date, or numbers a thing, so that no number contradicts."""
    labelled = any(token in _LABELS and following[0].isdigit() for token, following in pairwise(tokens))
    return labelled or plain.rstrip("\"'”’)").endswith("?") or _DATED.match(plain) is not None
