"""Notes appear, move, stay and vanish as the writer expects, in both kinds of editor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from copydesk.errors import EngineUnreachable
from harness.editor import VSCODE
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


async def test_notes_stay_on_their_words_while_the_writer_types(connect: Connect, personality: Personality) -> None:
    editor = (await connect(personality)).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.notes(URI, INSTANT, FIRST, SECOND)
    editor.type(URI, "# Title\n", "# Title 👩‍🚀\n\nAn opening.\u2028\r\n")
    version = editor.buffers[URI].version
    await editor.until(lambda: editor.versions[URI] == version)
    found = await editor.notes(URI, INSTANT, FIRST, SECOND)
    assert sorted(editor.quoted(URI, note["range"]) for note in found) == [
        "Another flaw is there.",
        "One flaw is here.",
        "very",
    ]


async def test_a_note_vanishes_when_its_sentence_changes(connect: Connect, personality: Personality) -> None:
    editor = (await connect(personality)).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.notes(URI, INSTANT, FIRST, SECOND)
    editor.type(URI, "One flaw is", "One flaw was")
    await editor.notes(URI, INSTANT, SECOND)


async def test_a_note_on_two_places_vanishes_with_either(connect: Connect) -> None:
    editor = (await connect()).editor
    await editor.initialize()
    editor.open(URI, "A pair of flaws.\n\nThe twin of it.\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    (note,) = await editor.notes(URI, "Flawed: A pair of flaws.")
    (related,) = note["relatedInformation"]
    assert editor.quoted(URI, related["location"]["range"]) == "The twin of it."
    editor.type(URI, "The twin", "The other")
    await editor.notes(URI)


async def test_a_note_found_in_an_older_text_lands_on_its_words(connect: Connect, personality: Personality) -> None:
    desk = ScriptedDesk(step=asyncio.Semaphore(0))
    editor = (await connect(personality, services(desk))).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.notes(URI, INSTANT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    editor.type(URI, "# Title\n", "# Title\n\nMore above.\n")
    editor.type(URI, "Another flaw", "A flaw")
    await editor.until(lambda: editor.versions[URI] == editor.buffers[URI].version)
    for _ in range(4):
        desk.step.release()
    found = await editor.notes(URI, INSTANT, FIRST)
    assert {editor.quoted(URI, note["range"]) for note in found} == {"very", "One flaw is here."}


async def test_a_new_run_removes_what_it_did_not_find_again(connect: Connect) -> None:
    desk = ScriptedDesk()
    connection = await connect(VSCODE, services(desk))
    editor = connection.editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    before = await editor.notes(URI, INSTANT, FIRST, SECOND)
    editor.type(URI, "All is well.", "All is changed.")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.ended(2)
    after = await editor.notes(URI, INSTANT, FIRST, SECOND)
    assert [note["data"] for note in before] == [note["data"] for note in after]
    desk.overlooked = "Another"
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.notes(URI, INSTANT, FIRST)


async def test_a_run_that_fails_or_is_cancelled_removes_nothing(connect: Connect) -> None:
    desk = ScriptedDesk()
    editor = (await connect(VSCODE, services(desk))).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.notes(URI, INSTANT, FIRST, SECOND)
    desk.overlooked, desk.problem = "flaw", EngineUnreachable("Nothing answers.", "Start it.")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: editor.said)
    await editor.ended(2)
    desk.problem, desk.step = None, asyncio.Semaphore(0)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.command("copydesk.cancel")
    await editor.ended(3)
    assert editor.shown(URI) == sorted([INSTANT, FIRST, SECOND])


@pytest.mark.parametrize(
    ("unproven", "verdict"), [(False, "is not asked about"), (True, "is unproven on")], ids=["trusted", "unproven"]
)
async def test_codes_that_the_model_failed_in_its_self_test_are_named_at_the_end(
    connect: Connect, unproven: bool, verdict: str
) -> None:
    editor = (await connect(VSCODE, services(ScriptedDesk(untrusted=("CD103", "CD201"))))).editor
    editor.settings = {"unproven": unproven}
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.ended(1)
    (steps,) = editor.progress.values()
    assert steps[-1]["message"] == f"Done; this model {verdict} CD103, CD201"


async def test_only_the_range_is_read_and_only_its_notes_are_replaced(
    connect: Connect, personality: Personality
) -> None:
    desk = ScriptedDesk()
    editor = (await connect(personality, services(desk))).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.notes(URI, INSTANT, FIRST, SECOND)
    start, end = editor.position(URI, "Another"), editor.position(URI, " All is")
    await editor.command("copydesk.critiqueDocument", uri=URI, range={"start": start, "end": end})
    await editor.ended(2)
    await editor.notes(URI, INSTANT, FIRST, SECOND)
    assert desk.asked[4:] == ["Another flaw is there."]
    await editor.command("copydesk.critiqueDocument", uri=URI, range={"start": start, "end": start})
    await editor.ended(3)
    assert desk.extents[-1] == (TEXT.index("Another"), None)


async def test_R54_closing_clears_notes_and_stops_work(connect: Connect) -> None:
    desk = ScriptedDesk(step=asyncio.Semaphore(0))
    editor = (await connect(VSCODE, services(desk))).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.notes(URI, INSTANT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await asyncio.wait_for(desk.reached.wait(), 60)
    editor.close(URI)
    await editor.notes(URI)
    assert desk.cancelled == 1
    assert (await editor.command("copydesk.jobs"))["jobs"] == []


async def test_what_the_settings_switch_off_is_not_shown(connect: Connect) -> None:
    editor = (await connect()).editor
    editor.settings = {"disable": ["CD402"]}
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.notes(URI, FIRST, SECOND)
    editor.settings = {}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    await editor.notes(URI, INSTANT, FIRST, SECOND)


async def test_a_directive_in_the_text_silences_what_follows(connect: Connect) -> None:
    editor = (await connect()).editor
    await editor.initialize()
    editor.open(URI, "Very flat.\n\n<!-- copydesk-disable CD402 -->\n\nThis is very good.\n\nThis is very bad.\n")
    (note,) = await editor.notes(URI, INSTANT)
    assert note["range"]["start"]["line"] == 6


async def test_R45_control_characters_are_shown_and_not_obeyed(connect: Connect) -> None:
    editor = (await connect()).editor
    await editor.initialize()
    editor.open(URI, "A flaw\x1b]52;c;aGk=\x07 here\u202e.\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    (note,) = await editor.until(lambda: editor.diagnostics.get(URI))
    assert not set("\x1b\x07\u202e") & set(note["message"])
    assert "\\x1b" in note["message"]
