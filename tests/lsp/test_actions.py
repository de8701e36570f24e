"""Code actions and lenses: where the words are now, and cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from copydesk.errors import StoreError
from harness.critiqued import TEXT, URI, ready
from harness.editor import VSCODE, RefusedRequest
from harness.memory_stores import MemoryDismissals
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from conftest import Connect
    from harness.editor import Personality

OTHER = "file:///work/other.md"


async def test_actions_of_a_note(connect: Connect, personality: Personality) -> None:
    editor = await ready(connect, personality)
    actions = await editor.actions(URI, "flaw")
    assert list(actions) == [
        "Rewrite: Flawed: One flaw is here 👩‍🚀.",
        "Why this note? (CD104)",
        "Dismiss this note (CD104)",
        "Dismiss CD104 in this document",
        "Dismiss CD104 in this project",
    ]
    assert {action["kind"] for action in actions.values()} == {"quickfix"}
    assert all("edit" not in action for action in actions.values())


async def test_of_two_notes_of_a_code_the_actions_say_which(connect: Connect, personality: Personality) -> None:
    """A choice among titles that are all alike is none."""
    editor = (await connect(personality, services(ScriptedDesk()))).editor
    await editor.initialize()
    editor.open(URI, "It is very old and very good.\n")
    await editor.notes(URI, "Very is weak.", "Very is weak.")
    line = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 28}}
    params = {"textDocument": {"uri": URI}, "range": line, "context": {"diagnostics": []}}
    titles = [one["title"] for one in await editor.request("textDocument/codeAction", params)]
    assert [one for one in titles if one.startswith("Why")] == [
        "Why this note? (CD402, “very old and very good.”)",
        "Why this note? (CD402, “very good.”)",
    ]
    assert titles.count("Dismiss CD402 in this document") == titles.count("Dismiss CD402 in this project") == 1


async def test_an_editor_without_commands_of_its_own_is_offered_what_can_be_begun(connect: Connect) -> None:
    editor = (await connect(VSCODE, services(ScriptedDesk()))).editor
    await editor.initialize(experimental={"copydesk": {"commands": False}})
    editor.open(URI, TEXT)
    in_text = {"Research the sentence here", "Critique this document"}
    assert set(await editor.actions(URI, "Very, very")) == in_text
    at = editor.position(URI, "itle")
    await editor.until(lambda: editor.shown(URI))
    heading = ["Draft this section", "Research claims in this section", "Critique this document"]
    assert list(await editor.actions(URI, "itle")) == heading
    selection = {"start": at, "end": editor.position(URI, " is very")}
    params = {"textDocument": {"uri": URI}, "range": selection, "context": {"diagnostics": []}}
    found = await editor.request("textDocument/codeAction", params)
    assert [one["title"] for one in found] == ["Critique what is selected", "Research what is selected"]
    assert found[0]["command"]["arguments"] == [{"uri": URI, "range": selection}]

    in_word = {"start": editor.position(URI, "well"), "end": editor.position(URI, "ell.")}
    found = await editor.request("textDocument/codeAction", params | {"range": in_word})
    assert {one["title"] for one in found} == in_text
    params["context"]["only"] = ["quickfix"]
    assert await editor.request("textDocument/codeAction", params) == []
    critique = (await editor.actions(URI, "Very, very"))["Critique this document"]["command"]
    await editor.request("workspace/executeCommand", {key: critique[key] for key in ("command", "arguments")})
    await editor.until(lambda: any("Flawed" in message for message in editor.shown(URI) or ()))
    actions = list(await editor.actions(URI, "flaw"))
    assert actions[0].startswith("Rewrite:") and actions[-1] == "Critique this document"


async def test_actions_follow_the_words_and_not_the_client_s_diagnostics(
    connect: Connect, personality: Personality
) -> None:
    editor = await ready(connect, personality)
    (stale,) = [one for one in editor.diagnostics[URI] if one["code"] == "CD104"]
    editor.type(URI, "# Title\n", "# Title 👩‍🚀\r\n\r\nAbove.\u2028\n")
    at = editor.position(URI, "One flaw")
    found = await editor.request(
        "textDocument/codeAction",
        {"textDocument": {"uri": URI}, "range": {"start": at, "end": at}, "context": {"diagnostics": [stale]}},
    )
    assert {action["diagnostics"][0]["data"]["id"] for action in found} == {stale["data"]["id"]}
    assert await editor.actions(URI, "Above") == {}


@pytest.mark.parametrize(("only", "some"), [(["quickfix"], True), ([""], True), (["refactor"], False), ([], False)])
async def test_actions_of_other_kinds_are_not_ours(connect: Connect, only: list[str], some: bool) -> None:
    editor = await ready(connect)
    at = editor.position(URI, "flaw")
    found = await editor.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": URI},
            "range": {"start": at, "end": at},
            "context": {"diagnostics": [], "only": only},
        },
    )
    assert bool(found) is some


async def test_dismissing_one_note_leaves_its_like(connect: Connect, personality: Personality) -> None:
    dismissals = MemoryDismissals()
    editor = await ready(connect, personality, dismissals)
    actions = await editor.actions(URI, "very good")
    (arguments,) = actions["Dismiss this note (CD402)"]["command"]["arguments"]
    assert await editor.command("copydesk.dismissNote", **arguments, reason="I mean it") == {"stored": True}
    await editor.notes(URI, "Very is weak.", "Flawed: One flaw is here 👩‍🚀.")
    (kept,) = dismissals.stored
    assert (kept.code, kept.scope, kept.reason) == ("CD402", "note", "I mean it")


@pytest.mark.parametrize(("scope", "elsewhere"), [("document", 1), ("project", 0)])
async def test_dismissing_a_code(connect: Connect, scope: str, elsewhere: int) -> None:
    editor = await ready(connect)
    editor.open(OTHER, "A very short text.\n")
    await editor.notes(OTHER, "Very is weak.")
    note = next(one for one in editor.diagnostics[URI] if one["code"] == "CD402")
    await editor.command("copydesk.dismissNote", noteId=note["data"]["id"], scope=scope)
    await editor.notes(URI, "Flawed: One flaw is here 👩‍🚀.")
    await editor.notes(OTHER, *["Very is weak."] * elsewhere)


async def test_a_dismissal_outlives_the_session_s_document(connect: Connect) -> None:
    editor = await ready(connect)
    note = next(one for one in editor.diagnostics[URI] if one["code"] == "CD402")
    await editor.command("copydesk.dismissNote", noteId=note["data"]["id"], scope="document")
    editor.close(URI)
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.notes(URI, "Flawed: One flaw is here 👩‍🚀.")


@pytest.mark.parametrize("untitled", [True, False])
async def test_a_dismissal_that_cannot_be_stored_still_hides(connect: Connect, untitled: bool) -> None:
    dismissals = MemoryDismissals(problem=StoreError("The project's file cannot be written.", "Free some space."))
    editor = (await connect(VSCODE, services(ScriptedDesk(), dismissals))).editor
    await editor.initialize()
    uri = "untitled:Untitled-1" if untitled else URI
    editor.open(uri, "A very short text.\n")
    (note,) = await editor.notes(uri, "Very is weak.")
    assert await editor.command("copydesk.dismissNote", noteId=note["data"]["id"]) == {"stored": False}
    await editor.notes(uri)
    assert editor.said == ([] if untitled else ["The project's file cannot be written. Free some space."])


async def test_a_note_explains_itself_with_words_of_the_catalogue(connect: Connect) -> None:
    editor = await ready(connect)
    note = next(one for one in editor.diagnostics[URI] if one["code"] == "CD104")
    answer = await editor.command("copydesk.explainNote", noteId=note["data"]["id"])
    assert answer["title"] == "overclaim"
    assert answer["message"] == note["message"]
    assert answer["provenance"] == {
        "agent": "critic",
        "model": "scripted",
        "digest": "d1",
        "promptVersion": "p1",
        "cached": False,
        "confidence": 0.75,
    }
    (said,) = editor.said
    assert said.startswith("CD104: ")
    assert said.endswith("Found by the model, 75 % sure.")
    assert "flaw" not in said


async def test_unknown_notes_are_refused(connect: Connect) -> None:
    editor = await ready(connect)
    for command in ("rewriteNote", "applyNote", "dismissNote", "explainNote"):
        with pytest.raises(RefusedRequest, match="There is no such note in an open document"):
            await editor.command(f"copydesk.{command}", noteId="nothing")


async def test_lenses_count_notes_on_headings(connect: Connect, personality: Personality) -> None:
    editor = await ready(connect, personality)
    (lens,) = await editor.request("textDocument/codeLens", {"textDocument": {"uri": URI}})
    assert editor.quoted(URI, lens["range"]).startswith("# Title")
    assert lens["command"]["title"] == "3 notes · critique this section"
    (arguments,) = lens["command"]["arguments"]
    assert await editor.command(lens["command"]["command"], **arguments) == {"jobId": "critique-2"}


async def test_lenses_can_be_switched_off(connect: Connect) -> None:
    editor = (await connect()).editor
    editor.settings = {"codeLens": False, "unknown": 1}
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.until(lambda: editor.said)
    assert await editor.request("textDocument/codeLens", {"textDocument": {"uri": URI}}) == []
