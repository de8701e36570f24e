"""The writer's text: never lost, never silently changed, whatever the editor says it did."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import converters, types

from copydesk.lsp import applying
from copydesk.lsp.client import features
from harness.editor import NEOVIM, SECONDS, VSCODE, Editor
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from conftest import Connect
    from harness.editor import Personality

URI = "file:///work/post.md"
TEXT = "# Title\n\nAll well. One flaw is here. The end.\n"
QUOTE, BETTER = "One flaw is here.", "One thing is better here."
UNCHANGED = "The text changed, nothing was edited."
EGLOT = replace(NEOVIM, name="Eglot", delay=SECONDS)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a confirmation sooner, but well after a lax editor sends it."""
    monkeypatch.setattr(applying, "CONFIRMATION_SECONDS", 1.0)


async def proposed(
    connect: Connect, personality: Personality, text: str = TEXT, words: str = BETTER
) -> tuple[Editor, dict[str, Any]]:
    """Return an editor with one note that has a rewrite, and the action that accepts it."""
    editor = (await connect(personality, services(ScriptedDesk(words=words)))).editor
    await editor.initialize()
    editor.open(URI, text)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    (note,) = await editor.until(lambda: editor.diagnostics.get(URI))
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
    await editor.ended(2)
    actions = await editor.actions(URI, editor.quoted(URI, note["range"]))
    (accept,) = [action for title, action in actions.items() if title.startswith("Accept rewrite")]
    return editor, accept["command"]


async def accept(editor: Editor, command: dict[str, Any]) -> bool | None:
    """Run the action and return whether the server says that it is done."""
    params = {"command": command["command"], "arguments": command["arguments"]}
    return (await editor.request("workspace/executeCommand", params))["applied"]


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


async def test_R1_an_edit_for_a_freshly_opened_document_does_not_overrun_typing(connect: Connect) -> None:
    editor, command = await proposed(connect, NEOVIM)
    apply = editor.answers["workspace/applyEdit"]

    async def while_typing(params: Any) -> Any:
        editor.insert(URI, 0, "Typed on top.\n\n")
        return await apply(params)

    editor.answers["workspace/applyEdit"] = while_typing
    assert not await accept(editor, command)
    assert editor.buffers[URI].text == "Typed on top.\n\n" + TEXT
    assert editor.said == [UNCHANGED]
    editor.answers["workspace/applyEdit"] = apply
    assert await accept(editor, command)
    assert editor.buffers[URI].text == "Typed on top.\n\n" + TEXT.replace(QUOTE, BETTER)


@pytest.mark.parametrize("when", ["before", "during"])
@pytest.mark.parametrize("offset", [0, len("# Title\n\nAll well. One fl"), len(TEXT)], ids=["above", "inside", "below"])
async def test_R2_typing_and_edit_never_mix(connect: Connect, personality: Personality, when: str, offset: int) -> None:
    editor, command = await proposed(connect, personality)
    apply = editor.answers["workspace/applyEdit"]
    typed = TEXT[:offset] + "typed " + TEXT[offset:]
    if when == "before":
        editor.insert(URI, offset, "typed ")
    else:

        async def while_typing(params: Any) -> Any:
            editor.insert(URI, offset, "typed ")
            return await apply(params)

        editor.answers["workspace/applyEdit"] = while_typing
    done = await accept(editor, command)
    assert editor.buffers[URI].text == (typed.replace(QUOTE, BETTER) if done else typed)
    assert done is (when == "before" and QUOTE in typed)
    assert editor.said == ([] if done else [UNCHANGED])


async def test_typing_that_arrives_with_the_edit_does_not_hide_it(connect: Connect) -> None:
    editor, command = await proposed(connect, NEOVIM)
    apply = editor.answers["workspace/applyEdit"]

    async def then_type(params: Any) -> Any:
        answer = await apply(params)
        editor.insert(URI, len(editor.buffers[URI].text), "Typed.")
        return answer

    editor.answers["workspace/applyEdit"] = then_type
    assert await accept(editor, command)
    assert editor.buffers[URI].text == TEXT.replace(QUOTE, BETTER) + "Typed."


