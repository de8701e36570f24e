"""CD403: a passive without an agent around a decision, an error or a responsibility."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.checks.place import matches, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.checks.place import Place
    from copydesk.core.document import Sentence

CODE = "CD403"

_WAS = r"(?:was|were|(?:has|have|had)\s+(?:\w+\s+)?been|is being|are being|was being|were being|got)"
_ADVERBS = r"(?:\s+(?:\w+ly|not|never|also|then|later|soon|again|just|now|all|too|simply|only|somehow|instead|subsequently|since|n['’]t))*"
_ERRED = (
    r"(?:mishandled|misplaced|misconfigured|misread|misjudged|miscalculated|miscommunicated|misinterpreted|mislabel+ed|misreported|overlooked|"
    r"neglected|ignored|forgotten|omitted|missed|lost|leaked|breached|compromised|botched|mislaid|underestimated|overestimated|mismanaged|"
    r"misinformed|misled|bungled|mistreated|disregarded|skipped|bypassed|overcharged|misspent|wasted|wiped|left (?:out|unlocked|open|unpatched|unattended|exposed|unanswered))"
)
_DECIDED = (
    r"(?:decided|agreed|determined|concluded|deemed|ruled|approved|authori[sz]ed|rejected|cancell?ed|postponed|delayed|deferred|shelved|"
    r"scrapped|abandoned|discontinued|withdrawn|suspended|terminated|laid off|let go|dismissed|restructured|reassigned|deprioriti[sz]ed|waived|"
    r"overruled|vetoed|mandated|declined|denied|dropped|called off|put on hold|cut|pushed back|sacked|axed|downgraded|reversed|rolled back)"
)
_FAILED_TO = (
    r"(?:told|informed|notified|warned|consulted|asked|given|followed|communicated|done|tested|reviewed|checked|documented|escalated|addressed|"
    r"backed up|recorded|updated|renewed|rotated|monitored|handled|considered|caught|noticed|anticipated|foreseen|taken|tracked|met|kept|"
    r"delivered|verified|validated|reported|disclosed|fixed|patched|investigated|answered|budgeted|planned|trained|applied|enforced|met)"
)
_DEED = (
    r"(?:mistakes?|errors?|decisions?|(?:a |the )?choices?|oversights?|compromises?|promises?|assumptions?|commitments?|concessions?|exceptions?|misjudgements?|misjudgments?|"
    r"shortcuts?|corners|warnings?|concerns?|complaints?|objections?|deadlines?|steps?|actions?|measures?|precautions?|lessons?|procedures?|rules?|guidelines|"
    r"safeguards?|responsibility|blame|care|red flags|opportunities|balls?|lines?|signals?|alarms?|issues?|approvals?|permission)"
)
_DONE = (
    r"(?:made|taken|reached|cut|broken|ignored|raised|missed|crossed|followed|dropped|overlooked|learned|learnt|dismissed|assigned|shifted|breached|"
    r"violated|bypassed|given|granted|exceeded|introduced|committed|lost|accepted|discovered|shared|placed|waived|neglected|forgotten)"
)

_PASSIVES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bit\s+{_WAS}{_ADVERBS}\s+(?:felt|thought|considered|judged|believed|assumed|decided|agreed|determined|concluded|deemed|resolved|chosen|"
        r"recommended|suggested|announced|found necessary|brought to)\b",
        rf"\b{_DEED}\s+(?:[\w'’-]+\s+){{0,6}}?{_WAS}{_ADVERBS}\s+{_DONE}\b",
        rf"\b{_WAS}{_ADVERBS}\s+{_ERRED}\b",
        rf"\b{_WAS}{_ADVERBS}\s+{_DECIDED}\b",
        rf"\b(?:was|were|had|has|have)\s*(?:not|never|n['’]t)(?:\s+been)?(?:\s+\w+ly)?\s+{_FAILED_TO}\b",
        rf"\b(?:wasn|weren|hadn|hasn|haven)['’]t(?:\s+been)?(?:\s+\w+ly)?\s+{_FAILED_TO}\b",
    )
)
_AGENT = re.compile(
    r"\bby\s+(?!(?:accident|mistake|default|design|the (?:end|time|start|beginning|way)|then|now|hand|e?-?mail|post|phone|using|\w+ing|\d|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday|next|last|noon|midnight|means|chance|a (?:week|month|day|year|few|couple|quarter|margin)|two|three|four|five|six|several)\b)",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"\b(?:if|when|whenever|unless|whether|until|once|that\s+(?:was|were)|which|who|in case|as soon as|every time|each time|before|after|should|would|could|might|may|can|must|to)\b[^,;:.—–]*$",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:we|I)\b")
_TRIGGERS = frozenset("was were been being got wasn't weren't hadn't hasn't haven't".split())


def check(place: Place) -> str | None:
    """Return what is wrong with the first passive that hides who is answerable; None where all is well."""
    if place.words.isdisjoint(_TRIGGERS) or place.is_question:
        return None
    for match in _hidden(place.sentence):
        return (
            f"{quote(match)} hides who did it, and that is what a reader wants to know. "
            "Name the person, team or system as the subject."
        )
    return None


def _hidden(sentence: Sentence) -> Iterator[re.Match[str]]:
    for pattern in _PASSIVES:
        for match in matches(pattern, sentence):
            before, after = sentence.masked[: match.start()], sentence.masked[match.end() :]
            if not (_AGENT.search(after) or _SUBORDINATE.search(before) or _FIRST_PERSON.search(before)):
                yield match
