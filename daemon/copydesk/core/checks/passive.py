"""CD403: a passive without an agent around a decision, an error or a responsibility."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.checks.place import found, quote
from copydesk.core.checks.rules import pattern, rule, rulebook
from copydesk.core.vocabulary import one_of, word_set

if TYPE_CHECKING:
    from copydesk.core.checks.place import Place

CODE = "CD403"

_ADVERB = one_of(
    "\\w+ly, not, never, also, then, later, soon, again, just, now, all, too, simply, somehow, instead, since, ever"
)
_WAS = (
    rf"(?:was|were|(?:has|have|had)(?: {_ADVERB})? been|(?:is|are|was|were) being|got|(?:was|were)n['’]t"
    rf"|(?:has|have|had)n['’]t been)(?: {_ADVERB})*"
)
_ERRED = one_of(
    """
    mishandled, misplaced, misconfigured, misread, misjudged, miscalculated, miscommunicated, misinterpreted,
    mislabell?ed, misreported, overlooked, neglected, ignored, forgotten, omitted, missed, leaked, breached,
    compromised, botched, mislaid, underestimated, overestimated, mismanaged, misinformed, misled, bungled,
    mistreated, disregarded, skipped, bypassed, overcharged, misspent, wasted, wiped,
    left (?:out|unlocked|open|unpatched|unattended|exposed|unanswered)
    """
)
_DECIDED = one_of(
    """
    decided, agreed, determined(?! (?:with|from|by|using)\\b), concluded, deemed, ruled(?! (?:from|over)\\b), approved,
    authori[sz]ed, rejected, cancell?ed, postponed, delayed, deferred, shelved, scrapped, abandoned, discontinued,
    withdrawn, suspended(?! (?:from|in|above|over|between)\\b), terminated, laid off, let go, dismissed, restructured,
    reassigned, deprioriti[sz]ed, waived, overruled, vetoed, mandated, declined, denied,
    dropped(?! (?:on|onto|into|off|from|at)\\b), called off, put on hold, pushed back, sacked, axed, downgraded,
    reversed, turned down, written off, ruled out, brushed aside, shut down
    """
)
_OWED = one_of(
    """
    told, informed, notified, warned, consulted, asked, given, followed, communicated, done, tested, reviewed,
    checked, documented, escalated, addressed, backed up, recorded, updated, renewed, rotated, monitored, handled,
    considered, caught, noticed, anticipated, foreseen, taken, tracked, met, kept, delivered, verified, validated,
    reported, disclosed, fixed, patched, investigated, answered, budgeted, planned, trained, applied, enforced,
    managed, explained, maintained, secured, encrypted, protected, supervised, established, clarified, published,
    paid, returned, signed, shared, replaced, repaired, cleaned
    """
)
_DEED = one_of(
    """
    mistakes?, errors?, decisions?, choices?, oversights?, compromises?, promises?, assumptions?, commitments?,
    concessions?, exceptions?, misjudge?ments?, shortcuts?, corners, warnings?, concerns?, complaints?, objections?,
    deadlines?, steps?, actions?, measures?, precautions?, lessons?, procedures?, rules?, guidelines, safeguards?,
    responsibility, blame, care, red flags, opportunities, lines?, signals?, alarms?, issues?, approvals?, permission,
    calls?, bugs?, regressions?, defects?, vulnerabilit(?:y|ies), flaws?, budgets?
    """
)
_DONE_WORDS = """
    made taken reached cut broken ignored raised missed crossed followed dropped overlooked learned learnt dismissed
    assigned shifted breached violated bypassed given granted exceeded introduced committed lost accepted shared placed
    waived neglected forgotten
