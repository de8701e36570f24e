"""A command acts on the very note that it names, however alike others are, and a proposal outlives an undo."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.core.instant import instant
from harness.editor import VSCODE
from harness.memory_stores import MemoryDismissals
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from conftest import Connect
    from harness.editor import Editor, Personality

URI, OTHER = "file:///work/a.md", "file:///work/b.md"
BETTER = "A better paragraph stands here."
LIKE = {
    "of the model": "This paragraph with one flaw is longer than forty characters.",
    "of the rules": "This paragraph is very much longer than forty characters, is it not.",
}


async def critiqued(connect: Connect, personality: Personality, *texts: str, **more: Any) -> Editor:
    """Return an editor with documents, each with all its notes."""
    editor = (await connect(personality, services(ScriptedDesk(words=BETTER), **more))).editor
    await editor.initialize()
    for count, (uri, text) in enumerate(zip((URI, OTHER), texts, strict=False), 1):
        editor.open(uri, text)
        await editor.command("copydesk.critiqueDocument", uri=uri)
        await editor.ended(count)
        await editor.until(lambda uri=uri: editor.diagnostics.get(uri))
    return editor


async def rewritten(editor: Editor, note: dict[str, Any], jobs: int) -> str:
    """Ask for a rewrite of a note, the job of that number, and return the note's id."""
    identity: str = note["data"]["id"]
    await editor.command("copydesk.rewriteNote", noteId=identity)
    await editor.ended(jobs)
    return identity


async def applied(editor: Editor, identity: str) -> bool:
    done: bool = (await editor.command("copydesk.applyNote", noteId=identity))["applied"]
    return done


def ids(editor: Editor, uri: str = URI) -> list[str]:
    return [note["data"]["id"] for note in editor.diagnostics[uri]]


async def test_R16_of_two_documents_with_one_text_the_named_one_is_edited(
    connect: Connect, personality: Personality
) -> None:
    text = "# Title\n\nOne flaw is here.\n"
    editor = await critiqued(connect, personality, text, text)
    identity = await rewritten(editor, editor.diagnostics[OTHER][0], 3)
    assert await applied(editor, identity)
    assert editor.buffers[URI].text == text
    assert editor.buffers[OTHER].text == text.replace("One flaw is here.", BETTER)


async def test_of_two_documents_with_one_text_the_named_one_s_note_is_dismissed(connect: Connect) -> None:
    dismissals = MemoryDismissals()
    editor = await critiqued(connect, VSCODE, "One flaw is here.\n", "One flaw is here.\n", dismissals=dismissals)
    await editor.command("copydesk.dismissNote", noteId=ids(editor, OTHER)[0])
    await editor.notes(OTHER)
    assert [one.path for one in dismissals.stored] == ["b.md"]
    assert editor.shown(URI) == ["Flawed: One flaw is here."]


@pytest.mark.parametrize("paragraph", LIKE.values(), ids=LIKE.keys())
@pytest.mark.parametrize("index", range(4))
async def test_of_identical_paragraphs_the_named_one_is_edited(connect: Connect, paragraph: str, index: int) -> None:
    editor = await critiqued(connect, VSCODE, "\n\n".join(["# T", *[paragraph] * 4]) + "\n")
    assert len(set(ids(editor))) == 4
    quote = editor.quoted(URI, editor.diagnostics[URI][index]["range"])
    identity = await rewritten(editor, editor.diagnostics[URI][index], 2)
    editor.insert(URI, 0, f"{paragraph.replace('flaw', 'word').replace('very', 'so')}\n\n")
    before = editor.buffers[URI].text.split("\n\n")
    assert await applied(editor, identity)
    after = editor.buffers[URI].text.split("\n\n")
    assert [place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] == [index + 2]
    assert after[index + 2].strip() == paragraph.replace(quote, BETTER)


async def test_a_note_does_not_move_to_an_identical_paragraph_when_its_own_changes(
    connect: Connect, personality: Personality
) -> None:
    paragraph = LIKE["of the model"]
    editor = await critiqued(connect, personality, "\n\n".join(["# T", *[paragraph] * 4]) + "\n")
    identity = await rewritten(editor, editor.diagnostics[URI][1], 2)
    others = [one for one in ids(editor) if one != identity]
    editor.insert(URI, len(f"# T\n\n{paragraph}\n\nThis "), "typed ")
    typed = editor.buffers[URI].text
    assert not await applied(editor, identity)
    assert editor.buffers[URI].text == typed
    await editor.until(lambda: ids(editor) == others)


