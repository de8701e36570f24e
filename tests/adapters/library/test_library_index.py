"""The index on disk: private, shared, and never in the way when it is damaged, locked, full or foreign."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.library import index as index_module
from copydesk.adapters.library import rows, store
from copydesk.errors import SearchUnavailable
from harness.library import Clocks, ScriptedWorker, everything, library, names, written

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

HARNESS = Path(__file__).parents[2] / "harness"
QUERIES = ("harbour", "number 17", "old quay", "the town of the ferry")
posix = pytest.mark.skipif(os.name != "posix", reason="owners, modes and limits are POSIX")


def stocked(root: Path) -> Path:
    """Write forty documents, enough for a database of many pages."""
    text = "The harbour, number {0}. " + "The old quay of town {0} was built again in year {0}. " * 30
    return written(root, {f"notes/{number}.txt": text.format(number) for number in range(40)})


def database(root: Path) -> Path:
    (found,) = (root / "index").glob("*.db")
    return found


def connected(root: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(database(root), isolation_level=None, timeout=5))


async def indexed(root: Path) -> list[object]:
    """Return all that the queries lead to, with an index on disk from then on."""
    async with library(root) as opened:
        return await everything(opened, *QUERIES)


@posix
async def test_R20_the_index_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        async with library(stocked(tmp_path)) as opened:
            await opened.find("harbour", 1)
            files = list((tmp_path / "index").iterdir())
            modes = {stat.S_IMODE(file.stat().st_mode) for file in files}
    finally:
        os.umask(before)
    assert len(files) == 3
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "index").stat().st_mode) == 0o700


@posix
@pytest.mark.parametrize("what", ["directory", "database", "journal"])
async def test_R20_what_is_a_link_or_anothers_is_not_used(tmp_path: Path, what: str) -> None:
    root, warnings = stocked(tmp_path / "root"), list[str]()
    expected = await indexed(root)
    other = tmp_path / "other"
    if what == "directory":
        (root / "index").rename(other)
        (root / "index").symlink_to(other)
    elif what == "database":
        path = database(root)
        path.rename(other)
        path.symlink_to(other)
    else:
        other.write_bytes(b"precious")
        database(root).with_name(database(root).name + "-wal").symlink_to(other)
    before = other.read_bytes() if other.is_file() else b""
    async with library(root, clocks=Clocks(), warn=warnings.append) as opened:
        found = await everything(opened, *QUERIES)
    assert [type(one) for one in found] == [type(one) for one in expected]
    assert len(warnings) == 1
    assert "link" in warnings[0]
    assert (other.read_bytes() if other.is_file() else b"") == before


def garbage(content: bytes, start: float, length: int = 8192) -> bytes:
    at = int(len(content) * start) // 4096 * 4096
    return content[:at] + (b"garbage!" * length)[: min(length, len(content) - at)] + content[at + length :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "header": lambda content: b"garbage!" * 4 + content[32:],
    "beginning": lambda content: garbage(content, 0.02),
    "first quarter": lambda content: garbage(content, 0.25),
    "middle": lambda content: garbage(content, 0.5),
    "third quarter": lambda content: garbage(content, 0.75),
    "end": lambda content: garbage(content, 0.99),
    "truncated": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "no database": lambda content: b"not a database at all " * 500,
    "pages turned round": lambda content: (
        content[:4096] + b"".join(content[at : at + 4096][::-1] for at in range(4096, len(content), 4096))
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
async def test_R57_a_damaged_index_is_put_aside_and_made_anew(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    root, warnings, clocks = stocked(tmp_path), list[str](), Clocks()
    async with library(root, clocks=clocks) as opened:
        expected = await everything(opened, *QUERIES)
    path = database(root)
    path.write_bytes(damage(path.read_bytes()))
    for _ in range(2):
        async with library(root, clocks=clocks, warn=warnings.append) as opened:
            assert await everything(opened, *QUERIES) == expected
    assert len(warnings) <= 1
    assert all("was damaged. It was put aside" in warning for warning in warnings)
    assert path.with_name(f"{path.name}.broken").exists() == bool(warnings)


@pytest.mark.parametrize(
    "damage",
    ["text = text || '!' WHERE uri LIKE '%/17.txt'", "title = x'ff'", "format = 'x'", "hidden = 7", "sha256 = ''"],
)
async def test_R57_damage_while_open_is_noticed(tmp_path: Path, damage: str) -> None:
    root, warnings, clocks = stocked(tmp_path), list[str](), Clocks()
    async with library(root, clocks=clocks, warn=warnings.append) as opened:
        expected = await everything(opened, *QUERIES)
        with connected(root) as connection:
            connection.execute(f"UPDATE documents SET {damage}")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert await everything(opened, *QUERIES) == expected
    assert len(warnings) == 1


async def test_R57_an_index_damaged_again_and_again_gives_way_to_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(path: Path) -> sqlite3.Connection:
        raise store.DamagedError

    monkeypatch.setattr(index_module, "opened", damaged)
    warnings = list[str]()
    async with library(stocked(tmp_path), warn=warnings.append) as opened:
        assert await names(opened, "number 17", 1) == ["17.txt"]
    assert len(warnings) == 2
    assert "in memory for this run" in warnings[1]


FOREIGN = {
    "another table": "CREATE TABLE others (a)",
    "a view in place of a table": "DROP TABLE documents; CREATE VIEW documents AS SELECT 1 AS id",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON documents BEGIN DELETE FROM documents; END",
    "an index": "CREATE INDEX i ON documents (title)",
    "another tokenizer": "DROP TABLE chunks; CREATE VIRTUAL TABLE chunks USING fts5(title, body)",
    "a further column": "ALTER TABLE documents ADD COLUMN file",
    "a generated column": "ALTER TABLE documents ADD COLUMN x AS (upper(uri))",
    "another version": "PRAGMA user_version = 99",
    "no documents": "DROP TABLE documents",
    "no chunks": "DROP TABLE chunks",
}


@pytest.mark.parametrize("statements", FOREIGN.values(), ids=FOREIGN)
async def test_R18_a_database_of_another_shape_is_made_anew(tmp_path: Path, statements: str) -> None:
    root, warnings = stocked(tmp_path), list[str]()
    expected = [type(one) for one in await indexed(root)]
    with connected(root) as connection:
        connection.executescript(statements)
    async with library(root, warn=warnings.append) as opened:
        assert [type(one) for one in await everything(opened, *QUERIES)] == expected
    assert len(warnings) == 1
    with connected(root) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type <> 'table' OR name = 'others'")
        assert [name for (name,) in rows] == ["sqlite_autoindex_documents_1"]


PLANTED = {
    "a file outside": ("file:///etc/passwd", "a", "1", "", 1),
    "a file of the library": (None, "a", "1", "", 1),
    "numbers": (None, 7, 7, 7, 1),
    "bytes": (None, b"\xff", b"\xff", b"\xff", 1),
    "text that is no UTF-8": (None, "CAST(x'ff' AS TEXT)", "1", "", 1),
    "a huge row": (None, "a", "1", "", (1 << 62)),
    "a row below zero": (None, "a", "1", "", -5),
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
async def test_R19_planted_rows_lead_to_no_other_file_and_no_error(tmp_path: Path, planted: tuple[Any, ...]) -> None:
    root, warnings = stocked(tmp_path), list[str]()
    await indexed(root)
    uri, title, stamp, why, number = planted
    with connected(root) as connection:
        connection.execute("DELETE FROM documents WHERE uri LIKE '%/7.txt'")
        connection.execute("DELETE FROM documents WHERE id = ?", (number,))
        own = (root / "notes" / "7.txt").resolve().as_uri()
        raw = str(title) if str(title).startswith("CAST") else "?"
        connection.execute(
            "INSERT INTO documents (title, id, uri, stamp, digest, retrieved, why, format, hidden, sha256, text)"
            f" VALUES ({raw}, ?, ?, ?, '', '', ?, 'plain', 0, '', 'planted words')",
            (*(() if raw != "?" else (title,)), number, uri or own, stamp, why),
        )
        connection.execute("INSERT INTO chunks (rowid, title, body) VALUES (?, '', 'planted words')", (7 << 40,))
        connection.execute("INSERT INTO chunks (rowid, title, body) VALUES (?, '', 'planted words')", (-7,))
    async with library(root, warn=warnings.append) as opened:
        assert await names(opened, "planted words") == []
        assert (await names(opened, "number 7", 1)) == ["7.txt"]
        page = await opened.read((await opened.find("number 7", 1)).hits[0])
    assert page.text == (root / "notes" / "7.txt").read_text()


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


def can_mount(folder: Path) -> bool:
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, timeout=30).returncode == 0
    except OSError:
        return False


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


async def test_without_full_text_search_the_library_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_TABLES", {"chunks": "CREATE VIRTUAL TABLE chunks USING fts99(body)"})
    async with library(stocked(tmp_path), warn=lambda _: None) as opened:
        with pytest.raises(SearchUnavailable, match="no such module: fts99") as raised:
            await opened.find("harbour", 1)
    assert "FTS5" in raised.value.remedy
