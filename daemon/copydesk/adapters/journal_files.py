"""The files of journals: where they are, what they are called, and one process at a time having each."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from copydesk.adapters.locks import lock
from copydesk.adapters.private_files import private_file
from copydesk.errors import StoreError
from copydesk.user_folders import user_folder

SUFFIX = ".journal"
LARGEST_FILE = 64 << 20
"""Bytes of one journal; a draft that takes more goes on without it."""

_ATTEMPTS, _PAUSE = 6, 0.05
"""How often, and how many seconds apart, a journal is asked for: who lists drafts holds each for a moment."""
_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class JournalBusy(StoreError):
    """Another process drafts the same section."""


def default_drafts_directory() -> Path | None:
    """Return the user's directory for journals, None on a system that has none."""
    return user_folder("state", "drafts")


def one_spelling(uri: str) -> str:
    """Return a document's URI in one spelling: editors escape more characters of a `file:` URI, or fewer."""
    parts = urlsplit(uri)
    try:
        return Path(url2pathname(parts.path)).as_uri() if parts.scheme == "file" and not parts.netloc else uri
    except ValueError:  # not an absolute path
        return uri


def taken(path: Path) -> int:
    """Return a descriptor of a journal's file, which must be there, that nobody else has.

    Raises `JournalBusy`, or `OSError`.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        lock(descriptor)
    except BaseException as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError | PermissionError):
            raise JournalBusy(
                "Another copydesk is drafting this section.", "Wait for it, or end it; what it finished is kept."
            ) from None
        raise
    return descriptor


def taken_or_made(path: Path) -> int:
    """Return a descriptor of a journal's file, created if needed, that nobody else has; waits a little for it.

    Raises `JournalBusy`, `StoreError` for a link or another user's file, or `OSError`.
    """
    for left in reversed(range(_ATTEMPTS)):
        try:
            private_file(path)
            descriptor = taken(path)
        except JournalBusy:
            if not left:
                raise
            time.sleep(_PAUSE)
            continue
        except FileNotFoundError:  # it was discarded in between
            continue
        if _is_at(descriptor, path):
            _settle(path.parent)
            return descriptor
        os.close(descriptor)
    raise OSError(errno.EAGAIN, "it keeps being removed")


def content_of(descriptor: int, most: int = LARGEST_FILE) -> bytes:
    """Return what a journal's file holds, at most so many bytes of it; raises `OSError`."""
    with open(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        return file.read(most)


def removed(path: Path, descriptor: int) -> None:
    """Remove a journal's file that `taken` gave, and let go of it; raises `OSError`."""
    try:
        path.unlink(missing_ok=True)
    except PermissionError:  # Windows removes no file that is open
        os.close(descriptor)
        path.unlink(missing_ok=True)
    else:
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _settle(folder: Path) -> None:
    """Make a new file's name outlast a power cut, where a folder can be opened."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
