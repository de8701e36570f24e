"""Where a document's project begins, and what its files are called within it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.settings import WORKSPACE_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECT_FOLDER = ".copydesk"
_MARKS = (WORKSPACE_FILE, ".git", PROJECT_FOLDER)


def find_root(path: Path, workspace_folders: Sequence[Path] = ()) -> Path:
    """Return the project of a document: the nearest folder above it that holds a sign of one.

    Signs are `copydesk.toml`, `.git` and `.copydesk`. Without any it is the innermost workspace folder that holds the
    document, and else the document's own folder.
    """
    document = _absolute(path)
    for folder in document.parents:
        if any(_exists(folder / mark) for mark in _MARKS):
            return folder
    holding = [folder for folder in map(_absolute, workspace_folders) if document.is_relative_to(folder)]
    return max(holding, key=lambda folder: len(folder.parts), default=document.parent)


def project_path(path: Path, root: Path) -> str:
    """Return a document's path within its project, with forward slashes on every system."""
    document, folder = _absolute(path), _absolute(root)
    return document.relative_to(folder).as_posix() if document.is_relative_to(folder) else document.name


def _absolute(path: Path) -> Path:
    # Links are left alone: a linked document belongs to the project that the writer sees it in.
    return Path(os.path.abspath(path))  # noqa: PTH100  # Path.absolute keeps `..`


def _exists(path: Path) -> bool:
    try:
        path.lstat()
    except OSError:
        return False
    return True
