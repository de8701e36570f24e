"""Word lists as they are written in this source: for looking words up and for matching them."""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"\s*,\s*")


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text that are parted by white space."""
    return frozenset(words.split())


def one_of(phrases: str) -> str:
    """Return a regular expression that matches any of the phrases, which are parted by commas.

    A phrase may itself be a regular expression without commas or groups that capture. Raises `ValueError` for an empty
    phrase.
    """
    alternatives = _BETWEEN.split(" ".join(phrases.split()))
    if "" in alternatives:
        raise ValueError("an empty phrase would match anywhere")
    return f"(?:{'|'.join(alternatives)})"
