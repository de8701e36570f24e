"""CD402: two or more hedges on one statement and no condition that would say when it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.checks.place import quote
from copydesk.core.checks.rules import pattern
from copydesk.core.vocabulary import one_of, word_set

if TYPE_CHECKING:
    import re

    from copydesk.core.checks.place import Place

CODE = "CD402"

_POLITE = one_of("want, wish, like, prefer, also want, be wondering, ask, have to, need, as well, not be able, easily")
_STRONG = one_of(
    """
    perhaps, possibly, maybe, somewhat, sort of, kind of, arguably, potentially, presumably, conceivably, seemingly,
    apparently, seems?(?! like\\b), appears? to, more or less, to (?:some|a certain|an) (?:extent|degree),
    at some point, of sorts,
    in (?:some|certain|many|various) (?:ways?|sense|respects?|cases|situations|circumstances|instances|contexts),
    in a (?:way|sense|manner of speaking), under (?:some|certain) (?:circumstances|conditions), as it were,
    so to speak, (?:it )?could be (?:argued|said), one (?:could|might) (?:say|argue), for the most part, by and large,
    or something(?: like that)?(?! \\w),
    depending on (?:various|several|many|certain|different|a (?:number|variety) of) \\w+,
    depending on the (?:situation|circumstances|context|case),
    it (?:is|seems) (?:quite |very )?(?:likely|possible|conceivable) that
    """
)
_WEAK = one_of(
    """
    often, usually, generally, sometimes, probably, likely, tends? to, relatively, fairly, rather(?! than), quite,
    i (?:think|guess|suppose|feel), a (?:bit|little), occasionally, typically, mostly, largely, some kind of,
    some sort of, certain (?:aspects|things|improvements|benefits|issues),
    some (?:people|users|readers|teams|benefits?|improvements?), some (?:issues|degree|value|aspects|things), various,
    at times, potential
    """
)
_LIMITS = one_of(
    """
    if, when, whenever, unless, until, once, because, since, provided, in case, only, where, while, as long as,
    for example, depending on (?:which|whether|how|what|your), for instance, such as, so that, e\\.g, after, before
    """
)
_HEDGE = rf"\b(?:(?P<strong>{_STRONG})|(?P<modal>(?:may|might|could)(?! {_POLITE}\b))|(?P<weak>{_WEAK}))(?!\w)"
_CONDITION = rf"\b{_LIMITS}\b|\d"
_OWN_INTENT = (
    r"^\W*(?:(?:so|and|but|then|now|today|tomorrow|later|perhaps|maybe|(?:next|this) \w+),? )?"
    r"(?:i|we|(?:my|our) \w+) (?:may|might|could|will|would) "
)
_WEIGHTS = {"strong": 1.0, "modal": 0.75, "weak": 0.5}
_FURTHER_MODAL = 0.25
_TOO_MUCH = 2.0
_MUCH_TOGETHER = 1.75
_TOGETHER = 24
"""Characters between hedges that weaken the same words."""
_TRIGGERS = word_set(
    """
    may might could perhaps possibly maybe somewhat sort kind arguably potentially presumably conceivably seemingly
    likely possible apparently seem seems appear appears less extent degree ways way sense respects cases situations
    circumstances
    """
)


def check(place: Place) -> str | None:
    """Return what is wrong with a statement hedged twice or more; None where it is definite or names its condition."""
    if place.words.isdisjoint(_TRIGGERS) or place.is_question or pattern(_CONDITION).search(place.prose):
        return None
    hedges = [*pattern(_HEDGE).finditer(place.prose)]
    kinds = {match.lastgroup for match in hedges}
    weight = sum(_WEIGHTS[match.lastgroup or "weak"] for match in hedges) - _excess(hedges)
    together = len(hedges) > 1 and hedges[-1].start() - hedges[0].end() <= _TOGETHER
    if kinds <= {"weak"} or weight < (_MUCH_TOGETHER if together else _TOO_MUCH):
        return None
    if len(hedges) == 2 and pattern(_OWN_INTENT).search(place.prose):
        return None
    shown = [quote(match.group()) for match in hedges[:3]]
    return (
        f"{', '.join(shown[:-1])} and {shown[-1]} in one sentence leave nothing that a reader can act on. "
        "Name the condition under which it holds, or keep one hedge."
    )


def _excess(hedges: list[re.Match[str]]) -> float:
    """Return what further modal verbs weigh too much: they may list possibilities, not weaken one statement."""
    return max(0, sum(match.lastgroup == "modal" for match in hedges) - 1) * (_WEIGHTS["modal"] - _FURTHER_MODAL)
