"""A search from the query to the text of a page, with the real kiwix-serve, fetcher, parse process and cache."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.disk import DiskCache
from copydesk.adapters.extraction.worker import ParseWorker
from copydesk.adapters.search.choose import Means, providers
from copydesk.adapters.search.provider import Unusable
from copydesk.adapters.web.fetch import Fetcher
from copydesk.adapters.web.pages import WebPages
from copydesk.adapters.web.robots import Robots
from copydesk.errors import PageUnusable, SearchUnavailable
from copydesk.settings import SearchSettings
from harness.kiwix_server import kiwix_server
from harness.search_server import Clock
from harness.zim_file import write_zim

if TYPE_CHECKING:
    from copydesk.ports import Found, Page

pytestmark = pytest.mark.kiwix

QUERY = "The River Velb is 190 kilometres long"


class CountingFetcher(Fetcher):
    """Counts the requests that are made."""

    requests = 0

    async def get(self, url, **more):
        self.requests += 1
        return await super().get(url, **more)


@pytest.fixture
def url(tmp_path):
    with kiwix_server([write_zim(tmp_path / "orvane.zim")]) as address:
        yield address


async def researched(folder, settings: SearchSettings, clock: Clock) -> tuple[Found, list[Page], int]:
    """Return what is found and read in a new process, as it were, and how many requests that took."""
    fetcher, worker = CountingFetcher(), ParseWorker()
    cache = DiskCache(folder / "cache", clock=clock)
    robots = Robots(fetcher, cache, clock=clock)
    pages = WebPages(fetcher, cache, worker, robots, offline=settings.offline, clock=clock)
    library = Unusable("library", "None.", "None.")
    means = Means(fetcher, pages, cache, lambda *_: library, lambda *_: lambda: None, None, clock, clock)
    (search,) = providers(settings, None, means)
    try:
        found = await search.find(QUERY, 3)
        return found, [await search.read(hit) for hit in found.hits], fetcher.requests
    finally:
        await search.close()
        await worker.close()
        await cache.close()


async def test_a_second_run_makes_no_request_and_is_identical_also_offline(url, tmp_path):
    clock, settings = Clock(), SearchSettings(providers=("kiwix",), kiwix=url)
    found, pages, requests = await researched(tmp_path, settings, clock)
    page = pages[0]
    assert page.source.title == "River Velb"
    assert page.source.url == f"{url}/raw/orvane/content/A/River_Velb"
    assert page.text.strip() == (
        "River Velb\n\nThe River Velb is 212 kilometres long and the longest river of Orvane. It rises on Mount "
        "Haskel.\n\nThe river floods the Lower Marsh in most springs."
    )
    assert requests == 2 + len(pages)
    clock.now += 3600
    offline = dataclasses.replace(settings, offline=True)
    assert await researched(tmp_path, settings, clock) == (found, pages, 0)
    assert await researched(tmp_path, offline, clock) == (found, pages, 0)
    clock.now += 24 * 3600
    with pytest.raises(SearchUnavailable, match="Offline"):
        await researched(tmp_path, offline, clock)
    again, pages_again, requests_again = await researched(tmp_path, settings, clock)
    assert (again.hits, pages_again, requests_again) == (found.hits, pages, 2)
    assert again.searched > found.searched


async def test_a_page_of_the_server_that_is_gone_is_one_page_that_cannot_be_used(url, tmp_path):
    fetcher, worker, clock = Fetcher(), ParseWorker(), Clock()
    cache = DiskCache(tmp_path / "cache", clock=clock)
    pages = WebPages(fetcher, cache, worker, Robots(fetcher, cache, clock=clock), offline=False, clock=clock)
    library = Unusable("library", "None.", "None.")
    means = Means(fetcher, pages, cache, lambda *_: library, lambda *_: lambda: None, None, clock, clock)
    (search,) = providers(SearchSettings(providers=("kiwix",), kiwix=url), None, means)
    hit = (await search.find(QUERY, 1)).hits[0]
    with pytest.raises(PageUnusable, match="404"):
        await search.read(dataclasses.replace(hit, url=f"{hit.url}_gone"))
    await search.close()
    await worker.close()
    await cache.close()
