"""How often the rules speak against a quote that supports its claim, and against one that does not."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.documents import DATA
from bench.rows import Part, Row, p95
from copydesk.core.claims.guard import RULES, veto
from copydesk.core.document import Format
from copydesk.core.markdown import read
from copydesk.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bench.scripted_model import ScriptedModel

HEAD = ("Claims with their evidence", "pairs", "vetoed", *RULES)
SCIFACT = DATA / "scifact_part"
_TREEBANK = {"-LRB-": "(", "-RRB-": ")", "-COLON-": ":", "``": '"', "''": '"'}


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim with its evidence and what surrounds that."""

    claim: str
    quote: str
    context: str


async def measure(model: ScriptedModel, home: Path, program: Path | None) -> Part:
    """Measure in this process; no model is asked."""
    labelled: dict[str, list[Pair]] = {"SUPPORTS": [], "REFUTES": [], "NOT ENOUGH INFO": []}
    for record in _lines(DATA / "vitaminc" / "sample.jsonl"):
        if _is_reported(record["case_id"]):
            parts = (_plain(record[part]) for part in ("claim", "evidence", "page"))
            labelled[record["label"]].append(Pair(*parts))
    rows, table, seconds = [], [], []
    for label, pairs in labelled.items():
        first, times = _vetoed(pairs)
        seconds += times
        table.append(_cells(f"VitaminC, {label}", len(pairs), first))
        if label == "SUPPORTS":
            share = 100 * first.total() / len(pairs)
            rows.append(Row("Pairs that support, vetoed all the same", "%", share, 12))
    contradicting = [*_scifact()]
    first, times = _vetoed(contradicting)
    table.append(_cells("SciFact, CONTRADICT", len(contradicting), first))
    seconds += times
    rows.append(Row("One pair, median", "ms", median(seconds) * 1e3, 5))
    rows.append(Row("One pair, p95", "ms", p95(seconds) * 1e3))
    remarks = (
        "A pair counts for the first rule that speaks. The context is the title of the page in VitaminC and the whole "
        "abstract in SciFact. These are the rows that the rules were not developed with, by a hash of the case.",
        "A veto keeps a quote from counting as support. What is not vetoed is not thereby supported, so that only the "
        "first line has a target.",
    )
    return Part("Rules against support", tuple(rows), HEAD, tuple(table), remarks)


def _vetoed(pairs: Iterable[Pair]) -> tuple[Counter[str], list[float]]:
    """Return how many pairs each rule was the first to veto, and how long each pair took, in seconds."""
    first: Counter[str] = Counter()
    seconds = []
    for pair in pairs:
        began = time.perf_counter()
        words = veto(pair.claim, pair.quote, pair.context)
        seconds.append(time.perf_counter() - began)
        if words is not None:
            first[next(name for name, rule in RULES.items() if rule(pair.claim, pair.quote, pair.context))] += 1
    return first, seconds


def _cells(name: str, count: int, first: Counter[str]) -> tuple[str, ...]:
    return (name, str(count), f"{first.total() / count:.1%}", *(str(first[rule]) for rule in RULES))


def _is_reported(case: str) -> bool:
    return int(hashlib.sha256(case.encode()).hexdigest(), 16) % 2 == 1


def _plain(words: str) -> str:
    """Return a text that was parted into tokens as it was written."""
    for mark, written in _TREEBANK.items():
        words = words.replace(mark, written)
    return re.sub(r" ('s|n't|\.|,|')(?= |$)", r"\1", words)


def _scifact() -> Iterable[Pair]:
    abstracts = {record["doc_id"]: record["text"] for record in _lines(SCIFACT / "corpus_1000.jsonl")}
    for record in _lines(SCIFACT / "claims_contradict.jsonl"):
        for source, rationales in record["evidence"].items():
            passages = read(Text(abstracts.get(source, "")), Format.PLAIN).passages
            sentences = [sentence.plain for passage in passages for sentence in passage.sentences]
            for rationale in rationales:
                quote = " ".join(sentences[index] for index in rationale["sentences"] if index < len(sentences))
                if quote:
                    yield Pair(record["claim"], quote, abstracts[source])


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
