"""Reading the pages that search results point to, from the web or from what is kept of them on disk."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from copydesk.adapters.extraction.charset import decoded
from copydesk.adapters.extraction.plain_text import has_payload, plain
from copydesk.adapters.extraction.values import Extracted
from copydesk.adapters.web.addresses import parsed_address, registrable_domain
from copydesk.adapters.web.kept_pages import (
    FRESH_SECONDS,
    KEPT_SECONDS,
    KeptPage,
    cache_key,
    read,
    text_hash,
    written,
)
from copydesk.adapters.web.pace import rest_asked
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.rests import Rests
from copydesk.adapters.web.values import HTML_TYPES, PAGE_TYPES, PDF_TYPE
from copydesk.core.document import Format

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from copydesk.adapters.web.addresses import Address
    from copydesk.adapters.web.fetch import Fetcher
    from copydesk.adapters.web.robots import Robots
    from copydesk.adapters.web.values import Response
    from copydesk.ports import Cache, Hit, Page

logger = logging.getLogger(__name__)

PURPOSE = "page"
_UNCHANGED = 304


class Extractor(Protocol):
    """What gets the visible text out of a page, apart from this process; raises `PageUnusable`."""

    async def html(self, body: bytes, url: str, charset: str | None) -> Extracted:
        """Return the text of an HTML page; `charset` is what the HTTP header named."""
        ...

    async def pdf(self, body: bytes, url: str) -> Extracted:
        """Return the text of a PDF file."""
        ...


class WebPages:
    """Reads pages, each at most once in seven days, and then only if it changed.

    Offline, whatever is kept (90 days) is read, and nothing is asked. `clock` is wall-clock time in seconds. `tell` is
    given a sentence where a page was read although robots.txt asks programs not to.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        cache: Cache,
        extractor: Extractor,
        robots: Robots,
        *,
        offline: bool,
        clock: Callable[[], float],
        tell: Callable[[str], None] = logger.warning,
    ) -> None:
        self._fetcher = fetcher
        self._cache = cache
        self._extractor = extractor
        self._robots = robots
        self._offline = offline
        self._clock = clock
        self._rests = Rests(cache, clock)
        self._tell = tell

    async def read(self, hit: Hit, *, named: bool = False, typed: bool = False) -> Page:
        """Return the page that a result points to; raises `PageUnusable`.

        `named` is for a host that the user's settings name: it may be private, and its robots.txt is not asked for.
        `typed` is for an address that the user gave: its robots.txt is told of, and not obeyed.
        """
        address = parsed_address(hit.url, **({"ports": None} if named else {}))
        key = cache_key(address.url, named=named)
        kept = read(await self._cache.get(key), self._clock())
        seconds = KEPT_SECONDS if self._offline else FRESH_SECONDS
        if kept is not None and kept.is_younger(seconds, self._clock()):
            return kept.page(hit)
        if self._offline:
            raise Refused(Reason.OFFLINE)
        current = await self._current(address, kept, named=named, typed=typed)
        await self._cache.put(key, written(current), KEPT_SECONDS)
        return current.page(hit)

    async def latest(self, url: str, *, named: bool = False) -> str | None:
        """Return the SHA-256 of the newest text known of a page, to tell whether it changed; None if none is known."""
        key = cache_key(parsed_address(url, ports=None).url, named=named)
        kept = read(await self._cache.get(key), self._clock())
        return kept.sha256 if kept is not None else None

    async def _current(self, address: Address, kept: KeptPage | None, *, named: bool, typed: bool) -> KeptPage:
        left = await self._rests.left(address.authority)
        if left > 0:
            raise Refused(Reason.RESTING, seconds=math.ceil(left))
        answer = await self._fetcher.get(
            address.url,
            purpose=PURPOSE,
            accept=PAGE_TYPES,
            named=named,
            conditional=kept.known if kept is not None else None,
            permit=self._permit(named=named, typed=typed),
        )
        now = self._clock()
        if answer.status == _UNCHANGED and kept is not None and kept.known.headers:
            return replace(kept, checked_at=now)
        if answer.status != 200:
            who = parsed_address(answer.url, ports=None).authority
            await self._rests.begin(who, rest_asked(answer.status, answer.headers))
            raise Refused(Reason.STATUS, status=answer.status)
        extracted, form = await self._extracted(answer)
        if not extracted.text.strip():
            raise Refused(Reason.EMPTY)
        return KeptPage(
            url=answer.url,
            site=registrable_domain(parsed_address(answer.url, ports=None).host),
            title=extracted.title,
            text=extracted.text,
            format=form.value,
            hidden=extracted.hidden,
            sha256=text_hash(extracted.text),
            read_at=now,
            checked_at=now,
            known=answer.known,
        )

    def _permit(self, *, named: bool, typed: bool) -> Callable[[Address], Awaitable[None]] | None:
        if named:
            return None
        return self._permit_typed if typed else self._robots.permit

    async def _permit_typed(self, address: Address) -> None:
        try:
            await self._robots.permit(address)
        except Refused as refusal:
            if refusal.reason not in {Reason.ROBOTS, Reason.ROBOTS_UNREAD}:
                raise
            self._tell(f"{refusal} It was read because you gave its address.")

    async def _extracted(self, answer: Response) -> tuple[Extracted, Format]:
        if answer.media_type in HTML_TYPES:
            return await self._extractor.html(answer.body, answer.url, answer.charset), Format.PLAIN
        if answer.media_type == PDF_TYPE:
            return await self._extractor.pdf(answer.body, answer.url), Format.PLAIN
        text = decoded(answer.body, answer.charset)
        form = Format.MARKDOWN if answer.media_type == "text/markdown" else Format.PLAIN
        return Extracted(plain(text), "", has_payload(text)), form