LIES = {
    "says yes and does nothing": ({"applied": True}, None),
    "says yes and does something else": ({"applied": True}, "Something else."),
    "says no": ({"applied": False, "failureReason": "no"}, None),
    "answers nonsense": ("nonsense", None),
}


@pytest.mark.parametrize(("answer", "does"), LIES.values(), ids=LIES.keys())
async def test_R3_an_unconfirmed_edit_is_not_done_and_the_proposal_is_kept(
    connect: Connect, answer: Any, does: str | None
) -> None:
    editor, command = await proposed(connect, VSCODE)
    apply = editor.answers["workspace/applyEdit"]

    async def lie(params: Any) -> Any:
        if does is not None:
            editor.insert(URI, 0, does)
        return answer

    editor.answers["workspace/applyEdit"] = lie
    assert not await accept(editor, command)
    assert len(editor.said) == 1
    assert QUOTE in editor.buffers[URI].text
    editor.answers["workspace/applyEdit"] = apply
    assert await accept(editor, command)
    assert BETTER in editor.buffers[URI].text


async def test_an_edit_for_words_that_are_gone_is_never_sent(connect: Connect, personality: Personality) -> None:
    editor, command = await proposed(connect, personality)
    editor.type(URI, "flaw is", "flaw was")
    assert not await accept(editor, command)
    assert not [m for m in editor.messages if m.get("method") == "workspace/applyEdit"]
    assert editor.said == [UNCHANGED]


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


@pytest.mark.parametrize("before", ["One.\rTwo.\n\n", "One.\r\r", "One.\r\n\rTwo. "])
async def test_R5_R7_below_a_lone_carriage_return_nothing_is_edited(
    connect: Connect, personality: Personality, before: str
) -> None:
    """It ends a line by the specification and not in Neovim, where the edit would be made on another line."""
    text = before + QUOTE + "\n\nOne last line that is long enough.\n\nAnd another.\n"
    editor = (await connect(personality, services(ScriptedDesk(words=BETTER)))).editor
    await editor.initialize()
    editor.open(URI, text)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    (note,) = await editor.until(lambda: editor.diagnostics.get(URI))
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
    await editor.ended(2)
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


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
async def test_R2_random_typing_and_accepting_never_mix(
    connect: Connect, personality: Personality, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Words typed anywhere at any moment, several rewrites accepted in between: nothing else ever changes."""
    monkeypatch.setattr(applying, "CONFIRMATION_SECONDS", 0.15)
    chance = random.Random(seed)
    sentences = [f"Flaw {number} is a flaw here." for number in range(8)]
    desk = ScriptedDesk(words=BETTER)
    editor = (await connect(personality, services(desk))).editor
    await editor.initialize()
    editor.open(URI, "\r\n\r\n".join(f"Start 👩‍🚀 {one} End\u2028." for one in sentences) + "\n")
    editor.settings = {"maxPer1000Words": 1000}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    await editor.command("copydesk.critiqueDocument", uri=URI)
    notes = await editor.until(lambda: (found := editor.diagnostics.get(URI)) and len(found) == 8 and found)
    quotes = {note["data"]["id"]: editor.quoted(URI, note["range"]) for note in notes}
    for count, identity in enumerate(quotes, 2):
        await editor.command("copydesk.rewriteNote", noteId=identity)
        await editor.ended(count)
    apply = editor.answers["workspace/applyEdit"]
    model = editor.buffers[URI].text

    def type_somewhere() -> None:
        nonlocal model
        at = chance.choice([index for index, one in enumerate(model) if one == " "])
        model = model[:at] + " typed" + model[at:]
        editor.insert(URI, at, " typed")

    async def while_typing(params: Any) -> Any:
        if chance.random() < 0.4:
            type_somewhere()
        return await apply(params)

    editor.answers["workspace/applyEdit"] = while_typing
    for identity in chance.sample(sorted(quotes), 8):
        if chance.random() < 0.4:
            type_somewhere()
        done = (await editor.command("copydesk.applyNote", noteId=identity))["applied"]
        edited = model.replace(quotes[identity], BETTER)
        # An edit that was confirmed is there; one that was not is there as a whole or not at all.
        assert editor.buffers[URI].text in ([edited] if done else [model, edited])
        model = editor.buffers[URI].text
