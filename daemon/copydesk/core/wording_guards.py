"""What the words of a rewrite may not do: bring in or change a number, a name, a quotation, a negation or markup.

Compared are the sentence as it stands and the proposal, both as Markdown. Each guard errs on the side of refusing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from copydesk.core.installing import brought_in
from copydesk.core.similarity import FUNCTION_WORDS
from copydesk.core.vocabulary import word_set

LONGEST, SHORTEST = 1.6, 0.25
"""Bounds of a rewrite's length against its original's, in words; a rewrite of few words may gain up to eight."""

_CHARACTERS_MORE = 80
_MARKUP = "[]{}<>`$|\\~^=#@&*_"
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_NUMBER = re.compile(
    r"(?P<before>[-−+±~<>≤≥]?[$€£¥]?)(?P<digits>\d+(?:[.,:/]\d+)*)\s?"
    r"(?P<unit>%|‰|°[CF]?|[$€£¥]|(?:percent|per cent|hundred|thousand|million|billion|trillion|dozen|times|fold)\b|"
    r"(?!(?:an?|as|at|by|in|is|it|of|on|or|so|to|we|and|are|for|the|was|but|not|all|per|has|had|our|its)\b)[^\W\d_]{1,3}\b|)"
)
_NUMBER_WORDS = word_set(
    """
    zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion
    dozen half third quarter percent twice double triple twofold tenfold
    """
)
_NEGATIONS = frozenset({"not", "no", "cannot", "without", "neither", "nor"})
_STRONG = frozenset({"must", "shall", "should", "may", "required", "forbidden"})
_HEDGES = frozenset({"may"})
"""Of the strong words those that only weaken where they come in; others that hedge are no strong words."""
_ABSOLUTE = frozenset({"never", "always", "all", "every", "guarantee", "guarantees", "guaranteed", "proves", "proven"})
_OPENERS = FUNCTION_WORDS | word_set(
    """
    first second then next last sometimes often usually rarely seldom perhaps today later earlier both most some few
    many several each avoid use try make see read run check keep take put write say give find add remove name note
    please consider instead otherwise finally people readers users
    """
)
_QUOTATION = re.compile(r"[\"“«‘](.+?)[\"”»’](?!\w)")
_DOTTED = re.compile(r"[\w-]{2,}\.[A-Za-z]{2,}|//|www\.")


def wording_objection(original: str, proposal: str, evidence: str = "", *, weakening: bool = False) -> str | None:
    """Return what the words of a proposal must not do and do; None if nothing.

    With `evidence`, quotes by which a sentence is to be corrected, its numbers, names and denials may come in too. In
    `weakening` a claim, hedges may come in.
    """
    facts = _corrected_numbers(original, proposal, evidence) if evidence else _numbers(original, proposal)
    return (
        _invisible(original, proposal)
        or _package(original, proposal)
        or _markup(original, proposal)
        or facts
        or _names(f"{original} {evidence}", proposal)
        or _sense(original, proposal, evidence, _HEDGES if weakening else frozenset())
        or _quotations(original, proposal)
        or _emoji(original, proposal)
        or _length(original, proposal)
    )


def _invisible(original: str, proposal: str) -> str | None:
    before, after = (
        Counter(mark for mark in words if unicodedata.category(mark) in _INVISIBLE) for words in (original, proposal)
    )
    return "the rewrite holds invisible characters" if after - before else None


def _package(original: str, proposal: str) -> str | None:
    new = brought_in(original, proposal)
    return f"the rewrite brings in a command or a package to install: {new}" if new is not None else None


def _markup(original: str, proposal: str) -> str | None:
    before, after = (Counter(mark for mark in words if mark in _MARKUP) for words in (original, proposal))
    if after - before:
        return "the rewrite brings in markup that was not there"
    if any(before[mark] % 2 and after[mark] != before[mark] for mark in "*_~"):
        return "the rewrite would break emphasis that begins or ends in this sentence"
    if any(after[mark] % 2 and not before[mark] % 2 for mark in "*_~"):
        return "the rewrite leaves emphasis open"
    if set(_DOTTED.findall(proposal)) - set(_DOTTED.findall(original)):
        return "the rewrite brings in an address that was not there"
    return None


def _numbers(original: str, proposal: str) -> str | None:
    before, after = (
        [(match["before"], match["digits"], match["unit"].casefold()) for match in _NUMBER.finditer(words)]
        for words in (original, proposal)
    )
    rest = iter(before)
    for number in after:
        if number not in rest:
            known = any(number[1] == other[1] for other in before)
            written = "".join(number)
            if known:
                return f"the rewrite changes a number, its sign, its unit or its place: {written}"
            return f"the rewrite brings in a number that was not there: {written}"
    spelled = set(_lower(proposal)) & _NUMBER_WORDS - set(_lower(original))
    if spelled:
        return f"the rewrite brings in a number that was not there: {min(spelled)}"
    odd = {mark for mark in proposal if unicodedata.category(mark) in ("No", "Nl")} - set(original)
    return f"the rewrite brings in a number that was not there: {min(odd)}" if odd else None


def _corrected_numbers(original: str, proposal: str, evidence: str) -> str | None:
    known = {(match["digits"], match["unit"].casefold()) for match in _NUMBER.finditer(f"{original} {evidence}")}
    for match in _NUMBER.finditer(proposal):
        if (match["digits"], match["unit"].casefold()) not in known:
            return f"the rewrite brings in a number that no source has: {match[0].strip()}"
    spelled = set(_lower(proposal)) & _NUMBER_WORDS - set(_lower(f"{original} {evidence}"))
    return f"the rewrite brings in a number that no source has: {min(spelled)}" if spelled else None


def _names(original: str, proposal: str) -> str | None:
    known = set(_lower(original))
    beginnings = {word[:4] for word in known if len(word) > 3}
    start = True
    for match in _WORD.finditer(proposal):
        word = match[0]
        lower = word.casefold()
        capital = any(letter.isupper() for letter in word)
        opening = start and word[1:] == word[1:].lower() and (lower in _OPENERS or lower[:4] in beginnings)
        if capital and lower not in known and word != "I" and not lower.startswith("i'") and not opening:
            return f"the rewrite brings in a name that was not there: {word}"
        start = bool(re.match(r"[.!?:]\s", proposal[match.end() : match.end() + 2]))
    return None


def _sense(original: str, proposal: str, evidence: str, welcome: frozenset[str]) -> str | None:
    before, after, told = (Counter(_senses(words)) for words in (original, proposal, evidence))
    changed = [word for word in ("not", *_STRONG) if before[word] != after[word] and not told[word]]
    if any(word not in welcome or after[word] < before[word] for word in changed):
        return "the rewrite changes what is denied, required or allowed"
    if any(after[word] > before[word] + told[word] for word in _ABSOLUTE):
        return "the rewrite makes the claim stronger"
    return None


def _senses(words: str) -> list[str]:
    """Return the words that carry denial and duty; all denials count as one."""
    found = []
    for word in _lower(words):
        if word in _NEGATIONS or word.endswith("n't"):
            found.append("not")
        elif word in _STRONG or word in _ABSOLUTE:
            found.append(word)
    return found


def _quotations(original: str, proposal: str) -> str | None:
    new = [words for words in _QUOTATION.findall(proposal) if words not in original]
    return "the rewrite brings in a quotation that was not there" if new else None


def _emoji(original: str, proposal: str) -> str | None:
    before, after = (
        Counter(mark for mark in words if unicodedata.category(mark) == "So") for words in (original, proposal)
    )
    if before == after:
        return None
    return "the rewrite loses an emoji" if before - after else "the rewrite brings in an emoji"


def _length(original: str, proposal: str) -> str | None:
    before, after = len(original.split()), len(proposal.split())
    if after > max(before * LONGEST, before + 8) or len(proposal) > len(original) * LONGEST + _CHARACTERS_MORE:
        return "the rewrite is much longer than the sentence"
    if after < before * SHORTEST:
        return "the rewrite leaves almost nothing of the sentence"
    return None


def _lower(words: str) -> list[str]:
    return [match[0].casefold().replace("’", "'") for match in _WORD.finditer(words)]
