"""Whether a sentence's source is in reach: named in it, or in a neighbour that clearly speaks of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from copydesk.core.checks.rules import pattern
from copydesk.core.document import SOURCES
from copydesk.core.vocabulary import one_of

if TYPE_CHECKING:
    from copydesk.core.document import Passage, Sentence

_EVIDENCE = one_of(
    """
    stud(?:y|ies), survey(?:s|ed)?, poll(?:s|ed)?, census, reports?, papers?, articles?, audits?, benchmarks?,
    experiments?, trials?, research, analys[ei]s, data(?:set)?, figures?, numbers?, statistics, stats, measurements?,
    logs?, results?, interviews?, questionnaires?, records, metrics, analytics, findings, tables?, charts?, graphs?,
    spreadsheets?, dashboards?, samples?, tests?, counts?, sources?, according to, published, measured, counted
    """
)
_OWN_RECORD = one_of(
    """
    logs?, measurements?, tests?, benchmarks?, analytics, surveys?, data, figures, numbers, records, statistics,
    stats, metrics, books, accounts, spreadsheet, dashboard, results, experiments?, trials?, samples?, readings?,
    interviews?, counts?, history, runs?
    """
)
_OWN_DEED = one_of(
    """
    measured, counted, timed, benchmarked, logged, surveyed, recorded, tested, tracked, sampled, interviewed, asked,
    polled, observed, profiled, monitored, weighed, analy[sz]ed, reviewed, compared, collected, saw, found, checked,
    calculated, computed, audited, looked at, went through, read through
    """
)
_AUTHORSHIP = one_of(
    """
    [Aa]ccording to, [Rr]eported by, [Pp]ublished by, [Mm]easured by, [Ff]igures from, [Dd]ata from, [Nn]umbers from,
    [Cc]ited by, [Cc]ited in, [Ss]urvey by, [Ss]tudy by, [Rr]eport by, [Rr]eport from, [Ss]ource:
    """
)
_WORKS = one_of("[Ss]urvey, [Rr]eport, [Ss]tudy, [Cc]ensus, [Pp]oll, [Ii]ndex, [Bb]arometer, [Pp]aper, [Aa]udit")
_EXHIBITS = one_of("[Tt]able, [Ff]igure, [Ff]ig\\., [Cc]hart, [Aa]ppendix, [Ll]isting, [Ss]ection")
_NARRATED_VERB = one_of(
    """
    \\w+ed, was, were, went, fell, rose, grew, shrank, took, cut, spent, paid, lost, got, made, had, wrote, sold, ran,
    came, built, brought, kept, sent, did, won, began, drove, saw, have, has
    """
)

_INSTITUTIONS = one_of(
    """
    Office, Institute, Bureau, Agency, Bank, Organi[sz]ation, Foundation, Association, University, Ministry, Council,
    Department, Commission, Cent(?:re|er), Observatory, Academy, Authority
    """
)
_STATES = one_of("reports, reported, estimates, estimated, puts, counts, counted, calculates, published, says, found")
_JOINED = one_of("of, for, and, the, on, de, der, des, du, für, und, et, &")

_SPEAKS_OF_EVIDENCE = rf"\b{_EVIDENCE}\b"
_NAMED = (
    rf"(?-i:\((?:[^()]* )?(?:1[89]|20)\d\d[a-z]?(?:,[^()]*)?\)|\[\d{{1,3}}(?:[,–-] ?\d{{1,3}})*\]|\bet al\b"
    rf"|\b{_AUTHORSHIP} (?:the )?[A-Z]|(?<=\w )[A-Z]\w+(?:['’]s)? (?:\w+ )?{_WORKS}\b|\b{_EXHIBITS} [A-Z0-9]"
    rf"|\([A-Z][\w.]+(?:,? (?:{_JOINED} )*(?:[A-Z][\w.]+|\d{{4}}))+\)|\((?:[A-Z]{{3,}}|[A-Z]\w+)\)\W*$"
    rf"|\b[A-Z]\w+ (?:\w+ ){{0,2}}{_INSTITUTIONS}\b|\b[A-Z]{{3,}} {_STATES}\b"
    rf"|\b(?!(?:The|She|This|That|One|Each|Research|Science|Evidence|History|Everyone|Nobody)\b)[A-Z][a-z]\w+ "
    r"(?:reports|estimates|calculates) that\b)"
)
_POINTED_AT = (
    r"\b(?:table|figure|chart|graph|plot|diagram|appendix|numbers|measurements|results|log|listing|list) "
    r"(?:above|below|at the end)\b|\b(?:see|listed|shown|measured|described|counted) (?:\w+ )?(?:above|below)\b"
)
_OWN = (
    rf"\b(?:our|my) (?:own )?(?:[\w-]+ ){{0,3}}{_OWN_RECORD}\b"
    rf"|\b(?:we|i) (?:(?:have|had|also|then|first|only|\w+ly) )*{_OWN_DEED}\b"
)
_NARRATED = (
    r"^\W*(?:(?:so|and|but|then|in the end|today|so far|last \w+|that \w+|this \w+|in \d{4}|by \w+),? )?"
    r"(?:(?:we|i)(?:['’]ve)? (?:\w+ ){0,2}?|(?:our|my) (?:[\w-]+ ){1,4}?)"
    rf"(?!(?:need|feed|speed|exceed|proceed|succeed|embed)\b){_NARRATED_VERB}\b"
)


@dataclass(frozen=True)
class Sources:
    """Where a passage names its sources; worked out at the first question and once for all its sentences."""

    passage: Passage

    @cached_property
    def first(self) -> int:
        """Return the index of the first sentence that names a source as evidence, past the last if none does."""
        sentences = self.passage.sentences
        return next((index for index, each in enumerate(sentences) if _offers_source(each)), len(sentences))

    def reach(self, index: int) -> bool:
        """Tell whether the sentence of this index names a source, or one before it or the next offers its own."""
        sentences = self.passage.sentences
        return (
            names_source(sentences[index])
            or self.first < index
            or any(_offers_source(each) for each in sentences[index + 1 : index + 2])
        )


def names_source(sentence: Sentence) -> bool:
    """Tell whether the sentence itself says where its claim comes from."""
    if sentence.has(SOURCES) or pattern(_NAMED).search(sentence.plain):
        return True
    return any(pattern(expression).search(sentence.plain) for expression in (_POINTED_AT, _OWN))


def is_narrated(prose: str) -> bool:
    """Tell whether the writer reports in the first person what they did or what happened to them."""
    return pattern(_NARRATED).search(prose) is not None


def _offers_source(sentence: Sentence) -> bool:
    """Tell whether a neighbour names a source and speaks of it as evidence."""
    return names_source(sentence) and pattern(_SPEAKS_OF_EVIDENCE).search(sentence.plain) is not None
