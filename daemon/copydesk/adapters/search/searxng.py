"""The web through a SearXNG server of the user's choice, by its JSON interface.

SearXNG answers 403 where its administrator has not listed `json` among the formats, which is so after installation
(docs.searxng.org, "search: formats"), and 200 with no results when all of its engines failed: what they said is in
`unresponsive_engines`. That is a failed search, not an empty one.

What a result points to is read like any page: no permission follows from having asked the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from copydesk.adapters.search.asking import JSON, Server, Site, json_object, wrong_shape
from copydesk.adapters.search.hits import checked_query, clean_title, hits
from copydesk.core.evidence import Skipped
from copydesk.ports import Found

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.adapters.search.asking import Fetching, Reading
    from copydesk.ports import Hit, Page

_MOST_ENGINES = 10


class SearxngSearch:
    """Implements `copydesk.ports.Search` with a SearXNG at `address`, which has no slash at its end."""

    name = "searxng"

    def __init__(self, address: str, fetcher: Fetching, pages: Reading, clock: Callable[[], float]) -> None:
        self._address = address
        self._pages = pages
        site = Site(
            "SearXNG",
            address,
            start="Start it, or correct searxng under [search].",
            refused="Its JSON format is probably off: add json to search.formats in its settings.yml and restart it.",
        )
        self._server = Server(site, fetcher, clock)

    async def find(self, query: str, limit: int) -> Found:
        """Return pages from the engines that answered, the others in `skipped`; raises `SearchUnavailable`."""
        asked = urlencode({"q": checked_query(query), "format": "json", "categories": "general"})
        response = await self._server.ask(f"{self._address}/search?{asked}", JSON)
        answer = json_object(self._server.site, response.body)
        results = answer.get("results")
        if not isinstance(results, list):
            raise wrong_shape(self._server.site)
        failed = _failed_engines(answer.get("unresponsive_engines"))
        if failed and not results:
            said = ", ".join(f"{engine.what.removeprefix('SearXNG: ')} ({engine.why})" for engine in failed)
            raise self._server.site.unavailable(
                f"got nothing from its search engines: {said}", "Try again later, or switch on other engines in it."
            )
        pairs = [(each.get("title"), each.get("url")) for each in results if isinstance(each, dict)]
        return Found(hits(self.name, pairs, limit), failed)

    async def read(self, hit: Hit) -> Page:
        """Return the page of a result; raises `PageUnusable`."""
        return await self._pages.read(hit)

    async def state(self) -> str:
        """Return that the server answers with JSON, without searching for anything; raises `SearchUnavailable`."""
        # Without a query SearXNG looks at the format first, and then refuses with this status.
        await self._server.ask(f"{self._address}/search?format=json", JSON, also={400})
        return "its JSON format is on"

    async def close(self) -> None:
        """Do nothing: the fetcher belongs to whoever made it."""


def _failed_engines(listed: object) -> tuple[Skipped, ...]:
    """Return the engines that gave nothing, from [name, reason] pairs; what has another form is left out."""
    failed = []
    for pair in listed if isinstance(listed, list) else []:
        if isinstance(pair, list) and len(pair) >= 2 and all(isinstance(each, str) for each in pair[:2]):
            name, why = clean_title(pair[0])[:40], clean_title(pair[1])[:80]
            failed.append(Skipped(f"SearXNG: {name}", why or "no answer"))
    return tuple(failed[:_MOST_ENGINES])
