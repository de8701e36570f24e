"""The ledger as editors are given it, and which command a job's connections are put down to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copydesk.cause import command
from copydesk.lsp.jobs import COMMAND_OF, Kind
from harness.editor import VSCODE
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from conftest import Connect

URI = "file:///work/post.md"
FOUND = {"path": "/home/writer/ledger.jsonl", "entries": [{"host": "127.0.0.1"}]}


class Noting(ScriptedDesk):
    """Notes which command it works for."""

    async def critique(self, *arguments: Any, **named: Any) -> AsyncGenerator[Any, None]:
        """Critique."""
        self.asked.append(f"for {command.get()}")
        async for event in super().critique(*arguments, **named):
            yield event

    async def rewrite(self, *arguments: Any, **named: Any) -> AsyncGenerator[Any, None]:
        """Rewrite."""
        self.asked.append(f"for {command.get()}")
        async for event in super().rewrite(*arguments, **named):
            yield event


async def test_the_ledger_is_returned_and_nothing_is_shown(connect: Connect) -> None:
    editor = (await connect(VSCODE, services(ScriptedDesk(), ledger=lambda: FOUND))).editor
    await editor.initialize()
    assert await editor.command("copydesk.ledger") == FOUND
    assert editor.said == []


async def test_each_job_knows_its_command(connect: Connect) -> None:
    desk = Noting(words="Better.")
    editor = (await connect(VSCODE, services(desk))).editor
    await editor.initialize()
    editor.open(URI, "One flaw. Very good.\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.ended(1)
    note = next(note for note in editor.diagnostics[URI] if note["message"] == "Flawed: One flaw.")
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
    await editor.ended(2)
    assert [asked for asked in desk.asked if asked.startswith("for ")] == [
        "for copydesk.critiqueDocument",
        "for copydesk.rewriteNote",
    ]
    assert command.get() == "copydesk"


def test_every_kind_of_job_has_its_command() -> None:
    assert set(COMMAND_OF) == set(Kind)
