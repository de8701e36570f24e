"""Where indexes of libraries are kept, what they hold, and how to be rid of them.

Each set of folders has a database of its own, because what a word is worth depends on all that is in one.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.adapters.library.store import (
    BROKEN,
    COMPANIONS,
    SUFFIX,
    DamagedError,
    emptied,
    is_damage,
    opened,
    put_aside,
    read_only,
    reason,
)
from copydesk.errors import StoreError
from copydesk.user_folders import user_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from copydesk.adapters.library.folders import Place

UNUSED_SECONDS = 90 * 86_400.0
"""How long an index is kept that no search uses, since it holds the texts of what may long be gone."""

_NAME = re.compile(rf"[0-9a-f]{{32}}\{SUFFIX}")
_FILE = re.compile(rf"{_NAME.pattern}(?:{'|'.join(COMPANIONS)})?(?:\{BROKEN})?")


@dataclass(frozen=True, slots=True)
class LibraryStats:
    """How many documents are indexed, and what that takes on disk (bytes)."""

    documents: int
    size: int


def default_directory() -> Path | None:
    """Return the user's directory for indexes, None on a system that has none."""
    return user_folder("cache", "library")


def database_of(directory: Path, folders: Sequence[Place]) -> Path:
    """Return where the index of a set of folders is kept, whatever their order."""
    names = "\0".join(sorted(str(place.path) for place in folders))
    return directory / f"{hashlib.sha256(os.fsencode(names)).hexdigest()[:32]}{SUFFIX}"


def library_stats(directory: Path) -> LibraryStats:
    """Return what all indexes hold; raises `StoreError` where one cannot be read."""
    documents = 0
    try:
        for database in _databases(directory):
            with closing(read_only(database)) as connection:
                documents += connection.execute("SELECT count(*) FROM documents WHERE why = ''").fetchone()[0]
        return LibraryStats(documents, sum(file.lstat().st_size for file in _files(directory)))
    except (sqlite3.Error, OSError, StoreError, DamagedError) as error:
        raise StoreError(f"The library's index cannot be read ({reason(error)}).", _remedy(error)) from error


def clear_library(directory: Path) -> int:
    """Remove every document from all indexes, also for processes that use them; return how many.

    Raises `StoreError` where that cannot be done.
    """
    removed = 0
    try:
        for database in _databases(directory):
            removed += _cleared(database)
        for file in _files(directory):
            if file.name.endswith(BROKEN) or not file.with_name(file.name[: file.name.index(SUFFIX)] + SUFFIX).exists():
                file.unlink(missing_ok=True)
    except (sqlite3.Error, OSError, StoreError, DamagedError) as error:
        raise StoreError(f"The library's index cannot be cleared ({reason(error)}).", _remedy(error)) from error
    return removed


def forget_unused(directory: Path, used: Path, now: float) -> None:
    """Note that an index is used, and remove those that were not for a season; `now` in seconds. What fails waits."""
    with suppress(OSError):
        os.utime(used, (now, now))
    for database in _databases(directory):
        with suppress(sqlite3.Error, OSError, StoreError, DamagedError):
            if database != used and now - database.lstat().st_mtime > UNUSED_SECONDS:
                _cleared(database)


def _cleared(database: Path) -> int:
    """Empty a database, and remove it if no other process has it open; return how many documents it held."""
    try:
        with closing(opened(database)) as connection:
            held = int(connection.execute("SELECT count(*) FROM documents WHERE why = ''").fetchone()[0])
            emptied(connection)
            alone = _is_alone(connection)
    except (sqlite3.Error, DamagedError) as error:
        if not is_damage(error):
            raise
        put_aside(database)
        return 0
    if alone:
        database.unlink(missing_ok=True)
    return held


def _is_alone(connection: sqlite3.Connection) -> bool:
    """Tell whether nobody else has the database open: only then can it be taken out of its mode for sharing."""
    try:
        return bool(connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] == "delete")
    except sqlite3.OperationalError:
        return False


def _databases(directory: Path) -> list[Path]:
    return [file for file in _files(directory) if _NAME.fullmatch(file.name)]


def _files(directory: Path) -> list[Path]:
    if not directory.is_dir():
        return []
    return sorted(path for path in directory.iterdir() if _FILE.fullmatch(path.name))


def _remedy(error: Exception) -> str:
    if isinstance(error, StoreError):
        return error.remedy
    return "Run `copydesk cache clear`." if is_damage(error) else "Close other editors that use copydesk and try again."
