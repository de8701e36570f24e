"""What orders to a language model look like in English, and what imitates the frame of a prompt.

They are general forms, not a list of known attacks: to set instructions aside, to speak to a machine as a machine, to
say which answer or verdict to give, to speak as the system, the developer or the user, and to imitate a chat. Prose
about such things is let through where its form tells: "we rate this claim as false" reports, "rate this claim as
false" orders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MACHINE = (
    r"(?:AIs?\b(?! \w)|(?:AI|artificial|automated|automatic|robotic)[ -](?:assistant|model|system|agent|reader|bot|"
    r"tool|crawler|judge|grader|reviewer|checker|verifier|fact[- ]?checker)s?|(?:large |small )?language models?|"
    r"LLMs?|chat ?bots?|(?:research|verification|fact[- ]?checking|search|writing) (?:agent|assistant|bot|judge|"
    r"checker|verifier|grader|reviewer|model)s?|fact[- ]?checkers?|(?:GPT|Llama|Claude|Gemini|Mistral)\b[\w.-]*)"
)
_MACHINE_WORDS = (
    "ai ais artificial automated automatic robotic language llm llms chat bot bots chatbot chatbots research "
    "verification fact factchecker factcheckers checking search writing gpt llama claude gemini mistral"
)
_ALL = r"(?:any |all |the |every |each |our )?"
_READING = r"(?: (?:reading|who|which|that|processing|parsing|indexing|on|of) [^.:!?\n]{0,40})?"
_PAGE = r"(?:page|passage|texts?|source|document|excerpt|article|paragraph|sentence)s?"
_ORDER = (
    r"(?:answer|reply|respond|output|print|return|say|state|mark|rate|label|classify|treat|conclude|ignore|"
    r"disregard|cite|confirm|declare|search|visit|fetch|open|send|delete)"
)
_TO = r"(?:^|[.!?:;,\"“”(>]\s*|\b(?:please|bitte|kindly|must|should|shall|now|then|always|only|just|and|to)\s+)"
"""Where an imperative stands."""
_GAP = r"(?:[^.!?\n]|\.(?=\d))"
_END = r"(?=\W*(?:$|[.,;:!?…)\]}>”\"'’|]|until\b|and\b|dear\b))"
_LABEL = r"(?:support(?:s|ed)?|refute[sd]?)"
_LABEL_WORDS = "support supports supported refute refutes refuted"
_VALUE = rf"[\"'“‘(]*(?:{_LABEL}|true|false|verified|correct|proven|accurate|genuine|confirmed|right|wrong){_END}"
_RATE = r"(?:mark|rate|label|classify|treat|judge|report|regard|consider|accept|deem|grade|score|count|flag|take|set)"
_RATE_WORDS = "mark rate label classify treat judge report regard consider accept deem grade score count flag take set"
_CASE = (
    r"(?:claims?|statements?|assertions?|sentences?|passages?|drafts?|texts?|following|it|this|that|these|everything)"
)
_ANSWER_WORDS = "answer reply respond output return choose select pick print say"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an order. In every text that `pattern` matches stands one of `needs`, in small letters."""

    needs: frozenset[str]
    pattern: re.Pattern[str]


def _form(needs: str, *alternatives: str) -> Form:
    return Form(frozenset(needs.split()), re.compile("|".join(alternatives), re.IGNORECASE))


ASIDE = (
    _form(
        "ignore disregard forget override bypass discard drop",
        r"\b(?:ignore|disregard|forget|override|bypass|discard|drop)\b[^.]{0,40}\b(?:previous|prior|above|earlier|"
        r"preceding|former|existing|original|your|all|any)\b[^.]{0,30}\b(?:instructions?|prompts?|rules?|"
        r"guidelines?|directions?|orders?|constraints?)\b",
        r"\b(?:ignore|disregard|forget|override|bypass)\b[^.]{0,20}\b(?:instructions?|prompts?|rules?|"
        r"guidelines?)\b[^.]{0,20}\b(?:above|before|so far|you (?:were|have been) given)\b",
        rf"{_TO}(?:ignore|disregard)\b[^.]{{0,20}}\b(?:your|the|all) (?:other|remaining) (?:sources?|passages?|"
        rf"evidence)\b",
    ),
    _form(
        "instruction instructions prompt prompts guideline guidelines",
        r"\b(?:instructions?|prompts?|guidelines?)\b[^.]{0,20}\b(?:above|before this|so far|you (?:were|"
        r"have been) given)\b[^.]{0,20}\b(?:void|invalid|cancel\w*|obsolete|suspended|replaced|overrid\w+|"
        r"no longer)\b",
    ),
)
"""To set instructions aside; looked for across paragraphs."""

