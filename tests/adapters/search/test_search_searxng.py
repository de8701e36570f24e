"""SearXNG: its JSON as documented, engines that failed, the format switched off."""

from __future__ import annotations

import time

import pytest

from copydesk.adapters.search.searxng import SearxngSearch
from copydesk.adapters.web.fetch import Fetcher
from copydesk.core.evidence import Skipped
from copydesk.errors import SearchUnavailable
from copydesk.ports import Hit
from harness.search_server import RecordedPages, SearchServer, answer, html_answer, json_answer


def result(title: object, url: object) -> dict[str, object]:
    """Return a result as SearXNG has it; `content` is an excerpt that must come to nothing."""
    return {
        "title": title,
        "url": url,
        "content": "EXCERPT",
        "engine": "brave",
        "parsed_url": ["https", "a.example", "/", "", "", ""],
        "template": "default.html",
        "engines": ["brave"],
        "positions": [1],
        "score": 1.0,
        "category": "general",
    }


def results(*found: dict[str, object], failed: object = ()) -> dict[str, object]:
    """Return an answer with the fields of the real one."""
    return {
        "query": "kiln",
        "number_of_results": 0,
        "results": list(found),
        "answers": [],
        "corrections": [],
        "infoboxes": [],
        "suggestions": [],
        "unresponsive_engines": failed,
    }


@pytest.fixture
async def server():
    async with SearchServer() as running:
        yield running


@pytest.fixture
def pages():
    return RecordedPages()


@pytest.fixture
def search(server, pages):
    return SearxngSearch(server.url, Fetcher(), pages, time.monotonic)


async def test_results_become_titles_and_addresses_and_nothing_else(server, search):
    server.answers = [
        json_answer(
            results(
                result("A <kiln>\n# H1", "https://a.example/kiln#top"),
                result("Again", "https://a.example/kiln"),
                result("Script", "javascript:alert(1)"),
                result(None, "https://b.example/"),
                {"no": "address"},
            )
        )
    ]
    found = await search.find("kiln & “glaze”", 5)
    assert found.hits == (
        Hit("searxng", "A <kiln> # H1", "https://a.example/kiln"),
        Hit("searxng", "https://b.example/", "https://b.example/"),
    )
    assert "EXCERPT" not in repr(found)
    assert server.asked == [{"path": "/search", "q": "kiln & “glaze”", "format": "json", "categories": "general"}]
    assert server.requests[0].headers["user-agent"].startswith("copydesk/")


async def test_at_most_so_many_results_as_asked_for(server, search):
    server.answers = [json_answer(results(*(result(str(n), f"https://a.example/{n}") for n in range(30))))]
    assert [hit.title for hit in (await search.find("kiln", 3)).hits] == ["0", "1", "2"]


async def test_no_results_from_engines_that_all_answered_are_an_answer(server, search):
    server.answers = [json_answer(results())]
    found = await search.find("kiln", 5)
    assert (found.hits, found.skipped) == ((), ())


async def test_R48_no_results_because_the_engines_failed_are_a_failure(server, search):
    server.answers = [json_answer(results(failed=[["google", "CAPTCHA"], ["brave", "Suspended: too many requests"]]))]
    with pytest.raises(SearchUnavailable) as caught:
        await search.find("kiln", 5)
    assert str(caught.value) == (
        f"Search unavailable: SearXNG at {server.url} got nothing from its search engines: "
        "google (CAPTCHA), brave (Suspended: too many requests)."
    )


async def test_engines_that_failed_are_told_of_where_others_found_something(server, search):
    failed = [["google", "CAPTCHA"], ["b\u202ead\n", ""], ["one"], 7, [1, 2], ["x" * 99, "y" * 99]]
    server.answers = [json_answer(results(result("Kiln", "https://a.example/"), failed=failed))]
    found = await search.find("kiln", 5)
    assert len(found.hits) == 1
    assert found.skipped == (
        Skipped("SearXNG: google", "CAPTCHA"),
        Skipped("SearXNG: bad", "no answer"),
        Skipped("SearXNG: " + "x" * 40, "y" * 80),
    )


async def test_R48_json_switched_off_says_how_to_switch_it_on(server, search):
    server.answers = [html_answer("<h1>Forbidden</h1>", 403)]
    for asking in (search.find("kiln", 5), search.state()):
        with pytest.raises(SearchUnavailable, match="refused access") as caught:
            await asking
        assert "add json to search.formats" in caught.value.remedy


async def test_how_it_is_can_be_told_without_searching(server, search):
    server.answers = [json_answer({"error": "No query"}, 400)]
    assert await search.state() == "its JSON format is on"
    assert server.asked == [{"path": "/search", "format": "json"}]


async def test_pages_are_read_as_any_page_of_the_web(search, pages):
    hit = Hit("searxng", "Intranet", "http://127.0.0.1/secret")
    await search.read(hit)
    assert pages.read_so_far == [("http://127.0.0.1/secret", False)]


async def test_an_address_may_have_a_path(server, pages):
    search = SearxngSearch(f"{server.url}/searx", Fetcher(), pages, time.monotonic)
    server.answers = [json_answer(results())]
    await search.find("kiln", 5)
    assert server.asked[0]["path"] == "/searx/search"


async def test_a_redirect_on_the_same_server_is_followed(server, search):
    server.answers = [
        answer("text/html", "", 302, location="/searx/search?q=kiln&format=json"),
        json_answer(results(result("Kiln", "https://a.example/"))),
    ]
    assert len((await search.find("kiln", 5)).hits) == 1
