"""Where the language server writes its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.errors import StoreError
from copydesk.user_folders import LOG_FILE, user_folder

if TYPE_CHECKING:
    from pathlib import Path


def log_file() -> Path:
    """Return the path of the log, a file of this user's alone, which is made if it is not there.

    Raises `StoreError` where there can be none, or somebody else made it.
    """
    from copydesk.adapters.private_files import private_directory, private_file

    folder = user_folder("log")
    if folder is None:
        raise StoreError("This system has no place for a log.", "Set HOME to a folder of yours.")
    try:
        private_directory(folder)
        private_file(folder / LOG_FILE)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(f"{folder / LOG_FILE} cannot be written ({reason}).", "Make room for it.") from error
    return folder / LOG_FILE
