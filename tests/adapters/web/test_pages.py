"""Pages as evidence: read once, kept, asked about after a week, and never taken for current when they are not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.disk import DiskCache
from copydesk.adapters.extraction.values import Extracted
from copydesk.adapters.web.pages import WebPages
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.robots import Robots
from copydesk.core.document import Format
from copydesk.core.evidence import Source
from copydesk.errors import PageUnusable
from copydesk.ports import Hit, Page
from harness.hostile_http import PAGE
from harness.search_server import Clock, MemoryCache

if TYPE_CHECKING:
    from pathlib import Path

    from copydesk.ports import Cache
    from harness.internet import Internet

pytestmark = pytest.mark.slow

DAY = 86_400.0
TEXT = "The bridge opened in 1932."
HIT = Hit("ddg", "A bridge", "http://www.good.example/page")


@dataclass
class Reader:
    """An extractor that takes what stands between `<p>` and `</p>`."""

    asked: list[tuple[str, str, str | None]] = field(default_factory=list)

    async def html(self, body: bytes, url: str, charset: str | None) -> Extracted:
        self.asked.append(("html", url, charset))
        start, end = body.find(b"<p>"), body.find(b"</p>")
        if start < 0:
            raise PageUnusable("No text.")
        text = body[start + 3 : end].decode("utf-8", "replace")
        return Extracted(text, "Bridges" if b"<title>" in body else "", hidden=b"hidden" in body)

    async def pdf(self, body: bytes, url: str) -> Extracted:
        self.asked.append(("pdf", url, None))
        return Extracted(body.decode(), "", hidden=False)


@dataclass
class Desk:
    """Pages on one internet, with their parts at hand."""

    internet: Internet
    cache: Cache = field(default_factory=MemoryCache)
    clock: Clock = field(default_factory=Clock)
    reader: Reader = field(default_factory=Reader)
    told: list[str] = field(default_factory=list)

    def pages(self, *, offline: bool = False) -> WebPages:
        fetcher = self.internet.fetcher()
        robots = Robots(fetcher, self.cache, clock=self.clock)
        return WebPages(
            fetcher, self.cache, self.reader, robots, offline=offline, clock=self.clock, tell=self.told.append
        )

    async def read(self, path: str = "/page", *, offline: bool = False, **options: bool) -> Page:
        return await self.pages(offline=offline).read(hit(path), **options)

    async def reason(self, path: str = "/page", *, offline: bool = False, **options: bool) -> Reason:
        with pytest.raises(Refused) as caught:
            await self.read(path, offline=offline, **options)
        return caught.value.reason

    @property
    def requests(self) -> int:
        return len(self.internet.server.requests)


def hit(path: str) -> Hit:
    return Hit("ddg", "A bridge", f"http://www.good.example{path}")


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def desk(internet: Internet) -> Desk:
    return Desk(internet)


async def test_a_page_is_its_text_with_where_and_when_it_was_read(desk: Desk) -> None:
    page = await desk.read()
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    source = Source("Bridges", HIT.url, iso(desk.clock.now), digest)
    assert page == Page(source, TEXT, Format.PLAIN, "good.example", hidden=False)
    assert desk.reader.asked == [("html", HIT.url, "utf-8")]


async def test_a_page_without_a_title_has_the_results_own(desk: Desk) -> None:
    desk.internet.server.pages["/page"] = b"<p>The bridge</p>"
    assert (await desk.read()).source.title == "A bridge"
    assert (await desk.pages().read(Hit("ddg", "", HIT.url))).source.title == HIT.url


async def test_a_redirected_page_is_that_which_it_leads_to(desk: Desk) -> None:
    page = await desk.read("/redirect?to=http://other.example/page%23part")
    assert (page.source.url, page.site) == ("http://other.example/page", "other.example")


async def test_hidden_text_is_told_of(desk: Desk) -> None:
    desk.internet.server.pages["/page"] = b"<p>The bridge</p><p hidden>"
    assert (await desk.read()).hidden
    assert (await desk.read()).hidden


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


STATES = {
    "/rests?status=429": Reason.STATUS,
    "/rests?status=503&retry_after=10": Reason.STATUS,
    "/error": Reason.STATUS,
    "/gone": Reason.STATUS,
    "/nothing": Reason.STATUS,
    "/captcha": Reason.STATUS,
    "/challenge": Reason.CHALLENGE,
    "/empty": Reason.EMPTY,
    "/json": Reason.TYPE,
}


@pytest.mark.parametrize(("path", "why"), STATES.items())
async def test_R48_what_is_no_page_is_refused_and_not_kept(desk: Desk, path: str, why: Reason) -> None:
    assert await desk.reason(path) is why
    assert await desk.pages().latest(hit(path).url) is None


async def test_a_page_that_cannot_be_extracted_is_not_kept(desk: Desk) -> None:
    desk.internet.server.pages["/page"] = b"<div>"
    with pytest.raises(PageUnusable, match="No text"):
        await desk.read()
    assert await desk.pages().latest(HIT.url) is None


async def test_R41_plain_text_is_decoded_with_marks_and_made_harmless(desk: Desk) -> None:
    page = await desk.read("/text")
    assert page.text.strip() == "The caf\ufffd opened in 1932."
    assert (page.format, page.hidden) == (Format.PLAIN, False)
    hiding = await desk.read("/text-hiding")
    assert (hiding.text, hiding.hidden) == ("Opened in 1932.", True)
    markdown = await desk.read("/markdown")
    assert (markdown.format, markdown.text) == (Format.MARKDOWN, "# Bridges\n\nThe bridge opened in *1932*.\n")


CHARSETS = {
    "/utf-16": None,
    "/utf-16-said": "utf-16le",
    "/gb18030": "gb18030",
    "/lying": "utf-8",
    "/no-charset": "rot13",
}


@pytest.mark.parametrize(("path", "charset"), CHARSETS.items())
async def test_R41_the_extractor_is_told_what_the_header_says(desk: Desk, path: str, charset: str | None) -> None:
    try:
        await desk.read(path)
    except PageUnusable:
        assert path.startswith("/utf-16"), "which the scripted extractor cannot read"
    assert desk.reader.asked == [("html", hit(path).url, charset)]


async def test_a_pdf_is_given_to_its_own_extractor(desk: Desk) -> None:
    assert (await desk.read("/pdf")).text == "%PDF-1.4 scripted"
    assert desk.reader.asked == [("pdf", hit("/pdf").url, None)]


async def test_R47_a_page_that_robots_txt_closes_is_not_read(desk: Desk) -> None:
    desk.internet.server.pages["/robots.txt"] = b"User-agent: *\nDisallow: /page\n"
    assert await desk.reason() is Reason.ROBOTS
    assert (await desk.read("/other")).text
    assert await desk.reason("/redirect?to=/page") is Reason.ROBOTS
    assert (desk.internet.server.count("/page"), desk.told) == (0, [])


async def test_R47_an_address_that_the_user_gave_is_read_with_a_note(desk: Desk) -> None:
    desk.internet.server.pages["/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    assert (await desk.read(typed=True)).text == TEXT
    assert desk.told == [
        "The site's robots.txt asks programs not to read this page. It was read because you gave its address."
    ]
    desk.internet.addresses["www.good.example"] = [["127.0.0.1"]]
    desk.clock.now += 7 * DAY  # the rules are asked for again, in vain
    assert await desk.reason("/page?again", typed=True) is Reason.PRIVATE
    assert len(desk.told) == 1


async def test_what_settings_name_is_read_without_robots_and_kept_apart(desk: Desk) -> None:
    desk.internet.addresses["wiki.lan"] = [["192.168.1.5"]]
    article = Hit("kiwix", "", "http://wiki.lan:8080/page")
    page = await desk.pages().read(article, named=True)
    assert (page.text, page.site, desk.internet.server.count("/robots.txt")) == (TEXT, "wiki.lan", 0)
    requests = desk.requests
    for offline in (False, True):
        with pytest.raises(PageUnusable):
            await desk.pages(offline=offline).read(article)
        assert await desk.pages(offline=offline).read(article, named=True) == page
    assert desk.requests == requests


async def test_R31_a_search_result_cannot_point_into_the_private_network(desk: Desk) -> None:
    for url in ("http://127.0.0.1/", "http://wiki.lan/", "file:///etc/passwd", "http://good.example:8080/"):
        with pytest.raises(Refused):
            await desk.pages().read(Hit("ddg", "", url))
    assert desk.internet.visits == []


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
