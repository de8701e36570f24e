"""Kept pages: asked about after a week, never taken for current when they are not, and read while their hosts rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.disk import DiskCache
from copydesk.adapters.web.reasons import Reason
from copydesk.ports import Hit
from harness.hostile_answers import PAGE
from harness.search_server import MemoryCache
from harness.web_pages import DAY, HIT, TEXT, Desk, iso

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


async def test_a_second_run_asks_nothing_and_reads_the_same(desk: Desk, tmp_path: Path) -> None:
    desk.cache = DiskCache(tmp_path / "cache", clock=desk.clock)
    paths = ("/page", "/lying", "/markdown", "/text", "/pdf", "/redirect?to=/page")
    first = [repr(await desk.read(path)) for path in paths]
    requests = desk.requests
    await desk.cache.close()
    desk.cache = DiskCache(tmp_path / "cache", clock=desk.clock)
    desk.clock.now += 6.9 * DAY
    assert [repr(await desk.read(path)) for path in paths] == first
    assert desk.requests == requests
    await desk.cache.close()


async def test_addresses_that_differ_in_spelling_are_one_page(desk: Desk) -> None:
    await desk.read()
    requests = desk.requests
    await desk.pages().read(Hit("ddg", "", "HTTP://WWW.good.example:80/page#part"))
    assert desk.requests == requests


async def test_after_a_week_the_server_is_asked_whether_the_page_changed(desk: Desk) -> None:
    first = await desk.read("/validated")
    desk.clock.now += 7 * DAY
    assert await desk.read("/validated") == first, "retrieved stays the time at which the bytes came"
    request = desk.internet.server.requests[-1]
    assert (request.headers["if-none-match"], desk.internet.server.count("/validated")) == ('"one"', 2)
    desk.clock.now += 6.9 * DAY
    assert await desk.read("/validated") == first, "good for another week"
    assert desk.internet.server.count("/validated") == 2
    assert len(desk.reader.asked) == 1


async def test_a_page_that_changed_is_read_anew(desk: Desk) -> None:
    first = await desk.read()
    assert await desk.pages().latest(HIT.url) == first.source.sha256
    desk.internet.server.pages["/page"] = PAGE.replace(b"1932", b"1933")
    desk.clock.now += 7 * DAY
    second = await desk.read()
    assert (second.text, second.source.retrieved) == ("The bridge opened in 1933.", iso(desk.clock.now))
    assert await desk.pages().latest(HIT.url) == second.source.sha256 != first.source.sha256
    assert await desk.pages().latest("http://never.example/") is None


async def test_a_page_that_is_gone_is_not_evidence_any_more(desk: Desk) -> None:
    await desk.read()
    desk.internet.server.pages["/page"] = 410
    desk.clock.now += 7 * DAY
    assert await desk.reason() is Reason.STATUS


async def test_unchanged_is_believed_only_where_it_was_asked(desk: Desk) -> None:
    assert await desk.reason("/unasked-304") is Reason.STATUS
    await desk.read()
    desk.internet.server.pages["/page"] = 304
    desk.clock.now += 7 * DAY
    assert await desk.reason() is Reason.STATUS


@pytest.mark.parametrize("days", [-365, -1, 7, 20 * 365])
async def test_F7_R59_a_page_is_asked_for_again_when_the_clock_was_wrong(desk: Desk, days: float) -> None:
    await desk.read()
    desk.clock.now += days * DAY
    desk.internet.server.pages["/page"] = PAGE.replace(b"1932", b"1933")
    assert (await desk.read()).text == "The bridge opened in 1933."


async def test_R59_a_page_that_was_asked_about_in_the_future_is_asked_about_again(desk: Desk) -> None:
    await desk.read("/validated")
    desk.clock.now += 20 * 365 * DAY
    await desk.read("/validated")
    desk.clock.now -= 19 * 365 * DAY
    await desk.read("/validated")
    assert desk.internet.server.count("/validated") == 3


async def test_R59_a_page_read_in_the_future_is_read_anew(desk: Desk) -> None:
    desk.clock.now += 20 * 365 * DAY
    await desk.read("/validated")
    desk.clock.now -= 20 * 365 * DAY
    assert (await desk.read("/validated")).source.retrieved == iso(desk.clock.now)


async def test_R59_offline_nothing_from_the_future_is_read(desk: Desk) -> None:
    await desk.read()
    desk.clock.now -= DAY
    assert await desk.reason(offline=True) is Reason.OFFLINE


async def test_R49_offline_what_is_kept_is_read_and_nothing_asked(desk: Desk) -> None:
    first = await desk.read()
    requests, visits, asked = desk.requests, len(desk.internet.visits), len(desk.internet.asked)
    desk.clock.now += 89 * DAY
    assert await desk.read(offline=True) == first, "with the time at which it was read"
    assert await desk.reason("/other", offline=True) is Reason.OFFLINE
    assert await desk.reason("/page", offline=True, named=True) is Reason.OFFLINE
    desk.clock.now += DAY
    assert await desk.reason(offline=True) is Reason.OFFLINE
    assert (desk.requests, len(desk.internet.visits), len(desk.internet.asked)) == (requests, visits, asked)


def spoilt(entry: dict[str, object]) -> list[bytes]:
    return [
        b"",
        b"null",
        b"\xff",
        b"[" * 9000,
        *(
            json.dumps({**entry, name: value}).encode()
            for name, value in (
                ("text", "The bridge opened in 1999."),
                ("sha256", "0" * 64),
                ("format", "exe"),
                ("read_at", 1e300),
                ("read_at", None),
                ("checked_at", "today"),
                ("known", []),
                ("title", None),
                ("hidden", 1),
                ("url", 3),
                ("surprise", 3),
            )
        ),
    ]


async def test_a_spoilt_entry_is_read_from_the_web_again(desk: Desk) -> None:
    first = await desk.read()
    assert isinstance(desk.cache, MemoryCache)
    (key,) = (key for key in desk.cache.kept if key.startswith("page:"))
    for entry in spoilt(json.loads(desk.cache.kept[key])):
        desk.cache.kept[key] = entry
        before = desk.internet.server.count("/page")
        assert await desk.read() == first, entry
        assert desk.internet.server.count("/page") == before + 1, entry


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("status=429&retry_after=3600", 3600), ("status=429", 60), ("status=503&retry_after=300", 300), ("status=503", 0)],
)
async def test_R48_a_host_that_asks_for_peace_is_left_alone_by_the_next_process_too(
    desk: Desk, asked: str, seconds: int
) -> None:
    assert await desk.reason(f"/rests?{asked}") is Reason.STATUS
    before = desk.requests
    desk.clock.now += max(seconds - 1, 0)
    if seconds:
        assert await desk.reason() is Reason.RESTING
        assert desk.requests == before
        desk.clock.now += 1
    assert (await desk.read()).text == TEXT


async def test_R48_what_is_kept_is_read_while_its_host_rests(desk: Desk) -> None:
    await desk.read()
    assert await desk.reason("/rests?status=429&retry_after=3600") is Reason.STATUS
    assert (await desk.read()).text == TEXT


async def test_R59_a_rest_from_the_future_keeps_nobody_from_asking(desk: Desk) -> None:
    desk.clock.now += 365 * DAY
    assert await desk.reason("/rests?status=429&retry_after=3600") is Reason.STATUS
    desk.clock.now -= 365 * DAY
    assert (await desk.read()).text == TEXT
