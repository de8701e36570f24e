"""The index on disk: private, and never in the way when it is damaged, foreign or planted."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.library import index as index_module
from copydesk.adapters.library import store
from copydesk.errors import SearchUnavailable
from harness.library import Clocks, everything, library, names
from harness.library_index import QUERIES, connected, database, indexed, stocked

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(os.name != "posix", reason="owners, modes and limits are POSIX")


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


async def test_without_full_text_search_the_library_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_TABLES", {"chunks": "CREATE VIRTUAL TABLE chunks USING fts99(body)"})
    async with library(stocked(tmp_path), warn=lambda _: None) as opened:
        with pytest.raises(SearchUnavailable, match="no such module: fts99") as raised:
            await opened.find("harbour", 1)
    assert "FTS5" in raised.value.remedy
