"""Words of a source as Markdown that says exactly them: no link, image, heading, tag, formula or template of theirs.

Written for CommonMark and what renderers commonly add: GitHub's tables and bare addresses, formulas, pandoc's
citations, MDX, Liquid, Jinja and Hugo.
"""

from __future__ import annotations

import re
import unicodedata

_DROPPED = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_JOINERS = "\u200c\u200d"
"""How Persian, Hindi and emoji are written."""
_SPACES = re.compile(r"\s+")
_SPECIAL = re.compile(
    r"(?P<always>[\\*_\[\]<>{}$|~^])"
    r"|(?P<tick>`)"
    r"|(?P<entity>&(?=#?\w+;))"
    r"|(?P<template>(?<=[{<])[%#!:])"
    r"|(?P<address>:(?=//)|@(?=\w)|(?<=\w)\.(?=[A-Za-z]{2}))"
    r"|(?P<pair>=(?==)|(?<==)=|\+(?=\+)|(?<=\+)\+)"
)


def legible_line(words: str) -> str:
    """Return words on one line, white space folded, without characters that hide, move the cursor or turn text."""
    shown = "".join(
        " " if character.isspace() else character
        for character in words
        if character.isspace() or character in _JOINERS or unicodedata.category(character) not in _DROPPED
    )
    return _SPACES.sub(" ", shown).strip()


def escaped(words: str) -> str:
    """Return words as inline Markdown for the middle of a line."""
    return _SPECIAL.sub(_escape, legible_line(words))


def _escape(match: re.Match[str]) -> str:
    # A backslash keeps no tick from closing code that opened before it.
    return "&#96;" if match["tick"] else f"\\{match[0]}"
