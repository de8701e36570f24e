"""Claims researched in a real Neovim: a verdict with its quote, a citation, a correction, the source itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editors.listener import listening
from editors.picture import draw
from editors.polling import poll
from editors.research import BUILT, MENDED, SOLD, SURVEY, TOWER, is_cited, poisoned, taught
from editors.writer import neovim

if TYPE_CHECKING:
    from pathlib import Path

    from editors.conftest import Place
    from editors.neovim import Neovim
    from editors.scripted_model import ScriptedModel

pytestmark = pytest.mark.editor

ERROR, HINT = 1, 4


def research(editor: Neovim, words: str, what: str = "") -> None:
    """Research what is at some words, and wait for its end."""
    editor.go(words)
    before = len(editor.ended())
    editor.command(f"Copydesk research {what}")
    wait_ended(editor, before + 1)


def wait_ended(editor: Neovim, count: int) -> None:
    """Wait until so many jobs have ended."""
    poll("the end", lambda: len(editor.ended()) >= count)


def open_post(editor: Neovim, place: Place) -> None:
    """Open the document and wait until it is served."""
    editor.open(place.post)
    editor.wait_attached()


def test_a_claim_is_researched_and_cited_and_one_undo_takes_the_citation_back(
    neovim_program: Path, copydesk: Path, mill: Place, model: ScriptedModel
) -> None:
    """The verdict stands on the sentence with its quote; hover has the source and the day; the citation is one edit."""
    taught(model)
    original = mill.post.read_text("utf-8")
    with neovim(neovim_program, mill, copydesk, model.url) as editor:
        open_post(editor, mill)
        research(editor, "was built")
        (note,) = editor.wait_codes("CD504")
        assert note.words == BUILT
        assert note.message == f"Supported: “{BUILT}” ({SURVEY})."
        assert editor.lua("return vim.diagnostic.get(0)[1].severity") == HINT
        shown = editor.hover()
        assert f"Supports: “{BUILT}”" in shown
        assert f"{SURVEY} · survey.md · read 20" in shown
        assert "judged by llama3.1:8b" in shown

        editor.take("Cite: Survey of old mills")
        poll("the citation", lambda: is_cited(editor.text(), original))
        editor.wait_codes("CD504")
        editor.command("undo")
        assert editor.text() == original
        editor.command("write")
        assert mill.post.read_bytes() == original.encode()

        editor.command("Copydesk cite")
        poll("the citation", lambda: is_cited(editor.text(), original))
        cited = editor.text()
        editor.command("Copydesk cite")
        poll("the answer", lambda: "The sentence has this citation already." in editor.said())
        assert editor.text() == cited


def test_a_refuted_claim_is_an_error_and_is_corrected_from_the_evidence(
    neovim_program: Path, copydesk: Path, mill: Place, model: ScriptedModel
) -> None:
    """The correction is proposed first, and put in its place when it is accepted."""
    taught(model)
    original = mill.post.read_text("utf-8")
    with neovim(neovim_program, mill, copydesk, model.url) as editor:
        open_post(editor, mill)
        research(editor, "61 metres")
        (note,) = editor.wait_codes("CD501")
        assert "“Its tower is 17 metres high and stands on a mound.” (Survey of old mills)" in note.message
        assert editor.lua("return vim.diagnostic.get(0)[1].severity") == ERROR
        editor.take("Correct the sentence from the evidence")
        editor.wait_action("Accept rewrite: Its tower is 17 metres high")
        assert editor.text() == original
        editor.command("Copydesk apply")
        poll("the correction", lambda: editor.text() != original)
        assert editor.text().split() == original.replace(TOWER, MENDED).split()
        editor.wait_codes()
        editor.command("undo")
        assert editor.text() == original


def test_verdicts_of_a_section_appear_one_by_one_and_stay_when_it_is_cancelled(
    neovim_program: Path, copydesk: Path, mill: Place, model: ScriptedModel
) -> None:
    """:Copydesk cancel hangs up on the engine; the whole document has its verdicts later."""
    taught(model)
    model.hold("five sails")
    with neovim(neovim_program, mill, copydesk, model.url) as editor:
        open_post(editor, mill)
        editor.go("was built")
        editor.command("Copydesk research section")
        model.wait_held("five sails")
        notes = editor.wait_codes("CD501")
        assert [note.words for note in notes] == [TOWER.replace("\n", " ")]
        editor.wait_screen("copydesk: research, ")
        editor.command("Copydesk cancel")
        model.wait_hung_up()
        wait_ended(editor, 1)
        assert "copydesk: research: Cancelled" in editor.messages()
        editor.wait_codes("CD501")

        model.release_all()
        editor.command("Copydesk research document")
        notes = editor.wait_codes("CD501", "CD505", "CD503", "CD505")
        assert notes[2].words == SOLD
        assert "in 1902, and her name is still to be seen" in notes[2].message
        assert "“The mill was sold to Anna Holt in 1911.” (Register of the parish of Ravensby)" in notes[2].message
        editor.go("five sails")
        assert "Supports" in editor.hover()


def test_a_source_opens_at_its_quote(neovim_program: Path, copydesk: Path, mill: Place, model: ScriptedModel) -> None:
    """A text file opens where the quote stands; a page at its top, since its text is not its bytes."""
    taught(model)
    where = "return { vim.fs.basename(vim.api.nvim_buf_get_name(0)), vim.fn.getline('.'), vim.fn.col('.') }"
    with neovim(neovim_program, mill, copydesk, model.url) as editor:
        open_post(editor, mill)
        research(editor, "was built")
        editor.wait_codes("CD504")
        editor.command("Copydesk source")
        poll("the source", lambda: editor.lua(where)[0] == "survey.md")
        assert editor.lua(where)[1:] == [f"{BUILT} It had five sails, of which one was lost", 1]

        open_post(editor, mill)
        research(editor, "sold to Anna")
        editor.wait_codes("CD504", "CD503")
        editor.take("Open the source: Visit the mill at Ravensby")
        poll("the source", lambda: editor.lua(where) == ["visit.html", "<!doctype html>", 1])


def test_what_cannot_be_looked_up_is_said_and_the_reason_stays_to_be_read(
    neovim_program: Path, copydesk: Path, mill: Place, model: ScriptedModel
) -> None:
    """How a job ended does not push out what was said about it."""
    with neovim(neovim_program, mill, copydesk, model.url) as editor:
        open_post(editor, mill)
        research(editor, "What became")
        editor.wait_screen("There is nothing to check. It is a question.")
        assert editor.notes() == []
        editor.command("Copydesk research everything")
        assert ":Copydesk research [claim|section|document]" in editor.said()
        assert editor.lua("return vim.fn.getcompletion('Copydesk research ', 'cmdline')") == [
            "claim",
            "document",
            "section",
        ]
        editor.go("# The mill")
        editor.command("Copydesk cite")
        poll("the answer", lambda: "there is nothing to cite here; ask with :Copydesk research" in editor.said())


def test_chosen_lines_are_researched_as_one_claim(
    neovim_program: Path, copydesk: Path, mill: Place, model: ScriptedModel
) -> None:
    """The sentences that the lines touch are looked up together."""
    taught(model)
    with neovim(neovim_program, mill, copydesk, model.url) as editor:
        open_post(editor, mill)
        editor.command("8,9Copydesk research")
        (note,) = editor.wait_codes("CD501")
        assert note.words.startswith(BUILT) and note.words.endswith("the quarry at Holm.")


def test_without_a_library_the_next_step_is_said(
    neovim_program: Path, copydesk: Path, mill: Place, model: ScriptedModel
) -> None:
    """Nothing was searched, which is no verdict."""
    (mill.project / "copydesk.toml").unlink()
    with neovim(neovim_program, mill, copydesk, model.url, size=(88, 30)) as editor:
        open_post(editor, mill)
        research(editor, "was built")
        (note,) = editor.wait_codes("CD901")
        assert note.message.startswith("Not checked: No library folder is set. Name folders of sources as `library`")
        assert [title for title in editor.actions() if not title.startswith("Dismiss")] == [
            "Research again",
            "Why this note? (CD901)",
        ]


def test_R27_what_a_source_says_is_not_run_loaded_or_obeyed_by_the_terminal(
    neovim_program: Path, copydesk: Path, mill: Place, model: ScriptedModel
) -> None:
    """Its title and its words stay words: in the note, on hover, among the actions and in the citation."""
    taught(model)
    model.believe("40 metres", "40 metres", "supports")
    with listening() as listener, neovim(neovim_program, mill, copydesk, model.url, size=(120, 40)) as editor:
        claim = poisoned(mill, listener.url)
        open_post(editor, mill)
        research(editor, claim)
        editor.wait_codes("CD504")
        shown = editor.hover()
        editor.wait_screen("Each quote was judged by")
        assert "\\\\x1b\\[31mred" in shown and "\\\\u202egnp" in shown
        assert "](" not in shown.replace("\\](", "") and "<img" not in shown.replace("\\<", "")
        original = editor.text()
        titles = editor.actions()
        editor.take("Cite:")
        # Its quote has characters that may be in no document.
        poll("the answer", lambda: "Cite the source by hand" in " ".join(editor.said()))
        assert editor.text() == original
        for said in (shown, *titles, *editor.said(), *[note.message for note in editor.notes()], editor.screen()):
            assert not {"\x1b", "\x07", "\u202e"} & set(said)
        assert listener.hits == 0


def test_pictures_of_research(
    neovim_program: Path, copydesk: Path, mill: Place, model: ScriptedModel, screenshots: Path, chromium: str
) -> None:
    """What a writer sees is kept as pictures."""
    taught(model)
    model.hold("five sails")

    def keep(name: str) -> None:
        draw(editor.screen(colours=True), screenshots / f"neovim-research-{name}.png", chromium)

    with neovim(neovim_program, mill, copydesk, model.url, size=(88, 30)) as editor:
        open_post(editor, mill)
        editor.go("61 metres")
        editor.command("Copydesk research section")
        model.wait_held("five sails")
        editor.wait_codes("CD501")
        editor.wait_screen("Correct the sentence")
        editor.wait_screen("judging")
        keep("progress")
        model.release_all()
        wait_ended(editor, 1)
        research(editor, "sold to")
        editor.wait_screen("(CD503)")
        keep("conflict")
        editor.hover()
        editor.wait_screen("Each quote was judged by")
        keep("hover")
        editor.keys("j")
        editor.go("61 metres")
        editor.keys("gra")
        editor.wait_screen("Correct the sentence from the evidence")
        keep("actions")
        editor.keys("q")
        editor.take("Correct")
        editor.wait_action("Accept rewrite")
        editor.keys("gra")
        editor.wait_screen("Accept rewrite")
        keep("correction")
        editor.keys("q")
        editor.go("was built")
        editor.command("Copydesk cite")
        poll("the citation", lambda: "[^" in editor.text())
        editor.wait_screen("retrieved")
        keep("citation")
