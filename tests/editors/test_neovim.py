"""A writer's day in a real Neovim: the plugin as it is installed, the daemon as it is shipped, a scripted model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editors.conftest import EVEREST, WALL, Place
from editors.picture import draw
from editors.polling import poll
from editors.writer import PLUGIN, neovim

if TYPE_CHECKING:
    from pathlib import Path

    from editors.scripted_model import ScriptedModel

pytestmark = pytest.mark.editor

INSTANT = "CD102"
STUDIES = "Studies show that small kilns save money."


def test_F11_R8_a_writer_critiques_rewrites_undoes_and_dismisses(
    neovim_program: Path, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """Findings come one by one, a rewrite changes one sentence, one undo takes it back, a dismissal stays."""
    original = place.post.read_text("utf-8")
    model.hold(WALL)
    model.rewrites["Mount Everest is"] = "Mount Everest is a very high mountain."
    with neovim(neovim_program, place, copydesk, model.url) as editor:
        editor.open(place.post)
        (note,) = editor.wait_codes("CD102")
        assert note.words == STUDIES
        assert model.calls == 0, "the model read before it was asked to"

        editor.command("Copydesk critique")
        _, second = editor.wait_codes("CD102", "CD103")
        assert second.words == EVEREST
        editor.wait_screen("copydesk: critique, ")
        model.release(WALL)
        editor.wait_codes("CD102", "CD103", "CD103")
        poll("the end of the critique", lambda: editor.lua("return require('copydesk').status()") == "")
        assert editor.lua("return require('copydesk').status({ engine = true })") == "copydesk: llama3.1:8b, local"

        editor.go("Mount Everest")
        editor.take("Rewrite:")
        poll("the end of the rewrite", lambda: "copydesk: rewrite: A rewrite is ready" in editor.said())
        editor.wait_screen("→ Mount Everest is a very high mountain.")
        editor.take("Accept rewrite:")
        editor.wait_codes("CD102", "CD103")
        assert editor.text() == original.replace(EVEREST, "Mount Everest is a very high mountain.")
        editor.command("undo")
        assert editor.text() == original
        editor.command("write")
        assert place.post.read_bytes() == original.encode()

        editor.go("Studies show")
        editor.command("Copydesk dismiss note it is a joke")
        poll("the note to go", lambda: INSTANT not in [one.code for one in editor.notes()])
    assert "it is a joke" in (place.project / ".copydesk" / "dismissed.jsonl").read_text("utf-8")

    with neovim(neovim_program, place, copydesk, model.url) as editor:
        calls = model.calls
        editor.open(place.post)
        editor.wait_attached()
        editor.command("Copydesk critique")
        editor.wait_codes("CD103", "CD103")
        assert model.calls == calls, "an unchanged document cost calls"


def test_pictures(
    neovim_program: Path, copydesk: Path, place: Place, model: ScriptedModel, screenshots: Path, chromium: str
) -> None:
    """What a writer sees is kept as pictures: notes, the actions on one, and an explanation."""
    model.hold(WALL)
    with neovim(neovim_program, place, copydesk, model.url, size=(88, 30)) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        editor.command("Copydesk critique")
        editor.wait_codes("CD102", "CD103")
        editor.go("Mount Everest")
        editor.wait_screen("it seems to")
        draw(editor.screen(colours=True), screenshots / "neovim-notes.png", chromium)
        model.release_all()
        editor.wait_codes("CD102", "CD103", "CD103")
        editor.command("Copydesk rewrite")
        poll("a rewrite", lambda: any(title.startswith("Accept") for title in editor.actions()))
        editor.keys("gra")
        editor.wait_screen("Accept rewrite")
        draw(editor.screen(colours=True), screenshots / "neovim-actions.png", chromium)
        editor.keys("q")
        editor.keys(":Copydesk explain<CR>")
        editor.wait_screen("CD103:")
        draw(editor.screen(colours=True), screenshots / "neovim-explanation.png", chromium)


def test_cancel_hangs_up_on_the_engine(
    neovim_program: Path, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """:Copydesk cancel ends the job, and the model is not asked again."""
    model.hold(EVEREST)
    with neovim(neovim_program, place, copydesk, model.url) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        editor.command("Copydesk critique")
        model.wait_held(EVEREST)
        editor.wait_screen("copydesk: critique")
        editor.command("Copydesk cancel")
        model.wait_hung_up()
        poll("the end of the critique", lambda: editor.lua("return require('copydesk').status()") == "")
        calls = model.calls
        editor.command("Copydesk jobs")
        poll("the answer", lambda: "copydesk is idle" in editor.said())
        assert model.calls == calls


def test_a_dismissal_is_taken_back(neovim_program: Path, copydesk: Path, place: Place) -> None:
    """:Copydesk dismissed lists what was dismissed, and what is chosen comes back without anything else being done."""
    with neovim(neovim_program, place, copydesk) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        editor.command("Copydesk dismissed")
        poll("the answer", lambda: "nothing was dismissed in this document" in editor.said())
        editor.go("Studies show")
        editor.command("Copydesk dismiss project it is a joke")
        poll("the note to go", lambda: not editor.notes())
        editor.keys(":Copydesk dismissed<CR>")
        editor.wait_screen("CD102 (missing citation): all in this project, because: it is a joke")
        editor.keys("1<CR>")
        editor.wait_codes("CD102")
    assert (place.project / ".copydesk" / "dismissed.jsonl").read_text("utf-8") == ""


def test_F11_R1_an_edit_for_a_text_that_has_changed_is_refused(
    neovim_program: Path, copydesk: Path, place: Place
) -> None:
    """R1: an untouched document is at version 0, for which Neovim itself checks nothing."""
    with neovim(neovim_program, place, copydesk) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        apply = """
          local version, client = ..., vim.lsp.get_clients({ name = "copydesk" })[1]
          local edit = { range = { start = { line = 0, character = 0 }, ["end"] = { line = 0, character = 1 } },
            newText = "=" }
          local document = { uri = vim.uri_from_bufnr(0), version = version }
          return client.handlers["workspace/applyEdit"](nil, { edit = { documentChanges = {
            { textDocument = document, edits = { edit } } } } }, { client_id = client.id })
        """
        editor.keys("ggOA line on top.<Esc>")
        poll("the line", lambda: editor.text().startswith("A line on top."))
        before = editor.text()
        for version in (0, 1, 2):
            assert editor.lua(apply, version) == {
                "applied": False,
                "failureReason": "The text has changed since the edit was made.",
            }
        assert editor.text() == before
        assert editor.lua(apply, editor.lua("return vim.b.changedtick")) == {"applied": True}
        assert editor.text() == f"={before[1:]}"


def test_typing_while_a_rewrite_is_written_loses_nothing(
    neovim_program: Path, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """What is typed above moves the rewrite's place; what is typed into its sentence ends it."""
    model.rewrites[STUDIES] = "We think that small kilns save money."
    model.hold(STUDIES)
    with neovim(neovim_program, place, copydesk, model.url) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        editor.go("Studies")
        editor.command("Copydesk rewrite")
        model.wait_held(STUDIES)
        editor.keys("ggOA line on top.<Esc>")
        poll("the line", lambda: editor.text().startswith("A line on top."))
        before = editor.text()
        model.release(STUDIES)
        editor.go("Studies")
        editor.take("Accept rewrite:")
        poll("the rewrite", lambda: "We think that" in editor.text())
        assert editor.text().count("A line on top.") == 1
        editor.command("undo")
        assert editor.text() == before


