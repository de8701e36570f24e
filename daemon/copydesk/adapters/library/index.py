"""The library's index: which documents are known, their stored texts, and what is found in them by BM25.

Chunks of documents are rows of an FTS5 table whose row number holds the document's, so a document is ranked by its
best chunk. Where the database cannot be used, a copy in memory serves for the rest of this run.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from copydesk.adapters.library.store import DamagedError, in_memory, is_damage, opened, put_aside, reason
from copydesk.adapters.library.terms import chunks, match_expression, searchable
from copydesk.core.document import Format
from copydesk.errors import SearchUnavailable, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from copydesk.adapters.library.reading import Reading

TITLE_WEIGHT = 2.0
"""How much more a word in the title counts than one in the text."""
_CHUNK_BITS = 16
_RANK = f"bm25({TITLE_WEIGHT}, 1.0)"

T = TypeVar("T")


class IndexLostError(Exception):
    """What was known may be gone; it has to be looked at again."""


@dataclass(frozen=True, slots=True)
class Known:
    """A document of the index: `why` says why its file could not be read, and is empty where it was."""

    stamp: str
    digest: str
    retrieved: str
    why: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as it was read. `retrieved` in ISO 8601, `sha256` of the text in UTF-8."""

    title: str
    text: str
    format: Format
    hidden: bool
    retrieved: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Added:
    """What is to be stored of a file: a reading, or why there is none."""

    uri: str
    stamp: str
    digest: str
    retrieved: str
    reading: Reading | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """Documents to store in place of what was stored of them, (address, stamp) of files that were written to without
    a change, and addresses to forget."""

    added: Sequence[Added] = ()
    touched: Sequence[tuple[str, str]] = ()
    gone: Sequence[str] = ()


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

    def known(self) -> dict[str, Known]:
        """Return the documents by address."""

        def use(connection: sqlite3.Connection) -> dict[str, Known]:
            rows = connection.execute("SELECT uri, stamp, digest, retrieved, why FROM documents")
            return {_text(uri): Known(*map(_text, rest)) for uri, *rest in rows}

        return self._used(use)

    def version(self) -> int:
        """Return a number that changes when another process changed the index."""
        return self._used(lambda connection: int(connection.execute("PRAGMA data_version").fetchone()[0]))

    def change(self, changes: Changes) -> None:
        """Make changes, all of them or none."""
        prepared = [(document, _chunk_rows(document.reading)) for document in changes.added]
        if not (changes.added or changes.touched or changes.gone):
            return

        def use(connection: sqlite3.Connection) -> None:
            for uri in (*changes.gone, *(document.uri for document in changes.added)):
                _remove(connection, uri)
            for document, rows in prepared:
                _insert(connection, document, rows)
            stamps = [(stamp, uri) for uri, stamp in changes.touched]
            connection.executemany("UPDATE documents SET stamp = ? WHERE uri = ?", stamps)

        self._used(lambda connection: _together(connection, use))

    def find(self, query: str, limit: int) -> list[tuple[str, str]]:
        """Return (address, title) of at most `limit` documents, best first; copies of one text count once."""
        expression = match_expression(query)
        return self._used(lambda connection: _found(connection, expression, limit)) if expression and limit > 0 else []

    def document(self, uri: str) -> Stored | None:
        """Return a document that was read, None where there is none of this address."""

        def use(connection: sqlite3.Connection) -> Stored | None:
            columns = "title, text, format, hidden, retrieved, sha256"
            row = connection.execute(f"SELECT {columns} FROM documents WHERE uri = ? AND why = ''", (uri,)).fetchone()
            return _stored(*row) if row is not None else None

        return self._used(use)

    def close(self) -> None:
        """Release files."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _used(self, use: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._connection is None:
                self._connection = self._opened()
            return use(self._connection)
        except (sqlite3.Error, OSError, StoreError, DamagedError) as error:
            self.close()
            self._stage = self._next(error)
            raise IndexLostError from error

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


def _together(connection: sqlite3.Connection, use: Callable[[sqlite3.Connection], None]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        use(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # SQLite may have rolled back by itself
            connection.execute("ROLLBACK")
        raise


def _chunk_rows(reading: Reading | None) -> list[tuple[str, str]]:
    if reading is None:
        return []
    title = searchable(reading.title)
    return [(title, body) for body in chunks(reading.text, markdown=reading.format is not Format.PLAIN)]


def _insert(connection: sqlite3.Connection, document: Added, rows: Sequence[tuple[str, str]]) -> None:
    reading = document.reading
    columns = (
        (reading.title, reading.format.value, int(reading.hidden), _sha256(reading.text), reading.text)
        if reading is not None
        else ("", Format.PLAIN.value, 0, "", "")
    )
    cursor = connection.execute(
        "INSERT INTO documents (uri, stamp, digest, retrieved, why, title, format, hidden, sha256, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (document.uri, document.stamp, document.digest, document.retrieved, document.why, *columns),
    )
    first = _first_chunk(cursor.lastrowid or 0)
    connection.executemany(
        "INSERT INTO chunks (rowid, title, body) VALUES (?, ?, ?)",
        ((first + at, title, body) for at, (title, body) in enumerate(rows[: 1 << _CHUNK_BITS])),
    )


def _remove(connection: sqlite3.Connection, uri: str) -> None:
    row = connection.execute("SELECT id FROM documents WHERE uri = ?", (uri,)).fetchone()
    if row is not None:
        first = _first_chunk(_number(row[0]))
        connection.execute("DELETE FROM chunks WHERE rowid BETWEEN ? AND ?", (first, first + (1 << _CHUNK_BITS) - 1))
        connection.execute("DELETE FROM documents WHERE id = ?", row)


def _found(connection: sqlite3.Connection, expression: str, limit: int) -> list[tuple[str, str]]:
    """Return the best documents; those of one score are put in the order of their addresses."""
    rows = connection.execute(
        "SELECT rowid, rank FROM chunks WHERE chunks MATCH ? AND rank MATCH ? ORDER BY rank", (expression, _RANK)
    )
    best: dict[int, tuple[float, str, str, str]] = {}
    texts: set[str] = set()
    for rowid, rank in rows:
        number = rowid >> _CHUNK_BITS
        if number in best:
            continue
        if len(texts) >= limit and rank > max(score for score, *_ in best.values()):
            break
        row = connection.execute("SELECT uri, title, sha256 FROM documents WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise DamagedError
        uri, title, sha256 = map(_text, row)
        best[number] = rank, uri, title, sha256
        texts.add(sha256)
    ranked: dict[str, tuple[str, str]] = {}
    for _, uri, title, sha256 in sorted(best.values()):
        ranked.setdefault(sha256, (uri, title))
    return list(ranked.values())[:limit]


def _stored(title: object, text: object, format: object, hidden: object, retrieved: object, sha256: object) -> Stored:
    """Return a row as a value; raises `DamagedError` for one that was not written by `_insert`."""
    whole = _text(text)
    if _sha256(whole) != sha256 or hidden not in (0, 1) or format not in {each.value for each in Format}:
        raise DamagedError
    return Stored(_text(title), whole, Format(_text(format)), hidden == 1, _text(retrieved), _sha256(whole))


def _text(value: object) -> str:
    if type(value) is not str:
        raise DamagedError
    return value


def _number(value: object) -> int:
    if type(value) is not int or not 0 < value < 1 << 40:
        raise DamagedError
    return value


def _first_chunk(number: int) -> int:
    return number << _CHUNK_BITS


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
