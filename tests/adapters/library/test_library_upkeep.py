"""What the library's indexes hold, and that clearing them leaves nothing behind."""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.adapters.library.upkeep import clear_library, default_directory, library_stats
from copydesk.cli import cache as cache_command
from copydesk.errors import StoreError
from harness.library import Clocks, library, moved_in_time, names, written

SECRET = "zeppelin"
DAY = 86_400.0


async def indexed(root: Path, *folders: str) -> Path:
    """Index some documents in each folder, one of them unreadable; return where the indexes are."""
    files = {
        f"{folder}/{number}.txt": f"The {SECRET} of {folder}, {number}." for folder in folders for number in range(5)
    }
    written(root, {**files, **{f"{folder}/bad.txt": b"\0" for folder in folders}})
    for folder in folders:
        async with library(root, folder) as opened:
            assert len(await names(opened, SECRET)) == 5
    return root / "index"


def leftovers(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.rglob("*") if file.is_file())


async def test_all_indexes_are_counted_and_cleared(tmp_path: Path) -> None:
    directory = await indexed(tmp_path, "notes", "papers")
    assert len(list(directory.glob("*.db"))) == 2
    stats = library_stats(directory)
    assert stats.documents == 10
    assert stats.size == sum(file.stat().st_size for file in directory.iterdir())
    assert SECRET.encode() in leftovers(directory)
    assert clear_library(directory) == 10
    assert list(directory.iterdir()) == []
    assert library_stats(directory).documents == 0
    assert clear_library(directory) == 0


async def test_sets_of_folders_have_indexes_of_their_own_whatever_their_order(tmp_path: Path) -> None:
    directory = await indexed(tmp_path, "notes", "papers")
    for folders in (("notes", "papers"), ("papers", "notes"), ("papers", str(tmp_path / "notes"))):
        async with library(tmp_path, *folders) as opened:
            assert len(await names(opened, SECRET, 20)) == 10
    assert len(list(directory.glob("*.db"))) == 3


async def test_R74_clearing_empties_an_index_that_is_in_use(tmp_path: Path) -> None:
    written(tmp_path, {"notes/long.txt": "\n\n".join(f"Paragraph {number}. " * 99 for number in range(200))})
    directory = await indexed(tmp_path, "notes")
    async with library(tmp_path, clocks=Clocks(step=0)) as opened:
        assert len(await names(opened, SECRET)) == 5
        assert clear_library(directory) == 6
        assert SECRET.encode() not in leftovers(directory)
        assert library_stats(directory).documents == 0
        assert next(directory.glob("*.db")).stat().st_size < 100_000
        # Whoever has it open notices at once and reads the files again.
        assert len(await names(opened, SECRET)) == 5
    assert clear_library(directory) == 6
    assert list(directory.iterdir()) == []


@pytest.mark.parametrize("damage", [b"garbage " * 2000, b"", b"x"])
async def test_R74_clearing_removes_what_is_damaged_or_was_put_aside(tmp_path: Path, damage: bytes) -> None:
    directory = await indexed(tmp_path, "notes", "papers")
    path = sorted(directory.glob("*.db"))[0]
    path.with_name(f"{path.name}.broken").write_bytes(path.read_bytes())
    path.with_name(f"{path.name}-wal.broken").write_bytes(path.read_bytes())
    (directory / f"{'0' * 32}.db-wal").write_bytes(b"of no database")
    path.write_bytes(damage)
    assert clear_library(directory) == 5
    assert list(directory.iterdir()) == []


async def test_clearing_touches_no_other_file(tmp_path: Path) -> None:
    directory = await indexed(tmp_path, "notes")
    others = {"index/mine.db": "x", "index/notes.txt": "x", "index/sub/a.db": "x", "index/x.db.broken": "x"}
    written(tmp_path, others)
    clear_library(directory)
    assert sorted(path.name for path in directory.rglob("*") if path.is_file()) == sorted(
        Path(name).name for name in others
    )


async def test_R19_clearing_follows_no_link(tmp_path: Path) -> None:
    if os.name != "posix":
        return
    directory = await indexed(tmp_path, "notes")
    victim = tmp_path / "victim"
    path = next(directory.glob("*.db"))
    path.rename(victim)
    path.symlink_to(victim)
    before = victim.read_bytes()
    with pytest.raises(StoreError, match="is a link"):
        clear_library(directory)
    with pytest.raises(StoreError, match="is a link"):
        library_stats(directory)
    assert victim.read_bytes() == before


async def test_a_locked_index_is_said_to_be(tmp_path: Path) -> None:
    directory = await indexed(tmp_path, "notes")
    with closing(sqlite3.connect(next(directory.glob("*.db")), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another process"):
            clear_library(directory)
        assert library_stats(directory).documents == 5


async def test_R18_counting_believes_no_foreign_database(tmp_path: Path) -> None:
    directory = await indexed(tmp_path, "notes")
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT '' AS why, x FROM n"
    with closing(sqlite3.connect(next(directory.glob("*.db")), isolation_level=None)) as other:
        other.executescript(f"DROP TABLE documents; CREATE VIEW documents AS {endless}")
    with pytest.raises(StoreError, match="damaged") as raised:
        library_stats(directory)
    assert "cache clear" in raised.value.remedy
    assert clear_library(directory) == 0


async def test_an_index_that_was_not_used_for_a_season_is_removed(tmp_path: Path) -> None:
    directory = await indexed(tmp_path, "notes", "papers", "other")
    days = {"notes": 200, "papers": 89, "other": 91}
    for path in directory.glob("*.db"):
        moved_in_time(path, -days[folder_of(path)] * DAY)
    async with library(tmp_path, "notes", clocks=Clocks(wall=time.time())) as opened:
        await opened.find(SECRET, 1)
        assert sorted(map(folder_of, directory.glob("*.db"))) == ["notes", "papers"]


def folder_of(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        (uri,) = connection.execute("SELECT uri FROM documents LIMIT 1").fetchone()
    return str(uri).split("/")[-2]


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    cache_command.add_parser(parser.add_subparsers())
    return cache_command.run(parser.parse_args(["cache", *arguments]))


async def test_the_command_counts_and_clears_the_users_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = default_directory()
    assert directory is not None
    written(tmp_path, {"notes/a.txt": f"The {SECRET}."})
    async with library(tmp_path, directory=directory) as opened:
        assert await names(opened, SECRET) == ["a.txt"]
    assert command("stats") == 0
    assert "\n1 document of the library, " in capsys.readouterr().out
    assert command("clear") == 0
    assert f"\n1 document of the library removed from {directory}\n" in capsys.readouterr().out
    assert command("stats") == 0
    assert "\n0 documents of the library, " in capsys.readouterr().out
    assert SECRET.encode() not in leftovers(directory)


async def test_what_cannot_be_cleared_keeps_nothing_else_from_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await indexed(tmp_path, "notes")
    (tmp_path / "index").rename(tmp_path / "library")
    (tmp_path / "cache.db").mkdir()
    assert command("clear", "--directory", str(tmp_path)) == 2
    told = capsys.readouterr()
    assert "cannot be cleared" in told.err
    assert "5 documents of the library removed" in told.out


def test_the_command_imports_nothing_heavy() -> None:
    code = "import sys, copydesk.cli.cache; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert not {"diskcache", "platformdirs", "markdown_it", "httpx", "pypdf"} & set(run.stdout.split())
