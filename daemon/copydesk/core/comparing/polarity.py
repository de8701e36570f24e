"""Whether a claim denies what a quote says, or says the opposite; English only, and silent when unsure."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from copydesk.core.comparing.dates import When, dates
from copydesk.core.comparing.measures import Relation
from copydesk.core.comparing.opposites import PLAIN, PREFIXES, RELATING
from copydesk.core.comparing.quantities import quantities
from copydesk.core.comparing.tokens import Sort, tokens
from copydesk.core.similarity import FUNCTION_WORDS, stem
from copydesk.core.vocabulary import one_of, word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.comparing.tokens import Token

REACH = 6
"""How many tokens behind a denial may be what it denies."""

BESIDE = 4
"""How many content words on either side of a word say what it is said of."""

MOST_PLACES = 8
"""How many places of a word are looked at."""

_DENIALS = word_set(
    """
    not never no none nobody nothing nowhere neither nor without cannot hardly scarcely lack lacks lacked lacking fail
    fails failed unable refuse refuses refused deny denies denied absent
    """
)
_LIKE_DENIALS = word_set("absence deficiency deficient loss free devoid knockout knockdown depletion minus")
"""Words that may deny as well, of which it is not known what they deny."""

_NO_DENIALS = re.compile(
    r"\b(?:"
    + one_of(
        """
        not only, not just, not merely, not simply, not until, no doubt, no sooner, nothing but, none other,
        (?:no|not) (?:more|less|fewer|greater|higher|lower|later|older) than, whether or not, no\\.? ?\\d,
        without doubt, not least, not to mention, no matter, no other, no \\w+ (?:had|has|have) ever
        """
    )
    + r"|no \w+(?: \w+){0,5} (?:is|was|are|were|been) \w+er\b)",
    re.IGNORECASE,
)
_CLAUSE_ENDS = frozenset(",;.:()") | word_set("but and or because although though while whereas which who that if")


@dataclass(frozen=True)
class Saying:
    """A sentence by the stems of its content words: all, those said without a denial, and what is denied first.

    `places` are the tokens that are denied. `denies` tells whether anything is denied at all, `vaguely` whether words
    are there that may deny, of which it is not known what.
    """

    all: frozenset[str]
    affirmed: frozenset[str]
    predicates: frozenset[str]
    places: frozenset[int]
    denies: bool
    vaguely: bool


def denial(claim: str, quote: str) -> str | None:
    """Return how a claim and a quote differ in what they deny, None where they do not or it cannot be told."""
    claimed, told = _saying(claim), _saying(quote)
    if claimed.denies and not told.denies:
        shared = claimed.predicates & told.all
        if shared and len(claimed.all & told.all) > 1:
            return "the claim denies what the quote says"
    if told.denies and not claimed.denies:
        shared = told.predicates & claimed.all
        if shared and not (told.affirmed & shared) and len(claimed.all & told.all) > 1:
            return "the quote denies what the claim says"
    return None


def opposite(claim: str, quote: str) -> str | None:
    """Return how a claim says the opposite of a quote, None where it does not or it cannot be told."""
    claimed, told = _saying(claim), _saying(quote)
    if claimed.vaguely or told.vaguely:
        return None
    one, other = _Placed(claim, claimed.places), _Placed(quote, told.places)
    for left, right in (*PLAIN, *RELATING):
        relating = (left, right) in RELATING
        for mine, theirs in ((left, right), (right, left)):
            if one.has(mine) and not one.has(theirs) and other.has(theirs) and not other.has(mine):
                words = _opposed(one, other, mine, theirs, relating=relating)
                if words is not None:
                    return words
    return _prefixed(one, other)


def _opposed(
    one: _Placed, other: _Placed, mine: frozenset[str], theirs: frozenset[str], *, relating: bool
) -> str | None:
    for at in one.places(mine):
        for place in other.places(theirs):
            swapped = relating and _swapped(one.sides(at), other.sides(place))
            if one.beside(at) & other.beside(place) and not swapped:
                return f"the claim says “{one.found[at].text}”, the quote “{other.found[place].text}”"
    return None


def _swapped(one: tuple[frozenset[str], frozenset[str]], other: tuple[frozenset[str], frozenset[str]]) -> bool:
    """Tell whether what stands before a word in one sentence stands behind it in the other: A beat B, B lost to A."""
    straight = len(one[0] & other[0]) + len(one[1] & other[1])
    crossed = len(one[0] & other[1]) + len(one[1] & other[0])
    return crossed > straight


def _prefixed(one: _Placed, other: _Placed) -> str | None:
    words, others = one.words, other.words
    for prefix in PREFIXES:
        for mine, theirs, claimed in ((words, others, True), (others, words, False)):
            for word in mine:
                bare = word.removeprefix(prefix).removeprefix("-")
                if len(bare) < 5 or bare == word or (prefix in ("in", "im", "dis") and not bare.endswith(_ADJECTIVES)):
                    continue
                if bare in theirs and word not in theirs and bare not in mine:
                    said = (word, bare) if claimed else (bare, word)
                    return f"the claim says “{said[0]}”, the quote “{said[1]}”"
    return None


_ADJECTIVES = ("able", "ible", "al", "ent", "ant", "ive", "ate", "ect", "ed", "ful", "ous", "ic")


class _Placed:
    """The words of a sentence that neither a denial nor a comparison with a number or date has taken."""

    def __init__(self, text: str, denied: frozenset[int]) -> None:
        self.found: Sequence[Token] = tokens(text)
        bound = [one.start for one in quantities(text) if one.relation is not Relation.EXACT]
        bound += [one.start for one in dates(text) if one.when is not When.ON]
        bound.sort()
        self.used = {
            index
            for index, token in enumerate(self.found)
            if token.lower in _COMPARING and _within(bound, token.end, 24)
        } | denied
        self.words = {token.lower for token in self.found if token.sort is Sort.WORD and token.text == token.lower}
        self.content: list[tuple[int, str]] = []
        self.at: dict[str, list[int]] = {}
        for index, token in enumerate(self.found):
            if token.sort is not Sort.WORD:
                continue
            if token.lower not in FUNCTION_WORDS:
                self.content.append((index, stem(token.lower)))
            if not token.text[0].isupper() or index == 0:
                for form in {token.lower, stem(token.lower)}:
                    self.at.setdefault(form, []).append(index)

    def has(self, words: frozenset[str]) -> bool:
        return not self.at.keys().isdisjoint(words)

    def places(self, words: frozenset[str]) -> list[int]:
        """Return where such words stand first."""
        found = {index for word in self.at.keys() & words for index in self.at[word]}
        return sorted(found - self.used)[:MOST_PLACES]

    def beside(self, at: int) -> frozenset[str]:
        """Return the stems of the nearest content words on either side of a token."""
        first, behind = bisect_left(self.content, (at,)), bisect_left(self.content, (at + 1,))
        return frozenset(
            one for _, one in self.content[max(0, first - BESIDE) : first] + self.content[behind:][:BESIDE]
        )

    def sides(self, at: int) -> tuple[frozenset[str], frozenset[str]]:
        """Return the stems before and behind a token."""
        first, behind = bisect_left(self.content, (at,)), bisect_left(self.content, (at + 1,))
        return frozenset(one for _, one in self.content[:first]), frozenset(one for _, one in self.content[behind:])


def _within(starts: Sequence[int], end: int, reach: int) -> bool:
    """Tell whether one of sorted places lies at or behind another, and near it."""
    following = bisect_left(starts, end)
    return following < len(starts) and starts[following] - end <= reach


_COMPARING = word_set(
    """
    more less fewer greater higher lower larger smaller longer shorter older younger better worse above below beneath
    before after earlier later over under
    """
)


@lru_cache(maxsize=32)
def _saying(text: str) -> Saying:
    found = tokens(text)
    spared = [match.span() for match in _NO_DENIALS.finditer(text)]
    stems = {index: stem(token.lower) for index, token in enumerate(found) if _is_content(token)}
    denied: set[int] = set()
    predicates: set[str] = set()
    vaguely = denies = any(token.lower in _LIKE_DENIALS for token in found)
    for index, token in enumerate(found):
        if not (token.lower in _DENIALS or token.lower.endswith("n't")):
            continue
        if any(start <= token.start < end for start, end in spared):
            continue
        denies = True
        scope = _scope(found, index + 1)
        denied.update(scope)
        predicates.update([stems[place] for place in scope if place in stems][:2])
    affirmed = frozenset(one for index, one in stems.items() if index not in denied)
    return Saying(frozenset(stems.values()), affirmed, frozenset(predicates), frozenset(denied), denies, vaguely)


def _scope(found: Sequence[Token], first: int) -> list[int]:
    """Return the words that a denial reaches, up to the end of its clause."""
    scope: list[int] = []
    for index, token in enumerate(found[first : first + REACH], first):
        if token.lower in _CLAUSE_ENDS and any(_is_content(found[place]) for place in scope):
            break
        if token.sort is Sort.WORD:
            scope.append(index)
    return scope


def _is_content(token: Token) -> bool:
    return token.sort is Sort.WORD and token.lower not in FUNCTION_WORDS and token.lower not in _DENIALS
