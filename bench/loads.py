"""Loads that no writer's day brings: a book in one file, bursts of changes, thousands of notes, hostile Markdown.

The texts and the gates are those of the requirements L1 to L10 in docs/safety.md.
"""

from __future__ import annotations

import asyncio
import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import ROOT
from bench.machine import resident_megabytes
from bench.rows import Part, Row, p95
from bench.servers import COPYDESK, environment, running, settings
from copydesk.core.markdown import read
from copydesk.core.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from bench.scripted_model import ScriptedModel
    from bench.servers import Running

PLAIN = "The mill at the river was old, and the flow of water on its wheel was known to all of the town.\n\n"
FLAWED = "Studies show that the mill was old. Its wheel turned, and many experts agree about the town.\n\n"
BOOK = (FLAWED + PLAIN * 9) * 500
CHANGES, WHOLE_CHANGES = 1000, 100
NOTES = 1000
"""Paragraphs of two notes each."""
PROCESSES, LOOKS = 4, 400
HOSTILE = {
    "20,000 brackets": "[" * 20_000,
    "10,000 images": "![" * 10_000,
    "2,000 quotes": ">" * 2_000 + " very",
    "20,000 emphases": "*a " * 20_000,
    "5,000 references": "[a]: b\n" * 5_000,
    "40,000 comments": "<!--" * 40_000,
}


async def measure(model: ScriptedModel, home: Path, program: Path | None) -> Part:
    """Measure copydesk in processes of their own, and the reader in this one."""
    options = settings(model.url)
    options["critique"] = {"max_per_1000_words": 1000}
    rows: list[Row] = []
    for load in (_book, _burst, _notes):
        async with running(COPYDESK, home, options, model.url) as server:
            rows += await load(server)
    slowest = {name: _read_seconds(text) for name, text in HOSTILE.items()}
    worst = max(slowest, key=lambda name: slowest[name])
    rows.append(Row(f"Slowest of {len(HOSTILE)} texts made to be slow ({worst})", "ms", 1000 * slowest[worst], 1000))
    rows.append(Row(f"Cache, p95 of a look-up while {PROCESSES} processes use it", "ms", await _shared_cache(home), 5))
    remarks = (
        f"The book has {BOOK.count(chr(10)):,} lines and {len(BOOK) / 1e6:.2f} million characters. An editor sends "
        "whole texts; all of a burst is sent at once, and it is over when notes of its last text are shown.",
    )
    return Part("Loads", tuple(rows), remarks=remarks)


async def _book(server: Running) -> list[Row]:
    editor, uri = server.editor, "file:///bench/book.md"
    began = time.perf_counter()
    editor.open(uri, BOOK)
    await _hover(server, uri)
    hovered = time.perf_counter() - began
    await editor.until(lambda: editor.diagnostics.get(uri))
    checked = time.perf_counter() - began
    memory = resident_megabytes(server.pid)
    began = time.perf_counter()
    version = await _changed(server, uri, WHOLE_CHANGES)
    await editor.until(lambda: editor.versions.get(uri) == version)
    return [
        Row("A book of 10,000 lines: from opening to a hover", "ms", 1000 * hovered, 300),
        Row("The same to its notes", "ms", 1000 * checked, 3000),
        Row("Memory with it open", "MB", memory, 150),
        Row(f"{WHOLE_CHANGES} changes of it at once, to the notes of the last", "ms", _since(began), 2000),
    ]


async def _burst(server: Running) -> list[Row]:
    editor, uri = server.editor, "file:///bench/burst.md"
    editor.open(uri, BOOK[: len(BOOK) // 10])
    await editor.until(lambda: editor.diagnostics.get(uri))
    began = time.perf_counter()
    typing = asyncio.create_task(_changed(server, uri, CHANGES))
    hovers = []
    while not typing.done():
        hovers.append(await _hover(server, uri))
    version = await typing
    await editor.until(lambda: editor.versions.get(uri) == version)
    return [
        Row(f"{CHANGES:,} changes of a tenth of it at once, to the notes of the last", "ms", _since(began), 5000),
        Row("Hover meanwhile, p95", "ms", p95(hovers), 250),
    ]


async def _notes(server: Running) -> list[Row]:
    editor, uri = server.editor, "file:///bench/notes.md"
    began = time.perf_counter()
    editor.open(uri, FLAWED * NOTES)
    await editor.until(lambda: editor.diagnostics.get(uri))
    taken = _since(began)
    return [Row(f"{2 * NOTES:,} notes: from opening to the {len(editor.diagnostics[uri])} shown", "ms", taken, 200)]


async def _changed(server: Running, uri: str, times: int) -> int:
    """Send so many changes, each with the whole text, and return the version of the last."""
    editor = server.editor
    for number in range(times):
        editor.insert(uri, 0, "x")
        if number % 10 == 9:
            await asyncio.sleep(0)
    return editor.buffers[uri].version


async def _hover(server: Running, uri: str) -> float:
    """Return how many milliseconds an answer took."""
    began = time.perf_counter()
    at: dict[str, Any] = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 3}}
    await server.editor.request("textDocument/hover", at)
    return _since(began)


def _read_seconds(text: str) -> float:
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        read(Text(text))
        taken.append(time.perf_counter() - began)
    return median(taken)


async def _shared_cache(home: Path) -> float:
    """Return the greatest of the processes' 95th percentiles, in milliseconds."""
    command = [sys.executable, str(ROOT / "bench" / "shared_cache.py"), str(home / "shared"), str(LOOKS)]
    own = environment(home)
    running = [
        await asyncio.create_subprocess_exec(*command, str(name), stdout=asyncio.subprocess.PIPE, env=own)
        for name in range(PROCESSES)
    ]
    return max([float((await process.communicate())[0]) for process in running])


def _since(began: float) -> float:
    return 1000 * (time.perf_counter() - began)
