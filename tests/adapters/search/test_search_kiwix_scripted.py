"""What versions of kiwix-serve other than the one that is tested are known to say, and what a hostile one might."""

from __future__ import annotations

import time

import pytest

from copydesk.adapters.search.kiwix import KiwixSearch
from copydesk.adapters.web.fetch import Fetcher
from copydesk.errors import SearchUnavailable
from harness.search_server import RecordedPages, SearchServer, answer


def search_at(url: str) -> KiwixSearch:
    """Return a provider that asks the server at an address."""
    return KiwixSearch(url, Fetcher(), RecordedPages(), time.monotonic)


def feed(*items: tuple[str, str]) -> str:
    """Return an answer to a search as kiwix-serve words it."""
    listed = "".join(f"<item><title>{title}</title><link>{link}</link></item>" for title, link in items)
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{listed}</channel></rss>'


def catalogue(*titles: str) -> str:
    """Return a list of books; the address in each is not escaped, as in some versions."""
    entries = "".join(
        f'<entry><id>urn:uuid:{number}</id><title>{title}</title><link href="/x?a=1&b=2"/></entry>'
        for number, title in enumerate(titles)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'


LINKS = [
    ("/content/wiki/A/Kiln", "/content/wiki/A/Kiln"),
    ("/wiki/A/Kiln", "/raw/wiki/content/A/Kiln"),
    ("/wiki/A/Wer?", "/raw/wiki/content/A/Wer%3F"),
    ("/wiki/A/Kiln#top", "/raw/wiki/content/A/Kiln"),
    ("http://127.0.0.2/wiki/A/Kiln", None),
    ("//a.example/wiki/A/Kiln", None),
    ("javascript:alert(1)", None),
    ("", None),
]


@pytest.mark.parametrize(("link", "path"), LINKS)
async def test_links_lead_to_the_same_server_or_nowhere(link, path):
    async with SearchServer() as server:
        server.answers = [answer("application/rss+xml", feed(("Kiln", link)))]
        found = await search_at(server.url).find("kiln", 5)
        assert [hit.url for hit in found.hits] == ([f"{server.url}{path}"] if path else [])


async def test_newer_servers_that_refuse_a_mixture_of_languages_are_asked_book_by_book():
    refusal = answer("application/xml", "<error>confusion of tongues</error>", 400)
    async with SearchServer() as server:
        server.answers = [
            refusal,
            answer("application/atom+xml;profile=opds-catalog", catalogue(*(f"Book {n}" for n in range(10)))),
            *(
                answer("application/rss+xml", feed((f"{n}a", f"/content/{n}/a"), (f"{n}b", f"/content/{n}/b")))
                for n in range(8)
            ),
        ]
        found = await search_at(server.url).find("kiln", 10)
        assert [hit.title for hit in found.hits] == [*(f"{n}a" for n in range(8)), "0b", "1b"]
        assert [each.what for each in found.skipped] == ["Book 8", "Book 9"]
        assert [each.get("books.id") for each in server.asked[2:]] == [str(n) for n in range(8)]


async def test_R48_a_query_that_is_refused_for_each_book_is_a_failure():
    refusal = answer("application/xml", "<error/>", 400)
    async with SearchServer() as server:
        server.answers = [refusal, answer("application/atom+xml", catalogue("One")), refusal]
        with pytest.raises(SearchUnavailable, match="refused the query"):
            await search_at(server.url).find("kiln", 10)


async def test_R48_books_that_have_no_index_one_by_one_are_a_failure():
    async with SearchServer() as server:
        server.answers = [
            answer("application/xml", "<error/>", 400),
            answer("application/atom+xml", catalogue("One", "Two")),
            answer("application/xml", "<error/>", 404),
        ]
        with pytest.raises(SearchUnavailable, match="no book with a full-text index"):
            await search_at(server.url).find("kiln", 10)


async def test_words_are_asked_for_one_by_one_without_accents():
    async with SearchServer() as server:
        server.answers = [answer("application/rss+xml", feed())]
        await search_at(server.url).find("Ülla Brée पानी", 5)
        assert [each["pattern"] for each in server.asked] == ["Ülla Brée पानी", "ulla OR bree OR पन"]
