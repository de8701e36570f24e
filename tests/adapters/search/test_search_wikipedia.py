"""MediaWiki's Action API, scripted after its documentation: results, nothing, error objects, lag."""

from __future__ import annotations

import pytest

from copydesk.adapters.search.wikipedia import WikipediaSearch
from copydesk.adapters.web.fetch import Fetcher
from copydesk.errors import SearchUnavailable
from copydesk.ports import Hit
from harness.search_server import Clock, RecordedPages, SearchServer, json_answer

WIKI = "https://en.wikipedia.org"


def page(index: int, title: str) -> dict[str, object]:
    """Return a page as `generator=search` with `prop=info` gives it."""
    name = title.replace(" ", "_")
    return {
        "pageid": 1000 + index,
        "ns": 0,
        "title": title,
        "index": index,
        "contentmodel": "wikitext",
        "pagelanguage": "en",
        "touched": "2026-01-01T00:00:00Z",
        "lastrevid": 1,
        "length": 10,
        "fullurl": f"{WIKI}/wiki/{name}",
        "editurl": f"{WIKI}/w/index.php?title={name}&action=edit",
        "canonicalurl": f"{WIKI}/wiki/{name}",
    }


def found(*pages: dict[str, object]) -> dict[str, object]:
    """Return an answer with more to come, as the first of a search usually is."""
    return {"continue": {"gsroffset": 5, "continue": "gsroffset||"}, "query": {"pages": list(pages)}}


def error(code: str, **more: object) -> dict[str, object]:
    """Return an error object of format version 2."""
    return {"error": {"code": code, "info": "Waiting for 10.0.0.1: 7.2 <b>seconds</b>", **more}, "servedby": "mw1"}


@pytest.fixture
async def server():
    async with SearchServer() as running:
        yield running


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pages():
    return RecordedPages()


@pytest.fixture
def search(server, pages, clock):
    return WikipediaSearch(server.url, Fetcher(clock=clock), pages, clock)


async def test_articles_come_in_the_wikis_order_by_one_request(server, search):
    server.answers = [json_answer(found(page(2, "Kiln firing"), page(3, "Übung"), page(1, "Kiln")))]
    answer = await search.find("kiln -brick", 3)
    assert answer.hits == (
        Hit("wikipedia", "Kiln", f"{WIKI}/wiki/Kiln"),
        Hit("wikipedia", "Kiln firing", f"{WIKI}/wiki/Kiln_firing"),
        Hit("wikipedia", "Übung", f"{WIKI}/wiki/%C3%9Cbung"),
    )
    assert server.asked == [
        {
            "path": "/w/api.php",
            "action": "query",
            "generator": "search",
            "gsrsearch": "kiln -brick",
            "gsrlimit": "3",
            "prop": "info",
            "inprop": "url",
            "format": "json",
            "formatversion": "2",
            "maxlag": "5",
        }
    ]
    assert server.requests[0].headers["user-agent"].startswith("copydesk/")


async def test_nothing_found_is_an_answer(server, search):
    server.answers = [json_answer({"batchcomplete": True})]
    assert (await search.find("kiln", 5)).hits == ()
    assert len(server.requests) == 1


async def test_where_no_page_has_all_words_some_will_do(server, search):
    server.answers = [json_answer({"batchcomplete": True}), json_answer(found(page(1, "Kiln")))]
    assert [hit.title for hit in (await search.find("Kilns reach 9,000 degrees", 5)).hits] == ["Kiln"]
    asked = [each["gsrsearch"] for each in server.asked]
    assert asked == ["Kilns reach 9,000 degrees", "kilns OR reach OR 9,000 OR degrees"]


async def test_R48_nothing_found_and_then_a_failure_is_no_empty_answer(server, search):
    server.answers = [json_answer({"batchcomplete": True}), json_answer(error("ratelimited"))]
    with pytest.raises(SearchUnavailable):
        await search.find("Kilns reach 9,000 degrees", 5)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"batchcomplete": False},
        {"batchcomplete": True, "query": []},
        {"query": {"pages": {"12": page(1, "Kiln")}}},
        {"query": {"pages": ["Kiln"]}},
    ],
    ids=repr,
)
async def test_R48_another_shape_is_no_empty_answer(server, search, body):
    server.answers = [json_answer(body)]
    with pytest.raises(SearchUnavailable, match="not a list of results"):
        await search.find("kiln", 5)


@pytest.mark.parametrize(("code", "headers", "seconds"), [("maxlag", {"retry_after": "7"}, 7), ("ratelimited", {}, 5)])
async def test_R48_a_busy_wiki_is_left_alone_for_as_long_as_it_asks(server, search, clock, code, headers, seconds):
    server.answers = [json_answer(error(code, lag=7.2), **headers)]
    with pytest.raises(SearchUnavailable, match=rf"is too busy \({code}\)") as caught:
        await search.find("kiln", 5)
    assert caught.value.remedy == f"Try again in {seconds} seconds."
    clock.now += seconds - 1
    with pytest.raises(SearchUnavailable, match="it was not asked"):
        await search.find("kiln", 5)
    assert len(server.requests) == 1
    clock.now += 1
    server.answers = [json_answer(found(page(1, "Kiln")))]
    assert len((await search.find("kiln", 5)).hits) == 1


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (error("srsearch-text-disabled"), "refused the query (srsearch-text-disabled)."),
        (error("a <b> b"), "refused the query."),
        ({"error": "nonsense"}, "refused the query."),
        ({"error": None}, "refused the query."),
    ],
)
async def test_R48_an_error_object_is_no_empty_answer(server, search, body, sentence):
    server.answers = [json_answer(body)]
    with pytest.raises(SearchUnavailable) as caught:
        await search.find("kiln", 5)
    assert str(caught.value).endswith(sentence)
    assert "<b>" not in caught.value.sentence


async def test_how_it_is_can_be_told_without_searching(server, search):
    server.answers = [json_answer({"batchcomplete": True, "query": {"general": {"sitename": "Wiki\u202epedia"}}})]
    assert await search.state() == "Wikipedia"
    assert server.asked[0]["meta"] == "siteinfo"
    server.answers = [json_answer({"batchcomplete": True})]
    with pytest.raises(SearchUnavailable, match="not a list of results"):
        await search.state()


async def test_another_mediawiki_may_have_its_interface_elsewhere(server, pages, clock):
    server.answers = [json_answer({"batchcomplete": True})]
    await WikipediaSearch(f"{server.url}/api.php", Fetcher(), pages, clock).find("kiln", 5)
    assert server.asked[0]["path"] == "/api.php"


READINGS = [
    (WIKI, f"{WIKI}/wiki/Kiln", False),
    ("http://wiki.local", "http://wiki.local/wiki/Kiln", True),
    ("http://10.0.0.7:8080/w/api.php", "http://10.0.0.7:8080/wiki/Kiln", True),
    ("http://10.0.0.7:8080", "http://10.0.0.7:80808/wiki/Kiln", False),
    ("http://10.0.0.7:8080", "http://10.0.0.8:8080/wiki/Kiln", False),
    ("http://wiki.local", f"{WIKI}/wiki/Kiln", False),
    (WIKI, "http://127.0.0.1/", False),
]


@pytest.mark.parametrize(("wiki", "url", "named"), READINGS)
async def test_R31_only_a_wiki_that_settings_name_may_be_private(pages, clock, wiki, url, named):
    search = WikipediaSearch(wiki, Fetcher(), pages, clock)
    await search.read(Hit("wikipedia", "Kiln", url))
    assert pages.read_so_far == [(url, named)]
