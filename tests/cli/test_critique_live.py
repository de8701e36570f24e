"""`copydesk critique` while it runs: what is seen at a terminal before the model is done, and after an interruption."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest

from harness.ollama_server import OllamaServer, Turn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

POST = "# A move\n\nThe town of Lund has two bridges. Studies show that shops overpay.\n"
RULE = "warning CD102 “Studies show” names no one"
NAMED = ("--engine", "ollama", "--host")


class Reading:
    """A critique that runs at a terminal of its own, and what it has shown so far."""

    def __init__(self, process: asyncio.subprocess.Process, terminal: int) -> None:
        self.process = process
        self.shown = ""
        self._terminal = terminal

    async def until(self, words: str) -> str:
        """Return what is shown once it has `words`; fails where the command ends without."""
        while words not in self.shown:
            more = await asyncio.to_thread(self._read)
            assert more, f"{words!r} was never shown: {self.shown!r}"
            self.shown += more
        return self.shown

    async def end(self) -> int:
        """Return the exit status, with all that was shown read."""
        while more := await asyncio.to_thread(self._read):
            self.shown += more
        os.close(self._terminal)
        return await self.process.wait()

    def _read(self) -> str:
        try:
            return os.read(self._terminal, 65536).decode(errors="replace")
        except OSError:  # as Linux tells that nobody writes any more
            return ""


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Let commands hear of an interruption, also where the tests run in the background, which is deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaServer]:
    """Run a scripted Ollama that never comes to the end of an answer."""
    async with OllamaServer() as server:
        server.usual = Turn(pieces=("A",), ending="hang")
        yield server


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Give a home without settings, and a folder with a post."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "post.md").write_text(POST)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "OLLAMA", "COPYDESK"))}
    return kept | {"HOME": str(tmp_path), "NO_COLOR": "1"}


async def at_terminal(work: Path, environment: dict[str, str], *arguments: str) -> Reading:
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "copydesk", "critique", *arguments),
        cwd=work, env=environment, stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    return Reading(process, ours)


async def test_at_a_terminal_what_the_rules_found_does_not_wait_for_the_model(
    ollama: OllamaServer, tmp_path: Path, environment: dict[str, str]
) -> None:
    reading = await at_terminal(tmp_path / "work", environment, "post.md", *NAMED, ollama.url)
    assert RULE in await reading.until("testing the model, 0 of ")
    reading.process.send_signal(signal.SIGINT)
    assert await reading.end() == 130
    assert reading.shown.count(RULE) == 1
    assert "1 finding in 1 document" in reading.shown
    assert "Interrupted" in reading.shown


async def test_at_a_terminal_a_finding_of_the_model_is_shown_as_it_comes_and_once(
    ollama: OllamaServer, tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "work" / "post.md").write_text(POST + "\nThe town of Malmö has nine bridges.\n")
    ways: list[str] = []

    def answer(chat: dict[str, Any]) -> Turn:
        words = chat["messages"][-1]["content"]
        if "nine bridges" in words:
            return Turn(ending="hang")
        # The flaw is the second letter the first time that a question is asked, and the first letter the other time.
        ways.extend("BA"[len(ways)] for _ in range("two bridges" in words))
        letter = ways[-1] if "two bridges" in words else "A"
        return Turn(pieces=(letter,), top={"A": -0.05 - 3 * (letter == "B"), "B": -0.05 - 3 * (letter == "A")})

    ollama.usual = answer
    unproven = ("--unproven", "--all")
    reading = await at_terminal(tmp_path / "work", environment, "post.md", *unproven, *NAMED, ollama.url)
    before = await reading.until("[critic]")
    assert before.index(RULE) < before.index("[critic]")
    assert "findings in 1 document" not in before
    reading.process.send_signal(signal.SIGINT)
    assert await reading.end() == 130
    assert reading.shown.count("[critic]") == 1
    assert "2 findings in 1 document, 19 words: 1 from instant checks, 1 from the model" in reading.shown


async def test_a_second_document_is_not_kept_waiting_by_the_model(
    ollama: OllamaServer, tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "work" / "second.md").write_text(POST)
    reading = await at_terminal(tmp_path / "work", environment, "post.md", "second.md", *NAMED, ollama.url)
    before = await reading.until("post.md: testing the model")
    assert before.index("post.md:3:35") < before.index("second.md:3:35")
    reading.process.send_signal(signal.SIGINT)
    assert await reading.end() == 130
    assert "2 findings in 2 documents" in reading.shown


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
async def test_interrupted_in_a_pipe_it_prints_what_it_found(
    ollama: OllamaServer, tmp_path: Path, environment: dict[str, str], form: str
) -> None:
    asked = asyncio.Event()

    def answer(chat: dict[str, Any]) -> Turn:
        asked.set()
        return Turn(ending="hang")

    ollama.usual = answer
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "copydesk", "critique", "post.md", "--format", form, *NAMED, ollama.url),
        cwd=tmp_path / "work", env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    await asked.wait()
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert process.returncode == 130
    assert "CD102" in out.decode()
    told = out if form == "text" else err
    assert "Interrupted before the model had read everything" in told.decode()
    if form == "json":
        assert "Interrupted" in json.loads(out)["problem"]
    assert not re.search("Traceback|\x1b", out.decode() + err.decode())
