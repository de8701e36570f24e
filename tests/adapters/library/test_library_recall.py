"""How well claims find the abstract that speaks of them, in a part of SciFact (Wadden et al., 2020)."""

from __future__ import annotations

import json
from pathlib import Path

from harness.library import Clocks, library, written

DATA = Path(__file__).parents[2] / "data" / "scifact_part"


def lines(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


async def test_claims_find_their_abstracts_among_a_thousand(tmp_path: Path) -> None:
    written(tmp_path, {f"notes/{one['doc_id']}.txt": str(one["text"]) for one in lines("corpus_1000.jsonl")})
    queries = [(str(one["claim"]), set(one["relevant_doc_ids"])) for one in lines("retrieval_queries.jsonl")]  # type: ignore[call-overload]
    contradicted = [(str(one["claim"]), set(one["evidence"])) for one in lines("claims_contradict.jsonl")]  # type: ignore[call-overload]
    async with library(tmp_path, clocks=Clocks(step=0)) as opened:

        async def recall(claims: list[tuple[str, set[str]]]) -> float:
            shares = []
            for claim, relevant in claims:
                found = {Path(hit.url).stem for hit in (await opened.find(claim, 3)).hits}
                shares.append(len(found & relevant) / len(relevant))
            return sum(shares) / len(shares)

        assert await recall(queries) >= 0.80
        assert await recall(contradicted) >= 0.90
