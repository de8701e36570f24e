"""What starting costs: seconds until `initialize` is answered, and memory at rest."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.documents import POST
from bench.machine import resident_megabytes
from bench.rows import Part, Row
from bench.servers import BARE, COPYDESK, running

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.scripted_model import ScriptedModel

ROUNDS = 7
REST_SECONDS = 0.5


@dataclass
class Costs:
    """What the starts of one server took: milliseconds, and megabytes once at rest."""

    milliseconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


async def measure(model: ScriptedModel, home: Path, program: Path | None) -> Part:
    """Start each server in turn, several times; the least of each counts."""
    commands: dict[str, Sequence[str]] = {"bare": BARE, "copydesk": COPYDESK}
    if program is not None:
        commands["peer"] = [str(program)]
    costs = {name: Costs() for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            await _start(command, home / name, costs[name])
    bare, ours = (min(costs[name].milliseconds) for name in ("bare", "copydesk"))
    theirs = min(costs["peer"].milliseconds) - bare if program is not None else None
    memory = {name: min(cost.megabytes) for name, cost in costs.items()}
    reading = await _with_document(home / "reading")
    rows = (
        Row("Start to `initialize`, beyond bare pygls", "ms", ours - bare, 100, theirs),
        Row("Memory at rest", "MB", memory["copydesk"], 60, memory.get("peer")),
        Row("Memory with a document open", "MB", reading),
    )
    remark = f"Least of {ROUNDS} starts in turn. Bare pygls: {bare:.0f} ms and {memory['bare']:.1f} MB."
    return Part("Starting", rows, remarks=(remark,))


async def _start(command: Sequence[str], home: Path, costs: Costs) -> None:
    async with running(command, home) as server:
        costs.milliseconds.append(1000 * server.seconds)
        # What runs in the background after the handshake belongs to being at rest.
        await asyncio.sleep(REST_SECONDS)
        costs.megabytes.append(resident_megabytes(server.pid))


async def _with_document(home: Path) -> float:
    async with running(COPYDESK, home) as server:
        uri = "file:///bench/post.md"
        server.editor.open(uri, POST.read_text(encoding="utf-8"))
        await server.editor.until(lambda: server.editor.diagnostics.get(uri))
        await asyncio.sleep(REST_SECONDS)
        return resident_megabytes(server.pid)
