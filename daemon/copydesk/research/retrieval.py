"""From queries to the excerpts most likely to speak of a claim: search everywhere, merge, read, cut, rank."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copydesk.core.claims.excerpts import excerpts
from copydesk.core.claims.injection import speaks_to_models
from copydesk.core.claims.ranking import ranked
from copydesk.core.evidence import Skipped
from copydesk.core.markdown import read
from copydesk.core.quotes import StoredText
from copydesk.core.text import Text
from copydesk.core.visible import shortened
from copydesk.errors import SearchUnavailable, SourceError
from copydesk.turns import abreast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.claims.excerpts import Excerpt
    from copydesk.core.evidence import Evidence
    from copydesk.ports import Hit, Page, Search

RESULTS = 6
"""Results that each provider is asked for by a query."""
PAGES = 8
"""Pages that are read for a claim."""
TRIED = 16
"""Pages that are tried at most, where some of them cannot be used."""
READ_AT_ONCE = 4
EXCERPTS = 5
"""Excerpts that are judged for each part of a claim."""
PER_PAGE = 2
"""Of these, how many may come from one page: other sources are to be heard."""

_RANK_CONSTANT = 60
"""As in reciprocal rank fusion (Cormack et al., 2009)."""
_TITLE = 80

ORDERS = "It gives orders to language models, so it has no vote."


@dataclass(frozen=True, slots=True)
class Reading:
    """A page with its excerpts, and its text prepared for checking quotes."""

    page: Page
    excerpts: tuple[Excerpt, ...]
    stored: StoredText


@dataclass(frozen=True, slots=True)
class Candidate:
    """An excerpt of a page that may speak of a part of a claim."""

    reading: Reading
    excerpt: Excerpt


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What a claim's queries led to. `failure` says why nothing at all could be searched or read, if so.

    `outage` says why a part of it could not, so that what was not found may well be there. `searched` is when the
    oldest of the results were had, as in `ClaimReport`.
    """

    readings: tuple[Reading, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    failure: str = ""
    outage: str = ""
    searched: str = ""

    def candidates(self, part: str) -> list[Candidate]:
        """Return the excerpts that most likely speak of a part of a claim, best first."""
        everything = [Candidate(one, excerpt) for one in self.readings for excerpt in one.excerpts]
        texts = [f"{one.reading.page.source.title} {one.excerpt.heading} {one.excerpt.words}" for one in everything]
        taken: Counter[str] = Counter()
        best: list[Candidate] = []
        for _, index in ranked(part, texts):
            candidate = everything[index]
            url = candidate.reading.page.source.url
            if taken[url] < PER_PAGE and len(best) < EXCERPTS:
                taken[url] += 1
                best.append(candidate)
        return best


@dataclass(slots=True)
class _Answer:
    """What one provider said: the results of each query, what was skipped, when, and why it failed in the end."""

    rankings: list[list[tuple[Search, Hit]]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    failure: str = ""


@dataclass
class Retrieval:
    """Searching and reading for one command; a page is read once however many claims lead to it.

    `own` is the `file:` URI of the document itself, which must not bear witness to what it says. `where` is that of
    `copydesk.ports.Places`.
    """

    searches: Sequence[Search]
    own: str = ""
    where: Sequence[str] = ()
    _read: dict[str, Reading | Skipped] = field(default_factory=dict, init=False)
    _outages: dict[str, str] = field(default_factory=dict, init=False)
    """Why the providers of pages were gone when these were to be read, by address."""

    async def retrieve(self, queries: Sequence[str]) -> Retrieved:
        """Return what the queries lead to; a provider or page that fails is skipped, with its reason."""
        answers = await asyncio.gather(*(self._searched(search, queries) for search in self.searches))
        skipped = [one for answer in answers for one in answer.skipped]
        failures = [answer.failure for answer in answers if answer.failure]
        if not any(any(answer.rankings) or not answer.failure for answer in answers):
            return Retrieved((), tuple(dict.fromkeys(skipped)), " ".join(dict.fromkeys(failures)))
        hits = _merged([ranking for answer in answers for ranking in answer.rankings])[:TRIED]
        read = await self._read_best(hits)
        readings = tuple(one for one in read if isinstance(one, Reading))
        skipped += [one for one in read if isinstance(one, Skipped)]
        failures += [self._outages[hit.url] for _, hit in hits if hit.url in self._outages]
        outage = " ".join(dict.fromkeys(failures))
        failure = (outage or "Of the sources found, none could be used.") if hits and not readings else ""
        searched = min((time for answer in answers for time in answer.times), default="")
        return Retrieved(readings, tuple(dict.fromkeys(skipped)), failure, outage, searched)

    def pages(self, evidence: Sequence[Evidence]) -> tuple[Page, ...]:
        """Return the pages that evidence stands in, each once."""
        wanted = dict.fromkeys(one.source.sha256 for one in evidence)
        read = {one.page.source.sha256: one.page for one in self._read.values() if isinstance(one, Reading)}
        return tuple(read[digest] for digest in wanted if digest in read)

    async def _searched(self, search: Search, queries: Sequence[str]) -> _Answer:
        answer = _Answer()
        try:
            for query in queries:
                found = await search.find(query, RESULTS)
                answer.rankings.append([(search, hit) for hit in found.hits if not self.own or hit.url != self.own])
                answer.skipped += found.skipped
                answer.times += [found.searched] if found.searched else []
        except SearchUnavailable as problem:
            answer.skipped.append(Skipped(search.name, problem.sentence))
            answer.failure = problem.sentence
        return answer

    async def _read_best(self, hits: Sequence[tuple[Search, Hit]]) -> list[Reading | Skipped]:
        """Return what the first results are, in their order, until enough of them can be used."""
        read: dict[str, Reading | Skipped] = {}
        usable = 0
        # A page that is left out must not cost another its hearing.
        while len(read) < len(hits) and usable < PAGES:
            batch = hits[len(read) : len(read) + PAGES - usable]
            async for (_, hit), one in abreast(batch, self._reading, READ_AT_ONCE):
                read[hit.url] = one
            usable = sum(isinstance(one, Reading) for one in read.values())
        # Pages come as they are ready; the order of the results is what makes two runs alike.
        return [read[hit.url] for _, hit in hits if hit.url in read]

    async def _reading(self, found: tuple[Search, Hit]) -> Reading | Skipped:
        search, hit = found
        known = self._read.get(hit.url)
        if known is None:
            known = self._read[hit.url] = await self._read_page(search, hit)
        return known

    async def _read_page(self, search: Search, hit: Hit) -> Reading | Skipped:
        name = shortened(hit.title or hit.url, _TITLE)
        try:
            page = await search.read(hit)
        except SourceError as problem:
            if isinstance(problem, SearchUnavailable):
                self._outages[hit.url] = problem.sentence
            return Skipped(name, problem.sentence)
        return await asyncio.to_thread(_cut, name, page)


def _cut(name: str, page: Page) -> Reading | Skipped:
    if speaks_to_models(page.text) or speaks_to_models(page.source.title):
        return Skipped(name, ORDERS)
    return Reading(page, excerpts(read(Text(page.text), page.format)), StoredText(page.text, page.source.sha256))


def _merged(rankings: Sequence[Sequence[tuple[Search, Hit]]]) -> list[tuple[Search, Hit]]:
    """Return results that several rankings agree on first; ties keep their order."""
    scores: dict[str, float] = {}
    first: dict[str, tuple[Search, Hit]] = {}
    for ranking in rankings:
        for rank, (search, hit) in enumerate(ranking):
            first.setdefault(hit.url, (search, hit))
            scores[hit.url] = scores.get(hit.url, 0.0) + 1 / (_RANK_CONSTANT + rank)
    return sorted(first.values(), key=lambda one: -scores[one[1].url])
