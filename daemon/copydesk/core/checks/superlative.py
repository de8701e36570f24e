"""The boasting half of CD104: a superlative without a comparison, and words that only advertise."""

from __future__ import annotations

from copydesk.core.checks.rules import rule
from copydesk.core.vocabulary import one_of

_TOPMOST = one_of(
    """
    best, fastest, greatest, safest, easiest, simplest, smartest, worst, only, cheapest, strongest, ultimate, perfect,
    \\w{3}\\w*est, most \\w+
    """
)
_ANYWHERE = one_of(
    """
    in the world, on earth, on the planet, on the market, of all time, in existence, in history, imaginable,
    known to man, ever (?:made|built|written|invented|created|devised|conceived|released), you need,
    worth (?:using|reading|learning), you(?:['’]ll| will)? ever (?:need|use|read|want|write|see),
    (?:that )?(?:exists|anyone (?:will ever )?needs?)
    """
)
_HYPE = one_of(
    """
    unbreakable(?! (?:spaces?|words?|lines?|blocks?|strings?)\\b), revolutioni[sz]e[sd]?, unbeatable,
    unrivall?ed, unparalleled, unmatched, bullet-?proof, fool-?proof,
    infallibl[ey], unhackable, flawless(?:ly)?, second to none, best-in-class, world-beating, miraculous(?:ly)?,
    game-?chang(?:er|ing), changes everything, limitless,
    (?:unlimited|infinite|endless) (?:potential|possibilities|growth|traffic|scale|scalability|speed|users)
    """
)

_SUPPLIERS = one_of(
    "provider, supplier, maker, vendor, platform, solution, company, brand, manufacturer, expert, choice, agency"
)

SUPERLATIVES = (
    rule(
        "revolutionize revolutionizes revolutionized revolutionise revolutionises revolutionised unbeatable "
        "unbreakable unrivaled unrivalled unparalleled unmatched bullet bulletproof fool foolproof infallible "
        "infallibly unhackable flawless flawlessly second class beating miraculous miraculously game gamechanger "
        "changes limitless unlimited infinite endless",
        rf"\b{_HYPE}\b",
    ),
    rule(
        "world earth planet market time existence history imaginable man ever need needs exists worth",
        rf"\bthe (?:(?:single|very|absolute) )*{_TOPMOST} (?:[\w'’-]+ ){{0,4}}?{_ANYWHERE}\b",
    ),
    rule(
        "leading foremost premier",
        r"\b(?:is|are|as|become|becomes|became|remain|remains) (?:the|a|an|\w+['’]s) (?:[\w-]+ )?"
        rf"(?:leading|foremost|premier|number one) {_SUPPLIERS}\b",
    ),
    rule("number", rf"\bthe number one (?:[\w-]+ )?{_SUPPLIERS}\b"),
    rule("world's far", rf"\bthe world['’]s {_TOPMOST}\b|\bby far the {_TOPMOST}\b"),
    rule(
        "nothing",
        r"\bnothing (?:else )?(?:beats|compares|comes close|matches|rivals|(?:works|is) (?:better|faster|safer))\b",
    ),
    rule(
        "only one",
        r"\bthe (?:only|one) (?:correct|right|true|proper|sane|sensible) "
        r"(?:way|choice|approach|answer|method|option)\b",
    ),
)
"""Rules that match what nobody can have compared."""
