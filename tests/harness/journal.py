"""Journals on disk for tests: filled, read again by a new process, and worked on by others."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

from copydesk.adapters.journal import FileJournal, open_journal
from harness.journal_traffic import IDENTITY, key, value

TESTS = Path(__file__).parents[1]


def file_of(folder: Path) -> Path:
    """Return the file of the journal that tests write."""
    return folder / f"{IDENTITY.id}.journal"


def traffic(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start a process that works on a journal."""
    command = [sys.executable, "-m", "harness.journal_traffic", *arguments]
    return subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True, **options)


def private(path: Path) -> Path:
    """Make a folder that is its owner's alone."""
    path.mkdir(parents=True, mode=0o700)
    return path


def mode(path: Path) -> int:
    """Return the permissions of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


async def filled(folder: Path, steps: int) -> FileJournal:
    """Return a journal in which so many steps were recorded."""
    journal = open_journal(folder, IDENTITY)
    for number in range(steps):
        await journal.record(key(number), value(number, 20))
        await journal.keep("draft", value(number, 30))
    return journal


async def found(folder: Path, steps: int) -> list[int]:
    """Return which of so many steps a new process would find, with their values."""
    journal = open_journal(folder, IDENTITY)
    try:
        return [number for number in range(steps) if await journal.recall(key(number)) == value(number, 20)]
    finally:
        journal.close()
