"""Documents and their chunks as rows of the index, and how they are found by BM25.

A chunk is a row of an FTS5 table whose row number holds its document's, so a document is ranked by its best chunk.
Functions here raise `sqlite3.Error`, and `DamagedError` for rows that were not written here.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.adapters.library.store import DamagedError
from copydesk.adapters.library.terms import chunks, searchable
from copydesk.core.document import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.adapters.library.reading import Reading

TITLE_WEIGHT = 2.0
"""How much more a word in the title counts than one in the text."""
_CHUNK_BITS = 16
_DIGITS = 64
_RANK = f"bm25({TITLE_WEIGHT}, 1.0)"


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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its chunks as (title, text), cut before the database is locked."""

    document: Added
    chunks: tuple[tuple[str, str], ...]


def prepared(document: Added) -> Prepared:
    """Return a document ready to be stored."""
    reading = document.reading
    if reading is None:
        return Prepared(document, ())
    title = searchable(reading.title)
    cut = chunks(reading.text, markdown=reading.format is not Format.PLAIN)
    return Prepared(document, tuple((title, body) for body in cut))


def known(connection: sqlite3.Connection) -> dict[str, Known]:
    """Return all documents by address."""
    rows = connection.execute("SELECT uri, stamp, digest, retrieved, why FROM documents")
    return {_text(uri): Known(*map(_text, rest)) for uri, *rest in rows}


def stored(connection: sqlite3.Connection, uri: str) -> Stored | None:
    """Return a document that was read, None where there is none of this address."""
    columns = "title, text, format, hidden, retrieved, sha256"
    row = connection.execute(f"SELECT {columns} FROM documents WHERE uri = ? AND why = ''", (uri,)).fetchone()
    return _document(*row) if row is not None else None


def change(connection: sqlite3.Connection, changes: Changes, added: Sequence[Prepared]) -> None:
    """Make changes, all of them or none; `added` are those of the changes, prepared."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for uri in changes.gone:
            _remove(connection, uri)
        for one in added:
            _replace(connection, one.document, one.chunks)
        stamps = [(stamp, uri) for uri, stamp in changes.touched]
        connection.executemany("UPDATE documents SET stamp = ? WHERE uri = ?", stamps)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # SQLite may have rolled back by itself
            connection.execute("ROLLBACK")
        raise


def found(connection: sqlite3.Connection, expression: str, limit: int) -> list[tuple[str, str]]:
    """Return (address, title) of the documents that suit an expression of FTS5 best, best first.

    Those of one score are put in the order of their addresses; of copies of one text only the best counts.
    """
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
        uri, title, sha256 = map(_text, row or (None, None, None))
        if len(sha256) != _DIGITS:
            raise DamagedError
        best[number] = rank, uri, title, sha256
        texts.add(sha256)
    ranked: dict[str, tuple[str, str]] = {}
    for _, uri, title, sha256 in sorted(best.values()):
        ranked.setdefault(sha256, (uri, title))
    return list(ranked.values())[:limit]


def _replace(connection: sqlite3.Connection, document: Added, rows: Sequence[tuple[str, str]]) -> None:
    same = "uri = ? AND digest = ? AND why = ''"
    if document.reading is not None:
        # Another process may have been faster; the time of the first reading stays.
        stamped = (document.stamp, document.uri, document.digest)
        if connection.execute(f"UPDATE documents SET stamp = ? WHERE {same}", stamped).rowcount:
            return
    _remove(connection, document.uri)
    _insert(connection, document, rows)


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


def _document(title: object, text: object, format: object, hidden: object, retrieved: object, sha256: object) -> Stored:
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
