"""The cache on disk. It forgets rather than fails: locked, full, read-only or broken, it is as good as none."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import sqlite3
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from copydesk.adapters.private_files import private_directory, private_file
from copydesk.errors import StoreError
from copydesk.user_folders import user_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from copydesk.adapters.bytes_disk import BytesCache

logger = logging.getLogger(__name__)

SIZE_LIMIT_BYTES = 128 << 20
BUSY_SECONDS = 0.5
"""How long a lock of another process is waited for."""
RETRY_SECONDS = 5.0
"""How long a cache that failed is left alone."""
SKEW_SECONDS = 60.0
"""How far ahead an entry may be dated: clocks are corrected by a little all the time."""

_DATABASE = "cache.db"
_BROKEN = "broken"
_HEADER = struct.Struct("!4sdd16s")
_MAGIC = b"CDK1"
_ABSENT = object()
_ENVIRONMENT = ("locked", "busy", "full", "readonly", "unable to open", "disk i/o", "interrupted")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CacheStats:
    """How many answers are kept, and what they take on disk (bytes)."""

    entries: int
    size: int


class DiskCache:
    """Implements `copydesk.ports.Cache` in a directory of its own, which may be shared with other processes.

    `clock` is wall-clock time in seconds. `warn` is given a sentence the first time each kind of trouble shows, in
    the worker thread; by default it is logged. Failures are retried after `retry` seconds.
    """

    def __init__(
        self,
        directory: Path,
        *,
        size_limit_bytes: int = SIZE_LIMIT_BYTES,
        clock: Callable[[], float] = time.time,
        warn: Callable[[str], None] = logger.warning,
        retry: float = RETRY_SECONDS,
    ) -> None:
        self._directory = directory
        self._size_limit_bytes = size_limit_bytes
        self._clock = clock
        self._warn = warn
        self._retry = retry
        self._retry_at = -math.inf
        self._warned: set[str] = set()
        self._store: BytesCache | None = None
        # One thread: SQLite has one writer anyway, and a connection belongs to its thread.
        self._worker: ThreadPoolExecutor | None = ThreadPoolExecutor(1, "copydesk-cache")

    async def get(self, key: str) -> bytes | None:
        """Return the stored bytes, or None when unknown, expired or unreadable."""
        return await self._run(lambda store: self._read(store, key))

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Store bytes for so many seconds."""
        if seconds > 0 and math.isfinite(seconds):
            await self._run(lambda store: store.set(key, sealed(key, value, self._clock(), seconds), expire=seconds))

    async def close(self) -> None:
        """Release files; the cache is empty from then on."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await asyncio.get_running_loop().run_in_executor(worker, self._drop)
            worker.shutdown(wait=False)

    async def _run(self, use: Callable[[BytesCache], T]) -> T | None:
        if self._worker is None:
            return None
        return await asyncio.get_running_loop().run_in_executor(self._worker, self._attempt, use)

    def _attempt(self, use: Callable[[BytesCache], T]) -> T | None:
        if time.monotonic() < self._retry_at:
            return None
        try:
            return self._used(use)
        except Exception as error:
            if not _is_damage(error):
                self._give_up(error)
                return None
        # Damaged files are put aside, once; a fresh cache that fails as well is given up for a while.
        try:
            self._drop()
            _put_aside(self._directory)
            self._tell(f"The cache was damaged. It was moved to {_DATABASE}.{_BROKEN} and started afresh.")
            return self._used(use)
        except Exception as error:
            self._give_up(error)
            return None

    def _used(self, use: Callable[[BytesCache], T]) -> T:
        if self._store is None:
            self._store = _opened(self._directory, self._size_limit_bytes)
        return use(self._store)

    def _read(self, store: BytesCache, key: str) -> bytes | None:
        found = store.get(key, default=_ABSENT)
        if found is _ABSENT:
            return None
        value = opened(key, found, self._clock())
        if value is None:
            with suppress(sqlite3.OperationalError, _timeout()):  # it is a miss, removed or not
                store.delete(key)
        return value

    def _give_up(self, error: Exception) -> None:
        self._drop()
        self._retry_at = time.monotonic() + self._retry
        self._tell(f"The cache cannot be used for now ({_reason(error)}). Work goes on without.")

    def _tell(self, sentence: str) -> None:
        if sentence not in self._warned:
            self._warned.add(sentence)
            self._warn(sentence)

    def _drop(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            with suppress(sqlite3.Error):
                store.close()


def sealed(key: str, value: bytes, now: float, seconds: float) -> bytes:
    """Return a value with its age limit and a checksum that binds it to its key."""
    return _HEADER.pack(_MAGIC, now, seconds, _checksum(key, value, now, seconds)) + value


def opened(key: str, stored: object, now: float) -> bytes | None:
    """Return the value of `sealed`, None if it is damaged, too old, or dated in the future."""
    if not isinstance(stored, bytes) or len(stored) < _HEADER.size:
        return None
    magic, stored_at, seconds, checksum = _HEADER.unpack_from(stored)
    value = stored[_HEADER.size :]
    if magic != _MAGIC or checksum != _checksum(key, value, stored_at, seconds):
        return None
    return value if -SKEW_SECONDS <= now - stored_at < seconds else None


def default_directory() -> Path | None:
    """Return the user's directory for the cache, None on a system that has none."""
    return user_folder("cache", "answers")


