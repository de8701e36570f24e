"""How often a host is asked: one request at a time, a pause between two, and not at all while it asks for peace."""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from copydesk.adapters.web.reasons import Reason, Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

LONGEST_REST = 24 * 3600.0
"""Seconds for which a host is left alone at most, whatever it asks for."""
USUAL_REST = 60.0
"""Seconds of rest where a host says that it was asked too often and not for how long."""
_TOO_MANY_REQUESTS, _SERVICE_UNAVAILABLE = 429, 503
_MOST_HOSTS = 256


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = -math.inf
    awake_at: float = -math.inf
    waiting: int = 0


class Pace:
    """Keeps `apart` seconds between two requests to one host. Lives as long as its process; nothing is stored."""

    def __init__(self, apart: float, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._apart = apart
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a host to be free and hold it; raises `Refused` while it is to be left alone."""
        self.require_awake(host)
        state = self._state(host)
        state.waiting += 1
        try:
            async with state.lock:
                self.require_awake(host)
                wait = state.free_at - self._clock()
                if wait > 0:
                    await self._sleep(wait)
                try:
                    yield
                finally:
                    state.free_at = self._clock() + self._apart
        finally:
            state.waiting -= 1

    def require_awake(self, host: str) -> None:
        """Raise `Refused` while a host is to be left alone."""
        state = self._hosts.get(host)
        left = state.awake_at - self._clock() if state else 0.0
        if left > 0:
            raise Refused(Reason.RESTING, seconds=math.ceil(left))

    def note(self, host: str, status: int, headers: Mapping[str, str]) -> None:
        """Remember what an answer says of the time before the next request."""
        seconds = rest_asked(status, headers)
        if seconds > 0:
            self._state(host).awake_at = self._clock() + seconds

    def _state(self, host: str) -> _Host:
        if host not in self._hosts and len(self._hosts) >= _MOST_HOSTS:
            now = self._clock()
            for name in [
                name
                for name, each in self._hosts.items()
                if not each.waiting and max(each.free_at, each.awake_at) < now
            ]:
                del self._hosts[name]
        return self._hosts.setdefault(host, _Host())


def rest_asked(status: int, headers: Mapping[str, str]) -> float:
    """Return for how many seconds an answer asks to be left alone (RFC 9110, 10.2.3), 0 for not at all.

    A date is counted from the answer's own, so that this computer's clock does not matter. `headers` in lower case.
    """
    if status not in {_TOO_MANY_REQUESTS, _SERVICE_UNAVAILABLE}:
        return 0.0
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return min(float(asked), LONGEST_REST)
    try:
        until = parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        return USUAL_REST if asked or status == _TOO_MANY_REQUESTS else 0.0
    return min(max(until.total_seconds(), 0.0), LONGEST_REST)
