"""A real Neovim when things go wrong: the engine or the daemon dies."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from editors.conftest import EVEREST, WALL, Place
from editors.polling import poll
from editors.scripted_model import scripted_model
from editors.writer import neovim

if TYPE_CHECKING:
    from pathlib import Path

    from editors.neovim import Neovim
    from editors.scripted_model import ScriptedModel

pytestmark = pytest.mark.editor

ENGINE = "vim.lsp.config('copydesk', { settings = { copydesk = { engine = { host = ... } } } })"
ENDED = "copydesk has ended by itself; :Copydesk restart starts it"


def kill(editor: Neovim) -> None:
    """Kill the daemon, and wait until the editor has noticed."""
    (server,) = editor.lua("return vim.api.nvim_get_proc_children(vim.fn.getpid())")
    os.kill(server, signal.SIGKILL)
    poll("no server", lambda: editor.lua("return #vim.lsp.get_clients({ name = 'copydesk' }) == 0"))


def health(editor: Neovim) -> str:
    """Return the page of :checkhealth, and close it."""
    editor.command("only | checkhealth copydesk")
    page = editor.text()
    editor.command("bwipeout")
    return page


def test_an_engine_that_dies_in_the_middle_is_said_and_another_is_used(
    neovim_program: Path, copydesk: Path, place: Place
) -> None:
    """The notes that were found stay, nothing is left running, and the next critique asks whoever answers then."""
    with ExitStack() as engine, scripted_model(EVEREST, WALL) as second:
        first = engine.enter_context(scripted_model(EVEREST, WALL))
        first.hold(WALL)
        with neovim(neovim_program, place, copydesk, first.url) as editor:
            editor.open(place.post)
            editor.wait_codes("CD102")
            editor.command("Copydesk critique")
            editor.wait_codes("CD102", "CD103")
            first.wait_held(WALL)
            engine.close()
            poll("the end of the critique", editor.ended)
            assert editor.lua("return require('copydesk').status()") == ""
            editor.wait_screen("Ollama")
            editor.wait_codes("CD102", "CD103")

            editor.lua(ENGINE, second.url)
            editor.command("Copydesk restart")
            editor.wait_codes("CD102")
            editor.command("Copydesk critique")
            editor.wait_codes("CD102", "CD103", "CD103")


def test_R62_a_server_that_ended_is_said_once_with_how_to_start_it(
    neovim_program: Path, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """In a narrow window too, where a longer message would stop the writer; what was dismissed stays dismissed."""
    model.hold(EVEREST)
    with neovim(neovim_program, place, copydesk, model.url, size=(72, 24)) as editor:
        editor.open(place.post)
        editor.wait_codes("CD102")
        editor.go("Studies")
        editor.command("Copydesk dismiss")
        editor.wait_codes()
        editor.command("Copydesk critique")
        model.wait_held(EVEREST)
        kill(editor)
        model.wait_hung_up()
        editor.wait_screen(ENDED)
        assert editor.said().count(ENDED) == 1 and "quit with exit code" not in editor.messages()
        assert editor.lua("return require('copydesk').status()") == ""
        page = health(editor)
        assert "the language server has ended by itself (exit code 0, signal 9)" in page
        assert "`:Copydesk restart` starts it again" in page and "lsp.log" in page
        editor.command("Copydesk critique")
        poll("the answer", lambda: editor.said().count(ENDED) == 2)

        model.release_all()
        editor.command("Copydesk restart")
        editor.wait_attached()
        editor.command("Copydesk critique")
        editor.wait_codes("CD103", "CD103")
        assert "the language server is running" in health(editor)
        editor.command("Copydesk restart")
        editor.wait_attached()
        assert editor.said().count(ENDED) == 2, "a server that was asked to end did"
