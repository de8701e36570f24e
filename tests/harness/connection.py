"""A server and a fake editor on two pipes in one event loop, as fixtures that conftest.py files take up."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
from pygls.protocol import default_converter

from copydesk.lsp.log import start_log
from copydesk.lsp.server import create_server
from copydesk.lsp.stdio import serve
from harness.editor import NEOVIM, VSCODE, Editor, Personality
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from cattrs import Converter

    from copydesk.lsp.ports import Services
    from copydesk.lsp.protocol import CopydeskServer

Connect = Callable[..., Awaitable["Connection"]]
"""Starts a server, by default a scripted one, and connects an editor with a personality to it."""


class Connection:
    """A running server with an editor at its other end."""

    def __init__(self, editor: Editor, server: CopydeskServer, ending: asyncio.Task[int]) -> None:
        self.editor = editor
        self.server = server
        self.ending = ending

    async def exit_code(self) -> int:
        """Wait for the server's end."""
        return await asyncio.wait_for(asyncio.shield(self.ending), 60)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return the file that the server logs to."""
    start_log(tmp_path / "log" / "copydesk.log")
    return tmp_path / "log" / "copydesk.log"


@pytest.fixture(scope="session")
def converter() -> Converter:
    """Return a converter for all servers: each new one spends a tenth of a second on learning its types."""
    return default_converter()


@pytest.fixture
async def connect(log: Path, converter: Converter) -> AsyncIterator[Connect]:
    """Return a function that starts a server and connects an editor to it."""
    running: list[Connection] = []

    async def start(personality: Personality = VSCODE, built: Services | None = None) -> Connection:
        to_server, from_editor = os.pipe()
        to_editor, from_server = os.pipe()
        server = create_server(built or services(ScriptedDesk()), lambda: converter)
        editor = Editor(to_editor, from_editor, personality)

        async def run() -> int:
            try:
                return await serve(server, to_server, from_server)
            finally:
                os.close(from_server)

        running.append(Connection(editor, server, asyncio.create_task(run())))
        return running[-1]

    yield start
    for connection in running:
        await connection.editor.hang_up()
        with contextlib.suppress(TimeoutError):
            await connection.exit_code()
    start_log(None)
    assert [fault for connection in running for fault in connection.editor.faults] == []


@pytest.fixture(params=[VSCODE, NEOVIM], ids=["vscode", "neovim"])
def personality(request: pytest.FixtureRequest) -> Personality:
    """Return each personality in turn."""
    found: Personality = request.param
    return found


def written(log: Path) -> str:
    """Return what was logged."""
    return log.read_text("utf-8")
