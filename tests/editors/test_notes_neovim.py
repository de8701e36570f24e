"""How notes look in a real Neovim: the sign of the gravest, and lines that fit the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editors.polling import poll
from editors.writer import neovim

if TYPE_CHECKING:
    from pathlib import Path

    from editors.conftest import Place

pytestmark = pytest.mark.editor

LONGEST = """
local longest = 0
for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, -1, 0, -1, { details = true, type = "virt_lines" })) do
  for _, line in ipairs(mark[4].virt_lines) do
    longest = math.max(longest, vim.fn.strdisplaywidth(line[1][1]))
  end
end
return longest
"""


def test_the_gravest_note_gives_the_sign_and_a_narrower_window_breaks_its_lines(
    neovim_program: Path, copydesk: Path, place: Place
) -> None:
    place.post.write_text("# Kilns\n\nStudies show it. This might perhaps be possible.\n", "utf-8")
    with neovim(neovim_program, place, copydesk) as editor:
        editor.open(place.post)
        grave, slight = editor.wait_codes("CD102", "CD402")
        assert (grave.line, slight.line) == (3, 3)
        editor.go("Studies show")
        assert _sign(editor.wait_screen("└")) == "W"
        poll("lines below it", lambda: editor.lua(LONGEST) > 50)
        editor.command("vsplit")
        poll("shorter lines", lambda: 0 < editor.lua(LONGEST) <= 50)


def _sign(screen: str) -> str:
    (line,) = [line for line in screen.splitlines() if "Studies show it." in line]
    return line.strip()[0]