def cache_stats(directory: Path) -> CacheStats:
    """Return what the cache holds; raises `StoreError` where it cannot be read."""
    if not (directory / _DATABASE).exists():
        return CacheStats(0, 0)
    try:
        store = _opened(directory, SIZE_LIMIT_BYTES)
        try:
            entries = len(store)
        finally:
            store.close()
        return CacheStats(entries, sum(file.lstat().st_size for file in _files(directory)))
    except Exception as error:
        raise StoreError(f"The cache cannot be read ({_reason(error)}).", _remedy(error)) from error


def clear_cache(directory: Path) -> int:
    """Remove every answer, also from processes that have the cache open; return how many; raises `StoreError`."""
    removed = 0
    try:
        if (directory / _DATABASE).exists():
            removed = _emptied(directory)
        for file in _files(directory):
            if _BROKEN in file.name:
                file.unlink()
    except Exception as error:
        raise StoreError(f"The cache cannot be cleared ({_reason(error)}).", _remedy(error)) from error
    return removed


def _emptied(directory: Path) -> int:
    try:
        store = _opened(directory, SIZE_LIMIT_BYTES)
    except Exception as error:
        if not _is_damage(error):
            raise
        _put_aside(directory)
        return 0
    try:
        removed = len(store)
        store.clear()
    finally:
        store.close()
    with closing(sqlite3.connect(directory / _DATABASE, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("VACUUM")  # deleted rows stay readable in the file until then
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        alone = _is_alone(connection)
    if alone:
        (directory / _DATABASE).unlink(missing_ok=True)
    return removed


def _is_alone(connection: sqlite3.Connection) -> bool:
    """Tell whether nobody else has the database open: only then can it be taken out of its mode for sharing."""
    try:
        return bool(connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] == "delete")
    except sqlite3.OperationalError:
        return False


def _opened(directory: Path, size_limit_bytes: int) -> BytesCache:
    from copydesk.adapters.bytes_disk import BytesCache

    private_directory(directory)
    private_file(directory / _DATABASE)
    for companion in _files(directory):
        if companion.is_symlink():  # SQLite would follow it
            private_file(companion)
    return BytesCache(directory, size_limit_bytes, BUSY_SECONDS)


def _files(directory: Path) -> list[Path]:
    return [path for path in directory.iterdir() if path.name.startswith(_DATABASE)] if directory.is_dir() else []


def _put_aside(directory: Path) -> None:
    """Rename the database and its companions; what was put aside earlier is replaced."""
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            (directory / f"{_DATABASE}{suffix}").replace(directory / f"{_DATABASE}{suffix}.{_BROKEN}")


def _timeout() -> type[Exception]:
    from copydesk.adapters.bytes_disk import Timeout

    return Timeout


def _is_damage(error: Exception) -> bool:
    """Tell a damaged database from one that cannot be used now, which must not be thrown away."""
    if not isinstance(error, sqlite3.DatabaseError) or isinstance(error, sqlite3.ProgrammingError):
        return False
    return not any(word in str(error).lower() for word in _ENVIRONMENT)


def _reason(error: Exception) -> str:
    if isinstance(error, _timeout()) or (isinstance(error, sqlite3.OperationalError) and "locked" in str(error)):
        return "locked by another process"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error) if isinstance(error, sqlite3.Error | StoreError) else type(error).__name__


def _remedy(error: Exception) -> str:
    return error.remedy if isinstance(error, StoreError) else "Close other editors that use copydesk and try again."


def _checksum(key: str, value: bytes, stored_at: float, seconds: float) -> bytes:
    hashed = hashlib.blake2b(struct.pack("!dd", stored_at, seconds), digest_size=16)
    hashed.update(key.encode("utf-8", "surrogatepass") + b"\0" + value)
    return hashed.digest()
