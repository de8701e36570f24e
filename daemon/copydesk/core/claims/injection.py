"""Text in a source that speaks to language models instead of to readers.

No reliable test for prompt injection exists, and safety does not rest on this one: a page can cause no search, no
fetch and no edit whatever it says. It keeps a page that plainly gives orders to a model from having a vote, and a
sentence that asks for something from being evidence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.claims.disguises import carries_hidden_text, decoded, paragraphs, undisguised
from copydesk.core.claims.foreign_orders import orders_in
from copydesk.core.claims.orders import ADDRESSED, ANSWERS, ASIDE, MARKS, REQUESTS, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.claims.orders import Form

PIECE, OVERLAP = 20_000, 400
"""Code points of text that are searched at once, and how many of them the next search sees again."""

_WORDED = (*ADDRESSED, *ROLES, *ANSWERS)
_MARKS = re.compile("|".join(MARKS), re.IGNORECASE | re.MULTILINE)
_REQUESTS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in REQUESTS)
_USER = re.compile(r"^[^\w\n]*(?:user|human)[^\w\n]*:", re.IGNORECASE | re.MULTILINE)
_MODEL = re.compile(r"^[^\w\n]*(?:assistant|AI|model|bot)[^\w\n]*:", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r"[a-z]+")
_TOGETHER = re.compile(
    r"(?:ignore|disregard|forget)(?:allofthe|allof|all|the|your|any)?(?:previous|prior|above|earlier)(?:instruct|rules|prompt)",
    re.IGNORECASE,
)


def speaks_to_models(text: str) -> bool:
    """Tell whether a source, or its title, gives orders to a language model."""
    if carries_hidden_text(text):
        return True
    plain = undisguised(text)
    return _orders(plain) or _orders(decoded(plain))


def asks_something(plain: str) -> bool:
    """Tell whether a sentence of a source asks something of its reader, instead of stating something; English only."""
    return any(pattern.search(plain) for pattern in _REQUESTS)


def _orders(plain: str) -> bool:
    if any(_imitates(piece) for piece in _pieces(plain)) or (_USER.search(plain) and _MODEL.search(plain)):
        return True
    parts = list(paragraphs(plain))
    whole = " ".join(parts)
    words = set(_WORD.findall(whole.lower()))
    aside, worded = ([form for form in forms if not form.needs.isdisjoint(words)] for forms in (ASIDE, _WORDED))
    return any(form.pattern.search(piece) for piece in _pieces(whole) for form in aside) or any(
        _worded(part, worded) or orders_in(part) for part in parts
    )


def _imitates(piece: str) -> bool:
    return _MARKS.search(piece) is not None or _TOGETHER.search(piece) is not None


def _pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces that overlap: a search in one of them is short, and lets other threads run after it."""
    for start in range(0, len(text), PIECE - OVERLAP):
        yield text[start : start + PIECE]


def _worded(paragraph: str, forms: list[Form]) -> bool:
    words = set(_WORD.findall(paragraph.lower()))
    return any(not form.needs.isdisjoint(words) and form.pattern.search(paragraph) for form in forms)
