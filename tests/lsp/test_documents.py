"""What the server believes of the client's documents, and what it does when it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from copydesk.lsp.documents import LARGEST, file_path, format_of
from harness.editor import VSCODE, RefusedRequest
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from conftest import Connect
    from harness.editor import Editor, Personality

URI = "file:///work/post.md"
TEXT = "This is very good. One flaw.\n"
APART = "copydesk lost track of this document. It offers no edits until the document changes or is opened again."

FORMATS = [
    ("file:///a/post.md", "markdown", "markdown"),
    ("file:///a/post.md", "", "markdown"),
    ("file:///a/post.MD", "plaintext", "markdown"),
    ("file:///a/post.qmd", "markdown", "quarto"),
    ("file:///a/post.Rmd", "rmd", "quarto"),
    ("file:///a/post.mdx", "plaintext", "mdx"),
    ("file:///a/with%20space.mdx?x#y", "", "mdx"),
    ("untitled:Untitled-1", "markdown", "markdown"),
    ("untitled:Untitled-1", "plaintext", "plain"),
    ("file:///a/notes.txt", "text", "plain"),
    ("file:///a/main.py", "python", None),
    ("file:///a/CMakeLists.txt", "cmake", None),
    ("file:///a/requirements.txt", "pip-requirements", None),
    ("git:/a/main.py", "python", None),
]


@pytest.mark.parametrize(("uri", "language", "expected"), FORMATS)
def test_prose_is_known_by_extension_then_language(uri: str, language: str, expected: str | None) -> None:
    assert format_of(uri, language) == expected


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b%20c.md", "/a/b c.md"),
        ("file://localhost/a.md", "/a.md"),
        ("file://server/share/a.md", None),
        ("untitled:Untitled-1", None),
        ("http://example.org/a.md", None),
        ("file:///a%00b.md", None),
    ],
)
def test_R16_only_files_of_this_machine_have_a_path(uri: str, path: str | None) -> None:
    found = file_path(uri)
    assert (found.as_posix() if found else None) == path


async def opened(connect: Connect, personality: Personality = VSCODE, text: str = TEXT) -> Editor:
    editor = (await connect(personality, services(ScriptedDesk()))).editor
    await editor.initialize()
    editor.open(URI, text)
    return editor


def change(editor: Editor, version: Any, *changes: Any) -> None:
    editor.notify(
        "textDocument/didChange", {"textDocument": {"uri": URI, "version": version}, "contentChanges": list(changes)}
    )


RANGE = {"start": {"line": 0, "character": 9}, "end": {"line": 0, "character": 2}}
DISORDER: dict[str, tuple[Any, list[Any]]] = {
    "an older version": (0, [{"text": "Other."}]),
    "the same version": (1, [{"text": "Other."}]),
    "a partial change, though full text was asked for": (2, [{"range": RANGE, "text": "x"}]),
    "a version that is none": (None, [{"text": "Other."}]),
    "a change that is none": (2, ["junk"]),
    "a partial change after a whole one": (2, [{"text": "Other."}, {"range": RANGE, "text": "x"}]),
}


@pytest.mark.parametrize(("version", "changes"), DISORDER.values(), ids=DISORDER.keys())
async def test_R17_a_document_out_of_step_gets_no_edits_until_it_is_whole_again(
    connect: Connect, version: Any, changes: list[Any]
) -> None:
    editor = await opened(connect)
    (note,) = await editor.notes(URI, "Very is weak.")
    change(editor, version, *changes)
    await editor.until(lambda: editor.said == [APART])
    assert await editor.actions(URI, "very") == {}
    for command, arguments in (("critiqueDocument", {"uri": URI}), ("applyNote", {"noteId": note["data"]["id"]})):
        with pytest.raises(RefusedRequest, match="does not follow this document") as refused:
            await editor.command(f"copydesk.{command}", **arguments)
        assert refused.value.code == -32803
    editor.buffers[URI].version = 8
    editor.type(URI, "very good", "very fine")
    await editor.until(lambda: editor.versions[URI] == 9)
    assert await editor.actions(URI, "very")
    assert editor.said == [APART]


async def test_R37_an_unopened_document_is_neither_changed_nor_read(connect: Connect) -> None:
    editor = (await connect()).editor
    await editor.initialize()
    change(editor, 1, {"text": "very"})
    editor.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    await editor.command("copydesk.jobs")
    assert URI not in editor.diagnostics
    at = {"line": 0, "character": 0}
    for method in ("textDocument/hover", "textDocument/codeAction", "textDocument/codeLens"):
        params = {"textDocument": {"uri": "file:///etc/passwd"}, "position": at, "range": {"start": at, "end": at}}
        assert not await editor.request(method, params | {"context": {"diagnostics": []}})
    with pytest.raises(RefusedRequest, match="not open"):
        await editor.command("copydesk.critiqueDocument", uri="file:///etc/passwd")


async def test_documents_of_other_languages_are_left_alone(connect: Connect) -> None:
    editor = (await connect()).editor
    await editor.initialize()
    editor.open("file:///work/main.py", "# very good\n", "python")
    editor.open(URI, TEXT)
    await editor.notes(URI, "Very is weak.")
    assert "file:///work/main.py" not in editor.diagnostics


async def test_opening_again_starts_afresh(connect: Connect, personality: Personality) -> None:
    editor = await opened(connect, personality)
    await editor.notes(URI, "Very is weak.")
    change(editor, -1, {"text": "x"})
    await editor.until(lambda: editor.said)
    editor.open(URI, "Fine.\n")
    await editor.notes(URI)
    editor.type(URI, "Fine", "Very fine and very well")
    await editor.notes(URI, "Very is weak.")


async def test_L7_a_document_that_is_too_large_is_left_alone_and_said_once(connect: Connect) -> None:
    editor = await opened(connect)
    await editor.notes(URI, "Very is weak.")
    editor.insert(URI, 0, "very large. " * (LARGEST // 10))
    await editor.until(lambda: editor.said)
    await editor.notes(URI)
    editor.insert(URI, 0, "x")
    with pytest.raises(RefusedRequest):
        await editor.command("copydesk.critiqueDocument", uri=URI)
    assert editor.said == ["This document is larger than 2 MB, so copydesk is off for it."]
    editor.buffers[URI].text = TEXT
    editor.insert(URI, 0, "x")
    await editor.notes(URI, "Very is weak.")


async def test_L2_a_burst_of_changes_is_read_once(connect: Connect) -> None:
    readings = []

    def instant(document: Any, configuration: Any, previous: Any, known: Any) -> Any:
        from harness.scripted import very

        readings.append(document.text.version)
        return very(document, configuration, previous, known)

    editor = (await connect(VSCODE, services(ScriptedDesk(), instant=instant, debounce=0.2))).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.notes(URI, "Very is weak.")
    for _ in range(200):
        editor.insert(URI, 0, "a")
    await editor.until(lambda: editor.versions[URI] == 201)
    assert readings == [1, 201]