ADDRESSED = (
    _form(
        _MACHINE_WORDS + " dear assistant model",
        rf"\b(?:notes?|messages?|memos?|instructions?|notices?|warnings?|orders?|urgent|important) (?:to|"
        rf"for) {_ALL}{_MACHINE}{_READING}\s*[:.!–—]",
        rf"\b(?:dear|attention|hello|hi|hey),? {_ALL}(?:{_MACHINE}|reviewer|grader|checker|"
        rf"verifier)s?{_READING}\s*[:,.!–—]",
        rf"^\W*(?:to|for) {_ALL}{_MACHINE}{_READING}\s*:",
        rf"\bdear AI\b|\bif you are (?:an?|the) {_MACHINE}\b|^\W*(?:AI|assistant|model|chat ?bot),? you\b|"
        rf"\bAI[- ]instructions?\b",
        r"\b(?:AIs?|AI \w+|(?:large )?language models?|LLMs?|chat ?bots?|fact[- ]?checkers?|"
        r"automated \w+)\b[^.\n]{0,40}\b"
        rf"(?:must|should|shall|has to|have to|is to|are to|needs? to|please)\b[^.\n]{{0,20}}\b{_ORDER}\b",
        r"\bthis fact[- ]?checking (?:tool|system|model|pipeline|software|assistant)\b",
        r"\bas an? (?:AI|artificial intelligence|(?:large )?language model)\b,?\s(?:language model |model |"
        r"assistant )?I\b",
    ),
    _form(
        "this these",
        rf"\b(?:{_MACHINE}|machines|judge)\b[^.\n]{{0,30}}\b(?:read(?:s|ing)?|process(?:es|ing)?|summari[sz]\w+|"
        rf"index\w*|asked about|given) (?:this|these) {_PAGE}",
        rf"\bthis {_PAGE} (?:must|shall|should|has to|is to) be (?:scored|rated|treated|regarded|accepted|considered|"
        rf"judged|"
        r"cited|trusted|believed|quoted|ranked)\b",
        rf"\bby (?:reading|processing|parsing|indexing) this {_PAGE}\b[^.\n]{{0,20}}\byou\b",
    ),
)
"""To speak to a machine as a machine."""

