"""What starting costs: seconds until `initialize` is answered, and memory at rest."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.documents import POST
from bench.machine import processor_milliseconds, resident_megabytes
from bench.rows import Part, Row
from bench.servers import BARE, COPYDESK, running

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.scripted_model import ScriptedModel

ROUNDS = 10
RESTS = 3
"""In how many of the rounds a server is left alone for a while before its memory is read."""

REST_SECONDS = 0.5


@dataclass
class Costs:
    """What the starts of one server took: milliseconds, those on a processor, and megabytes once at rest."""

    milliseconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


async def measure(model: ScriptedModel, home: Path, program: Path | None) -> Part:
    """Start each server in turn, several times; the least of each counts."""
    commands: dict[str, Sequence[str]] = {"bare": BARE, "copydesk": COPYDESK}
    if program is not None:
        commands["peer"] = [str(program)]
    costs = {name: Costs() for name in commands}
    for number in range(ROUNDS):
        for name, command in commands.items():
            await _start(command, home / name, costs[name], REST_SECONDS if number < RESTS else 0)
    bare, ours = (min(costs[name].milliseconds) for name in ("bare", "copydesk"))
    theirs = min(costs["peer"].milliseconds) - bare if program is not None else None
    memory = {name: min(cost.megabytes) for name, cost in costs.items()}
    reading = await _with_document(home / "reading")
    rows = (
        Row("Start to `initialize`, beyond bare pygls", "ms", ours - bare, 100, theirs),
        Row("Memory at rest", "MB", memory["copydesk"], 60, memory.get("peer")),
        Row("Memory with a document open", "MB", reading),
    )
    work = [min(costs[name].processor, default=0) for name in ("bare", "copydesk")]
    remark = f"Least of {ROUNDS} starts in turn. Bare pygls: {bare:.0f} ms and {memory['bare']:.1f} MB." + (
        f" On a processor copydesk took {work[1] - work[0]:.0f} ms more than bare pygls." if all(work) else ""
    )
    return Part("Starting", rows, remarks=(remark,))


async def _start(command: Sequence[str], home: Path, costs: Costs, rest: float) -> None:
    async with running(command, home) as server:
        costs.milliseconds.append(1000 * server.seconds)
        if (worked := processor_milliseconds(server.pid)) is not None:
            costs.processor.append(worked)
        if rest:
            # What runs in the background after the handshake belongs to being at rest.
            await asyncio.sleep(rest)
            costs.megabytes.append(resident_megabytes(server.pid))


async def _with_document(home: Path) -> float:
    async with running(COPYDESK, home) as server:
        uri = "file:///bench/post.md"
        server.editor.open(uri, POST.read_text(encoding="utf-8"))
        await server.editor.until(lambda: server.editor.diagnostics.get(uri))
        await asyncio.sleep(REST_SECONDS)
        return resident_megabytes(server.pid)
