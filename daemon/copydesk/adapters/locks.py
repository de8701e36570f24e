"""Locks between processes, on open files: they end with the process at the latest, however it ends."""

from __future__ import annotations

import logging
import os
import sys

logger = logging.getLogger(__name__)

_BEYOND = 1 << 30
"""Where Windows locks a byte: beyond any content, since it keeps others from reading what is locked."""


def lock(descriptor: int) -> None:
    """Take the one lock of an open file, or raise `BlockingIOError` (on Windows also `PermissionError`) at once.

    A file system without locks lets everybody in.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _BEYOND, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise
    except OSError:
        logger.debug("this file system has no locks")