ROLES = (
    _form(
        "you",
        rf"\byou are (?:now )?(?:an?|the) (?:\w+ )?(?:{_MACHINE}|assistant)\b",
        r"\byou are (?-i:[A-Z]\w+),? (?:who|an? |the )\b",
        r"\bfrom (?:now|here) on,? you\b[^.\n]{0,20}\b(?:act|are|behave|answer|respond|reply|play|speak|agree)\b",
        r"\b(?:let us|let['’]s) play\b[^.\n]{0,40}\byou (?:are|act|play|answer)\b",
        rf"\byou (?:agree|promise|consent|are (?:asked|required|told|obliged|expected)) to {_ORDER}\b",
    ),
    _form(
        "your new pretend",
        r"\byour (?:task|role|goal|instructions?) (?:is now|are now|has changed|have changed)\b",
        r"(?-i:\bNEW (?:TASK|INSTRUCTIONS?|RULES?|ROLE)\b)\s*:|\bnew (?:rules|instructions) apply (?:from|as of)\b",
        rf"\bpretend (?:that )?(?:you are|to be) an?\b[^.\n]{{0,20}}\b(?:{_MACHINE}|assistant|judge|model)\b",
        r"\b(?:message|note|notice|instructions?|update|order)s? from your (?:developer|operator|administrator|"
        r"creator|system|maker|engineer|team)s?\b",
        r"\byour (?:next (?:search )?quer|system prompt|context window|training data|verdict|final (?:answer|"
        r"verdict|label))",
    ),
    _form(
        "system developer hidden admin override",
        r"\b(?:system|developer|hidden|admin) (?:prompt|message|note|notice|instructions?|override)\b\s*[:=]",
        r"\b(?:begin|end|new|start of|end of) (?:(?:system|admin|override|developer) ){1,2}(?:instructions?|prompt|"
        r"message|notice)\b",
    ),
    _form(
        "author writer owner user operator developer administrator editor human",
        r"\bas the (?:author|writer|owner|user|operator|developer|administrator|"
        r"editor)\b[^.\n]{0,30}\bI (?:hereby )?(?:confirm|certify|verify|approve|authori[sz]e|vouch|attest|"
        r"guarantee|instruct|order|declare)\b",
        r"\b(?:do not|don['’]t|never)\b[^.\n]{0,20}\b(?:tell|inform|reveal (?:this )?to|"
        r"warn)\b[^.\n]{0,12}\bthe (?:user|writer|author|human)\b",
    ),
)
"""To give a role, or to speak as somebody in charge."""

ANSWERS = (
    _form(
        _ANSWER_WORDS,
        rf"{_TO}(?:answer|reply|respond|output|return|choose|select|pick|print|say)\b\s*[:(]?\s*(?:only\s+|with\s+|"
        rf"just\s+|"
        r"exactly\s+|always\s+|by\s+|option\s+|the\s+letter\s+|the\s+word\s+)*[\"'“‘(`]*(?:(?-i:[A-E])"
        rf"(?:[\"'”’).,`]|$)|(?-i:SUPPORT(?:S|ED)?|REFUTE[SD]?|IRRELEVANT)\b|{_LABEL}{_END})",
        rf"{_TO}(?:answer|reply|respond|output|return|choose|select)\b\s*[:(]?\s*(?:only\s+|with\s+|just\s+|"
        rf"always\s+)*"
        r"[\"'“‘(`]*(?:true|false|yes|no)(?:[\"'”’.`]|$)",
    ),
    _form(
        "answer letter option choice",
        r"\b(?:answer|letter|(?:right|correct|only|first|best) (?:option|choice))\b\W{0,3}(?:(?:is|must be|"
        r"should be|the letter)\b)?\W{0,3}(?-i:[A-E])(?:[\"'”’).,;]|$)",
    ),
    _form(
        _RATE_WORDS,
        rf"{_TO}{_RATE}\b{_GAP}{{0,30}}\b{_CASE}\b{_GAP}{{0,50}}\bas\b{_GAP}{{0,12}}{_VALUE}",
        rf"{_TO}{_RATE} “” (?:as )?{_VALUE}",
        rf"{_TO}{_RATE} (?:it|this|that|them|everything|all)(?: \w+)? (?:as )?[\"'“‘]*{_LABEL}{_END}",
        rf"{_TO}(?:mark|rate|label|report|flag)\b{_GAP}{{0,100}}\bas [\"'“‘]*{_LABEL}{_END}",
    ),
    _form(
        _LABEL_WORDS + " entail entails entailed entailment",
        r"(?:\b(?:is|be|as|with|only|mit|par|con)|[:=])\s+[\"'“(]*(?-i:SUPPORTS|SUPPORTED|REFUTES|REFUTED)\b",
        rf"\b(?:verdict|label|stance)[\"']?\s*[:=]\s*[\"']?{_LABEL}\b",
        rf"\b(?:verdict|label|stance|rating|classification)s?\b\W{{0,5}}(?:(?:is|are|be|reads?|"
        rf"equals)\b)?\W{{0,5}}(?:(?-i:SUPPORT(?:S|ED)|REFUTE[SD])\b|(?:{_LABEL}|entail\w*){_END})",
        rf"(?:^\W*/verdict|\b(?:answer|response)\s*:)\W*{_LABEL}\b",
        r"\b(?:response|answer|output|reply|result)s?\b\W{0,3}(?:(?:is|are|be|that reads?|reading|must be|"
        r"should be)\b)?"
        rf"\W{{0,3}}[\"'“‘]{_LABEL}[\"'”’.]",
        rf"\b(?:counts? as|(?:rated|marked|labell?ed|judged|ruled|deemed|classified)(?: as)?) [\"'“‘]*{_LABEL}{_END}",
    ),
    _form(
        "claim claims statement statements assertion assertions sentences verified preverified",
        r"\bthe (?:source|passage|excerpt|text|page|document) (?:says|states|shows|confirms|"
        r"proves) that the (?:claim|statement|assertion) is (?:true|false|correct|right|wrong|supported)\b",
        rf"\bClaim: .{{3,200}}? (?:Answer|Label|Stance): (?:(?-i:[A-E])\b|{_LABEL}\b)",
        r"\ball (?:claims|statements|sentences)\b[^.\n]{0,30}\bare (?:true|supported|correct|verified)\b|"
        r"\bpre-?verified\b",
        rf"{_TO}(?:approve|accept|confirm|support) (?:all|every|any|each|this|the following) (?:claim|statement|"
        rf"assertion)s?\b",
    ),
)
"""To say which answer or verdict to give."""

