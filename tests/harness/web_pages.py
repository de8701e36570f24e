"""Pages of one internet for tests, read with an extractor that takes what stands in a paragraph."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.extraction.values import Extracted
from copydesk.adapters.web.pages import WebPages
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.robots import Robots
from copydesk.errors import PageUnusable
from copydesk.ports import Hit, Page
from harness.search_server import Clock, MemoryCache

if TYPE_CHECKING:
    from copydesk.ports import Cache
    from harness.internet import Internet

DAY = 86_400.0
TEXT = "The bridge opened in 1932."
HIT = Hit("ddg", "A bridge", "http://www.good.example/page")


@dataclass
class Reader:
    """An extractor that takes what stands between `<p>` and `</p>`."""

    asked: list[tuple[str, str, str | None]] = field(default_factory=list)

    async def html(self, body: bytes, url: str, charset: str | None) -> Extracted:
        self.asked.append(("html", url, charset))
        start, end = body.find(b"<p>"), body.find(b"</p>")
        if start < 0:
            raise PageUnusable("No text.")
        text = body[start + 3 : end].decode("utf-8", "replace")
        return Extracted(text, "Bridges" if b"<title>" in body else "", hidden=b"hidden" in body)

    async def pdf(self, body: bytes, url: str) -> Extracted:
        self.asked.append(("pdf", url, None))
        return Extracted(body.decode(), "", hidden=False)


@dataclass
class Desk:
    """Pages on one internet, with their parts at hand."""

    internet: Internet
    cache: Cache = field(default_factory=MemoryCache)
    clock: Clock = field(default_factory=Clock)
    reader: Reader = field(default_factory=Reader)
    told: list[str] = field(default_factory=list)

    def pages(self, *, offline: bool = False) -> WebPages:
        fetcher = self.internet.fetcher()
        robots = Robots(fetcher, self.cache, clock=self.clock)
        return WebPages(
            fetcher, self.cache, self.reader, robots, offline=offline, clock=self.clock, tell=self.told.append
        )

    async def read(self, path: str = "/page", *, offline: bool = False, **options: bool) -> Page:
        return await self.pages(offline=offline).read(hit(path), **options)

    async def reason(self, path: str = "/page", *, offline: bool = False, **options: bool) -> Reason:
        with pytest.raises(Refused) as caught:
            await self.read(path, offline=offline, **options)
        return caught.value.reason

    @property
    def requests(self) -> int:
        return len(self.internet.server.requests)


def hit(path: str) -> Hit:
    """Return a result that leads to a path of the one server."""
    return Hit("ddg", "A bridge", f"http://www.good.example{path}")


def iso(seconds: float) -> str:
    """Return a time as sources have it."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
