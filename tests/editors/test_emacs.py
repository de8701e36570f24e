"""Emacs with eglot and the lines of docs/editors.md: an editor for which nothing was written."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from editors.conftest import ROOT, Place
from editors.emacs import Emacs
from editors.polling import poll

if TYPE_CHECKING:
    from pathlib import Path

    from editors.scripted_model import ScriptedModel

pytestmark = pytest.mark.editor

INIT = """
(add-to-list 'auto-mode-alist '("\\\\.md\\\\'" . text-mode))
(require 'eglot)
(add-to-list 'eglot-server-programs '((markdown-mode text-mode) . ("{command}" "serve")))
(setq-default eglot-workspace-configuration
  '(:copydesk (:engine (:kind "ollama" :host "{host}") :critique (:max_per_1000_words 1000))))
{critique}
(add-hook 'text-mode-hook #'eglot-ensure)
(setq native-comp-deferred-compilation nil make-backup-files nil auto-save-default nil)
"""
EDITORS = (ROOT / "docs" / "editors.md").read_text("utf-8")
CRITIQUE = EDITORS[EDITORS.index("(defun copydesk-critique") :].partition("```")[0]
STUDIES = "Studies show that small kilns save money."


def test_notes_appear_and_a_rewrite_is_applied(copydesk: Path, place: Place, model: ScriptedModel) -> None:
    """Notes, code actions and the edit go through eglot alone."""
    if shutil.which("emacs") is None:
        pytest.skip("emacs missing: run `make editors-setup`")
    original = place.post.read_text("utf-8")
    model.rewrites[STUDIES] = "We think that small kilns save money."
    init = INIT.format(command=copydesk, host=model.url, critique=CRITIQUE)
    with Emacs(place.home, init=init, document=place.post, environment=place.environment) as editor:
        poll("the note", lambda: any("names no one" in note for note in editor.notes()))
        editor.take("Rewrite:", "Studies")
        editor.take("Accept rewrite:", "Studies")
        poll("the edit", lambda: "We think that" in editor.text())
        assert editor.text() == original.replace(STUDIES, "We think that small kilns save money.")
        (question,) = editor.asked()
        assert question.startswith("[eglot] Server wants to edit")
        poll("the note to go", lambda: not editor.notes())
        assert "Server reports" not in editor.said()
        editor.ask("(progn (undo-boundary) (undo) t)")
        assert editor.text() == original
        editor.run("copydesk-critique")
        poll("the model's notes", lambda: sum("seems to contradict" in note for note in editor.notes()) == 2)
