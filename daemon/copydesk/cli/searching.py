"""Where claims are looked up: from settings to providers, with all that these need."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from copydesk.adapters.extraction.worker import ParseWorker
from copydesk.adapters.library.library import Library
from copydesk.adapters.library.upkeep import default_directory
from copydesk.adapters.search.choose import Means, providers
from copydesk.adapters.web.fetch import Fetcher
from copydesk.adapters.web.pages import WebPages
from copydesk.adapters.web.robots import Robots
from copydesk.ports import Places

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from copydesk.ports import Cache
    from copydesk.settings import SearchSettings


def places(settings: SearchSettings, root: Path | None, cache: Cache) -> Places:
    """Return the places that settings name; raises `SettingsError`. `root` is the folder of the project."""
    worker = ParseWorker()
    fetcher = Fetcher()
    robots = Robots(fetcher, cache, clock=time.time)

    def library(folders: tuple[str, ...], below: Path | None) -> Library:
        return Library(folders, below, worker, directory=default_directory())

    means = Means(
        fetcher,
        WebPages(fetcher, cache, worker, robots, offline=settings.offline, clock=time.time),
        cache,
        library,
        allow,
    )
    return Places(providers(settings, root, means), worker.close)


def allow(host: str, port: int, purpose: str) -> Callable[[], None]:
    return lambda: None
