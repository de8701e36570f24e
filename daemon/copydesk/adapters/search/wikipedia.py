"""Wikipedia, or any other MediaWiki, by its Action API (www.mediawiki.org/wiki/API:Search).

The search is used as a generator with `prop=info`, so that one request gives titles together with addresses, whatever
the wiki's addresses look like. `maxlag` asks a busy wiki to send us away, which it does with status 200 and an error
object (Manual:Maxlag parameter). Wikipedia's own search wants every word on a page; where it finds nothing, the words
are asked for a second time with OR between them (Help:CirrusSearch/Logical operators).

The text is that of the article's page, read like any other (robots.txt included), not of the `extracts` API. Either
takes one request an article. But the page is what a reader who follows the citation sees, word for word; extracts
leave out tables, lists and formulas, and many wikis do not offer them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from copydesk.adapters.search.asking import JSON, Response, Server, Site, json_object, wrong_shape
from copydesk.adapters.search.hits import MOST_HITS, any_word, checked_query, clean_title, hits
from copydesk.adapters.web.addresses import is_local_name, is_public, parsed_address
from copydesk.adapters.web.pace import rest_asked
from copydesk.ports import Found

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.adapters.search.asking import Fetching, Reading
    from copydesk.errors import SearchUnavailable
    from copydesk.ports import Hit, Page

MAXLAG = 5
"""Seconds of lag at which a wiki sends us away; the value that Wikimedia recommends."""
_BUSY = frozenset({"maxlag", "ratelimited", "readonly", "search-error", "cirrussearch-too-busy-error"})
_CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")


class WikipediaSearch:
    """Implements `copydesk.ports.Search` with the wiki at `address`, which has no slash at its end.

    Its interface is taken to be at `/w/api.php`, as Wikimedia's is, unless the address itself ends in `.php`.
    """

    name = "wikipedia"

    def __init__(self, address: str, fetcher: Fetching, pages: Reading, clock: Callable[[], float]) -> None:
        self._api = address if address.endswith(".php") else f"{address}/w/api.php"
        self._wiki = parsed_address(address, ports=None)
        self._pages = pages
        site = Site(
            "Wikipedia",
            address,
            start="Check the connection, or correct wikipedia under [search].",
            refused="Check the address of wikipedia under [search]; for another MediaWiki give that of its api.php.",
        )
        self._server = Server(site, fetcher, clock)

    async def find(self, query: str, limit: int) -> Found:
        """Return articles in the wiki's own order; raises `SearchUnavailable`."""
        found = await self._search(checked_query(query), limit)
        loose = any_word(query)
        return Found(found or (await self._search(loose, limit) if loose else ()))

    async def _search(self, query: str, limit: int) -> tuple[Hit, ...]:
        asked = {
            "action": "query",
            "generator": "search",
            "gsrsearch": query,
            "gsrlimit": str(max(1, min(limit, MOST_HITS))),
            "prop": "info",
            "inprop": "url",
        }
        answer = await self._ask(asked)
        if "query" not in answer and answer.get("batchcomplete") is True:
            return ()  # how a generator says that it found nothing
        listed = answer["query"].get("pages") if isinstance(answer.get("query"), dict) else None
        if not isinstance(listed, list) or not all(isinstance(page, dict) for page in listed):
            raise wrong_shape(self._server.site)
        pages = sorted(listed, key=_rank)
        return hits(self.name, [(page.get("title"), page.get("canonicalurl")) for page in pages], limit)

    async def read(self, hit: Hit) -> Page:
        """Return an article; raises `PageUnusable`."""
        return await self._pages.read(hit, named=self._is_of_the_users_own_wiki(hit))

    async def state(self) -> str:
        """Return the wiki's name; raises `SearchUnavailable`."""
        answer = await self._ask({"action": "query", "meta": "siteinfo", "siprop": "general"})
        try:
            name = answer["query"]["general"]["sitename"]
        except (KeyError, TypeError) as error:
            raise wrong_shape(self._server.site) from error
        return clean_title(name) if isinstance(name, str) else "a wiki without a name"

    async def close(self) -> None:
        """Do nothing: the fetcher belongs to whoever made it."""

    async def _ask(self, asked: dict[str, str]) -> dict[str, Any]:
        fixed = {"format": "json", "formatversion": "2", "maxlag": str(MAXLAG)}
        response = await self._server.ask(f"{self._api}?{urlencode(asked | fixed)}", JSON)
        answer = json_object(self._server.site, response.body)
        if "error" in answer:
            raise self._refusal(answer["error"], response)
        return answer

    def _refusal(self, error: object, response: Response) -> SearchUnavailable:
        code = error.get("code") if isinstance(error, dict) else None
        if code in _BUSY:
            pause = rest_asked(503, response.headers) or float(MAXLAG)  # the status itself is 200
            return self._server.later(pause, f"is too busy ({code})")
        named = f" ({code})" if isinstance(code, str) and _CODE.fullmatch(code) else ""
        return self._server.site.unavailable(
            f"refused the query{named}", "Choose another sentence, or try again later."
        )

    def _is_of_the_users_own_wiki(self, hit: Hit) -> bool:
        """Tell whether a page lies on a wiki that is not on the internet, which only the user's settings may name."""
        wiki = self._wiki
        own = not is_public(wiki.ip) if wiki.ip is not None else is_local_name(wiki.host)
        return own and hit.url.startswith(f"{wiki.origin}/")


def _rank(page: dict[str, Any]) -> int:
    rank = page.get("index")
    return rank if type(rank) is int else 1 << 30
