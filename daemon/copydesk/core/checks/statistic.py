"""CD101: a share, factor, average or sum about the world with no source in reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.checks.harmless_figure import needs_no_source
from copydesk.core.checks.place import found, quote
from copydesk.core.checks.rules import rule, rulebook
from copydesk.core.checks.source import is_narrated
from copydesk.core.vocabulary import one_of, word_set

if TYPE_CHECKING:
    from copydesk.core.checks.place import Place

CODE = "CD101"

_NUMBER_WORDS = one_of(
    """
    two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, fifteen, twenty, thirty, forty, fifty,
    sixty, seventy, eighty, ninety, hundreds?, thousands?, dozens?
    """
)
_NUMBER = rf"(?:\d[\d,]*(?:\.\d+)?|{_NUMBER_WORDS}(?:[- ](?:{_NUMBER_WORDS}|one))?)"
_MANY = one_of(
    """
    people, users, developers, programmers, engineers, writers, readers, teams, companies, organi[sz]ations,
    businesses, firms, customers, clients, visitors, students, teachers, managers, employees, workers, employers,
    projects, websites, sites, apps, applications, startups, founders, authors, bloggers, maintainers, contributors,
    adults, children, households, patients, shoppers, subscribers, designers, editors, researchers, respondents,
    repositories, documents, citizens, voters, drivers, americans, europeans, men, women, parents, freelancers,
    consumers, buyers, administrators, beginners, newcomers, professionals, newsletters, blogs, servers, bugs,
    defects, incidents, outages, meetings, emails
    """
)
_TIME = one_of("(?:milli|micro|nano)?seconds?, ms, minutes?, hours?, days?, weeks?, months?, years?")
_PERIOD = one_of("year, month, week, day, hour, quarter, minute, second")
_UNITS = one_of(f"{_TIME}, points?, dollars?, euros?, pounds?, [kKMGT]?B, times, {_MANY}")
_COMPARED = one_of(
    """
    more, less, fewer, faster, slower, better, worse, higher, lower, bigger, larger, smaller, longer, shorter,
    cheaper, greater, quicker, safer, easier, stronger, likelier, lighter, richer, happier, (?:as|the) \\w+
    """
)
_CHANGES = one_of(
    """
    cuts?, reduc(?:es?|ed), increas(?:es?|ed), boost(?:s|ed)?, improv(?:es?|ed), slash(?:es|ed)?, lower(?:s|ed)?,
    rais(?:es?|ed), sav(?:es?|ed), shav(?:es?|ed), dropp?(?:s|ed)?, falls?, fell, rises?, rose, gr[oe]ws?, speeds? up,
    shrinks?, shrank, climb(?:s|ed)?
    """
)
_MEASURES = one_of(
    """
    number, rate, costs?, time, speed, traffic, output, productivity, size, chances?, risk, revenue, throughput, income,
    sales, conversion, retention, likelihood
    """
)
_PERFORMS = one_of(
    """
    handles?, process(?:es)?, serves?, supports?, sustains?, delivers?, reaches, scales to, manages?, copes with,
    executes?, performs?, answers?, accepts?, ingests?, parses?, writes?, reads?, sends?
    """
)

_FOLDS = """
    onefold twofold threefold fourfold fivefold sixfold sevenfold eightfold ninefold tenfold elevenfold twelvefold
    fifteenfold twentyfold thirtyfold fortyfold fiftyfold sixtyfold seventyfold eightyfold ninetyfold hundredfold
    hundredsfold thousandfold thousandsfold dozenfold dozensfold
"""
_CHANGE_WORDS = """
    cut cuts reduce reduces reduced increase increases increased boost boosts boosted improve improves improved slash
    slashes slashed lower lowers lowered raise raises raised save saves saved shave shaves shaved drop drops droped
    dropp dropps dropped fall falls fell rise rises rose grow grows grew grews speed speeds shrink shrinks shrank climb
    climbs climbed
