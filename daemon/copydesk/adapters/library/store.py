"""The index's database files: made, checked before they are believed, put aside when damaged, copied to memory.

A database may have been damaged or written by somebody else, so its tables must be exactly those that are made here;
any other is never used. Everything here may block, for `BUSY_SECONDS` at most where another process holds a lock.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from copydesk.adapters.library.terms import TOKENIZER
from copydesk.adapters.private_files import private_directory, private_file
from copydesk.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BUSY_SECONDS = 0.5
"""How long a lock of another process is waited for."""
SUFFIX = ".db"
BROKEN = ".broken"
COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a database."""

VERSION = 1
"""To be counted up whenever the tables, or how text is folded or cut into chunks, change."""

_PAUSE = 0.02
_TABLES = {
    "documents": (
        "CREATE TABLE documents (id INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL,"
        " digest TEXT NOT NULL, retrieved TEXT NOT NULL, why TEXT NOT NULL, title TEXT NOT NULL, format TEXT NOT NULL,"
        " hidden INTEGER NOT NULL, sha256 TEXT NOT NULL, text TEXT NOT NULL)"
    ),
    "chunks": f'CREATE VIRTUAL TABLE chunks USING fts5(title, body, tokenize="{TOKENIZER}")',
}
_SHADOWS = frozenset({"chunks_data", "chunks_idx", "chunks_content", "chunks_docsize", "chunks_config"})
_ELSEWHERE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOLFS,
    }
)
"""What says nothing of the database itself, which must then be kept."""


class DamagedError(Exception):
    """A database that holds what was not written here."""


def opened(path: Path) -> sqlite3.Connection:
    """Return a connection to the database at `path`, which is made if there is none.

    Raises `sqlite3.Error`, `OSError`, `StoreError` for what is not the user's own, or `DamagedError`.
    """
    private_directory(path.parent)
    private_file(path)
    for companion in companions(path):
        if companion.is_symlink():  # SQLite would follow it
            private_file(companion)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        patiently(lambda: _prepare(connection))
    except BaseException:
        connection.close()
        raise
    return connection


def in_memory(copied: Path | None = None) -> sqlite3.Connection:
    """Return a database in memory, with what can still be read of the one at `copied`.

    Raises `sqlite3.Error` where SQLite was built without full-text search.
    """
    if copied is not None:
        with suppress(sqlite3.Error, OSError, StoreError, DamagedError):
            return _copy(copied)
    memory = sqlite3.connect(":memory:", isolation_level=None)
    _prepare(memory)
    return memory


def read_only(path: Path) -> sqlite3.Connection:
    """Return a connection that changes nothing; raises as `opened`, and where there is no database."""
    if path.exists():
        private_file(path)
    journal, *_ = companions(path)
    # With nothing in the journal nobody writes; and where none can be made, only a file that does not change is read.
    written_to = journal.exists() and journal.stat().st_size > 0
    address = f"{path.as_uri()}?mode=ro{'' if written_to else '&immutable=1'}"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        _distrust(connection)
        _require_own_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def emptied(connection: sqlite3.Connection) -> None:
    """Remove all that a database holds, so that none of it can be read in the file any more."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for name, statement in _TABLES.items():
            connection.execute(f"DROP TABLE {name}")
            connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("VACUUM")  # deleted rows stay readable in the file until then
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def put_aside(path: Path) -> None:
    """Rename a database and its companions; what was put aside earlier is replaced."""
    for file in (*companions(path), path):
        with suppress(FileNotFoundError):
            file.replace(file.with_name(file.name + BROKEN))


def companions(path: Path) -> tuple[Path, ...]:
    """Return the files that SQLite may put beside a database."""
    return tuple(path.with_name(path.name + suffix) for suffix in COMPANIONS)


def is_damage(error: Exception) -> bool:
    """Tell a damaged or foreign database from one that cannot be used now."""
    if isinstance(error, DamagedError):
        return True
    # Text that is not UTF-8 is an error without a code.
    return isinstance(error, sqlite3.DatabaseError) and _code(error) not in _ELSEWHERE


def is_locked(error: Exception) -> bool:
    """Tell whether another process was waited for in vain."""
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def reason(error: Exception) -> str:
    """Return why a database cannot be used, in a few words."""
    if is_locked(error):
        return "locked by another process"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, DamagedError):
        return "damaged"
    return str(error).rstrip(".") if isinstance(error, sqlite3.Error | StoreError) else type(error).__name__


def patiently(use: Callable[[], None]) -> None:
    """Try again for half a second where SQLite gives up at once, as it does when two processes change a mode."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return use()
        except sqlite3.OperationalError as error:
            if not is_locked(error) or time.monotonic() > give_up:
                raise
        time.sleep(_PAUSE)


def _code(error: Exception) -> int:
    """Return SQLite's primary result code, 0 where an error has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _distrust(connection: sqlite3.Connection) -> None:
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _prepare(connection: sqlite3.Connection) -> None:
    _distrust(connection)
    if not _is_empty(connection):
        _require_own_tables(connection)
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.execute("PRAGMA synchronous = NORMAL")
    if _is_empty(connection):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _is_empty(connection):  # another process may have been faster
                for statement in _TABLES.values():
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    _require_own_tables(connection)


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _require_own_tables(connection: sqlite3.Connection) -> None:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    tables = {name: sql for kind, name, sql in rows if kind == "table"}
    others = [kind for kind, name, _ in rows if kind != "table" and name != "sqlite_autoindex_documents_1"]
    # Full-text search makes tables of its own, whose statements differ between SQLite's versions.
    own = {name: sql for name, sql in tables.items() if name not in _SHADOWS}
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if others or own != _TABLES or not tables.keys() >= _SHADOWS or version != VERSION:
        raise DamagedError


def _copy(path: Path) -> sqlite3.Connection:
    def stop_when_locked(status: int, remaining: int, total: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:  # `backup` would wait without end
            raise sqlite3.OperationalError("database is locked")

    memory = sqlite3.connect(":memory:", isolation_level=None)
    try:
        with closing(read_only(path)) as source:
            source.backup(memory, pages=1024, progress=stop_when_locked)
        _prepare(memory)
    except BaseException:
        memory.close()
        raise
    return memory
