"""Research in the editor: verdicts as notes on the sentences that they are about."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.errors import SettingsError
from harness.editor import RefusedRequest
from harness.research_editor import FALSE, TEXT, TRUE, URI, research, start, verdicts
from harness.scripted import ARCHIVE, ScriptedDesk

if TYPE_CHECKING:
    from conftest import Connect
    from harness.editor import Personality


async def test_a_verdict_is_a_note_on_the_sentence(connect: Connect, personality: Personality) -> None:
    editor = await start(connect, personality)
    await research(editor, TRUE)
    (note,) = await verdicts(editor, "CD504")
    assert editor.quoted(URI, note["range"]) == TRUE
    assert note["severity"] == 4
    assert "“The mill was built in 1790.” (Mills of *Lund*)" in note["message"]
    await research(editor, FALSE)
    notes = await verdicts(editor, "CD501", "CD504")
    assert [editor.quoted(URI, one["range"]) for one in notes] == [TRUE, FALSE]


async def test_a_selection_is_researched_as_it_is(connect: Connect) -> None:
    desk = ScriptedDesk()
    editor = await start(connect, desk=desk)
    place = editor.place(URI, "mill at Lund dates")
    await editor.command("copydesk.researchClaim", uri=URI, range=place)
    await editor.ended(1)
    assert desk.asked == ["mill at Lund dates"]
    assert desk.own == URI


async def test_a_section_is_one_job_that_streams_its_verdicts(connect: Connect) -> None:
    desk = ScriptedDesk()
    editor = await start(connect, desk=desk)
    place = editor.place(URI, "The road")["start"]
    await editor.command("copydesk.researchSection", uri=URI, position=place)
    await verdicts(editor, "CD505")
    await editor.ended(1)
    assert desk.asked == ["The road is 12 miles long."]
    await editor.command("copydesk.researchSection", uri=URI)
    await verdicts(editor, "CD501", "CD505")


async def test_what_sources_support_unasked_is_told_where_one_looks_and_marks_no_words(connect: Connect) -> None:
    editor = await start(connect)
    await editor.command("copydesk.researchSection", uri=URI)
    await verdicts(editor, "CD501", "CD505")
    place = editor.place(URI, TRUE)["start"]
    hover = await editor.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": place})
    assert "The mill was built in 1790" in hover["contents"]["value"]
    assert "Cite: Mills of *Lund*" in await editor.actions(URI, TRUE)
    lenses = await editor.request("textDocument/codeLens", {"textDocument": {"uri": URI}})
    assert [one["command"]["title"] for one in lenses] == [
        "2 notes · 1 supported · critique this section",
        "1 note · critique this section",
    ]
    await research(editor, TRUE)
    await verdicts(editor, "CD501", "CD504", "CD505")
    await editor.command("copydesk.researchSection", uri=URI)
    await verdicts(editor, "CD501", "CD505")


@pytest.mark.parametrize(
    ("before", "asked"), [("", [TRUE, FALSE, "The road is 12 miles long."]), (f"{TRUE}\n\n", [TRUE])]
)
async def test_the_section_at_the_first_character_is_the_one_that_begins_there(
    connect: Connect, before: str, asked: list[str]
) -> None:
    desk = ScriptedDesk()
    editor = await start(connect, desk=desk, text=before + TEXT)
    await editor.command("copydesk.researchSection", uri=URI, position=START)
    await editor.ended(1)
    assert desk.asked == asked


async def test_research_is_cancelled_with_what_was_found_kept(connect: Connect) -> None:
    desk = ScriptedDesk(step=asyncio.Semaphore(1))
    editor = await start(connect, desk=desk)
    answer = await editor.command("copydesk.researchSection", uri=URI)
    await editor.until(lambda: len(desk.asked) == 2)
    desk.step.release()  # type: ignore[union-attr]
    await verdicts(editor, "CD501")
    await editor.until(lambda: len(desk.asked) == 3)
    assert await editor.command("copydesk.cancel", jobId=answer["jobId"]) == {"cancelled": 1}
    await asyncio.wait_for(desk.cut.wait(), 60)
    assert [one["code"] for one in editor.diagnostics[URI]] == ["CD501"]


async def test_research_again_replaces_the_verdict(connect: Connect) -> None:
    desk = ScriptedDesk()
    editor = await start(connect, desk=desk)
    await research(editor, TRUE)
    (note,) = await verdicts(editor, "CD504")
    desk.archive = replace(ARCHIVE, text=ARCHIVE.text.replace("The mill was built", "The mill was there"))
    await editor.command("copydesk.researchNote", noteId=note["data"]["id"])
    await editor.ended(2)
    (again,) = await verdicts(editor, "CD504")
    assert again["data"] != note["data"]


async def test_a_critique_does_not_take_verdicts_away(connect: Connect) -> None:
    editor = await start(connect)
    await research(editor, FALSE)
    await verdicts(editor, "CD501")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.ended(2)
    await verdicts(editor, "CD501")


async def test_what_cannot_be_checked_is_said_and_not_noted(connect: Connect) -> None:
    editor = await start(connect)
    await research(editor, "Is it old?")
    await editor.until(lambda: "There is nothing to check. It is a question." in editor.said)
    assert editor.diagnostics.get(URI, []) == []
    await research(editor, "# Mills")
    await editor.until(lambda: "There is no sentence here that could be looked up." in editor.said)


async def test_the_verdict_stays_with_its_sentence_while_the_writer_types(connect: Connect) -> None:
    desk = ScriptedDesk(step=asyncio.Semaphore(0))
    editor = await start(connect, desk=desk)
    await research(editor, FALSE)
    await asyncio.wait_for(desk.reached.wait(), 60)
    editor.insert(URI, 0, "A line on top.\n\n")
    desk.step.release()  # type: ignore[union-attr]
    await verdicts(editor, "CD501")
    await editor.until(lambda: editor.quoted(URI, editor.diagnostics[URI][0]["range"]) == FALSE)


async def test_search_that_is_not_set_up_is_said_with_the_next_step(connect: Connect) -> None:
    desk = ScriptedDesk(crash=SettingsError("There is no search provider named x.", "Name a known one."))
    editor = await start(connect, desk=desk)
    await research(editor, TRUE)
    await editor.until(lambda: "There is no search provider named x. Name a known one." in editor.said)


START = {"line": 0, "character": 0}


@pytest.mark.parametrize("more", [{"position": None}, {"range": {"start": START, "end": START}}])
async def test_research_needs_a_position_or_a_range(connect: Connect, more: dict[str, Any]) -> None:
    editor = await start(connect)
    with pytest.raises(RefusedRequest, match="either a position or a range"):
        await research(editor, TRUE, **more)
