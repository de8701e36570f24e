"""The one thread in which files are read and the index is used: a connection to SQLite belongs to its thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from copydesk.errors import SearchUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.adapters.library.index import Index

T = TypeVar("T")


class IndexThread:
    """Runs work on an index off the event loop. Nothing happens before the first of it.

    `opened` returns the index, and is called in the thread.
    """

    def __init__(self, opened: Callable[[], Index]) -> None:
        self._opened = opened
        self._index: Index | None = None
        self._thread: ThreadPoolExecutor | None = ThreadPoolExecutor(1, "copydesk-library")

    async def run(self, use: Callable[[Index], T]) -> T:
        """Return what `use` returns; cancelled, it is carried to its end and its result is dropped."""
        if self._thread is None:
            raise SearchUnavailable("The library was closed.", "Start the search again.")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._used, use)

    async def close(self) -> None:
        """Release files, once what is under way has ended."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.get_running_loop().run_in_executor(thread, self._close)
            thread.shutdown(wait=False)

    def _used(self, use: Callable[[Index], T]) -> T:
        if self._index is None:
            self._index = self._opened()
        return use(self._index)

    def _close(self) -> None:
        if self._index is not None:
            self._index.close()
