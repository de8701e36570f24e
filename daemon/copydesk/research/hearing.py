"""Hearing the excerpts on one claim: a stance, a sentence, a verified quote and the guard make a vote; then the sum."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copydesk.core.claims.guard import covers, veto
from copydesk.core.claims.injection import asks_something
from copydesk.core.claims.stance import title_of
from copydesk.core.claims.verdict import Vote, part_verdicts, whole
from copydesk.core.evidence import ClaimReport, Evidence, Part, Skipped, Stance, Status, Verdict
from copydesk.core.quotes import Outcome, check
from copydesk.core.visible import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from copydesk.core.claims.claim import Claim
    from copydesk.core.claims.stance import Trial
    from copydesk.core.text import Span
    from copydesk.research.planning import Plan
    from copydesk.research.retrieval import Candidate, Retrieved
    from copydesk.research.verification import Verifier

COVERED = 0.3
"""Share of a claim's telling words that an excerpt and its title must hold before it may have a vote."""
DOMINANT = 0.75
"""Share of a claim's telling words by which one sentence of an excerpt, alone in that, is plainly the one."""
ALTERNATIVES = 2
"""Other sentences of an excerpt that may carry a support which the chosen one does not."""
NEAREST = 3
"""Quotes that are shown where none decides."""
_QUOTED = 80
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass
class Hearing:
    """The votes on the parts of one claim. `confidence` is the least probability among those that count."""

    plan: Plan
    votes: list[Vote] = field(default_factory=list, init=False)
    evidence: list[tuple[float, Evidence]] = field(default_factory=list, init=False)
    objections: list[Skipped] = field(default_factory=list, init=False)
    confidence: float | None = field(default=None, init=False)

    async def hear(self, part: int, candidate: Candidate, verifier: Verifier, trial: Trial) -> None:
        """Ask what an excerpt says of a part of the claim, and count it if its quote carries that.

        Raises `EngineError`.
        """
        claim, excerpt, page = self.plan.parts[part], candidate.excerpt, candidate.reading.page
        title = title_of(page.source.title, excerpt)
        if covers(claim, excerpt.words, title) < COVERED:
            return
        sentences = [line.plain for line in excerpt.lines]
        judgement = await verifier.judge(title, sentences, claim, trial)
        if judgement is None or judgement.stance is Stance.IRRELEVANT:
            return
        index = _plainly(claim, sentences)
        if index is None:
            index = await verifier.sentence(title, sentences, claim)
        if index is None:
            return
        span = self._carrying(claim, candidate, index, judgement.stance)
        if span is None:
            return
        quote = page.text[span.start : span.end]
        self.votes.append(Vote(part, page.site, judgement.stance, judgement.lead, not page.hidden))
        told = Evidence(quote, page.source, span.start, span.end, judgement.stance, part)
        self.evidence.append((judgement.lead, told))
        self.confidence = min(judgement.probability, self.confidence or 1.0)

    def _carrying(self, claim: str, candidate: Candidate, index: int, stance: Stance) -> Span | None:
        """Return the sentence that carries a stance: the one chosen, or one like the claim that no rule objects to.

        Quotes must be verbatim in the stored text, and state something. An objection to the sentence chosen is told if
        no other carries.
        """
        excerpt, page = candidate.excerpt, candidate.reading.page
        others = sorted(
            (other for other in range(len(excerpt.lines)) if other != index),
            key=lambda other: -_likeness(claim, excerpt.lines[other].plain),
        )
        objection: Skipped | None = None
        for number in (index, *others[:ALTERNATIVES]):
            span = excerpt.lines[number].span
            quote = page.text[span.start : span.end]
            if asks_something(excerpt.lines[number].plain):
                continue
            if check(quote, candidate.reading.stored).outcome is not Outcome.FOUND:
                continue
            if stance is not Stance.SUPPORTS:
                return span
            reason = veto(claim, quote, f"{title_of(page.source.title, excerpt)}. {excerpt.words}")
            if reason is None and (number == index or covers(claim, quote) >= COVERED):
                return span
            if reason is not None and objection is None:
                name = shortened(page.source.title, _QUOTED)
                objection = Skipped(name, f"“{shortened(quote, _QUOTED)}” does not carry the claim: {reason}")
        if objection is not None:
            self.objections.append(objection)
        return None

    def report(self, claim: Claim, retrieved: Retrieved, candidates: Sequence[Sequence[Candidate]]) -> ClaimReport:
        """Return the claim's report: the verdict on it and its parts, strongest quotes first.

        What nothing settles has no verdict where a part of the sources could not be searched.
        """
        verdicts = part_verdicts(self.votes, len(self.plan.parts))
        verdict = whole(verdicts)
        unsearched = Verdict.NOT_ENOUGH_EVIDENCE if retrieved.outage else None
        available = verdict is not unsearched
        told = tuple(one for _, one in sorted(self.evidence, key=lambda entry: -entry[0]))
        return ClaimReport(
            text=claim.text,
            asked=self.plan.asked,
            status=Status.JUDGED if available else Status.UNAVAILABLE,
            verdict=verdict if available else None,
            reason="" if available else retrieved.outage,
            parts=tuple(
                Part(text, each if each is not unsearched else None)
                for text, each in zip(self.plan.parts, verdicts, strict=True)
            ),
            queries=self.plan.queries,
            evidence=told or nearest(self.plan, candidates, Stance.IRRELEVANT),
            skipped=(*retrieved.skipped, *dict.fromkeys(self.objections)),
            searched=retrieved.searched,
        )


def nearest(plan: Plan, candidates: Sequence[Iterable[Candidate]], stance: Stance | None) -> tuple[Evidence, ...]:
    """Return the sentences most like each part of a claim, best first; they decide nothing."""
    found: list[tuple[float, Evidence]] = []
    for part, those in enumerate(candidates):
        for candidate in those:
            lines = candidate.excerpt.lines
            shares = [_likeness(plan.parts[part], line.plain) for line in lines]
            line = lines[shares.index(max(shares))]
            quote = candidate.reading.page.text[line.span.start : line.span.end]
            told = Evidence(quote, candidate.reading.page.source, line.span.start, line.span.end, stance, part)
            found.append((max(shares), told))
    ordered = [one for _, one in sorted(found, key=lambda entry: -entry[0])]
    distinct = {(one.source.sha256, one.start): one for one in reversed(ordered)}
    return tuple(one for one in ordered if distinct[one.source.sha256, one.start] is one)[:NEAREST]


def _likeness(claim: str, sentence: str) -> float:
    """Return how much of a claim's words a sentence has; its figures count for as much as its words."""
    figures = set(_FIGURE.findall(claim))
    shared = len(figures & set(_FIGURE.findall(sentence))) / len(figures) if figures else 0.0
    return covers(claim, sentence) + shared


def _plainly(claim: str, sentences: Sequence[str]) -> int | None:
    """Return the sentence that alone holds nearly all of the claim's words, so that no model need choose."""
    shares = [covers(claim, sentence) for sentence in sentences]
    best = max(shares)
    others = sorted(shares)[:-1]
    if len(sentences) == 1 or (best >= DOMINANT and (not others or others[-1] < best / 2)):
        return shares.index(best)
    return None
