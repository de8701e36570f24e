"""diskcache made safe: bytes under string keys, inside the database, nothing pickled and no other file touched.

diskcache 5.6.3 unpickles what it finds in its database and reads, writes and deletes the files that rows name
(CVE-2025-69872; JSONDisk does not help). It also waits 60 seconds for a locked database, takes settings and pragmas
from the database, and maps the file into memory. Importing this module imports diskcache: do it on first use.
"""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any

import diskcache

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Timeout: type[Exception] = diskcache.Timeout

RAW = 1
"""diskcache's mode of values that are stored as they are."""

_OBJECTS = frozenset(
    {
        "Settings",
        "Cache",
        "Cache_key_raw",
        "Cache_expire_time",
        "Cache_store_time",
        *(f"Settings_{column}_{event}" for column in ("count", "size") for event in ("insert", "update", "delete")),
    }
)


class BytesDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache has no types
    """Keeps bytes in the database row; any other row reads as None."""

    def put(self, key: object) -> tuple[str, bool]:
        """Return the key's column; raises `TypeError` for anything but a string."""
        if type(key) is not str:
            raise TypeError("cache keys are strings")
        return key, True

    def get(self, key: object, raw: object) -> str:
        """Return the key of a row; raises `TypeError` for a key that this class did not write."""
        if not raw or type(key) is not str:
            raise TypeError("not a key of this cache")
        return key

    def store(self, value: object, read: object, key: object = None) -> tuple[int, int, None, bytes]:
        """Return the columns of a value; raises `TypeError` for anything but bytes."""
        if read or type(value) is not bytes:
            raise TypeError("cache values are bytes")
        return 0, RAW, None, value

    def fetch(self, mode: object, filename: object, value: object, read: object) -> bytes | None:
        """Return the bytes of a row, None for a row that this class did not write."""
        return value if mode == RAW and filename is None and type(value) is bytes and not read else None

    def remove(self, file_path: object) -> None:
        """Do nothing: no row of this cache has a file."""


class BytesCache(diskcache.Cache):  # type: ignore[misc]  # diskcache has no types
    """A diskcache of bytes that waits at most `busy` seconds for a lock and believes nothing its database says."""

    def __init__(self, directory: Path, size_limit_bytes: int, busy: float) -> None:
        disinfect(directory / diskcache.core.DBNAME, busy)
        self._deadline = time.monotonic() + busy
        super().__init__(
            str(directory),
            timeout=busy,
            disk=BytesDisk,
            statistics=0,
            tag_index=0,
            eviction_policy="least-recently-stored",
            size_limit=size_limit_bytes,
            cull_limit=10,
            sqlite_auto_vacuum=1,
            sqlite_cache_size=2**10,
            sqlite_journal_mode="wal",
            sqlite_mmap_size=0,  # a mapped file that another process truncates kills this one
            sqlite_synchronous=1,
            disk_min_file_size=0,
            disk_pickle_protocol=0,
        )

    @property
    def _sql(self) -> Callable[..., Any]:
        execute = self._con.execute

        def bounded(statement: str, *arguments: object) -> Any:
            # diskcache retries `OperationalError` for 60 seconds when it opens a database, but not its own `Timeout`.
            try:
                return execute(statement, *arguments)
            except sqlite3.OperationalError as error:
                if "locked" in str(error) and time.monotonic() > self._deadline:
                    raise Timeout from error
                raise

        return bounded


def disinfect(database: Path, busy: float) -> None:
    """Remove from a database what `BytesCache` would not have written; raises `sqlite3.Error`.

    A table, trigger or view of another origin makes the whole file foreign (`sqlite3.DatabaseError`).
    """
    connection = sqlite3.connect(database, timeout=busy, isolation_level=None)
    try:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if {name for name in names if not name.startswith("sqlite_autoindex_")} - _OBJECTS:
            raise sqlite3.DatabaseError("not a database of this cache")
        if "Settings" in names:
            connection.execute("DELETE FROM Settings WHERE key NOT IN ('count', 'size', 'hits', 'misses')")
            connection.execute("UPDATE Settings SET value = 0 WHERE key = 'size' AND value IS NOT 0")
        if "Cache" in names:
            connection.execute(
                "DELETE FROM Cache WHERE raw IS NOT 1 OR mode IS NOT ? OR filename IS NOT NULL OR size IS NOT 0"
                " OR typeof(key) <> 'text' OR typeof(value) <> 'blob'",
                (RAW,),
            )
    finally:
        connection.close()