"""

_STATISTICS = rulebook(
    rule("% percent cent percentage", rf"\b{_NUMBER} ?(?:%|percent\b|per cent\b|percentage points?\b)"),
    rule("times x fold #", rf"\b{_NUMBER} ?(?:x|×|-?fold|times) (?:\w+ly )?{_COMPARED}\b", f"times x × fold {_FOLDS}"),
    rule(
        "twofold threefold fourfold fivefold tenfold hundredfold fold",
        rf"\b(?:{_NUMBER_WORDS}|\d+-?)fold "
        r"(?:increase|rise|growth|gain|reduction|drop|decrease|improvement|difference)\b"
        rf"|\b{_CHANGES} (?:\w+ ){{0,3}}?(?:{_NUMBER_WORDS}|\d+-?)fold\b",
    ),
    rule(
        "halves doubles triples quadruples",
        rf"\b(?:halves|doubles|triples|quadruples) (?:the|your|their|its) (?:[\w-]+ )?{_MEASURES}\b",
    ),
    rule(
        "$ € £ ¥",
        r"\b(?:costs?|saves?|los(?:es?|ing)|wastes?|spends?|earns?) (?:[\w'’-]+ ){1,6}?"
        rf"[$€£¥] ?\d[\d,.]* (?:a|per|each|every) {_PERIOD}\b",
    ),
    rule("twice", r"\btwice as (?:many|much|likely|often|fast|long|high|large|productive)\b"),
    rule(
        "in out",
        rf"\b(?:one|{_NUMBER}) (?:in|out of) (?:every )?{_NUMBER} (?:of )?(?:\w+ ){{0,2}}?(?:\w{{3,}}s|people)\b",
    ),
    rule(
        "thirds quarters fifths tenths",
        rf"\b(?:two|three|four)[- ](?:thirds|quarters|fifths|tenths) of (?:all|its|their|(?:[\w-]+ ){{0,4}}?{_MANY})\b",
    ),
    rule(
        "third quarter fifth tenth",
        rf"\b(?:a|one)[- ](?:third|quarter|fifth|tenth) of (?:all|its|their|your|{_MANY})\b",
    ),
    rule(
        "half",
        r"\b(?:over|nearly|almost|about|roughly|around|more than|less than|fewer than|at least) half (?:of )?"
        rf"(?:all|the|its|their|{_MANY})\b|\bhalf of (?:all|{_MANY})\b",
    ),
    rule(
        "average median typical",
        r"\b(?:on average|an average of|a median of|the (?:average|typical|median) (?!of\b)\w+ \w+)"
        rf"\W+(?:[\w'’-]+ ){{0,6}}?{_NUMBER}\b",
    ),
    rule(
        "spend spends lose loses losing waste wastes wait waits save saves cost costs",
        rf"\b(?:spends?|los(?:es?|ing)|wastes?|waits?|saves?|costs?) (?:[\w'’-]+ ){{0,5}}?{_NUMBER} {_TIME}\b",
    ),
    rule(
        "by from",
        rf"\b{_CHANGES} (?:[\w'’-]+ ){{0,6}}?by (?:a|one|two|three) (?:half|third|quarter|fifth|tenth)s?\b"
        rf"|\b{_CHANGES} (?:[\w'’-]+ ){{0,6}}?(?:by (?:\w+ ){{0,2}}?{_NUMBER} {_UNITS}"
        rf"|from {_NUMBER}(?: \w+)? to {_NUMBER})\b",
        _CHANGE_WORDS,
    ),
    rule(
        "million billion trillion millions billions $ € £ ¥",
        rf"(?:[$€£¥] ?)?\b{_NUMBER} (?:million|billion|trillion)\b(?: \w+)?|[$€£¥] ?\d[\d,.]* ?(?:m|bn|k)\b",
    ),
    rule("#", rf"\b\d{{1,3}}(?:,\d{{3}})+ {_MANY}\b"),
    rule(
        "second minute hour day",
        rf"\b{_PERFORMS} (?:[\w'’-]+ ){{0,3}}?\d{{1,3}}(?:,\d{{3}})+ (?:[\w-]+ ){{1,3}}?"
        r"(?:a|per|each|every) (?:second|minute|hour|day)\b",
    ),
    rule("$ € £ ¥", rf"\b{_MANY}\b(?: [\w'’-]+){{1,8}}? [$€£¥] ?\d[\d,.]* (?:a|per|each|every) {_PERIOD}\b"),
    rule("times", rf"\b{_MANY}\b(?: [\w'’-]+){{1,6}}? {_NUMBER} times (?:a|per|each|every) {_PERIOD}\b"),
)
_AMOUNTS = word_set(
    """
    # % $ € £ ¥ one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty
    seventy eighty ninety hundred hundreds thousand thousands dozen dozens million millions billion billions trillion
    half third thirds quarter quarters fifth fifths tenth tenths twice twofold threefold fourfold fivefold tenfold
    hundredfold halves doubles triples quadruples
    """
)


def check(place: Place) -> str | None:
    """Return what is wrong with the first figure that has no source; None where all is well."""
    if place.words.isdisjoint(_AMOUNTS):
        return None
    figure = _figure(place)
    if figure is None or place.is_question or is_narrated(place.prose) or place.has_source_in_reach:
        return None
    return (
        f"{quote(figure)} has no source, so a reader cannot check it. "
        "Link where it comes from, say how it was measured, or take it out."
    )


def _figure(place: Place) -> str | None:
    for match in found(_STATISTICS, place):
        if not needs_no_source(match, place.prose):
            return match.group()
    return None
