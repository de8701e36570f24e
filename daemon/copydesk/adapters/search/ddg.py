"""DuckDuckGo through the package `ddgs`, which reads its result pages as a browser would (optional extra `ddg`).

Measured by reading ddgs 9.16.1, and what follows from it:

- Its HTTP client is native code that pretends to be a browser. Neither our fetcher nor the audit hook sees its
  connections, and it obeys proxy variables. The entry in the ledger is therefore written here, by hand and before the
  query is sent: opened, with nothing counted.
- Asked for no particular engine, or for one that it no longer has, it asks a dozen of them, Google and Yandex among
  them. It is asked for `duckduckgo` alone, and not at all once it does not know that name.
- It says "No results found." where there were none as well as where DuckDuckGo refused. So nothing found is a failed
  search here: it must not count as an answer.
- It undoes the escapes of addresses, and may hand out DuckDuckGo's own redirecting links, which are unwrapped.

It cannot be interrupted: a query that takes too long is left to its thread, which ends by the package's own timeout.
"""

from __future__ import annotations

import asyncio
import importlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from copydesk.adapters.search.asking import PURPOSE, Pause
from copydesk.adapters.search.hits import checked_query, hits
from copydesk.errors import SearchUnavailable
from copydesk.ports import Found

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.adapters.ledger import Ledger
    from copydesk.adapters.search.asking import Reading
    from copydesk.ports import Hit, Page

HOST, PORT = "html.duckduckgo.com", 443
ENGINE = "duckduckgo"
SECONDS = 20.0
"""How long one query may take in all."""
PAUSE_SECONDS = 60.0
"""How long DuckDuckGo is left alone after it refused or gave nothing; it names no time."""
_EACH_REQUEST_SECONDS = 10
_WRAPPED = re.compile(r"(?:https?:)?//(?:www\.)?duckduckgo\.com/l/\?(?:[^#]*&)?uddg=(.+?)(?:&rut=[0-9a-f]*)?")


class DuckDuckGoSearch:
    """Implements `copydesk.ports.Search`. `clock` is monotonic time in seconds, `seconds` the most for one query."""

    name = "ddg"

    def __init__(
        self, pages: Reading, ledger: Ledger | None, clock: Callable[[], float], *, seconds: float = SECONDS
    ) -> None:
        self._pages = pages
        self._ledger = ledger
        self._pause = Pause(clock)
        self._seconds = seconds

    async def find(self, query: str, limit: int) -> Found:
        """Return DuckDuckGo's results; raises `SearchUnavailable`, also where it gives none."""
        checked_query(query)
        left = self._pause.left()
        if left:
            raise _unavailable(f"is left alone for another {left:.0f} seconds", "Try again after that.")
        search = await asyncio.to_thread(_package)
        try:
            async with asyncio.timeout(self._seconds):
                results = await asyncio.to_thread(self._noted, search, query, limit)
        except TimeoutError as error:
            raise _unavailable(f"did not answer within {self._seconds:g} seconds", "Try again later.") from error
        except Exception as error:
            raise self._failure(error) from error
        pairs = [(each.get("title"), _unwrapped(each.get("href"))) for each in results if isinstance(each, dict)]
        found = hits(self.name, pairs, limit)
        if not found:
            raise self._nothing()
        return Found(found)

    async def read(self, hit: Hit) -> Page:
        """Return the page of a result; raises `PageUnusable`."""
        return await self._pages.read(hit)

    async def state(self) -> str:
        """Return that the package is installed, sending nothing; raises `SearchUnavailable`."""
        await asyncio.to_thread(_package)
        return "the package ddgs is installed; whether DuckDuckGo answers shows with the first query"

    async def close(self) -> None:
        """Do nothing: ddgs keeps no connection."""

    def _noted(self, search: Callable[[str, int], list[Any]], query: str, limit: int) -> list[Any]:
        if self._ledger is not None:
            self._ledger.append(self._ledger.entry(HOST, PORT, PURPOSE))
        return search(query, limit)

    def _failure(self, error: Exception) -> SearchUnavailable:
        # By name, since the package that defines them may be missing or have changed.
        names = {kind.__name__ for kind in type(error).__mro__}
        if "RatelimitException" in names:
            self._pause.start(PAUSE_SECONDS)
            remedy = f"Try again in {PAUSE_SECONDS:.0f} seconds."
            return _unavailable("has had too many requests", remedy, PAUSE_SECONDS)
        if "TimeoutException" in names:
            return _unavailable("did not answer in time", "Check the connection, or try again later.")
        if "No results found" in str(error):
            return self._nothing()
        if "DDGSException" in names:
            return _unavailable("could not be reached or read", "Check the connection, or update the package ddgs.")
        return _unavailable(
            f"could not be asked: the package ddgs failed ({type(error).__name__})", "Update the package ddgs."
        )

    def _nothing(self) -> SearchUnavailable:
        self._pause.start(PAUSE_SECONDS)
        return _unavailable(
            "gave no results, which is also what it does when it refuses",
            "Try again later, or use another provider.",
            PAUSE_SECONDS,
        )


def _package() -> Callable[[str, int], list[Any]]:
    """Return what asks DuckDuckGo alone and blocks meanwhile; raises `SearchUnavailable` where it cannot."""
    try:
        ddgs = importlib.import_module("ddgs")
        engines = importlib.import_module("ddgs.engines").ENGINES
    except ImportError as error:
        raise SearchUnavailable(
            "Search unavailable: DuckDuckGo needs the package ddgs, which is not installed.",
            "Install it with `pipx install --force '.[embedded,web,ddg]'` in a checkout, or take ddg out of providers "
            "under [search].",
        ) from error
    if ENGINE not in engines.get("text", {}):
        raise SearchUnavailable(
            "Search unavailable: this version of the package ddgs does not ask DuckDuckGo.",
            "Install another version, or take ddg out of providers under [search].",
        )

    def search(query: str, limit: int) -> list[Any]:
        asking = ddgs.DDGS(timeout=_EACH_REQUEST_SECONDS)
        found = asking.text(query, region="wt-wt", max_results=limit, backend=ENGINE)
        return found if isinstance(found, list) else []

    return search


def _unwrapped(url: object) -> object:
    wrapped = _WRAPPED.fullmatch(url) if isinstance(url, str) else None
    if wrapped is None:
        return url
    inner = wrapped[1]
    return unquote(inner) if "://" not in inner else inner


def _unavailable(what: str, remedy: str, wait: float = 0.0) -> SearchUnavailable:
    return SearchUnavailable(f"Search unavailable: DuckDuckGo {what}.", remedy, wait)
