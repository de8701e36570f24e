"""Directories and files that only the user can read, and that nobody else could have put there."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from copydesk.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def private_directory(path: Path) -> None:
    """Make sure that `path` is a directory of this user's alone, creating it if needed (mode 0700).

    Raises `StoreError` for a link or another user's directory, `OSError` where it cannot be made. Windows gives a
    user's own folders such permissions by itself, so only links are refused there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        _require_own(path, stat.S_ISDIR)
    _restrict(path, 0o700)


def private_file(path: Path) -> None:
    """Make sure that `path` is a file of this user's alone, creating it empty if needed (mode 0600).

    Raises `StoreError` for a link or another user's file, `OSError` where it cannot be made.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        _require_own(path, stat.S_ISREG)
    _restrict(path, 0o600)


def _require_own(path: Path, is_kind: Callable[[int], bool]) -> None:
    status = path.lstat()
    if not is_kind(status.st_mode):
        raise StoreError(f"{path} is a link or of the wrong kind, so it is not used.", "Remove it or choose another.")
    if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
        raise StoreError(f"{path} belongs to another user, so it is not used.", "Remove it or choose another.")


def _restrict(path: Path, mode: int) -> None:
    if hasattr(os, "geteuid") and stat.S_IMODE(path.lstat().st_mode) & ~mode:
        path.chmod(mode)
