"""Findings for a person who watches: each printed once, as soon as it is known, and a summary at the end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from copydesk.cli.formats.text import finding, painter, summary

if TYPE_CHECKING:
    from copydesk.cli.results import Examined, Results


class Live:
    """Findings at a terminal: those of the rules in the order of the text, and the model's after them as they come."""

    def __init__(self) -> None:
        self._paint = painter(colour=not os.environ.get("NO_COLOR"))
        self._printed: set[tuple[str, str]] = set()

    def show(self, examined: Examined) -> None:
        """Print what is known of a document and was not printed yet."""
        for note in examined.notes:
            if (examined.path, note.id) not in self._printed:
                self._printed.add((examined.path, note.id))
                print("\n".join(finding(examined, note, self._paint)), flush=True)

    def summary(self, results: Results) -> str:
        """Return what is to be said at the end."""
        return "\n".join(summary(results, self._paint))
