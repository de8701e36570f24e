"""A library for tests: files from a table, a worker that says what it is told, and clocks that the test sets."""

from __future__ import annotations

import os
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from copydesk.adapters.extraction.values import Extracted
from copydesk.adapters.library.library import Library
from copydesk.errors import PageUnusable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from copydesk.adapters.library.reading import ParseWorker

HOUR = 3600.0
FILES = {
    "notes/harbour.md": "---\ntitle: The harbour\n---\n\n# Another heading\n\nThe harbour opened in 1874.\n",
    "notes/deep/trams.txt": "Trams came to the town in 1902.\n",
    "notes/page.html": "A page\nThe lighthouse has a green lamp.",
    "notes/paper.pdf": "%PDFA paper\nThe ferry carries ninety cars.",
    "notes/chapter.qmd": "# A chapter\n\nThe mill burnt down.\n",
    "notes/post.mdx": "# A post\n\nThe bridge was painted red.\n",
}


class ScriptedWorker:
    """Takes a file for its own text, its first line for the title; `failures` are raised by name of the file.

    `asked` holds the names in order.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failures: dict[str, Exception] = {}
        self.hidden = False

    async def html(self, body: bytes, url: str, charset: str | None) -> Extracted:
        assert charset is None
        return self._extracted(body, url)

    async def pdf(self, body: bytes, url: str) -> Extracted:
        if not body.startswith(b"%PDF"):
            raise PageUnusable("It is not a PDF file.")
        return self._extracted(body.removeprefix(b"%PDF"), url)

    def _extracted(self, body: bytes, url: str) -> Extracted:
        name = url.rsplit("/", 1)[1]
        self.asked.append(name)
        if name in self.failures:
            raise self.failures[name]
        title, _, text = body.decode().partition("\n")
        return Extracted(text, title, self.hidden)


class Clocks:
    """`wall` is set by the test; `steady` is far on at each reading, so that every search looks at the files."""

    def __init__(self, wall: float | None = None, step: float = 10.0) -> None:
        # An hour on, files that a test wrote have settled: only what their times say counts.
        self.now = time.time() + HOUR if wall is None else wall
        self.steady_now = 0.0
        self.step = step

    def wall(self) -> float:
        return self.now

    def steady(self) -> float:
        self.steady_now += self.step
        return self.steady_now


@asynccontextmanager
async def library(
    root: Path, *folders: str, worker: ParseWorker | None = None, clocks: Clocks | None = None, **options: Any
) -> AsyncIterator[Library]:
    """Open a library over `notes` below `root`, or other folders; its index is in `index`, beside them."""
    clocks = clocks or Clocks()
    told = {"directory": root / "index", "clock": clocks.wall, "monotonic": clocks.steady, **options}
    opened = Library(folders or ("notes",), root, worker or ScriptedWorker(), **told)
    try:
        yield opened
    finally:
        await opened.close()


def written(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below `root`; text as UTF-8."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


async def names(opened: Library, query: str, limit: int = 10) -> list[str]:
    """Return the names of the files found, best first."""
    return [hit.url.rsplit("/", 1)[1] for hit in (await opened.find(query, limit)).hits]


async def skipped(opened: Library, query: str = "anything") -> dict[str, str]:
    """Return what was left out and why."""
    return {one.what: one.why for one in (await opened.find(query, 1)).skipped}


async def everything(opened: Library, *queries: str) -> list[object]:
    """Return all that queries lead to, down to the pages."""
    found: list[object] = []
    for query in queries:
        answer = await opened.find(query, 10)
        found += [answer, *[await opened.read(hit) for hit in answer.hits]]
    return found


def moved_in_time(path: Path, seconds: float) -> None:
    """Set a file's times without writing to it."""
    status = path.stat()
    os.utime(path, (status.st_atime + seconds, status.st_mtime + seconds))
