"""A sentence in words, numbers and marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from copydesk.core.vocabulary import word_set


class Sort(Enum):
    """What a token is."""

    NUMBER = "number"
    WORD = "word"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Token:
    """A token at `start`..`end` of its text. `lower` is its text in lower case; `glued` tells of no space before it."""

    sort: Sort
    text: str
    start: int
    end: int
    glued: bool

    @property
    def lower(self) -> str:
        """Return the token in lower case."""
        return self.text.lower()

    @property
    def capital(self) -> bool:
        """Tell whether the token is a word with a capital anywhere in it."""
        return self.sort is Sort.WORD and self.text != self.lower


_THIN = "\u00a0\u2009\u202f"
_TOKEN = re.compile(
    rf"(?P<number>\d{{1,3}}(?:[{_THIN} ]\d{{3}})+(?![\d\w])|\d+(?:[.,·]\d+)*)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)|(?P<mark>\S)"
)
_TYPOGRAPHIC = str.maketrans({**dict.fromkeys("‘’ʼ", "'"), **dict.fromkeys("–—−‐‑", "-"), **dict.fromkeys("“”", '"')})

_ENGLISH = word_set(
    """
    the of and is was are were has have had with for by that it its on at from as not been will which who his her their
    they this these to or an be than into after before most more first
    """
)
_FOREIGN = word_set(
    """
    der die das und ist nicht ein eine einen mit von zu den dem des sich auf wurde wird sind im für le la les et est
    une du dans pas qui sur avec sont été aux el los las y una por con para es se fue que il di che non e della per
    sono nel o os um uma não em do da no foi het een van en niet op zijn werd och är inte som av på att det og ikke
    af til ja ei on se jest nie w na z się oraz
    """
)


@lru_cache(maxsize=32)
def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text; typographic marks become plain ones."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text.translate(_TYPOGRAPHIC)):
        sort = Sort(match.lastgroup)
        glued = bool(found) and found[-1].end == match.start()
        found.append(Token(sort, match[0], match.start(), match.end(), glued))
    return tuple(found)


@lru_cache(maxsize=32)
def is_foreign(text: str) -> bool:
    """Tell whether a text looks to be in another language than English, by its small words."""
    words = [token.lower for token in tokens(text) if token.sort is Sort.WORD]
    english = sum(word in _ENGLISH for word in words)
    foreign = sum(word in _FOREIGN for word in words)
    return foreign > english + 1 or (foreign > english and foreign * 5 >= len(words))
