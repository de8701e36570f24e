"""What tests of what is kept on disk share."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.adapters.sources import SourceStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where journals go, which nobody made yet."""
    return tmp_path / "state" / "drafts"


@pytest.fixture
def warnings() -> list[str]:
    """Return the warnings of the store."""
    return []


@pytest.fixture
def store(tmp_path: Path, warnings: list[str]) -> SourceStore:
    """Return an empty store of sources."""
    return SourceStore(tmp_path / "data" / "sources", warn=warnings.append)
