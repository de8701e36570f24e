"""Ollama's scripted server and its engine; tests of others have their own by the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.engines.ollama import OllamaEngine
from harness.ollama_server import OllamaServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def server() -> AsyncIterator[OllamaServer]:
    """Run a server that answers as its script says."""
    async with OllamaServer() as running:
        yield running


@pytest.fixture
async def engine(server: OllamaServer) -> AsyncIterator[OllamaEngine]:
    """Open an engine at that server."""
    opened = OllamaEngine(server.url)
    yield opened
    await opened.close()
