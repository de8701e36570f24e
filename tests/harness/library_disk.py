"""Searches a library whose index lies on a disk that is full or read-only; prints what came of it as one line of JSON.

Run as `python library_disk.py tmpfs FOLDER` or `read-only` in a mount namespace of its own, or as `limit`, which limits
the size of files instead.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from harness.library import Clocks, everything, library, written

SIZE = 1 << 20
QUERIES = ("harbour", "number 7")


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, timeout=30)


def fill(kind: str, disk: Path) -> None:
    if kind == "read-only":
        mount("-o", "remount,ro", str(disk))
    elif kind == "limit":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
    else:
        with (disk / "filler").open("wb", buffering=0) as filler:
            try:
                while filler.write(bytes(4096)):
                    pass
            except OSError:
                pass


async def run(kind: str, root: Path, disk: Path) -> dict[str, object]:
    warnings: list[str] = []
    text = "The harbour, number {}. It was opened long ago."
    written(root, {f"notes/{number}.txt": text.format(number) for number in range(40)})
    directory, clocks = disk / "index", Clocks()
    async with library(root, clocks=clocks, directory=directory, warn=warnings.append) as opened:
        before = await everything(opened, *QUERIES)
    fill(kind, disk)
    clocks.now += 60
    async with library(root, clocks=clocks, directory=directory, warn=warnings.append) as opened:
        unchanged = await everything(opened, *QUERIES)
        written(root, {f"notes/new {number}.txt": text.format(f"{number} of the new") for number in range(200)})
        changed = await everything(opened, "new harbour")
    async with library(root, directory=disk / "fresh", warn=warnings.append) as opened:
        fresh = await everything(opened, "new harbour")
    return {
        "before": len(before),
        "unchanged": unchanged == before,
        "changed": len(changed),
        "fresh": len(fresh),
        "warnings": warnings,
    }


if __name__ == "__main__":
    kind, folder = sys.argv[1], Path(sys.argv[2])
    disk = folder / "disk"
    disk.mkdir()
    if kind != "limit":
        mount("-t", "tmpfs", "-o", f"size={SIZE}", "none", str(disk))
    print(json.dumps(asyncio.run(run(kind, folder / "root", disk))))
