"""What the way from a claim to its verdict guarantees whoever judges: measured with a judge that answers at random."""

from __future__ import annotations

import json
from contextlib import aclosing
from hashlib import sha256
from typing import TYPE_CHECKING

from bench.documents import DATA
from bench.rows import Part, Row
from copydesk.core.claims.claim import claim_at
from copydesk.core.claims.stance import STANCES
from copydesk.core.evidence import ClaimReport, Stance
from copydesk.core.markdown import read
from copydesk.core.text import Span, Text
from copydesk.events import Researched
from harness.claims import ClaimEngine, ScriptedSearch, claims_desk
from harness.engine import MemoryCache

if TYPE_CHECKING:
    from pathlib import Path

    from bench.scripted_model import ScriptedModel

CLAIMS = 100
TITLE = "Verdicts whatever a model answers"
_DECISIVE = (Stance.SUPPORTS, Stance.REFUTES)


async def measure(model: ScriptedModel, folder: Path, peer: Path | None) -> Part:
    """Measure on claims of VitaminC, each with the passages of all of them to search in."""
    pages, claims = _material()
    engine, cache = ClaimEngine(judge=_at_random), MemoryCache()
    first = [await _report(engine, pages, claim, cache) for claim in claims]
    asked = len(engine.asked)
    second = [await _report(engine, pages, claim, cache) for claim in claims]
    addresses = {f"https://{title}.example/page": text for title, text in pages.items()}
    quotes = [one for report in first for one in report.evidence]
    verbatim = (
        100 * sum(addresses.get(one.source.url, "")[one.start : one.end] == one.quote for one in quotes) / len(quotes)
    )
    decided = [one for one in first if one.verdict is not None and one.verdict.value in _SETTLED]
    naked = sum(not any(each.stance in _DECISIVE for each in one.evidence) for one in decided)
    alike = sum(repr(one) == repr(other) for one, other in zip(first, second, strict=True))
    return Part(
        TITLE,
        rows=(
            Row("Quotes that are verbatim in their source", "%", verbatim, 100, more_is_better=True),
            Row("Verdicts without a quote that carries them", "", naked, 0),
            Row("Addresses that were not searched", "", sum(one.source.url not in addresses for one in quotes), 0),
            Row("Model calls of a second, identical run", "", len(engine.asked) - asked, 0),
            Row("Reports alike in the second run", "%", 100 * alike / len(first), 100, more_is_better=True),
        ),
        remarks=(
            f"{len(claims)} claims, {len(quotes)} quotes, {len(decided)} verdicts for or against a claim, from a judge "
            "that passes the self-test and then answers at random: these are properties of the code, not of a model.",
        ),
    )


_SETTLED = frozenset({"supported", "partly_supported", "refuted", "conflicting"})


def _material() -> tuple[dict[str, str], list[str]]:
    records = [
        json.loads(line) for line in (DATA / "vitaminc" / "sample.jsonl").read_text("utf-8").splitlines()[: 2 * CLAIMS]
    ]
    pages = {f"page-{number}": f"{record['evidence']}\n" for number, record in enumerate(records)}
    return pages, list(dict.fromkeys(record["claim"] for record in records))[:CLAIMS]


async def _report(engine: ClaimEngine, pages: dict[str, str], claim: str, cache: MemoryCache) -> ClaimReport:
    document = read(Text(f"{claim}\n"))
    found = claim_at(document, Span(0, 0))
    assert found is not None
    own = {title: text for title, text in pages.items() if _shares(claim, text)}
    desk = claims_desk(engine, [ScriptedSearch(own)], cache)
    async with aclosing(desk.research(document, [found])) as events:
        reports = [event.claim async for event in events if isinstance(event, Researched)]
    return reports[0]


def _shares(claim: str, text: str) -> bool:
    return len({word for word in claim.split() if len(word) > 4} & set(text.split())) > 1


def _at_random(excerpt: str, claim: str) -> Stance:
    """Return a stance that is always the same for the same words, and otherwise has nothing to do with them."""
    return STANCES[sha256(f"{excerpt}\0{claim}".encode()).digest()[0] % len(STANCES)]
