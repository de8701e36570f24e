"""Who answers and what is running, the notes by section, and the doctor, as editors are given them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.errors import EngineBroken, EngineUnreachable
from copydesk.lsp.listing import about
from copydesk.lsp.wording import document_name
from copydesk.ports import EngineFacts, Locality, ModelFacts, Role
from harness.editor import VSCODE, Editor, RefusedRequest
from harness.scripted import SERVING, ScriptedDesk, configure, services

if TYPE_CHECKING:
    from conftest import Connect

URI = "file:///work/post.md"
TEXT = (
    "It is very early.\n\n# Mills\n\nThey are very old.\n\n## Wheels\n\nOne flaw. They are very wet.\n\n"
    "# Canals\n\nNothing.\n"
)
WANTED = {"copydesk": {"status": True}}


async def begun(connect: Connect, scripted: ScriptedDesk, text: str = TEXT, **more: Any) -> Editor:
    """Return an editor that wants to be told, with a document open."""
    editor = (await connect(VSCODE, services(scripted, **more))).editor
    editor.settings = {"maxPer1000Words": 1000}
    await editor.initialize(experimental=WANTED)
    editor.open(URI, text)
    return editor


def told(editor: Editor) -> list[dict[str, Any]]:
    """Return what the editor was told of the status."""
    return [one["params"] for one in editor.messages if one.get("method") == "copydesk/status"]


async def test_nothing_is_asked_until_the_engine_is_needed(connect: Connect) -> None:
    desk = ScriptedDesk()
    built: list[object] = []

    async def build(configuration: object) -> ScriptedDesk:
        built.append(configuration)
        return desk

    named = lambda client: replace(configure(client), engine_kind="ollama", engine_model="llama3.1:8b")  # noqa: E731
    editor = await begun(connect, desk, desk=build, configure=named)
    answer = await editor.command("copydesk.status", uri=URI)
    assert answer == {
        "engine": {
            "state": "unknown",
            "kind": "ollama",
            "model": "llama3.1:8b",
            "models": {},
            "locality": None,
            "host": None,
            "reason": None,
            "problem": None,
            "short": "llama3.1:8b",
            "sentence": "llama3.1:8b is asked when a command first needs it.",
        },
        "jobs": [],
    }
    assert (desk.serving, built) == (None, [])
    await editor.command("copydesk.status", uri=URI, look=True)
    assert len(built) == 1


async def test_a_look_names_who_answers(connect: Connect) -> None:
    editor = await begun(connect, ScriptedDesk())
    answer = await editor.command("copydesk.status", look=True)
    assert answer["engine"] == {
        "state": "ready",
        "kind": "ollama",
        "model": "scripted:8b",
        "models": {str(role): "scripted:8b" for role in Role},
        "locality": "local",
        "host": "http://127.0.0.1:11434",
        "reason": "It is scripted.",
        "problem": None,
        "short": "scripted:8b, local",
        "sentence": "Ollama at http://127.0.0.1:11434, on this machine.",
    }
    await editor.until(lambda: told(editor) and told(editor)[-1]["engine"]["state"] == "ready")


@pytest.mark.parametrize("where", ["engine", "model"])
async def test_R28_what_runs_elsewhere_is_remote_and_names_stay_words(connect: Connect, where: str) -> None:
    desk = ScriptedDesk()
    facts = EngineFacts("openai", "https://far.example", "1", Locality.REMOTE if where == "engine" else Locality.LOCAL)
    models = dict(SERVING.models)
    models[Role.CRITIC] = ModelFacts("[x](command:evil)\x1b\u202e" + "y" * 200, "d")
    models[Role.WRITER] = ModelFacts("far", "d", Locality.REMOTE if where == "model" else Locality.LOCAL)
    desk.serving = replace(SERVING, facts=facts, models=models)
    editor = await begun(connect, desk)
    engine = (await editor.command("copydesk.status", look=True))["engine"]
    assert engine["locality"] == "remote"
    assert engine["short"] == f"{engine['model']}, remote"
    here = "An OpenAI-compatible server at https://far.example, on another machine: your text is sent there."
    assert engine["sentence"] == here
    assert engine["model"].startswith("[x] (command:evil)")
    assert len(engine["model"]) < 100
    assert not {"\x1b", "\u202e"} & set(engine["model"])


async def test_an_engine_that_fails_is_said_with_the_next_step_and_forgotten_once_it_answers(connect: Connect) -> None:
    desk = ScriptedDesk(problem=EngineUnreachable("Nothing answers.", "Start it."))
    editor = await begun(connect, desk)
    engine = (await editor.command("copydesk.status", look=True))["engine"]
    assert (engine["state"], engine["problem"]) == ("failed", "Nothing answers. Start it.")
    assert (engine["short"], engine["sentence"]) == ("no engine", "Nothing answers. Start it.")
    desk.problem = None
    engine = (await editor.command("copydesk.status", look=True))["engine"]
    assert (engine["state"], engine["problem"]) == ("ready", None)


async def test_without_a_model_the_rules_alone_are_said(connect: Connect) -> None:
    editor = await begun(connect, ScriptedDesk(), configure=lambda client: replace(configure(client), model=False))
    engine = (await editor.command("copydesk.status"))["engine"]
    assert (engine["short"], engine["sentence"]) == ("rules only", "No model is asked; the rules alone report.")


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("file:///work/my%20post.md", "my post.md"),
        ("file:///work/%zz.md", "%zz.md"),
        ("untitled:Untitled-1", "Untitled-1"),
        ("file:///work/", "work"),
        ("", "the document"),
    ],
)
def test_documents_are_named_as_editors_do(uri: str, name: str) -> None:
    assert document_name(uri) == name


async def test_a_job_is_told_from_its_start_to_its_end_and_so_is_what_broke_it(connect: Connect) -> None:
    desk = ScriptedDesk(step=asyncio.Semaphore(0), problem=EngineBroken("The engine hung up.", "Try again."))
    editor = await begun(connect, desk)
    job = await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: any(one["jobs"] and one["jobs"][0]["total"] for one in told(editor)))
    (running,) = told(editor)[-1]["jobs"]
    assert running.items() >= {"jobId": job["jobId"], "command": "copydesk.critiqueDocument", "uri": URI}.items()
    assert running["token"] in editor.progress
    assert (running["kind"], running["name"]) == ("critique", "critique of post.md")
    assert running["line"] == f"{running['label']} {running['done']}/{running['total']}"
    assert desk.step is not None
    for _ in range(5):
        desk.step.release()
    await editor.until(lambda: not told(editor)[-1]["jobs"])
    assert told(editor)[-1]["engine"]["problem"] == "The engine hung up. Try again."


async def test_nothing_is_told_twice(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copydesk.lsp.status.TELL_SECONDS", 0.0)
    desk = ScriptedDesk(step=asyncio.Semaphore(0))
    editor = await begun(connect, desk)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: told(editor) and told(editor)[-1]["jobs"])
    for _ in range(20):
        await editor.command("copydesk.jobs")
    assert len({str(one) for one in told(editor)}) == len(told(editor))
    await editor.command("copydesk.cancel")
    await editor.until(lambda: not told(editor)[-1]["jobs"])


async def test_a_client_that_does_not_ask_is_told_nothing(connect: Connect) -> None:
    editor = (await connect(VSCODE)).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.ended(1)
    assert told(editor) == []


async def test_notes_are_listed_under_the_innermost_section(connect: Connect) -> None:
    editor = await begun(connect, ScriptedDesk())
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.ended(1)
    await editor.until(lambda: len(editor.diagnostics.get(URI, [])) == 4)
    listed = await editor.command("copydesk.notes", uri=URI)
    assert [(one["path"], [note["message"] for note in one["notes"]]) for one in listed["sections"]] == [
        ([], ["Very is weak."]),
        (["Mills"], ["Very is weak."]),
        (["Mills", "Wheels"], ["Flawed: One flaw.", "Very is weak."]),
    ]
    assert [one["range"]["start"]["line"] for one in listed["sections"]] == [0, 2, 6]
    flaw = listed["sections"][2]["notes"][0]
    known = next(one for one in editor.diagnostics[URI] if one["message"] == "Flawed: One flaw.")
    assert (flaw["noteId"], flaw["range"], flaw["words"]) == (known["data"]["id"], known["range"], "One flaw.")
    assert (flaw["code"], flaw["severity"], flaw["rewrite"]) == ("CD104", 2, None)

    await editor.command("copydesk.rewriteNote", noteId=flaw["noteId"])
    await editor.ended(2)
    (first, *_) = (await editor.command("copydesk.notes", uri=URI))["sections"][2]["notes"]
    assert first["rewrite"] == "A better sentence."
    assert [one["title"] for one in first["actions"]] == list(await editor.actions(URI, "One flaw"))
    assert first["actions"][0] == {
        "title": "Accept rewrite: A better sentence.",
        "command": "copydesk.applyNote",
        "arguments": [{"noteId": flaw["noteId"]}],
    }


async def test_sections_move_with_what_is_typed_above(connect: Connect) -> None:
    editor = await begun(connect, ScriptedDesk(), debounce=60)
    await editor.until(lambda: len(editor.diagnostics.get(URI, [])) == 3)
    editor.insert(URI, 0, "A line that is longer than what stood above the heading.\n\n")
    listed = await editor.command("copydesk.notes", uri=URI)
    assert [(one["path"], one["range"]["start"]["line"]) for one in listed["sections"]] == [
        ([], 0),
        (["Mills"], 4),
        (["Mills", "Wheels"], 8),
    ]


@pytest.mark.parametrize(
    ("message", "words", "expected"),
    [
        ("“QUIC” is not explained.", "The QUIC handshake\nneeds one RTT.", "… QUIC handshake needs one RTT."),
        ("“RTT” is not explained.", "The QUIC handshake\nneeds one RTT.", "… RTT."),
        ("“might”, “perhaps” and “somewhat” in one.", "It is perhaps somewhat so.", "… perhaps somewhat so."),
        ("“The QUIC handshake” is one.", "The QUIC\n handshake.", "The QUIC handshake."),
        ("“IT” is not explained.", "WITH it, and IT.", "… IT."),
        ("“gone” is not there.", "Other words.", "Other words."),
        ("Nothing is quoted.", "Other words.", "Other words."),
        ("“64%” has no source.", "Around 64% of all.", "… 64% of all."),
    ],
)
def test_notes_on_one_sentence_are_told_apart_by_what_they_are_about(message: str, words: str, expected: str) -> None:
    assert about(message, words) == expected


async def test_R28_headings_and_words_are_shown_as_text(connect: Connect) -> None:
    editor = await begun(connect, ScriptedDesk(), "# A\u202eb\x1b[31m\n\nIt is very old.\n")
    await editor.until(lambda: editor.diagnostics.get(URI))
    (section,) = (await editor.command("copydesk.notes", uri=URI))["sections"]
    assert not {"\x1b", "\u202e"} & set("".join(section["path"]))


async def test_a_document_that_is_not_open_has_no_list(connect: Connect) -> None:
    editor = await begun(connect, ScriptedDesk())
    with pytest.raises(RefusedRequest, match="not open"):
        await editor.command("copydesk.notes", uri="file:///work/other.md")


async def test_the_doctor_reports_on_the_settings_in_force(connect: Connect) -> None:
    editor = (await connect(VSCODE)).editor
    editor.settings = {"engine": "mine"}
    await editor.initialize()
    assert await editor.command("copydesk.doctor") == {"text": "The engine is mine."}
