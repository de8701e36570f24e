"""Where the user's own files lie on this system; nowhere for a user who has no home."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Kind = Literal["cache", "config", "data", "log", "state"]

LOG_FILE = "daemon.log"
"""The language server's log, in the folder for logs."""


def user_folder(kind: Kind, *names: str) -> Path | None:
    """Return copydesk's folder for one kind of the user's files, or what `names` lead to below it.

    None for a user without a home: a relative path would be in the workspace, where others write.
    """
    import platformdirs

    try:
        folder = Path(getattr(platformdirs, f"user_{kind}_dir")("copydesk", appauthor=False))
    except RuntimeError:  # neither HOME nor the system's list of users names one
        return None
    return folder.joinpath(*names) if folder.is_absolute() else None
