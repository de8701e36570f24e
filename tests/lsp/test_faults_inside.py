"""What goes wrong inside: the log has it without a word of the text, and the client a number."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from pygls.exceptions import JsonRpcException

from harness.connection import written
from harness.editor import RefusedRequest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Connect

URI = "file:///work/post.md"
AT = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}


async def test_R53_a_failing_handler_says_nothing_of_itself(connect: Connect, log: Path) -> None:
    connection = await connect()
    editor = connection.editor

    @connection.server.command("test.broken")
    def broken(arguments: Any) -> None:
        raise KeyError("canary in the text")

    await editor.initialize()
    with pytest.raises(RefusedRequest) as refused:
        await editor.request("workspace/executeCommand", {"command": "test.broken"})
    assert refused.value.code == -32603
    assert refused.value.data is None
    assert "canary" not in str(refused.value)
    told = re.search(r"under ([0-9a-f]{6}); copydesk doctor says where that is\.$", str(refused.value))
    assert told is not None
    (heard,) = editor.logged
    for kept in (heard, written(log)):
        assert f"request failed ({told[1]}): KeyError at test_faults_inside.py:" in kept
        assert "canary" not in kept


async def test_R71_logs_hold_no_text(connect: Connect, log: Path, capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("pygls").propagate = True
    editor = (await connect()).editor
    await editor.initialize()
    editor.open(URI, "A canary flaw, very small.")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: len(editor.diagnostics.get(URI, ())) == 2)
    await editor.request("textDocument/hover", AT)
    with pytest.raises(RefusedRequest):
        await editor.request("textDocument/hover", {"canary": 1})
    await editor.leave()
    out = capfd.readouterr()
    assert "canary" not in written(log) + out.out + out.err
    assert permissions(log) == 0o600


async def test_a_failing_notification_is_logged_and_shows_no_toast(connect: Connect, log: Path) -> None:
    connection = await connect()
    editor = connection.editor

    @connection.server.feature("copydesk/test")
    def broken(params: Any) -> None:
        raise KeyError("canary")

    await editor.initialize()
    editor.notify("copydesk/test", {})
    connection.server.report_server_error(KeyError("canary"), JsonRpcException)
    assert await editor.command("copydesk.jobs") == {"jobs": []}
    assert editor.said == []
    assert "KeyError at test_faults_inside.py" in written(log)
    assert "canary" not in written(log)


def permissions(log: Path) -> int:
    """Return the permission bits of the log."""
    return log.stat().st_mode & 0o777
