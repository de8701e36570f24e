"""Language servers as processes, each with an editor on its streams and directories of its own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import ROOT, peer
from bench.framing import TolerantEditor
from harness.editor import VSCODE
from harness.ollama_server import MODEL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.editor import Editor

COPYDESK = (sys.executable, "-m", "copydesk", "serve")
BARE = (sys.executable, str(Path(__file__).with_name("bare_server.py")))


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answered `initialize`, after so many seconds from its start."""

    editor: Editor
    pid: int
    seconds: float


def environment(home: Path, ollama: str = "") -> dict[str, str]:
    """Return an environment in which a program finds nothing of this user's and no model server but the given one."""
    places = {
        "XDG_CACHE_HOME": "cache",
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "data",
        "XDG_STATE_HOME": "state",
        "HOME": "home",
        "LOCALAPPDATA": "local",
        "APPDATA": "roaming",
    }
    own = {name: str(home / folder) for name, folder in places.items()}
    for folder in own.values():
        Path(folder).mkdir(parents=True, exist_ok=True)
    # Users' programs are compiled once; where this is set, each start would compile them anew.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **own, "OLLAMA_HOST": ollama or "http://127.0.0.1:9"}


def settings(ollama: str) -> dict[str, Any]:
    """Return copydesk's settings for a scripted model."""
    return {"engine": {"kind": "ollama", "host": ollama, "model": MODEL}}


@asynccontextmanager
async def running(
    command: Sequence[str], home: Path, options: dict[str, Any] | None = None, ollama: str = ""
) -> AsyncIterator[Running]:
    """Start a server, introduce an editor to it, and end it with the block."""
    began = time.perf_counter()
    process, incoming, outgoing = _started(command, home, ollama)
    editor = TolerantEditor(incoming, outgoing, VSCODE)
    try:
        await editor.initialize(options=options)
        yield Running(editor, process.pid, time.perf_counter() - began)
    finally:
        process.kill()
        await asyncio.to_thread(process.wait, 10)
        await editor.hang_up()


@asynccontextmanager
async def copydesk(home: Path, ollama: str) -> AsyncIterator[Editor]:
    """Run copydesk with a scripted model."""
    async with running(COPYDESK, home, settings(ollama), ollama) as server:
        yield server.editor


@asynccontextmanager
async def textlsp(program: Path, home: Path, ollama: str, *, on_change: bool = False) -> AsyncIterator[Editor]:
    """Run textLSP with a scripted model."""
    async with running([str(program)], home, peer.options(MODEL, on_change=on_change), ollama) as server:
        yield server.editor


def _started(command: Sequence[str], home: Path, ollama: str) -> tuple[subprocess.Popen[bytes], int, int]:
    """Return a process with the descriptors on which its editor reads and writes."""
    own = environment(home, ollama)
    to_server, from_editor = os.pipe()
    to_editor, from_server = os.pipe()
    try:
        with (home / "server.log").open("ab") as errors:
            process = subprocess.Popen(command, stdin=to_server, stdout=from_server, stderr=errors, env=own, cwd=ROOT)
    finally:
        os.close(to_server)
        os.close(from_server)
    return process, to_editor, from_editor