"""
_DONE = one_of(", ".join(_DONE_WORDS.split()))
_KEPT = one_of(
    """
    data, files?, records?, documents?, messages?, e?-?mails?, backups?, logs?, orders?, payments?, money, funds?,
    evidence, tickets?, applications?, samples?, results?, work, drafts?, notes?, entries, photos?, trust, history
    """
)
_SPENT = one_of("budgets?, funding, staff, jobs, positions, hours, pay, salar(?:y|ies), benefits, features?, scope")
_EVENTS = one_of(
    """
    flights?, trains?, bus(?:es)?, ferr(?:y|ies), boats?, ships?, trams?, match(?:es)?, games?, race, concerts?, shows?,
    festivals?, parades?, wedding, picnic, hike, class(?:es)?, lessons?, school, rail lines?, roads?, bridges?, tracks?,
    villages?, towns?, farms?, mines?, houses?, castles?, nests?, windows?, crops?, harvests?, planes?, parcels?
    """
)
"""Things to which weather, time and chance happen: no one need answer for them."""
_JUDGED = one_of(
    """
    felt, thought, considered, judged, believed, assumed, decided, agreed, determined, concluded, deemed, resolved,
    chosen, recommended, suggested, announced, found necessary, brought to, noted, reported, acknowledged,
    reali[sz]ed, recogni[sz]ed
    """
)
_WRONGLY = one_of("accidentally, inadvertently, mistakenly, wrongly, wrongfully, erroneously, prematurely, carelessly")
_DUE = one_of("warning, notice, approval, review, consent, permission, testing, explanation, consultation, discussion")
_PARTICIPLE = one_of(
    "\\w+ed, set, put, sent, built, given, taken, written, chosen, known, left, cut, done, made, run, sold"
)
_AUXILIARY = r"(?:was|were|(?:has|have|had) been|(?:is|are|was|were) being|got)"
_AUXILIARIES = word_set("was were been being got wasn't weren't hadn't hasn't haven't")

_PASSIVES = rulebook(
    rule("nobody no", rf"\b(?:nobody|no one) {_WAS} {_OWED}\b"),
    rule(
        "wrong incorrect faulty bad broken outdated untested",
        rf"\b(?:wrong|incorrect|faulty|bad|broken|outdated|untested) [\w-]+ {_WAS} {_PARTICIPLE}\b"
        rf"|\b{_WAS} {_PARTICIPLE} (?:\w+ ){{0,3}}?(?:to|in|from|with|on|at) (?:the )?wrong\b",
    ),
    rule(
        "mistake accident error early late without",
        rf"\b{_WAS} {_PARTICIPLE} (?:\w+ ){{0,4}}?"
        rf"(?:by mistake|by accident|in error|too (?:early|late)|without {_DUE})\b",
    ),
    rule(
        "accidentally inadvertently mistakenly wrongly wrongfully erroneously prematurely carelessly",
        rf"\b{_AUXILIARY} {_WRONGLY} {_PARTICIPLE}\b",
    ),
    rule(
        "no",
        r"\bno (?:tests?|reviews?|checks?|documentation|backups?|records?|notice|warnings?|explanations?|reasons?"
        rf"|plans?) {_WAS} "
        r"(?:written|made|kept|given|done|taken|performed|carried out|sent|issued|offered|provided|conducted|run)\b",
    ),
    rule(
        "and but yet or",
        rf"\b{_WAS} {_PARTICIPLE}(?: \w+)? (?:and|but|yet) (?:(?:then|later|never|not|quietly) )*"
        rf"(?:{_ERRED}|{_DECIDED})\b"
        rf"|\b{_WAS} {_PARTICIPLE} (?:and|but|yet|or) (?:not|never) {_OWED}\b",
    ),
    rule("it", rf"\bit {_WAS} {_JUDGED}\b"),
    rule(
        "was were been being got wasn't weren't hadn't hasn't haven't",
        rf"\b{_DEED} (?:[\w'’-]+ ){{0,6}}?{_WAS} {_DONE}\b",
        _DONE_WORDS,
    ),
    rule("was were been being got wasn't weren't hadn't hasn't haven't", rf"\b{_WAS} (?:{_ERRED}|{_DECIDED})\b"),
    rule("lost", rf"\b{_KEPT} (?:[\w'’-]+ ){{0,4}}?{_WAS} lost\b"),
    rule("cut", rf"\b{_SPENT} {_WAS} cut\b(?! into\b)"),
    rule(
        "not never wasn't weren't hadn't hasn't haven't",
        rf"\b(?:was|were|had|has|have)(?:n['’]t| not| never)(?: been)?(?: {_ADVERB})* {_OWED}\b",
    ),
)
_NO_AGENT = one_of(
    r"""
    accident, mistake, default, design, the (?:end|time|start|beginning|way), then, now, hand, e?-?mail, post, phone,
    \w+ing, \d, january, february, march, april, may, june, july, august, september, october, november, december,
    monday, tuesday, wednesday, thursday, friday, saturday, sunday, next, last, noon, midnight, means, chance, two,
    three, four, five, six, a (?:week|month|day|year|few|couple|quarter|margin)
    """
)
_UNDER = one_of(
    r"""
    if, when, whenever, unless, whether, until, once, that (?:was|were), which, who, in case, as soon as,
    (?:every|each) time, before, after, should, would, could, might, may, can, must, to
    """
)
_AGENT = rf"\bby (?!{_NO_AGENT}\b)"
_SUBORDINATE = rf"\b{_UNDER}\b[^,;:.—–]*$"
_REASON = (
    r"\b(?:because|since (?:it|the|they|he|she)|as (?:it|they)|due to|owing to|on account of"
    r"|for (?:(?:lack|want|fear) of|its|their|being)"
    r"|in favou?r of|on the grounds?)\b(?! (?:of )?(?:an? )?(?:\w+ )?"
    r"(?:oversight|error|mistake|misunderstanding|miscommunication)\b)"
)
_REASON_FOLLOWS = r"^\W*(?:the reasons? (?:was|were|is|are|given|for)|because\b|(?:this|that) (?:is|was) because\b)"
_OF_AN_EVENT = rf"\b{_EVENTS}(?: [\w'’-]+)?\W+$"
_BLAMED = r"mistake|error|accident|without|wrong"
_FIRST_PERSON = re.compile(r"\b(?:we|We|I)\b")


def check(place: Place) -> str | None:
    """Return what is wrong with the first passive that hides who is answerable; None where all is well."""
    if place.words.isdisjoint(_AUXILIARIES):
        return None
    for match in found(_PASSIVES, place):
        if not place.is_question and not _is_excused(match, place):
            return (
                f"{quote(match.group())} hides who did it, and that is what a reader wants to know. "
                "Name the person, team or system as the subject."
            )
    return None


def _is_excused(match: re.Match[str], place: Place) -> bool:
    """Tell whether an agent or a reason is named, or nobody could be: it only happened, or it only may happen."""
    before, after = place.prose[: match.start()], place.prose[match.end() :]
    if pattern(_AGENT).search(after) or pattern(_SUBORDINATE).search(before) or _FIRST_PERSON.search(before):
        return True
    if pattern(_REASON).search(after) or any(pattern(_REASON_FOLLOWS).search(each.plain) for each in place.after):
        return True
    return pattern(_OF_AN_EVENT).search(before) is not None and not pattern(_BLAMED).search(match.group())
