"""The library's index: which documents are known, their stored texts, and what is found in them.

Where the database cannot be used, a copy in memory serves for the rest of this run.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from copydesk.adapters.library import rows
from copydesk.adapters.library.store import DamagedError, in_memory, is_damage, is_locked, opened, put_aside, reason
from copydesk.adapters.library.terms import match_expression
from copydesk.errors import SearchUnavailable, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from copydesk.adapters.library.rows import Changes, Known, Stored

_MOST_WAITS = 20

T = TypeVar("T")


class IndexLostError(Exception):
    """What was known may be gone; it has to be looked at again."""


class _Stage(Enum):
    """What holds the index; what fails is followed by the next that may serve."""

    DISK = "files"
    MENDED = "files made anew"
    COPY = "a copy of files in memory"
    MEMORY = "memory"


class Index:
    """An index at `path`, or in memory where that is None. To be used from one thread, since SQLite requires it.

    `warn` is given a sentence when files cannot be used. Every method may raise `IndexLostError`: nothing was done,
    what is known may be gone, and the next call uses what serves instead. Where nothing does, `SearchUnavailable`.
    """

    def __init__(self, path: Path | None, warn: Callable[[str], None]) -> None:
        self._path = path
        self._warn = warn
        self._stage = _Stage.DISK if path is not None else _Stage.MEMORY
        self._connection: sqlite3.Connection | None = None
        self._known: tuple[int, dict[str, Known]] | None = None

    def known(self) -> Mapping[str, Known]:
        """Return the documents by address."""
        version = self.version()
        if self._known is None or self._known[0] != version:
            self._known = version, self._used(rows.known)
        return self._known[1]

    def version(self) -> int:
        """Return a number that changes when another process changed the index."""
        return self._used(_version)

    def change(self, changes: Changes) -> None:
        """Make changes, all of them or none."""
        if changes.added or changes.touched or changes.gone:
            self._known = None
            added = [rows.prepared(document) for document in changes.added]
            self._used(lambda connection: rows.change(connection, changes, added))

    def find(self, query: str, limit: int) -> list[tuple[str, str]]:
        """Return (address, title) of at most `limit` documents, best first; copies of one text count once."""
        expression = match_expression(query)
        if not expression or limit <= 0:
            return []
        return self._used(lambda connection: rows.found(connection, expression, limit))

    def document(self, uri: str) -> Stored | None:
        """Return a document that was read, None where there is none of this address."""
        return self._used(lambda connection: rows.stored(connection, uri))

    def close(self) -> None:
        """Release files."""
        self._known = None
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _used(self, use: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._connection is None:
                self._connection = self._opened()
            return self._waited(self._connection, use)
        except (sqlite3.Error, OSError, StoreError, DamagedError) as error:
            self.close()
            self._stage = self._next(error)
            raise IndexLostError from error

    def _waited(self, connection: sqlite3.Connection, use: Callable[[sqlite3.Connection], T]) -> T:
        """Use the index, waiting for other processes as long as they get on with theirs."""
        for _ in range(_MOST_WAITS):
            version = _version(connection)
            try:
                return use(connection)
            except sqlite3.OperationalError as error:
                if not is_locked(error) or _version(connection) == version:
                    raise
        return use(connection)

    def _opened(self) -> sqlite3.Connection:
        if self._path is None or self._stage is _Stage.MEMORY:
            return in_memory()
        return in_memory(self._path) if self._stage is _Stage.COPY else opened(self._path)

    def _next(self, error: Exception) -> _Stage:
        """Return what serves after an error: files once damaged are made anew, and files out of reach are copied."""
        damaged = is_damage(error)
        if self._path is None or self._stage is _Stage.MEMORY:
            raise SearchUnavailable(
                f"The library cannot be searched ({reason(error)}).",
                "Use a Python whose SQLite has full-text search (FTS5).",
            ) from error
        if self._stage is _Stage.COPY:
            return _Stage.MEMORY
        if damaged and self._stage is _Stage.DISK:
            with suppress(OSError):
                put_aside(self._path)
                self._warn("The library's index was damaged. It was put aside, and the library is read again.")
                return _Stage.MENDED
        self._warn(
            f"The library's index cannot be used ({reason(error)}). The library is indexed in memory for this run."
        )
        return _Stage.MEMORY if damaged else _Stage.COPY


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
