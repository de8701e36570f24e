"""A real VS Code when things go wrong: engine or daemon die, the writer types on, notes are hostile, all is missing."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from editors.conftest import DOCUMENT, EVEREST, WALL, Place
from editors.listener import listening
from editors.polling import SECONDS, poll
from editors.window import position

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from editors.scripted_model import ScriptedModel
    from editors.window import Window

pytestmark = pytest.mark.editor

CRITIQUE = "copydesk: Critique Document"
PROGRESS = "copydesk: critique"
TEXT = DOCUMENT.read_text("utf-8")
BETTER = "Mount Everest is a very high mountain."


def status(window: Window) -> Locator:
    """Return the item of the status bar."""
    return window.page.locator('.statusbar-item[id$="copydesk.status"]')


def wait_ready(window: Window) -> None:
    """Wait until the daemon answers and runs no job."""
    status(window).locator(".codicon-edit").wait_for(timeout=SECONDS * 1000)


def script(path: Path, *lines: str) -> Path:
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), "utf-8")
    path.chmod(0o755)
    return path


def daemon(place: Place, copydesk: Path) -> tuple[Path, Path]:
    """Return a program that runs the daemon, and the file with a line for each start: the process's number."""
    started = place.home / "started"
    return script(place.home / "daemon", f"echo $$ >> '{started}'", f"exec '{copydesk}' \"$@\""), started


def kill_newest(started: Path, number: int) -> None:
    """Kill the daemon that was started as this one, counted from 1."""

    def process() -> str:
        lines = started.read_text("utf-8").split()
        return lines[number - 1] if len(lines) >= number else ""

    os.kill(int(poll(f"start {number}", process)), signal.SIGKILL)


