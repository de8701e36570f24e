"""Both editors with the starter model: that the real thing works from end to end, whatever a small model says."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from editors.neovim import Neovim
from editors.picture import draw
from editors.polling import poll
from editors.research import BUILT, SURVEY
from editors.vscode import VSCodeServer, open_window
from editors.writer import PLUGIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editors.conftest import Place
    from editors.window import Window

pytestmark = [pytest.mark.editor, pytest.mark.model]

STUDIES = (4, 31)
"""A place in the sentence of the document that an instant check flags."""

PATIENCE = 240.0
"""Seconds that the starter model may take to test itself and read the document on a slow machine."""


@pytest.fixture(scope="module")
def model_file() -> str:
    """Return the model file that COPYDESK_TEST_MODEL names; skips without one."""
    named = os.environ.get("COPYDESK_TEST_MODEL", "")
    if not Path(named).is_file():
        pytest.skip("COPYDESK_TEST_MODEL does not name a GGUF file")
    return named


@contextmanager
def neovim(program: Path, copydesk: Path, place: Place, model_file: str) -> Iterator[Neovim]:
    """Start Neovim with the embedded engine."""
    init = f"""
      vim.g.copydesk_cmd = [[{copydesk}]]
      vim.lsp.config("copydesk", {{ settings = {{ copydesk = {{
        engine = {{ kind = "embedded", model_path = [[{model_file}]] }},
        critique = {{ unproven = true }},
      }} }} }})"""
    with Neovim(program, place.home, init=init, plugin=PLUGIN, environment=place.environment) as editor:
        yield editor


def test_neovim(neovim_program: Path, copydesk: Path, place: Place, model_file: str) -> None:
    """With the embedded engine a critique and a rewrite come to their ends; what they say is up to the model."""
    with neovim(neovim_program, copydesk, place, model_file) as editor:
        editor.open(place.post)
        poll("instant notes", editor.notes)
        editor.go("Studies")
        editor.command("Copydesk critique")
        poll("the end", editor.ended, PATIENCE)
        assert "copydesk: critique: Done" in editor.messages()
        editor.command("Copydesk rewrite")
        poll("the end of a rewrite", lambda: len(editor.ended()) == 2, PATIENCE)


def test_neovim_shows_quotes_without_a_verdict_of_a_model_that_failed_its_test(
    neovim_program: Path, copydesk: Path, mill: Place, model_file: str, screenshots: Path, chromium: str
) -> None:
    """The starter model guesses. What was found is shown for the writer to judge, and can be cited."""
    with neovim(neovim_program, copydesk, mill, model_file) as editor:
        editor.open(mill.post)
        editor.wait_attached()
        editor.go("was built")
        editor.command("Copydesk research")
        poll("the end", editor.ended, PATIENCE)
        (note,) = editor.wait_codes("CD902")
        assert note.words == BUILT
        assert "too small to judge" in note.message
        assert f"nearest: “{BUILT}” ({SURVEY})." in note.message
        editor.wait_screen("(CD902)")
        draw(editor.screen(colours=True), screenshots / "neovim-research-too-small.png", chromium)
        shown = editor.hover()
        assert f"Found, not judged: “{BUILT}”" in shown
        assert "no model judged it" in shown
        assert f"Cite: {SURVEY}" in editor.actions()


def test_vscode(
    vscode_server: Path,
    extensions: Path,
    chromium: str,
    copydesk: Path,
    place: Place,
    model_file: str,
    screenshots: Path,
) -> None:
    """With the embedded engine a critique and a rewrite come to their ends; what they say is up to the model."""
    settings = {
        "copydesk.command": str(copydesk),
        "copydesk.engine.kind": "embedded",
        "copydesk.engine.model_path": model_file,
        "copydesk.critique.unproven": True,
    }

    def outcome(window: Window, command: str) -> bool:
        return f"copydesk: {command}: " in window.page.locator(".statusbar").inner_text()

    with (
        VSCodeServer(vscode_server, place.home, extensions, settings, place.environment) as server,
        open_window(server, place.project, chromium, screenshots / "failure-real-model.png") as window,
    ):
        window.open("kiln.md")
        poll("instant notes", window.problems)
        window.palette("copydesk: Critique Document")
        poll("the end", lambda: outcome(window, "critique"), PATIENCE)
        window.picture(screenshots / "vscode-real-model.png")
        expect(window.page.locator(".statusbar")).to_contain_text("copydesk: critique: Done")
        window.fix("Rewrite:", *STUDIES)
        poll("the end of a rewrite", lambda: outcome(window, "rewrite"), PATIENCE)
