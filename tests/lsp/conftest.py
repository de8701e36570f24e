"""A server and a fake editor on two pipes in one event loop."""

from __future__ import annotations

import pytest

from copydesk.lsp import applying
from harness.connection import Connect, Connection, connect, converter, log, personality

__all__ = ["Connect", "Connection", "connect", "converter", "log", "personality"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a confirmation sooner, but well after a lax editor sends it."""
    monkeypatch.setattr(applying, "CONFIRMATION_SECONDS", 1.0)
