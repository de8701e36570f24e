"""Waiting for what a person would see, within bounds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

SECONDS = 60.0
"""How long an editor may take to show what a test waits for, on a machine that does other work as well."""


class EditorError(AssertionError):
    """The editor did not come to show what a test waited for."""


def poll(what: str, check: Callable[[], T], seconds: float = SECONDS, every: float = 0.03) -> T:
    """Call `check` until it returns something true, and return that; raises `EditorError` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (last := check()):
        if time.monotonic() > deadline:
            raise EditorError(f"waited {seconds:.0f} s for {what}; last seen: {last!r}")
        time.sleep(every)
    return last
