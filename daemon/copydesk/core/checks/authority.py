"""CD102: an authority that is not named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.checks.place import matches, quote
from copydesk.core.checks.source import source_in_reach

if TYPE_CHECKING:
    from copydesk.core.checks.place import Place

CODE = "CD102"

_PEOPLE = (
    r"experts|specialists|scientists|researchers|analysts|critics|economists|psychologists|neuroscientists|doctors|"
    r"historians|linguists|academics|scholars|observers|insiders|commentators|pundits|authorities|professionals|"
    r"(?:usability|security|industry|productivity|marketing|design|health|legal|writing|education)\s+experts|sources"
)
_WORKS = r"studies|surveys|polls|research|experiments|trials|investigations|meta-analyses|analyses|papers|benchmarks"
_RECORDS = r"data|statistics|reports|evidence|numbers|figures|science|history|literature"
_SOME = (
    r"(?:(?:many|some|most|several|numerous|various|countless|multiple|recent|new|independent|leading|top|other|all|"
    r"scientific|academic|clinical|modern|industry|early|more and more|a (?:growing |large |wide )?(?:number|body|range) of)\s+)"
)
_SAY = (
    r"(?:show|suggest|say|agree|believe|find|found|prove|indicate|confirm|argue|claim|recommend|demonstrate|reveal|"
    r"conclude|warn|think|estimate|predict|maintain|hold|advise|insist|report|concur|tell us|point to|point out|"
    r"consider|regard|link|support|back)"
)
_SAID = rf"(?:{_SAY}|(?:shows|says|suggests|finds|proves|indicates|confirms|demonstrates|reveals|tells us|points to|supports))"
_ADVERBS = r"(?:(?:have|has|had|consistently|repeatedly|clearly|overwhelmingly|now|often|long|generally|also|all|widely|unanimously|regularly|again and again|time and again|largely|broadly)\s+)*"
_PAST = r"(?:shown|suggested|found|proven|proved|demonstrated|established|confirmed|argued|agreed|warned|revealed|concluded|known|said|linked|showed|reported|indicated)"

_AUTHORITIES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:(?<=^)|(?<=[\s(—–])){_SOME}?\b(?:{_PEOPLE})\s+{_ADVERBS}(?:{_SAY}|{_PAST})\b",
        rf"{_SOME}?\b(?:{_WORKS})\s+{_ADVERBS}(?:{_SAID}|{_PAST})\b",
        rf"{_SOME}?\b(?:{_RECORDS})\s+{_ADVERBS}(?:{_SAID}|{_PAST})\s+(?:that|us)\b",
        r"\bthe\s+(?:science|research|evidence|literature|data)\s+(?:is|are)\s+(?:now\s+)?(?:clear|settled|overwhelming|conclusive|unambiguous|in)\b",
        r"\bit\s+(?:is|['’]s|has (?:long )?been)\s+(?:(?:now|also|by now|well|widely|generally|commonly|often|universally|long|"
        r"scientifically|frequently|increasingly)[\s-]+)*(?:known|accepted|agreed|believed|recogni[sz]ed|established|documented|"
        r"acknowledged|said|thought|estimated|reported|claimed|shown|proven|proved|demonstrated|understood)\s+that\b",
        r"\bit\s+is\s+an?\s+(?:well-known|known|established|proven|documented|accepted|scientific|undisputed)\s+fact\b",
        r"\b(?:clinically|scientifically|statistically)\s+(?:proven|proved|shown|validated|verified)\b",
        r"\b(?:is|are|was|were|been)\s+(?:widely|generally|universally|commonly|often)\s+(?:regarded|considered|seen|viewed|"
        r"recogni[sz]ed|acknowledged|believed|accepted|thought|held|known|agreed|acclaimed)\b(?!\s+by\b)",
        r"\b(?:has|have)\s+(?:been\s+)?(?:(?:repeatedly|consistently|widely|often|conclusively|long)\s+)?been\s+"
        r"(?:(?:repeatedly|consistently|widely|often|conclusively|long)\s+)?(?:shown|proven|demonstrated|proved)\s+(?:to|that)\b",
        r"\baccording\s+to\s+(?:(?:a|an|one|some|many|most|several|recent|new|the latest|various|industry|leading)\s+)*"
        r"(?:(?:recent|new|internal|independent|industry|security|leading)\s+)*"
        r"(?:stud(?:y|ies)|research|experts?|surveys?|reports?|statistics|scientists|researchers|analysts|polls?|estimates)\b",
        r"\b(?:a|an|one|another)\s+(?:(?:recent|new|famous|well-known|large|major|landmark|influential|independent|scientific|"
        r"long-term|classic|20\d\d|19\d\d)\s+)*(?:study|survey|poll|meta-analysis|experiment|paper)\s+(?:has\s+|recently\s+|also\s+|once\s+)*"
        r"(?:shows|showed|shown|found|finds|suggests|suggested|proves|proved|proven|revealed|reveals|concluded|concludes|demonstrated|"
        r"demonstrates|confirmed|confirms|indicates|indicated|reported|estimated)\b",
        r"\b(?:as\s+)?(?:everyone|everybody|we all)\s+knows?\b(?:\s+that\b)?|\bmost\s+(?:people|developers|engineers|programmers|"
        r"writers|professionals|users|readers)\s+(?:now\s+)?(?:agree|admit|accept|believe)\b",
        r"\bsome\s+(?:say|argue|claim|believe)\s+that\b|\brumou?r\s+has\s+it\b",
    )
)
_DENIED = re.compile(
    r"\b(?:no|few|not|never|if|whether|when|until|unless|these|those|such|this|our|your|my|their|his|her|its)\s+(?:\w+\s+){0,2}$|\b(?:our|your|user|these|those|the)\s+$",
    re.IGNORECASE,
)
_TRIGGERS = frozenset(
    "experts specialists scientists researchers analysts critics economists psychologists neuroscientists doctors "
    "historians linguists academics scholars observers insiders commentators pundits authorities professionals sources "
    "studies surveys polls research experiments trials investigations analyses papers benchmarks data statistics reports "
    "evidence numbers figures science history literature it it's been clinically scientifically statistically widely "
    "generally universally commonly often according study survey poll meta experiment paper everyone everybody knows know "
    "most some rumour rumor".split()
)


def check(place: Place) -> str | None:
    """Return what is wrong with an authority that is not named; None where all is well."""
    if place.words.isdisjoint(_TRIGGERS) or place.is_question:
        return None
    for pattern in _AUTHORITIES:
        for match in matches(pattern, place.sentence):
            if _DENIED.search(place.sentence.masked[: match.start()]) or source_in_reach(place):
                continue
            return (
                f"{quote(match)} names no one, so a reader cannot weigh it. "
                "Name and link the source, or state the claim as your own."
            )
    return None
