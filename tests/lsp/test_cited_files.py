"""Citations of files in the project, checked in the editor as they are written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from copydesk.cli.serve import CitedSources
from copydesk.core.instant import InstantReading, instant
from copydesk.settings import load
from harness.scripted import ScriptedDesk, configure, services

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Connect
    from copydesk.core.citations.known import KnownSources
    from copydesk.core.document import Document
    from copydesk.lsp.ports import ClientSettings, Configuration
    from harness.editor import Editor, Personality

PLAQUE = "# Plaque\n\nThe Lund canal was opened in 1912 by the town council.\n"
WRONG = "“The Lund canal was opened in 1914 by the town council.”"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    root = tmp_path / "work"
    (root / "sources").mkdir(parents=True)
    (root / "copydesk.toml").write_text('[search]\nlibrary = ["sources"]\n')
    (root / "sources" / "plaque.md").write_text(PLAQUE, "utf-8")
    return root


async def opened(connect: Connect, personality: Personality, project: Path, text: str) -> tuple[Editor, str]:
    def configured(client: ClientSettings) -> Configuration:
        return replace(configure(client), root=project, values=load(project)[0])

    def checked(read: Document, _: Configuration, before: InstantReading | None, known: KnownSources) -> InstantReading:
        return instant(read, previous=before, known_sources=known)

    made = services(ScriptedDesk(), configure=configured, sources=CitedSources(), instant=checked)
    editor = (await connect(personality, made)).editor
    await editor.initialize()
    uri = (project / "post.md").as_uri()
    editor.open(uri, text)
    return editor, uri


async def noted(editor: Editor, uri: str, *codes: str) -> None:
    await editor.until(lambda: [note["code"] for note in editor.diagnostics.get(uri, [])] == list(codes))


async def test_a_quote_of_a_cited_file_is_checked_while_it_is_written(
    connect: Connect, personality: Personality, project: Path
) -> None:
    editor, uri = await opened(connect, personality, project, "It is old.\n")
    editor.insert(uri, len("It is old."), "[^p]")
    editor.insert(uri, len("It is old.[^p]\n"), f"\n[^p]: {WRONG} [Plaque](sources/plaque.md)\n")
    await noted(editor, uri, "CD602")
    at = editor.buffers[uri].text.index("1914")
    editor.replace(uri, at, at + 4, "1912")
    await noted(editor, uri)


async def test_a_cited_file_that_was_changed_is_read_again_when_something_is_saved(
    connect: Connect, personality: Personality, project: Path
) -> None:
    text = f"It is old.[^p]\n\n[^p]: {WRONG} [Plaque](sources/plaque.md)\n"
    editor, uri = await opened(connect, personality, project, text)
    await noted(editor, uri, "CD602")
    (project / "sources" / "plaque.md").write_text(f"{PLAQUE}\n".replace("1912", "1914"), "utf-8")
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    await noted(editor, uri)
