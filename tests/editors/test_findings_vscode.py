"""What VS Code shows beside the text: who answers, the jobs, the findings by section, the reports, the first steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from editors.conftest import EVEREST, WALL
from editors.polling import SECONDS, poll
from editors.window import position

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from editors.conftest import Place
    from editors.scripted_model import ScriptedModel
    from editors.window import Window

pytestmark = pytest.mark.editor

CRITIQUE = "copydesk: Critique Document"
BETTER = "Mount Everest is a very high mountain."


def status(window: Window) -> Locator:
    """Return the item of the status bar."""
    return window.page.locator('.statusbar-item[id$="copydesk.status"]')


def rows(window: Window) -> Locator:
    """Return the rows of the findings."""
    return window.page.locator(
        ".tree-explorer-viewlet-tree-view .monaco-list-row, .pane-body .customview-tree .monaco-list-row"
    )


def show_findings(window: Window) -> None:
    """Open the view with the findings."""
    window.page.locator('.activitybar [aria-label^="copydesk"]').first.click()
    window.page.locator(".pane-header", has_text="Findings").or_(
        window.page.locator(".composite.title", has_text="Findings")
    ).first.wait_for()


def row(window: Window, words: str) -> Locator:
    """Return the row with some words."""
    return rows(window).filter(has_text=words).first


def press(found: Locator, button: str) -> None:
    """Press a button of a row."""
    found.hover()
    found.locator(f'.actions [aria-label^="{button}"]').first.click()


def picked(window: Window) -> Locator:
    """Return the rows of a quick pick."""
    return window.page.locator(".quick-input-widget .monaco-list-row")


def test_findings_by_section_are_rewritten_accepted_dismissed_and_lead_to_the_text(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """The view lists what the text shows; its buttons do what quick fixes do."""
    original = place.post.read_text("utf-8")
    model.rewrites["Mount Everest is"] = BETTER
    with window_on(place, copydesk, model.url, **{"copydesk.keyBindings": True}) as window:
        window.open("kiln.md")
        window.wait_codes("CD102")
        window.go(1, 1)
        window.page.keyboard.press("Control+KeyK")
        window.page.keyboard.press("Alt+KeyC")
        window.wait_codes("CD102", "CD103", "CD103")
        show_findings(window)
        expect(rows(window)).to_have_count(6)
        window.picture(screenshots / "vscode-findings.png")
        press(row(window, EVEREST), "Rewrite")
        ready = row(window, f"rewrite ready: {BETTER}")
        ready.wait_for()
        ready.hover()
        window.picture(screenshots / "vscode-findings-rewrite.png")
        press(ready, "Accept Rewrite")
        poll("the rewrite", lambda: BETTER in window.text())
        expect(rows(window)).to_have_count(4)
        row(window, WALL).click()
        line, _ = position(original, "Napoleon.")
        expect(window.page.locator(".statusbar")).to_contain_text(f"Ln {line}, Col 10 (46 selected)")
        press(row(window, "Studies show"), "Dismiss")
        expect(rows(window)).to_have_count(2)
    assert "CD102" in (place.project / ".copydesk" / "dismissed.jsonl").read_text("utf-8")


def test_the_status_bar_names_the_model_and_its_place_and_lists_jobs_to_cancel(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """Nothing is asked before it is needed or looked at; a job is cancelled from the list."""
    model.hold(EVEREST)
    with window_on(place, copydesk, model.url) as window:
        window.open("kiln.md")
        window.wait_codes("CD102")
        expect(status(window)).to_have_text("copydesk")
        assert model.calls == 0
        status(window).click()
        expect(picked(window).filter(has_text=f"Ollama at {model.url}, on this machine")).to_have_count(1)
        window.page.keyboard.press("Escape")
        expect(status(window)).to_have_text("copydesk: llama3.1:8b, local")
        assert model.calls == 0, "a look at the engine asked the model"
        window.palette(CRITIQUE)
        model.wait_held(EVEREST)
        expect(status(window)).to_have_text(re.compile(r"copydesk: critique"))
        status(window).click()
        expect(picked(window).first).to_contain_text("Cancel critique of kiln.md")
        window.picture(screenshots / "vscode-jobs.png")
        picked(window).first.click()
        model.wait_hung_up()
        expect(status(window)).to_have_text("copydesk: llama3.1:8b, local")
        status(window).click()
        expect(picked(window).first).to_contain_text("Nothing is running")
        expect(picked(window).filter(has_text=f"Ollama at {model.url}, on this machine")).to_have_count(1)
        window.picture(screenshots / "vscode-status.png")


def test_doctor_and_ledger_are_documents_to_read(
    window_on: Any, copydesk: Path, place: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """The doctor looks with the settings of this editor; the ledger names the engine that it asked."""
    with window_on(place, copydesk, model.url) as window:
        window.open("kiln.md")
        window.wait_codes("CD102")
        window.palette("copydesk: Doctor")
        window.page.locator(".tab", has_text="copydesk: Doctor").wait_for()
        poll("the report", lambda: f"answers at {model.url}" in window.text())
        window.picture(screenshots / "vscode-doctor.png")
        window.palette("copydesk: Show What Left My Machine")
        window.page.locator(".tab", has_text="What left my machine").wait_for()
        poll("the ledger", lambda: "Nothing has left this machine" in window.text())
        window.picture(screenshots / "vscode-ledger.png")


def test_the_first_steps_begin_with_what_is_missing(
    window_on: Any, copydesk: Path, place: Place, screenshots: Path
) -> None:
    """Without the program they begin with its installation; with it, the example opens as a copy."""
    with window_on(place, copydesk) as window:
        window.open("kiln.md")
        window.wait_lens()
        window.palette("copydesk: Get Started")
        steps = window.page.locator(".getting-started-step")
        expect(steps).to_have_count(4, timeout=SECONDS * 1000)
        expect(steps.filter(has_text="Get an engine")).to_be_visible()
        window.picture(screenshots / "vscode-walkthrough.png")
        step = steps.filter(has_text="Have a document read")
        step.click()
        step.get_by_text("Open Example").click()
        window.page.locator(".tab", has_text="Untitled-1").wait_for()
        poll("the example", lambda: "bakery" in window.text())
        window.wait_lens()
