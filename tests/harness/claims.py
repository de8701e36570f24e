"""Scripted places to search and a scripted verifier, for research without files, network or model."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from math import log

from copydesk.adapters.prompt_files import load_excerpts, load_labelled, load_prompts
from copydesk.core.claims.stance import ANSWERS, STANCES
from copydesk.core.document import Format
from copydesk.core.evidence import Source, Stance
from copydesk.desk import Desk, Staff
from copydesk.errors import EngineError, PageUnusable, SearchUnavailable
from copydesk.ports import (
    Cache,
    Delta,
    Finished,
    Found,
    Hit,
    Page,
    Places,
    Prompt,
    Role,
    Sampling,
    Scores,
    Search,
    Usage,
)
from harness.engine import FACTS, MODEL, MemoryCache, ScriptedEngine

Opinion = Callable[[str, str], Stance]
"""From an excerpt's numbered sentences and a claim to what the excerpt says of it."""


@dataclass
class ScriptedSearch:
    """Finds every page, in the order given.

    `problem` is raised by each search, from that of number `works` on; `refused` pages cannot be read, and in reading a
    `lost` one it is learnt that the whole place is gone.
    """

    pages: Mapping[str, str] = field(default_factory=dict)
    name: str = "library"
    problem: SearchUnavailable | None = None
    works: int = 0
    refused: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    format: Format = Format.MARKDOWN
    host: str = "https://{}.example"
    queries: list[str] = field(default_factory=list)
    read_titles: list[str] = field(default_factory=list)
    closed: int = 0

    async def find(self, query: str, limit: int) -> Found:
        self.queries.append(query)
        if self.problem is not None and len(self.queries) > self.works:
            raise self.problem
        return Found(tuple(Hit(self.name, title, self._url(title)) for title in self.pages)[:limit])

    async def read(self, hit: Hit) -> Page:
        self.read_titles.append(hit.title)
        if hit.title in self.refused:
            raise PageUnusable(f"{hit.title} is too large.", "Choose another.")
        if hit.title in self.lost:
            raise SearchUnavailable("The library is empty.", "Put files into it.")
        text = self.pages[hit.title]
        source = Source(hit.title, hit.url, "2026-05-01T12:00:00Z", sha256(text.encode()).hexdigest())
        return Page(source, text, self.format, self.host.format(hit.title), hit.title in self.hidden)

    async def close(self) -> None:
        self.closed += 1

    def _url(self, title: str) -> str:
        return f"{self.host.format(title)}/page"


@dataclass
class ClaimEngine(ScriptedEngine):
    """Knows the labelled claims unless it is told not to; of others it holds what its judge says."""

    judge: Opinion = lambda excerpt, claim: Stance.IRRELEVANT
    knows_labelled: bool = True
    replies: Mapping[str, object] = field(default_factory=dict)
    judged: list[tuple[str, str]] = field(default_factory=list)
    lost_after: int | None = None
    problem: EngineError | None = None

    async def score(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        words = prompt.messages[-1].content
        self._note(prompt)
        if self.problem is not None and (self.lost_after is None or len(self.judged) >= self.lost_after):
            raise self.problem
        return certain(options, chosen(words, self._opinion))

    async def stream(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[Delta | Finished, None]:
        self._note(prompt)
        words = prompt.messages[-1].content
        answer = next((value for key, value in self.replies.items() if f'{{"{key}"' in words), {})
        yield Delta(json.dumps(answer))
        yield Finished(Usage(10, 5, 5))

    def _opinion(self, excerpt: str, claim: str) -> Stance:
        known = labelled(claim)
        if known is not None:
            return known if self.knows_labelled else Stance.SUPPORTS
        self.judged.append((excerpt, claim))
        return self.judge(excerpt, claim)


def chosen(words: str, opinion: Opinion) -> str:
    """Return the letter or number by which a question of research is answered."""
    excerpt = words.split("\n\n")[1]
    claim = words.split("\nClaim: ")[1].split("\n")[0]
    if "Which numbered sentence" in words:
        return _sentence(excerpt, claim)
    return letter_for(words, opinion(excerpt, claim))


def letter_for(words: str, stance: Stance) -> str:
    """Return the letter that stands for a stance in a question."""
    return next(line[0] for line in words.splitlines() if line[3:] == ANSWERS[stance])


def labelled(claim: str) -> Stance | None:
    """Return what the labelled excerpt of a claim says of it, None for any other claim."""
    for excerpt in load_excerpts():
        for stance in STANCES:
            if excerpt.claim(stance) == claim:
                return stance
    return None


def _sentence(excerpt: str, claim: str) -> str:
    own = set(claim.casefold().split())
    lines = excerpt.splitlines()
    numbers = {word.strip(".,") for word in own if word[:1].isdigit()}

    def likeness(index: int) -> tuple[bool, int]:
        line = lines[index].casefold()
        return any(number in line for number in numbers), len(own & set(line.split()))

    return str(1 + max(range(len(lines)), key=likeness))


def certain(options: tuple[str, ...], answer: str) -> Scores:
    """Return the scores of a model that has no doubt."""
    rest = 0.1 / max(1, len(options) - 1)
    return Scores({option: log(0.9 if option == answer else rest) for option in options}, Usage(10, 5, 1))


def says(**stances: Stance) -> Opinion:
    """Return the opinion of a model that holds a stance wherever an excerpt has a word; irrelevant elsewhere."""

    def opinion(excerpt: str, claim: str) -> Stance:
        return next((stance for word, stance in stances.items() if word in excerpt), Stance.IRRELEVANT)

    return opinion


def claims_desk(engine: ScriptedEngine, searches: Sequence[Search], cache: Cache | None = None) -> Desk:
    """Return a desk that researches with a scripted engine and scripted searches."""

    async def hire() -> Staff:
        return Staff(engine, FACTS, dict.fromkeys(Role, MODEL), "It is scripted.")

    return Desk(
        hire,
        cache or MemoryCache(),
        load_prompts(),
        load_labelled(),
        excerpts=load_excerpts(),
        search=lambda: Places(tuple(searches)),
    )
