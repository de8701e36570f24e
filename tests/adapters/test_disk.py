"""The cache on disk: what it keeps, what it refuses, and that it never gets in the way."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pickle
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.disk import DiskCache, cache_stats, clear_cache
from copydesk.cli import cache as cache_command
from copydesk.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

pytestmark = pytest.mark.slow

HARNESS = Path(__file__).parent.parent / "harness"
HOUR, DAY, YEAR = 3600.0, 86_400.0, 365 * 86_400.0
posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX")


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def opened(directory: Path, **options: Any) -> AsyncIterator[DiskCache]:
    cache = DiskCache(directory, **{"retry": 0, **options})
    try:
        yield cache
    finally:
        await cache.close()


def database(directory: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(directory / "cache.db", isolation_level=None, timeout=5))


async def filled(directory: Path) -> Path:
    async with opened(directory) as cache:
        for index in range(30):
            await cache.put(f"key {index}", f"value {index}".encode() * 300, HOUR)
    return directory


class Exploit:
    """Touches a file when it is unpickled."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.witness),)


def plant(directory: Path, key: object, raw: int, mode: int, filename: str | None, value: object) -> None:
    columns = "key, raw, store_time, expire_time, access_time, size, mode, filename, value"
    with database(directory) as connection:
        connection.execute("DELETE FROM Cache WHERE key = ?", (key,))
        connection.execute(
            f"INSERT INTO Cache ({columns}) VALUES (?, ?, 0, ?, 0, 0, ?, ?, ?)",
            (key, raw, time.time() + HOUR, mode, filename, value),
        )


def rows(directory: Path, where: str) -> int:
    with database(directory) as connection:
        return int(connection.execute(f"SELECT COUNT(*) FROM Cache WHERE {where}").fetchone()[0])


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


@pytest.mark.parametrize("open_before", [True, False], ids=["open before", "opened after"])
async def test_R18_planted_pickles_are_never_loaded(tmp_path: Path, open_before: bool) -> None:
    directory, witness = await filled(tmp_path / "c"), tmp_path / "executed"
    payload = pickle.dumps(Exploit(witness))
    async with opened(directory, size_limit_bytes=1) as cache:
        if open_before:
            assert await cache.get("key 1") is not None
        plant(directory, "key 1", 1, 4, None, payload)
        plant(directory, payload, 0, 1, None, b"value")
        plant(directory, "text", 1, 1, None, "not bytes")
        plant(directory, "number", 1, 1, None, 7)
        assert [await cache.get(key) for key in ("key 1", "text", "number")] == [None] * 3
        assert rows(directory, "key IN ('key 1', 'text', 'number')") == 0
        for index in range(10):
            await cache.put(f"new {index}", b"x", HOUR)  # culls
    cache_stats(directory)
    clear_cache(directory)
    assert not witness.exists()
    assert list(directory.iterdir()) == []  # planted rows went with the file


@pytest.mark.parametrize("open_before", [True, False], ids=["open before", "opened after"])
@pytest.mark.parametrize("mode", [1, 2, 3, 4])
async def test_R19_files_that_rows_name_are_never_touched(tmp_path: Path, open_before: bool, mode: int) -> None:
    directory, victim = await filled(tmp_path / "c"), tmp_path / "victim"
    victim.write_bytes(b"precious")
    async with opened(directory, size_limit_bytes=1) as cache:
        if open_before:
            await cache.get("key 1")
        for index in range(12):
            plant(directory, f"planted {index}", 1, mode, "../victim", None)
        assert await cache.get("planted 0") is None
        await cache.put("planted 1", b"own", HOUR)
        for index in range(10):
            await cache.put(f"new {index}", b"x", HOUR)
        plant(directory, "planted 2", 1, mode, str(victim), None)
        clear_cache(directory)
        assert rows(directory, "1") == 0
    assert victim.read_bytes() == b"precious"


@posix
async def test_R20_only_the_user_can_read_what_is_kept(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        async with opened(tmp_path / "parent" / "c") as cache:
            await cache.put("key", b"value", HOUR)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "parent" / "c").iterdir()}
    finally:
        os.umask(before)
    assert {"cache.db", "cache.db-wal", "cache.db-shm"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "parent" / "c").stat().st_mode) == 0o700


