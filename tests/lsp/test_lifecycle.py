"""From initialize to exit: what is answered when, and what is sent no more."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from harness.editor import VSCODE, RefusedRequest
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from conftest import Connect

URI = "file:///work/post.md"
AT = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}


async def test_R63_requests_before_initialize_and_after_shutdown(connect: Connect) -> None:
    connection = await connect()
    editor = connection.editor
    with pytest.raises(RefusedRequest) as early:
        await editor.request("textDocument/hover", AT)
    editor.notify("textDocument/didOpen", {"textDocument": {}})
    await editor.initialize()
    await editor.request("shutdown", None)
    with pytest.raises(RefusedRequest) as late:
        await editor.request("textDocument/hover", AT)
    assert (early.value.code, late.value.code) == (-32002, -32600)
    editor.notify("exit", None)
    assert await connection.exit_code() == 0


async def test_R63_exit_without_shutdown_is_a_failure(connect: Connect) -> None:
    connection = await connect()
    await connection.editor.initialize()
    connection.editor.notify("exit", None)
    assert await connection.exit_code() == 1


async def test_R63_shutdown_is_clean_with_work_and_questions_in_flight(connect: Connect) -> None:
    desk = ScriptedDesk(step=asyncio.Semaphore(0))
    connection = await connect(VSCODE, services(desk))
    editor = connection.editor
    editor.answers["client/registerCapability"] = _never
    await editor.initialize()
    editor.open(URI, "One flaw.")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await asyncio.wait_for(desk.reached.wait(), 10)
    await editor.request("shutdown", None)
    assert desk.cancelled == 1
    editor.notify("exit", None)
    assert await connection.exit_code() == 0


async def test_nothing_but_answers_is_sent_after_shutdown(connect: Connect) -> None:
    """Even work that does not heed its cancellation holds up neither shutdown nor exit, and is not heard."""

    class Stubborn(ScriptedDesk):
        async def _ask(self, question: str) -> None:
            self.reached.set()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            await gate.wait()

    gate, desk = asyncio.Event(), Stubborn()
    connection = await connect(VSCODE, services(desk))
    editor = connection.editor
    await editor.initialize()
    editor.open(URI, "One flaw.")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await asyncio.wait_for(desk.reached.wait(), 10)
    identity, answer = editor.start("shutdown", None)
    await asyncio.wait_for(answer, 10)
    gate.set()
    with pytest.raises(RefusedRequest):
        await editor.request("shutdown", None)
    after = editor.messages[[message.get("id") for message in editor.messages].index(identity) + 1 :]
    assert [message for message in after if "method" in message] == []
    editor.notify("exit", None)
    assert await connection.exit_code() == 0


async def test_nothing_is_sent_after_exit(connect: Connect) -> None:
    desk = ScriptedDesk(step=asyncio.Semaphore(0))
    connection = await connect(VSCODE, services(desk))
    editor = connection.editor
    await editor.initialize()
    editor.open(URI, "One flaw.")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: editor.progress)
    editor.notify("exit", None)
    assert await connection.exit_code() == 1
    await asyncio.wait_for(editor.closed.wait(), 10)
    (steps,) = editor.progress.values()
    assert "end" not in [step["kind"] for step in steps]


async def _never(params: Any) -> None:
    await asyncio.Event().wait()
