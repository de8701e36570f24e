"""What a site lets programs read: robots.txt by RFC 9309, read with Protego, kept for a day."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.values import AGENT, SKEW_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.adapters.web.addresses import Address
    from copydesk.adapters.web.fetch import Fetcher
    from copydesk.ports import Cache

KEPT_SECONDS = 24 * 3600.0
UNREAD_SECONDS = 600.0
"""How long a robots.txt that could not be read keeps a site closed."""
LARGEST_FILE = 512 << 10
"""Bytes that are read; RFC 9309, 2.5 wants at least 500 KiB."""
MOST_PAIRS = 500_000
"""How many pairs of a user agent and a rule a file may spell: Protego stores each, so a small file can fill memory."""

_OPEN, _CLOSED = "", "User-agent: *\nDisallow: /"
_SAME_FOR_THE_PAGE = frozenset({Reason.PRIVATE, Reason.UNKNOWN_HOST, Reason.UNREACHABLE, Reason.CERTIFICATE})


class Robots:
    """Asks each site once a day. `clock` is wall-clock time in seconds."""

    def __init__(self, fetcher: Fetcher, cache: Cache, *, clock: Callable[[], float]) -> None:
        self._fetcher = fetcher
        self._cache = cache
        self._clock = clock

    async def permit(self, address: Address) -> None:
        """Return if programs may read an address; raises `Refused` if not, or if nobody can tell.

        Status 400 to 499 means that there are no rules; any other failure to read them closes the site (RFC 9309,
        2.3.1), as does a file that is too long to be honest.
        """
        rules = await self._rules(address)
        if rules is None:
            raise Refused(Reason.ROBOTS_UNREAD)
        if rules and not await asyncio.to_thread(_allows, rules, address.url):
            raise Refused(Reason.ROBOTS)

    async def _rules(self, address: Address) -> str | None:
        key = f"robots:{address.origin}"
        kept = _read(await self._cache.get(key), self._clock())
        if kept is not None:
            return kept.get("rules")
        asked_at = self._clock()
        rules = await self._fetched(address)
        seconds = UNREAD_SECONDS if rules is None else KEPT_SECONDS
        entry = {"at": asked_at, "seconds": seconds, "rules": rules}
        await self._cache.put(key, json.dumps(entry).encode(), seconds)
        return rules

    async def _fetched(self, address: Address) -> str | None:
        try:
            answer = await self._fetcher.get(f"{address.origin}/robots.txt", purpose="robots.txt", first=LARGEST_FILE)
        except Refused as refusal:
            if refusal.reason in _SAME_FOR_THE_PAGE:
                raise
            return None
        if 200 <= answer.status < 300:
            return _within_reason(answer.body)
        return _OPEN if 400 <= answer.status < 500 else None


def _within_reason(body: bytes) -> str:
    if len(body) >= LARGEST_FILE:  # the last line may be half a rule
        body = body[: body.rfind(b"\n") + 1]
    text = body.decode("utf-8-sig", "replace")
    lines = [line.strip().lower() for line in text.splitlines()]
    agents = sum(line.startswith("user") for line in lines)
    return text if agents * len(lines) <= MOST_PAIRS else _CLOSED


def _allows(rules: str, url: str) -> bool:
    from protego import Protego

    try:
        return bool(Protego.parse(rules).can_fetch(url, AGENT))
    except Exception:  # the rules are a stranger's; what cannot be read allows nothing
        return False


def _read(stored: bytes | None, now: float) -> dict[str, str | None] | None:
    """Return a stored entry, None if there is none that is still good."""
    if stored is None:
        return None
    try:
        entry = json.loads(stored)
        age, seconds, rules = now - entry["at"], entry["seconds"], entry["rules"]
        good = -SKEW_SECONDS <= age < min(seconds, KEPT_SECONDS) and isinstance(rules, str | None)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return {"rules": rules} if good else None
