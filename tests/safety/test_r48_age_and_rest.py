"""R48: a wait that a service asked for holds in other processes too, and results of an earlier hour say so."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.disk import DiskCache
from copydesk.adapters.search.cached import CachedSearch
from copydesk.cli.formats import claims as formats
from copydesk.cli.formats import json as json_format
from copydesk.cli.results import Examined, Results
from copydesk.core.claims.claim import claim_at
from copydesk.core.evidence import Stance
from copydesk.core.markdown import read
from copydesk.core.text import Span, Text
from copydesk.errors import SearchUnavailable
from copydesk.events import Report, Researched, Stats
from copydesk.ports import Found
from harness.claims import ClaimEngine, ScriptedSearch, claims_desk, says
from harness.editor import VSCODE
from harness.scripted import VERIFIER, ScriptedDesk, services
from harness.search_server import Clock, MemoryCache

if TYPE_CHECKING:
    from pathlib import Path

    from harness.connection import Connect

HOUR = 3600.0
PAGES = {"mills": "The mill at Lund was built in 1790. It has four wheels.\n"}
POST = "The mill at Lund was built in 1790.\n"


class Searching(ScriptedSearch):
    """Is a provider that CachedSearch can stand before."""

    async def state(self) -> str:
        return "fine"


def searching(inner: Any, cache: Any, clock: Clock, address: str = "http://127.0.0.1:8888") -> CachedSearch:
    return CachedSearch(inner, cache, address=address, offline=False, clock=clock)


def asking_for_peace(seconds: float) -> Searching:
    return Searching(name="searxng", problem=SearchUnavailable("It has had too many requests.", "Later.", seconds))


async def asked(inner: Searching, cache: Any, clock: Clock, **more: str) -> str:
    """Search once, and return what is said of it."""
    try:
        found = await searching(inner, cache, clock, **more).find("mill", 5)
    except SearchUnavailable as problem:
        return problem.sentence
    assert isinstance(found, Found)
    return f"{len(found.hits)} results"


async def test_R48_a_wait_is_heeded_by_another_process(tmp_path: Path) -> None:
    clock, inner = Clock(), asking_for_peace(2 * HOUR)
    said = []
    for passed in (0.0, HOUR, HOUR - 1, 1.0):
        clock.now += passed
        cache = DiskCache(tmp_path / "cache", clock=clock)
        said.append(await asked(inner, cache, clock))
        await cache.close()
    assert len(inner.queries) == 2
    assert "asked to be left alone for another 60 minutes; it was not asked. Try again after that." in said[1]
    assert "another 1 seconds" in said[2]
    assert "too many requests" in said[0] and "too many requests" in said[3]


async def test_R48_a_wait_holds_for_one_service_and_keeps_nobody_from_what_is_known() -> None:
    clock, cache, inner = Clock(), MemoryCache(), Searching(PAGES, name="searxng")
    await searching(inner, cache, clock).find("mill", 5)
    inner.problem = SearchUnavailable("Too many.", "Later.", HOUR)
    with pytest.raises(SearchUnavailable):
        await searching(inner, cache, clock).find("wheels", 5)
    assert await asked(inner, cache, clock) == "1 results"
    other = Searching(PAGES, name="searxng")
    assert await asked(other, cache, clock, address="http://127.0.0.1:9999") == "1 results"


async def test_R48_a_failure_that_asks_for_no_wait_is_asked_again() -> None:
    clock, cache, inner = Clock(), MemoryCache(), asking_for_peace(0.0)
    assert [await asked(inner, cache, clock) for _ in range(2)] == ["It has had too many requests. Later."] * 2
    assert len(inner.queries) == 2


PLANTED = {
    "from the future": {"asked_at": Clock().now + HOUR, "seconds": HOUR},
    "over": {"asked_at": Clock().now - 2 * HOUR, "seconds": HOUR},
    "for ever": {"asked_at": Clock().now, "seconds": 1e12},
    "not a number": {"asked_at": float("nan"), "seconds": HOUR},
    "without end": {"asked_at": Clock().now, "seconds": float("inf")},
    "words": {"asked_at": "soon", "seconds": "long"},
    "a list": [],
    "nothing": None,
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
async def test_R48_R59_a_wait_that_makes_no_sense_keeps_nobody_from_asking(planted: Any) -> None:
    clock, cache, refusing = Clock(), MemoryCache(), asking_for_peace(HOUR)
    await asked(refusing, cache, clock)
    (key,) = cache.kept
    cache.kept[key] = json.dumps(planted).encode()
    assert await asked(Searching(PAGES, name="searxng"), cache, clock) == "1 results"


@dataclass(frozen=True)
class Told:
    """One claim's research: for people, for programs, and what its note knows."""

    text: str
    whole: dict[str, Any]
    searched: str


