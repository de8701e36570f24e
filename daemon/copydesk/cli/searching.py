"""Where claims are looked up: from settings to providers, with all that these need."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from copydesk.adapters.extraction.worker import ParseWorker
from copydesk.adapters.library.library import Library
from copydesk.adapters.library.upkeep import default_directory
from copydesk.adapters.search.choose import Means, providers, whereabouts
from copydesk.adapters.web.fetch import Fetcher
from copydesk.adapters.web.pages import WebPages
from copydesk.adapters.web.robots import Robots
from copydesk.ports import Places

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from copydesk.adapters.egress import Egress
    from copydesk.ports import Cache
    from copydesk.settings import SearchSettings


def places(settings: SearchSettings, root: Path | None, cache: Cache, egress: Egress | None) -> Places:
    """Return the places that settings name; raises `SettingsError`. `root` is the folder of the project."""
    worker = ParseWorker()
    fetcher = Fetcher(egress)
    robots = Robots(fetcher, cache, clock=time.time)
    pages = WebPages(fetcher, cache, worker, robots, offline=settings.offline, clock=time.time)

    def library(folders: tuple[str, ...], below: Path | None) -> Library:
        return Library(folders, below, worker, directory=default_directory())

    means = Means(
        fetcher,
        pages,
        cache,
        library,
        egress.allow if egress is not None else _unguarded,
        egress.ledger if egress is not None else None,
    )
    return Places(providers(settings, root, means), worker.close, whereabouts(settings, root))


def _unguarded(host: str, port: int, purpose: str) -> Callable[[], None]:
    return lambda: None
