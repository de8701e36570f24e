"""An event loop that waits for nothing: its clock moves when it is told to, and what threads would do it does itself.

loop = VirtualLoop()
loop.finish(editor.initialize())   # runs until that is done, whatever time it takes by the loop's own clock
loop.let(0.15)                     # runs for so many of its seconds
loop.steps(3)                      # runs three rounds of what is ready, and no timer

The same calls have the same effect each time, so what happens between two of them can be chosen by a test.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Result = TypeVar("Result")

LONGEST = 120.0
"""Seconds of the loop's own clock after which something that should come to an end counts as hanging."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop with a clock of its own and neither input nor threads."""

    def __init__(self) -> None:
        self._now, self._until = 0.0, 0.0
        super().__init__(_Still(self._idle))

    def time(self) -> float:
        """Return the seconds since the loop was made, by its own clock."""
        return self._now

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """Call a function in the next round instead of in a thread."""
        future = self.create_future()
        self.call_soon(_call, future, func, args)
        return future

    def let(self, seconds: float = 0.0) -> None:
        """Run for so long, and then until nothing is left that could be done at once."""
        self._until = self._now + seconds
        self.run_forever()

    def steps(self, count: int) -> None:
        """Run so many rounds of what is ready."""
        self._until = self._now
        self.run_until_complete(_rounds(count))

    def finish(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run until some work is done and return its result; raises `RuntimeError` where it hangs."""
        self._until = self._now + LONGEST
        task = self.create_task(work)
        try:
            return self.run_until_complete(task)
        finally:
            task.cancel()

    def end(self) -> None:
        """Cancel what is left and close the loop."""
        tasks = asyncio.all_tasks(self)
        for task in tasks:
            task.cancel()
        if tasks:
            self.finish(_gathered(tasks))
        self.finish(self.shutdown_asyncgens())
        self.close()

    def _idle(self, seconds: float | None) -> None:
        """Move the clock on to the next timer, or stop."""
        if seconds is None or self._now + seconds > self._until:
            self._now = max(self._now, self._until)
            self.stop()
        else:
            self._now += seconds


class _Still(selectors.SelectSelector):
    """A selector that tells when a loop has nothing to do, and never waits."""

    def __init__(self, idle: Callable[[float | None], None]) -> None:
        super().__init__()
        self._told = idle

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None or timeout > 0:
            self._told(timeout)
        return []


async def _rounds(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def _gathered(tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


def _call(future: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
    if future.cancelled():
        return
    try:
        result = func(*args)
    except Exception as error:
        future.set_exception(error)
    else:
        future.set_result(result)
