"""A writer's day in a real VS Code: the packaged extension, the daemon as it is shipped, a scripted model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from editors.conftest import DOCUMENT, EVEREST, WALL, Place
from editors.polling import poll
from editors.window import position

if TYPE_CHECKING:
    from pathlib import Path

    from editors.scripted_model import ScriptedModel

pytestmark = pytest.mark.editor

CRITIQUE = "copydesk: Critique Document"
PROGRESS = "copydesk: critique"
TEXT = DOCUMENT.read_text("utf-8")


def at(words: str) -> tuple[int, int]:
    """Return where words of the document begin, from 1, in UTF-16 units."""
    return position(TEXT, words)


def test_a_writer_critiques_rewrites_undoes_and_dismisses(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """Findings come one by one, a rewrite changes one sentence, one undo takes it back, a dismissal stays."""
    original = place.post.read_text("utf-8")
    model.hold(WALL)
    model.rewrites["Mount Everest is"] = "Mount Everest is a very high mountain."
    with window_on(place, copydesk, model.url) as window:
        window.open("kiln.md")
        (note,) = window.wait_codes("CD102")
        assert (note.line, note.column) == at("Studies show")
        assert model.calls == 0, "the model read before it was asked to"

        window.palette(CRITIQUE)
        _, second = window.wait_codes("CD102", "CD103")
        assert (second.line, second.column) == at(EVEREST)
        window.wait_toast(PROGRESS)
        window.picture(screenshots / "vscode-notes.png")
        model.release(WALL)
        window.wait_codes("CD102", "CD103", "CD103")
        window.wait_no_toast(PROGRESS)

        line, column = at(EVEREST)
        window.fix("Rewrite:", line, column + 2)
        window.wait_fix("Accept rewrite: Mount Everest is a very high mountain.", line, column + 2)
        expect(window.page.locator(".statusbar")).to_contain_text("A rewrite is ready")
        window.picture(screenshots / "vscode-actions.png")
        window.fix("Accept rewrite:", line, column + 2)
        window.wait_codes("CD102", "CD103")
        poll("the rewrite", lambda: "Mount Everest is a very high mountain." in window.text())
        assert place.post.read_text("utf-8") == original, "something was saved behind the writer's back"
        window.save()
        changed = original.replace(EVEREST, "Mount Everest is a very high mountain.")
        poll("the file", lambda: place.post.read_bytes() == changed.encode())
        window.undo()
        window.save()
        poll("the file", lambda: place.post.read_bytes() == original.encode())

        line, column = at("Studies show")
        window.fix("Dismiss this note", line, column + 2)
        poll("the note to go", lambda: "CD102" not in [one.code for one in window.problems()])

    calls = model.calls
    with window_on(place, copydesk, model.url) as window:
        window.open("kiln.md")
        window.palette(CRITIQUE)
        window.wait_codes("CD103", "CD103")
        assert model.calls == calls, "an unchanged document cost calls"


def test_cancel_and_restart_in_the_middle_of_a_job(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """The notification's Cancel and the command hang up on the engine; a restart serves the document again."""
    model.hold(EVEREST)
    with window_on(place, copydesk, model.url) as window:
        window.open("kiln.md")
        window.wait_codes("CD102")
        window.palette(CRITIQUE)
        model.wait_held(EVEREST)
        window.picture(screenshots / "vscode-progress.png")
        window.press(PROGRESS, "Cancel")
        model.wait_hung_up(1)
        window.wait_no_toast(PROGRESS)

        window.palette(CRITIQUE)
        window.wait_toast(PROGRESS)
        window.palette("copydesk: Cancel")
        window.wait_no_toast(PROGRESS)

        window.palette(CRITIQUE)
        window.wait_toast(PROGRESS)
        window.palette("copydesk: Restart")
        window.wait_no_toast(PROGRESS)
        window.wait_codes("CD102")
        model.release_all()
        window.palette(CRITIQUE)
        window.wait_codes("CD102", "CD103", "CD103")


def test_settings_of_the_project_hold_where_the_writer_set_none(window_on: Any, copydesk: Path, place: Place) -> None:
    """The defaults in the manifest are not taken for the writer's own choice."""
    (place.project / "copydesk.toml").write_text('[critique]\ndisable = ["CD102"]\n', "utf-8")
    post = place.post.read_text("utf-8")
    place.post.write_text(
        f"{post}\nWe would like to perhaps possibly maybe somewhat consider it in some way.\n", "utf-8"
    )
    with window_on(place, copydesk) as window:
        window.open("kiln.md")
        window.wait_codes("CD402")


def test_a_missing_program_is_said_in_one_sentence(window_on: Any, place: Place, screenshots: Path) -> None:
    """The message says what to do next."""
    with window_on(place, "no-such-program") as window:
        window.open("kiln.md")
        toast = window.wait_toast("The program copydesk was not found")
        expect(toast).to_contain_text("Correct the setting copydesk.command")
        window.picture(screenshots / "vscode-missing.png")
        window.palette(CRITIQUE)
        window.wait_toast("copydesk is not running")


def test_R25_a_workspace_that_is_not_trusted_starts_nothing(window_on: Any, copydesk: Path, place: Place) -> None:
    """Nor may a workspace name the program."""
    started = place.home / "started"
    program = place.project / "evil"
    program.write_text(f"#!/bin/sh\ntouch '{started}'\n", "utf-8")
    program.chmod(0o755)
    (place.project / ".vscode").mkdir()
    (place.project / ".vscode" / "settings.json").write_text(json.dumps({"copydesk.command": str(program)}), "utf-8")
    trust = {"security.workspace.trust.enabled": True, "security.workspace.trust.startupPrompt": "never"}
    with window_on(place, copydesk, **trust) as window:
        window.open("kiln.md")
        window.palette(CRITIQUE)
        window.wait_toast("copydesk is not running")
        assert window.problems() == []
    with window_on(place, copydesk) as window:
        window.open("kiln.md")
        window.wait_codes("CD102")
    assert not started.exists()
