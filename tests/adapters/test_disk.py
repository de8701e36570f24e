"""The cache on disk: what it keeps, for how long, and in whose thread."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from harness.disk_cache import HOUR, opened, rows

pytestmark = pytest.mark.slow

DAY = 86_400.0
YEAR = 365 * DAY


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


async def test_values_come_back_in_another_process_until_they_expire(tmp_path: Path) -> None:
    clock = Clock()
    async with opened(tmp_path / "c", clock=clock) as cache:
        await cache.put("key", b"\x00value\xff", HOUR)
        await cache.put("empty", b"", HOUR)
        for seconds in (0.0, -1.0, float("nan"), float("inf")):
            await cache.put("never", b"x", seconds)
    async with opened(tmp_path / "c", clock=clock) as cache:
        assert await cache.get("key") == b"\x00value\xff"
        assert await cache.get("empty") == b""
        assert await cache.get("never") is None
        assert await cache.get("unknown") is None
        clock.now += HOUR
        assert await cache.get("key") is None
    assert rows(tmp_path / "c", "key = 'key'") == 0
    assert await cache.get("empty") is None


async def test_the_size_limit_holds_and_the_newest_stay(tmp_path: Path) -> None:
    async with opened(tmp_path / "c", size_limit_bytes=1 << 20) as cache:
        for index in range(100):
            await cache.put(f"key {index}", bytes(50_000), HOUR)
        assert await cache.get("key 99") is not None
        assert await cache.get("key 0") is None
    assert (tmp_path / "c" / "cache.db").stat().st_size < 3 << 20


@pytest.mark.parametrize(
    ("written", "read", "served"),
    [
        (0.0, HOUR - 1, True),
        (0.0, HOUR + 1, False),
        (0.0, -YEAR, False),
        (0.0, -30.0, True),
        (20 * YEAR, 0.0, False),
        (HOUR + 61, HOUR, False),
        (-YEAR, 0.0, False),
        (-YEAR, -YEAR + 1, True),
    ],
)
async def test_F7_R59_entries_dated_in_the_future_or_long_past_are_expired(
    tmp_path: Path, written: float, read: float, served: bool
) -> None:
    clock = Clock()
    start = clock.now
    async with opened(tmp_path / "c", clock=clock) as cache:
        clock.now = start + written
        await cache.put("key", b"value", HOUR)
        clock.now = start + read
        assert (await cache.get("key") is not None) is served


def test_diskcache_is_imported_on_first_use_only() -> None:
    code = "import sys, copydesk.adapters.disk, copydesk.cli.cache, copydesk.settings; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert not {"diskcache", "platformdirs", "markdown_it", "httpx"} & set(run.stdout.split())


async def test_the_loops_thread_never_touches_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect, threads = sqlite3.connect, set[int]()

    def seen(*arguments: Any, **options: Any) -> sqlite3.Connection:
        threads.add(threading.get_ident())
        return connect(*arguments, **options)

    monkeypatch.setattr(sqlite3, "connect", seen)
    async with opened(tmp_path / "c") as cache:
        await asyncio.gather(*(cache.put(f"{index}", b"value", HOUR) for index in range(20)))
        assert await asyncio.gather(*(cache.get(f"{index}") for index in range(20))) == [b"value"] * 20
    assert len(threads) == 1
    assert threading.get_ident() not in threads
