"""What tests of the command line share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from harness.draft_models import PAGES
from harness.drafting_user import Desk
from harness.ollama_server import OllamaServer
from harness.served import POST


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Give a post and a library in a home of their own, with a scripted Ollama that drafts."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("cache", "config", "data", "state"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    async with OllamaServer() as server:
        desk = Desk(tmp_path, server)
        server.usual = desk.answer
        library = tmp_path / "work" / "library"
        library.mkdir(parents=True)
        for name, text in PAGES.items():
            (library / f"{name}.md").write_text(text)
        desk.post.write_bytes(POST.encode())
        monkeypatch.chdir(tmp_path / "work")
        yield desk
