"""Words of a claim that allow of no exception where the quote allows of some; English only."""

from __future__ import annotations

import re

from copydesk.core.comparing.tokens import Sort, tokens
from copydesk.core.vocabulary import one_of, word_set

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
