"""Emacs with eglot and the lines of docs/editors.md: an editor for which nothing was written."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from editors.conftest import ROOT, Place
from editors.drafting import HEADING, canal, drafts
from editors.emacs import Emacs
from editors.polling import poll
from editors.research import BUILT, SURVEY, is_cited, taught

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from editors.scripted_model import ScriptedModel

pytestmark = pytest.mark.editor

INIT = """
(add-to-list 'auto-mode-alist '("\\\\.md\\\\'" . text-mode))
(require 'eglot)
(add-to-list 'eglot-server-programs '((markdown-mode text-mode) . ("{command}" "serve")))
(setq-default eglot-workspace-configuration
  '(:copydesk (:engine (:kind "ollama" :host "{host}") :critique (:max_per_1000_words 1000))))
{commands}
(add-hook 'text-mode-hook #'eglot-ensure)
(setq native-comp-deferred-compilation nil make-backup-files nil auto-save-default nil)
"""
EDITORS = (ROOT / "docs" / "editors.md").read_text("utf-8")
COMMANDS = EDITORS[EDITORS.index("(defun copydesk-do") :].partition("```")[0]
STUDIES = "Studies show that small kilns save money."


@contextmanager
def emacs(copydesk: Path, place: Place, model: ScriptedModel) -> Iterator[Emacs]:
    """Start Emacs with the lines of the page; skips without it."""
    if shutil.which("emacs") is None:
        pytest.skip("emacs missing: run `make editors-setup`")
    init = INIT.format(command=copydesk, host=model.url, commands=COMMANDS)
    with Emacs(place.home, init=init, document=place.post, environment=place.environment) as editor:
        poll("the server", lambda: editor.ask("(if (eglot-current-server) t :false)"))
        yield editor


def test_notes_appear_and_a_rewrite_is_applied(copydesk: Path, place: Place, model: ScriptedModel) -> None:
    """Notes, code actions and the edit go through eglot alone."""
    original = place.post.read_text("utf-8")
    model.rewrites[STUDIES] = "We think that small kilns save money."
    with emacs(copydesk, place, model) as editor:
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


def test_a_claim_is_researched_and_cited(copydesk: Path, mill: Place, model: ScriptedModel) -> None:
    """By a command of the page, and then by what eglot offers."""
    taught(model)
    original = mill.post.read_text("utf-8")
    with emacs(copydesk, mill, model) as editor:
        editor.go(BUILT)
        editor.run("copydesk-research")
        poll("the verdict", lambda: f"Supported: “{BUILT}” ({SURVEY})." in " ".join(editor.notes()))
        editor.take(f"Cite: {SURVEY}", BUILT)
        poll("the citation", lambda: is_cited(editor.text(), original))
        editor.take("Research the sentence here", "61 metres")
        poll("the other verdict", lambda: any("17 metres" in note for note in editor.notes()))
        assert "Server reports" not in editor.said()


def test_a_section_is_drafted_accepted_and_undone(copydesk: Path, tmp_path: Path, model: ScriptedModel) -> None:
    """From its heading; an answer that eglot waits for is not one that a draft waits for."""
    place = canal(tmp_path)
    drafts(model)
    original = place.post.read_text("utf-8")
    with emacs(copydesk, place, model) as editor:
        editor.take("Draft this section", HEADING)
        poll("the draft", lambda: any("draft" in note.lower() for note in editor.notes()))
        assert editor.text() == original
        editor.take("Accept the draft", HEADING)
        poll("the draft in the text", lambda: "83 locks" in editor.text())
        poll("the note to go", lambda: not editor.notes())
        assert "Server reports" not in editor.said()
        editor.ask("(progn (undo-boundary) (undo) t)")
        assert editor.text() == original


def test_R75_a_draft_is_discarded_once_the_writer_has_said_so_again(
    copydesk: Path, tmp_path: Path, model: ScriptedModel
) -> None:
    """eglot asks for the server, in its own time; what it offers by default leaves the draft."""
    place = canal(tmp_path)
    drafts(model)
    with emacs(copydesk, place, model) as editor:
        editor.take("Draft this section", HEADING)
        poll("the draft", lambda: any("draft" in note.lower() for note in editor.notes()))
        for answer in ("(nth 3 more)", '"Discard"'):
            choose = f"(lambda (question &rest more) (push question writer-asked) {answer})"
            editor.ask(f"(progn (setq writer-asked nil) (advice-add 'completing-read :override {choose}) t)")
            assert editor.notes()
            editor.take("Discard the draft", HEADING)
            poll("the question", lambda: any("Discard the draft for good?" in one for one in editor.asked()))
            editor.ask(f"(progn (advice-remove 'completing-read {choose}) t)")
        poll("the note to go", lambda: not editor.notes())
