"""How often the fetcher asks a host, and when it leaves it alone."""

from __future__ import annotations

import asyncio

import pytest

from copydesk.adapters.web.reasons import Refused
from copydesk.adapters.web.values import PAGE_TYPES, Limits
from harness.internet import Internet

pytestmark = pytest.mark.slow

RESTS = {
    "status=429&retry_after=30": 30,
    "status=503&retry_after=30": 30,
    "status=429": 60,
    "status=429&retry_after=soon": 60,
    "status=429&retry_after=-5": 60,
    "status=429&retry_after=999999999999999": 86_400,
    "status=429&date=Thu,%2026%20Nov%202026%2010:00:00%20GMT&retry_after=Thu,%2026%20Nov%202026%2010:02:00%20GMT": 120,
}


async def test_F8_R47_one_request_at_a_time_and_a_second_apart(internet: Internet) -> None:
    fetcher = internet.fetcher()
    urls = [f"http://{host}/page" for host in ("one.example", "one.example", "two.example", "one.example")]
    await asyncio.gather(*(fetcher.get(url, purpose="test", accept=PAGE_TYPES) for url in urls))
    assert internet.hands.naps == [1.0, 1.0]


async def test_R47_hosts_do_not_wait_for_each_other(internet: Internet) -> None:
    fetcher = internet.fetcher(limits=Limits(seconds=5))
    stalled = asyncio.create_task(fetcher.get("http://one.example/stall", purpose="test"))
    await internet.server.seen("/stall")
    waiting = asyncio.create_task(fetcher.get("http://one.example/page", purpose="test"))
    answer = await fetcher.get("http://two.example/page", purpose="test")
    assert answer.status == 200
    assert internet.server.count("/page") == 1
    stalled.cancel()
    assert (await waiting).status == 200
    await asyncio.gather(stalled, return_exceptions=True)


async def test_waiting_for_a_turn_does_not_count_as_slowness(internet: Internet) -> None:
    fetcher = internet.fetcher(limits=Limits(seconds=0.3))
    first = asyncio.create_task(fetcher.get("http://one.example/stall", purpose="test"))
    await internet.server.seen("/stall")
    assert (await fetcher.get("http://one.example/page", purpose="test")).status == 200
    with pytest.raises(Refused):
        await first


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(("answer", "seconds"), RESTS.items())
async def test_R48_a_host_that_asks_for_peace_is_left_alone(
    internet: Internet, answer: str, seconds: int, named: bool
) -> None:
    fetcher = internet.fetcher()
    url = f"http://one.example/rests?{answer}"
    assert (await fetcher.get(url, purpose="test", named=named)).status in {429, 503}
    internet.hands.now += seconds - 1
    with pytest.raises(Refused, match=r"left alone for another 1 s\."):
        await fetcher.get("http://one.example/page", purpose="test", named=named)
    assert internet.server.count("/page") == 0
    assert (await fetcher.get("http://two.example/page", purpose="test", named=named)).status == 200
    internet.hands.now += 1
    assert (await fetcher.get("http://one.example/page", purpose="test", named=named)).status == 200


async def test_R48_an_outage_without_a_time_is_no_request_for_peace(internet: Internet) -> None:
    fetcher = internet.fetcher()
    assert (await fetcher.get("http://one.example/rests?status=503", purpose="test")).status == 503
    assert (await fetcher.get("http://one.example/page", purpose="test")).status == 200
