"""A home, a project with a post and a library, and the real commands as processes there, which may be killed.

async with OllamaServer() as model:
    place = Place(folder, model.url)
    async with place.served() as (editor, process): ...
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk.adapters.records import Record, records_in
from harness.draft_models import PAGES
from harness.editor import VSCODE, Editor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

POST = """---
copydesk:
  style: about 40 words
---

# Canals

Canals carry boats over land.

## The Lund canal

## Afterwards

Then came the railway.
"""
HEADING = "## The Lund canal"
_HOMES = ("CACHE", "CONFIG", "DATA", "STATE")
_SYSTEM = Path("/proc")
_TESTS = Path(__file__).parents[1]


class Place:
    """Where the commands run; `pages` are the library's files by name."""

    def __init__(self, folder: Path, host: str, pages: dict[str, str] | None = None) -> None:
        self.folder, self.host = folder, host
        self.project = folder / "project"
        (self.project / "library").mkdir(parents=True)
        for name, text in (pages or {f"{name}.md": text for name, text in PAGES.items()}).items():
            (self.project / "library" / name).write_text(text, "utf-8")
        self.post.write_bytes(POST.encode())

    @property
    def post(self) -> Path:
        """Return the document."""
        return self.project / "post.md"

    @property
    def uri(self) -> str:
        """Return the document's address."""
        return self.post.as_uri()

    @property
    def environment(self) -> dict[str, str]:
        """Return an environment in which nothing of this user's is found."""
        own = {f"XDG_{name}_HOME": str(self.folder / name.lower()) for name in _HOMES}
        return {**os.environ, **own, "HOME": str(self.folder)}

    @property
    def journals(self) -> list[Path]:
        """Return the journals of drafts."""
        return sorted((self.folder / "state" / "copydesk" / "drafts").glob("*.journal"))

    def records(self) -> list[Record]:
        """Return all that the journals hold."""
        return [one for path in self.journals for one in records_in(path.read_bytes())]

    async def started(self, *arguments: str) -> asyncio.subprocess.Process:
        """Start a command in the project."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "copydesk", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=self.project,
            env=self.environment,
        )

    async def drafting(self, *arguments: str) -> asyncio.subprocess.Process:
        """Start to draft the section from the command line."""
        engine = ("--library", "library", "--engine", "ollama", "--host", self.host)
        return await self.started("draft", "post.md", "--heading", HEADING, *engine, *arguments)

    @asynccontextmanager
    async def served(self, *program: str) -> AsyncIterator[tuple[Editor, asyncio.subprocess.Process]]:
        """Start the language server with an editor on its streams; what is left of it is killed in the end.

        `program` is a module with its arguments that runs the command, by default copydesk itself.
        """
        to_server, from_editor = os.pipe()
        to_editor, from_server = os.pipe()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *(program or ("copydesk",)), "serve"),
            stdin=to_server,
            stdout=from_server,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=self.folder,
            env=self.environment | {"PYTHONPATH": str(_TESTS)},
        )
        os.close(to_server)
        os.close(from_server)
        editor = Editor(to_editor, from_editor, VSCODE)
        options: dict[str, Any] = {
            "engine": {"kind": "ollama", "host": self.host, "model": "llama3.1:8b"},
            "search": {"library": [str(self.project / "library")]},
        }
        try:
            await editor.initialize(folders=[self.project.as_uri()], options=options)
            yield editor, process
        finally:
            await editor.hang_up()
            with contextlib.suppress(ProcessLookupError):
                if process.returncode is None:
                    process.kill()
            await process.wait()


def children(process: int) -> set[int]:
    """Return the processes that a process started, and those that they started; Linux tells which they are."""
    found: set[int] = set()
    for task in (_SYSTEM / str(process) / "task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found |= {child} | children(child)
    return found


def alive(processes: Iterable[int]) -> set[int]:
    """Return which processes are running."""
    return {one for one in processes if (_SYSTEM / str(one)).exists() and not _is_zombie(one)}


def sockets(process: int) -> int:
    """Return how many sockets a process holds."""
    held = 0
    for descriptor in (_SYSTEM / str(process) / "fd").iterdir():
        with contextlib.suppress(OSError):
            held += str(descriptor.readlink()).startswith("socket:")
    return held


def listening(process: int) -> set[tuple[str, str]]:
    """Return the sockets on which a process listens: `tcp`, `tcp6` or `unix`, and the number that Linux has for it."""
    held = set()
    for descriptor in (_SYSTEM / str(process) / "fd").iterdir():
        with contextlib.suppress(OSError):
            held.add(str(descriptor.readlink()))
    found = set()
    for family, state, number in (("tcp", "0A", 9), ("tcp6", "0A", 9), ("unix", "00010000", 6)):
        for line in (_SYSTEM / str(process) / "net" / family).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == state and f"socket:[{fields[number]}]" in held:
                found.add((family, fields[number]))
    return found


def _is_zombie(process: int) -> bool:
    try:
        return (_SYSTEM / str(process) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
