"""An editor with a post on mills in which claims are researched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.editor import VSCODE, Editor
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from harness.connection import Connect
    from harness.editor import Personality

URI = "file:///work/post.md"
TRUE = "The mill at Lund dates from 1790."
FALSE = "The mill has nine wheels."
TEXT = f"# Mills\n\n{TRUE} {FALSE}\n\n## Roads\n\nThe road is 12 miles long. Is it old?\n"


async def start(
    connect: Connect, personality: Personality = VSCODE, desk: ScriptedDesk | None = None, text: str = TEXT, **more: Any
) -> Editor:
    """Return an editor with the post open."""
    editor = (await connect(personality, services(desk or ScriptedDesk(), **more))).editor
    await editor.initialize()
    editor.open(URI, text)
    return editor


async def research(editor: Editor, words: str, **more: Any) -> None:
    """Start research of the sentence that begins with some words."""
    place = editor.place(URI, words)
    await editor.command("copydesk.researchClaim", uri=URI, **({"position": place["start"]} | more))


async def verdicts(editor: Editor, *codes: str) -> list[dict[str, Any]]:
    """Wait for notes of these codes, and return them."""

    def shown() -> list[dict[str, Any]]:
        notes = editor.diagnostics.get(URI, [])
        return notes if sorted(note["code"] for note in notes) == sorted(codes) else []

    found: list[dict[str, Any]] = await editor.until(shown)
    return found
