"""Whether a claim denies what a quote says, says the opposite, or goes further; English only, silent when unsure."""

from __future__ import annotations

import re
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
_DISCOURSE = word_set("yet still any ever even longer fully also been being be have has had do does did to a an the of")


@dataclass(frozen=True)
class Saying:
    """A sentence by its content: stems in order with the index of their tokens, and the stems that it denies."""

    stems: tuple[tuple[int, str], ...]
    denied: frozenset[str]
    predicates: frozenset[str]
    denies: bool

    @property
    def all(self) -> frozenset[str]:
        """Return all content stems."""
        return frozenset(one for _, one in self.stems)


def denial(claim: str, quote: str) -> str | None:
    """Return how a claim and a quote differ in what they deny, None where they do not or it cannot be told."""
    claimed, told = _saying(claim), _saying(quote)
    if claimed.denies and not told.denies:
        shared = claimed.predicates & told.all
        if shared and len(claimed.all & told.all) > 1:
            return "the claim denies what the quote says"
    if told.denies and not claimed.denies:
        shared = told.predicates & claimed.all
        if shared and not (_affirmed(told) & shared) and len(claimed.all & told.all) > 1:
            return "the quote denies what the claim says"
    return None


def opposite(claim: str, quote: str) -> str | None:
    """Return how a claim says the opposite of a quote, None where it does not or it cannot be told."""
    claimed, told = _saying(claim), _saying(quote)
    if claimed.denies or told.denies:
        return None
    one, other = _Placed(claim), _Placed(quote)
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
    """The words of a sentence where a comparison with a number or date does not use them."""

    def __init__(self, text: str) -> None:
        self.found: Sequence[Token] = tokens(text)
        bound = [one.start for one in quantities(text) if one.relation is not Relation.EXACT]
        bound += [one.start for one in dates(text) if one.when is not When.ON]
        self.used = {
            index
            for index, token in enumerate(self.found)
            if any(0 <= start - token.end <= 24 for start in bound) and token.lower in _COMPARING
        }
        self.words = {token.lower for token in self.found if token.sort is Sort.WORD and token.text == token.lower}
        self.content = [
            (index, stem(token.lower))
            for index, token in enumerate(self.found)
            if token.sort is Sort.WORD and token.lower not in FUNCTION_WORDS
        ]

    def has(self, words: frozenset[str]) -> bool:
        return any(self._is(token, words) for token in self.found)

    def places(self, words: frozenset[str]) -> list[int]:
        return [i for i, token in enumerate(self.found) if i not in self.used and self._is(token, words)]

    def _is(self, token: Token, words: frozenset[str]) -> bool:
        if token.sort is not Sort.WORD or (token.text[0].isupper() and token.start > 0):
            return False
        return token.lower in words or stem(token.lower) in words

    def beside(self, at: int) -> frozenset[str]:
        """Return the stems of the nearest content words on either side of a token."""
        before = [one for index, one in self.content if index < at][-BESIDE:]
        after = [one for index, one in self.content if index > at][:BESIDE]
        return frozenset(before + after)

    def sides(self, at: int) -> tuple[frozenset[str], frozenset[str]]:
        """Return the stems before and behind a token."""
        before = frozenset(one for index, one in self.content if index < at)
        return before, frozenset(one for index, one in self.content if index > at)


