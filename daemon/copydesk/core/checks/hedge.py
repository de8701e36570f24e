"""CD402: two or more hedges on one statement and no condition that would say when it holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.checks.place import matches

if TYPE_CHECKING:
    from copydesk.core.checks.place import Place

CODE = "CD402"

_MODAL = re.compile(
    r"\b(?:may|might|could)\b(?!\s+(?:want|wish|like|prefer|also want|be wondering|ask|have to|need|as well|not be able|easily))",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(?:perhaps|possibly|maybe|somewhat|sort of|kind of(?=\s+(?!\w+s?\b\s+(?:is|are|was))\w+ly\b)|arguably|potentially|presumably|conceivably|seemingly|"
    r"apparently|seems?(?!\s+like\b)|appears? to|more or less|to (?:some|a certain|an) (?:extent|degree)|in (?:some|certain|many|various) "
    r"(?:ways?|sense|respects?|cases|situations|circumstances|instances|contexts)|in a (?:way|sense|manner of speaking)|under (?:some|certain) (?:circumstances|conditions)|"
    r"(?:it )?could be (?:argued|said)|one (?:could|might) (?:say|argue)|as it were|so to speak|for the most part|by and large|at some point|"
    r"or something(?: like that)?|of sorts|depending on (?:various|several|many|certain|different|a (?:number|variety) of|the (?:situation|circumstances|context|case))(?:\s+\w+)?)\b",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"\b(?:often|usually|generally|sometimes|probably|likely|tends? to|relatively|fairly|rather(?! than)|quite|i (?:think|guess|suppose|feel)|"
    r"a (?:bit|little)|occasionally|typically|mostly|largely|some kind of|some sort of|certain (?:aspects|things|improvements|benefits|issues)|"
    r"some (?:people|users|readers|teams|benefits?|improvements?|issues|degree|value|aspects|things)|various|should|would)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|unless|until|once|because|since|provided|in case|only|where|while|as long as|depending on (?:which|whether|how|what|your)|"
    r"for (?:example|instance)|such as|so that|e\.g|after|before)\b|\d",
    re.IGNORECASE,
)
_NEED = 2.0
_TRIGGERS = frozenset(
    "may might could perhaps possibly maybe somewhat sort kind arguably potentially presumably conceivably seemingly "
    "apparently seem seems appear appears less extent degree ways way sense respects cases situations circumstances".split()
)


def check(place: Place) -> str | None:
    """Return what is wrong with a statement hedged twice or more; None where it is definite or names its condition."""
    sentence = place.sentence
    if place.words.isdisjoint(_TRIGGERS) or place.is_question or _CONDITION.search(sentence.masked):
        return None
    strong = [*matches(_STRONG, sentence)]
    taken = [match.span() for match in strong]
    modals = [
        match for match in matches(_MODAL, sentence) if not any(start <= match.start() < end for start, end in taken)
    ]
    weak = [
        match for match in matches(_WEAK, sentence) if not any(start <= match.start() < end for start, end in taken)
    ]
    if len(strong) + bool(modals) < 1 or len(strong) + 0.75 * bool(modals) + 0.5 * len(weak) < _NEED - 0.25:
        return None
    hedges = sorted([*strong, *modals[:1], *weak], key=lambda match: match.start())
    shown = [f"“{' '.join(match.group().split())}”" for match in hedges[:3]]
    return (
        f"{', '.join(shown[:-1])} and {shown[-1]} in one sentence leave nothing that a reader can act on. "
        "Name the condition under which it holds, or keep one hedge."
    )
