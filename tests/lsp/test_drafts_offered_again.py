"""Drafts that an earlier session, or a cancelled job, left: offered again with all that a fresh one has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.journal import default_drafts_directory
from copydesk.cli.kept_drafts import KeptDrafts
from harness.draft_models import POST, competent
from harness.drafting_desk import DraftEngine
from harness.drafts_in_editor import HEADING, URI, DraftingDesk, draft, note, run, start
from harness.editor import SECONDS
from harness.memory_stores import MemorySources

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Connect
    from harness.editor import Editor

CITED = ["Annals", "Survey"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / name))


async def session(connect: Connect, text: str = POST, **more: Any) -> Editor:
    """Return an editor whose drafts are kept on the disk."""
    return await start(connect, text=text, drafts=KeptDrafts(), **more)


async def drafted(connect: Connect) -> tuple[Editor, dict[str, Any]]:
    """Draft the section; return the editor and the note."""
    editor = await session(connect)
    await draft(editor)
    return editor, await note(editor)


async def pinned(sources: MemorySources, titles: list[str]) -> None:
    """Wait until exactly these sources of what was accepted are kept, which no message tells of."""
    async with asyncio.timeout(SECONDS):
        while [page.source.title for page in sources.pinned] != titles:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def noted_as_taken() -> None:
    """Wait until the journal says which paragraphs are in the text."""
    directory = default_drafts_directory()
    assert directory is not None
    async with asyncio.timeout(SECONDS):
        while not any(b" keep taken " in path.read_bytes() for path in directory.iterdir()):  # noqa: ASYNC110  # a file
            await asyncio.sleep(0.01)


async def test_R14_a_draft_of_an_earlier_session_is_offered_again(connect: Connect) -> None:
    _, before = await drafted(connect)
    sources = MemorySources()
    editor = await session(connect, sources=sources)
    ready = await note(editor)
    assert editor.quoted(URI, ready["range"]) == HEADING
    assert ready["message"] == before["message"]
    assert await run(editor, "Accept the draft") == {"applied": True}
    await pinned(sources, CITED)


async def test_what_a_cancelled_draft_cites_is_kept_when_it_is_accepted(connect: Connect) -> None:
    engine, sources = DraftEngine(competent(), hangs=4), MemorySources()
    editor = await session(connect, desk=DraftingDesk(engine), sources=sources)
    answer = await draft(editor)
    await editor.until(lambda: len(engine.asked) == 5)
    await editor.command("copydesk.cancel", jobId=answer["jobId"])
    shown = await editor.command("copydesk.showDraft", noteId=(await note(editor))["data"]["id"])
    assert await run(editor, "Accept the draft") == {"applied": True}
    await pinned(sources, [one["title"] for one in shown["sources"]])


@pytest.mark.parametrize("restarted", [False, True], ids=["at once", "after a restart"])
async def test_R12_R14_a_draft_that_was_cut_short_goes_on_without_asking_anything_twice(
    connect: Connect, *, restarted: bool
) -> None:
    engine = DraftEngine(competent(), hangs=4)
    editor = await session(connect, desk=DraftingDesk(engine))
    answer = await draft(editor)
    await editor.until(lambda: len(engine.asked) == 5)
    await editor.command("copydesk.cancel", jobId=answer["jobId"])
    assert "you cancelled it" in (await note(editor))["message"]
    finished, after = engine.prompts[:4], 5
    if restarted:
        engine, after = DraftEngine(competent()), 0
        editor = await session(connect, desk=DraftingDesk(engine))
        await note(editor)
    titles = [title.split(":")[0] for title in await editor.actions(URI, HEADING)]
    assert titles[:3] == ["Show the draft beside the section", "Go on with the draft", "Accept the draft"]
    assert titles[-1] == "Discard the draft"
    await run(editor, "Go on with the draft")
    await editor.until(lambda: any("improved nothing" in one["message"] for one in editor.diagnostics[URI]))
    assert engine.prompts[after:]
    assert not set(engine.prompts[after:]) & set(finished)
    assert "Go on with the draft" not in await editor.actions(URI, HEADING)
    assert await run(editor, "Accept the draft") == {"applied": True}


async def test_the_rest_of_a_draft_is_offered_after_a_paragraph_was_accepted(connect: Connect) -> None:
    first, _ = await drafted(connect)
    assert await run(first, "Accept paragraph 2") == {"applied": True}
    half = first.buffers[URI].text
    await noted_as_taken()

    second = await session(connect, half)
    shown = await second.command("copydesk.showDraft", noteId=(await note(second))["data"]["id"])
    assert [one["taken"] for one in shown["paragraphs"]] == [False, True]
    assert shown["range"] is not None
    assert await run(second, "Accept the rest of the draft") == {"applied": True}
    assert all(one["markdown"].strip() in second.buffers[URI].text for one in shown["paragraphs"])


async def test_a_draft_whose_paragraphs_were_taken_out_again_is_offered_whole(connect: Connect) -> None:
    first, _ = await drafted(connect)
    assert await run(first, "Accept paragraph 2") == {"applied": True}
    await noted_as_taken()

    second = await session(connect)
    await note(second)
    assert await run(second, "Accept the draft") == {"applied": True}


async def test_R1_a_draft_of_a_section_that_changed_is_there_to_compare(connect: Connect) -> None:
    await drafted(connect)
    changed = POST.replace(HEADING, f"More words above it.\n\n{HEADING}\n\nMine.", 1)
    editor = await session(connect, changed)
    ready = await note(editor)
    assert editor.quoted(URI, ready["range"]) == HEADING
    shown = await editor.command("copydesk.showDraft", noteId=ready["data"]["id"])
    assert shown["range"] is None
    assert shown["markdown"]
    assert await run(editor, "Accept the draft") == {"applied": False}
    assert any("nothing was edited" in sentence for sentence in editor.said)
    assert editor.buffers[URI].text == changed


async def test_of_two_headings_alike_the_one_that_was_drafted_is_meant(connect: Connect) -> None:
    twice = POST + f"\n{HEADING}\n\nThis one is written.\n"
    first = await session(connect, twice)
    await draft(first)
    place = (await note(first))["range"]
    second = await session(connect, twice)
    assert (await note(second))["range"] == place


async def test_a_draft_says_which_model_wrote_it_also_when_it_is_offered_again(connect: Connect) -> None:
    await drafted(connect)
    editor = await session(connect)
    ready = await note(editor)
    hover = await editor.request(
        "textDocument/hover", {"textDocument": {"uri": URI}, "position": ready["range"]["start"]}
    )
    assert "Drafted by the desk. writer: scripted" in hover["contents"]["value"].replace("\\", "")
    why = await editor.command("copydesk.explainNote", noteId=ready["data"]["id"])
    assert why["provenance"]["model"] == "scripted"
    assert why["sentences"][0]["agent"] == "writer"
    assert why["sentences"][0]["round"] == 1
    assert why["sentences"][0]["sources"]
