"""Keeping a command's process to the destinations that its settings name."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from copydesk.adapters.egress import Egress
from copydesk.adapters.ledger import Ledger, default_ledger_path

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def guarded() -> Iterator[Egress]:
    """Refuse every connection but those that the egress yielded here allows, for a command's life, and record them."""
    egress = Egress(Ledger(default_ledger_path()))
    with egress.guard():
        yield egress
