"""R36: a server that works listens on no socket; any web page could reach one."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from harness.draft_models import Question, competent, role_of
from harness.ollama_server import OllamaServer, Turn
from harness.served import HEADING, POST, Place, listening

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="asyncio makes itself a pair of sockets there, and binds one"),
]

LINUX = sys.platform == "linux"


def working(chat: dict[str, Any]) -> Turn:
    """Answer well whatever is asked."""
    if chat.get("logprobs"):
        return Turn(pieces=("A",), top={"A": -0.1, "B": -3.0})
    schema = chat["format"]
    role = role_of(schema)
    assert role is not None
    return Turn(pieces=(json.dumps(competent()(Question(role, chat["messages"][-1]["content"], schema))),))


async def test_R36_a_server_at_work_binds_no_socket_and_listens_on_none(tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    async with OllamaServer() as ollama:
        ollama.usual = working
        place = Place(tmp_path, ollama.url)
        async with place.served("harness.audited", str(report)) as (editor, process):
            editor.open(place.uri, POST)
            await editor.command("copydesk.critiqueDocument", uri=place.uri)
            await editor.command("copydesk.draftSection", uri=place.uri, position=editor.position(place.uri, HEADING))
            await editor.ended(2)
            await editor.command("copydesk.doctor")
            assert ollama.chats
            assert not LINUX or listening(process.pid) == set()
            await editor.leave()
            assert await asyncio.wait_for(process.wait(), 60) == 0
    heard = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    assert [arguments for event, arguments in heard if event == "socket.bind"] == []


@pytest.mark.skipif(not LINUX, reason="only Linux tells the sockets of a process")
async def test_a_socket_that_listens_is_seen() -> None:
    code = (
        "import socket, sys; kept = [socket.create_server(('127.0.0.1', 0)), socket.socket(socket.AF_UNIX)]; "
        "kept[1].bind('\\0copydesk-test'); kept[1].listen(); print(flush=True); sys.stdin.read()"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    try:
        assert {family for family, _ in listening(process.pid)} == {"tcp", "unix"}
    finally:
        await process.communicate(b"")
