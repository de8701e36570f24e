"""Fills the disk under a cache and empties it again; prints what the cache did as one line of JSON.

Run as `python full_disk.py tmpfs FOLDER` in a mount namespace of its own, or `python full_disk.py limit FOLDER`,
which limits the size of files instead. `read-only` remounts the folder read-only in between.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from copydesk.adapters.disk import DiskCache

SIZE = 3 << 20
VALUE = bytes(40_000)


def can_mount(folder: Path) -> bool:
    """Tell whether this system lets anybody mount a small disk of their own."""
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, timeout=30).returncode == 0
    except OSError:
        return False


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, timeout=30)


def fill(kind: str, folder: Path) -> None:
    if kind == "read-only":
        mount("-o", "remount,ro", str(folder))
    elif kind == "limit":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
    else:
        with (folder / "filler").open("wb", buffering=0) as filler:
            try:
                while filler.write(bytes(4096)):
                    pass
            except OSError:
                pass


def empty(kind: str, folder: Path) -> None:
    if kind == "read-only":
        mount("-o", "remount,rw", str(folder))
    elif kind == "limit":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    else:
        (folder / "filler").unlink()


async def run(kind: str, folder: Path) -> dict[str, object]:
    warnings: list[str] = []
    cache = DiskCache(folder / "cache", warn=warnings.append, retry=0)
    await cache.put("before", b"kept", 3600)
    if kind == "read-only":  # a file that is open for writing keeps its file system writable
        await cache.close()
        cache = DiskCache(folder / "cache", warn=warnings.append, retry=0)
    fill(kind, folder)
    for index in range(120):
        await cache.put(f"full {index}", VALUE, 3600)
        await cache.get(f"full {index}")
    fresh = DiskCache(folder / "opened when full", warn=warnings.append, retry=0)
    await fresh.put("key", VALUE, 3600)
    while_full = await fresh.get("key")
    empty(kind, folder)
    outcome: dict[str, object] = {"warnings": warnings, "while full": while_full is not None}
    for name, one in (("cache", cache), ("fresh", fresh)):
        await one.put("after", b"new", 3600)
        outcome[name] = (await one.get("after")) == b"new"
        await one.close()
    outcome["before"] = (await reopened(folder)) == b"kept"
    return outcome


async def reopened(folder: Path) -> bytes | None:
    cache = DiskCache(folder / "cache")
    try:
        return await cache.get("before")
    finally:
        await cache.close()


if __name__ == "__main__":
    kind, folder = sys.argv[1], Path(sys.argv[2])
    if kind != "limit":
        mount("-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder))
    print(json.dumps(asyncio.run(run(kind, folder))))
