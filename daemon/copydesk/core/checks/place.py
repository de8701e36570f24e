"""Where a check looks: one sentence in its passage, with what stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.checks.rules import pattern
from copydesk.core.document import ProtectedKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.checks.rules import RuleBook
    from copydesk.core.checks.source import Sources
    from copydesk.core.document import Passage, Sentence

MENTION = "ꞏ"
"""A letter that stands where code or a quotation stood: words that are shown there, not said."""

_QUOTATION = re.compile(
    r"“[^”]*”|(?<![\w\"])\"[^\"]*\"(?!\w)|«[^»]*»|„[^“”]*[“”]|(?<!\w)‘[^’]*’(?!\w)|(?<!\w)'[^']*'(?!\w)"
)
_OPENING = re.compile(r"[\"'‘“„«](?<!\w['‘])")
"""A mark that may begin a quotation: not an apostrophe in a word, which is what most sentences have."""
_SIGN = re.compile(r"[%$€£¥×\d]")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found in a sentence, by the sentence's index in its passage."""

    code: str
    sentence: int
    message: str


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence to check.

    `prose` is what the writer says in it, on one line and without code and quotations. `words` are its words in lower
    case, its signs for percent, currencies and times, and # if it has a figure. `sources` are shared by all places of
    a passage. `introduced` tells that the words which introduce the list around it name a source.
    """

    passage: Passage
    index: int
    prose: str
    words: frozenset[str]
    sources: Sources
    introduced: bool = False

    @property
    def sentence(self) -> Sentence:
        """Return the sentence itself."""
        return self.passage.sentences[self.index]

    @property
    def after(self) -> tuple[Sentence, ...]:
        """Return the next sentence of the passage, if there is one."""
        return self.passage.sentences[self.index + 1 : self.index + 2]

    @property
    def is_question(self) -> bool:
        """Tell whether the sentence asks."""
        return self.prose.rstrip("\"'”’)*_ ").endswith("?")

    @property
    def has_source_in_reach(self) -> bool:
        """Tell whether a reader finds where the sentence's claim comes from."""
        return self.introduced or self.sources.reach(self.index)


def place_of(sources: Sources, index: int, tokens: Sequence[str], *, introduced: bool) -> Place:
    """Return the place of a sentence, whose words are `tokens`, in the passage that has these sources."""
    passage = sources.passage
    prose = own_words(passage.sentences[index])
    signs = ["#" if sign.isdigit() else sign for sign in _SIGN.findall(prose)]
    return Place(passage, index, prose, frozenset([*tokens, *signs]), sources, introduced)


def own_words(sentence: Sentence) -> str:
    """Return a sentence on one line with a `MENTION` for each piece of code and each quotation."""
    if any(piece.kind is ProtectedKind.CODE for piece in sentence.protected):
        masked = list(sentence.masked)
        for piece in sentence.protected:
            if piece.kind is ProtectedKind.CODE:
                place = piece.span.shifted(-sentence.span.start)
                masked[place.start : place.end] = MENTION.ljust(len(place))
        text = " ".join("".join(masked).split())
    else:
        text = sentence.plain
    return _QUOTATION.sub(MENTION, text) if _OPENING.search(text) else text


def found(book: RuleBook, place: Place) -> Iterator[re.Match[str]]:
    """Yield where the rules of a book match the writer's own words, rule by rule."""
    triggers = place.words & book.triggers
    for index in sorted({index for word in triggers for index in book.holders[word]}):
        rule = book.rules[index]
        if not rule.also or not rule.also.isdisjoint(place.words):
            yield from pattern(rule.expression).finditer(place.prose)


def quote(words: str) -> str:
    """Return words as a message shows them."""
    return f"“{words.strip(' ,;:').replace(MENTION, '…')}”"
