"""Each correction of pygls, by what the client sees. A test that passes without its correction says: delete it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from harness.connection import written
from harness.editor import RefusedRequest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Connect

URI = "file:///work/post.md"
AT = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}

MISFITS: dict[str, tuple[str, Any, int]] = {
    "null": ("textDocument/hover", None, -32602),
    "a list": ("textDocument/hover", [1, 2], -32602),
    "a wrong type": ("textDocument/hover", AT | {"position": {"line": "secret words", "character": 0}}, -32602),
    "a missing member": ("textDocument/codeAction", {"textDocument": {"uri": URI}}, -32602),
    "an unknown method": ("textDocument/rename", {"type_name": "1", "jsonrpc": "2.0"}, -32601),
    "a notification's method": ("textDocument/didOpen", {}, -32601),
    "cancel as a request": ("$/cancelRequest", {"id": 1}, -32601),
    "a second initialize": ("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, -32600),
    "an unknown command": ("workspace/executeCommand", {"command": "copydesk.nothing"}, -32602),
    "arguments of another shape": (
        "workspace/executeCommand",
        {"command": "copydesk.applyNote", "arguments": [[1]]},
        -32602,
    ),
    "no arguments": ("workspace/executeCommand", {"command": "copydesk.applyNote"}, -32602),
    "the key jsonrpc inside": (
        "workspace/executeCommand",
        {"command": "copydesk.applyNote", "arguments": [{"jsonrpc": "2.0", "id": 7, "method": "exit"}]},
        -32602,
    ),
    "a document that is not open": (
        "workspace/executeCommand",
        {"command": "copydesk.critiqueDocument", "arguments": [{"uri": "file:///etc/passwd"}]},
        -32803,
    ),
}


@pytest.mark.parametrize(("method", "params", "code"), MISFITS.values(), ids=MISFITS.keys())
async def test_R52_a_request_that_does_not_fit_is_answered(
    connect: Connect, method: str, params: Any, code: int
) -> None:
    editor = (await connect()).editor
    await editor.initialize()
    with pytest.raises(RefusedRequest) as refused:
        await editor.request(method, params)
    assert refused.value.code == code
    assert refused.value.data is None
    assert "secret" not in str(refused.value)
    assert await editor.command("copydesk.jobs") == {"jobs": []}
    assert editor.said == []


async def test_a_misfit_is_named_by_path(connect: Connect) -> None:
    editor = (await connect()).editor
    await editor.initialize()
    with pytest.raises(RefusedRequest, match=r"expected int @ \$\.params\.position\.line"):
        await editor.request("textDocument/hover", AT | {"position": {"line": "x", "character": 0}})


JUNK = {
    "no JSON": (b"{", -32700),
    "no UTF-8": (b'{"a": "\xff"}', -32700),
    "nested too deep": (b"[" * 100_000, -32700),
    "a batch": (b"[]", -32600),
    "another version": (b'{"jsonrpc": "1.0", "id": 3, "method": "shutdown"}', -32600),
    "no method": (b'{"jsonrpc": "2.0"}', -32600),
    "a method that is null": (b'{"jsonrpc": "2.0", "id": 3, "method": null}', -32600),
    "an odd id": (b'{"jsonrpc": "2.0", "id": {}, "method": "shutdown"}', -32600),
}


@pytest.mark.parametrize(("body", "code"), JUNK.values(), ids=JUNK.keys())
async def test_junk_is_refused_without_a_toast_and_the_server_lives(connect: Connect, body: bytes, code: int) -> None:
    editor = (await connect()).editor
    await editor.initialize()
    editor.send_raw(body)
    answer = await editor.until(lambda: next((m for m in editor.messages if "error" in m), None))
    assert answer["error"]["code"] == code
    assert await editor.command("copydesk.jobs") == {"jobs": []}
    assert editor.said == []


@pytest.mark.parametrize(
    "message",
    [
        {"method": "textDocument/didChange", "params": {"textDocument": {"uri": 5}}},
        {"method": "textDocument/didChange", "params": None},
        {"method": "textDocument/didClose"},
        {"method": "workspace/didChangeWorkspaceFolders", "params": {"event": {"added": [], "removed": [{}]}}},
        {"method": "copydesk/unheard"},
        {"method": "$/setTrace", "params": {"value": "off"}},
        {"method": "$/cancelRequest", "params": {"id": 99}},
        {"id": "nobody asked", "result": None},
        {"id": "nobody asked", "error": {"code": 1, "message": "no"}},
    ],
    ids=str,
)
async def test_odd_notifications_and_answers_change_nothing(connect: Connect, message: dict[str, Any]) -> None:
    editor = (await connect()).editor
    await editor.initialize()
    editor.send({"jsonrpc": "2.0"} | message)
    assert await editor.command("copydesk.jobs") == {"jobs": []}
    assert not [m for m in editor.messages if "error" in m]
    assert editor.said == []


async def test_L5_R54_two_hundred_commands_that_are_cancelled_end_cancelled(connect: Connect) -> None:
    """pygls answers the client and lets the command run on."""
    connection = await connect()
    editor = connection.editor
    started, cancelled = asyncio.Semaphore(0), asyncio.Semaphore(0)

    @connection.server.command("test.slow")
    async def slow(arguments: Any) -> None:
        started.release()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.release()
            raise

    await editor.initialize()
    asked = [editor.start("workspace/executeCommand", {"command": "test.slow"}) for _ in range(200)]
    for _ in asked:
        await asyncio.wait_for(started.acquire(), 60)
    for identity, answer in asked:
        assert not answer.done()
        editor.notify("$/cancelRequest", {"id": identity})
    for _, answer in asked:
        with pytest.raises(RefusedRequest) as refused:
            await asyncio.wait_for(answer, 60)
        assert refused.value.code == -32800
        await asyncio.wait_for(cancelled.acquire(), 60)


async def test_L5_R54_two_hundred_immediate_cancels_are_answered(connect: Connect) -> None:
    """A command that began its job before it hears of the cancellation is answered with that job."""
    editor = (await connect()).editor
    await editor.initialize()
    editor.open(URI, "One flaw.")
    arguments = {"command": "copydesk.critiqueDocument", "arguments": [{"uri": URI}]}
    answers = []
    for _ in range(200):
        identity, answer = editor.start("workspace/executeCommand", arguments)
        editor.notify("$/cancelRequest", {"id": identity})
        answers.append(answer)
    done = await asyncio.wait_for(asyncio.gather(*answers, return_exceptions=True), 60)
    begun = {one["jobId"] for one in done if isinstance(one, dict)}
    refused = [one.code for one in done if isinstance(one, RefusedRequest)]
    assert refused == [-32800] * (200 - len(begun))


async def test_an_answer_to_a_question_that_was_given_up_is_ignored(connect: Connect, log: Path) -> None:
    """pygls sets the result of a cancelled future and shows a toast."""
    connection = await connect()
    editor, gate = connection.editor, asyncio.Event()

    async def late(params: Any) -> None:
        await gate.wait()

    editor.answers["workspace/codeLens/refresh"] = late
    await editor.initialize()
    with pytest.raises(TimeoutError):
        await connection.server.protocol.ask("workspace/codeLens/refresh", None, 0)
    with pytest.raises(TimeoutError):
        await connection.server.protocol.ask("workspace/codeLens/refresh", None, 0.01)
    gate.set()
    assert await editor.command("copydesk.jobs") == {"jobs": []}
    assert await editor.command("copydesk.jobs") == {"jobs": []}
    assert "InvalidStateError" not in written(log)
    assert editor.said == []


async def test_nothing_is_kept_of_answered_messages(connect: Connect) -> None:
    """pygls keeps a future for each notification: 20,000 changes cost 38 MB."""
    connection = await connect()
    editor = connection.editor
    await editor.initialize()
    editor.open(URI, "Text.")
    for _ in range(50):
        editor.insert(URI, 0, "a")
        await editor.request("textDocument/hover", AT)
    await editor.until(lambda: editor.versions.get(URI) == 51)
    protocol = connection.server.protocol
    assert len(protocol._request_futures) <= 1  # the lens refresh of the last publication may be under way
    assert len(protocol._result_types) <= 1
