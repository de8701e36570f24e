"""A library of forty documents whose index is on disk, and what stands in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from harness.library import everything, library, written

QUERIES = ("harbour", "number 17", "old quay", "the town of the ferry")


def stocked(root: Path) -> Path:
    """Write forty documents, enough for a database of many pages."""
    text = "The harbour, number {0}. " + "The old quay of town {0} was built again in year {0}. " * 30
    return written(root, {f"notes/{number}.txt": text.format(number) for number in range(40)})


def database(root: Path) -> Path:
    """Return the file of the index."""
    (found,) = (root / "index").glob("*.db")
    return found


def connected(root: Path) -> closing[sqlite3.Connection]:
    """Open the index beside the library."""
    return closing(sqlite3.connect(database(root), isolation_level=None, timeout=5))


async def indexed(root: Path) -> list[object]:
    """Return all that the queries lead to, with an index on disk from then on."""
    async with library(root) as opened:
        return await everything(opened, *QUERIES)
