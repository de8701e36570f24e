"""Uses a cache from a process of its own: `traffic DIRECTORY NAME COUNT` or `endless DIRECTORY`.

`traffic` prints `{"hits", "warnings"}`; `endless` prints each key once its value is stored, until it is killed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from copydesk.adapters.disk import DiskCache


async def traffic(directory: Path, name: str, count: int) -> None:
    warnings: list[str] = []
    cache = DiskCache(directory, warn=warnings.append, retry=0)
    hits = 0
    for index in range(count):
        key = f"shared {index % 50}" if index % 2 else f"{name} {index}"
        await cache.put(key, key.encode() * 20, 3600)
        hits += await cache.get(key) == key.encode() * 20
    await cache.close()
    print(json.dumps({"hits": hits, "warnings": warnings}))


async def endless(directory: Path) -> None:
    cache = DiskCache(directory, retry=0)
    for index in range(1_000_000):
        await cache.put(f"key {index}", f"key {index}".encode() * 500, 3600)
        print(f"key {index}", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "traffic":
        asyncio.run(traffic(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
    else:
        asyncio.run(endless(Path(sys.argv[2])))
