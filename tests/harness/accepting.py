"""An editor with a rewrite to accept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.editor import Editor
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from harness.connection import Connect
    from harness.editor import Personality

URI = "file:///work/post.md"
TEXT = "# Title\n\nAll well. One flaw is here. The end.\n"
QUOTE, BETTER = "One flaw is here.", "One thing is better here."
UNCHANGED = "The text changed, nothing was edited."


async def proposed(
    connect: Connect, personality: Personality, text: str = TEXT, words: str = BETTER
) -> tuple[Editor, dict[str, Any]]:
    """Return an editor with one note that has a rewrite, and the action that accepts it."""
    editor, note = await rewritten(connect, personality, text, words)
    actions = await editor.actions(URI, editor.quoted(URI, note["range"]))
    (accept,) = [action for title, action in actions.items() if title.startswith("Accept rewrite")]
    return editor, accept["command"]


async def rewritten(
    connect: Connect, personality: Personality, text: str, words: str = BETTER
) -> tuple[Editor, dict[str, Any]]:
    """Return an editor with one note that has a rewrite, and the note."""
    editor = (await connect(personality, services(ScriptedDesk(words=words)))).editor
    await editor.initialize()
    editor.open(URI, text)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    (note,) = await editor.until(lambda: editor.diagnostics.get(URI))
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
    await editor.ended(2)
    return editor, note


async def accept(editor: Editor, command: dict[str, Any]) -> bool | None:
    """Run the action and return whether the server says that it is done."""
    params = {"command": command["command"], "arguments": command["arguments"]}
    return (await editor.request("workspace/executeCommand", params))["applied"]
