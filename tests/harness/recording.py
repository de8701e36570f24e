"""What a ledger holds, as text and as its only entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.adapters.ledger import Entry, read_ledger

if TYPE_CHECKING:
    from pathlib import Path


def text(path: Path) -> str:
    """Return a ledger as it is written, nothing where there is none."""
    return path.read_text("utf-8") if path.exists() else ""


def only(path: Path) -> Entry:
    """Return the one entry of a ledger."""
    (entry,) = read_ledger(path)
    return entry
