"""An offline encyclopedia, served by kiwix-serve on this machine or in the user's own network.

Measured with kiwix-tools 3.3.0 (libkiwix 11.0.0), as Debian 12 has it:

- All words of a query must be on a page, so that a sentence finds nothing if it has one word too many. The words are
  therefore asked for a second time with OR between them, ranked by the server, when the first answer is short.
- The index holds words without accents and other marks, the query keeps them: "Brée" finds nothing, "bree" does.
- Links in the answer leave a question mark in an article's name as it is, which would begin a query.
- An article's address shows it inside the server's own tool bar; the same article without it is below `/raw/`.

Newer servers refuse to search books of several languages together, and any may limit how many books it searches at
once. Then each book is searched on its own. Newer addresses begin with `/content/` and have no tool bar (as the
server's documentation says; no such server was at hand).

A source's address is the one on the server: whoever has the same ZIM file can open it there.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from itertools import chain, zip_longest
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin
from xml.etree import ElementTree

from copydesk.adapters.search.asking import XML, Server, Site, wrong_shape
from copydesk.adapters.search.hits import MOST_HITS, any_word, checked_query, clean_title, clean_url, hits
from copydesk.adapters.web.addresses import parsed_address
from copydesk.core.evidence import Skipped
from copydesk.errors import PageUnusable
from copydesk.ports import Found

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.adapters.search.asking import Fetching, Reading
    from copydesk.errors import SearchUnavailable
    from copydesk.ports import Hit, Page

_ATOM = "{http://www.w3.org/2005/Atom}"
_MOST_BOOKS = 8
"""Books that are searched one by one, at most."""
_BARE_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_Results = list[tuple[object, object]]


class _No(Enum):
    """Why there is no list of results: no full-text index, or books that cannot be searched together."""

    INDEX = "index"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Book:
    """One ZIM file of a server; `id` is its UUID."""

    id: str
    title: str


class KiwixSearch:
    """Implements `copydesk.ports.Search` with a kiwix-serve at `address`, which has no slash at its end."""

    name = "kiwix"

    def __init__(self, address: str, fetcher: Fetching, pages: Reading, clock: Callable[[], float]) -> None:
        self._address = address
        self._origin = parsed_address(address, ports=None).origin
        self._root = parsed_address(address, ports=None).target.rstrip("/")
        self._pages = pages
        site = Site(
            "kiwix-serve",
            address,
            start="Start it with `kiwix-serve --port=8080 FILE.zim`, or correct kiwix under [search].",
            refused="Check the address of kiwix under [search].",
        )
        self._server = Server(site, fetcher, clock)

    async def find(self, query: str, limit: int) -> Found:
        """Return articles that hold all words of the query, then those that hold some; raises `SearchUnavailable`."""
        limit = min(limit, MOST_HITS)
        results, skipped = await self._search(checked_query(query), limit)
        found = hits(self.name, results, limit)
        loose = _without_accents(any_word(query))
        if len(found) < limit and loose:
            more, skipped = await self._search(loose, limit)
            found = hits(self.name, [*results, *more], limit)
        return Found(found, skipped)

    async def read(self, hit: Hit) -> Page:
        """Return an article of this server; raises `PageUnusable`, also for an address elsewhere."""
        if not hit.url.startswith(f"{self._origin}{self._root}/"):
            raise PageUnusable("The result does not lie on the kiwix-serve of your settings.", "Search again.")
        return await self._pages.read(hit, named=True)

    async def state(self) -> str:
        """Return what the server has, in words; raises `SearchUnavailable`."""
        titles = [book.title for book in await self._books()]
        more = f" and {len(titles) - 5} more" if len(titles) > 5 else ""
        return f"{len(titles)} {'book' if len(titles) == 1 else 'books'}: {', '.join(titles[:5])}{more}"

    async def close(self) -> None:
        """Do nothing: the fetcher belongs to whoever made it."""

    async def _search(self, pattern: str, limit: int) -> tuple[_Results, tuple[Skipped, ...]]:
        together = await self._results(pattern, limit)
        if together is _No.INDEX:
            raise self._without_index()
        return await self._one_by_one(pattern, limit) if together is _No.TOGETHER else (together, ())

    async def _one_by_one(self, pattern: str, limit: int) -> tuple[_Results, tuple[Skipped, ...]]:
        books = await self._books()
        skipped = [Skipped(book.title, f"Only {_MOST_BOOKS} books are searched.") for book in books[_MOST_BOOKS:]]
        columns: list[_Results] = []
        for book in books[:_MOST_BOOKS]:
            results = await self._results(pattern, limit, book)
            if results is _No.INDEX:
                skipped.append(Skipped(book.title, "The book has no full-text index."))
            elif results is _No.TOGETHER:
                raise self._server.site.unavailable("refused the query", "Try another sentence.")
            else:
                columns.append(results)
        if not columns:
            raise self._without_index()
        turns = chain.from_iterable(zip_longest(*columns))
        return [result for result in turns if result is not None], tuple(skipped)

    async def _results(self, pattern: str, limit: int, book: Book | None = None) -> _Results | _No:
        """Return titles and addresses from one book or all, or why there can be none."""
        asked = {"pattern": pattern, "format": "xml", "start": "1", "pageLength": str(limit)}
        if book is not None:
            asked["books.id"] = book.id
        response = await self._server.ask(f"{self._address}/search?{urlencode(asked)}", XML, also={400, 404})
        if response.status != 200:
            return _No.INDEX if response.status == 404 else _No.TOGETHER
        items = self._parsed(response.body, "rss").iterfind("channel/item")
        return [(item.findtext("title"), self._article(item.findtext("link") or "")) for item in items]

    def _without_index(self) -> SearchUnavailable:
        what = "has no book with a full-text index"
        return self._server.site.unavailable(what, "Serve ZIM files that were made with one.")

    async def _books(self) -> list[Book]:
        response = await self._server.ask(f"{self._address}/catalog/v2/entries?count=-1", XML)
        entries = self._parsed(response.body, f"{_ATOM}feed").iterfind(f"{_ATOM}entry")
        books = [
            Book((entry.findtext(f"{_ATOM}id") or "").removeprefix("urn:uuid:"), _title(entry)) for entry in entries
        ]
        if not books:
            raise self._server.site.unavailable("serves no books", "Give it a ZIM file to serve.")
        return sorted(books, key=lambda book: (book.title, book.id))

    def _parsed(self, body: bytes, root: str) -> ElementTree.Element:
        try:
            text = body.decode()
            if "<!DOCTYPE" in text or "<!ENTITY" in text:  # the parser would expand what they declare
                raise wrong_shape(self._server.site)
            parsed = ElementTree.fromstring(_BARE_AMPERSAND.sub("&amp;", text))
        except (ValueError, ElementTree.ParseError) as error:
            raise wrong_shape(self._server.site) from error
        if parsed.tag != root:
            raise wrong_shape(self._server.site)
        return parsed

    def _article(self, link: str) -> str | None:
        """Return where an article stands alone, by its link in an answer; None for a link that leads elsewhere."""
        url = clean_url(urljoin(f"{self._origin}/", link.replace("?", "%3F")))
        start = f"{self._origin}{self._root}/"
        if url is None or not url.startswith(start):
            return None
        rest = url.removeprefix(start)
        if not rest:
            return None
        book, _, path = rest.partition("/")
        if book == "content" or not path:
            return url
        return f"{start}raw/{book}/content/{path}"


def _without_accents(text: str) -> str:
    letters = (each for each in unicodedata.normalize("NFD", text) if unicodedata.category(each)[0] != "M")
    return unicodedata.normalize("NFC", "".join(letters))


def _title(entry: ElementTree.Element) -> str:
    return clean_title(entry.findtext(f"{_ATOM}title") or "") or "a book without a title"
