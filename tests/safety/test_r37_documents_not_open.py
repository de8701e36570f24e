"""R37: a request that names a document which is not open is refused or answered with nothing, and reads no file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from copydesk.lsp.arguments import Type
from copydesk.lsp.commands import COMMANDS
from harness.editor import RefusedRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.connection import Connect

SECRET = "private/diary.md"
OPENED: list[str] = []


def _note_what_is_opened(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"open", "os.listdir", "os.scandir"} and isinstance(arguments[0], str | bytes | Path):
        OPENED.append(str(arguments[0]))


sys.addaudithook(_note_what_is_opened)

NAMES: dict[str, Callable[[Path], str]] = {
    "the file": lambda folder: (folder / SECRET).as_uri(),
    "beside an open document": lambda folder: f"{folder.as_uri()}/open.md/../{SECRET}",
    "up and down": lambda folder: f"{folder.as_uri()}/work/../private/../{SECRET}",
    "percent-encoded dots": lambda folder: f"{folder.as_uri()}/work/%2e%2e/{SECRET}",
    "percent-encoded slashes": lambda folder: f"file://{quote(str(folder / SECRET), safe='')}",
    "a link to it": lambda folder: (folder / "link.md").as_uri(),
    "with a host": lambda folder: f"file://localhost{folder / SECRET}",
    "a path without a scheme": lambda folder: str(folder / SECRET),
    "another scheme": lambda folder: f"vscode-remote://host{folder / SECRET}",
    "the open document with a fragment": lambda folder: f"{(folder / 'open.md').as_uri()}#x",
}
READING = ("hover", "codeAction", "codeLens")
NAMING = [command for command in COMMANDS if any(one.name == "uri" for one in command.arguments)]
AT = {"line": 0, "character": 0}
VALUES: dict[Type, Any] = {Type.POSITION: AT, Type.RANGE: {"start": AT, "end": AT}, Type.STRING: "0" * 16}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
async def test_R37_a_document_that_is_not_open_is_not_read(
    connect: Connect, tmp_path: Path, name: Callable[[Path], str]
) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / SECRET).write_text("# Canary\n\nA very secret flaw.\n")
    (tmp_path / "link.md").symlink_to(tmp_path / SECRET)
    editor = (await connect()).editor
    await editor.initialize([tmp_path.as_uri()])
    editor.open((tmp_path / "open.md").as_uri(), "Nothing.\n")
    await editor.command("copydesk.jobs")
    uri = name(tmp_path)
    OPENED.clear()
    context = {"position": AT, "range": {"start": AT, "end": AT}, "context": {"diagnostics": []}}
    for method in READING:
        assert not await editor.request(f"textDocument/{method}", {"textDocument": {"uri": uri}} | context)
    for command in NAMING:
        more = {one.name: VALUES[one.type] for one in command.arguments if one.type in VALUES and one.name != "uri"}
        if all(one.name != "uri" or one.required for one in command.arguments):
            with pytest.raises(RefusedRequest, match="not open") as refused:
                await editor.request(
                    "workspace/executeCommand", {"command": command.id, "arguments": [{"uri": uri} | more]}
                )
            assert refused.value.code == -32803
            assert "Canary" not in str(refused.value)
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 2}]})
    await editor.command("copydesk.jobs")
    assert [path for path in OPENED if "diary" in path or "link.md" in path] == []
    assert "Canary" not in str(editor.messages)


def test_R37_commands_that_name_a_document_are_known() -> None:
    assert {"copydesk.critiqueDocument", "copydesk.researchClaim", "copydesk.draftSection"} <= {
        one.id for one in NAMING
    }
