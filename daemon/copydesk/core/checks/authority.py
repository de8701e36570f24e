"""CD102: an authority that is not named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.checks.place import found, quote
from copydesk.core.checks.rules import pattern, rule, rulebook
from copydesk.core.vocabulary import one_of

if TYPE_CHECKING:
    from copydesk.core.checks.place import Place

CODE = "CD102"

_PEOPLE = one_of(
    """
    experts, specialists, scientists, researchers, analysts, critics, economists, psychologists, neuroscientists,
    doctors, historians, linguists, academics, scholars, observers, insiders, commentators, pundits, authorities,
    professionals, sources, lawyers, physicians, dentists, veterinarians, journalists, publishers
    """
)
_WORKS = one_of(
    "studies, surveys, polls, research, experiments, trials, investigations, meta-analyses, analyses, "
    "papers, benchmarks"
)
_RECORDS = one_of("data, statistics, reports, evidence, numbers, figures, science, history, literature")
_SAY = one_of(
    """
    shows?, suggests?, says?, agree, believe, finds?, found, proves?, indicates?, confirms?, argues?, claims?,
    recommends?, demonstrates?, reveals?, concludes?, warn, think, estimate, predict, maintain, advise, insist,
    report, concur, tells? us, points? to, points? out, consider, regard, links?, supports?, backs?, shown, suggested,
    proven, proved, demonstrated, established, confirmed, argued, agreed, warned, revealed, concluded, known, said,
    linked, showed, reported, indicated, expect
    """
)
_ADVERBS = one_of(
    """
    have, has, had, consistently, repeatedly, clearly, overwhelmingly, now, often, long, generally, also, all, widely,
    unanimously, regularly, again and again, time and again, largely, broadly, already, been, would, again
    """
)
_COMMONLY = one_of(
    "now, also, by now, well, widely, generally, commonly, often, universally, long, scientifically, frequently"
)
_HELD = one_of(
    """
    known, accepted, agreed, believed, recogni[sz]ed, established, documented, acknowledged, said, thought, estimated,
    reported, claimed, shown, proven, proved, demonstrated, understood
    """
)
_HELD_WORDS = """
    known accepted agreed believed recognised recognized established documented acknowledged said thought estimated
    reported claimed shown proven proved demonstrated understood
