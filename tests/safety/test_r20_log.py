"""R20: the server's log is the user's alone, and is not written where somebody else made the place for it."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.editor import VSCODE, Editor

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the places and their modes are those of Linux"),
]


async def served(home: Path) -> None:
    """Start the server in a home, introduce an editor, and send what the server logs and ends for."""
    to_server, from_editor = os.pipe()
    to_editor, from_server = os.pipe()
    places = {f"XDG_{name.upper()}_HOME": str(home / name) for name in ("cache", "config", "data", "state")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "copydesk", "serve"),
        stdin=to_server,
        stdout=from_server,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | places | {"HOME": str(home)},
    )
    os.close(to_server)
    os.close(from_server)
    editor = Editor(to_editor, from_editor, VSCODE)
    try:
        async with asyncio.timeout(60):
            await editor.initialize()
            editor.send_bytes(b"Content-Length: nonsense\r\n\r\n{}")
            _, errors = await process.communicate()
    finally:
        await editor.hang_up()
    assert (process.returncode, errors) == (1, b"")


def log_folder(home: Path) -> Path:
    return home / "state" / "copydesk" / "log"


async def test_R20_R71_a_log_is_the_users_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        await served(tmp_path)
    finally:
        os.umask(before)
    folder = log_folder(tmp_path)
    assert (folder / "daemon.log").read_text() != ""
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "daemon.log").stat().st_mode) == 0o600


async def test_R20_a_loose_log_is_tightened(tmp_path: Path) -> None:
    folder = log_folder(tmp_path)
    folder.mkdir(parents=True, mode=0o755)
    (folder / "daemon.log").write_text("earlier\n")
    (folder / "daemon.log").chmod(0o644)
    await served(tmp_path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "daemon.log").stat().st_mode) == 0o600


def link_folder(folder: Path, target: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.symlink_to(target)


def link_file(folder: Path, target: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "daemon.log").symlink_to(target / "daemon.log")


def file_in_place_of_the_folder(folder: Path, target: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_bytes(b"precious")


@pytest.mark.parametrize("place", [link_folder, link_file, file_in_place_of_the_folder])
async def test_R20_a_log_is_not_written_through_a_link(tmp_path: Path, place: Callable[[Path, Path], None]) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "daemon.log").write_bytes(b"precious")
    place(log_folder(tmp_path), target)
    await served(tmp_path)
    assert (target / "daemon.log").read_bytes() == b"precious"
    assert stat.S_IMODE((target / "daemon.log").stat().st_mode) == 0o644