_COMPARING = word_set(
    """
    more less fewer greater higher lower larger smaller longer shorter older younger better worse above below beneath
    before after earlier later over under
    """
)
_ABSOLUTES = (
    (
        word_set("all every each everyone everybody everything entire entirely completely totally wholly universally"),
        word_set(
            """
            all every each everyone everybody everything entire entirely whole wholly complete completely total totally
            fully both any always without universally universal throughout everywhere no none
            """
        ),
    ),
    (
        word_set("only solely exclusively sole"),
        word_set("only solely exclusively sole single just alone unique uniquely lone except but none no other one"),
    ),
    (
        word_set("always invariably"),
        word_set("always invariably all every each constantly without ever consistently permanently never any"),
    ),
    (
        word_set("never"),
        word_set("never not no none nor neither without nobody nothing cannot yet hardly lacks lacked refused"),
    ),
    (
        word_set("none nobody nothing"),
        word_set("none nobody nothing no not never neither without zero cannot"),
    ),
    (
        word_set("first"),
        word_set(
            """
            first 1st earliest debut debuted initial initially original originally pioneer pioneered pioneering maiden
            inaugural premiere premiered oldest never ever introduced invented i opening began started launched one
            """
        ),
    ),
)
_SUPERLATIVE = re.compile(
    r"\b(?:"
    + one_of(
        """
        best, worst, largest, biggest, smallest, highest, lowest, longest, shortest, oldest, youngest, newest, fastest,
        slowest, strongest, weakest, greatest, widest, deepest, richest, poorest, tallest, heaviest, lightest, earliest,
        cheapest, brightest, deadliest, busiest, wealthiest, farthest, furthest, hottest, coldest, warmest,
        the most (?!of\\b)\\w+
        """
    )
    + r")\b",
    re.IGNORECASE,
)
_SUPERLATIVE_LIKE = re.compile(
    r"\b(?:best|worst|\w{3,}est|most|least|tops?|topped|record|number one|no\. ?1|first|leading|unmatched|unequalled|"
    r"unparalleled|than any|ever|maximum|minimum|peak|sole|only|last|no \w+\b.{0,40}\w(?:er|more))\b",
    re.IGNORECASE,
)
_FEW = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten)\b"
_NOT_ABSOLUTE = re.compile(
    r"\b"
    + one_of(
        rf"""
        at all, after all, above all, all of a sudden, all-\w+, all right, all but, all time, not all, not every,
        nearly all, almost all, almost every, nearly every, every day, not only, if only, each other, nothing but,
        only (?:about |around |some )?{_FEW}, at first, for the first time, first and, first {_FEW},
        first (?:name|half|person|degree|place|aid|lady|class|base)s?
        """
    ),
    re.IGNORECASE,
)


def overreach(claim: str, quote: str) -> str | None:
    """Return the word by which a claim goes further than a quote: all, only, never, first, the largest."""
    plain = _NOT_ABSOLUTE.sub(" ", claim)
    claimed = [token for token in tokens(plain) if token.sort is Sort.WORD]
    told = {token.lower for token in tokens(quote)} | {"no" for token in tokens(quote) if token.lower.endswith("n't")}
    for index, token in enumerate(claimed):
        if token.text != token.lower and index:
            continue
        for words, borne in _ABSOLUTES:
            if token.lower in words and not told & borne:
                return f"the quote does not say “{token.text.lower()}”"
    superlative = _SUPERLATIVE.search(plain)
    if superlative is not None and not _SUPERLATIVE_LIKE.search(quote):
        return f"the quote does not say “{superlative[0]}”"
    return None


def _affirmed(saying: Saying) -> frozenset[str]:
    return saying.all - saying.denied


@lru_cache(maxsize=256)
def _saying(text: str) -> Saying:
    found = tokens(text)
    spared = [match.span() for match in _NO_DENIALS.finditer(text)]
    stems = tuple(
        (index, stem(token.lower))
        for index, token in enumerate(found)
        if token.sort is Sort.WORD and token.lower not in FUNCTION_WORDS and token.lower not in _DENIALS
    )
    denied: set[str] = set()
    predicates: set[str] = set()
    denies = any(token.lower in _LIKE_DENIALS for token in found)
    for index, token in enumerate(found):
        if not (token.lower in _DENIALS or token.lower.endswith("n't")):
            continue
        if any(start <= token.start < end for start, end in spared):
            continue
        denies = True
        scope = _scope(found, index + 1)
        denied.update(scope)
        predicates.update(scope[:2])
    return Saying(stems, frozenset(denied), frozenset(predicates), denies)


def _scope(found: Sequence[Token], first: int) -> list[str]:
    """Return the stems that a denial reaches, up to the end of its clause."""
    scope: list[str] = []
    for token in found[first : first + REACH]:
        if token.lower in _CLAUSE_ENDS and scope:
            break
        if token.sort is Sort.WORD and token.lower not in FUNCTION_WORDS and token.lower not in _DENIALS:
            scope.append(stem(token.lower))
    return scope
