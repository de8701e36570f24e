"""The index on disk where other processes use it too, are killed, or the disk gives no room."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from copydesk.adapters.library import rows
from harness.full_disk import can_mount
from harness.library import Clocks, ScriptedWorker, everything, library, names, written
from harness.library_index import QUERIES, connected, database, indexed, stocked

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(os.name != "posix", reason="owners, modes and limits are POSIX")
HARNESS = Path(__file__).parents[2] / "harness"


async def test_R55_a_lock_of_another_process_is_waited_out_in_memory(tmp_path: Path) -> None:
    root, warnings, clocks = stocked(tmp_path), list[str](), Clocks()
    async with library(root, clocks=clocks) as opened:
        expected = await everything(opened, *QUERIES)
    with connected(root) as other:
        other.execute("BEGIN IMMEDIATE")
        async with library(root, clocks=clocks, warn=warnings.append) as opened:
            # Reading waits for nobody, and neither warns.
            assert await everything(opened, *QUERIES) == expected
            assert warnings == []
            clocks.now += 60
            written(root, {"notes/new.txt": "A zeppelin."})
            assert await names(opened, "zeppelin") == ["new.txt"]
            # What was read before was copied, with its time of reading.
            assert await everything(opened, *QUERIES) == expected
    assert len(warnings) == 1
    assert "locked by another process" in warnings[0]


async def test_R55_processes_that_get_on_with_it_are_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, warnings, times = stocked(tmp_path), list[str](), 3
    real = rows.change

    def contended(connection: sqlite3.Connection, *rest: Any) -> None:
        nonlocal times
        if times:
            times -= 1
            with connected(root) as other:
                other.execute("INSERT INTO chunks (rowid, title, body) VALUES (?, '', '')", (-times,))
                other.execute("DELETE FROM chunks WHERE rowid = ?", (-times,))
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        real(connection, *rest)

    monkeypatch.setattr(rows, "change", contended)
    async with library(root, warn=warnings.append) as opened:
        assert await names(opened, "number 17", 1) == ["17.txt"]
    assert (times, warnings) == (0, [])


async def test_R55_an_index_that_another_process_keeps_for_itself_is_done_without(tmp_path: Path) -> None:
    root, warnings = stocked(tmp_path), list[str]()
    expected = [type(one) for one in await indexed(root)]
    with connected(root) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        async with library(root, warn=warnings.append) as opened:
            assert [type(one) for one in await everything(opened, *QUERIES)] == expected
    assert len(warnings) == 1
    assert "locked by another process" in warnings[0]


def test_R55_a_lock_while_the_index_is_copied_is_not_waited_for(tmp_path: Path) -> None:
    asyncio.run(indexed(stocked(tmp_path)))
    code = (
        "import sqlite3, sys; from pathlib import Path; from copydesk.adapters.library import store;"
        "path = Path(sys.argv[1]); other = sqlite3.connect(path, isolation_level=None);"
        "other.execute('PRAGMA locking_mode = EXCLUSIVE'); other.execute('BEGIN EXCLUSIVE');"
        "store.read_only = lambda path: sqlite3.connect(path, timeout=0);"
        "print(store.in_memory(path).execute('SELECT count(*) FROM documents').fetchone()[0])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, database(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout == "0\n"


def process(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(HARNESS / "library_traffic.py"), *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(HARNESS.parent)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def test_R56_processes_share_an_index(tmp_path: Path) -> None:
    root = stocked(tmp_path)
    processes = [process("traffic", root, "number 17", 5) for _ in range(3)]
    outputs = [one.communicate(timeout=120) for one in processes]
    assert [error for _, error in outputs] == [""] * 3
    outcomes = [json.loads(output) for output, _ in outputs]
    assert all(one["found"][0] == "17.txt" for one in outcomes)
    assert len({tuple(one["found"]) for one in outcomes}) == 1
    # A process that waits too long for the others goes without; that is rare.
    assert all("locked" in warning for one in outcomes for warning in one["warnings"])
    with connected(root) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (40,)


async def test_R56_what_another_process_took_in_is_found_and_not_read_again(tmp_path: Path) -> None:
    root, worker, clocks = stocked(tmp_path), ScriptedWorker(), Clocks()
    async with library(root, worker=worker, clocks=clocks) as one, library(root, worker=worker, clocks=clocks) as other:
        expected = await everything(one, *QUERIES)
        assert await everything(other, *QUERIES) == expected
        written(root, {"notes/new.pdf": "%PDFNew\nA zeppelin."})
        assert await names(other, "zeppelin") == ["new.pdf"]
        assert await names(one, "zeppelin") == ["new.pdf"]
    assert worker.asked == ["new.pdf"]


async def test_R60_a_killed_process_leaves_a_good_index(tmp_path: Path) -> None:
    root, warnings = stocked(tmp_path), list[str]()
    for _ in range(4):
        with process("endless", root) as busy:
            assert busy.stdout is not None
            for _ in range(3):
                assert busy.stdout.readline().strip().isdigit()
            busy.kill()
        async with library(root, warn=warnings.append) as opened:
            assert await names(opened, "busy harbour", 1) == ["busy.txt"]
    assert warnings == []


@posix
@pytest.mark.parametrize("kind", ["tmpfs", "read-only", "limit"])
def test_R58_a_full_or_read_only_disk_is_done_without(tmp_path: Path, kind: str) -> None:
    if kind != "limit" and not can_mount(tmp_path):
        pytest.skip("NOT TESTED: this system lets nobody mount a small disk of their own (unshare -rm)")
    own = [] if kind == "limit" else ["unshare", "-rm"]
    command = [*own, sys.executable, str(HARNESS / "library_disk.py"), kind, str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stderr) == (0, "")
    outcome = json.loads(run.stdout)
    assert outcome["unchanged"] is True
    assert (outcome["changed"], outcome["fresh"]) == (11, 11)
    assert 1 <= len(outcome["warnings"]) <= 2
    assert all("in memory for this run" in warning for warning in outcome["warnings"])


async def test_a_place_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    root, warnings = written(tmp_path, {"notes/a.txt": "The quay.", "file": "x"}), list[str]()
    async with library(root, directory=root / "file" / "index", warn=warnings.append) as opened:
        assert await names(opened, "quay") == ["a.txt"]
        assert await names(opened, "quay") == ["a.txt"]
    assert len(warnings) == 1
