"""Search results kept for a day, so that the same question asks nothing again and gets the same answer.

A provider that asked to be left alone is not asked before then by other processes either: each command is one.

What is kept is read as carefully as what a provider sends: whoever can write the cache must not be able to choose what
is fetched from this machine's own network, so the provider itself checks an address again when it is read.
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from copydesk.adapters.search.asking import in_words
from copydesk.adapters.search.hits import LONGEST_TITLE, MOST_HITS, checked_query, clean_url
from copydesk.adapters.web.rests import Rests
from copydesk.adapters.web.values import SKEW_SECONDS
from copydesk.core.evidence import Skipped
from copydesk.errors import SearchUnavailable
from copydesk.ports import Found, Hit

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.adapters.search.provider import Provider
    from copydesk.ports import Cache, Page

KEPT_SECONDS = 24 * 3600.0
LARGEST_ENTRY = 256 << 10
"""Bytes of a stored answer that are read at most."""
_VERSION = 1
_MOST_SKIPPED = 50
_LONGEST_REASON = 500


class CachedSearch:
    """Implements `copydesk.adapters.search.provider.Provider` by another and the cache.

    `address` is where the other one asks: results of one server are not given as those of another. `clock` is
    wall-clock time in seconds. Offline, only what is kept is answered. Of a failure only the wait is kept.
    `when_closed` is called once.
    """

    def __init__(
        self,
        inner: Provider,
        cache: Cache,
        *,
        address: str,
        offline: bool,
        clock: Callable[[], float],
        when_closed: Callable[[], None] | None = None,
    ) -> None:
        self._inner = inner
        self._cache = cache
        self._address = address
        self._offline = offline
        self._clock = clock
        self._rests = Rests(cache, clock)
        self._when_closed = when_closed

    @property
    def name(self) -> str:
        """Return the provider's name in settings."""
        return self._inner.name

    async def find(self, query: str, limit: int) -> Found:
        """Return what is kept, else what the provider finds; raises `SearchUnavailable`."""
        key = self._key(checked_query(query), limit)
        kept = await self._cache.get(key)
        found = _read(kept, self.name, limit, self._clock()) if kept is not None else None
        if found is not None:
            return found
        if self._offline:
            raise SearchUnavailable(
                f"Offline, and {self.name} was not asked this in the last 24 hours.",
                "Set offline = false under [search] to ask it, or add documents to your library.",
            )
        await self._require_no_rest()
        asked_at = float(self._clock())
        try:
            found = await self._inner.find(query, limit)
        except SearchUnavailable as problem:
            await self._rests.begin(self._who, problem.wait)
            raise
        found = Found(found.hits, found.skipped, searched=_iso(asked_at))
        await self._cache.put(key, _written(found, asked_at), KEPT_SECONDS)
        return found

    async def read(self, hit: Hit) -> Page:
        """Return what a result points to, by the provider; raises `PageUnusable`."""
        return await self._inner.read(hit)

    async def state(self) -> str:
        """Return how the provider is; raises `SearchUnavailable`, also where it is not asked because we are offline."""
        if self._offline:
            raise SearchUnavailable(
                f"Offline: {self.name} is not asked; only what was kept from the last 24 hours is used.",
                "Set offline = false under [search] to ask it.",
            )
        return await self._inner.state()

    async def close(self) -> None:
        """Close the provider; the cache belongs to whoever opened it."""
        when_closed, self._when_closed = self._when_closed, None
        if when_closed is not None:
            when_closed()
        await self._inner.close()

    async def _require_no_rest(self) -> None:
        left = await self._rests.left(self._who)
        if left > 0:
            raise SearchUnavailable(
                f"Search unavailable: {self.name} at {self._address} asked to be left alone for another "
                f"{in_words(left)}; it was not asked.",
                "Try again after that.",
            )

    @property
    def _who(self) -> str:
        return f"{self.name} {self._address}"

    def _key(self, query: str, limit: int) -> str:
        asked = json.dumps([_VERSION, self.name, self._address, query, limit])
        return "search:" + hashlib.blake2b(asked.encode(), digest_size=24).hexdigest()


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _written(found: Found, asked_at: float) -> bytes:
    kept = {
        "asked_at": asked_at,
        "hits": [[hit.title, hit.url] for hit in found.hits],
        "skipped": [[each.what, each.why] for each in found.skipped],
    }
    return json.dumps(kept, ensure_ascii=True).encode()


def _read(kept: bytes, provider: str, limit: int, now: float) -> Found | None:
    """Return a stored answer; None for one that is too old, from the future, or not what `_written` writes."""
    if len(kept) > LARGEST_ENTRY:
        return None
    try:
        entry = json.loads(kept)
        asked_at = entry["asked_at"]
        pairs, notes = _pairs(entry["hits"]), _pairs(entry["skipped"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if type(asked_at) is not float or not math.isfinite(asked_at):
        return None
    if not -SKEW_SECONDS <= now - asked_at < KEPT_SECONDS:
        return None
    if len(pairs) > min(limit, MOST_HITS) or len(notes) > _MOST_SKIPPED:
        return None
    if any(len(title) > LONGEST_TITLE or clean_url(url) != url for title, url in pairs):
        return None
    if any(len(what) > _LONGEST_REASON or len(why) > _LONGEST_REASON for what, why in notes):
        return None
    return Found(
        tuple(Hit(provider, title, url) for title, url in pairs),
        tuple(Skipped(what, why) for what, why in notes),
        searched=_iso(asked_at),
    )


def _pairs(rows: object) -> list[tuple[str, str]]:
    if not isinstance(rows, list):
        raise TypeError
    pairs = []
    for row in rows:
        first, second = row
        if type(first) is not str or type(second) is not str or not isinstance(row, list):
            raise TypeError
        pairs.append((first, second))
    return pairs