def test_a_missing_program_is_said_once(neovim_program: Path, place: Place) -> None:
    """Neovim itself would write a line into a log."""
    with neovim(neovim_program, place, "no-such-program") as editor:
        editor.open(place.post)
        poll("the message", lambda: any("copydesk is not installed" in said for said in editor.said()))
        editor.open(place.project / "other.md")
        editor.command("Copydesk critique")
        poll("the answer", lambda: any("not running here" in said for said in editor.said()))
        assert sum("not installed" in said for said in editor.said()) == 1


def test_restart_and_help_and_health(neovim_program: Path, copydesk: Path, place: Place, model: ScriptedModel) -> None:
    """A restart during a job serves the same document again; help and health have their pages."""
    model.hold(EVEREST)
    with neovim(neovim_program, place, copydesk, model.url) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        client = "return vim.lsp.get_clients({ name = 'copydesk', bufnr = 0 })[1].id"
        first = editor.lua(client)
        editor.command("Copydesk critique")
        model.wait_held(EVEREST)
        editor.command("Copydesk restart")
        poll(
            "another server",
            lambda: editor.lua(f"local ok, id = pcall(function() {client} end); return ok and id") != first,
        )
        editor.wait_codes("CD102")
        assert editor.lua("return vim.fn.getcompletion('Copydesk ', 'cmdline')") == [
            "apply",
            "cancel",
            "cite",
            "clear",
            "critique",
            "dismiss",
            "dismissed",
            "draft",
            "explain",
            "jobs",
            "ledger",
            "research",
            "restart",
            "rewrite",
            "source",
        ]
        assert editor.lua("return vim.fn.getcompletion('Copydesk dismiss ', 'cmdline')") == [
            "document",
            "note",
            "project",
        ]
        editor.command(f"helptags {PLUGIN / 'doc'}")
        editor.command("help :Copydesk")
        assert ":Copydesk critique" in editor.text()
        editor.command("only | checkhealth copydesk")
        page = editor.text()
        assert "copydesk 0." in page and "the language server is running" in page and "Ollama" in page


