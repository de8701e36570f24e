"""An editor that is left open: half an hour by the server's own clock, in which it asks nobody for anything."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from pygls.protocol import default_converter

from copydesk.adapters.egress import Egress
from copydesk.adapters.ledger import Ledger
from copydesk.cli.serve import services
from harness.editor import VSCODE
from harness.nearby import NearDaemon, NearEditor
from harness.virtual_time import VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HALF_AN_HOUR = 1800.0
TEXT = "# Canals\n\nMistakes were made. The Lund canal was opened in 1832.\n"
CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "subprocess.Popen"})


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """Return what this process connects to, looks up or starts from now on."""
    found: list[str] = []
    listening = [True]

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if listening and event in CONNECTING:
            found.append(event)

    sys.addaudithook(hear)  # it cannot be taken away, and is deaf afterwards
    yield found
    listening.clear()


def test_R73_a_server_that_is_left_alone_connects_to_nothing(heard: list[str], tmp_path: Path) -> None:
    uri = (tmp_path / "post.md").as_uri()
    loop = VirtualLoop()

    async def connected() -> NearEditor:
        editor = NearEditor(VSCODE)
        NearDaemon(editor, services(Egress(Ledger(None))), default_converter())
        await editor.initialize(folders=[tmp_path.as_uri()])
        editor.open(uri, TEXT)
        return editor

    try:
        editor = loop.finish(connected())
        loop.let(HALF_AN_HOUR)
        assert editor.diagnostics[uri], "the rules have not looked at the document"
        editor.insert(uri, 0, "Draft. ")
        loop.let(HALF_AN_HOUR)
        assert loop.time() >= 2 * HALF_AN_HOUR
        assert editor.diagnostics[uri]
        assert heard == []
    finally:
        loop.end()
