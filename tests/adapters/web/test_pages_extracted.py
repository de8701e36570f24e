"""Pages from the hostile server through the real extractor: what a claim would be checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.extraction.worker import ParseWorker
from copydesk.adapters.web.pages import WebPages
from copydesk.adapters.web.robots import Robots
from copydesk.errors import PageUnusable
from copydesk.ports import Hit
from harness.search_server import Clock, MemoryCache

if TYPE_CHECKING:
    from harness.internet import Internet

BRIDGE = "The bridge opened in 1932."
TEXTS = {
    "/page": BRIDGE,
    "/gzip": BRIDGE,
    "/utf-16": BRIDGE,
    "/utf-16-said": BRIDGE,
    "/no-charset": BRIDGE,
    "/nul": "bri",
    "/gb18030": "这座桥建于1932年。",
    "/lying": "Das Caf\ufffd \ufffdffnet.",
    "/pdf": None,
    "/says-less": None,
}


async def test_R41_every_charset_gives_text_or_a_reason(internet: Internet) -> None:
    worker = ParseWorker()
    fetcher, cache, clock = internet.fetcher(), MemoryCache(), Clock()
    pages = WebPages(fetcher, cache, worker, Robots(fetcher, cache, clock=clock), offline=False, clock=clock)
    try:
        for path, text in TEXTS.items():
            hit = Hit("ddg", "", f"http://good.example{path}")
            if text is None:
                with pytest.raises(PageUnusable):
                    await pages.read(hit)
            else:
                assert text in (await pages.read(hit)).text, path
    finally:
        await worker.close()
