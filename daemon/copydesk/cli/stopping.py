"""Ending a long command in good order: told once it comes to an end by itself, told twice it is cancelled."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def stopping(say: Callable[[str], None]) -> Iterator[asyncio.Event]:
    """Yield what is set when this process is told to end (SIGINT, SIGTERM, SIGHUP); told again, the task is cancelled.

    On Windows an interrupt cancels the task at once.
    """
    loop, task, stop = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()

    def told() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
        else:
            stop.set()
            say("Stopping; what is finished is kept. Once more ends it at once.")

    handled: list[signal.Signals] = []
    for name in _SIGNALS:
        try:
            number = signal.Signals[name]
            loop.add_signal_handler(number, told)
            handled.append(number)
        except (KeyError, NotImplementedError, RuntimeError):
            break
    try:
        yield stop
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
