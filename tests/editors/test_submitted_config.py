"""Neovim with the file that is sent to nvim-lspconfig alone, and its own handlers."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from editors.conftest import ROOT, Place
from editors.neovim import Neovim
from editors.polling import poll

if TYPE_CHECKING:
    from pathlib import Path

    from editors.scripted_model import ScriptedModel

pytestmark = pytest.mark.editor

STUDIES = "Studies show that small kilns save money."
INIT = """
vim.env.PATH = [[{folder}]] .. ":" .. vim.env.PATH
vim.lsp.config("copydesk", {{ settings = {{ copydesk = {{ engine = {{ kind = "ollama", host = "{host}" }} }} }} }})
vim.lsp.enable("copydesk")
"""


def test_notes_appear_and_a_rewrite_is_applied(
    neovim_program: Path, copydesk: Path, place: Place, model: ScriptedModel, tmp_path: Path
) -> None:
    """Nothing of the plugin is needed for notes, edits, and having the model read."""
    collection = tmp_path / "collection"
    (collection / "lsp").mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "submissions" / "lspconfig" / "copydesk.lua", collection / "lsp")
    original = place.post.read_text("utf-8")
    model.rewrites[STUDIES] = "We think that small kilns save money."
    init = INIT.format(folder=copydesk.parent, host=model.url)
    with Neovim(
        neovim_program, place.home, init=init, plugin=collection, environment=place.environment, size=(200, 30)
    ) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        editor.go("Studies")
        editor.take("Rewrite:")
        editor.take("Accept rewrite:")
        poll("the edit", lambda: editor.text() != original)
        assert editor.text() == original.replace(STUDIES, "We think that small kilns save money.")
        editor.command("undo")
        assert editor.text() == original
        editor.go("Good clay")
        editor.take("Critique this document")
        poll("the model's notes", lambda: [note.code for note in editor.notes()].count("CD103") == 2)
