"""What of a Planner's question may be searched for: no query carries off what stands in the writer's text alone.

A Planner sees the text around its section, which may hold what nobody is to know, or an order to ask for it. So names
and figures that only the text has are left out of queries, and of its other words all but a few, spelled backwards too.
Words of the Planner's own stay: they are shown, but no rule can tell whether they mean something else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.claims.ranking import terms

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST_SHARED = 2
"""How many words a question may share with the text alone, however few it has of its subject."""
LONGEST_WORD = 30
_LONGEST_FIGURE = 4
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_JOINTS = re.compile(r"['’.,-]")


def searchable(question: str, subject: str, text: str) -> str:
    """Return the words of a question that may be searched for; `subject` is what it is about, `text` what else it saw.

    Linear in the lengths. Words of scripts without spaces count by their pairs of characters, as in `terms`.
    """
    known, seen, names = set(terms(subject)), set(terms(text)), _names(text)
    room = max(LEAST_SHARED, sum(1 for word in _WORD.findall(question) if known & set(terms(word))))
    kept = []
    for word in _WORD.findall(question):
        found = set(terms(word))
        private = (found | set(terms(word[::-1]))) & seen - known
        if found and not found - known:
            kept.append(word)
        elif _revealing(word, names, private=bool(private)) or len(private) > room:
            continue
        else:
            room -= len(private)
            kept.append(word)
    return " ".join(kept)


def _revealing(word: str, names: set[str], *, private: bool) -> bool:
    """Tell whether a word is a name or a figure of the text, or looks like something spelled otherwise."""
    digits = sum(character.isdigit() for character in word)
    coded = digits > _LONGEST_FIGURE or 0 < digits < sum(character.isalnum() for character in word)
    return len(word) > LONGEST_WORD or coded or (bool(digits) and private) or not names.isdisjoint(_pieces(word))


def _names(text: str) -> set[str]:
    """Return the words that a text writes with a capital only, in lower case."""
    words = [piece for word in _WORD.findall(text) for piece in (word, *_JOINTS.split(word)) if piece]
    return {word.casefold() for word in words if word[0].isupper()} - {word for word in words if word[0].islower()}


def _pieces(word: str) -> Iterable[str]:
    """Return a word and its parts, read forwards and backwards."""
    folded = word.casefold()
    parts = (folded, *_JOINTS.split(folded))
    return (*parts, *(part[::-1] for part in parts))
