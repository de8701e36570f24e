"""What is searched for: at most three short queries, made from the claim before any page is read.

A claim that stands on its own is all that they are made from. One that points elsewhere, as in “It was built in 1904”,
means nothing without the titles above it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.claims.ranking import terms
from copydesk.core.claims.selfcontained import points_elsewhere
from copydesk.core.similarity import FUNCTION_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.claims.selfcontained import Context
    from copydesk.core.prompts import Prompts

MOST = 3
LONGEST = 200
"""Code points of a query; what leaves the machine is never more."""
_KEYWORDS = 12
_OWN_WORDS = 0.5
"""Share of a model's query that must be the claim's own words."""

_TOKEN = re.compile(r"[^\W_]+(?:[.,'’&-][^\W_]+)*%?")
_NAME = re.compile(
    r"(?:(?<=[a-z0-9,;:)’'] )|^|(?<=[“\"(]))(?:[A-Z][\w’'.-]*|\d[\w.-]*)"
    r"(?:\s+(?:(?:of|the|de|van|von|and|for)\s+)?(?:[A-Z][\w’'-]*|\d+))*"
)
_OPENERS = re.compile(
    r"^(?:The|A|An|In|On|At|By|For|From|Since|After|Before|During|About|Over|Under|Its?|They|He|She|This|These|Those|"
    r"There|Most|Many|Some|All|Every|No|Only)\s+"
)


def by_rule(claim: str, context: Context) -> tuple[str, ...]:
    """Return one query of the claim's telling words, and one of its names, which encyclopedias have pages for."""
    topic = context.topic if points_elsewhere(claim) else ""
    source = f"{topic} {claim}" if topic.casefold() not in claim.casefold() else claim
    keywords = [word for word in _TOKEN.findall(source) if word.casefold() not in FUNCTION_WORDS]
    return _distinct([" ".join(dict.fromkeys(keywords[:_KEYWORDS])) or source, _names(claim) or topic])


def _names(claim: str) -> str:
    found = [_OPENERS.sub("", match[0]).strip(" .,") for match in _NAME.finditer(claim)]
    telling = [name for name in found if name and not name[0].isdigit() and name.casefold() not in FUNCTION_WORDS]
    return " ".join(dict.fromkeys(telling[:3]))


def prompt(claim: str, prompts: Prompts) -> str:
    """Return what a model is asked."""
    return prompts.fill("queries", claim=claim)


def with_models(claim: str, rules: tuple[str, ...], proposed: Iterable[str]) -> tuple[str, ...]:
    """Return the queries to send: the first by rule, then a model's that keep to the claim, then the other by rule."""
    own = set(terms(claim))
    kept = []
    for query in proposed:
        wanted = list(terms(query))
        if wanted and sum(word in own for word in wanted) >= _OWN_WORDS * len(wanted):
            kept.append(query)
    return _distinct([*rules[:1], *kept, *rules[1:]])


def _distinct(queries: Iterable[str]) -> tuple[str, ...]:
    seen: dict[frozenset[str], str] = {}
    for query in queries:
        line = " ".join(query.split())
        clean = "".join(character for character in line if character.isprintable())
        if len(clean) > LONGEST:
            clean = clean[:LONGEST].rpartition(" ")[0] or clean[:LONGEST]
        meaning = frozenset(terms(clean))
        if clean and meaning not in seen:
            seen[meaning] = clean
    return tuple(list(seen.values())[:MOST])
