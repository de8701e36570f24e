"""Drafting in a fake editor: a desk whose model can draft, and what a writer does with its draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.claims import ScriptedSearch
from harness.draft_models import PAGES, POST, competent
from harness.drafting_desk import DraftEngine, draft_desk
from harness.editor import VSCODE, Editor
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from harness.connection import Connect
    from harness.editor import Personality

URI = "file:///work/post.md"
HEADING = "## The Lund canal"


class DraftingDesk(ScriptedDesk):
    """Drafts with a model that can, from a library of `pages` (their texts by title)."""

    def __init__(self, engine: DraftEngine | None = None, pages: dict[str, str] = PAGES) -> None:
        super().__init__()
        self.engine = engine or DraftEngine(competent())
        self._desk = draft_desk(self.engine, [ScriptedSearch(pages)] if pages else [])

    def draft(self, *arguments: Any) -> AsyncGenerator[Any, None]:
        """Draft as the real desk does."""
        return self._desk.draft(*arguments)


async def start(
    connect: Connect,
    personality: Personality = VSCODE,
    desk: ScriptedDesk | None = None,
    text: str = POST,
    options: dict[str, Any] | None = None,
    **more: Any,
) -> Editor:
    """Return an editor with the post open; `more` goes into the services, `options` into `initialize`."""
    editor = (await connect(personality, services(desk or DraftingDesk(), **more))).editor
    await editor.initialize(**(options or {}))
    editor.open(URI, text)
    return editor


async def draft(editor: Editor, words: str = HEADING) -> Any:
    """Ask for a draft of the section at some words."""
    return await editor.command("copydesk.draftSection", uri=URI, position=editor.position(URI, words))


async def note(editor: Editor, code: str = "CD701") -> dict[str, Any]:
    """Wait for the one note with a code and return it."""

    def ready() -> list[dict[str, Any]]:
        return [one for one in editor.diagnostics.get(URI, []) if one["code"] == code]

    (found,) = await editor.until(ready)
    return found


async def run(editor: Editor, title: str) -> Any:
    """Run the code action at the heading whose title begins so."""
    offered = await editor.actions(URI, HEADING)
    command = next(action["command"] for name, action in offered.items() if name.startswith(title))
    params = {"command": command["command"], "arguments": command["arguments"]}
    return await editor.request("workspace/executeCommand", params)
