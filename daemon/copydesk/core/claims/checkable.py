"""Which sentences state something that sources could settle; rules, which know English only.

A sentence is let through unless a rule is sure: a claim that is wrongly looked up costs time, one that is wrongly
turned away costs trust. Questions are told apart in any language.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.document import SOURCES
from copydesk.core.vocabulary import word_set

if TYPE_CHECKING:
    from copydesk.core.document import Sentence

LEAST_WORDS = 3
"""Sentences of fewer words state nothing that could be looked up."""

_QUESTION = re.compile(r"[?？؟]\s*[\"'”’»)\]]*\s*$")
_OPENING = re.compile(
    r"^[^\w]*(?:(?:first|second|third|next|then|now|finally|also|so|and|but|please|always|never)\b,?\s+)*", re.I
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CALLING = re.compile(
    r"^\W*(?:(?:and|but|so|also|please|always)\b,?\s+)*(?:"
    r"(?:note|notice|remember|recall|know|observe|(?:keep|bear) in mind|be aware|(?:do not|don['’]t|never) forget)"
    r"(?:,?\s+(?:however|though|also|too)\b)?(?:,?\s+that\b|\s*[,:])"
    r"|(?:it is|it['’]s)\s+(?:also\s+)?(?:important|useful|worth|helpful)\s+(?:to\s+)?"
    r"(?:not(?:e|ing)|remember(?:ing)?|recall(?:ing)?|know(?:ing)?|mention(?:ing)?)\s+that\b"
    r")\s*",
    re.IGNORECASE,
)
_IMPERATIVES = word_set(
    """
    add adjust allow apply arrange ask assume avoid be begin bring build buy call carry change check choose clean click
    clone close collect combine compare configure confirm consider contact continue copy create cut decide define
    delete describe determine discuss do don't don’t download draw eat edit enable ensure enter establish estimate
    evaluate examine explain explore export fill find fix follow focus gather get give go have heat help hold identify
    imagine import include increase install invest join keep know learn leave let let's let’s limit list load look
    make mark measure meet merge mind mix monitor move name note offer open order pay pick place plan pour practice
    prepare press prefer print protect provide publish pull push put raise read record reduce refer release remember
    remove rename repeat replace report request research restart return review rinse run save search seek see select
    send serve set share shortlist show sign skip sort speak spend start state stay stir stop store study submit
    suppose switch take talk tell test think track treat try turn type understand update upgrade use verify visit wait
    walk wash watch wear weigh work write
    """
)
_NOUNS_TOO = re.compile(
    r"^\W*\w+\s+(?:(?!(?:the|an?|it|that|this|your|sure|whether|if|how|what|all)\b)[\w.-]+\s+)?(?:is|are|was|were|has|have|had|can|could|will|would|may|might|must|should|costs?|takes?|came|comes|of)\b",
    re.IGNORECASE,
)
_SUBJECT = r"(?:I|we)\b"
_OPINION = re.compile(
    rf"\b{_SUBJECT}\s+(?:\w+ly\s+|do\s+|do not\s+|don['’]t\s+|still\s+|also\s+)?"
    r"(?:think|believe|feel|guess|suppose|suspect|hope|wish|love|like|dislike|hate|prefer|enjoy|recommend|suggest|"
    r"doubt|agree|disagree|find|consider|care)\b"
    r"|\b(?:in my (?:opinion|view|experience)|in our (?:opinion|view)|to my mind|personally|frankly|honestly|arguably|"
    r"as far as I(?:['’]m| am) concerned|if you ask me)\b",
    re.IGNORECASE,
)
_JUDGEMENT = re.compile(
    r"\b(?:is|are|was|were|be|being|feels?|looks?|seems?|sounds?)\s+(?:\w+ly\s+|so\s+|very\s+|too\s+|quite\s+|a\s+|an\s+|"
    r"the\s+|really\s+|just\s+|simply\s+|such\s+a\s+)*"
    r"(?:good|bad|great|nice|lovely|beautiful|ugly|elegant|boring|interesting|fun|wonderful|terrible|awful|amazing|"
    r"awesome|excellent|fantastic|horrible|pleasant|charming|delightful|annoying|wise|silly|stupid|sad|"
    r"worth\s+\w+|better|worse|nicest|prettiest|tastiest|delicious|refreshing|inspiring|overrated|underrated)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"^\W*(?:it|that)(?:'s| is|’s)\s+(?:\w+ly\s+|also\s+|very\s+|always\s+)*(?:important|essential|crucial|vital|"
    r"necessary|advisable|worth|best|better|helpful|useful|wise|difficult|hard|easy|impossible|possible|recommended|"
    r"up to)\b"
    r"|^\W*to\s+\w+[^,]{0,80},\s+(?:you|we|one|simply|just|first)\b",
    re.IGNORECASE,
)
_AS_MODEL = re.compile(r"\b(?:as an ai|language model|knowledge cutoff)\b", re.IGNORECASE)
_SHOULD = re.compile(r"\b(?:should|ought to|needs? to|must|had better)\b(?!\s+have\b)", re.IGNORECASE)
_PLAN = re.compile(
    r"\b(?:going to|plans? to|planning to|intends? to|aims? to|hopes? to|expects? to|would like to|tomorrow|"
    r"(?:I|we)\s+(?:will|shall|won['’]t|hope|plan)|(?:I|we)['’]ll)\b"
    r"|\b(?:will|won['’]t|shall)\b[^.;]{0,80}\b(?:next|soon|later this|in the (?:future|coming)|"
    r"(?:in|by) 20[2-9]\d|some ?day|eventually|one day)\b"
    r"|\b(?:next (?:week|month|year|quarter|release)|soon)\b[^.;]{0,80}\b(?:will|shall)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:announced|said|reported|planned|forecast|predicted|estimated|according to)\b", re.IGNORECASE
)
_OWN = re.compile(
    r"^\W*(?:(?:in|on|at|by|for|after|before|since|last|this)\s+[\w\s]{1,30},\s+)?(?:I|we|my|our)\b", re.IGNORECASE
)
_OWN_ANYWHERE = re.compile(r"\b(?:I|me|my|mine|myself)\b")
_SPECIFIC = re.compile(r"\d|(?<=[\w,;:)] )[A-Z][\w-]+")
_STATES = re.compile(
    r"\b(?:is|are|was|were|has|have|had|means?|contains?|consists?|causes?|comprises?|includes?|became|becomes?|"
    r"\w+(?:ed|ised|ized)|founded|won|wrote|written|built|made|born|died|led|began|begun|held|holds?|lies|stands?|"
    r"uses?|needs?|takes?|took|gives?|gave|makes?|grows?|grew|rose|fell|lost|sold|spent|known|\w+(?:s|es))\b"
)
_ABSOLUTE = re.compile(
    r"\b(?:first|last|only|largest|smallest|biggest|oldest|newest|fastest|slowest|highest|lowest|longest|shortest|most|"
    r"least|best|worst|all|every|never|always|none|no|record|research|researchers|study|studies|experts?|scientists?|"
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|dozens?|hundreds?|thousands?|"
    r"millions?|half|third|quarter|twice|surveys?|evidence|means|contains|consists|causes|caused|called|known|invented|named)\b|\b\w{3,}est\b",
    re.IGNORECASE,
)
_BARE_WE = re.compile(r"\b(?:you|your|yours|let['’]s)\b", re.IGNORECASE)

LEADS_OVER = "It only leads over to what follows."
TOO_SHORT = "It is too short to state a fact."
QUESTION = "It is a question."
INSTRUCTION = "It tells the reader what to do."
OPINION = "It is an opinion, which no source can settle."
PLAN = "It speaks of the future, which no source can settle."
EXPERIENCE = "It tells of the author's own experience, which only the author can vouch for."


def stated(plain: str) -> str:
    """Return what a sentence states, without words in front that only call upon readers to heed it: “Note that …”."""
    calling = _CALLING.match(plain)
    return plain[calling.end() :] if calling is not None else plain


def unchecked(plain: str) -> str | None:
    """Return why a sentence's words cannot be checked against sources, as a sentence for the writer; None if they can.

    The order of the rules matters: the surest come first.
    """
    if _QUESTION.search(plain):
        return QUESTION
    if plain.rstrip().endswith((":", "：")):
        return LEADS_OVER
    plain = stated(plain)
    words = _WORD.findall(plain)
    if len(words) < LEAST_WORDS and plain.isascii():
        return TOO_SHORT
    if _instructs(plain) or _ADVICE.search(plain):
        return INSTRUCTION
    specific = _SPECIFIC.search(plain) is not None
    if (
        _OPINION.search(plain)
        or (_JUDGEMENT.search(plain) and not specific)
        or (_SHOULD.search(plain) and not specific)
    ):
        return OPINION
    if _PLAN.search(plain) and not _REPORTED.search(plain):
        return PLAN
    if _AS_MODEL.search(plain) or _OWN.search(plain) or (_OWN_ANYWHERE.search(plain) and not specific):
        return EXPERIENCE
    return None


def worth_checking(sentence: Sentence) -> bool:
    """Tell whether a sentence of a document is worth looking up unasked: it states something specific of the world.

    A sentence that names its source is; whether the source says so is what its writer wants to know.
    """
    plain = sentence.plain
    if unchecked(plain) is not None or _BARE_WE.search(plain):
        return False
    specific = _SPECIFIC.search(plain) or _ABSOLUTE.search(plain) or sentence.has(SOURCES)
    return bool(specific) and _STATES.search(plain) is not None


def _instructs(plain: str) -> bool:
    """Tell whether a sentence begins with a command; a noun of the same form is told by the verb after it."""
    body = plain[_OPENING.match(plain).end() :]  # type: ignore[union-attr]  # the pattern matches the empty string
    first = _WORD.match(body)
    return first is not None and first[0].casefold() in _IMPERATIVES and not _NOUNS_TOO.match(body)