@posix
async def test_R20_loose_modes_of_an_earlier_version_are_tightened(tmp_path: Path) -> None:
    directory = await filled(tmp_path / "c")
    directory.chmod(0o755)
    (directory / "cache.db").chmod(0o644)
    async with opened(directory) as cache:
        assert await cache.get("key 1") is not None
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "cache.db").stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("case", ["link to a folder", "link to a file", "dangling link", "a file", "another's"])
async def test_R20_links_and_others_folders_are_refused(
    tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, directory, warnings = tmp_path / "target", tmp_path / "c", list[str]()
    target.mkdir()
    (target / "file").write_bytes(b"precious")
    if case == "link to a folder":
        directory.symlink_to(target)
    elif case == "a file":
        directory.write_bytes(b"precious")
    else:
        directory.mkdir()
        if case == "another's":
            monkeypatch.setattr(os, "geteuid", lambda: 4711)
        else:
            (directory / "cache.db").symlink_to(target / ("file" if case == "link to a file" else "none"))
    async with opened(directory, warn=warnings.append) as cache:
        for index in range(3):
            await cache.put(f"{index}", b"value", HOUR)
            assert await cache.get(f"{index}") is None
    assert len(warnings) == 1
    assert "is not used" in warnings[0]
    assert {path.name: path.read_bytes() for path in target.iterdir()} == {"file": b"precious"}
    if case != "another's":
        assert directory.is_symlink() or directory.is_file() or (directory / "cache.db").is_symlink()


async def test_R21_planted_settings_are_ignored(tmp_path: Path) -> None:
    directory = await filled(tmp_path / "c")
    planted = {
        "size_limit": 1,
        "cull_limit": 1_000_000,
        "eviction_policy": "none",
        "statistics": 1,
        "disk_min_file_size": 7,
        "disk_pickle_protocol": 5,
        "sqlite_user_version": 4711,
        "sqlite_synchronous": 0,
        "size": 1 << 60,
    }
    with database(directory) as connection:
        connection.executemany("INSERT OR REPLACE INTO Settings VALUES (?, ?)", planted.items())
    async with opened(directory) as cache:
        for index in range(40):
            await cache.put(f"key {index}", b"value", HOUR)
        assert [await cache.get(f"key {index}") for index in range(40)] == [b"value"] * 40
    with database(directory) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)
        kept = dict(connection.execute("SELECT key, value FROM Settings"))
    assert all(kept.get(name) != value for name, value in planted.items())


async def test_R21_a_planted_trigger_makes_the_file_foreign(tmp_path: Path) -> None:
    directory, warnings = await filled(tmp_path / "c"), list[str]()
    with database(directory) as connection:
        connection.execute("CREATE TRIGGER evil AFTER INSERT ON Cache BEGIN DELETE FROM Cache; END")
    async with opened(directory, warn=warnings.append) as cache:
        await cache.put("key", b"value", HOUR)
        assert await cache.get("key") == b"value"
    assert len(warnings) == 1


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
            work = asyncio.ensure_future(asyncio.wait_for(cache.put("new", b"value", HOUR), 30))
            turns = 0
            while not work.done():  # the loop turns while the worker waits for the lock
                turns += 1
                await asyncio.sleep(0)
            await work
            assert turns > 100
            await asyncio.wait_for(cache.get("new"), 30)
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
            assert await asyncio.wait_for(cache.get("key 1"), 30) is None
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


def can_mount(folder: Path) -> bool:
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, timeout=30).returncode == 0
    except OSError:
        return False


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


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    cache_command.add_parser(parser.add_subparsers())
    return cache_command.run(parser.parse_args(["cache", *arguments]))


async def test_the_command_shows_and_clears(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = await filled(tmp_path / "c")
    assert command("stats", "--directory", str(directory)) == 0
    assert capsys.readouterr().out.startswith("30 answers, ")
    assert command("clear", "--directory", str(directory)) == 0
    assert capsys.readouterr().out.startswith("30 answers removed")
    assert command("stats", "--directory", str(directory)) == 0
    assert capsys.readouterr().out.startswith("0 answers, ")
    assert b"value 1" not in b"".join(path.read_bytes() for path in directory.iterdir())


async def test_the_command_says_what_to_do_when_it_cannot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = await filled(tmp_path / "c")
    with database(directory) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert command("clear", "--directory", str(directory)) == 2
    assert "locked by another process" in capsys.readouterr().err
    (directory / "cache.db").write_bytes(b"garbage " * 1000)
    with pytest.raises(StoreError):
        cache_stats(directory)
    assert clear_cache(directory) == 0
    assert cache_stats(tmp_path / "none").entries == 0
    assert clear_cache(tmp_path / "none") == 0