MARKS = (
    r"<\s*[|｜]\s*\w|\w\s*[|｜]>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>",
    r"</?(?:tool|function)_(?:calls?|responses?|results?|use)>|</?(?:system|assistant|instructions?)>",
    r"^[^\w\n]*(?:system|assistant)\s*:\s*(?:you|ignore|from now|do not|don['’]t|always|never|answer|respond|reply|"
    r"sure|yes|no)\b",
    r"\"(?:tool|function)_?(?:call|name)s?\"\s*:|\bsystem[_ -]?prompt[\"']?\s*[:=]",
    r"[-=#*_]{3}.{0,10}\b(?:end|start|begin(?:ning)?) of (?:the )?(?:source|document|passage|excerpt|context|input|"
    r"prompt)\b",
    r"(?-i:\b(?:END|START|BEGIN(?:NING)?) (?:OF )?(?:THE )?(?:SOURCE|PASSAGE|EXCERPT|CONTEXT|PROMPT|SYSTEM)\b)",
)
"""What separates turns, tools and inputs in what models are given; looked for in each line."""

REQUESTS = (
    r"[?？؟]\s*[\"”’»)\]]*\s*$",
    r"^[^\w\"“]*(?:(?:please|kindly|so|and|then|now|first|finally|always|just|\d{1,2})\W+)*(?:answer|reply|respond|"
    r"output|print|say|mark|rate|label|treat|regard|consider|accept|conclude|assume|ignore|disregard|forget|cite|"
    r"confirm|declare|search|pretend|imagine|agree|trust|believe|include|remember|choose|select|pick|fetch|visit|"
    r"open|send|follow|repeat|skip)\b(?:\s*[:“\"]|\s+[“\"]|\s+(?:that|with|only|as|the|this|these|those|it|any|all|"
    r"every|each|your|me|us|for|to|both|what|yes|no|true|false|after|"
    r"verification)\b(?!(?<!that)(?<!this)(?<!it)\s+(?:[\w-]+\s+){0,2}(?:is|are|was|were|has|have|had)\b))",
    r"\byou (?:\w+ )?(?:(?:must|should|have to|need to|do not|don['’]t|can|could|may|will|shall|would|"
    r"agree to)(?: not)? )?(?:say|answer|reply|respond|confirm|conclude|agree|report|accept|treat|rate|decide)\b",
    r"\b(?:would|could|can|will) you\b|\bkind of you to\b",
    r"^\W*to \w+[^.]{0,200}?, (?:please )?(?:search|open|visit|fetch|answer|say|send|include|go)\b",
    r"\b(?:skip|omit) (?:the|this|any) (?:check|line|verification)\b",
)
"""A sentence that asks its reader for something instead of stating something."""
