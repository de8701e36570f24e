"""An internet of one hostile server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.hostile_http import HostileHttp
from harness.internet import Internet
from harness.web_pages import Desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def internet() -> AsyncIterator[Internet]:
    """Return names and addresses that all lead to one server on loopback."""
    async with HostileHttp() as server:
        yield Internet(server)


@pytest.fixture
def desk(internet: Internet) -> Desk:
    """Return what reads pages of that internet."""
    return Desk(internet)
