"""Where a check looks: one sentence in its passage, with what stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.document import Passage, Sentence

_QUOTATION = re.compile(r"“[^”]*”|(?<![\w\"])\"[^\"]*\"(?!\w)|«[^»]*»|„[^“”]*[“”]|(?<!\w)‘[^’]*’(?!\w)")
_QUESTION = re.compile(r"\?[\s\"'”’)*_]*$")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found in a sentence, by the sentence's index in its passage."""

    code: str
    sentence: int
    message: str


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence to check; `words` are its words in lower case.

    `introduced` tells that the words which introduce the list around it name a source.
    """

    passage: Passage
    index: int
    words: frozenset[str]
    introduced: bool = False

    @property
    def sentence(self) -> Sentence:
        """Return the sentence itself."""
        return self.passage.sentences[self.index]

    @property
    def before(self) -> tuple[Sentence, ...]:
        """Return the sentences of the passage that come before it."""
        return self.passage.sentences[: self.index]

    @property
    def after(self) -> Sentence | None:
        """Return the next sentence of the passage."""
        following = self.index + 1
        return self.passage.sentences[following] if following < len(self.passage.sentences) else None

    @property
    def is_question(self) -> bool:
        """Tell whether the sentence asks."""
        return _QUESTION.search(self.sentence.masked) is not None


def matches(pattern: re.Pattern[str], sentence: Sentence) -> Iterator[re.Match[str]]:
    """Yield where a pattern stands in the writer's own words: in no code and in no quotation, where words are only shown."""
    for match in pattern.finditer(sentence.masked):
        if not sentence.in_code(*match.span()) and not _is_quoted(sentence, match):
            yield match


def quote(match: re.Match[str]) -> str:
    """Return the words of a match as a message shows them."""
    return f"“{' '.join(match.group().split()).strip(' ,;:')}”"


def _is_quoted(sentence: Sentence, match: re.Match[str]) -> bool:
    return any(
        marks.start() < match.start() and match.end() < marks.end() for marks in _QUOTATION.finditer(sentence.masked)
    )
