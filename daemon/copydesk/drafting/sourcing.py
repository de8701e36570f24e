"""Looking up the questions of a plan: a planned query, its pages, their sentences, and what a Researcher names of them.

Queries are taken from the plan in their order, never from an answer about a page. What was found is journalled with the
text of its pages, so that a run that is begun again searches nothing twice and can still verify every quotation. That
nothing was found, or that a place could not be asked, is not: by the next run it may have been set right.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copydesk.core.citations.known import KnownSource, KnownSources
from copydesk.core.citations.render import quoted_words
from copydesk.core.draft import researching
from copydesk.core.draft.ledger import verbatim
from copydesk.core.evidence import Skipped
from copydesk.core.quotes import StoredText
from copydesk.drafting.recording import Found, page_key, read_page, read_search, written_page, written_search
from copydesk.ports import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.draft.budget import Budget
    from copydesk.core.draft.layout import Asked, Board
    from copydesk.core.draft.ledger import Ledger
    from copydesk.core.draft.plan import Plan, Question
    from copydesk.core.draft.researching import Candidate, Picks
    from copydesk.core.evidence import Evidence
    from copydesk.drafting.calls import Calls
    from copydesk.ports import Page
    from copydesk.research.retrieval import Retrieval

NOWHERE = "No place to look things up is set up, so nothing was searched."


@dataclass
class Sourcing:
    """The sources of one draft. `pages` are those that a Researcher's sentences stand in, by the hash of their text."""

    retrieval: Retrieval
    calls: Calls
    base: str = ""
    pages: dict[str, Page] = field(default_factory=dict, init=False)
    skipped: dict[Skipped, None] = field(default_factory=dict, init=False)
    sent: dict[str, None] = field(default_factory=dict, init=False)
    _used: dict[str, int] = field(default_factory=dict, init=False)
    _offered: set[tuple[str, str, int]] = field(default_factory=set, init=False)

    def open_questions(self, plan: Plan) -> tuple[str, ...]:
        """Return the ids of questions for which the plan has another query, and there are places to send it to."""
        if not self.retrieval.searches:
            return ()
        return tuple(one.id for one in plan.questions if self._used.get(one.id, 0) < len(one.queries))

    async def search(self, question: Question, ledger: Ledger) -> tuple[Candidate, ...]:
        """Return the sentences that a question's next query leads to, but those offered before or quoted already."""
        if not self.retrieval.searches:
            self.calls.remark(NOWHERE)
            return ()
        used = self._used.get(question.id, 0)
        if used >= len(question.queries):
            return ()
        self._used[question.id] = used + 1
        query = question.queries[used]
        self.sent[query] = None
        found = await self._found(question, query)
        self.skipped |= dict.fromkeys(found.skipped)
        known = {_place(one.evidence) for one in ledger.entries}
        return tuple(
            one
            for one in found.candidates
            if (question.id, *_place(one.evidence)) not in self._offered and _place(one.evidence) not in known
        )

    async def picked(self, board: Board, question: Question, offered: tuple[Candidate, ...]) -> Picks:
        """Return what a Researcher names of sentences that a search led to; what is not verbatim is left out."""
        calls = self.calls
        shown = offered

        def make(budget: Budget) -> Asked:
            nonlocal shown
            asked, shown = researching.request(board, question, offered, calls.prompts, budget)
            return asked

        picks = await calls.ask(Role.RESEARCHER, make, lambda answer: researching.parsed(answer, shown))
        self._offered |= {(question.id, *_place(one.evidence)) for one in shown}
        if picks is None:
            calls.remark("the best sentences of sources were taken by rank, for want of a usable answer")
            picks = researching.by_rule(offered)
        sound = await asyncio.to_thread(self._sound, picks.evidence)
        if len(sound) < len(picks.evidence):
            calls.remark("a sentence that is not in its source word for word was left out")
        return researching.Picks(sound, picks.missing)

    def known(self, ledger: Ledger) -> KnownSources:
        """Return the stored sources that a ledger quotes."""
        wanted = dict.fromkeys(one.evidence.source.sha256 for one in ledger.entries)
        pages = [self.pages[sha256] for sha256 in wanted if sha256 in self.pages]
        return KnownSources(tuple(KnownSource(page.source, page.text, page.format) for page in pages), self.base)

    def cited(self, evidence: Iterable[Evidence]) -> tuple[Page, ...]:
        """Return the pages that quotations stand in, each once."""
        wanted = dict.fromkeys(one.source.sha256 for one in evidence)
        return tuple(self.pages[sha256] for sha256 in wanted if sha256 in self.pages)

    async def _found(self, question: Question, query: str) -> Found:
        calls = self.calls
        calls.check()
        places = (*(search.name for search in self.retrieval.searches), *self.retrieval.where)
        key = calls.key("search", query, question.text, *places)
        stored = await calls.journal.recall(key)
        known = read_search(stored) if stored is not None else None
        if known is not None and await self._pages_recalled(known):
            return known
        found, pages, whole = await calls.bounded(self._searched(question, query))
        for page in pages:
            if page.source.sha256 not in self.pages:
                # Before the search, which counts as finished only with its pages.
                await calls.journal.record(page_key(page.source.sha256), written_page(page))
                self.pages[page.source.sha256] = page
        if whole and found.candidates:
            await asyncio.shield(calls.journal.record(key, written_search(found)))
        return found

    async def _searched(self, question: Question, query: str) -> tuple[Found, list[Page], bool]:
        """Return what a query leads to, the pages of that, and whether every place could be asked."""
        retrieved = await self.retrieval.retrieve([query])
        failed = (Skipped("search", retrieved.failure),) if retrieved.failure and not retrieved.skipped else ()
        pages = {one.reading.page.source.sha256: one.reading.page for one in retrieved.candidates(question.text)}
        excerpts = [
            (one.reading.page.source, one.reading.page.text, one.excerpt) for one in retrieved.candidates(question.text)
        ]
        candidates = await asyncio.to_thread(researching.candidates, question.text, excerpts)
        named = {one.evidence.source.sha256 for one in candidates}
        used = [pages[sha256] for sha256 in pages if sha256 in named]
        return Found(candidates, (*retrieved.skipped, *failed)), used, not (retrieved.outage or retrieved.failure)

    async def _pages_recalled(self, found: Found) -> bool:
        """Load the pages of a search from the journal; False where one is missing."""
        for sha256 in dict.fromkeys(one.evidence.source.sha256 for one in found.candidates):
            if sha256 not in self.pages:
                stored = await self.calls.journal.recall(page_key(sha256))
                page = read_page(stored) if stored is not None else None
                if page is None or page.source.sha256 != sha256:
                    return False
                self.pages[sha256] = page
        return True

    def _sound(self, evidence: tuple[tuple[Evidence, str], ...]) -> tuple[tuple[Evidence, str], ...]:
        """Return the quotations that stand in their pages word for word and can be written as a citation."""
        kept = []
        for one, plain in evidence:
            page = self.pages.get(one.source.sha256)
            stored = StoredText(page.text, page.source.sha256) if page is not None else None
            if page is not None and stored is not None and verbatim(one, stored) and quoted_words(one, page.format):
                kept.append((one, plain))
        return tuple(kept)


def _place(evidence: Evidence) -> tuple[str, int]:
    return evidence.source.sha256, evidence.start
