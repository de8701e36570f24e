"""Claims researched in a real VS Code: a verdict with its quote, a citation, a correction, the source itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from editors.listener import listening
from editors.polling import poll
from editors.research import BUILT, MENDED, SAILS, SOLD, SURVEY, TOWER, is_cited, poisoned, taught
from editors.window import position

if TYPE_CHECKING:
    from pathlib import Path

    from editors.conftest import Place
    from editors.scripted_model import ScriptedModel
    from editors.window import Window

pytestmark = pytest.mark.editor

RESEARCH, SECTION = "copydesk: Research Claim", "copydesk: Research Claims in This Section"
DOCUMENT = "copydesk: Research Claims in This Document"
PROGRESS = "copydesk: research"


def research(window: Window, at: tuple[int, int], command: str = RESEARCH) -> None:
    """Research what is at a position, as soon as the server answers."""
    window.wait_lens()
    window.go(*at)
    window.palette(command)


def test_a_claim_is_researched_and_cited_and_one_undo_takes_the_citation_back(
    window_on: Any, copydesk: Path, mill: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """The verdict stands on the sentence with its quote; hover has the source and the day; the citation is one edit."""
    taught(model)
    original = mill.post.read_text("utf-8")
    at = position(original, "was built")
    with window_on(mill, copydesk, model.url) as window:
        window.open("mill.md")
        research(window, at)
        card = window.hover(*at, "judged by")
        expect(card).to_contain_text("CD504")
        for words in (f"Supports: “{BUILT}”", f"{SURVEY} · survey.md · read 20", "judged by llama3.1:8b"):
            expect(card).to_contain_text(words)
        window.picture(screenshots / "vscode-research-hover.png")
        window.page.keyboard.press("Escape")
        window.wait_codes()  # the Problems panel has no hints; to open it closes the hover

        window.fix("Cite: Survey of old mills", *at)
        poll("the citation", lambda: f"{BUILT}[^" in window.text())
        window.picture(screenshots / "vscode-research-citation.png")
        assert mill.post.read_text("utf-8") == original, "something was saved behind the writer's back"
        window.save()
        poll("the file", lambda: is_cited(mill.post.read_text("utf-8"), original))
        window.undo()
        window.save()
        poll("the file", lambda: mill.post.read_bytes() == original.encode())


def test_a_refuted_claim_is_an_error_and_is_corrected_from_the_evidence(
    window_on: Any, copydesk: Path, mill: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """The correction is proposed first, and put in its place when it is accepted."""
    taught(model)
    original = mill.post.read_text("utf-8")
    at = position(original, "61 metres")
    with window_on(mill, copydesk, model.url) as window:
        window.open("mill.md")
        research(window, at)
        (note,) = window.wait_codes("CD501")
        assert "“Its tower is 17 metres high and stands on a mound.” (Survey of old mills)" in note.message
        expect(window.page.locator(".markers-panel .codicon-error").first).to_be_visible()
        window.wait_fix("Correct the sentence", *at)
        window.picture(screenshots / "vscode-research-actions.png")
        window.fix("Correct the sentence from the evidence", *at)
        window.wait_fix("Accept rewrite: Its tower is 17 metres high", *at)
        window.picture(screenshots / "vscode-research-correction.png")
        window.fix("Accept rewrite:", *at)
        window.wait_codes()
        window.save()
        corrected = original.replace(TOWER, MENDED).split()
        poll("the file", lambda: mill.post.read_text("utf-8").split() == corrected)
        window.undo()
        window.save()
        poll("the file", lambda: mill.post.read_bytes() == original.encode())


def test_verdicts_of_a_section_appear_one_by_one_and_stay_when_it_is_cancelled(
    window_on: Any, copydesk: Path, mill: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """Cancel hangs up on the engine; the whole document has its verdicts later."""
    taught(model)
    model.hold("five sails")
    original = mill.post.read_text("utf-8")
    at = position(original, "was built")
    with window_on(mill, copydesk, model.url) as window:
        window.open("mill.md")
        research(window, at, SECTION)
        model.wait_held("five sails")
        (note,) = window.wait_codes("CD501")
        assert (note.line, note.column) == position(original, TOWER)
        window.wait_toast(PROGRESS)
        window.picture(screenshots / "vscode-research-progress.png")
        window.press(PROGRESS, "Cancel")
        model.wait_hung_up()
        window.wait_no_toast(PROGRESS)
        window.wait_codes("CD501")

        model.release_all()
        research(window, at, DOCUMENT)
        sold = window.wait_codes("CD501", "CD505", "CD503", "CD505")[2]
        assert (sold.line, sold.column) == position(original, SOLD)
        window.hover(*position(original, SAILS), "judged by")
        window.page.keyboard.press("Escape")
        window.hover(*position(original, "sold to Anna"), "judged by")
        window.picture(screenshots / "vscode-research-conflict.png")


def test_a_source_opens_at_its_quote(
    window_on: Any, copydesk: Path, mill: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """A text file opens with the quote selected; a page at its top, since its text is not its bytes."""
    taught(model)
    original = mill.post.read_text("utf-8")
    with window_on(mill, copydesk, model.url) as window:
        window.open("mill.md")
        at = position(original, "was built")
        research(window, at)
        window.hover(*at, "judged by")
        window.page.keyboard.press("Escape")
        window.fix("Open the source: Survey of old mills", *at)
        window.wait_tab("survey.md")
        line, column = position((mill.project / "sources" / "survey.md").read_text("utf-8"), BUILT)
        selected = f"Ln {line}, Col {column + len(BUILT)} ({len(BUILT)} selected)"
        expect(window.page.locator(".statusbar")).to_contain_text(selected)
        window.picture(screenshots / "vscode-research-source.png")

        window.open("mill.md")
        at = position(original, "sold to Anna")
        research(window, at)
        window.wait_codes("CD503")
        window.fix("Open the source: Visit the mill at Ravensby", *at)
        window.wait_tab("visit.html")


def test_what_cannot_be_looked_up_is_said(
    window_on: Any, copydesk: Path, mill: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """A question states nothing; without a library nothing was searched, which is no verdict."""
    (mill.project / "copydesk.toml").unlink()
    original = mill.post.read_text("utf-8")
    with window_on(mill, copydesk, model.url) as window:
        window.open("mill.md")
        research(window, position(original, "What became"))
        window.wait_toast("There is nothing to check. It is a question.")
        window.picture(screenshots / "vscode-research-question.png")
        assert window.problems() == []
        research(window, position(original, "was built"))
        (note,) = window.wait_codes("CD901")
        assert note.message.startswith("Not checked: No library folder is set.")
        window.picture(screenshots / "vscode-research-no-library.png")


def test_a_selection_is_researched_as_it_is(window_on: Any, copydesk: Path, mill: Place, model: ScriptedModel) -> None:
    """Its words, not the whole sentence."""
    taught(model)
    original = mill.post.read_text("utf-8")
    with window_on(mill, copydesk, model.url) as window:
        window.open("mill.md")
        window.wait_lens()
        window.go(*position(original, "a storm took"))
        for _ in range(len("a storm took one of the five sails")):
            window.page.keyboard.press("Shift+ArrowRight")
        window.palette(RESEARCH)
        window.hover(*position(original, "a storm took"), "judged by")


def test_F10_R27_what_a_source_says_is_not_run_loaded_or_linked(
    window_on: Any, copydesk: Path, mill: Place, model: ScriptedModel, screenshots: Path
) -> None:
    """Its title and its words stay words: in the note, on hover, among the quick fixes and in notifications."""
    taught(model)
    model.believe("40 metres", "40 metres", "supports")
    with listening() as listener:
        claim = poisoned(mill, listener.url)
        at = position(mill.post.read_text("utf-8"), claim)
        with window_on(mill, copydesk, model.url) as window:
            asked: list[str] = []
            window.page.on("request", lambda request: asked.append(request.url))
            window.open("mill.md")
            research(window, at)
            card = window.hover(*at, "judged by")
            window.picture(screenshots / "vscode-research-hostile.png")
            expect(card).to_contain_text("[more](command:workbench.action.reloadWindow)")
            links = card.locator("a").evaluate_all("links => links.map(link => link.dataset.href || link.href)")
            assert not [link for link in links if "command:work" in link or listener.url in link]
            assert card.locator("img").count() == 0
            said = [card.inner_text()]
            window.page.keyboard.press("Escape")
            said += window.wait_fix("Cite:", *at)
            window.page.keyboard.press("Escape")
            window.fix("Why this note?", *at)
            said.append(window.wait_toast("CD504:").inner_text())
            window.fix("Cite:", *at)
            toast = window.wait_toast("Cite the source by hand")
            said.append(toast.inner_text())
            expect(window.page.locator(".notifications-toasts a[href*='command:work']")).to_have_count(0)
            for words in said:
                assert not {"\x1b", "\x07", "\u202e"} & set(words)
            assert not [url for url in asked if url.startswith(listener.url)]
        assert listener.hits == 0
