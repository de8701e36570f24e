"""Drafting in the editor: preview, acceptance whole and by paragraph, and text that stays the writer's."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.core.draft.stored import decoded
from copydesk.core.edit import applied
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.errors import SettingsError
from harness.draft_models import PAGES, POST, competent
from harness.drafting_desk import DraftEngine
from harness.drafts_in_editor import HEADING, URI, DraftingDesk, draft, note, run, start
from harness.editor import NEOVIM, RefusedRequest
from harness.memory_stores import MemoryDrafts, MemorySources

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from conftest import Connect
    from harness.editor import Personality


async def test_a_draft_is_a_note_on_its_heading_and_nothing_is_in_the_text(
    connect: Connect, personality: Personality
) -> None:
    editor = await start(connect, personality)
    await draft(editor)
    ready = await note(editor)
    assert editor.quoted(URI, ready["range"]) == HEADING
    assert ready["severity"] == 3
    assert ready["data"]["draft"] is True
    assert ready["message"].startswith("A draft of “The Lund canal” is ready: ")
    assert "2 sources cited" in ready["message"]
    assert editor.buffers[URI].text == POST
    assert [title.split(":")[0] for title in await editor.actions(URI, HEADING)] == [
        "Show the draft beside the section",
        "Accept the draft",
        "Accept paragraph 1",
        "Accept paragraph 2",
        "Open the source",
        "Open the source",
        "Discard the draft",
    ]


async def test_R8_an_accepted_draft_is_one_edit_and_one_undo(connect: Connect, personality: Personality) -> None:
    drafts, sources = MemoryDrafts(), MemorySources()
    editor = await start(connect, personality, drafts=drafts, sources=sources)
    await draft(editor)
    await note(editor)
    whole = decoded(drafts.journal.kept["draft"])
    assert whole is not None
    edit = whole.edit(read(Text(POST)))
    assert edit is not None
    assert await run(editor, "Accept the draft") == {"applied": True}
    assert editor.buffers[URI].text == applied(Text(POST), edit)
    assert editor.buffers[URI].undo == [POST]
    await editor.until(lambda: [page.source.title for page in sources.pinned] == ["Annals", "Survey"])
    await editor.until(lambda: len(drafts.taken) == 1)
    assert drafts.taken[0][0] == editor.buffers[URI].text
    assert not [one for one in editor.diagnostics[URI] if one["code"] == "CD701"]


async def test_a_drafted_sentence_says_on_hover_who_made_it(connect: Connect, personality: Personality) -> None:
    editor = await start(connect, personality)
    await draft(editor)
    await note(editor)
    assert await run(editor, "Accept the draft") == {"applied": True}
    place = editor.position(URI, "Between lake and river")

    async def hovered() -> str:
        params = {"textDocument": {"uri": URI}, "position": place}
        answer = await editor.request("textDocument/hover", params)
        return str(answer["contents"]["value"]) if answer else ""

    async with asyncio.timeout(10):
        while "Drafted by the writer in round 1" not in (shown := (await hovered()).replace("\\", "")):  # noqa: ASYNC110  # threads
            await asyncio.sleep(0.01)
    assert "with scripted" in shown
    assert "Sources: Survey" in shown


async def test_paragraphs_are_accepted_one_by_one(connect: Connect, personality: Personality) -> None:
    drafts = MemoryDrafts()
    editor = await start(connect, personality, drafts=drafts)
    await draft(editor)
    identity = (await note(editor))["data"]["id"]
    one, two = (
        each["markdown"] for each in (await editor.command("copydesk.showDraft", noteId=identity))["paragraphs"]
    )
    assert await run(editor, "Accept paragraph 2") == {"applied": True}
    half = editor.buffers[URI].text
    assert two.split("[^")[0] in half
    assert one.split("[^")[0] not in half
    shown = await editor.command("copydesk.showDraft", noteId=identity)
    assert [one["taken"] for one in shown["paragraphs"]] == [False, True]
    assert await run(editor, "Accept the rest of the draft") == {"applied": True}
    whole = decoded(drafts.journal.kept["draft"])
    assert whole is not None
    assert whole.markdown in editor.buffers[URI].text
    assert editor.buffers[URI].undo == [POST, half]


async def test_R1_a_section_that_changed_is_not_overwritten(connect: Connect, personality: Personality) -> None:
    editor = await start(connect, personality)
    await draft(editor)
    await note(editor)
    at = POST.index(HEADING) + len(HEADING) + 1
    editor.insert(URI, at, "\nMy own words.\n")
    mine = editor.buffers[URI].text
    editor.flush(URI)
    assert await run(editor, "Accept the draft") == {"applied": False}
    assert editor.buffers[URI].text == mine
    assert any("The section or its footnotes changed since the draft was made" in sentence for sentence in editor.said)
    shown = await editor.command("copydesk.showDraft", noteId=(await note(editor))["data"]["id"])
    assert shown["range"] is None
    assert "83 locks" in shown["markdown"]


async def test_a_footnote_of_the_same_name_written_meanwhile_keeps_its_meaning(
    connect: Connect, personality: Personality
) -> None:
    editor = await start(connect, personality)
    await draft(editor)
    identity = (await note(editor))["data"]["id"]
    markdown = (await editor.command("copydesk.showDraft", noteId=identity))["markdown"]
    label = re.search(r"^\[\^([^\]]+)\]: ", markdown, re.MULTILINE)
    assert label is not None
    editor.insert(URI, len(editor.buffers[URI].text), f"\nMine.[^{label[1]}]\n\n[^{label[1]}]: My own source.\n")
    mine = editor.buffers[URI].text
    editor.flush(URI)
    assert await run(editor, "Accept paragraph 1") == {"applied": False}
    assert editor.buffers[URI].text == mine
    assert any("The section or its footnotes changed since the draft was made" in sentence for sentence in editor.said)


async def test_typing_elsewhere_does_not_matter(connect: Connect, personality: Personality) -> None:
    editor = await start(connect, personality)
    await draft(editor)
    await note(editor)
    editor.insert(URI, 0, "A line on top.\n\n")
    editor.insert(URI, len(editor.buffers[URI].text), "\nThe end.\n")
    editor.flush(URI)
    assert await run(editor, "Accept the draft") == {"applied": True}
    text = editor.buffers[URI].text
    assert text.startswith("A line on top.\n\n# Canals")
    assert "The end." in text
    assert text.index(HEADING) < text.index("83 locks") < text.index("## Afterwards")


async def test_R1_a_draft_that_loses_the_race_is_not_made(connect: Connect) -> None:
    editor = await start(connect, NEOVIM)
    await draft(editor)
    await note(editor)
    asked = asyncio.create_task(run(editor, "Accept the draft"))
    editor.insert(URI, 0, "typed ")
    await asked
    text = editor.buffers[URI].text
    assert text == "typed " + POST or (text.startswith("typed # Canals") and "83 locks" in text)


async def test_a_discarded_draft_is_gone_and_offered_no_more(connect: Connect) -> None:
    drafts = MemoryDrafts()
    editor = await start(connect, drafts=drafts)
    await draft(editor)
    identity = (await note(editor))["data"]["id"]
    assert await run(editor, "Discard the draft") == {"discarded": True}
    assert editor.asked == ["Discard the draft for good?"]
    await editor.until(lambda: not editor.diagnostics[URI])
    assert len(drafts.discarded) == 1
    with pytest.raises(RefusedRequest):
        await editor.command("copydesk.showDraft", noteId=identity)


@pytest.mark.parametrize("answer", [None, {"title": "Keep"}, {"title": "Else"}], ids=str)
async def test_R75_a_draft_stays_unless_its_writer_says_so_again(connect: Connect, answer: Any) -> None:
    drafts = MemoryDrafts()
    editor = await start(connect, drafts=drafts)

    async def decide(params: Any) -> Any:
        return answer

    editor.answers["window/showMessageRequest"] = decide
    await draft(editor)
    identity = (await note(editor))["data"]["id"]
    for _ in range(2):
        assert await run(editor, "Discard the draft") == {"discarded": False}
    assert await editor.command("copydesk.showDraft", noteId=identity)
    assert drafts.discarded == []


async def test_R75_a_client_that_cannot_ask_is_told_first(connect: Connect) -> None:
    drafts = MemoryDrafts()
    editor = await start(connect, drafts=drafts)
    editor.unknown.add("window/showMessageRequest")
    await draft(editor)
    await note(editor)
    assert await run(editor, "Discard the draft") == {"discarded": False}
    assert editor.said[-1].startswith("A draft that is discarded cannot be brought back.")
    assert drafts.discarded == []
    assert await run(editor, "Discard the draft") == {"discarded": True}
    assert len(drafts.discarded) == 1


async def test_the_preview_is_for_clients_that_ask_for_it(connect: Connect) -> None:
    options = {"experimental": {"copydesk": {"draftPreview": True}}}
    editor = await start(connect, options=options)
    answer = await draft(editor)
    await note(editor)
    previews = [one["params"] for one in editor.messages if one.get("method") == "copydesk/draftPreview"]
    assert {one["jobId"] for one in previews} == {answer["jobId"]}
    assert {one["uri"] for one in previews} == {URI}
    assert [one for one in previews if "83 locks" in one.get("markdown", "")]
    assert {"planner", "researcher", "writer", "critic"} <= {one["role"] for one in previews if "role" in one}
    assert {one["token"] for one in previews} == set(editor.progress)
    lines = [one["line"] for one in previews if "line" in one]
    assert "Draft, round 1: writer writing, 2 sources, 17 words so far" in lines
    silent = await start(connect)
    await draft(silent)
    await note(silent)
    assert not [one for one in silent.messages if one.get("method") == "copydesk/draftPreview"]


async def test_cancelling_keeps_what_is_finished(connect: Connect) -> None:
    engine = DraftEngine(competent(), hangs=4)
    editor = await start(connect, desk=DraftingDesk(engine))
    answer = await draft(editor)
    await editor.until(lambda: len(engine.asked) == 5)
    assert await editor.command("copydesk.cancel", jobId=answer["jobId"]) == {"cancelled": 1}
    ready = await note(editor)
    assert "you cancelled it" in ready["message"]
    assert engine.cut == 1
    assert editor.buffers[URI].text == POST


async def test_without_sources_the_draft_says_so(connect: Connect) -> None:
    editor = await start(connect, desk=DraftingDesk(pages={}))
    await draft(editor)
    await editor.ended(1)
    (unsourced,) = editor.diagnostics[URI]
    assert (unsourced["code"], unsourced["severity"]) == ("CD608", 2)
    assert "no source is cited, so check every fact" in unsourced["message"]
    shown = await editor.command("copydesk.showDraft", noteId=unsourced["data"]["id"])
    assert (shown["unsourced"], shown["sources"]) == (True, [])


async def test_how_many_notes_give_way_is_said_before_any_does(connect: Connect) -> None:
    notes = "- nine locks\n- boats early"
    said = [{"text": "Nine locks are old.", "spans": ["N1"]}, {"text": "Boats came here early.", "spans": ["N2"]}]
    desk = DraftingDesk(DraftEngine(competent(extra={"P1": said})), pages={})
    editor = await start(connect, desk=desk, text=POST.replace(f"{HEADING}\n", f"{HEADING}\n\n{notes}\n"))
    await draft(editor)
    await editor.ended(1)
    (ready,) = editor.diagnostics[URI]
    assert "It puts sentences in place of 2 of your notes." in ready["message"]
    shown = await editor.command("copydesk.showDraft", noteId=ready["data"]["id"])
    assert shown["replaced"] == notes.splitlines()


async def test_a_place_to_search_that_there_is_none_of_is_said_and_the_journal_is_let_go(connect: Connect) -> None:
    class Unset(DraftingDesk):
        async def draft(self, *arguments: Any) -> AsyncGenerator[Any, None]:
            raise SettingsError("There is no search provider named gogle.", "Name one that there is.")
            yield

    class Counted(MemoryDrafts):
        ended = 0

        def close(self, terms: Any) -> None:
            Counted.ended += 1

    editor = await start(connect, desk=Unset(), drafts=Counted())
    await draft(editor)
    await editor.until(lambda: any("no search provider named gogle" in sentence for sentence in editor.said))
    assert Counted.ended == 1


async def test_drafting_needs_a_heading(connect: Connect) -> None:
    editor = await start(connect, text="No heading here.\n")
    await editor.command("copydesk.draftSection", uri=URI, position={"line": 0, "character": 3})
    await editor.until(lambda: any("There is no heading here" in sentence for sentence in editor.said))


async def test_R28_hostile_words_of_a_draft_make_no_link_in_a_title(connect: Connect) -> None:
    pages = {"x](command:evil) [y": PAGES["Annals"], "Survey": PAGES["Survey"]}
    editor = await start(connect, desk=DraftingDesk(pages=pages))
    await draft(editor)
    await note(editor)
    assert not any("](" in title for title in await editor.actions(URI, HEADING))
