"""Notes appear, move, stay and vanish as the writer expects, in both kinds of editor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from conftest import Connect

    from harness.editor import Personality

URI = "file:///work/post.md"
TEXT = "# Title\n\nThis is very good. One flaw is here.\n\nAnother flaw is there. All is well.\n"
FIRST, SECOND, INSTANT = "Flawed: One flaw is here.", "Flawed: Another flaw is there.", "Very is weak."


async def test_instant_notes_appear_without_being_asked_for(connect: Connect, personality: Personality) -> None:
    editor = (await connect(personality)).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    (note,) = await editor.notes(URI, INSTANT)
    assert editor.quoted(URI, note["range"]) == "very"
    assert note["code"] == "CD402"
    assert note["source"] == "copydesk"
    assert note["severity"] == 3
    assert note["codeDescription"] == {"href": "https://example.org/codes/CD402"}
    assert len(note["data"]["id"]) == 12


async def test_the_model_s_notes_appear_one_by_one(connect: Connect, personality: Personality) -> None:
    desk = ScriptedDesk(step=asyncio.Semaphore(0))
    editor = (await connect(personality, services(desk))).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.notes(URI, INSTANT)
    assert await editor.command("copydesk.critiqueDocument", uri=URI) == {"jobId": "critique-1"}
    for _ in range(2):
        desk.step.release()
    await editor.notes(URI, INSTANT, FIRST)
    for _ in range(2):
        desk.step.release()
    await editor.notes(URI, INSTANT, FIRST, SECOND)