def test_what_left_the_machine_and_all_notes_are_listed(
    neovim_program: Path, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """The ledger in a window of its own, again in the same; the notes where Neovim lists diagnostics."""
    with neovim(neovim_program, place, copydesk, model.url, size=(120, 40)) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        editor.command("Copydesk critique")
        editor.wait_codes("CD102", "CD103", "CD103")
        editor.lua("vim.diagnostic.setloclist({ open = false })")
        listed = editor.lua("return vim.tbl_map(function(one) return { one.lnum, one.text } end, vim.fn.getloclist(0))")
        assert [line for line, _ in listed] == [note.line for note in editor.notes()]
        assert "names no one" in listed[0][1]
        for _ in range(2):
            editor.command("Copydesk ledger")
            poll("the ledger", lambda: "127.0.0.1" in editor.text())
            assert editor.lua("return vim.fn.bufname()") == "copydesk://ledger"
            assert not editor.lua("return vim.bo.modifiable")
            assert editor.lua("return #vim.api.nvim_list_wins()") == 2
            editor.command("wincmd p")


def test_R74_R75_what_is_kept_is_removed_once_the_writer_says_yes(
    neovim_program: Path, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """All kinds are offered, and the one that was chosen is gone after a yes, not before."""
    with neovim(neovim_program, place, copydesk, model.url, size=(120, 40)) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        editor.command("Copydesk critique")
        poll("the end of the critique", editor.ended)
        editor.lua("""
            vim.ui.select = function(items, options, done)
                _G.offered = vim.tbl_map(options.format_item, items)
                done(items[1])
            end
            vim.fn.confirm = function(question)
                _G.asked = question
                return _G.answer
            end
        """)
        kept = "return vim.tbl_map(function(one) return one:match('^[%a ]+') end, _G.offered or {})"
        for answer in (2, 1):
            editor.lua(f"_G.answer, _G.offered, _G.asked = {answer}, nil, nil")
            editor.command("Copydesk clear")
            poll("the question", lambda: editor.lua("return _G.asked"))
            assert editor.lua(kept) == ["answers", "log", "ledger", "all of yours"]
            assert editor.lua("return _G.asked").endswith("Remove answers for good?")
        poll("the end", lambda: "copydesk removed answers" in editor.messages())
        editor.lua("_G.answer, _G.offered = 2, nil")
        editor.command("Copydesk clear")
        poll("the offer", lambda: editor.lua("return _G.offered"))
        assert "answers" not in editor.lua("return _G.offered[1]")


def test_a_server_that_died_is_started_again_on_request(neovim_program: Path, copydesk: Path, place: Place) -> None:
    """What ran in it is forgotten, and the document is served as before."""
    with neovim(neovim_program, place, copydesk, size=(200, 24)) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        editor.lua("vim.lsp.get_clients({ name = 'copydesk' })[1].rpc.terminate()")
        poll("its end", lambda: not editor.notes())
        assert editor.lua("return require('copydesk').status()") == ""
        editor.command("Copydesk restart")
        editor.wait_codes("CD102")


def test_a_paragraph_on_one_line_shows_its_note_whole(neovim_program: Path, copydesk: Path, place: Place) -> None:
    """Most writers of Markdown do not break lines."""
    first, rest = place.post.read_text("utf-8").split("\n\n", 1)
    place.post.write_text(f"{first}\n\n{' '.join(rest.split())}\n", "utf-8")
    with neovim(neovim_program, place, copydesk, size=(72, 24)) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        editor.go("Studies")
        editor.wait_screen("(CD102)")
        shown = " ".join(editor.screen().split())
        assert "names no one, so a reader cannot weigh it." in shown


def test_an_explanation_does_not_stop_the_writer(neovim_program: Path, copydesk: Path, place: Place) -> None:
    """A long message opens a window instead of a prompt."""
    with neovim(neovim_program, place, copydesk, size=(80, 24)) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        editor.go("Studies")
        editor.command("Copydesk explain")
        editor.wait_screen("CD102:")
        assert not editor.prompted()
        editor.keys("j")
        poll("the window to go", lambda: "CD102:" not in editor.screen())
