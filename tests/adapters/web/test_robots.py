"""robots.txt: what it lets copydesk read, and what follows where it cannot be had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.web.addresses import parsed_address
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.robots import LARGEST_FILE, Robots
from copydesk.adapters.web.values import Limits
from harness.search_server import Clock, MemoryCache

if TYPE_CHECKING:
    from harness.internet import Internet

pytestmark = pytest.mark.slow

HOUR = 3600.0
RULES = {
    "User-agent: *\nDisallow: /private\n": {"/page": True, "/private/page": False, "/robots.txt": True},
    "User-agent: copydesk\nDisallow: /\n\nUser-agent: *\nAllow: /\n": {"/page": False},
    "User-agent: CopyDesk\nAllow: /\n\nUser-agent: *\nDisallow: /\n": {"/page": True},
    "User-agent: otherbot\nDisallow: /\n": {"/page": True},
    "User-agent: *\nDisallow: /\nAllow: /open$\nAllow: /*.html\n": {
        "/open": True,
        "/opened": False,
        "/a/b.html?c": True,
    },
    "User-agent: *\nDisallow: /caf%C3%A9\n": {"/café": False, "/cafe": True},
    "\ufeffUser-agent: *\r\nDisallow: /\r\n": {"/page": False},
    "<!doctype html><p>Not found</p>": {"/page": True},
    "\0\1\2": {"/page": True},
    "": {"/page": True},
}


def site(
    internet: Internet, rules: bytes | int, cache: MemoryCache | None = None, clock: Clock | None = None
) -> Robots:
    internet.server.pages["/robots.txt"] = rules
    return Robots(internet.fetcher(), cache or MemoryCache(), clock=clock or Clock())


async def allowed(robots: Robots, path: str, host: str = "good.example") -> bool:
    try:
        await robots.permit(parsed_address(f"http://{host}{path}"))
    except Refused as refusal:
        if refusal.reason is not Reason.ROBOTS:
            raise
        return False
    return True


@pytest.mark.parametrize(("rules", "paths"), RULES.items(), ids=ascii)
async def test_R47_the_rules_for_copydesk_are_kept(internet: Internet, rules: str, paths: dict[str, bool]) -> None:
    robots = site(internet, rules.encode())
    assert {path: await allowed(robots, path) for path in paths} == paths


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_R47_no_file_means_no_rules(internet: Internet, status: int) -> None:
    assert await allowed(site(internet, status), "/page")


@pytest.mark.parametrize("status", [500, 502, 503, 599, 304])
async def test_R47_a_failing_site_is_left_alone(internet: Internet, status: int) -> None:
    with pytest.raises(Refused) as caught:
        await allowed(site(internet, status), "/page")
    assert caught.value.reason is Reason.ROBOTS_UNREAD


@pytest.mark.parametrize("path", ["/stall", "/drip-body", "/hang-up", "/garbage", "/brotli", "/loop", "/hops?left=6"])
async def test_R47_a_file_that_cannot_be_had_closes_the_site(internet: Internet, path: str) -> None:
    fetcher = internet.fetcher(limits=Limits(seconds=0.3))
    robots = Robots(fetcher, MemoryCache(), clock=Clock())
    internet.server.redirects["/robots.txt"] = path
    with pytest.raises(Refused) as caught:
        await robots.permit(parsed_address("http://good.example/page"))
    assert caught.value.reason is Reason.ROBOTS_UNREAD


async def test_R47_redirects_are_followed_to_other_hosts_too(internet: Internet) -> None:
    internet.server.redirects["/robots.txt"] = "http://other.example/rules"
    internet.server.pages["/rules"] = b"User-agent: *\nDisallow: /\n"
    robots = Robots(internet.fetcher(), MemoryCache(), clock=Clock())
    assert not await allowed(robots, "/page")
    assert [visit.host for visit in internet.visits] == ["good.example", "other.example"]


async def test_R47_of_a_long_file_the_beginning_counts(internet: Internet) -> None:
    start = b"User-agent: *\nDisallow: /early\n"
    filling = b"# filling\n" * ((LARGEST_FILE - len(start)) // 10 + 1)
    robots = site(internet, start + filling + b"Disallow: /late\n" + filling)
    assert [await allowed(robots, path) for path in ("/early", "/late")] == [False, True]
    cut = site(internet, start + filling[: LARGEST_FILE - len(start) - 13] + b"\nDisallow: /later/than\n")
    assert await allowed(cut, "/la", "two.example"), "half a rule is none"


async def test_a_file_that_multiplies_closes_the_site_and_fills_no_memory(internet: Internet) -> None:
    agents = "".join(f"User-agent: a{number}\n" for number in range(15_000))
    rules = "".join(f"Disallow: /{number}\n" for number in range(15_000))
    assert not await allowed(site(internet, (agents + rules).encode()), "/page")


async def test_R47_the_file_is_asked_for_once_a_day(internet: Internet) -> None:
    cache, clock = MemoryCache(), Clock()
    robots = site(internet, b"User-agent: *\nDisallow: /private\n", cache, clock)
    for path, permitted in (("/page", True), ("/private", False), ("/other", True)):
        assert await allowed(robots, path) is permitted
    clock.now += 23 * HOUR
    assert not await allowed(site(internet, b"", cache, clock), "/private")
    assert internet.server.count("/robots.txt") == 1
    clock.now += HOUR
    assert await allowed(robots, "/private")
    assert internet.server.count("/robots.txt") == 2


async def test_R47_each_origin_has_rules_of_its_own(internet: Internet) -> None:
    robots = site(internet, b"")
    for host in ("one.example", "two.example", "one.example", "one.example:443"):
        assert await allowed(robots, "/page", host)
    assert internet.server.count("/robots.txt") == 3


async def test_R47_a_failure_is_forgotten_sooner(internet: Internet) -> None:
    cache, clock = MemoryCache(), Clock()
    with pytest.raises(Refused):
        await allowed(site(internet, 500, cache, clock), "/page")
    robots = site(internet, b"", cache, clock)
    with pytest.raises(Refused):
        await allowed(robots, "/page")
    clock.now += 600
    assert await allowed(robots, "/page")


async def test_R59_rules_from_the_future_are_asked_for_again(internet: Internet) -> None:
    cache, clock = MemoryCache(), Clock()
    assert not await allowed(site(internet, b"User-agent: *\nDisallow: /\n", cache, clock), "/page")
    clock.now -= 365 * 24 * HOUR
    assert await allowed(site(internet, b"", cache, clock), "/page")


@pytest.mark.parametrize(
    "stored", [b"", b"{}", b"[]", b"\xff", b'{"at": "x", "seconds": 1, "rules": ""}', b"[" * 9000, "later"]
)
async def test_a_spoilt_entry_is_asked_for_again(internet: Internet, stored: bytes | str) -> None:
    cache, clock = MemoryCache(), Clock()
    if stored == "later":  # lives longer than a day by its own account
        stored = json.dumps({"at": clock.now - 25 * HOUR, "seconds": 1e9, "rules": ""})
    cache.kept["robots:http://good.example"] = stored if isinstance(stored, bytes) else stored.encode()
    assert not await allowed(site(internet, b"User-agent: *\nDisallow: /\n", cache, clock), "/page")


async def test_what_is_wrong_with_the_host_itself_is_said_of_the_page(internet: Internet) -> None:
    internet.addresses["good.example"] = [["10.0.0.1"]]
    with pytest.raises(Refused) as caught:
        await allowed(site(internet, b""), "/page")
    assert caught.value.reason is Reason.PRIVATE
    assert internet.visits == []
