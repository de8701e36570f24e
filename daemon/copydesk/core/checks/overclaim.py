"""CD104: a promise without exception, a superlative without comparison, or a cause read off a sequence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.checks.place import matches, quote

if TYPE_CHECKING:
    from copydesk.core.checks.place import Place

CODE = "CD104"

_ABSOLUTELY = (
    r"(?:completely|totally|absolutely|entirely|utterly|perfectly|wholly|100\s?%|one hundred percent|always|truly)"
)
_SURE = (
    r"(?:secure|safe|immune|unbreakable|private|anonymous|reliable|accurate|objective|unbiased|painless|effortless|future-?proof|"
    r"bug-?free|error-?free|risk-?free|fool-?proof|bullet-?proof|invulnerable|infallible|unhackable|tamper-?proof|impossible|"
    r"stable|trustworthy|dependable|predictable|correct|right|fair|neutral|protected|free of|free from)"
)
_TROUBLE = (
    r"(?:bugs?|errors?|mistakes?|outages?|downtime|risks?|problems?|issues?|failures?|crash(?:es)?|vulnerabilit(?:y|ies)|attacks?|"
    r"conflicts?|misunderstandings?|technical debt|delays?|burnout|data loss|incidents?|regressions?|confusion|spam|fraud|defects?|"
    r"waste|stress|breach(?:es)?|typos?|disputes?|surprises|doubts?|bottlenecks?|complexity)"
)
_SOMEONE = (
    r"(?:developer|programmer|engineer|writer|reader|user|team|compan(?:y|ies)|organi[sz]ation|business(?:es)?|customer|client|"
    r"student|teacher|manager|employee|project|website|site|startup|founder|author|blogger|maintainer|designer|editor|person|"
    r"people|beginner|expert|professional|language|framework|tool|industry|problem|situation|workload|newsletter|blog)s?"
)
_MENDS = r"(?:solv|fix|eliminat|prevent|remov|end|cur|stop|replac|catch|detect|handl|eras|abolish|avoid|answer|address)(?:s|es|ed|ing|e)?"
_TURNED = (
    r"(?:rose|fell|dropped|grew|doubled|tripled|halved|climbed|jumped|soared|improved|increased|decreased|declined|plunged|"
    r"shrank|surged|went (?:up|down)|started|stopped|disappeared|vanished)"
)

_OVERCLAIMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_ABSOLUTELY}\s+{_SURE}(?![\w-])",
        rf"\b(?:completely|totally|entirely|permanently|forever)\s+{_MENDS}\s+(?:[\w'’-]+\s+){{0,3}}?{_TROUBLE}\b",
        rf"\b(?<!to ){_MENDS}\s+(?:literally\s+|virtually\s+)?(?:all|every|any|each(?: and every)?)\s+(?:of\s+)?(?:(?:your|the|our|their|possible|"
        rf"kinds? of|sorts? of|single|last|conceivable|known|performance|security|other|such|human|software)\s+){{0,2}}{_TROUBLE}\b",
        rf"\b(?:solv|fix|eliminat|prevent|remov|cur|end)(?:s|es|ed|e)?\s+(?:[\w'’-]+\s+){{1,6}}?(?:once and for all|for good|forever)\b",
        rf"\b(?:make|makes|made|making|render|renders|turns?)\s+(?:all|every|any|each|everything|everyone)\b(?:\s+[\w'’-]+){{0,4}}?\s+"
        r"(?:faster|better|cheaper|safer|easier|simpler|happier|smarter|stronger|great|perfect|productive|secure|reliable|obsolete|"
        r"unnecessary|successful|possible|readable|fast|easy|simple|safe)\b",
        rf"\b(?:works?|is right|is ideal|is perfect|fits?|suits?|scales?)\s+(?:perfectly\s+|well\s+|equally well\s+)?(?:for|in|on|with|under|to)?\s*"
        rf"(?:everyone|everybody|anyone|(?:every|any|all|each)\s+(?:\w+\s+)?(?:{_SOMEONE}|cases?|environments?|circumstances|conditions|size|scale))\b",
        rf"\b(?:every|each|all|any)\s+(?:(?:single|good|serious|modern|successful|sensible|competent|great|real|sane)\s+)*{_SOMEONE}\s+"
        r"(?:(?:in the world|on earth|everywhere|alike)\s+)?(?:always\s+|eventually\s+|secretly\s+|immediately\s+|instantly\s+|really\s+)?"
        r"(?:wants?|loves?|hates?|prefers?|knows?|agrees?|understands?|enjoys?|benefits?|becomes?|succeeds?|trusts?|will (?:love|want|"
        r"be|become|agree|benefit|see|notice|thank|prefer|succeed|understand|fail|adopt|switch)|dreams?|wins?)\b",
        rf"\bno\s+(?:{_SOMEONE}|one|other\s+\w+)\s+(?:(?:ever|will ever|will|would ever|can ever|could ever|can|could|today|has ever|on earth)\s+)+(?:\w+)\b"
        r"(?=[^,.;]*\b(?:ever|again|anymore|any more|without|match(?:es)?|beat|compete|regret|complain|come close|better|faster)\b)",
        r"\b(?:everyone|everybody)\s+(?:always\s+|already\s+|now\s+)?(?:agrees?|loves?|prefers?|wants?|uses|hates?|benefits?|wins|will (?:love|agree|want|benefit|use))\b",
        r"\b(?:nobody|no one)\s+(?:ever\s+)?(?:uses?|reads?|needs?|wants?|likes?|cares?|complains?|writes?)\b(?:\s+[\w'’-]+){0,5}?\s+"
        r"(?:anymore|any more|any longer|these days|today|ever|nowadays)\b",
        r"\b(?:will|can|could|would)\s+never\s+(?:again\s+|ever\s+)?(?:fail|break|crash|be (?:hacked|wrong|broken|beaten|lost|breached|late)|go (?:wrong|down)|"
        r"lose|regret|(?:have to |need to )?(?:worry|debug|wonder|write another|touch)|let you down|happen again|run out|need another|see another|"
        r"go back|look back|suffer|disappoint)\b",
        r"\bnever\s+(?:ever\s+)?(?:fails|crashes|breaks|goes (?:wrong|down)|loses|lets you down|disappoints|lies|makes? (?:a )?mistakes?|errs)\b",
        r"\b(?:is|are|was|were)\s+always\s+(?:the\s+)?(?:better|best|faster|cheaper|superior|right|correct|wrong|safer|worse|worth|a mistake|a bad|a good|simpler|preferable)\b",
        r"\balways\s+(?:works|wins|succeeds|pays off|beats|outperforms|delivers|leads to|results in|ends in|improves|produces better)\b",
        r"\b(?:impossible|cannot|can['’]t)\s+(?:to\s+)?(?:be\s+)?(?:hack(?:ed)?|break(?: into)?|beat(?:en)?|fail|crack(?:ed)?|get wrong|go wrong|"
        r"misunderstand|misunderstood|misus(?:e|ed)|defeat(?:ed)?|breach(?:ed)?|exaggerate[d]?|overstat(?:e|ed))\b",
        r"\bguarantee[sd]?\s+(?:that\s+)?(?:you|your|success|results|quality|happiness|satisfaction|everyone|every|no(?:body| one)?|100\s?%|a (?:better|perfect|smooth|successful)|"
        r"(?:\w+\s+)?(?:growth|engagement|uptime|adoption|productivity))\b|\bguaranteed (?:success|results|to (?:work|succeed|improve|make|save|please|grow|increase|reduce|win))\b",
        r"\b(?:zero|no)\s+(?:risks?|downtime|downsides?|drawbacks?|trade-?offs?|disadvantages?|bugs|effort|maintenance|learning curve|side effects|weaknesses)\s*"
        r"(?:at all|whatsoever|of any kind|to speak of)?(?=[\s,]*(?:whatsoever|at all|and\s+(?:zero|no)|[.!;]|$))",
        r"\bwithout\s+any\s+(?:risks?|downsides?|drawbacks?|effort|trade-?offs?|problems?|loss|side effects|disadvantages?|compromises?|doubt)\b",
        r"\b(?:ha(?:s|ve)|with)\s+no\s+(?:downsides?|drawbacks?|disadvantages?|trade-?offs?|equal|rivals?|competition|weaknesses|limits|flaws)\b",
        r"\b(?:undoubtedly|unquestionably|undeniably|indisputably|irrefutably|incontestably|indubitably|without (?:a |any )?(?:doubt|question)|beyond (?:any |all |a )?(?:doubt|dispute|question))\b",
        r"\bthere\s+(?:is|['’]s|can be)\s+(?:absolutely\s+|simply\s+|literally\s+)?no\s+(?:doubt|question|denying|(?:good\s+)?(?:reason|excuse)\s+(?:not\s+)?to\s+(?:ever|use|choose|write|keep)|better\s+\w+|alternative|substitute|limit|situation|case)\b",
        r"\b(?:this|that|which|it|data|numbers|results?|figures|experience|history|chart|graph|success|practice|outcome|experiment|growth)\s+"
        r"(?:alone\s+|clearly\s+|conclusively\s+|definitively\s+|finally\s+)?(?:proves|proved|prove)\b(?!\s+to be|\s+(?:useful|helpful|difficult|hard|tricky|valuable))",
        r"\b(?:conclusively|definitively|irrefutably|once and for all)\b|,\s+proving\s+(?:that|once|how)\b|\b(?:is|are) (?:living |clear |definitive )?proof (?:that|of)\b",
        r"\b(?:revolutioni[sz]e[sd]?|unbeatable|unrivall?ed|unparalleled|unmatched|bullet-?proof|fool-?proof|infallibl[ey]|unhackable|flawless(?:ly)?|second to none|"
        r"best-in-class|world-beating|miraculous(?:ly)?|game-?chang(?:er|ing)|changes everything|limitless|unlimited (?:potential|possibilities))\b",
        r"\bthe\s+(?:(?:single|very|absolute)\s+)*(?:best|fastest|greatest|safest|easiest|simplest|smartest|worst|only|cheapest|strongest|ultimate|perfect|most\s+\w+)\s+(?:[\w'’-]+\s+){0,4}?"
        r"(?:in the world|on earth|on the planet|on the market|of all time|in existence|in history|ever (?:made|built|written|invented|created|devised|conceived|released)|"
        r"you(?:['’]ll| will)? ever (?:need|use|read|want|write|see)|(?:that )?(?:exists|anyone (?:will ever )?needs?)|imaginable|known to man|you need|worth (?:using|reading|learning))\b",
        r"\bthe\s+world['’]s\s+(?:best|fastest|leading|most\s+\w+|greatest|safest|smartest|easiest|simplest)\b|\bby far the (?:best|fastest|safest|easiest|most)\b",
        r"\b(?:in|under|for|at)\s+(?:absolutely\s+)?(?:every|all|any)\s+(?:single\s+|possible\s+|conceivable\s+)?(?:respects?|situations?|circumstances?|scenarios?|imaginable \w+|conditions|conceivable \w+)\b",
        r"\b(?:better|faster|superior|cheaper|safer)\s+(?:[\w'’-]+\s+){0,5}?in\s+every\s+(?:\w+\s+)?way\b|\bbetter\s+than\s+(?:any|every|all)\s+(?:other|the other|existing|alternative)\b",
        r"\b(?:makes?|made|rendered|renders)\s+(?:[\w'’-]+\s+){1,4}?(?:obsolete|irrelevant|a thing of the past)\b",
        rf"\b(?:after|since|once|when|as soon as|the (?:week|month|day|year|quarter) (?:after|we|that))\b[^.;]*\b{_TURNED}\b[^.;]*"
        r"(?:\b(?:so|therefore|hence|thus|which means|which shows|showing that|thanks to|because of|due to|clearly|must be|caused by|is why|as a result of)\b)",
        r"\b(?:correlat\w+|go(?:es)? hand in hand|(?:people|teams|developers|writers|companies|projects|users)\s+(?:who|that|which)\b[^.;]*\b(?:also|tend to|are more likely))\b[^.;]*"
        r"(?:\bso\b|\btherefore\b|\bhence\b|\bthus\b|which (?:means|shows|proves)|proving|\bcauses?\b|is the reason|must be)",
    )
)
_GUARD = re.compile(
    r"\b(?:not|never|nothing|no|none|nor|neither|without|hardly|rarely|seldom|cannot|\w+n['’]t|if|whether|unless|until|hope[sd]?|hoping|"
    r"want(?:s|ed)?|wish(?:es)?|aim(?:s|ed)?|try|tries|trying|goals?|ideally|imagine|pretend|myth|almost|nearly|virtually|may|might|could|"
    r"should|must|would|claim(?:s|ed|ing)?|promis(?:e|es|ed|ing)|suppose[ds]?|supposedly|far from|less than|rather than|instead of|as if|as though|"
    r"ask(?:s|ed)?|wonder(?:s|ed)?|assum(?:e|es|ed|ing)|expect(?:s|ed|ing)?|so-called|few|little)\b[^,;:.—–]{0,40}$",
    re.IGNORECASE,
)
_TRIGGERS = frozenset(
    "completely totally absolutely entirely utterly perfectly wholly always truly permanently forever all every any each "
    "everything everyone everybody anyone nobody no never impossible cannot can't guarantee guarantees guaranteed zero without "
    "undoubtedly unquestionably undeniably indisputably irrefutably incontestably indubitably beyond there's proves proved prove "
    "proving proof conclusively definitively once revolutionize revolutionizes revolutionized revolutionise revolutionises "
    "revolutionised unbeatable unrivaled unrivalled unparalleled unmatched bullet bulletproof fool foolproof infallible infallibly "
    "unhackable flawless flawlessly second best miraculous miraculously game changes limitless unlimited fastest greatest safest "
    "easiest simplest smartest worst only cheapest strongest ultimate perfect most world world's far better superior faster "
    "obsolete irrelevant thing after since when soon week month day year quarter correlate correlates correlated correlation "
    "correlating hand also tend are 100 good".split()
)


def check(place: Place) -> str | None:
    """Return what is wrong with the first claim that no evidence could carry; None where all is well."""
    if place.words.isdisjoint(_TRIGGERS) or place.is_question:
        return None
    for pattern in _OVERCLAIMS:
        for match in matches(pattern, place.sentence):
            if not _GUARD.search(place.sentence.masked[: match.start()]):
                return (
                    f"{quote(match)} claims more than any evidence could show, so one exception undoes it. "
                    "Say for whom, when or how far it holds."
                )
    return None