"""
_REGARDED = one_of(
    "regarded, considered, seen, viewed, recogni[sz]ed, acknowledged, believed, accepted, thought, held, known, agreed"
)
_ONE_WORK = one_of("study, survey, poll, meta-analysis, experiment, paper")
_KINDS = one_of(
    "recent, new, famous, well-known, large, major, landmark, influential, independent, scientific, "
    "long-term, classic, internal"
)

_AUTHORITIES = rulebook(
    rule(
        "known agreed said argued believed held recommended warned",
        r"\b\w{3,}(?:ers|ors|ists|ians) have (?:always|long) "
        r"(?:known|agreed|said|argued|believed|held|recommended|warned)\b",
    ),
    rule(
        "agree agrees believe recommend say warn argue think claim predict insist advise suggest know known",
        rf"\b(?!\w*lists\b)\w{{3,}}(?:ists|icians|ysts) (?:{_ADVERBS} )*"
        r"(?:agree|believe|recommend|say|warn|argue|think|claim|predict|insist|advise|suggest|know)\b",
    ),
    rule(
        "industry field profession business community",
        r"\b(?:many|most|some|people|everyone|those) (?:\w+ )?in the (?:industry|field|profession|business|community) "
        r"(?:now )?(?:agrees?|says?|considers?|believes?|knows?|thinks?|regards?|argues?|recommends?)\b",
    ),
    rule(
        "best top leading smartest greatest",
        r"\bthe (?:best|top|leading|smartest|greatest) \w+ (?:in the \w+ )?(?:all )?"
        r"(?:agree|say|recommend|believe|insist|know)\b",
    ),
    rule(
        "consensus", r"\b(?:broad|wide|general|scientific|growing|clear|overwhelming) consensus\b|\bconsensus among\b"
    ),
    rule(
        "lawyers physicians dentists veterinarians journalists publishers experts specialists scientists "
        "researchers analysts critics economists psychologists neuroscientists doctors "
        "historians linguists academics scholars observers insiders commentators pundits authorities "
        "professionals sources",
        rf"\b{_PEOPLE} (?:(?:on|in|of) \w+ )?(?:{_ADVERBS} )*{_SAY}\b",
    ),
    rule(
        "studies surveys polls research experiments trials investigations analyses papers benchmarks",
        rf"\b{_WORKS} (?:{_ADVERBS} )*{_SAY}\b",
    ),
    rule(
        "data statistics reports evidence numbers figures science history literature",
        rf"\b{_RECORDS} (?:{_ADVERBS} )*{_SAY} (?:that|us)\b",
    ),
    rule("science evidence literature", rf"\bthe (?:science|evidence|literature) (?:{_ADVERBS} )*{_SAY} that\b"),
    rule(
        "science research evidence literature data",
        r"\bthe (?:science|research|evidence|literature|data) (?:is|are) (?:now )?"
        r"(?:clear|settled|overwhelming|conclusive|unambiguous|in)\b",
    ),
    rule("it it's", rf"\bit(?: is|['’]s| has (?:long )?been)(?: (?:{_COMMONLY}[ -])*){_HELD} that\b", _HELD_WORDS),
    rule(
        "fact", r"\bit is an? (?:well-known|known|established|proven|documented|accepted|scientific|undisputed) fact\b"
    ),
    rule(
        "clinically scientifically statistically",
        r"\b(?:clinically|scientifically|statistically) (?:proven|proved|shown|validated|verified)\b",
    ),
    rule(
        "widely generally universally commonly often",
        rf"\b(?:is|are|was|were|been) (?:widely|generally|universally|commonly|often) {_REGARDED}\b(?! by\b)",
    ),
    rule(
        "been",
        r"\b(?:has|have) (?:(?:repeatedly|consistently|widely|often|conclusively|long|since) )*been "
        r"(?:(?:repeatedly|consistently|widely|often|conclusively|long) )*(?:shown|proven|demonstrated|proved) "
        r"(?:(?:again and again|time and again|many times|repeatedly) )?(?:to|that)\b",
    ),
    rule(
        "according",
        r"\baccording to "
        rf"(?:(?:a|an|one|some|many|most|several|the latest|various|industry|security|leading|{_KINDS}) )*"
        r"(?:stud(?:y|ies)|research|experts?|surveys?|reports?|statistics|scientists|researchers|analysts|polls?"
        r"|estimates)\b",
    ),
    rule(
        "study survey poll meta experiment paper",
        rf"\b(?:a|an|one|another) (?:(?:{_KINDS}|20\d\d|19\d\d) )*{_ONE_WORK} "
        rf"(?:(?:from|by|at|in|of|on) (?:[\w-]+ ){{1,4}}?)?(?:(?:has|recently|also|once) )*{_SAY}\b",
    ),
    rule(
        "everyone everybody we most",
        r"\b(?:as )?(?:everyone|everybody|we all) knows?\b(?! (?:one|some(?:one|body)|an?)\b)(?: that\b)?"
        r"|\bmost (?:people|developers|engineers|programmers|writers|users|readers) (?:now |would )?"
        r"(?:agree|admit|accept|believe)\b",
        "know knows agree admit accept believe",
    ),
    rule("secret", r"\bit(?: is|['’]s) no secret that\b"),
    rule(
        "some many most others rumour rumor",
        r"\b(?:some|many|most|others) (?:(?:now|still|also|would|even) )*"
        r"(?:say|argue|claim|believe|think|insist|feel|hold) that\b|\brumou?r has it\b",
        "say argue claim believe think insist feel hold rumour rumor",
    ),
    rule("according", r"\baccording to (?:some|many|most|others)(?:,| (?=the |it |this |that ))"),
)
_BOUND = (
    r"\b(?:no|few|not|never|if|whether|when|until|unless) (?:[\w'’-]+ ){0,2}$"
    r"|\b(?:these|those|such|this|our|your|my|their|his|her|its) (?:[\w'’-]+ )?$|\b(?:user|the) $"
)


def check(place: Place) -> str | None:
    """Return what is wrong with an authority that is not named; None where all is well."""
    for match in found(_AUTHORITIES, place):
        if not (pattern(_BOUND).search(place.prose[: match.start()]) or place.is_question or place.has_source_in_reach):
            return (
                f"{quote(match.group())} names no one, so a reader cannot weigh it. "
                "Name and link the source, or state the claim as your own."
            )
    return None
