"""A section drafted in a real Neovim: the preview, the comparison, acceptance whole and by paragraph, cancelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from editors.drafting import FIRST, HEADING, SECOND, canal, drafts
from editors.picture import draw
from editors.polling import poll
from editors.writer import neovim
from harness.draft_models import POST

if TYPE_CHECKING:
    from pathlib import Path

    from editors.neovim import Neovim
    from editors.scripted_model import ScriptedModel

pytestmark = pytest.mark.editor

OPENED, LOCKS = "Boats have used the Lund canal since 1825.", "Between lake and river the boats pass 83 locks."
SPADES = "Men dug it with spades, and needed eight years for that."

WINDOWS = """
return vim.tbl_map(function(window)
  local buffer = vim.api.nvim_win_get_buf(window)
  return {
    name = vim.api.nvim_buf_get_name(buffer),
    text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\\n"),
    bar = vim.wo[window].winbar,
    diff = vim.wo[window].diff,
    focused = window == vim.api.nvim_get_current_win(),
    kind = vim.bo[buffer].buftype,
    served = #vim.lsp.get_clients({ bufnr = buffer }) > 0,
    modifiable = vim.bo[buffer].modifiable,
  }
end, vim.tbl_filter(function(window)
  return vim.api.nvim_win_get_config(window).relative == ""
end, vim.api.nvim_tabpage_list_wins(0)))
"""


def windows(editor: Neovim) -> dict[str, dict[str, Any]]:
    """Return the windows on the screen by what they show: the document, the section or the draft."""
    shown = {}
    for window in editor.lua(WINDOWS):
        name = window["name"]
        what = "draft" if name.startswith("copydesk://draft") else "section" if "://section" in name else "document"
        assert what not in shown, f"two windows show the {what}"
        shown[what] = window
    return shown


def wait_window(editor: Neovim, what: str, words: str = "") -> dict[str, Any]:
    """Wait until a window shows something with these words."""

    def there() -> dict[str, Any] | None:
        window = windows(editor).get(what)
        return window if window and words in window["text"] else None

    return poll(f"{words!r} in the {what}", there)


def test_a_writer_watches_compares_and_accepts(
    neovim_program: Path, copydesk: Path, tmp_path: Path, model: ScriptedModel, screenshots: Path, chromium: str
) -> None:
    """The preview fills beside the text; one paragraph is accepted, then the rest; each is one undo."""
    place = canal(tmp_path)
    drafts(model)
    model.hold(SECOND)
    with neovim(neovim_program, place, copydesk, model.url, size=(132, 36)) as editor:
        editor.open(place.post)
        editor.wait_attached()
        editor.go(HEADING)
        editor.command("Copydesk draft")
        preview = wait_window(editor, "draft", OPENED)
        assert "writer writing" in poll("the role", lambda: windows(editor)["draft"]["bar"])
        assert SPADES not in preview["text"]
        assert not preview["focused"] and preview["kind"] == "nofile" and not preview["modifiable"]
        assert not preview["served"], "the server reads its own preview"
        assert editor.text() == POST
        status = "copydesk: draft, Round 1: writer writing, 2 sources, 17 words so far"
        poll("the status line", lambda: editor.lua("return require('copydesk').status()") == status)
        draw(editor.screen(colours=True), screenshots / "neovim-draft-preview.png", chromium)
        model.release(SECOND)
        wait_window(editor, "draft", SPADES)
        (note,) = editor.wait_codes("CD701")
        assert note.words == HEADING
        poll("how it ended", lambda: "is ready" in windows(editor)["draft"]["bar"])
        assert windows(editor)["document"]["focused"]

        editor.take("Show the draft beside the section")
        wait_window(editor, "section")
        shown = wait_window(editor, "draft", SPADES)
        assert set(windows(editor)) == {"section", "draft"}
        assert shown["diff"] and shown["focused"] and windows(editor)["section"]["diff"]
        assert windows(editor)["section"]["text"] == ""
        draw(editor.screen(colours=True), screenshots / "neovim-draft-compared.png", chromium)
        editor.command("Copydesk draft accept 2")
        wait_window(editor, "section", SPADES)
        draw(editor.screen(colours=True), screenshots / "neovim-draft-one-accepted.png", chromium)
        assert OPENED not in windows(editor)["section"]["text"]
        editor.command("Copydesk draft accept")
        poll("the comparison to close", lambda: "document" in windows(editor))
        assert set(windows(editor)) == {"document"}
        poll("the rest", lambda: OPENED in editor.text() and SPADES in editor.text())
        whole = editor.text()
        editor.wait_codes()
        assert whole.index(HEADING) < whole.index(OPENED) < whole.index(SPADES) < whole.index("## Afterwards")
        editor.command("undo")
        assert OPENED not in editor.text() and SPADES in editor.text()
        editor.command("undo")
        assert editor.text() == POST


def test_cancelling_keeps_what_is_finished_and_a_closed_preview_stays_closed(
    neovim_program: Path, copydesk: Path, tmp_path: Path, model: ScriptedModel
) -> None:
    """What was written is offered, and can be thrown away."""
    place = canal(tmp_path)
    drafts(model)
    model.hold(FIRST, SECOND)
    with neovim(neovim_program, place, copydesk, model.url) as editor:
        editor.open(place.post)
        editor.wait_attached()
        editor.go(HEADING)
        editor.command("Copydesk draft")
        model.wait_held(FIRST)
        wait_window(editor, "draft")
        editor.command("wincmd w | close")
        model.release(FIRST)
        model.wait_held(SECOND)
        poll("the words", lambda: "17 words" in editor.lua("return require('copydesk').status()"))
        assert set(windows(editor)) == {"document"}
        editor.command("Copydesk cancel")
        (note,) = editor.wait_codes("CD701")
        assert "you cancelled it" in note.message
        assert editor.text() == POST
        for answer, codes in (("1", ("CD701",)), ("2", ())):
            editor.keys(":Copydesk draft discard<CR>")
            editor.wait_screen("Discard the draft for good?")
            editor.keys(f"{answer}<CR>")
            editor.wait_codes(*codes)
        assert editor.text() == POST
        editor.command("Copydesk draft accept")
        editor.wait_screen("no draft is ready here")


def test_a_draft_of_a_section_that_changed_stands_by_itself(
    neovim_program: Path, copydesk: Path, tmp_path: Path, model: ScriptedModel
) -> None:
    """It is never put over what the writer wrote meanwhile; it can be copied from."""
    place = canal(tmp_path)
    drafts(model)
    with neovim(neovim_program, place, copydesk, model.url) as editor:
        editor.open(place.post)
        editor.wait_attached()
        editor.go(HEADING)
        editor.command("Copydesk draft")
        editor.wait_codes("CD701")
        editor.command("only")
        editor.keys("oMy own words.<Esc>")
        poll("the words", lambda: "My own words." in editor.text())
        mine = editor.text()
        editor.command("Copydesk draft show")
        draft = wait_window(editor, "draft", SPADES)
        assert set(windows(editor)) == {"document", "draft"}
        assert draft["focused"] and draft["modifiable"] and not draft["diff"]
        editor.command("Copydesk draft accept")
        editor.wait_screen("changed since the draft was made")
        editor.command("close")
        assert editor.text() == mine


def test_the_words_of_the_command_are_known(
    neovim_program: Path, copydesk: Path, tmp_path: Path, model: ScriptedModel
) -> None:
    """They are completed, and others are refused with the right ones."""
    place = canal(tmp_path)
    with neovim(neovim_program, place, copydesk, model.url) as editor:
        editor.open(place.post)
        editor.wait_attached()
        complete = "return vim.fn.getcompletion(..., 'cmdline')"
        assert "draft" in editor.lua(complete, "Copydesk ")
        assert editor.lua(complete, "Copydesk draft ") == ["accept", "discard", "show"]
        for line in ("draft over", "draft accept 0", "draft accept two"):
            editor.command(f"Copydesk {line}")
        poll("the usage", lambda: editor.messages().count(":Copydesk draft [show|accept [N …]|discard]") == 3)
