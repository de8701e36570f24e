"""The server as a process: its streams are private, its end is prompt, its start is light."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from copydesk.lsp.stdio import DescriptorWriter, Frames, FramingError
from harness.daemon import HEAVY
from harness.editor import VSCODE, Editor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Start = Callable[..., Awaitable[tuple[Editor, asyncio.subprocess.Process]]]

pytestmark = pytest.mark.slow

URI = "file:///work/post.md"
TESTS = Path(__file__).parents[1]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Return a function that starts the server as a process with an editor on its streams."""
    running: list[tuple[Editor, asyncio.subprocess.Process]] = []

    async def start_process(*arguments: str, **environment: str) -> tuple[Editor, asyncio.subprocess.Process]:
        to_server, from_editor = os.pipe()
        to_editor, from_server = os.pipe()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *(arguments if "copydesk" in arguments else ("-m", "harness.daemon", *arguments)),
            stdin=to_server,
            stdout=from_server,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(TESTS)} | environment,
        )
        os.close(to_server)
        os.close(from_server)
        running.append((Editor(to_editor, from_editor, VSCODE), process))
        return running[-1]

    yield start_process
    for editor, process in running:
        await editor.hang_up()
        with contextlib.suppress(ProcessLookupError):
            if process.returncode is None:
                process.kill()
        await process.communicate()


async def test_nothing_heavy_is_loaded_before_it_is_needed(start: Start) -> None:
    editor, _ = await start()
    await editor.initialize()
    await editor.until(lambda: editor.said)
    assert editor.said == ["loaded: nothing heavy"]


async def test_the_command_that_editors_start_loads_nothing_heavy_to_initialize(start: Start, tmp_path: Path) -> None:
    home = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    editor, process = await start("-X", "importtime", "-m", "copydesk", "serve", **home)
    answer = await editor.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    assert answer["serverInfo"]["name"] == "copydesk"
    await editor.leave()
    _, printed = await asyncio.wait_for(process.communicate(), 60)
    loaded = {line.rpartition(b"|")[2].strip().decode() for line in printed.splitlines()}
    assert "copydesk.lsp.server" in loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("unbuffered", ["", "1"])
async def test_R61_stray_prints_do_not_reach_the_client(start: Start, unbuffered: str) -> None:
    editor, process = await start("CHATTER", PYTHONUNBUFFERED=unbuffered)
    await editor.initialize()
    editor.open(URI, "One flaw.\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.notes(URI, "Flawed: One flaw.")
    await editor.ended(1)
    await editor.leave()
    _, printed = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    assert b"stray words" in printed
    assert b"a child speaks" in printed


async def test_a_quiet_session_leaves_standard_error_empty(start: Start) -> None:
    editor, process = await start()
    await editor.initialize()
    editor.open(URI, "One very small flaw.\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: len(editor.diagnostics.get(URI, ())) == 2)
    editor.notify("$/cancelRequest", {"id": 12345})
    editor.notify("unknown/method", {})
    editor.send_raw(b"junk")
    await editor.leave()
    _, printed = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, printed) == (0, b"")


async def test_F4_R15_the_end_of_input_ends_the_server_with_work_in_flight(start: Start) -> None:
    editor, process = await start("HANG")
    await _hanging(editor)
    await editor.hang_up()
    assert await asyncio.wait_for(process.wait(), 60) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
async def test_F14_a_termination_signal_ends_the_server_in_order(start: Start) -> None:
    editor, process = await start("HANG")
    await _hanging(editor)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 60) == 1
    assert (await asyncio.wait_for(process.communicate(), 60))[1] == b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
async def test_F14_an_interrupt_meant_for_the_editor_is_ignored(start: Start) -> None:
    editor, process = await start()
    await editor.initialize()
    process.send_signal(signal.SIGINT)
    assert await editor.command("copydesk.jobs") == {"jobs": []}
    await editor.leave()
    assert await asyncio.wait_for(process.wait(), 60) == 0


async def test_F13_lost_frames_end_the_server_instead_of_stalling_it(start: Start) -> None:
    editor, process = await start()
    await editor.initialize()
    editor.send_bytes(b"Content-Length: nonsense\r\n\r\n{}")
    assert await asyncio.wait_for(process.wait(), 60) == 1


async def _hanging(editor: Editor) -> None:
    await editor.initialize()
    editor.open(URI, "One flaw.\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: editor.progress)


FRAMES = {
    "one": (b"Content-Length: 2\r\n\r\n{}", [b"{}"]),
    "two": (b"Content-Length: 2\r\n\r\n{}Content-Length: 3\r\n\r\n[1]", [b"{}", b"[1]"]),
    "another header": (b"Content-Type: x\r\nContent-Length: 2\r\n\r\n{}", [b"{}"]),
    "lower case": (b"content-length: 2\r\n\r\n{}", [b"{}"]),
    "line feeds only": (b"Content-Length: 2\n\n{}", [b"{}"]),
    "an empty body": (b"Content-Length: 0\r\n\r\nContent-Length: 2\r\n\r\n{}", [b"", b"{}"]),
    "incomplete": (b"Content-Length: 5\r\n\r\n{}", []),
}


@pytest.mark.parametrize(("stream", "bodies"), FRAMES.values(), ids=FRAMES.keys())
@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_frames_are_found_however_the_bytes_arrive(stream: bytes, bodies: list[bytes], piece: int) -> None:
    frames = Frames()
    found = [body for at in range(0, len(stream), piece) for body in frames.fed(stream[at : at + piece])]
    assert found == bodies


@pytest.mark.parametrize(
    "stream",
    [b"Content-Type: x\r\n\r\n", b"Content-Length: 99999999999\r\n\r\n", b"x" * 9000, b"Content-Length: -1\r\n\r\n"],
)
def test_F13_a_stream_without_lengths_is_given_up(stream: bytes) -> None:
    with pytest.raises(FramingError):
        list(Frames().fed(stream))


async def test_messages_of_several_threads_do_not_mix() -> None:
    reading, writing = os.pipe()
    writer, frames = DescriptorWriter(writing), Frames()
    bodies = [bytes([65 + index]) * 50_000 for index in range(8)]

    def write() -> None:
        for body in bodies:
            writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    writers = asyncio.gather(*(asyncio.to_thread(write) for _ in range(4)))
    found: list[bytes] = []
    while len(found) < 32:
        found += frames.fed(await asyncio.wait_for(asyncio.to_thread(os.read, reading, 1 << 16), 60))
    await writers
    assert sorted(found) == sorted(bodies * 4)
    writer.close()
    os.close(reading)
