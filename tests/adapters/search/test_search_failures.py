"""Every way in which a search server can fail is a failed search with its own sentence, never an empty answer."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.search.kiwix import KiwixSearch
from copydesk.adapters.search.searxng import SearxngSearch
from copydesk.adapters.search.wikipedia import WikipediaSearch
from copydesk.adapters.web.fetch import Fetcher
from copydesk.adapters.web.values import Limits
from copydesk.errors import SearchUnavailable
from harness.scripted_http import Exchange
from harness.search_server import Clock, RecordedPages, SearchServer, answer, html_answer, json_answer

if TYPE_CHECKING:
    from copydesk.adapters.search.provider import Provider

pytestmark = pytest.mark.slow

PROVIDERS = {"kiwix": KiwixSearch, "searxng": SearxngSearch, "wikipedia": WikipediaSearch}
CAPTCHA = html_answer("<form>Please solve this CAPTCHA to show that you are human</form>")
LATER = {"retry_after": "90"}


def provider(name: str, url: str, clock: Clock | None = None, *, seconds: float = 10.0) -> Provider:
    """Return a provider with the real fetcher, which gives each request so many seconds."""
    fetcher = Fetcher(limits=Limits(seconds=seconds), clock=clock or Clock())
    return PROVIDERS[name](url, fetcher, RecordedPages(), clock or Clock())


async def failure(search: Provider) -> SearchUnavailable:
    """Return how a search failed."""
    with pytest.raises(SearchUnavailable) as caught:
        await search.find("kiln temperature", 5)
    error = caught.value
    assert str(error).startswith("Search unavailable: ")
    assert str(error).endswith(".")
    assert error.remedy.endswith(".")
    assert "kiln" not in error.sentence  # what was asked is in no message
    assert "<" not in error.sentence  # and nothing of a page
    return error


EVERYWHERE = {
    "429": (answer("text/plain", "", 429), "has had too many requests"),
    "429 with a time": (json_answer({}, 429, **LATER), "has had too many requests"),
    "503": (html_answer("Down", 503), "is overloaded or being maintained"),
    "500": (html_answer("Oops", 500), "failed with status 500"),
    "401": (html_answer("Who?", 401), "refused access"),
    "403 with a captcha": (Exchange(CAPTCHA.chunks, 403, CAPTCHA.headers), "wants to see a human"),
    "captcha": (CAPTCHA, "wants to see a human"),
    "a challenge": (html_answer("x", 403), "refused access"),
    "cloudflare": (answer("text/html", "", 403, cf_mitigated="challenge"), "wants to see a human"),
    "a web page": (html_answer("<h1>Welcome</h1>"), "answered with a web page or a file instead of search results"),
    "no content type": (Exchange((b"{}",)), "answered with a web page or a file instead"),
    "a file": (answer("application/octet-stream", b"\x00\x01"), "answered with a web page or a file instead"),
    "elsewhere": (Exchange(status=302, headers={"location": "http://127.0.0.2:9/search"}), "redirected the query"),
    "redirect without a place": (Exchange(status=302), "redirected the query"),
    "redirect to a file": (Exchange(status=302, headers={"location": "file:///etc/passwd"}), "Only http and https"),
    "hangs up": (Exchange((b"{",), headers={"content-type": "text/html"}, ending="close"), "connection ended"),
    "reset": (Exchange(ending="reset"), "gave no answer that can be used"),
    "202": (html_answer("Wait", 202), "failed with status 202"),
    "204": (Exchange(status=204), "answered with a web page or a file instead"),
}
HANGING = [Exchange(ending="hang"), Exchange((b"{",), headers={"content-type": "text/html"}, ending="hang")]


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("fault", EVERYWHERE)
async def test_R48_a_server_that_fails_is_no_empty_answer(name, fault):
    said, sentence = EVERYWHERE[fault]
    async with SearchServer() as server:
        server.answers = [said]
        error = await failure(provider(name, server.url))
        assert sentence in str(error)
        assert server.url in str(error)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("said", HANGING)
async def test_R40_a_server_that_hangs_is_no_empty_answer(name, said):
    async with SearchServer() as server:
        server.answers = [said]
        error = await failure(provider(name, server.url, seconds=0.3))
        assert "did not arrive within" in str(error)


@pytest.mark.parametrize("name", PROVIDERS)
async def test_R48_a_server_that_does_not_run_is_no_empty_answer(name, unused_tcp_port):
    error = await failure(provider(name, f"http://127.0.0.1:{unused_tcp_port}"))
    assert "does not answer" in str(error)
    assert f"correct {name} under [search]" in error.remedy


NOT_RESULTS = [b"", b"[]", b"null", b'"x"', b'{"results": 5}', b'{"query": []}', b"{", b"\xff", b"[" * 100_000]


@pytest.mark.parametrize("name", ["searxng", "wikipedia"])
@pytest.mark.parametrize("body", NOT_RESULTS, ids=lambda body: repr(body[:20]))
async def test_R48_json_of_another_shape_is_no_empty_answer(name, body):
    async with SearchServer() as server:
        server.answers = [answer("application/json", body)]
        error = await failure(provider(name, server.url))
        assert "something that is not a list of results" in str(error)


NOT_XML = [
    b"",
    b"<rss>",
    b"<html></html>",
    b"\xff\xfe",
    b"<rss xmlns='x'/>",
    b'<!DOCTYPE rss [<!ENTITY a "aa">]><rss>&a;</rss>',
    '<?xml version="1.0" encoding="utf-16"?><rss/>'.encode("utf-16"),
]


@pytest.mark.parametrize("body", NOT_XML, ids=lambda body: repr(body[:20]))
async def test_R48_xml_of_another_shape_is_no_empty_answer(body):
    async with SearchServer() as server:
        server.answers = [answer("application/rss+xml", body)]
        error = await failure(provider("kiwix", server.url))
        assert "something that is not a list of results" in str(error)


async def test_R39_an_answer_that_inflates_without_end_is_refused():
    bomb = gzip.compress(b'{"results": [' + b" " * (64 << 20))
    async with SearchServer() as server:
        server.answers = [answer("application/json", bomb, content_encoding="gzip")]
        error = await failure(provider("searxng", server.url))
        assert "larger than 2 MiB" in str(error)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(("status", "headers", "seconds"), [(429, LATER, 90), (503, LATER, 90), (429, {}, 60)])
async def test_R48_a_server_that_says_later_is_not_asked_before(name, status, headers, seconds):
    clock = Clock()
    async with SearchServer() as server:
        server.answers = [json_answer({}, status, **headers)]
        search = provider(name, server.url, clock)
        await failure(search)
        clock.now += seconds - 1
        error = await failure(search)
        assert "asked to be left alone for another 1 seconds; it was not asked" in str(error)
        assert len(server.requests) == 1
        clock.now += 1
        await failure(search)
        assert len(server.requests) == 2


@pytest.mark.parametrize("name", PROVIDERS)
async def test_R48_a_time_may_be_a_date_and_is_at_most_a_day(name):
    clock = Clock()
    async with SearchServer() as server:
        dates = {"date": "Thu, 01 Jan 2026 00:00:00 GMT", "retry_after": "Thu, 01 Jan 2099 00:00:00 GMT"}
        server.answers = [json_answer({}, 429, **dates)]
        search = provider(name, server.url, clock)
        assert "Try again in 1440 minutes." in (await failure(search)).remedy
        clock.now += 24 * 3600
        await failure(search)
        assert len(server.requests) == 2


@pytest.mark.parametrize("name", PROVIDERS)
async def test_R30_a_query_that_is_too_long_is_not_sent(name):
    async with SearchServer() as server:
        with pytest.raises(SearchUnavailable, match="201 characters"):
            await provider(name, server.url).find("x" * 201, 5)
        assert server.requests == []
