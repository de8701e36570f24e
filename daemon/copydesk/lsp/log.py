"""The daemon's log: a file or nothing, never standard error, and never a word of the writer's text."""

from __future__ import annotations

import logging
import os
import traceback
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import TextIOWrapper

LARGEST = 1_000_000
"""Bytes of one log file; two are kept."""


class PrivateFileHandler(RotatingFileHandler):
    """A rotating log file that only its owner may read, and that gives up in silence on a full disk."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return open(descriptor, "a", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123

    def close(self) -> None:
        """Close the file, whether or not what is left to write finds room."""
        with suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        """Drop the record: a log that cannot be written must not disturb the editor."""


def start_log(path: Path | None) -> None:
    """Send copydesk's log to a file, or nowhere; silence pygls, whose messages quote document text.

    pygls logs every body it sends at INFO and the parameters of a failed request at ERROR; what matters of both is
    logged again by `copydesk.lsp.protocol` and `refusals` without text.
    """
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)
    logger = logging.getLogger("copydesk")
    logger.propagate = False
    for handler in tuple(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.addHandler(_handler(path))
    logger.setLevel(logging.INFO)


def fault(error: BaseException) -> str:
    """Return an exception's type and the places it passed, innermost first, without its message."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    cause = f" caused by {fault(error.__cause__)}" if error.__cause__ is not None else ""
    return f"{type(error).__name__} at {places or 'an unknown place'}{cause}"


def _handler(path: Path | None) -> logging.Handler:
    if path is None:
        return logging.NullHandler()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = PrivateFileHandler(path, maxBytes=LARGEST, backupCount=1, encoding="utf-8")
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler
