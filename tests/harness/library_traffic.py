"""Uses a library from a process of its own, and prints what it found and was warned of as one line of JSON.

`traffic ROOT QUERY COUNT` searches so many times. `endless ROOT` searches until it is killed, changing a file between
searches, and prints a line once the first search is done.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from pathlib import Path

from harness.library import Clocks, library


async def traffic(root: Path, query: str, count: int) -> None:
    warnings: list[str] = []
    found = []
    async with library(root, clocks=Clocks(), warn=warnings.append) as opened:
        for _ in range(count):
            found = [hit.url.rsplit("/", 1)[1] for hit in (await opened.find(query, 5)).hits]
    print(json.dumps({"found": found, "warnings": warnings}))


async def endless(root: Path) -> None:
    async with library(root, clocks=Clocks()) as opened:
        for number in itertools.count():
            written = root / "busy"
            written.write_text(f"The busy harbour, number {number}. " * 200)
            written.replace(root / "notes" / "busy.txt")
            await opened.find("harbour", 5)
            print(number, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "traffic":
        asyncio.run(traffic(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
    else:
        asyncio.run(endless(Path(sys.argv[2])))
