"""The cache on disk where somebody else wrote into it, or might read it."""

from __future__ import annotations

import os
import pickle
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.disk import cache_stats, clear_cache
from harness.disk_cache import HOUR, database, filled, opened, rows

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX")


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
