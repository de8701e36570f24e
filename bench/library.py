"""How fast a library is indexed and searched, and how well claims find the abstract that speaks of them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.documents import DATA, long_text
from bench.rows import Part, Row, p95
from copydesk.adapters.library.library import PAUSE_SECONDS, Library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.scripted_model import ScriptedModel
    from copydesk.adapters.extraction.values import Extracted

ABSTRACTS = 1_000
ARTICLES = 1_000
ARTICLE_WORDS = 1_500
ROUNDS = 10
"""Searches after a pause, each of which looks at all files first."""

KS = (1, 3, 10)
SCIFACT = DATA / "scifact_part"


class _Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class _NoWorker:
    """A worker that is never asked: there are no HTML and PDF files."""

    async def html(self, body: bytes, url: str, charset: str | None) -> Extracted:
        raise NotImplementedError

    async def pdf(self, body: bytes, url: str) -> Extracted:
        raise NotImplementedError


async def measure(model: ScriptedModel, home: Path, program: Path | None) -> Part:
    """Measure in this process: the index on disk, as the desk uses it."""
    abstracts = {str(one["doc_id"]): str(one["text"]) for one in _lines("corpus_1000.jsonl")}
    claims = [(str(one["claim"]), _ids(one["relevant_doc_ids"])) for one in _lines("retrieval_queries.jsonl")]
    contradicted = [(str(one["claim"]), _ids(one["evidence"])) for one in _lines("claims_contradict.jsonl")]
    alone, all_of_them = _written(home / "abstracts", abstracts), _written(home / "all", abstracts | _articles())
    table = []
    async with _Opened(alone) as library:
        for name, asked in (("Claims of the development set", claims), ("Claims that it contradicts", contradicted)):
            table.append((f"{name} ({len(asked)})", *(f"{each:.3f}" for each in await _recall(library, asked))))
    async with _Opened(all_of_them) as library:
        began = time.perf_counter()
        await library.find(claims[0][0], 10)
        indexing = time.perf_counter() - began
        searching = [await _milliseconds(library, claim) for claim, _ in claims + contradicted]
        looking = []
        for claim, _ in claims[:ROUNDS]:
            library.clock.now += PAUSE_SECONDS
            looking.append(await _milliseconds(library, claim))
    count = ABSTRACTS + ARTICLES
    rows = (
        Row(f"A library of {count:,} documents, indexed", "s", indexing, 60),
        Row("Documents indexed in a second", "", count / indexing),
        Row("A search in it, median", "ms", median(searching), 20),
        Row("A search in it, 95th percentile", "ms", p95(searching), 20),
        Row("A search after a pause, which looks at every file first", "ms", median(looking), 20),
        Row("Recall among the first 3 of 1,000 abstracts", "%", 100 * float(table[0][2]), 80, more_is_better=True),
    )
    remarks = (
        f"{ABSTRACTS:,} abstracts of SciFact as text files and {ARTICLES:,} Markdown files of {ARTICLE_WORDS:,} words "
        f"of published prose; {len(searching)} claims searched for. HTML and PDF files take what their extraction "
        "takes, once.",
        "Recall: the share of a claim's abstracts among the first so many, mean over the claims. BM25 without stop "
        "words, over chunks of at most 350 words, abstracts alone.",
    )
    return Part("Library", rows, ("SciFact", *(f"recall@{k}" for k in KS)), tuple(table), remarks)


class _Opened(Library):
    """A library over a folder that is closed at the end, with a clock of its own."""

    def __init__(self, folder: Path) -> None:
        self.clock = _Clock()
        directory = folder.with_name(f"{folder.name}-index")
        super().__init__((str(folder),), None, _NoWorker(), directory=directory, monotonic=self.clock)

    async def __aenter__(self) -> _Opened:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()


async def _recall(library: Library, claims: Sequence[tuple[str, frozenset[str]]]) -> list[float]:
    """Return the mean recall at each of `KS`."""
    shares: list[list[float]] = []
    for claim, relevant in claims:
        found = [Path(hit.url).stem for hit in (await library.find(claim, max(KS))).hits]
        shares.append([len(relevant.intersection(found[:k])) / len(relevant) for k in KS])
    return [sum(column) / len(column) for column in zip(*shares, strict=True)]


async def _milliseconds(library: Library, claim: str) -> float:
    began = time.perf_counter()
    await library.find(claim, 10)
    return 1000 * (time.perf_counter() - began)


def _articles() -> dict[str, str]:
    """Return Markdown documents, each a different stretch of the same prose."""
    words = long_text().split(" ")
    step = len(words) // ARTICLES
    doubled = words + words
    return {
        f"article-{number}": f"# Article {number}\n\n{' '.join(doubled[number * step :][:ARTICLE_WORDS])}\n"
        for number in range(ARTICLES)
    }


def _written(folder: Path, documents: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    for name, text in documents.items():
        suffix = ".md" if name.startswith("article") else ".txt"
        (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
    return folder


def _lines(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (SCIFACT / name).read_text(encoding="utf-8").splitlines()]


def _ids(values: object) -> frozenset[str]:
    if not isinstance(values, list | dict):
        raise TypeError("document ids are a list, or the keys of a table")
    return frozenset(map(str, values))
