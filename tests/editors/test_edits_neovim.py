"""Edits in a real Neovim: what does not fit is refused whole, and outside the words that change no byte does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from editors.polling import poll
from editors.writer import neovim

if TYPE_CHECKING:
    from pathlib import Path

    from editors.conftest import Place
    from editors.neovim import Neovim
    from editors.scripted_model import ScriptedModel

pytestmark = pytest.mark.editor

STUDIES = "Studies show that small kilns save money."
BETTER = "We think that small kilns save money."

APPLY = """
local changes = vim.json.decode(...)
local version = vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]
for _, change in ipairs(changes) do
  if change.edits then
    -- The server writes 1 for a document that nobody touched.
    change.textDocument = { uri = vim.uri_from_bufnr(0), version = version == 0 and 1 or version }
  end
end
local client = vim.lsp.get_clients({ name = "copydesk" })[1]
return client.handlers["workspace/applyEdit"](nil, { edit = { documentChanges = changes } }, { client_id = client.id })
"""

SHORT = "One 👩‍🚀 two.\nThree.\n"
"""Its first line has 18 bytes, of which the emoji's are the fifth to the fifteenth."""


def replaced(line: int, character: int, last_line: int, last_character: int, words: str = "x") -> dict[str, Any]:
    """Return an edit; characters are bytes, as the two have agreed."""
    start, end = {"line": line, "character": character}, {"line": last_line, "character": last_character}
    return {"range": {"start": start, "end": end}, "newText": words}


def change(*edits: dict[str, Any]) -> dict[str, Any]:
    """Return a change of the document that is open."""
    return {"edits": list(edits)}


REFUSED = {
    "overlapping": [change(replaced(0, 0, 0, 3), replaced(0, 2, 0, 4))],
    "one within the other": [change(replaced(0, 0, 1, 3), replaced(0, 1, 0, 2))],
    "not in order": [change(replaced(1, 0, 1, 1), replaced(0, 0, 0, 1))],
    "ending before it begins": [change(replaced(0, 3, 0, 1))],
    "past the end": [change(replaced(2, 0, 2, 1))],
    "far past the end": [change(replaced(999, 0, 999, 3))],
    "past the end of a line": [change(replaced(1, 6, 1, 7))],
    "before the beginning": [change(replaced(0, -1, 0, 1))],
    "inside a character": [change(replaced(0, 5, 0, 15))],
    "the second outside": [change(replaced(0, 0, 0, 1), replaced(1, 0, 7, 0))],
    "without words": [change({**replaced(0, 0, 0, 1), "newText": None})],
    "of two documents": [change(replaced(0, 0, 0, 1)), change(replaced(1, 0, 1, 1))],
    "and a new file": [change(replaced(0, 0, 0, 1)), {"kind": "create", "uri": "file:///new.md"}],
    "of nothing": [],
}

APPLIED = {
    "three in order": (
        [replaced(0, 0, 0, 3), replaced(0, 4, 0, 15, "y"), replaced(1, 0, 1, 0, "z")],
        "x y two.\nzThree.\n",
    ),
    "two that touch": ([replaced(0, 0, 0, 0, "a"), replaced(0, 0, 0, 3, "b")], "ab 👩‍🚀 two.\nThree.\n"),
    "the whole": ([replaced(0, 0, 2, 0, "Four.\n")], "Four.\n"),
    "the last line": ([replaced(1, 0, 2, 0, "")], "One 👩‍🚀 two.\n"),
    "at the very end": ([replaced(2, 0, 2, 0, "Four.\n")], f"{SHORT}Four.\n"),
}


