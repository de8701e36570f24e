"""What tells one editor from another: units, versions, line ends, and whether an edit of another version is made.

`VSCODE` is strict: UTF-16, documents begin at version 1, changes are sent at once, an edit of another version is
refused. `NEOVIM` is lax: UTF-8, documents begin at version 0 and then jump, changes are sent a little later, an edit
of version 0 or none is never checked, nor is one of a later version, an older one is skipped, and the answer is always
that it was applied; only a line feed ends a line. Both are as measured with the real ones (VS Code 1.100.3, Neovim
0.11.4, without this project's own clients, which are stricter).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


class BadEdit(Exception):
    """An edit that no editor could make well."""


@dataclass(frozen=True)
class Personality:
    """How an editor differs from others."""

    name: str
    capabilities: str
    units: str
    first_version: int
    strict: bool
    delay: float
    line_end: str

    def length(self, text: str) -> int:
        """Return how long a text is, in this editor's units."""
        return (
            len(text.encode("utf-8", "surrogatepass"))
            if self.units == "utf-8"
            else (len(text.encode("utf-16-le", "surrogatepass")) // 2)
        )

    def offset(self, text: str, position: dict[str, int]) -> int:
        """Return the offset of a position in a text; raises `BadEdit` where it has no such place."""
        ends = list(re.finditer(self.line_end, text))
        starts = [0, *(end.end() for end in ends)]
        if position["line"] >= len(starts):
            raise BadEdit("a line past the end")
        offset, units = starts[position["line"]], 0
        last = ends[position["line"]].start() if position["line"] < len(ends) else len(text)
        while units < position["character"]:
            if offset >= last:
                raise BadEdit("a place past the end of its line")
            units += self.length(text[offset])
            offset += 1
        if units != position["character"]:
            raise BadEdit("a place inside a character")
        return offset


VSCODE = Personality(
    "Visual Studio Code", "vscode.client11.json", "utf-16", 1, strict=True, delay=0.0, line_end=r"\r\n|\r|\n"
)
NEOVIM = Personality("Neovim", "neovim.0.11.4.json", "utf-8", 0, strict=False, delay=0.03, line_end=r"\r?\n")
