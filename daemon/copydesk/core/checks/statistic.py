"""CD101: a share, factor, average or sum about the world with no source in reach."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.checks.place import matches, quote
from copydesk.core.checks.source import is_narrated, source_in_reach

if TYPE_CHECKING:
    from copydesk.core.checks.place import Place

CODE = "CD101"

_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    "ninety|hundred|hundreds|thousand|thousands|dozens?"
)
_NUMBER = rf"(?:\d[\d,]*(?:\.\d+)?|(?:{_NUMBER_WORDS})(?:[- ](?:{_NUMBER_WORDS}|one))?)"
_ABOUT = (
    r"(?:(?:about|around|roughly|nearly|almost|over|under|some|only|up to|at least|more than|less than|fewer than)\s+)?"
)
_MANY = (
    "people|users|developers|programmers|engineers|writers|readers|teams|companies|organi[sz]ations|businesses|firms|"
    "customers|clients|visitors|students|teachers|managers|employees|workers|employers|projects|websites|sites|apps|"
    "applications|startups|founders|authors|bloggers|maintainers|contributors|adults|children|households|patients|"
    "shoppers|subscribers|designers|editors|researchers|respondents|repositories|documents|citizens|voters|drivers|"
    "americans|europeans|men|women|parents|freelancers|consumers|buyers|administrators|beginners|newcomers|professionals"
)
_TIME = r"(?:milli|micro|nano)?seconds?|ms|minutes?|hours?|days?|weeks?|months?|years?"
_COMPARED = (
    r"(?:more|less|fewer|faster|slower|better|worse|higher|lower|bigger|larger|smaller|longer|shorter|cheaper|greater|"
    r"quicker|safer|easier|stronger|likelier|lighter|richer|happier|(?:as|the)\s+\w+)"
)

_STATISTICS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_ABOUT}\b{_NUMBER}\s?(?:%|percent\b|per cent\b|percentage points?\b)",
        rf"{_ABOUT}\b{_NUMBER}\s?(?:x|×|-?fold|times)\s+(?:\w+ly\s+)?{_COMPARED}\b",
        rf"\b(?:{_NUMBER_WORDS})fold\b|\b\d+-?fold\b|\btwice as (?:many|much|likely|often|fast|long|high|large|productive)\b",
        rf"{_ABOUT}\b(?:one|{_NUMBER})\s+(?:in|out of)\s+(?:every\s+)?{_NUMBER}\s+(?:of\s+)?(?:\w+\s){{0,2}}?(?:\w{{3,}}s|people)\b",
        r"\b(?:two|three|four)[- ](?:thirds|quarters|fifths|tenths)\s+of\b(?!\s+(?:the|this|that) (?:way|page|screen))",
        rf"{_ABOUT}\b(?:a|one)[- ](?:third|quarter|fifth|tenth)\s+of\s+(?:all|{_MANY}|its|their|\w+s)\b",
        rf"\b(?:over|nearly|almost|about|roughly|around|more than|less than|fewer than|at least)\s+half\s+(?:of\s+)?"
        rf"(?:all|the|its|their|{_MANY})\b|\bhalf of (?:all|{_MANY})\b",
        rf"\b(?:on average|an average of|a median of|the average \w+ \w+|the typical \w+ \w+)\b\W+(?:[\w'’-]+\s+){{0,6}}?{_NUMBER}\b",
        rf"\b(?:spends?|los(?:es?|ing)|wastes?|waits?|saves?|costs?)\s+(?:[\w'’-]+\s+){{0,5}}?{_NUMBER}\s+(?:{_TIME})\b",
        rf"\b(?:cuts?|reduc(?:es?|ed)|increas(?:es?|ed)|boost(?:s|ed)?|improv(?:es?|ed)|slash(?:es|ed)?|lower(?:s|ed)?|"
        rf"rais(?:es?|ed)|sav(?:es?|ed)|shav(?:es?|ed)|dropped|fell|rose|grew|grows?|drops?|falls?)\s+(?:[\w'’-]+\s+){{0,6}}?"
        rf"(?:by|from)\s+{_ABOUT}{_NUMBER}\b(?:\s+\w+)?",
        rf"{_ABOUT}(?:[$€£¥]\s?)?\b{_NUMBER}\s+(?:million|billion|trillion)\b(?:\s+\w+)?|[$€£¥]\s?\d[\d,.]*\s?(?:m|bn|k)\b",
        rf"\b\d{{1,3}}(?:,\d{{3}})+\s+(?:{_MANY})\b",
        rf"\b(?:{_MANY})\b(?:\s+[\w'’-]+){{1,8}}?\s+{_ABOUT}[$€£¥]\s?\d[\d,.]*\s+(?:a|per|each|every)\s+(?:year|month|week|day)\b",
        rf"\b(?:{_MANY})\b(?:\s+[\w'’-]+){{1,6}}?\s+{_ABOUT}{_NUMBER}\s+times\s+(?:a|per|each|every)\s+(?:year|month|week|day|hour)\b",
    )
)
_NO_SHARE = re.compile(r"\b(?:100|0)\s?(?:%|per ?cent)", re.IGNORECASE)
_SETTING_AFTER = re.compile(
    r"\s*(?:of the (?:width|height|screen|page|viewport|container|way|time)|width|height|opacity|zoom|discount|off|tax|vat|"
    r"confidence|alcohol|solution|charge[ds]?|battery|grey|gray|black|transparen\w+|threshold|limit|milk|cotton|interest)\b",
    re.IGNORECASE,
)
_SETTING_BEFORE = re.compile(
    r"\b(?:set(?:s|ting)? (?:\w+ ){0,4}(?:to|at|as)|default(?:s|ed|ing)? (?:of|to|is)|must|should|shall|needs? to|ha(?:s|ve) to|"
    r"requires?|required|aim(?:s|ed|ing)? (?:for|at)|goals?|targets?|thresholds?|limit(?:s|ed)?|quotas?|capp?(?:s|ed)?|maximum|"
    r"minimum|suppose|imagine|assum(?:e|es|ing)|let['’]s say|say,|if|whether|unless|plan(?:s|ned)? to|hopes? to|want(?:s|ed)? to|"
    r"would like|pays?|paid|charges?|fee|price|deposit|version|budget)\b[^.;:]*$",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"^\W*(?:(?:then|next|first|finally|please|now|also)\W+)?(?:set|use|add|leave|choose|keep|make|ensure|allow|reserve|scale|"
    r"increase|reduce|decrease|lower|raise|multiply|pick|run|give|let|mix|pour|heat|cut|wait|allocate|download|install|type|"
    r"enter|select|click|open|press|divide|round|start|stop|write|read|spend|limit|aim|try|put|place|turn|drag|resize|crop|"
    r"adjust|configure|change|budget|plan|expect|see|go|buy|pay|save|take|imagine|suppose|assume|consider|remember)\b(?!\s+of\b)",
    re.IGNORECASE,
)
_TRIGGERS = frozenset(
    f"percent cent percentage half third quarter fifth tenth thirds quarters fifths tenths average median typical "
    f"million billion trillion twice tenfold twofold threefold fourfold fivefold hundredfold "
    f"{_NUMBER_WORDS.replace('|', ' ')} dozen".split()
)


def check(place: Place) -> str | None:
    """Return what is wrong with the first figure that has no source; None where all is well."""
    if place.words.isdisjoint(_TRIGGERS) and not any(word[0].isdigit() for word in place.words):
        return None
    statistic = _statistic(place)
    if statistic is None or place.is_question or is_narrated(place.sentence) or source_in_reach(place):
        return None
    return (
        f"{quote(statistic)} has no source, so a reader cannot check it. "
        "Link where it comes from, say how it was measured, or take it out."
    )


def _statistic(place: Place) -> re.Match[str] | None:
    sentence = place.sentence
    if _INSTRUCTION.match(sentence.masked):
        return None
    for pattern in _STATISTICS:
        for match in matches(pattern, sentence):
            if not (
                _NO_SHARE.search(match.group())
                or _SETTING_AFTER.match(sentence.masked, match.end())
                or _SETTING_BEFORE.search(sentence.masked[: match.start()])
            ):
                return match
    return None