def answer(editor: Neovim, changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Hand an edit to the plugin as the server would, and return what it answers."""
    answered: dict[str, Any] = editor.lua(APPLY, json.dumps(changes))
    return answered


def test_F11_R4_an_edit_that_does_not_fit_is_refused_whole(neovim_program: Path, copydesk: Path, place: Place) -> None:
    """Each is refused with a reason and leaves no trace; what fits is applied, and undone at once."""
    place.post.write_text(SHORT, "utf-8")
    with neovim(neovim_program, place, copydesk) as editor:
        editor.open(place.post)
        editor.wait_attached()
        wrong = {}
        for name, changes in REFUSED.items():
            before = editor.lua("return vim.b.changedtick")
            given = answer(editor, changes)
            same = editor.text() == SHORT and editor.lua("return vim.b.changedtick") == before
            if given["applied"] or not given["failureReason"] or not same:
                wrong[name] = (given, editor.text())
                editor.command("silent! undo")
        for name, (edits, expected) in APPLIED.items():
            given, text = answer(editor, [change(*edits)]), editor.text()
            editor.command("undo")
            if given != {"applied": True} or text != expected or editor.text() != SHORT:
                wrong[name] = (given, text)
        assert wrong == {}


def test_F11_R7_line_ends_of_new_words_are_those_of_the_edit(
    neovim_program: Path, copydesk: Path, place: Place
) -> None:
    """Where they are mixed, Neovim keeps carriage returns in its lines; marks and all other lines stay."""
    place.post.write_bytes(b"One.\r\nTwo.\nThree.\r\nFour.\n")
    with neovim(neovim_program, place, copydesk) as editor:
        editor.open(place.post)
        editor.wait_attached()
        editor.lua("vim.api.nvim_buf_set_mark(0, 'a', 3, 2, {})")
        assert not answer(editor, [change(replaced(0, 5, 0, 5))])["applied"], "behind a carriage return"
        assert answer(editor, [change(replaced(0, 4, 2, 6, "\r\nnew\r\n."))]) == {"applied": True}
        editor.command("write")
        assert place.post.read_bytes() == b"One.\r\nnew\r\n.\r\nFour.\n"
        assert editor.lua("return vim.api.nvim_buf_get_mark(0, 'a')[1]") == 3
        editor.command("undo | write")
        assert place.post.read_bytes() == b"One.\r\nTwo.\nThree.\r\nFour.\n"


def rough(text: str) -> dict[str, bytes]:
    """Return the bytes of documents with what editors treat each in its own way, in front of the sentence and after."""
    return {
        "byte order mark, CRLF, no last line end": ("\ufeff" + text.replace("\n", "\r\n").rstrip()).encode(),
        "mixed line ends": text.replace("\n", "\r\n", 3).encode(),
        "line ends of other programs": text.replace("kiln behind", "kiln\u2028\u2029\x85\x0b\x0c\x1c behind").encode(),
        "joined emoji": text.replace(STUDIES, f"👩‍👩‍👧‍👦🇦🇹e\u0301. {STUDIES} 👍🏽").encode(),
    }


def test_F11_R5_R7_outside_the_sentence_every_byte_stays(
    neovim_program: Path, copydesk: Path, place: Place, model: ScriptedModel
) -> None:
    """A rewrite is accepted and written, then undone and written."""
    model.rewrites["Studies show"] = BETTER
    with neovim(neovim_program, place, copydesk, model.url) as editor:
        editor.command("set nofixendofline")  # else Neovim itself adds a last line end
        wrong = {}
        for number, (name, before) in enumerate(rough(place.post.read_text("utf-8")).items()):
            post = place.project / f"{number}.md"
            post.write_bytes(before)
            editor.open(post)
            editor.wait_codes("CD102")
            editor.go("Studies show")
            editor.take("Rewrite:")
            editor.take("Accept rewrite:")
            poll(f"the rewrite: {name}", lambda: "We think that" in editor.text())
            editor.command("write")
            after = post.read_bytes()
            editor.command("undo | write")
            if after.replace(b"We think that", b"Studies show that") != before or post.read_bytes() != before:
                wrong[name] = after
        assert wrong == {}
