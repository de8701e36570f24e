"""On whose behalf work is done, known to everything that is called meanwhile; the ledger of connections reads it."""

from __future__ import annotations

from contextvars import ContextVar

command: ContextVar[str] = ContextVar("command", default="copydesk")
"""The command that the work at hand is for, such as `copydesk critique`; whoever runs a command sets it."""
