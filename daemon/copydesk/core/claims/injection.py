"""Text in a source that speaks to language models instead of to readers.

No reliable test for prompt injection exists, and safety does not rest on this one: a page can cause no search, no
fetch and no edit whatever it says. It keeps a page that plainly gives orders to a model from having a vote.
"""

from __future__ import annotations

import re

_MODEL = (
    r"(?:AIs?|AI (?:assistants?|models?|systems?|agents?|readers?)|(?:large )?language models?|LLMs?|chat ?bots?|"
    r"automated (?:assistants?|systems?|readers?|reviewers?)|(?:automated |AI )?fact[- ]?check(?:ers?|ing models?)|"
    r"(?:GPT|Llama|Claude|Gemini|Mistral)\b[\w.-]*)"
)
_ORDER = (
    r"(?:answer|reply|respond|output|print|return|say|state|mark|rate|label|classify|treat|conclude|ignore|disregard|"
    r"cite|confirm|declare|search|visit|fetch|open|send|delete)"
)
_STARTS = r"(?:^|[.!:;,\"“(*_>]\s*|\b(?:please|must|should|shall|now|then|always|only|to)\s+)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:ignore|disregard|forget|override|bypass|discard)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|"
        r"preceding|former|existing|original|your|all|any)\b[^.\n]{0,30}\b(?:instructions?|prompts?|rules?|guidelines?|"
        r"directions?|orders?|constraints?)\b",
        r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,20}\b(?:instructions?|prompts?|rules?|guidelines?)\b"
        r"[^.\n]{0,20}\b(?:above|before|so far|you (?:were|have been) given)\b",
        r"\b(?:system|developer|hidden) (?:prompt|message|instructions?)\b\s*[:=]",
        rf"\byou are (?:now )?(?:an?|the) (?:helpful |honest |neutral |new )*(?:{_MODEL}|assistant)\b",
        rf"\b(?:to|dear|attention|notes? (?:to|for)|instructions? (?:to|for)|message (?:to|for)|hey|hello)[,:]?\s+"
        rf"(?:any |all |the |every |each )?{_MODEL}(?: reading this| that reads? this| processing this)?\s*[:,]",
        rf"\b{_MODEL}\b[^.\n]{{0,40}}\b(?:must|should|shall|has to|have to|is to|are to|needs? to|please)\b"
        rf"[^.\n]{{0,20}}\b{_ORDER}\b",
        rf"\bif you are (?:an?|the) {_MODEL}\b",
        rf"{_STARTS}(?:answer|reply|respond|output|return|choose|select|pick)\b\s+(?:only\s+|with\s+|just\s+|exactly\s+|"
        r"always\s+|by\s+|option\s+|the\s+letter\s+|the\s+word\s+)*[\"'“‘(*`]*(?:(?-i:[A-E])(?:[\"'”’).*`]|$)|"
        r"SUPPORT(?:S|ED)?\b|REFUTE(?:S|D)?\b|IRRELEVANT\b|(?:true|false|yes|no)(?:[\"'”’.*`]|$))",
        rf"{_STARTS}(?:mark|rate|label|classify|treat|judge|report)\b[^.\n]{{0,30}}\b(?:claims?|statements?|sentences?|"
        r"drafts?|texts?)\b[^.\n]{0,30}\bas\b[^.\n]{0,12}\b(?:supported|refuted|true|false|verified|correct|proven|"
        r"confirmed)\b",
        r"\b(?:do not|don['’]t|never)\b[^.\n]{0,20}\b(?:tell|inform|reveal (?:this )?to|warn)\b[^.\n]{0,12}\bthe "
        r"(?:user|writer|author|human)\b",
        r"<[|｜]\s*\w|\w\s*[|｜]>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|</?tool_(?:call|response)>",
        r"^\W*(?:system|assistant)\s*:\s*(?:you|ignore|from now|do not|don['’]t|always|never|answer|"
        r"respond|reply|sure)\b",
        r"\b(?:begin|end|new) (?:(?:system|admin|override) ){1,2}(?:instructions?|prompt)\b",
        r"\"(?:tool|function)_?(?:call|name)s?\"\s*:",
    )
)


def speaks_to_models(text: str) -> bool:
    """Tell whether a source gives orders to a language model."""
    return any(pattern.search(line) for line in text.splitlines() for pattern in _PATTERNS)
