"""Splitting a claim that states several facts, at most into three; most claims are best judged whole.

Splitting helps a weak verifier with compound sentences and hurts with simple ones ("Decomposition dilemmas", NAACL
2025), so a rule splits only where two clauses each have a subject, a verb and something specific, and a model's
split counts only if its parts together say the claim's words and nothing else. Rules know English only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.similarity import FUNCTION_WORDS, stem, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.prompts import Prompts

MOST = 3
_LEAST_WORDS = 4
_JOINT = re.compile(r"\s*(?:;|,\s+(?:and|but|while|whereas|yet)|(?<=\w)\s+while)\s+")
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|does|did|can|could|will|would|may|became|becomes?|began|begun|won|wrote|"
    r"built|made|led|held|lies|stands?|took|gave|grew|rose|fell|lost|sold|spent|came|went|ran|left|met|paid|set|sank|"
    r"bought|brought|caught|chose|cost|cut|drew|drove|felt|fought|found|flew|hit|kept|knew|lent|meant|put|rode|said|"
    r"saw|sent|shot|shut|sang|slept|spoke|spread|struck|taught|thought|threw|told|wore|"
    r"[a-z]{2,}(?:ed|es|[^s'’\W]s))\b"
)
_SUBJECT = re.compile(
    r"^(?:it|they|he|she|this|these|those|there|the|a|an|its|their|his|her|[A-Z][\w.-]*|\d[\d.,]*)\b", re.UNICODE
)
_PRONOUN = re.compile(r"^(?:it|they|he|she)\s", re.IGNORECASE)
"""What stands for the subject of the first clause, in a clause that is to stand alone."""
_SPECIFIC = re.compile(r"\d|(?<=\s)[A-Z][\w-]+|^[A-Z][\w-]+")


def by_rule(claim: str) -> tuple[str, ...]:
    """Return the clauses of a claim that states two or three facts side by side, else the claim alone."""
    pieces = [piece.strip() for piece in _JOINT.split(claim)]
    if not 2 <= len(pieces) <= MOST or not all(map(_states_something, pieces)):
        return (claim,)
    subject = claim[: verb.start()].strip() if (verb := _VERB.search(pieces[0])) else ""
    named = [_PRONOUN.sub(lambda match: subject + match[0][-1:], piece) for piece in pieces] if subject else pieces
    ended = [piece if piece[-1] in ".!?" else f"{piece}." for piece in named]
    return tuple(piece[0].upper() + piece[1:] for piece in ended)


def compound(claim: str) -> bool:
    """Tell whether a claim may state two or more facts, so that a model is worth asking."""
    return len(_VERB.findall(claim)) >= 2 and len(_SPECIFIC.findall(claim)) >= 2 and len(claim.split()) >= 12


def prompt(claim: str, prompts: Prompts) -> str:
    """Return what a model is asked."""
    return prompts.fill("parts", claim=claim)


def faithful(claim: str, parts: Sequence[str]) -> bool:
    """Tell whether a model's parts together say what the claim says: all of its words, and none but its words."""
    if not 2 <= len(parts) <= MOST or any(len(part.split()) < _LEAST_WORDS for part in parts):
        return False
    whole = _stems(claim)
    each = [_stems(part) for part in parts]
    together = set().union(*each)
    return together == whole and len(set(map(frozenset, each))) == len(each) and all(part != whole for part in each)


def _states_something(piece: str) -> bool:
    return (
        len(piece.split()) >= _LEAST_WORDS
        and _SUBJECT.match(piece) is not None
        and _VERB.search(piece) is not None
        and _SPECIFIC.search(piece) is not None
    )


def _stems(text: str) -> set[str]:
    denials = {"not", "no", "never", "without", "only", "all", "every", "none"}
    return {stem(word) for word in words(text) if word not in FUNCTION_WORDS or word in denials}
