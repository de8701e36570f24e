"""Results are kept for a day: a second run asks nothing, and nothing that was tampered with is believed."""

from __future__ import annotations

import json

import pytest

from copydesk.adapters.disk import DiskCache
from copydesk.adapters.search.cached import CachedSearch
from copydesk.core.evidence import Skipped
from copydesk.errors import SearchUnavailable
from copydesk.ports import Found, Hit
from harness.search_server import Clock, MemoryCache, RecordedPages

HITS = (Hit("searxng", "Kiln", "https://a.example/kiln"), Hit("searxng", "Übung 👩‍🚀", "https://b.example/"))
FOUND = Found(HITS, (Skipped("SearXNG: google", "CAPTCHA"),))


class Counting:
    """A provider that finds what it was given, and counts."""

    name = "searxng"

    def __init__(self, found: Found | SearchUnavailable = FOUND) -> None:
        self.found = found
        self.asked: list[tuple[str, int]] = []
        self.closed = 0
        self.pages = RecordedPages()
        self.read = self.pages.read

    async def find(self, query: str, limit: int) -> Found:
        self.asked.append((query, limit))
        if isinstance(self.found, SearchUnavailable):
            raise self.found
        return self.found

    async def state(self) -> str:
        return "fine"

    async def close(self) -> None:
        self.closed += 1


def cached(inner, cache, clock, *, address="http://127.0.0.1:8888", offline=False, **more):
    return CachedSearch(inner, cache, address=address, offline=offline, clock=clock, **more)


async def test_a_second_run_asks_nothing_and_finds_the_same(tmp_path):
    clock, inner = Clock(), Counting()
    for run in range(2):
        cache = DiskCache(tmp_path / "cache", clock=clock)
        found = await cached(inner, cache, clock).find("kiln", 5)
        await cache.close()
        assert found == Found(HITS, FOUND.skipped, "2027-01-15T08:00:00Z")
        assert len(inner.asked) == 1
        clock.now += 60 * run + 23 * 3600


async def test_no_results_are_an_answer_and_kept():
    clock, cache, inner = Clock(), MemoryCache(), Counting(Found(()))
    assert (await cached(inner, cache, clock).find("kiln", 5)).hits == ()
    assert (await cached(inner, cache, clock).find("kiln", 5)).hits == ()
    assert len(inner.asked) == 1


@pytest.mark.parametrize(
    ("query", "limit", "address"),
    [("kilns", 5, "http://127.0.0.1:8888"), ("kiln", 4, "http://127.0.0.1:8888"), ("kiln", 5, "http://127.0.0.1:9999")],
)
async def test_another_query_limit_or_server_is_another_question(query, limit, address):
    clock, cache, inner = Clock(), MemoryCache(), Counting()
    await cached(inner, cache, clock).find("kiln", 5)
    await cached(inner, cache, clock, address=address).find(query, limit)
    assert len(inner.asked) == 2


async def test_a_failure_is_not_kept():
    clock, cache, inner = Clock(), MemoryCache(), Counting(SearchUnavailable("Down.", "Wait."))
    for _ in range(2):
        with pytest.raises(SearchUnavailable, match="Down"):
            await cached(inner, cache, clock).find("kiln", 5)
    assert len(inner.asked) == 2
    assert cache.kept == {}


async def test_R49_offline_only_what_is_kept_is_found():
    clock, cache, inner = Clock(), MemoryCache(), Counting()
    with pytest.raises(SearchUnavailable, match="Offline, and searxng was not asked this") as caught:
        await cached(inner, cache, clock, offline=True).find("kiln", 5)
    assert "offline = false" in caught.value.remedy
    assert inner.asked == []
    online = await cached(inner, cache, clock).find("kiln", 5)
    assert await cached(inner, cache, clock, offline=True).find("kiln", 5) == online
    with pytest.raises(SearchUnavailable, match="Offline: searxng is not asked"):
        await cached(inner, cache, clock, offline=True).state()
    assert len(inner.asked) == 1


@pytest.mark.parametrize(
    ("moved", "asked"),
    [(23 * 3600, 1), (24 * 3600, 2), (365 * 86400, 2), (-30, 1), (-3600, 2), (-365 * 86400, 2), (-20 * 365 * 86400, 2)],
)
async def test_F7_R59_entries_that_are_too_old_or_from_the_future_are_not_used(moved, asked):
    clock, cache, inner = Clock(), MemoryCache(), Counting()
    await cached(inner, cache, clock).find("kiln", 5)
    clock.now += moved
    await cached(inner, cache, clock).find("kiln", 5)
    assert len(inner.asked) == asked


def entry(**changed: object) -> bytes:
    whole = {"asked_at": 1_800_000_000.0, "hits": [["Kiln", "https://a.example/"]], "skipped": [["a", "b"]]}
    return json.dumps(whole | changed).encode()


TAMPERED = [
    b"",
    b"{",
    b"[]",
    b"7",
    b"\xff",
    b"[" * 200_000,
    b'{"asked_at": 1800000000.0}',
    entry(asked_at=float("nan")),
    entry(asked_at=float("inf")),
    entry(asked_at="2027"),
    entry(asked_at=True),
    entry(asked_at=10**400),
    entry(hits="x"),
    entry(hits=["ab"]),
    entry(hits=[["Kiln"]]),
    entry(hits=[["Kiln", "https://a.example/", 1]]),
    entry(hits=[["Kiln", 7]]),
    entry(hits=[{"a": 1, "b": 2}]),
    entry(hits=[["Kiln", "file:///etc/passwd"]]),
    entry(hits=[["Kiln", "https://user@a.example/"]]),
    entry(hits=[["Kiln", "https://a.example/#part"]]),
    entry(hits=[["K" * 201, "https://a.example/"]]),
    entry(hits=[["Kiln", f"https://a.example/{each}"] for each in range(6)]),
    entry(skipped=[["a", "b" * 501]]),
    entry(skipped=[["a", "b"]] * 51),
    entry(skipped=None),
    entry() + b" " * 300_000,
]


@pytest.mark.parametrize("planted", TAMPERED, ids=lambda planted: repr(planted[:60]))
async def test_R18_what_was_tampered_with_is_as_good_as_nothing(planted):
    clock, cache, inner = Clock(), MemoryCache(), Counting()
    await cached(inner, cache, clock).find("kiln", 5)
    (key,) = cache.kept
    cache.kept[key] = planted
    assert (await cached(inner, cache, clock).find("kiln", 5)).hits == HITS
    assert len(inner.asked) == 2


async def test_an_entry_as_written_by_hand_is_used():
    clock, cache, inner = Clock(), MemoryCache(), Counting()
    await cached(inner, cache, clock).find("kiln", 5)
    (key,) = cache.kept
    cache.kept[key] = entry()
    found = await cached(inner, cache, clock).find("kiln", 5)
    assert found.hits == (Hit("searxng", "Kiln", "https://a.example/"),)


async def test_R18_an_address_planted_in_the_cache_is_read_as_the_provider_reads_it():
    clock, inner = Clock(), Counting()
    search = cached(inner, MemoryCache(), clock)
    await search.read(HITS[0])
    assert inner.pages.read_so_far == [(HITS[0].url, False)]


async def test_closing_takes_back_the_permission_once():
    calls: list[str] = []
    inner = Counting()
    search = cached(inner, MemoryCache(), Clock(), when_closed=lambda: calls.append("withdrawn"))
    await search.close()
    await search.close()
    assert calls == ["withdrawn"]
    assert inner.closed == 2