async def test_notes_of_one_code_on_one_sentence_are_all_shown_and_keep_their_ids(connect: Connect) -> None:
    def rules(document: Any, configuration: Any, previous: Any, known: Any) -> Any:
        return instant(document, frozenset(), previous)

    text = "# T\n\nWe put QUIC behind a WAF and match on SNI.\n"
    editor = await critiqued(connect, VSCODE, text, instant=rules)
    before = {note["message"]: note["data"]["id"] for note in editor.diagnostics[URI]}
    assert {note["code"] for note in editor.diagnostics[URI]} == {"CD401"}
    assert len(set(before.values())) == len(editor.diagnostics[URI]) == 3
    editor.insert(URI, 0, "Above.\n\n")
    await editor.until(lambda: editor.versions[URI] == 2)
    assert {note["message"]: note["data"]["id"] for note in editor.diagnostics[URI]} == before


async def test_every_repetition_of_a_short_sentence_has_its_note(connect: Connect) -> None:
    editor = await critiqued(connect, VSCODE, " ".join(["One flaw shows."] * 8) + "\n")
    assert len(set(ids(editor))) == 8
    before = ids(editor)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.ended(2)
    assert ids(editor) == before


@pytest.mark.parametrize("paragraph", LIKE.values(), ids=LIKE.keys())
async def test_after_an_undo_a_rewrite_can_be_accepted_again(
    connect: Connect, personality: Personality, paragraph: str
) -> None:
    text = "\n\n".join(["# T", *[paragraph] * 3]) + "\n"
    editor = await critiqued(connect, personality, text)
    quote = editor.quoted(URI, editor.diagnostics[URI][1]["range"])
    identity = await rewritten(editor, editor.diagnostics[URI][1], 2)
    for _ in range(2):
        assert await applied(editor, identity)
        editor.insert(URI, len(editor.buffers[URI].text), "More.\n")
        await editor.until(lambda: identity not in ids(editor))
        editor.type(URI, BETTER, quote)
        editor.type(URI, "More.\n", "")
        assert editor.buffers[URI].text == text
        await editor.until(lambda: identity in ids(editor))


async def test_a_rewrite_that_is_in_the_text_is_done_already(connect: Connect, personality: Personality) -> None:
    editor = await critiqued(connect, personality, "One flaw is here.\n")
    identity = await rewritten(editor, editor.diagnostics[URI][0], 2)
    assert [await applied(editor, identity) for _ in range(3)] == [True, False, False]
    assert editor.buffers[URI].text == f"{BETTER}\n"
    assert set(editor.said) == {"Already done."}


async def test_typing_over_a_rewrite_ends_its_proposal(connect: Connect, personality: Personality) -> None:
    editor = await critiqued(connect, personality, "One flaw is here.\n")
    identity = await rewritten(editor, editor.diagnostics[URI][0], 2)
    assert await applied(editor, identity)
    editor.type(URI, BETTER, "My own words.")
    assert not await applied(editor, identity)
    assert editor.buffers[URI].text == "My own words.\n"
    assert editor.said == ["The text changed, nothing was edited."]


async def test_a_rewrite_that_comes_too_late_is_not_offered(connect: Connect, personality: Personality) -> None:
    desk = ScriptedDesk(words=BETTER)
    editor = (await connect(personality, services(desk))).editor
    await editor.initialize()
    editor.open(URI, "One flaw is here.\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.ended(1)
    desk.step, desk.reached = asyncio.Semaphore(0), asyncio.Event()
    await editor.command("copydesk.rewriteNote", noteId=ids(editor)[0])
    await asyncio.wait_for(desk.reached.wait(), 60)
    editor.type(URI, "flaw is", "flaw was")
    await editor.notes(URI)
    desk.step.release()
    await editor.ended(2)
    assert editor.said == ["The text changed, so the note no longer applies."]
    assert [steps[-1]["message"] for steps in editor.progress.values()] == ["Done", "No rewrite"]
