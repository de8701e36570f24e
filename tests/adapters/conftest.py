"""What tests of what is kept and recorded on disk share."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.adapters.egress import Egress
from copydesk.adapters.ledger import Ledger
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


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the ledger goes."""
    return tmp_path / "log" / "ledger.jsonl"


@pytest.fixture
def egress(path: Path) -> Egress:
    """Return a guard that writes that ledger."""
    return Egress(Ledger(path, warn=pytest.fail))
