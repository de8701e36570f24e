"""What research comes to: sources, verbatim quotes with a stance, and a verdict that code computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stance(StrEnum):
    """What a passage says of a claim."""

    SUPPORTS = "supports"
    REFUTES = "refutes"
    IRRELEVANT = "irrelevant"


class Verdict(StrEnum):
    """What the evidence says of a claim as a whole; never chosen by a model."""

    SUPPORTED = "supported"
    PARTLY_SUPPORTED = "partly_supported"
    REFUTED = "refuted"
    CONFLICTING = "conflicting"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    NOT_CHECKABLE = "not_checkable"


class Status(StrEnum):
    """Whether there is a verdict, and if not, why.

    `UNJUDGED`: evidence was found, but the model failed its self-test. `UNAVAILABLE`: search or model failed, so the
    claim was not checked, which says nothing about it.
    """

    JUDGED = "judged"
    UNJUDGED = "unjudged"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a quote stands.

    `url` is an http(s) address or a `file:` URI. `retrieved` is the time of reading (ISO 8601, UTC, whole seconds).
    `sha256` is that of the stored text in UTF-8, in which a quote's offsets count code points.
    """

    title: str
    url: str
    retrieved: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote: `quote` is exactly what stands from `start` to `end` (code points) of the source's stored text.

    `stance` is None where no model was fit to judge. `part` is the index of the sub-claim that it speaks of.
    """

    quote: str
    source: Source
    start: int
    end: int
    stance: Stance | None = None
    part: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One fact of a claim. `verdict` is None where nothing was judged."""

    text: str
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A source or provider that was left out, and why, in words for the writer."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """All that was done about one claim, step by step.

    `text` is the claim as written, `asked` its self-contained form, `parts` the one to three facts in it. `queries`
    are all that was ever searched for, written before any page was read; `searched` is when the oldest of the results
    used was had from a search service (ISO 8601, UTC), which may be a day ago, empty where none was asked. `reason`
    says why there is no verdict, or why a claim is not checkable. `verdict` is None unless `status` is `JUDGED`.
    """

    text: str
    asked: str
    status: Status
    verdict: Verdict | None = None
    reason: str = ""
    parts: tuple[Part, ...] = ()
    queries: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    searched: str = ""
