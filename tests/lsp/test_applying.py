"""The writer's text: never lost, never silently changed, whatever the editor says it did."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import converters, types

from copydesk.lsp import applying
from copydesk.lsp.client import features
from harness.accepting import BETTER, QUOTE, TEXT, URI, accept, proposed, rewritten
from harness.editor import NEOVIM, SECONDS, VSCODE
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from conftest import Connect
    from harness.editor import Personality

pytestmark = pytest.mark.usefixtures("impatient")

EGLOT = replace(NEOVIM, name="Eglot", delay=SECONDS)


async def test_an_accepted_rewrite_is_in_the_text_and_the_note_is_gone(
    connect: Connect, personality: Personality
) -> None:
    editor, command = await proposed(connect, personality)
    assert command["title"] == f"Accept rewrite: {BETTER}"
    assert await accept(editor, command)
    assert editor.buffers[URI].text == TEXT.replace(QUOTE, BETTER)
    await editor.notes(URI)
    assert editor.said == []


async def test_an_editor_that_tells_of_no_change_while_it_waits_is_answered_first(connect: Connect) -> None:
    editor, command = await proposed(connect, EGLOT)
    assert await accept(editor, command) is None
    await editor.until(lambda: editor.buffers[URI].text == TEXT.replace(QUOTE, BETTER))
    editor.flush(URI)
    await editor.notes(URI)
    assert editor.said == []


@pytest.mark.parametrize(
    ("name", "capabilities", "silent"),
    [
        ("Eglot", {}, True),
        (None, {"experimental": {}}, True),
        (None, {}, False),
        ("Neovim", {"experimental": {}}, False),
    ],
)
def test_only_eglot_is_answered_first(name: str | None, capabilities: dict[str, Any], *, silent: bool) -> None:
    given = {"processId": None, "rootUri": None, "capabilities": capabilities}
    given |= {"clientInfo": {"name": name}} if name else {}
    params = converters.get_converter().structure(given, types.InitializeParams)
    assert features(params).silent_while_waiting is silent


async def test_R8_one_rewrite_is_one_undo(connect: Connect, personality: Personality) -> None:
    editor, command = await proposed(connect, personality)
    await accept(editor, command)
    assert editor.buffers[URI].undo == [TEXT]


async def test_the_edit_is_trimmed_and_versioned(connect: Connect, personality: Personality) -> None:
    editor, command = await proposed(connect, personality)
    await accept(editor, command)
    (request,) = [m["params"] for m in editor.messages if m.get("method") == "workspace/applyEdit"]
    ((change,),) = [request["edit"]["documentChanges"]]
    assert "label" not in request
    assert [edit["newText"] for edit in change["edits"]] == ["thing is better"]
    assert change["textDocument"] == {"uri": URI, "version": 1}


async def test_accepting_twice_edits_once(connect: Connect, personality: Personality) -> None:
    editor, command = await proposed(connect, personality)
    params = {"command": command["command"], "arguments": command["arguments"]}
    answers = [editor.start("workspace/executeCommand", params)[1] for _ in range(2)]
    done = await asyncio.wait_for(asyncio.gather(*answers), 60)
    assert sorted(one["applied"] for one in done) == [False, True]
    assert editor.buffers[URI].text == TEXT.replace(QUOTE, BETTER)


# what stands before the sentence, what stands after it
PLACES = {
    "R5: U+2028": ("one\u2028two\n\n", "\n"),
    "R5: U+2029, VT, FF, NEL, FS": ("a\u2029b\x0bc\x0cd\x85e\x1cf\n\n", "\n"),
    "R6: combining marks": ("Cafe\u0301 ole\u0301. ", "\n"),
    "R6: joined emoji and flags": (
        "👩‍🚀 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f 🇩🇪. ",
        " 👩‍🚀\n",
    ),
    "R6: Devanagari and CJK": ("क्षत्रिय। 中文。 ", "\n"),
    "R7: CRLF": ("One.\r\n\r\n", "\r\n\r\nTwo.\r\n"),
    "R7: mixed line ends, none at the end": ("One.\r\n\r\nTwo.\n\nThree.\n\n", ""),
    "R7: a carriage return further down": ("One. ", " Two.\r\rThree.\n"),
    "R7: byte order mark": ("\ufeffOne.\n\n", "\n"),
    "R9: front matter": ('---\ntitle: "One: flaw"\n---\n\n', "\n"),
    "R64: a lone surrogate": ("\ud83d here. ", "\n"),
}


@pytest.mark.parametrize(("before", "after"), PLACES.values(), ids=PLACES.keys())
async def test_only_the_words_change(connect: Connect, personality: Personality, before: str, after: str) -> None:
    editor, command = await proposed(connect, personality, before + QUOTE + after)
    assert await accept(editor, command)
    assert editor.buffers[URI].text == before + BETTER + after


@pytest.mark.parametrize("words", [BETTER, ""])
async def test_a_note_says_what_is_offered_in_place_of_its_words(connect: Connect, words: str) -> None:
    editor = (await connect(VSCODE, services(ScriptedDesk(words=words)))).editor
    await editor.initialize()
    editor.open(URI, f"{QUOTE}\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    (note,) = await editor.until(lambda: editor.diagnostics.get(URI))
    assert set(note["data"]) == {"id"}
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
    await editor.until(lambda: editor.diagnostics[URI][0]["data"] == note["data"] | {"rewrite": words})


@pytest.mark.parametrize("before", ["One.\rTwo.\n\n", "One.\r\r", "One.\r\n\rTwo. "])
async def test_R5_R7_below_a_lone_carriage_return_nothing_is_edited(
    connect: Connect, personality: Personality, before: str
) -> None:
    """It ends a line by the specification and not in Neovim, where the edit would be made on another line."""
    text = before + QUOTE + "\n\nOne last line that is long enough.\n\nAnd another.\n"
    editor, note = await rewritten(connect, personality, text)
    assert await editor.command("copydesk.applyNote", noteId=note["data"]["id"]) == {"applied": False}
    assert editor.said == [applying.UNCOUNTABLE]
    assert editor.buffers[URI].text == text
    assert editor.faults == []


@pytest.mark.parametrize(
    ("old", "new"), [("flaw 👍🏽.", "flaw 👍🏿."), ("flaw cafe\u0301.", "flaw cafe."), ("flaw 😀.", "flaw 😃.")]
)
async def test_R6_an_edit_never_begins_inside_a_character(
    connect: Connect, personality: Personality, old: str, new: str
) -> None:
    editor, command = await proposed(connect, personality, f"One {old}\n", f"One {new}")
    assert await accept(editor, command)
    assert editor.buffers[URI].text == f"One {new}\n"
    (request,) = [m["params"] for m in editor.messages if m.get("method") == "workspace/applyEdit"]
    ((edit,),) = [change["edits"] for change in request["edit"]["documentChanges"]]
    assert edit["newText"] in new.split()[-1]
    assert len(edit["newText"]) >= 1


async def test_R28_a_rewrite_is_refused_with_its_reason_but_not_its_words(connect: Connect) -> None:
    editor = (await connect(VSCODE, services(ScriptedDesk(words=None)))).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    (note,) = await editor.until(lambda: editor.diagnostics.get(URI))
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
    await editor.until(lambda: editor.said)
    assert editor.said == ["No rewrite is offered: the rewrite brings in a name that was not there."]
    assert not [title for title in await editor.actions(URI, QUOTE) if title.startswith("Accept")]


async def test_a_rewrite_of_an_instant_note_outlives_typing_nearby(connect: Connect) -> None:
    editor = (await connect(VSCODE, services(ScriptedDesk(words="really")))).editor
    await editor.initialize()
    editor.open(URI, "This is very good.\n")
    (note,) = await editor.notes(URI, "Very is weak.")
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
    await editor.ended(1)
    editor.type(URI, "good", "fine")
    await editor.until(lambda: editor.versions[URI] == 2)
    assert "Accept rewrite: really" in await editor.actions(URI, "very")
