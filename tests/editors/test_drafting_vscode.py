"""A section drafted in a real VS Code: the preview, the comparison, acceptance whole and by paragraph, cancelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from editors.drafting import FIRST, HEADING, SECOND, canal, drafts
from editors.polling import poll
from harness.draft_models import POST

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from editors.scripted_model import ScriptedModel
    from editors.window import Window

pytestmark = pytest.mark.editor

DRAFT, PROGRESS = "copydesk: Draft Section", "copydesk: draft"
PREVIEW, COMPARED = "Draft of canal.md", "The Lund canal: section ↔ draft"
OPENED, LOCKS = "Boats have used the Lund canal since 1825.", "Between lake and river the boats pass 83 locks."
SPADES = "Men dug it with spades, and needed eight years for that."
LINE = POST.splitlines().index(HEADING) + 1


def tab(window: Window, name: str) -> Locator:
    """Return the tab with a name."""
    return window.page.locator(".tabs-container .tab").filter(has_text=name)


def seen(window: Window) -> str:
    """Return all that the editors draw."""
    words = window.page.locator(".editor-instance .view-lines").all_inner_texts()
    return re.sub(r"\s+", " ", " ".join(words).replace("\u00a0", " "))


def wait_seen(window: Window, words: str) -> None:
    """Wait until an editor draws these words."""
    poll(f"{words!r} in an editor", lambda: words in seen(window))


def press(window: Window, button: str) -> None:
    """Press a button above the active editor."""
    window.page.locator(f'.editor-group-container.active .editor-actions [aria-label^="{button}"]').first.click()


def choose(window: Window, words: str) -> None:
    """Tick the row of a quick pick that begins so, as with a mouse."""
    row = window.page.locator(".quick-input-widget .monaco-list-row").filter(has_text=words).first
    row.locator(".monaco-checkbox, .quick-input-list-checkbox").first.click()


def start(window: Window) -> None:
    """Draft the section under the heading."""
    window.open("canal.md")
    window.go(LINE, 5)
    window.palette(DRAFT)


def wait_codes(window: Window, *codes: str) -> None:
    """Wait until exactly these notes are listed; rows without a code are the sources of one."""
    poll(f"notes {codes}", lambda: [one.code for one in window.problems() if one.code] == list(codes))


def saved(window: Window, post: Path) -> str:
    """Save the document and return its file's text."""
    window.save()
    return post.read_text("utf-8")


def test_a_writer_watches_compares_and_accepts(
    window_on: Any, copydesk: Path, tmp_path: Path, model: ScriptedModel, screenshots: Path
) -> None:
    """The preview fills beside the text; one paragraph is accepted, then the rest; each is one undo."""
    place = canal(tmp_path)
    drafts(model)
    model.hold(SECOND)
    with window_on(place, copydesk, model.url) as window:
        start(window)
        wait_seen(window, OPENED)
        assert SPADES not in seen(window)
        expect(window.page.locator(".statusbar")).to_contain_text("Draft, round 1: writer writing, 2 sources, 17 words")
        expect(window.page.locator(".tabs-container .tab.active", has_text="canal.md")).to_have_count(2)
        assert window.text().startswith("# Canals"), "the preview took the cursor"
        window.picture(screenshots / "vscode-draft-preview.png")
        model.release(SECOND)
        wait_seen(window, SPADES)
        wait_codes(window, "CD701")
        window.wait_no_toast(PROGRESS)
        expect(window.page.locator(".statusbar")).not_to_contain_text("round 1")

        window.fix("Show the draft beside the section", LINE, 5)
        tab(window, COMPARED).wait_for()
        window.picture(screenshots / "vscode-draft-compared.png")
        expect(tab(window, PREVIEW)).to_have_count(0)
        press(window, "Accept Paragraphs of Draft")
        choose(window, "Men dug it")
        window.picture(screenshots / "vscode-draft-paragraphs.png")
        window.page.keyboard.press("Enter")
        poll("the paragraph on both sides", lambda: seen(window).count(SPADES) >= 2)
        window.picture(screenshots / "vscode-draft-one-accepted.png")
        assert seen(window).count(OPENED) == 1
        press(window, "Accept Draft")
        expect(tab(window, COMPARED)).to_have_count(0)
        wait_codes(window)
        whole = saved(window, place.post)
        assert whole.index(HEADING) < whole.index(OPENED) < whole.index(SPADES) < whole.index("## Afterwards")
        window.undo()
        half = saved(window, place.post)
        assert OPENED not in half and SPADES in half
        window.undo()
        assert saved(window, place.post) == POST


def test_cancelling_keeps_what_is_finished_and_a_closed_preview_stays_closed(
    window_on: Any, copydesk: Path, tmp_path: Path, model: ScriptedModel
) -> None:
    """What was written is offered, its sources are shown, and it can be thrown away."""
    place = canal(tmp_path)
    drafts(model)
    model.hold(FIRST, SECOND)
    with window_on(place, copydesk, model.url) as window:
        start(window)
        model.wait_held(FIRST)
        tab(window, PREVIEW).wait_for()
        tab(window, PREVIEW).click(button="middle")
        expect(tab(window, PREVIEW)).to_have_count(0)
        model.release(FIRST)
        model.wait_held(SECOND)
        expect(window.page.locator(".statusbar")).to_contain_text("17 words")
        expect(tab(window, PREVIEW)).to_have_count(0)
        window.press(PROGRESS, "Cancel")
        wait_codes(window, "CD701")
        assert saved(window, place.post) == POST

        window.fix("Show the draft beside the section", LINE, 5)
        tab(window, COMPARED).wait_for()
        press(window, "Show Sources of Draft")
        rows = window.page.locator(".quick-input-widget .monaco-list-row")
        expect(rows).to_have_count(2)
        expect(rows.first).to_contain_text("Annals of Lund")
        rows.first.click()
        tab(window, "annals.md").wait_for()
        tab(window, COMPARED).click()
        press(window, "Discard Draft")
        window.press("Discard the draft for good?", "Keep")
        expect(tab(window, COMPARED)).to_have_count(1)
        press(window, "Discard Draft")
        window.press("Discard the draft for good?", "Discard")
        expect(tab(window, COMPARED)).to_have_count(0)
        wait_codes(window)
    assert place.post.read_bytes() == POST.encode()


def test_a_draft_of_a_section_that_changed_stands_by_itself(
    window_on: Any, copydesk: Path, tmp_path: Path, model: ScriptedModel
) -> None:
    """It is never put over what the writer wrote meanwhile; it can be copied from."""
    place = canal(tmp_path)
    drafts(model)
    with window_on(place, copydesk, model.url) as window:
        start(window)
        wait_codes(window, "CD701")
        window.go(LINE + 1, 1)
        window.page.keyboard.type("My own words.")
        wait_seen(window, "My own words.")
        mine = saved(window, place.post)
        window.fix("Show the draft beside the section", LINE, 5)
        tab(window, "Untitled-1").wait_for()
        window.wait_toast("The section changed since the draft was made")
        wait_seen(window, SPADES)
        expect(tab(window, COMPARED)).to_have_count(0)
    assert place.post.read_text("utf-8") == mine
