"""CD104: a promise without exception, a superlative without comparison, or a cause read off a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.checks.cause import CAUSES
from copydesk.core.checks.place import found, quote
from copydesk.core.checks.rules import pattern, rule, rulebook
from copydesk.core.checks.superlative import SUPERLATIVES
from copydesk.core.vocabulary import one_of

if TYPE_CHECKING:
    from copydesk.core.checks.place import Place

CODE = "CD104"

_ABSOLUTELY = one_of(
    "completely, totally, absolutely, entirely, utterly, perfectly, wholly, 100 ?%, one hundred percent, truly, always"
)
_SURE = one_of(
    """
    secure, safe, immune, unbreakable, private, anonymous, reliable, accurate, objective, unbiased, painless,
    effortless, future-?proof, bug-?free, error-?free, risk-?free, invulnerable, infallible, impossible, stable,
    trustworthy, dependable, predictable, correct, right, fair, neutral, protected, free of, free from,
    self-explanatory, obvious to
    """
)
_TROUBLE = one_of(
    """
    bugs?, errors?, mistakes?, outages?, downtime, risks?, problems?, issues?, failures?, crash(?:es)?,
    vulnerabilit(?:y|ies), attacks?, conflicts?, misunderstandings?, debt, delays?, burnout, loss, incidents?,
    regressions?, confusion, spam, fraud, defects?, waste, stress, breach(?:es)?, typos?, disputes?, surprises?,
    doubts?, bottlenecks?, complexity, headaches?, debates?, arguments?, discussions?, disagreements?
    """
)
_SOMEONE = one_of(
    """
    developers?, programmers?, engineers?, writers?, readers?, users?, teams?, compan(?:y|ies), organi[sz]ations?,
    business(?:es)?, customers?, clients?, students?, teachers?, managers?, employees?, workers?, projects?,
    websites?, sites?, startups?, founders?, authors?, bloggers?, maintainers?, designers?, editors?, persons?,
    people, beginners?, experts?, professionals?, languages?, frameworks?, tools?, industry, industries, workloads?,
    newsletters?, blogs?, codebases?
    """
)
_MENDS = one_of(
    """
    solv, fix, eliminat, prevent, remov, end, cur, stop, replac, catch, detect, eras, abolish, avoid, guard against,
    rul out, protect you from, protects? against
    """
)
_INFLECTED = "(?:s|es|ed|ing|e)?"
_IMPROVED = one_of(
    """
    faster, better, cheaper, safer, easier, simpler, happier, smarter, stronger, more \\w+, great, perfect,
    productive, secure, reliable, obsolete, unnecessary, successful, possible, readable, fast, easy, simple, safe,
    accessible, searchable, maintainable, portable, trustworthy
    """
)
_ALWAYS_VERB = one_of(
    """
    works, wins?, succeeds?, pays off, beats?, outperforms?, delivers?, leads? to, results? in, ends? in, improves?,
    saves?, makes? (?:\\w+ )?(?:better|you|things), produces? (?:better|the best|great), makes? for, doubles?,
    triples?, solves?, fixes, helps
    """
)
_ADMIRED = one_of(
    """
    wants?, loves?, hates?, prefers?, knows?, agrees?, understands?, enjoys?, benefits?, becomes?, succeeds?, trusts?,
    dreams?, wins?,
    will (?:love|want|be|become|agree|benefit|see|notice|thank|prefer|succeed|understand|fail|adopt|switch|happily)
    """
)
_NEVER_AGAIN = one_of(
    """
    fail, break, crash, be (?:hacked|wrong|broken|beaten|lost|breached|late), go (?:wrong|down), lose, regret,
    (?:have to |need to )?(?:worry|debug|wonder|touch|write another|think about), let you down, happen again, run out,
    need another, see another, go back, look back, suffer, disappoint,
    (?:use|want|choose|buy|read) (?:another|anything else), (?:cause|have|see|get|create|introduce) (?:any|a single)
    """
)
_HARM = one_of(
    """
    eavesdropping, tampering, cheating, data loss, data races?, misuse, theft, abuse, forger(?:y|ies), deadlocks?,
    race conditions?, leaks?, accidents?, hacking, hacks, phishing, spoofing, corruption, injections?, overflows?
    """
)
_DOWNSIDES = one_of(
    "risks?, downtime, downsides?, drawbacks?, trade-?offs?, disadvantages?, side effects, weaknesses, "
    "effort, limits, flaws"
)
_SURELY = one_of(
    """
    undoubtedly, unquestionably, undeniably, indisputably, irrefutably, incontestably, indubitably, conclusively,
    definitively, without (?:a |any )?(?:doubt|question),
    beyond (?:any |all |a )?(?:shadow of a )?(?:doubt|dispute|question)
    """
)
_EVIDENCE = one_of(
    "this, that, which, it, data, numbers, results?, figures, experience, history, chart, graph, "
    "success, practice, outcome, growth"
)

_OVERCLAIMS = rulebook(
    rule(
        "agrees knows loves wants prefers hates trusts agree know love want prefer hate trust",
        r"\b(?:every|all) (?:\w+ )?\w{3,}(?:er|or|ist|ian)s? (?:agree|know|love|want|prefer|hate|trust)s?\b",
    ),
    rule("guarantee guarantees", r"\bguarantees?\b[^.;]*\b(?:in|under|on) (?:any|every|all)\b"),
    rule("nobody no", r"\b(?:nobody|no one|no \w+) (?:has|have|had) ever\b"),
    rule(
        "perfectly flawlessly seamlessly equally just",
        r"\bworks? (?:perfectly|flawlessly|seamlessly|equally well|just as well) "
        r"(?:for|in|on|with|under) (?:every|any|all)\b",
    ),
    rule(
        "circumstances situation situations case cases",
        r"\bno (?:circumstances|situations?|cases?) (?:in|under) which\b",
    ),
    rule("need", rf"\b(?:completely|totally|entirely|forever) {_MENDS}{_INFLECTED} (?:the|any|all) need\b"),
    rule("absolutely literally", r"\b(?:absolutely|literally) (?:every|any|all|no|never|always)\w*\b"),
    rule(
        "always",
        r"\balways \w+s (?:the )?(?:correct|right|perfect|best|great|optimal) "
        r"(?:results?|answers?|outcomes?|choices?|decisions?)\b",
    ),
    rule(
        "ever",
        r"\bwithout ever \w+ing\b|\b(?:nothing|nobody|no one|no (?:[\w-]+ )?\w+) (?:will|can|could|would) ever\b",
    ),
    rule("impossible unthinkable", rf"\b{_TROUBLE} (?:is|are|becomes?) (?:now |simply )?(?:impossible|unthinkable)\b"),
    rule(
        "every all any everyone anyone everybody",
        r"\b(?:perfect|ideal|right|best) (?:[\w-]+ )?(?:for|in) "
        rf"(?:everyone|anyone|everybody|(?:every|all|any) (?:\w+ )?{_SOMEONE})\b"
        r"|\b(?:every|any) (?:problem|question|task|bug) can be (?:solved|answered|done|fixed)\b"
        r"|\b(?:every|all) (?:good|serious|modern|successful|competent|great|sane) \w+ (?:use|do|have|choose|run)s?\b",
        "perfect ideal right best problem question task bug good serious modern successful competent great sane",
    ),
    rule("everything", r"\b(?:solv|fix|chang)(?:es|ed) everything\b"),
    rule("time", r"\bworks?\b[^.;]*\bevery (?:single )?time\b"),
    rule("forever", r"\b(?:lasts?|works?|runs?|lives?|stays?|remains?) forever\b"),
    rule("way", r"\bchang(?:es?|ed|ing) the way (?:everyone|everybody|we all|the world)\b"),
    rule(
        "completely totally absolutely entirely utterly perfectly wholly truly always 100 hundred",
        rf"\b{_ABSOLUTELY} {_SURE}(?![\w-])",
    ),
    rule(
        "completely totally entirely permanently forever",
        rf"\b(?:completely|totally|entirely|permanently|forever) {_MENDS}{_INFLECTED} "
        rf"(?:[\w'’-]+ ){{0,3}}?{_TROUBLE}\b",
    ),
    rule(
        "all every any each",
        rf"\b(?<!to ){_MENDS}{_INFLECTED} (?:literally )?(?:all|every|any|each(?: and every)?) "
        rf"(?!(?:of )?(?:these|those|such|this|that) )(?:of )?(?:[\w-]+ ){{0,2}}?{_TROUBLE}\b",
    ),
    rule("once good forever", rf"\b{_MENDS}{_INFLECTED} (?:[\w'’-]+ ){{1,6}}?(?:once and for all|for good|forever)\b"),
    rule(
        "all every any each everything everyone",
        r"\b(?:makes?|made|making|renders?|turns?) (?:all|every|any|each|everything|everyone)\b"
        rf"(?: [\w'’-]+){{0,4}}? {_IMPROVED}\b",
        "make makes made making render renders turn turns",
    ),
    rule(
        "everyone everybody anyone every any all each",
        r"\b(?:works?|is right|is ideal|is perfect|fits?|suits?|scales?) (?:perfectly |well |equally well )?"
        r"(?:(?:for|in|on|with|to) )?"
        r"(?:everyone|everybody|anyone"
        rf"|(?:every|any|all|each) (?:\w+ )?(?:{_SOMEONE}|situations?|environments?|cases?|scale))\b",
        "work works right ideal perfect fit fits suit suits scale scales",
    ),
    rule(
        "every each all any",
        r"\b(?:every|each|all|any) "
        rf"(?:(?:single|good|serious|modern|successful|sensible|competent|great|real|sane) )*{_SOMEONE} "
        r"(?:(?:in the world|on earth|everywhere|alike|always|eventually|secretly|immediately|instantly|really) )*"
        rf"{_ADMIRED}\b",
    ),
    rule(
        "every any all no",
        r"\b(?:any|every|all|no) (?:[\w-]+ )?\w+ (?:on earth|in the world|in existence|imaginable)\b",
    ),
    rule(
        "everyone everybody",
        r"\b(?:everyone|everybody) (?:(?:always|already|now|in the industry) )*"
        r"(?:agrees?|loves?|prefers?|wants?|uses|hates?|benefits?|wins|will (?:love|agree|want|benefit|use))\b",
    ),
    rule(
        "nobody no",
        rf"\b(?:nobody|no one|no (?:serious |sane |sensible |good |modern )?{_SOMEONE}) (?:ever )?"
        r"(?:uses?|reads?|needs?|wants?|likes?|cares?|complains?|writes?|regrets?)\b(?: [\w'’-]+){0,5}?"
        r" (?:anymore|any more|any longer|these days|today|ever|nowadays)\b|\bno other \w+ (?:can|comes?|even) \w+",
    ),
    rule("never", rf"\b(?:will|can|could|would) never (?:again |ever )?{_NEVER_AGAIN}\b"),
    rule(
        "never",
        r"\bnever (?:ever )?(?:fails|crashes|breaks|goes (?:wrong|down)|loses|lets you down|disappoints|lies|errs"
        r"|makes? (?:a )?mistakes?)\b",
    ),
    rule(
        "nothing nobody no",
        r"\b(?:nothing|nobody|no one) (?:can|could|will) (?:break|beat|defeat|crack|hack|match|rival|outdo)\b",
    ),
    rule("100", r"\b100 ?% (?:uptime|availability|accuracy|reliability|security|safety|protection|satisfaction)\b"),
    rule(
        "nothing nobody no",
        r"\b(?:nothing|no one|nobody|no \w+) (?:ever|will ever|can ever) "
        r"(?:breaks?|fails?|goes wrong|go wrong|crash(?:es)?)\b",
    ),
    rule(
        "always",
        r"\b(?:is|are|was|were) always (?:the )?"
        r"(?:better|best|faster|cheaper|superior|safer|worse|worth|a mistake|a bad|a good|simpler|preferable)\b"
        rf"|\balways {_ALWAYS_VERB}\b",
    ),
    rule(
        "impossible cannot can't",
        r"\b(?:impossible|cannot|can['’]t) (?:to )?(?:be )?"
        r"(?:hack(?:ed)?|broken|beat(?:en)?|fail|crack(?:ed)?|get wrong|go wrong|misunderstand|misunderstood|misused?"
        r"|defeat(?:ed)?|breach(?:ed)?|attacked|compromised|intercepted|tampered with|forged|bypassed|exploited"
        r"|exaggerated?|overstated?|lose)\b",
    ),
    rule(
        "guarantee guarantees guaranteed",
        r"\bguarantee[sd]? (?:that )?"
        r"(?:you|your|success|results|quality|happiness|satisfaction|everyone|every|no(?:body| one)|100 ?%"
        r"|a (?:better|perfect|smooth|successful)|(?:\w+ )?(?:growth|engagement|uptime|adoption|productivity))\b"
        r"|\bguaranteed (?:success|results|to (?:work|succeed|improve|make|save|please|grow|increase|reduce|win))\b",
    ),
    rule(
        "guaranteed",
        r"\bguaranteed (?:to never|never to|to always|to be "
        r"(?:correct|right|secure|safe|perfect|accurate|error-?free|bug-?free|the (?:best|fastest|cheapest|safest)))\b",
    ),
    rule("impossible", rf"\b(?:makes?|making|render(?:s|ing)?) (?:[\w-]+ )?(?:{_TROUBLE}|{_HARM}) impossible\b"),
    rule("independent", rf"\b{_ABSOLUTELY} independent (?:of|from) (?:any|every|all|each)(?: other)?\b"),
    rule(
        "zero no without",
        r"\b(?:(?:has|have|with|zero|comes? with) (?:absolutely )?(?:no|zero)|zero|without any|without a single) "
        rf"{_DOWNSIDES}\b",
    ),
    rule(
        "undoubtedly unquestionably undeniably indisputably irrefutably incontestably indubitably "
        "conclusively definitively without beyond",
        rf"\b{_SURELY}(?!\w)",
    ),
    rule(
        "there there's",
        r"\bthere(?: is|['’]s| can be) (?:absolutely |simply |literally )?no (?:doubt|question|denying|substitute"
        r"|(?:better|safer|faster|easier|simpler|cheaper|quicker|smarter) \w+"
        r"|(?:good )?(?:reason|excuse) (?:not )?to (?:ever|use|choose|keep)"
        r"|(?:risk|danger|harm|downside|chance of \w+)s? (?:at all|whatsoever))\b",
    ),
    rule(
        "proves proved prove",
        rf"\b{_EVIDENCE} (?:alone |clearly |finally )?(?:proves|proved|prove)\b"
        r"(?! to be| (?:useful|helpful|difficult|hard|tricky|valuable))",
    ),
    rule(
        "proving proof",
        r", proving (?:that|once|how)\b|\b(?:is|are) (?:living |clear |definitive |the )?proof (?:that|of)\b",
    ),
    rule(
        "every all any",
        r"\b(?:in|under|for|at) (?:absolutely )?(?:every|all|any) (?:single |possible |conceivable |imaginable )?"
        r"(?:respects?|situations?|circumstances?|scenarios?)\b"
        r"|\b(?:better|faster|superior|cheaper|safer) (?:[\w'’-]+ ){0,5}?in every (?:\w+ )?way\b"
        r"|\b(?:better|faster|safer|cheaper) than (?:any|every|all) (?:other|the other|existing|alternative)\b",
    ),
    rule(
        "obsolete irrelevant past",
        r"\b(?:makes?|made|render(?:s|ed)?) (?:[\w'’-]+ ){1,4}?(?:obsolete|irrelevant|a thing of the past)\b",
    ),
    *CAUSES,
    *SUPERLATIVES,
)
_GUARD = one_of(
    r"""
    not, never, nothing, no, none, nor, neither, without, hardly, rarely, seldom, cannot, \w+n['’]t, if, whether,
    unless, until, hop(?:e[sd]?|ing), want(?:s|ed)?, wish(?:es)?, aim(?:s|ed)?, try, tries, trying, goals?, ideally,
    imagine, pretend, myth, almost, nearly, virtually, may, might, could, should, must, would, claim(?:s|ed|ing)?,
    promis(?:e|es|ed|ing), suppose[ds]?, supposedly, far from, less than, rather than, instead of, as if, as though,
    ask(?:s|ed)?, wonder(?:s|ed)?, assum(?:e|es|ed|ing), expect(?:s|ed|ing)?, so-called, few, little
    """
)
_OWN_OPINION = (
    r"\b(?:in|to) (?:my|our) (?:\w+ )?(?:opinion|view|taste|mind|eyes?|ears?|experience)\b|\bif you ask (?:me|us)\b"
    r"|\b(?:to|for) (?:me|us)\W*$|^\W*(?:to|for) me,|\b(?:i|we) (?:\w+ly )?(?:think|believe|find|feel|like|love)\b"
)
"""What nobody need prove."""

_GUARDED = rf"\b{_GUARD}\b[^,;:.—–]{{0,40}}$"


def check(place: Place) -> str | None:
    """Return what is wrong with the first claim that no evidence could carry; None where all is well."""
    for match in found(_OVERCLAIMS, place):
        if place.is_question or pattern(_OWN_OPINION).search(place.prose):
            return None
        if not pattern(_GUARDED).search(place.prose[: match.start()]):
            return (
                f"{quote(match.group())} claims more than any evidence could show, so one exception undoes it. "
                "Say for whom, when or how far it holds."
            )
    return None
