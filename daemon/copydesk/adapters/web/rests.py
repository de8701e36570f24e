"""For how long a host or a service wants to be left alone, kept on disk: each command is a process of its own."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.adapters.web.pace import LONGEST_REST
from copydesk.adapters.web.values import SKEW_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.ports import Cache


@dataclass(frozen=True, slots=True)
class Rests:
    """Remembers rests in the cache; `clock` is wall-clock time in seconds."""

    cache: Cache
    clock: Callable[[], float]

    async def left(self, who: str) -> float:
        """Return for how many seconds not to ask; 0 for what is over, from the future, or makes no sense."""
        kept = await self.cache.get(_key(who))
        return _left(kept, float(self.clock())) if kept is not None else 0.0

    async def begin(self, who: str, seconds: float) -> None:
        """Leave somebody alone for so long; 0 changes nothing."""
        if seconds > 0:
            entry = {"asked_at": float(self.clock()), "seconds": seconds}
            await self.cache.put(_key(who), json.dumps(entry).encode(), seconds)


def _key(who: str) -> str:
    return f"rest:{who}"


def _left(kept: bytes, now: float) -> float:
    try:
        rest = json.loads(kept)
        asked_at, seconds = float(rest["asked_at"]), float(rest["seconds"])
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return 0.0
    passed = now - asked_at
    if not (math.isfinite(passed) and passed >= -SKEW_SECONDS and seconds <= LONGEST_REST):
        return 0.0
    return max(seconds - passed, 0.0)
