"""An edit and the writer's typing at once: whatever comes first, the two never mix, and nothing is believed unseen."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.lsp import applying
from harness.accepting import BETTER, QUOTE, TEXT, UNCHANGED, URI, accept, proposed
from harness.editor import NEOVIM, VSCODE
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from conftest import Connect
    from harness.editor import Personality

pytestmark = pytest.mark.usefixtures("impatient")

LIES = {
    "says yes and does nothing": ({"applied": True}, None),
    "says yes and does something else": ({"applied": True}, "Something else."),
    "says no": ({"applied": False, "failureReason": "no"}, None),
    "answers nonsense": ("nonsense", None),
}


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
