"""The cache on disk where it is locked, shared, damaged, full or killed: it never gets in the way."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.disk import clear_cache
from harness.disk_cache import HOUR, database, filled, opened
from harness.full_disk import can_mount

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX")

HARNESS = Path(__file__).parent.parent / "harness"


@pytest.mark.parametrize("mode", ["IMMEDIATE", "EXCLUSIVE"])
@pytest.mark.parametrize("open_before", [True, False], ids=["open before", "opened after"])
async def test_F6_R55_a_locked_cache_is_no_cache_and_the_loop_goes_on(
    tmp_path: Path, mode: str, open_before: bool
) -> None:
    directory, warnings = await filled(tmp_path / "c"), list[str]()
    async with opened(directory, warn=warnings.append) as cache:
        if open_before:
            assert await cache.get("key 1") is not None
        with database(directory) as holder:
            if mode == "EXCLUSIVE" and not open_before:
                holder.execute("PRAGMA locking_mode = EXCLUSIVE")
            holder.execute(f"BEGIN {mode}")
            work = asyncio.ensure_future(asyncio.wait_for(cache.put("new", b"value", HOUR), 60))
            turns = 0
            while not work.done():  # the loop turns while the worker waits for the lock
                turns += 1
                await asyncio.sleep(0)
            await work
            assert turns > 100
            await asyncio.wait_for(cache.get("new"), 60)
            holder.execute("ROLLBACK")
        assert await cache.get("new") is None
        await cache.put("new", b"value", HOUR)
        assert await cache.get("new") == b"value"
        assert await cache.get("key 2") is not None
    assert len(warnings) == 1
    assert "locked by another process" in warnings[0]


async def test_R55_a_lock_taken_while_the_cache_opens_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory, warnings = await filled(tmp_path / "c"), list[str]()
    monkeypatch.setattr("copydesk.adapters.bytes_disk.disinfect", lambda database, busy: None)
    async with opened(directory, warn=warnings.append) as cache:
        with database(directory) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            assert await asyncio.wait_for(cache.get("key 1"), 60) is None
        assert await cache.get("key 1") is not None
    assert len(warnings) == 1


async def test_R55_after_a_failure_the_disk_is_left_alone_for_a_while(tmp_path: Path) -> None:
    directory = await filled(tmp_path / "c")
    async with opened(directory, retry=HOUR) as cache:
        with database(directory) as holder:
            holder.execute("BEGIN IMMEDIATE")
            await cache.put("new", b"value", HOUR)
        assert await cache.get("key 1") is None


def run_traffic(directory: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, HARNESS / "cache_traffic.py", "traffic", directory, name, "500"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_L10_R56_four_processes_share_a_cache(tmp_path: Path) -> None:
    processes = [run_traffic(tmp_path / "c", name) for name in "abcd"]
    outputs = [process.communicate(timeout=120) for process in processes]
    assert [error for _, error in outputs] == [""] * 4
    outcomes = [json.loads(output) for output, _ in outputs]
    assert all(not warning or "locked" in warning for one in outcomes for warning in one["warnings"])
    # A process that waits too long for the others goes without; that is rare.
    assert sum(one["hits"] for one in outcomes) >= 4 * 500 * 0.9


def scrambled(content: bytes) -> bytes:
    pages = [content[start : start + 4096] for start in range(0, len(content), 4096)]
    return b"".join(page if index == 0 else page[::-1] for index, page in enumerate(pages))


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "garbage header": lambda content: b"garbage!" * 4 + content[32:],
    "all garbage": lambda content: b"not a database at all " * 500,
    "empty": lambda content: b"",
    "truncated": lambda content: content[: len(content) // 2],
    "scrambled pages": scrambled,
    "one byte": lambda content: b"S",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
async def test_F6_R57_a_damaged_cache_is_put_aside_and_started_afresh(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    directory, warnings = await filled(tmp_path / "c"), list[str]()
    file = directory / "cache.db"
    content = damage(file.read_bytes())
    file.write_bytes(content)
    async with opened(directory, warn=warnings.append) as cache:
        for index in range(30):
            assert await cache.get(f"key {index}") in (None, f"value {index}".encode() * 300)
            await cache.put(f"key {index}", b"new", HOUR)
        assert [await cache.get(f"key {index}") for index in range(30)] == [b"new"] * 30
    noticed = len(content) > 1  # SQLite takes a file of less than a header for an empty one
    assert len(warnings) == noticed
    assert (directory / "cache.db.broken").exists() == noticed
    assert clear_cache(directory) == 30
    assert not list(directory.glob("*.broken"))


async def test_R57_a_damaged_value_is_a_miss(tmp_path: Path) -> None:
    directory = await filled(tmp_path / "c")
    with database(directory) as connection:
        connection.execute("UPDATE Cache SET value = substr(value, 1, length(value) - 1) WHERE key = 'key 1'")
        connection.execute("UPDATE Cache SET value = X'00' WHERE key = 'key 2'")
        other = "(SELECT value FROM Cache WHERE key = 'key 4')"
        connection.execute(f"UPDATE Cache SET value = {other} WHERE key = 'key 3'")
    async with opened(directory) as cache:
        assert [await cache.get(f"key {index}") for index in (1, 2, 3)] == [None] * 3
        assert await cache.get("key 4") == b"value 4" * 300


async def test_R57_damage_while_open_is_noticed(tmp_path: Path) -> None:
    directory, warnings = await filled(tmp_path / "c"), list[str]()
    async with opened(directory, warn=warnings.append) as cache:
        assert await cache.get("key 1") is not None
        with (directory / "cache.db").open("r+b") as file:
            file.write(b"garbage!" * 2048)
        for _ in range(3):
            await cache.put("new", b"value", HOUR)
    async with opened(directory, warn=warnings.append) as cache:
        await cache.put("new", b"value", HOUR)
        assert await cache.get("new") == b"value"
    assert len(warnings) == 1


def full_disk(kind: str, folder: Path) -> dict[str, Any]:
    own = [] if kind == "limit" else ["unshare", "-rm"]
    command = [*own, sys.executable, str(HARNESS / "full_disk.py"), kind, str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stderr) == (0, "")
    outcome: dict[str, Any] = json.loads(run.stdout)
    return outcome


@posix
@pytest.mark.parametrize("kind", ["tmpfs", "read-only", "limit"])
def test_F5_R58_a_full_or_read_only_disk_is_no_cache_until_there_is_room(tmp_path: Path, kind: str) -> None:
    if kind != "limit" and not can_mount(tmp_path):
        pytest.skip("NOT TESTED: this system lets nobody mount a small disk of their own (unshare -rm)")
    outcome = full_disk(kind, tmp_path)
    assert outcome["while full"] is False
    assert outcome["cache"] is True, "works again without a restart"
    assert outcome["fresh"] is True
    assert outcome["before"] is True, "what was kept before is still there"
    assert len(outcome["warnings"]) == 2, "one warning from each of the two caches"


def last_key_of_a_killed_process(directory: Path) -> str:
    last = ""
    command = [sys.executable, HARNESS / "cache_traffic.py", "endless", directory]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(40):
            last = process.stdout.readline().strip()
        process.kill()
    return last


async def test_R60_a_killed_process_leaves_a_good_cache(tmp_path: Path) -> None:
    directory, warnings = tmp_path / "c", list[str]()
    for _ in range(5):
        last = last_key_of_a_killed_process(directory)
        assert last.startswith("key ")
        async with opened(directory, warn=warnings.append) as cache:
            assert await cache.get(last) == last.encode() * 500
    assert warnings == []