def test_a_killed_engine_is_said_and_asked_again_once_it_is_back(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """What was found before stays; the status bar says that nobody answers, and the next command works."""
    model.hold(WALL)
    with window_on(place, copydesk, model.url) as window:
        window.open("kiln.md")
        window.palette(CRITIQUE)
        window.wait_codes("CD102", "CD103")
        model.wait_held(WALL)
        model.die()
        window.wait_no_toast(PROGRESS)
        expect(status(window)).to_have_text("copydesk: no engine", timeout=SECONDS * 1000)
        window.picture(screenshots / "vscode-no-engine.png")
        window.wait_codes("CD102", "CD103")
        assert place.post.read_text("utf-8") == TEXT

        model.come_back()
        window.palette(CRITIQUE)
        window.wait_codes("CD102", "CD103", "CD103")
        expect(status(window)).to_have_text("copydesk: llama3.1:8b, local")


def test_a_killed_daemon_is_started_again_and_serves_the_document_as_it_is(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """In the middle of a job, with text that was not saved; what was dismissed stays dismissed."""
    model.hold(EVEREST)
    program, started = daemon(place, copydesk)
    line, column = position(TEXT, "Studies show")
    with window_on(place, program, model.url) as window:
        window.open("kiln.md")
        window.wait_codes("CD102")
        window.fix("Dismiss this note", line, column + 2)
        window.wait_codes()
        window.go(1, 1)
        window.page.keyboard.type("Unsaved. ")
        window.palette(CRITIQUE)
        model.wait_held(EVEREST)
        kill_newest(started, 1)
        window.wait_toast("copydesk ended by itself and is started again")
        window.wait_no_toast(PROGRESS)
        model.release_all()
        poll("another daemon", lambda: len(started.read_text("utf-8").split()) == 2)
        wait_ready(window)
        window.palette(CRITIQUE)
        window.wait_codes("CD103", "CD103")
        assert window.text().startswith("Unsaved. # A kiln")


def test_R62_a_daemon_that_dies_again_and_again_stays_off_and_says_so(
    window_on: Any, copydesk: Path, place: Place, screenshots: Path
) -> None:
    """The message has a button to start it once more."""
    program, started = daemon(place, copydesk)
    with window_on(place, program) as window:
        window.open("kiln.md")
        for number in range(1, 6):
            wait_ready(window)
            kill_newest(started, number)
            expect(status(window).locator(".codicon-edit")).to_have_count(0, timeout=SECONDS * 1000)
        toast = window.wait_toast(
            "copydesk ended 5 times within 3 minutes, so it stays off. What it said last is in its log."
        )
        expect(toast.locator(".monaco-button", has_text="Show Log")).to_have_count(1)
        expect(status(window)).to_have_text("copydesk: not running")
        window.picture(screenshots / "vscode-stays-off.png")
        window.press("copydesk ended 5 times", "Restart")
        window.wait_codes("CD102")
        expect(status(window)).to_have_text("copydesk")


def test_a_program_that_does_not_serve_is_said_once_in_plain_words(window_on: Any, place: Place) -> None:
    """It is not tried again and again; the log has what it said."""
    started = place.home / "started"
    program = script(place.home / "daemon", f"echo $$ >> '{started}'", "echo 'no such module' >&2", "exit 1")
    with window_on(place, program) as window:
        window.open("kiln.md")
        window.wait_toast("copydesk could not be started. Its log says why.")
        expect(status(window)).to_have_text("copydesk: not running")
        expect(window.page.locator(".notifications-toasts .notification-list-item")).to_have_count(1)
        window.press("copydesk could not be started", "Show Log")
        window.page.locator(".output-view-container, .output-view").first.wait_for()
        channel = window.page.locator(".part.panel select").first
        assert channel.evaluate("box => box.selectedOptions[0].text") == "copydesk"
    assert len(started.read_text("utf-8").split()) == 1


def test_typing_while_a_rewrite_is_written_loses_nothing(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """What is typed above moves the rewrite's place; one undo takes the rewrite back and nothing else."""
    model.rewrites["Mount Everest is"] = BETTER
    line, column = position(TEXT, EVEREST)
    with window_on(place, copydesk, model.url) as window:
        window.open("kiln.md")
        window.palette(CRITIQUE)
        window.wait_codes("CD102", "CD103", "CD103")
        model.hold(EVEREST)
        window.fix("Rewrite:", line, column + 2)
        model.wait_held(EVEREST)
        window.go(1, 1)
        window.page.keyboard.type("A line on top.\n\n")
        poll("the line", lambda: window.text().startswith("A line on top."))
        model.release(EVEREST)
        window.fix("Accept rewrite:", line + 2, column + 2)
        poll("the rewrite", lambda: BETTER in window.text())
        window.save()
        moved = f"A line on top.\n\n{TEXT}"
        assert place.post.read_text("utf-8") == moved.replace(EVEREST, BETTER)
        window.undo()
        window.save()
        assert place.post.read_text("utf-8") == moved


def test_typing_into_the_sentence_ends_its_rewrite(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """The sentence is the writer's again; the rewrite of its old words is put nowhere."""
    model.rewrites["Mount Everest is"] = BETTER
    line, column = position(TEXT, EVEREST)
    with window_on(place, copydesk, model.url) as window:
        window.open("kiln.md")
        window.palette(CRITIQUE)
        window.wait_codes("CD102", "CD103", "CD103")
        model.hold(EVEREST)
        window.fix("Rewrite:", line, column + 2)
        model.wait_held(EVEREST)
        window.go(line, column + len("Mount Everest"))
        window.page.keyboard.type(", they say,")
        window.wait_codes("CD102", "CD103")
        model.release(EVEREST)
        window.wait_no_toast("copydesk: rewrite")
        window.save()
        mine = TEXT.replace("Mount Everest is", "Mount Everest, they say, is")
        assert place.post.read_text("utf-8") == mine


def test_R28_what_a_note_and_its_name_say_is_not_run_loaded_or_linked(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """Hostile headings and names of files stay words: among the findings, in the list of jobs, in notifications."""
    with listening() as listener:
        marks = (
            f"![p]({listener.url}/p) [go](command:workbench.action.reloadWindow) <img src='{listener.url}/i'> $(bug)"
        )
        name = "[go](command:workbench.action.reloadWindow) $(bug).md"
        post = place.project / name
        said = "Studies show that `[go](command:workbench.action.reloadWindow)` $(bug) saves money."
        post.write_text(f"# {marks}\n\n{EVEREST} {said}\n", "utf-8")
        model.hold(EVEREST)
        with window_on(place, copydesk, model.url) as window:
            asked: list[str] = []
            window.page.on("request", lambda request: asked.append(request.url))
            window.open(name)
            window.wait_codes("CD102")
            window.palette(CRITIQUE)
            model.wait_held(EVEREST)
            status(window).click()
            job = window.page.locator(".quick-input-widget .monaco-list-row").first
            expect(job).to_contain_text("Cancel critique of [go] (command:workbench.action.reloadWindow) $ (bug).md")
            window.picture(screenshots / "vscode-hostile-jobs.png")
            window.page.keyboard.press("Escape")
            model.release_all()
            window.wait_codes("CD103", "CD102")
            window.page.locator('.activitybar [aria-label^="copydesk"]').first.click()
            rows = window.page.locator(".customview-tree .monaco-list-row")
            expect(rows.first).to_have_text("go $(bug)2")
            expect(rows.nth(2)).to_contain_text("[go](command:workbench.action.reloadWindow)")
            rows.nth(2).hover()
            window.page.locator(".monaco-hover, .workbench-hover").filter(has_text="names no one").first.wait_for()
            window.picture(screenshots / "vscode-hostile-findings.png")
            line, column = position(post.read_text("utf-8"), "Studies show")
            window.fix("Why this note?", line, column)
            window.wait_toast("CD102:")
            places = ".notifications-toasts, .customview-tree, .workbench-hover, .statusbar, .markers-panel"
            expect(
                window.page.locator(places).locator("a[href*='command:work'], a[data-href*='command:work'], img")
            ).to_have_count(0)
            assert not [url for url in asked if url.startswith(listener.url)]
        assert listener.hits == 0


def test_R25_in_a_workspace_that_is_not_trusted_nothing_is_started_or_installed(
    window_on: Any, copydesk: Path, place: Place, screenshots: Path
) -> None:
    """Not even when its commands are run."""
    program, started = daemon(place, copydesk)
    script(place.home / "bin" / "python3", f"echo python >> '{started}'")
    trust = {"security.workspace.trust.enabled": True, "security.workspace.trust.startupPrompt": "never"}
    with window_on(place, program, path=place.home / "bin", **trust) as window:
        window.open("kiln.md")
        window.palette("copydesk: Doctor")
        window.wait_toast("copydesk is not running. It starts once you trust the workspace.")
        window.palette("copydesk: Install into a Private Environment")
        window.wait_toast("copydesk starts nothing until you trust the workspace.")
        window.palette("copydesk: Restart")
        expect(status(window).locator(".codicon-shield")).to_be_visible()
        window.picture(screenshots / "vscode-restricted.png")
        assert not started.exists()


def test_the_program_is_installed_once_the_writer_agrees_and_run_isolated(
    window_on: Any, copydesk: Path, place: Place, screenshots: Path
) -> None:
    """A Python that only pretends is told what to do, step by step; then its environment's own one is started."""
    log, environment = place.home / "steps", {"PYTHONPATH": str(place.project)}
    own = (
        f'echo "own $*" >> "{log}"',
        f'case "$*" in *serve) echo "at $PWD, PYTHONPATH=$PYTHONPATH" >> "{log}"; exec "{copydesk}" serve;; esac',
    )
    quoted = "\\n".join(("#!/bin/sh", *own)).replace("'", "'\\''")
    script(
        place.home / "bin" / "python3",
        f'echo "python3 $*" >> "{log}"',
        'case "$*" in *version_info*) echo 3 13;; esac',
        f'case "$*" in *venv*) mkdir -p "$4/bin"; printf \'{quoted}\\n\' > "$4/bin/python"; '
        'chmod 755 "$4/bin/python";; esac',
    )
    with window_on(place, "copydesk", path=place.home / "bin", environment=environment) as window:
        window.open("kiln.md")
        window.wait_toast("The program copydesk was not found")
        window.picture(screenshots / "vscode-missing-offer.png")
        assert not log.exists(), "something was run before the writer agreed"
        window.press("The program copydesk was not found", "Install into a Private Environment")
        dialog = window.page.locator(".monaco-dialog-box")
        dialog.wait_for()
        window.picture(screenshots / "vscode-install.png")
        assert not log.exists(), "something was run before the writer agreed"
        dialog.locator(".monaco-button", has_text="Install").first.click()
        window.wait_codes("CD102")
        expect(status(window)).to_have_text("copydesk")
    steps = log.read_text("utf-8").splitlines()
    assert [step.split(" /")[0] for step in steps[1:2]] == ["python3 -I -m venv"]
    assert "--require-hashes" in steps[2] and steps[3].endswith("-py3-none-any.whl")
    assert steps[4] == "own -I -m copydesk serve"
    assert steps[5].endswith("copydesk.copydesk, PYTHONPATH="), "not isolated"
    assert str(place.project) not in steps[5]
