"""Uses a cache beside other processes: `shared_cache.py DIRECTORY COUNT NAME` prints the 95th percentile of look-ups.

Milliseconds; each look-up follows a write, and half of both are of keys that the others use too.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from copydesk.adapters.disk import DiskCache


async def main(directory: Path, count: int, name: str) -> None:
    cache = DiskCache(directory)
    taken = []
    for index in range(count):
        key = f"shared {index % 50}" if index % 2 else f"{name} {index}"
        await cache.put(key, key.encode() * 20, 3600)
        began = time.perf_counter()
        await cache.get(key)
        taken.append(1000 * (time.perf_counter() - began))
    await cache.close()
    print(sorted(taken)[count * 95 // 100])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
