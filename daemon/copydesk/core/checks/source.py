"""Whether a sentence's source is in reach: named in it, or in a neighbour that clearly speaks of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.document import SOURCES

if TYPE_CHECKING:
    from copydesk.core.checks.place import Place
    from copydesk.core.document import Sentence

_EVIDENCE = (
    r"stud(?:y|ies)|survey(?:s|ed)?|poll(?:s|ed)?|census|reports?|papers?|articles?|audits?|benchmarks?|experiments?|trials?|"
    r"research|analys[ei]s|data(?:set)?|figures?|numbers?|statistics|stats|measurements?|logs?|results?|interviews?|"
    r"questionnaires?|records|metrics|analytics|findings|tables?|charts?|graphs?|spreadsheets?|dashboards?|samples?|tests?"
)
_SPEAKS_OF_EVIDENCE = re.compile(
    rf"\b(?:{_EVIDENCE}|sources?|according to|published|measured|counted)\b", re.IGNORECASE
)
_NAMED = re.compile(
    r"""
    \((?:[^()]*\s)?(?:1[89]|20)\d\d[a-z]?(?:,[^()]*)?\)          # (Okafor, 2019)
  | \[\d{1,3}(?:[,–-]\s?\d{1,3})*\]                              # [12]
  | \bet\ al\b
  | \b(?:[Aa]ccording\ to|[Rr]eported\ by|[Pp]ublished\ by|[Mm]easured\ by|[Ff]igures\ from|[Dd]ata\ from|[Nn]umbers\ from
       |[Cc]ited\ (?:by|in)|[Ss]urvey\ by|[Ss]tudy\ by|[Rr]eport\ by|[Rr]eport\ from|[Ss]ource:)\s+(?:the\s+)?[A-Z]
  | \b[A-Z]\w+(?:['’]s)?\s+(?:\w+\s)?(?:[Ss]urvey|[Rr]eport|[Ss]tudy|[Cc]ensus|[Pp]oll|[Ii]ndex|[Bb]arometer)\b
  | \b(?:[Tt]able|[Ff]igure|[Ff]ig\.|[Cc]hart|[Aa]ppendix|[Ll]isting|[Ss]ection)\s+[A-Z0-9]\b
    """,
    re.VERBOSE,
)
_POINTED_AT = re.compile(
    r"\b(?:table|figure|chart|graph|plot|diagram|appendix|numbers|measurements|results|log|listing|list)\s+"
    r"(?:above|below|at the end)\b|\b(?:see|listed|shown|measured|described)\s+(?:\w+\s)?(?:above|below)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:our|my)\s+(?:own\s+)?(?:[\w-]+\s+){0,3}(?:logs?|measurements?|tests?|benchmarks?|analytics|surveys?|data|figures|"
    r"numbers|records|statistics|stats|metrics|books|accounts|spreadsheet|dashboard|results|experiments?|trials?|samples?|"
    r"readings?|interviews?|counts?|history)\b"
    r"|\b(?:we|i)\s+(?:(?:have|had|also|then|first|only|\w+ly)\s+)*(?:measured|counted|timed|benchmarked|logged|surveyed|"
    r"recorded|tested|tracked|sampled|interviewed|asked|polled|observed|profiled|monitored|weighed|analy[sz]ed|reviewed|"
    r"compared|collected|saw|found|checked|calculated|computed|audited|looked at|went through)\b",
    re.IGNORECASE,
)
_NARRATED = re.compile(
    r"^\W*(?:(?:so|and|but|then|in the end|today|so far|last \w+|that \w+|this \w+|in \d{4}|by \w+),?\s+)?"
    r"(?:(?:we|i)\s+(?:\w+\s+){0,2}?|(?:our|my)\s+(?:[\w-]+\s+){1,4}?)"
    r"(?!(?:need|feed|speed|exceed|proceed|succeed|embed)\b)"
    r"(?:\w+ed|was|were|went|fell|rose|grew|shrank|took|cut|spent|paid|lost|got|made|had|wrote|sold|ran|came|built|"
    r"brought|kept|sent|did|won|began|drove|saw|'ve|have|has)\b",
    re.IGNORECASE,
)


def source_in_reach(place: Place) -> bool:
    """Tell whether a reader finds where the sentence's claim comes from."""
    if place.introduced or names_source(place.sentence):
        return True
    if any(_offers_source(sentence) for sentence in place.before):
        return True
    return place.after is not None and _offers_source(place.after)


def names_source(sentence: Sentence) -> bool:
    """Tell whether the sentence itself says where its claim comes from."""
    return sentence.has(SOURCES) or any(
        pattern.search(sentence.masked) is not None for pattern in (_NAMED, _POINTED_AT, _OWN)
    )


def is_narrated(sentence: Sentence) -> bool:
    """Tell whether the writer reports in the first person what they did or what happened to them."""
    return _NARRATED.search(sentence.masked) is not None


def _offers_source(sentence: Sentence) -> bool:
    """Tell whether a neighbour names a source and speaks of it as evidence."""
    return names_source(sentence) and _SPEAKS_OF_EVIDENCE.search(sentence.masked) is not None
