"""An editor that shows the notes of a critiqued document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.editor import VSCODE, Editor
from harness.memory_stores import MemoryDismissals
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from harness.connection import Connect
    from harness.editor import Personality

URI = "file:///work/post.md"
TEXT = "# Title\n\nThis is very good. One flaw is here 👩‍🚀.\n\nVery, very well.\n"


async def ready(
    connect: Connect, personality: Personality = VSCODE, dismissals: MemoryDismissals | None = None, text: str = TEXT
) -> Editor:
    """Return an editor that shows the notes of a critiqued document."""
    editor = (await connect(personality, services(ScriptedDesk(), dismissals))).editor
    await editor.initialize()
    editor.open(URI, text)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: any("Flawed" in message for message in editor.shown(URI) or ()))
    return editor
