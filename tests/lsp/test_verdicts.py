"""What a writer does with a verdict: cites its source, corrects by it, looks at its evidence, opens it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.core.aims import Aim
from copydesk.core.evidence import Source
from harness.editor import NEOVIM, Editor, RefusedRequest
from harness.memory_stores import MemorySources
from harness.research_editor import FALSE, TEXT, TRUE, URI, research, start, verdicts
from harness.scripted import ARCHIVE, ScriptedDesk

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Connect
    from harness.editor import Personality

HOSTILE = "![p](https://evil.example/?d=1) [x](command:evil) <img src=x> \x1b[31m\u202e"


async def actions(editor: Editor, words: str) -> dict[str, dict[str, Any]]:
    return await editor.actions(URI, words)


async def test_the_actions_of_verdicts(connect: Connect, personality: Personality) -> None:
    editor = await start(connect, personality)
    await research(editor, TRUE)
    await verdicts(editor, "CD504")
    await research(editor, FALSE)
    await verdicts(editor, "CD501", "CD504")
    assert [title for title in await actions(editor, TRUE) if not title.startswith("Dismiss")] == [
        "Cite: Mills of *Lund*",
        "Open the source: Mills of *Lund*",
        "Research again",
        "Why this note? (CD504)",
    ]
    assert [title for title in await actions(editor, FALSE) if not title.startswith("Dismiss")] == [
        "Correct the sentence from the evidence",
        "Weaken the claim",
        "Open the source: Mills of *Lund*",
        "Research again",
        "Why this note? (CD501)",
    ]


async def run(editor: Editor, words: str, title: str) -> Any:
    command = (await actions(editor, words))[title]["command"]
    return await editor.request(
        "workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]}
    )


async def test_R8_a_citation_is_one_edit_of_two_places_and_one_undo(connect: Connect, personality: Personality) -> None:
    store = MemorySources()
    editor = await start(connect, personality, sources=store)
    await research(editor, TRUE)
    await verdicts(editor, "CD504")
    assert await run(editor, TRUE, "Cite: Mills of *Lund*") == {"applied": True}
    text = editor.buffers[URI].text
    assert f"{TRUE}[^mills-of-lund] {FALSE}" in text
    assert text.endswith(
        "\n\n[^mills-of-lund]: “The mill was built in 1790.” [Mills of \\*Lund\\*](https://example.org/mills), "
        "retrieved 2026-05-01.\n"
    )
    assert editor.buffers[URI].undo == [TEXT]
    await editor.until(lambda: store.pinned == [ARCHIVE])
    assert await run(editor, TRUE, "Cite: Mills of *Lund*") == {"applied": False}
    assert "The sentence has this citation already." in editor.said
    assert editor.buffers[URI].text == text


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait for what no message tells of."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110  # a thread does it, and sends no message
            await asyncio.sleep(0.01)


async def test_sources_of_a_document_are_looked_for_when_it_is_opened_and_saved(connect: Connect) -> None:
    store = MemorySources()
    editor = await start(
        connect, sources=store, text="The mill is old.[^m]\n\n[^m]: “Old.” [Mills](https://example.org/mills)\n"
    )
    await eventually(lambda: store.asked == 1)
    editor.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
    await eventually(lambda: store.asked == 2)


async def test_a_citation_can_be_a_link(connect: Connect) -> None:
    editor = await start(connect)
    editor.settings = {"citationStyle": "link"}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    await research(editor, TRUE)
    await verdicts(editor, "CD504")
    assert await run(editor, TRUE, "Cite: Mills of *Lund*") == {"applied": True}
    assert "dates from 1790 ([Mills of \\*Lund\\*](https://example.org/mills))." in editor.buffers[URI].text


async def test_R1_a_citation_that_loses_the_race_is_not_made(connect: Connect) -> None:
    editor = await start(connect, NEOVIM)
    await research(editor, TRUE)
    await verdicts(editor, "CD504")
    command = (await actions(editor, TRUE))["Cite: Mills of *Lund*"]["command"]
    editor.insert(URI, 0, "typed ")
    asked = asyncio.create_task(
        editor.request("workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]})
    )
    editor.insert(URI, 0, "more ")
    answer = await asked
    text = editor.buffers[URI].text
    plain = "more typed " + TEXT
    assert text == plain or (answer["applied"] and text.startswith("more typed # Mills") and "[^mills-of-lund]" in text)


async def test_a_sentence_is_corrected_from_the_evidence_and_only_then(connect: Connect) -> None:
    desk = ScriptedDesk(words="The mill has four wheels.")
    editor = await start(connect, desk=desk)
    await research(editor, FALSE)
    await verdicts(editor, "CD501")
    await run(editor, FALSE, "Correct the sentence from the evidence")
    await editor.ended(2)
    await run(editor, FALSE, "Weaken the claim")
    await editor.ended(3)
    assert desk.aims == [Aim.CORRECT, Aim.WEAKEN]
    assert await run(editor, FALSE, "Accept rewrite: The mill has four wheels.") == {"applied": True}
    assert "The mill has four wheels." in editor.buffers[URI].text
    await research(editor, "The road")
    (note,) = await verdicts(editor, "CD505")
    with pytest.raises(RefusedRequest, match="No source says anything"):
        await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"], aim="correct")


PARTLY = "The mill at Lund dates from 1790, and it has the oldest wheels."


@pytest.mark.parametrize("aim", [Aim.WEAKEN, Aim.CORRECT])
async def test_R8_a_rewrite_of_what_is_unsupported_replaces_the_whole_sentence(connect: Connect, aim: Aim) -> None:
    words = "The mill at Lund dates from 1790, and it may have old wheels."
    text = TEXT.replace(TRUE, PARTLY)
    editor = await start(connect, desk=ScriptedDesk(words=words), text=text)
    await research(editor, PARTLY)
    (note,) = await verdicts(editor, "CD502")
    assert editor.quoted(URI, note["range"]) == "it has the oldest wheels"
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"], aim=aim)
    await editor.ended(2)
    await editor.until(lambda: editor.quoted(URI, editor.diagnostics[URI][0]["range"]) == PARTLY)
    assert await editor.command("copydesk.applyNote", noteId=note["data"]["id"]) == {"applied": True}
    assert editor.buffers[URI].text == text.replace(PARTLY, words)
    editor.undo(URI)
    (again,) = await verdicts(editor, "CD502")
    assert editor.quoted(URI, again["range"]) == PARTLY


async def test_R1_a_rewrite_of_a_sentence_that_changed_beside_its_words_meanwhile_is_not_kept(connect: Connect) -> None:
    desk = ScriptedDesk(words="The mill may have old wheels.")
    editor = await start(connect, desk=desk, text=TEXT.replace(TRUE, PARTLY))
    await research(editor, PARTLY)
    (note,) = await verdicts(editor, "CD502")
    desk.step = asyncio.Semaphore(0)
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"], aim="weaken")
    await editor.until(lambda: len(desk.asked) == 2)
    editor.insert(URI, TEXT.index("dates"), "surely ")
    await editor.command("copydesk.explainNote", noteId=note["data"]["id"])  # is answered after the change was read
    desk.step.release()
    await editor.until(lambda: "The text changed, so the note no longer applies." in editor.said)
    assert await editor.command("copydesk.applyNote", noteId=note["data"]["id"]) == {"applied": False}


async def test_R27_hover_shows_the_evidence_with_its_date_and_no_markup_of_the_page(
    connect: Connect, personality: Personality
) -> None:
    editor = await start(connect, personality)
    await research(editor, TRUE)
    await verdicts(editor, "CD504")
    place = editor.place(URI, TRUE)["start"]
    hover = await editor.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": place})
    shown = hover["contents"]["value"]
    assert "The mill was built in 1790" in shown.replace("\\", "")
    assert "[Mills of \\*Lund\\*](https://example.org/mills)" in shown
    assert "read 2026-05-01" in shown
    assert "scripted" in shown
    assert "the verdict is computed" in shown


@pytest.mark.parametrize(
    "url", ["command:evil", "javascript:alert(1)", "https://a.example/)[x](command:evil)", "file:///etc/x"]
)
async def test_R27_hostile_titles_and_addresses_stay_text(connect: Connect, url: str) -> None:
    page = replace(ARCHIVE, source=Source(HOSTILE, url, "2026-05-01T12:00:00Z", ARCHIVE.source.sha256))
    editor = await start(connect, desk=ScriptedDesk(archive=page))
    await research(editor, TRUE)
    (note,) = await verdicts(editor, "CD504")
    assert not {"\x1b", "\u202e"} & set(str(note))
    place = editor.place(URI, TRUE)["start"]
    hover = await editor.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": place})
    shown = hover["contents"]["value"]
    assert "](command:" not in shown.replace("\\]", "")
    assert "![" not in shown.replace("\\!\\[", "").replace("\\!", "")
    assert "<img" not in shown.replace("\\<", "")
    titles = await actions(editor, TRUE)
    assert not any("](" in title or "\x1b" in title for title in titles)
    assert not any("](" in sentence for sentence in editor.said)


async def test_evidence_in_a_local_file_is_related_information(connect: Connect) -> None:
    page = replace(ARCHIVE, source=replace(ARCHIVE.source, url="file:///work/notes/mills.md"))
    editor = await start(connect, desk=ScriptedDesk(archive=page))
    await research(editor, TRUE)
    (note,) = await verdicts(editor, "CD504")
    ((related,),) = [note["relatedInformation"]]
    assert related["location"]["uri"] == "file:///work/notes/mills.md"
    assert related["location"]["range"] == {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 27}}
    assert related["message"] == "Supports: Mills of *Lund*"
    opened: list[Any] = []

    async def show(params: Any) -> Any:
        opened.append(params)
        return {"success": True}

    editor.answers["window/showDocument"] = show
    assert await run(editor, TRUE, "Open the source: Mills of *Lund*") == {"opened": True}
    assert opened[0]["selection"] == related["location"]["range"]


async def test_R27_a_web_source_opens_outside_and_nothing_else_does(connect: Connect) -> None:
    opened: list[Any] = []

    async def show(params: Any) -> Any:
        opened.append(params)
        return {"success": True}

    editor = await start(connect)
    editor.answers["window/showDocument"] = show
    await research(editor, TRUE)
    await verdicts(editor, "CD504")
    assert await run(editor, TRUE, "Open the source: Mills of *Lund*") == {"opened": True}
    assert (opened[0]["uri"], opened[0]["external"]) == ("https://example.org/mills", True)
    bad = replace(ARCHIVE, source=replace(ARCHIVE.source, url="command:evil"))
    other = await start(connect, desk=ScriptedDesk(archive=bad))
    other.answers["window/showDocument"] = show
    await research(other, TRUE)
    await verdicts(other, "CD504")
    assert await run(other, TRUE, "Open the source: Mills of *Lund*") == {"opened": False}
    assert len(opened) == 1
