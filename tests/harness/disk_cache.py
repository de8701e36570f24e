"""A cache on disk for tests: opened, filled, and looked into behind its back."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk.adapters.disk import DiskCache

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HOUR = 3600.0


@asynccontextmanager
async def opened(directory: Path, **options: Any) -> AsyncIterator[DiskCache]:
    """Open a cache, which comes back to a failing disk at once."""
    cache = DiskCache(directory, **{"retry": 0, **options})
    try:
        yield cache
    finally:
        await cache.close()


def database(directory: Path) -> closing[sqlite3.Connection]:
    """Open its database behind its back."""
    return closing(sqlite3.connect(directory / "cache.db", isolation_level=None, timeout=5))


async def filled(directory: Path) -> Path:
    """Keep thirty values in a cache."""
    async with opened(directory) as cache:
        for index in range(30):
            await cache.put(f"key {index}", f"value {index}".encode() * 300, HOUR)
    return directory


def rows(directory: Path, where: str) -> int:
    """Return how many entries there are of a kind."""
    with database(directory) as connection:
        return int(connection.execute(f"SELECT COUNT(*) FROM Cache WHERE {where}").fetchone()[0])
