"""The ledger: a line of JSON for each connection that this machine's copydesk opened, or was refused.

    {"time": "2026-11-26T13:49:00.123Z", "host": "127.0.0.1", "port": 11434, "purpose": "engine",
     "sent": 2134, "received": 310, "command": "copydesk critique", "outcome": "done"}

A person can read it as it is. It holds hosts and ports, never a path, a query or a word of a document. `ledger.jsonl`
grows to 5 MB and then becomes `ledger.1.jsonl`, in place of the one before. (While one process turns it over the others
do not wait, but append: a file has twice that size at most.) Several processes append to it: each line is one write at
the end of the file. (Windows has no atomic append; two that write in the same instant may spoil a line
there, which readers skip.)
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from copydesk.adapters.locks import lock
from copydesk.adapters.private_files import private_directory, private_file
from copydesk.cause import command
from copydesk.core.visible import shortened
from copydesk.errors import StoreError
from copydesk.user_folders import user_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

logger = logging.getLogger(__name__)

LARGEST = 5_000_000
"""Bytes of one file; two are kept."""
LONGEST_HOST = 255
_ATTEMPTS = 5

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class Outcome(StrEnum):
    """How a connection ended. OPENED: it was begun, uncounted, and how it ended is not known; also a look-up."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class Entry:
    """One connection: when it began (ISO 8601, UTC), where to, what for, bytes each way, for which command, its end.

    Bytes are None where they were not counted. `port` is 0 for a look-up of a name.
    """

    time: str
    host: str
    port: int
    purpose: str
    sent: int | None
    received: int | None
    command: str
    outcome: str


class Ledger:
    """Appends entries to the file at `path`, or nowhere if that is None. Safe in threads; it never raises.

    A full disk or a read-only folder costs the entry. `warn` is given a sentence the first time each kind of trouble
    shows; by default it is logged. `clock` is wall-clock time in seconds.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        clock: Callable[[], float] = time.time,
        warn: Callable[[str], None] = logger.warning,
        largest: int = LARGEST,
    ) -> None:
        self.path = path
        self._clock = clock
        self._warn = warn
        self._largest = largest
        self._warned: set[str] = set()
        self._writing = threading.RLock()  # what the garbage collector ends meanwhile may be refused and noted
        self._torn = False

    def entry(self, host: str, port: int, purpose: str) -> Entry:
        """Return an entry for a connection that begins now, for the command at hand, with nothing counted yet."""
        now = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return Entry(now, shortened(host, LONGEST_HOST), port, purpose, None, None, command.get(), Outcome.OPENED)

    def append(self, entry: Entry) -> None:
        """Write an entry; may block as any file may."""
        if self.path is None:
            return
        line = json.dumps(asdict(entry)).encode() + b"\n"
        try:
            with self._writing:
                self._persist(self.path, line)
        except (OSError, StoreError) as error:
            self._tell(f"A connection could not be noted in {self.path} ({_reason(error)}). Work goes on.")

    def _persist(self, path: Path, line: bytes) -> None:
        for left in range(_ATTEMPTS, -1, -1):
            try:
                self._write(path, line)
                break
            except FileNotFoundError:  # another process has just turned it over, or cleared it
                if not left:
                    raise

    def _write(self, path: Path, line: bytes) -> None:
        private_directory(path.parent)
        private_file(path)
        size = path.stat().st_size
        if size + len(line) > self._largest:
            with suppress(BlockingIOError, PermissionError):  # held by another process, which may be turning it over
                _turn_over(path, self._largest - len(line))
                size = 0
            if size > 2 * self._largest:
                raise StoreError("it is full and cannot be turned over")
        # What was left of a line that did not fit on the disk must not spoil this one.
        data = b"\n" + line if self._torn else line
        descriptor = os.open(path, _FLAGS, 0o600)
        try:
            written = os.write(descriptor, data)
        finally:
            os.close(descriptor)
        self._torn = written < len(data)
        if self._torn:
            raise StoreError("no space is left")

    def _tell(self, sentence: str) -> None:
        if sentence not in self._warned:
            self._warned.add(sentence)
            self._warn(sentence)


def default_ledger_path() -> Path | None:
    """Return where the user's ledger is kept, None on a system that has no place for one."""
    return user_folder("log", "ledger.jsonl")


def older_file(path: Path) -> Path:
    """Return where the entries before those of a ledger's file are kept."""
    return path.with_name(f"{path.stem}.1{path.suffix}")


def ledger_files(path: Path) -> tuple[Path, ...]:
    """Return every file that a ledger may have."""
    return older_file(path), path, _lock_file(path)


def read_ledger(path: Path) -> tuple[Entry, ...]:
    """Return the entries of both files, oldest first; damaged lines are skipped. Raises `StoreError`."""
    try:
        newer, older = _content(path), _content(older_file(path))
    except OSError as error:
        raise StoreError(f"The ledger cannot be read ({_reason(error)}).", f"See to {path}.") from error
    if newer and older.startswith(newer):  # it was turned over between the two
        newer = b""
    lines = (*older.splitlines(), *newer.splitlines())
    return tuple(sorted(filter(None, map(_entry, lines)), key=lambda entry: entry.time))


def clear_ledger(path: Path) -> int:
    """Remove the ledger and return how many entries it had; raises `StoreError`."""
    removed = len(read_ledger(path))
    try:
        for file in ledger_files(path):
            file.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"The ledger cannot be cleared ({_reason(error)}).", f"Remove {path} yourself.") from error
    return removed


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _entry(line: bytes) -> Entry | None:
    try:
        found = json.loads(line)
        values = {field.name: found[field.name] for field in fields(Entry)}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    counted = all(type(values[name]) in (int, type(None)) for name in ("sent", "received"))
    worded = all(type(values[name]) is str for name in ("time", "host", "purpose", "command", "outcome"))
    return Entry(**values) if counted and worded and type(values["port"]) is int else None


def _turn_over(path: Path, most: int) -> None:
    """Let the file at `path` become the older one if it has more than `most` bytes, whoever else wants to do so."""
    with _sole(_lock_file(path)), suppress(FileNotFoundError):
        if path.stat().st_size > most:
            path.replace(older_file(path))


def _lock_file(path: Path) -> Path:
    return path.with_suffix(".lock")


@contextmanager
def _sole(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process at the latest; raises `BlockingIOError` or, on Windows, `PermissionError`.

    The file itself stays: removing it would let two processes lock two files of one name.
    """
    private_file(path)
    descriptor = os.open(path, os.O_RDWR)
    try:
        lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _reason(error: OSError | StoreError) -> str:
    if isinstance(error, StoreError):
        return str(error)
    return error.strerror or type(error).__name__
