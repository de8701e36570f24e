"""The real kiwix-serve with ZIM files about what does not exist."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.search.kiwix import KiwixSearch
from copydesk.adapters.web.fetch import Fetcher
from copydesk.core.evidence import Skipped
from copydesk.errors import PageUnusable, SearchUnavailable
from copydesk.ports import Hit
from harness.kiwix_server import kiwix_server
from harness.search_server import RecordedPages
from harness.zim_file import Article, write_zim

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.kiwix

FISH = (Article("Quarn", "Der Quarn", "<p>Der Quarn ist ein Vogel ohne Flug.</p>"),)


def search_at(url: str, pages: RecordedPages | None = None) -> KiwixSearch:
    """Return a provider that asks the server at an address."""
    return KiwixSearch(url, Fetcher(), pages or RecordedPages(), time.monotonic)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with ZIM files: the islands, another language, one without a full-text index."""
    folder = tmp_path_factory.mktemp("zim")
    write_zim(folder / "orvane.zim")
    write_zim(folder / "quarn_de.zim", name="quarn", title="Quarnkunde", articles=FISH, language="deu")
    write_zim(folder / "bare.zim", name="bare", title="Without an index", articles=FISH, indexed=False)
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    """Return the address of a server with the islands alone."""
    with kiwix_server([folder / "orvane.zim"]) as address:
        yield address


FOUND = [
    ("lighthouse Tessport", "Tessport", "raw/orvane/content/A/Tessport"),
    ("The longest river of Orvane is 212 km long.", "River Velb", "raw/orvane/content/A/River_Velb"),
    ("Who described the Velb glimmer NOT in 1876?", "Velb glimmer", "raw/orvane/content/A/Velb_glimmer"),
    ("Quarns", "Quarn", "raw/orvane/content/A/Quarn"),
    ("Ülla Brée", "100% Sulm & <Berries>", "raw/orvane/content/A/100%25_Sulm%232"),
    ("Anse Morrow", "Who charts the sea?", "raw/orvane/content/A/Who_charts_the_sea%3F"),
]


@pytest.mark.parametrize(("query", "title", "path"), FOUND)
async def test_articles_are_found(url, query, title, path):
    found = await search_at(url).find(query, 3)
    assert found.hits[0] == Hit("kiwix", title, f"{url}/{path}")
    assert len(found.hits) <= 3
    assert len({hit.url for hit in found.hits}) == len(found.hits)


@pytest.mark.parametrize("query", ["zyzzyva", "“!?”", "*"])
async def test_nothing_found_is_an_answer(url, query):
    assert (await search_at(url).find(query, 5)).hits == ()


async def test_every_address_that_is_found_leads_to_the_article_alone(url):
    fetcher = Fetcher()
    for query, title, _ in FOUND:
        hit = (await search_at(url).find(query, 1)).hits[0]
        page = await fetcher.get(hit.url, purpose="page", named=True)
        assert page.status == 200
        assert "<h1>" in page.body.decode()
        assert title.split()[0] in page.body.decode()
        assert b"kiwix" not in page.body  # its tool bar


async def test_a_page_is_read_as_an_address_of_the_settings_and_only_there(url):
    pages = RecordedPages()
    search = search_at(url, pages)
    hit = (await search.find("lighthouse", 1)).hits[0]
    await search.read(hit)
    assert pages.read_so_far == [(hit.url, True)]
    for elsewhere in ("http://127.0.0.1:9/raw/a", "http://127.0.0.1", f"{url}0/raw/a", "https://a.example/"):
        with pytest.raises(PageUnusable, match="does not lie on the kiwix-serve"):
            await search.read(Hit("kiwix", "x", elsewhere))
    assert len(pages.read_so_far) == 1


async def test_several_books_are_searched_together(folder):
    with kiwix_server([folder / "orvane.zim", folder / "quarn_de.zim", folder / "bare.zim"]) as url:
        found = await search_at(url).find("quarn", 5)
        assert {hit.title for hit in found.hits} == {"Quarn", "Der Quarn"}
        assert await search_at(url).state() == "3 books: Orvane Almanac, Quarnkunde, Without an index"


async def test_books_that_may_not_be_searched_together_are_searched_one_by_one(folder):
    books = [folder / "orvane.zim", folder / "quarn_de.zim", folder / "bare.zim"]
    with kiwix_server(["--searchLimit=1", *books]) as url:
        found = await search_at(url).find("quarn", 5)
        assert {hit.title for hit in found.hits} == {"Quarn", "Der Quarn"}
        assert found.skipped == (Skipped("Without an index", "The book has no full-text index."),)


async def test_a_server_may_lie_below_a_path(folder):
    with kiwix_server(["--urlRootLocation=/wiki", folder / "orvane.zim"]) as url:
        found = await search_at(f"{url}/wiki").find("lighthouse Tessport", 2)
        assert [hit.url for hit in found.hits] == [
            f"{url}/wiki/raw/orvane/content/A/Tessport",
            f"{url}/wiki/raw/orvane/content/A/Bellmast",
        ]
        page = await Fetcher().get(found.hits[0].url, purpose="page", named=True)
        assert b"<h1>Tessport</h1>" in page.body
        with pytest.raises(SearchUnavailable):
            await search_at(url).find("lighthouse", 2)


async def test_R48_books_without_an_index_are_a_failure(folder):
    with kiwix_server([folder / "bare.zim"]) as url, pytest.raises(SearchUnavailable, match="with a full-text index"):
        await search_at(url).find("quarn", 5)


async def test_R48_a_server_without_books_is_a_failure(tmp_path):
    library = tmp_path / "library.xml"
    library.write_text('<?xml version="1.0" encoding="UTF-8"?><library version="20110515"></library>', "utf-8")
    with kiwix_server(["--library", library]) as url:
        for asking in (search_at(url).find("quarn", 5), search_at(url).state()):
            with pytest.raises(SearchUnavailable, match="serves no books"):
                await asking
