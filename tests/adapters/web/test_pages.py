"""Pages as evidence: their text, whence and when it was read, and which are not read at all."""

from __future__ import annotations

import hashlib

import pytest

from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.core.document import Format
from copydesk.core.evidence import Source
from copydesk.errors import PageUnusable
from copydesk.ports import Hit, Page
from harness.web_pages import DAY, HIT, TEXT, Desk, hit, iso

pytestmark = pytest.mark.slow


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
