"""The writer's own library as a place to look things up: offline, and always as its files are now."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from typing import TYPE_CHECKING, TypeVar

from copydesk.adapters.library.folders import places
from copydesk.adapters.library.index import Index, IndexLostError
from copydesk.adapters.library.thread import IndexThread
from copydesk.adapters.library.updating import Updating, View
from copydesk.adapters.library.upkeep import database_of, forget_unused
from copydesk.core.evidence import Skipped, Source
from copydesk.errors import PageUnusable, SearchUnavailable
from copydesk.ports import Found, Hit, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from copydesk.adapters.library.reading import ParseWorker

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0
"""How long the folders are taken to be as they were last seen; a claim's queries follow each other at once."""
MOST_SKIPPED = 100
"""Files that are named as left out; of more, only the number."""
_ATTEMPTS = 5
"""More than there are ways in which an index can be lost."""

T = TypeVar("T")


class Library:
    """Implements `copydesk.ports.Search` over folders and files of Markdown, text, HTML and PDF.

    `folders` are as settings name them, relative ones below `root`, the project's folder. `worker` takes the text out
    of HTML and PDF. `directory` is where indexes are kept, None for memory alone. `warn` is given a sentence when the
    index is in trouble, in the worker thread. `clock` is wall-clock time and `monotonic` a clock that is never set, in
    seconds.
    """

    def __init__(
        self,
        folders: Sequence[str],
        root: Path | None,
        worker: ParseWorker,
        *,
        directory: Path | None,
        warn: Callable[[str], None] = logger.warning,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        def opened() -> Index:
            if directory is None:
                return Index(None, warn)
            database = database_of(directory, places(folders, root)[0])
            forget_unused(directory, database, clock())
            return Index(database, warn)

        self._folders = tuple(folders)
        self._thread = IndexThread(opened)
        self._updating = Updating(self._folders, root, worker, self._thread, clock)
        self._monotonic = monotonic
        self._looking = asyncio.Lock()
        self._view: View | None = None
        self._looked_at = -math.inf
        self._version = -1

    @property
    def name(self) -> str:
        """Return the provider's name in settings."""
        return "library"

    async def find(self, query: str, limit: int) -> Found:
        """Return the documents of which some part suits the query best; raises `SearchUnavailable`.

        `skipped` names the files that could not be read.
        """
        view, found = await self._looked_up(lambda index: index.find(query, limit))
        hits = (Hit(self.name, title, uri) for uri, title in found if uri in view.entries)
        return Found(tuple(hits), _few(view.skipped))

    async def read(self, hit: Hit) -> Page:
        """Return a document as it is now; raises `PageUnusable`, or `SearchUnavailable` where there is no library."""
        view, stored = await self._looked_up(lambda index: index.document(hit.url))
        if hit.provider != self.name or hit.url not in view.entries or stored is None:
            why = view.reasons.get(hit.url, "This document is not in the library.")
            raise PageUnusable(why, "Search again.")
        source = Source(stored.title, hit.url, stored.retrieved, stored.sha256)
        return Page(source, stored.text, stored.format, hit.url, stored.hidden)

    async def state(self) -> str:
        """Return how many documents there are, reading none; raises `SearchUnavailable` where there are none."""
        self._require_folders()
        seen = await self._thread.run(lambda _: self._updating.seen())
        _require_some(seen.entries, seen.skipped, found=seen.found)
        documents = "1 document" if len(seen.entries) == 1 else f"{len(seen.entries):,} documents"
        return f"{documents} in {', '.join(self._folders)}"

    async def close(self) -> None:
        """Release files; from then on the library is unavailable."""
        await self._thread.close()

    async def _looked_up(self, use: Callable[[Index], T]) -> tuple[View, T]:
        self._require_folders()
        for _ in range(_ATTEMPTS):
            try:
                view = await self._up_to_date()
                _require_some(view.entries, view.skipped, found=view.found)
                return view, await self._thread.run(use)
            except IndexLostError:
                self._looked_at = -math.inf
        raise SearchUnavailable("The library's index was lost again and again.", "Run `copydesk cache clear`.")

    async def _up_to_date(self) -> View:
        # One at a time: who comes later finds the work done.
        async with self._looking:
            view = self._view
            recent = self._monotonic() - self._looked_at < PAUSE_SECONDS
            if view is not None and recent and await self._thread.run(Index.version) == self._version:
                return view
            self._view = view = await self._updating.view()
            self._version = await self._thread.run(Index.version)
            self._looked_at = self._monotonic()
            return view

    def _require_folders(self) -> None:
        if not self._folders:
            raise SearchUnavailable(
                "No library folder is set.",
                "Name folders of sources as `library` under [search] in copydesk.toml, or one with --library DIR.",
            )


def _require_some(entries: Collection[str], skipped: Sequence[Skipped], *, found: bool) -> None:
    """Raise `SearchUnavailable` where there is nothing to search."""
    if entries:
        return
    why = " ".join(f"{one.what}: {one.why}" for one in skipped[:3])
    if not found:
        raise SearchUnavailable(
            f"No library folder can be used. {why}".strip(), "Correct `library` under [search], or --library DIR."
        )
    raise SearchUnavailable(
        f"The library is empty. {why}".strip(), "Put Markdown, text, HTML or PDF files into its folders."
    )


def _few(skipped: Sequence[Skipped]) -> tuple[Skipped, ...]:
    if len(skipped) <= MOST_SKIPPED:
        return tuple(skipped)
    more = len(skipped) - MOST_SKIPPED
    return (*skipped[:MOST_SKIPPED], Skipped(f"{more:,} more files", "They could not be read either."))
