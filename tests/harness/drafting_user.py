"""A user who drafts with the command line: a home, a post, a library, a scripted Ollama, and the command as run."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from copydesk.cli.main import main
from harness.commands import Done
from harness.draft_models import Competent, Question, competent, conforms, role_of
from harness.ollama_server import OllamaServer, Turn

HEADING = ("--heading", "The Lund canal")


@dataclass
class Desk:
    """A home, a folder with a post and a library, a scripted Ollama, and the command that is run there."""

    folder: Path
    ollama: OllamaServer
    model: Competent = field(default_factory=competent)
    kill_at: int = -1
    """The number of the call at which the command is killed, from 0 on."""
    with_signal: int = signal.SIGKILL
    before_answer: Callable[[int], object] = lambda number: None
    asked: list[str] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None

    @property
    def post(self) -> Path:
        return self.folder / "work" / "post.md"

    @property
    def journals(self) -> list[Path]:
        return sorted((self.folder / "state" / "copydesk" / "drafts").glob("*.journal"))

    async def run(self, *arguments: str) -> Done:
        """Run a command: one that drafts in a process of its own, which may be killed, any other here."""
        if arguments[0] != "draft":
            out, err = StringIO(), StringIO()
            with redirect_stdout(out), redirect_stderr(err):
                status = main(arguments)
            return Done(status, out.getvalue(), err.getvalue())
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "copydesk", *arguments),
            *("--library", "library", "--engine", "ollama", "--host", self.ollama.url),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said = await asyncio.wait_for(self.process.communicate(), 90)
        return Done(self.process.returncode or 0, *(each.decode() for each in said))

    def forget_answers(self) -> None:
        """Remove the cache, so that nothing but a journal can know of an earlier call."""
        shutil.rmtree(self.folder / "cache", ignore_errors=True)

    def answer(self, chat: dict[str, Any]) -> Turn:
        """Answer as a model that can, or end the command that asks."""
        words, schema = chat["messages"][-1]["content"], chat["format"]
        self.before_answer(len(self.asked))
        if len(self.asked) == self.kill_at:
            self.kill_at = -1
            assert self.process is not None
            self.process.send_signal(self.with_signal)
            return Turn(ending="hang")
        self.asked.append(words)
        role = role_of(schema)
        assert role is not None
        answer = self.model(Question(role, words, schema))
        conforms(answer, schema)
        return Turn(pieces=(json.dumps(answer),))
