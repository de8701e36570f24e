"""What was dismissed is listed, and its notes come back at once when that is taken back."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.errors import StoreError
from harness.editor import VSCODE, Editor, RefusedRequest
from harness.memory_stores import MemoryDismissals
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from conftest import Connect
    from harness.editor import Personality

URI, OTHER, UNTITLED = "file:///work/post.md", "file:///work/other.md", "untitled:Untitled-1"
TEXT = "# Title\n\nThis is very good, they said.\n\nVery, very well.\n"
WEAK = "Very is weak."


async def opened(
    connect: Connect, dismissals: MemoryDismissals, personality: Personality = VSCODE, uri: str = URI, **more: Any
) -> Editor:
    """Return an editor with a document and its two notes."""
    editor = (await connect(personality, services(ScriptedDesk(), dismissals))).editor
    await editor.initialize(**more)
    editor.open(uri, TEXT)
    await editor.notes(uri, WEAK, WEAK)
    return editor


async def dismiss(editor: Editor, uri: str = URI, **more: str) -> None:
    """Dismiss the first note of a document."""
    note = editor.diagnostics[uri][0]["data"]["id"]
    await editor.command("copydesk.dismissNote", noteId=note, **more)


async def listed(editor: Editor, uri: str = URI) -> list[dict[str, Any]]:
    """Return what was dismissed of a document."""
    answer = await editor.command("copydesk.dismissals", uri=uri)
    return list(answer["dismissals"])


@pytest.mark.parametrize(
    ("scope", "title", "left"),
    [
        ("note", "CD402 (vague hedge): “This is very good, they said.”", 1),
        ("document", "CD402 (vague hedge): all in this document", 0),
        ("project", "CD402 (vague hedge): all in this project", 0),
    ],
)
async def test_a_dismissal_is_listed_and_taken_back(
    connect: Connect, personality: Personality, scope: str, title: str, left: int
) -> None:
    kept = MemoryDismissals()
    editor = await opened(connect, kept, personality)
    await dismiss(editor, scope=scope, reason="we  mean it")
    await editor.notes(URI, *[WEAK] * left)
    (one,) = await listed(editor)
    assert one == {
        "dismissalId": one["dismissalId"],
        "code": "CD402",
        "scope": scope,
        "title": title,
        "reason": "we mean it",
        "stored": True,
    }
    answer = await editor.command("copydesk.restoreNote", uri=URI, dismissalId=one["dismissalId"])
    assert answer == {"restored": True}
    await editor.notes(URI, WEAK, WEAK)
    assert kept.stored == [] == await listed(editor)


async def test_what_is_taken_back_for_the_project_returns_in_every_open_document(connect: Connect) -> None:
    editor = await opened(connect, MemoryDismissals())
    editor.open(OTHER, "A very short text.\n")
    await editor.notes(OTHER, WEAK)
    await dismiss(editor, scope="project")
    await editor.notes(OTHER)
    (one,) = await listed(editor, OTHER)
    await editor.command("copydesk.restoreNote", uri=OTHER, dismissalId=one["dismissalId"])
    await editor.notes(OTHER, WEAK)
    await editor.notes(URI, WEAK, WEAK)


async def test_a_document_is_not_told_of_another_s_dismissals(connect: Connect) -> None:
    editor = await opened(connect, MemoryDismissals())
    editor.open(OTHER, "A very short text.\n")
    await dismiss(editor)
    assert await listed(editor, OTHER) == []


@pytest.mark.parametrize("uri", [UNTITLED, URI])
async def test_what_could_not_be_recorded_is_taken_back_too(connect: Connect, uri: str) -> None:
    problem = StoreError("The project's file cannot be written.", "Free some space.")
    editor = await opened(connect, MemoryDismissals(problem=problem), uri=uri)
    await dismiss(editor, uri)
    await editor.notes(uri, WEAK)
    (one,) = await listed(editor, uri)
    assert one["stored"] is False
    await editor.command("copydesk.restoreNote", uri=uri, dismissalId=one["dismissalId"])
    await editor.notes(uri, WEAK, WEAK)


async def test_a_file_that_cannot_be_written_keeps_the_dismissal_and_says_so(connect: Connect) -> None:
    kept = MemoryDismissals()
    editor = await opened(connect, kept)
    await dismiss(editor)
    (one,) = await listed(editor)
    kept.problem = StoreError("The project's file cannot be written.", "Free some space.")
    answer = await editor.command("copydesk.restoreNote", uri=URI, dismissalId=one["dismissalId"])
    assert answer == {"restored": False}
    assert editor.said == ["The project's file cannot be written. Free some space."]
    await editor.notes(URI, WEAK)


async def test_a_dismissal_that_is_gone_is_refused(connect: Connect) -> None:
    editor = await opened(connect, MemoryDismissals())
    with pytest.raises(RefusedRequest, match="no such dismissal"):
        await editor.command("copydesk.restoreNote", uri=URI, dismissalId="0" * 8)


async def test_what_a_colleague_took_back_returns_when_the_project_s_file_changes(connect: Connect) -> None:
    kept = MemoryDismissals()
    editor = await opened(connect, kept)
    await dismiss(editor)
    await editor.notes(URI, WEAK)
    kept.stored.clear()
    uri = "file:///work/.copydesk/dismissed.jsonl"
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 2}]})
    await editor.notes(URI, WEAK, WEAK)


async def test_what_is_being_recorded_is_listed_and_taken_back_once_it_is(connect: Connect) -> None:
    """A writer who is quicker than the disk takes back what is in the file, not only what the session knows."""
    kept, slow = MemoryDismissals(), threading.Event()
    add = kept.add
    kept.add = lambda *given: (slow.wait(30), add(*given))[-1]  # type: ignore[method-assign]
    editor = await opened(connect, kept)
    note = editor.diagnostics[URI][0]["data"]["id"]
    dismissing = asyncio.create_task(editor.command("copydesk.dismissNote", noteId=note, scope="project"))
    await editor.notes(URI)
    listing = asyncio.create_task(listed(editor))
    await editor.command("copydesk.jobs")
    slow.set()
    (one,) = await listing
    assert one["stored"] and await dismissing == {"stored": True}
    await editor.command("copydesk.restoreNote", uri=URI, dismissalId=one["dismissalId"])
    await editor.notes(URI, WEAK, WEAK)
    assert kept.stored == []


async def test_an_editor_without_commands_is_offered_it_where_the_note_was(connect: Connect) -> None:
    """Helix, Zed and the like can run code actions and nothing else."""
    editor = await opened(connect, MemoryDismissals(), experimental={"copydesk": {"commands": False}})
    await dismiss(editor)
    await editor.notes(URI, WEAK)
    again = "Show again: CD402 (vague hedge): “This is very good, they said.”"
    assert again not in await editor.actions(URI, "Very, very")
    command = (await editor.actions(URI, "very good"))[again]["command"]
    await editor.request("workspace/executeCommand", {key: command[key] for key in ("command", "arguments")})
    await editor.notes(URI, WEAK, WEAK)
