"""What commands say while they work, on standard error: each problem once, and one line of progress."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from copydesk.core.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable


CANCELLED = 130
"""The exit status of a command that was interrupted, as shells have it."""


def speaker() -> Callable[[str], None]:
    """Return what says a sentence the first time that it is given it."""
    said: set[str] = set()

    def say(sentence: str) -> None:
        if sentence not in said:
            said.add(sentence)
            print(f"copydesk: {visible(sentence)}", file=sys.stderr)

    return say


def progress_line() -> Callable[[str], None]:
    """Return what shows progress on one line of a terminal, in place of what it showed before; elsewhere nothing."""
    if not sys.stderr.isatty():
        return lambda words: None

    def show(words: str) -> None:
        sys.stderr.write(f"\r\x1b[K{visible(words)[:100]}")
        sys.stderr.flush()

    return show
