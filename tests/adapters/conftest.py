"""What tests of what is kept on disk share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where journals go, which nobody made yet."""
    return tmp_path / "state" / "drafts"
