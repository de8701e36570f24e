"""Whose turn it is at the engine: what a writer waits for goes before background work, and so many at once."""

from __future__ import annotations

import asyncio
import heapq
from contextlib import asynccontextmanager
from enum import IntEnum
from itertools import count, islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable


T = TypeVar("T")
R = TypeVar("R")


class Priority(IntEnum):
    """Lower goes first."""

    INTERACTIVE = 0
    BACKGROUND = 1


class Turns:
    """At most `limit` calls at once; waiting calls are served by priority, then in order of asking.

    An engine on one machine serves one call well and two badly, and gives no place in its own queue
    (one slot keeps its prompt cache), so the queue is kept here.
    """

    def __init__(self, limit: int = 1) -> None:
        self._free = limit
        self._waiting: list[tuple[Priority, int, asyncio.Future[None]]] = []
        self._order = count()

    @asynccontextmanager
    async def take(self, priority: Priority) -> AsyncIterator[None]:
        """Hold a turn for the length of the block; a cancelled waiter leaves the queue."""
        await self._wait(priority)
        try:
            yield
        finally:
            self._free += 1
            self._wake()

    async def _wait(self, priority: Priority) -> None:
        if self._free > 0 and not self._waiting:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._free += 1
                self._wake()
            raise

    def _wake(self) -> None:
        while self._free > 0 and self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self._free -= 1
                turn.set_result(None)


async def abreast(
    items: Iterable[T], work: Callable[[T], Awaitable[R]], limit: int
) -> AsyncGenerator[tuple[T, R], None]:
    """Yield (item, result) as work ends, at most `limit` at once; the first error, or closing, cancels the rest."""
    waiting = iter(items)
    running: dict[asyncio.Future[R], T] = {}
    try:
        while True:
            for item in islice(waiting, limit - len(running)):
                running[asyncio.ensure_future(work(item))] = item
            if not running:
                return
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield running.pop(task), task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