async def told(cache: MemoryCache, clock: Clock, *more: ScriptedSearch) -> Told:
    inner = Searching(PAGES, name="searxng")
    desk = claims_desk(ClaimEngine(judge=says(mill=Stance.SUPPORTS)), [searching(inner, cache, clock), *more])
    document = read(Text(POST))
    claim = claim_at(document, Span(0, 0))
    assert claim is not None
    events = [event async for event in desk.research(document, [claim])]
    (found,) = [event for event in events if isinstance(event, Researched)]
    report = events[-1]
    assert found.note is not None and isinstance(report, Report)
    results = Results((Examined("post.md", document, (found.note,), 0, report),), (found.claim,))
    whole = json.loads(json_format.json(results))
    return Told(formats.claims(results, colour=False), whole, found.note.provenance.searched)


async def test_R48_results_from_the_cache_say_from_when_they_are() -> None:
    clock, cache = Clock(), MemoryCache()
    first = await told(cache, clock)
    clock.now += 5 * HOUR
    again = await told(cache, clock)
    assert "searched for: " in again.text and "(results of 2027-01-15, 08:00 UTC)" in again.text
    assert [one["searched"] for one in again.whole["claims"]] == ["2027-01-15T08:00:00Z"]
    assert again.searched == first.searched == "2027-01-15T08:00:00Z"


async def test_R48_the_oldest_results_count_and_a_library_has_no_age() -> None:
    clock, cache = Clock(), MemoryCache()
    await told(cache, clock)
    clock.now += HOUR
    newer = Searching({"Other": "A mill stood there.\n"}, name="wiki")
    beside = await told(cache, clock, searching(newer, MemoryCache(), clock))
    assert beside.searched == "2027-01-15T08:00:00Z"
    alone = claims_desk(ClaimEngine(judge=says(mill=Stance.SUPPORTS)), [ScriptedSearch(PAGES)])
    document = read(Text(POST))
    claim = claim_at(document, Span(0, 0))
    assert claim is not None
    events = [event async for event in alone.research(document, [claim])]
    (found,) = [event for event in events if isinstance(event, Researched)]
    assert found.claim.searched == ""
    results = Results((Examined("post.md", document, (), 0, Report(Stats())),), (found.claim,))
    assert "(results of" not in formats.claims(results, colour=False)


async def test_R48_a_hover_says_how_old_the_search_is(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.scripted.VERIFIER", replace(VERIFIER, searched="2026-05-02T12:00:00Z"))
    editor = (await connect(VSCODE, services(ScriptedDesk()))).editor
    await editor.initialize()
    uri = "file:///work/post.md"
    editor.open(uri, POST)
    place = editor.position(uri, "The mill")
    await editor.command("copydesk.researchClaim", uri=uri, position=place)
    await editor.until(lambda: editor.diagnostics.get(uri))
    hover = await editor.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": place})
    assert "Search results of 2026-05-02, " in hover["contents"]["value"].replace("\\", "")
