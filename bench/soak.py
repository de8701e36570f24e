"""Many minutes of random typing, commands and engine faults: what the daemon holds stays the same.

The same seed gives the same choices; how far they get in the time depends on the machine. Before each look all jobs are
cancelled and waited for, so that what is counted is what is kept.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.documents import invented
from bench.machine import resident_megabytes
from bench.rows import Part, Row
from bench.scripted_model import ScriptedModel
from bench.servers import running, settings
from bench.soak_daemon import COUNTS
from harness.editor import RefusedRequest
from harness.ollama_server import Turn, error

if TYPE_CHECKING:
    from harness.editor import Editor

DAEMON = (sys.executable, str(Path(__file__).with_name("soak_daemon.py")))
MINUTES = 20.0
SEED = 11
LOOK_SECONDS = 10.0
DOCUMENTS = 3
LARGEST = 30_000
"""Code points after which a document is begun anew."""
GROWTH = 10.0
"""Per cent that memory may grow by from the second quarter of the looks to the last."""
WORDS = ("very ", "café ", "👩‍🚀 ", "\n\n", "# Mills\n\n", "It rains, so the mill is closed. ", "**", "[^1]", "x")


@dataclass
class Soak:
    """One daemon and what was seen of it, with the texts that changed elsewhere than where words were accepted."""

    editor: Editor
    model: Faulty
    pid: int
    chance: random.Random
    began: dict[str, str] = field(default_factory=dict)
    steps: int = 0
    commands: int = 0
    accepted: int = 0
    wrong: int = 0
    looks: list[dict[str, float]] = field(default_factory=list)


class Faulty(ScriptedModel):
    """A scripted model that now and then hangs up, fails, talks nonsense or takes its time."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance, self.faults = chance, 0
        well = self._answer
        self.usual = lambda chat: self._fault() or well(chat)

    def _fault(self) -> Turn | None:
        drawn = self.chance.random()
        if drawn > 0.08:
            return None
        self.faults += 1
        turns = (
            Turn(ending="close"),
            Turn(ending="reset"),
            Turn(lines=(b"{nonsense\n",)),
            error(500, "out of luck"),
            Turn(delay=0.3),
        )
        return turns[int(drawn / 0.08 * len(turns))]


async def measure(minutes: float, home: Path) -> Part:
    """Soak for so many minutes."""
    chance = random.Random(SEED)
    async with (
        Faulty(random.Random(SEED + 1)) as model,
        running(DAEMON, home, settings(model.url), model.url) as server,
    ):
        soak = Soak(server.editor, model, server.pid, chance)
        for number in range(DOCUMENTS):
            _open(soak, f"file:///bench/soak-{number}.md", invented(number) + "\nIt rains, so the mill is closed.\n")
        end, due = time.monotonic() + 60 * minutes, time.monotonic()
        while time.monotonic() < end:
            await _step(soak)
            if time.monotonic() >= due:
                await _look(soak)
                due = time.monotonic() + LOOK_SECONDS
        await _look(soak)
    return _part(soak, minutes)


def _open(soak: Soak, uri: str, text: str) -> None:
    soak.began[uri] = text
    soak.editor.open(uri, text)


async def _step(soak: Soak) -> None:
    """Do one thing that a writer does, or several at once."""
    editor, chance = soak.editor, soak.chance
    soak.steps += 1
    uri = chance.choice(list(soak.began))
    text = editor.buffers[uri].text
    at = chance.randrange(len(text) + 1)
    drawn = chance.random()
    if len(text) > LARGEST:
        editor.replace(uri, 0, len(text), soak.began[uri])
    elif drawn < 0.5:
        editor.replace(uri, at, at, chance.choice(WORDS))
    elif drawn < 0.6:
        editor.replace(uri, at, min(len(text), at + chance.randrange(30)), "")
    elif drawn < 0.68 and editor.buffers[uri].undo:
        editor.undo(uri)
        del editor.buffers[uri].undo[:-50], editor.buffers[uri].redo[:-50]
    elif drawn < 0.7:
        editor.save(uri)
    elif drawn < 0.71:
        editor.close(uri)
        _open(soak, uri, soak.began[uri])
    else:
        await _command(soak, uri, drawn)
    await asyncio.sleep(0.01)


async def _command(soak: Soak, uri: str, drawn: float) -> None:
    editor, chance = soak.editor, soak.chance
    soak.commands += 1
    notes = editor.diagnostics.get(uri) or []
    with suppress(RefusedRequest):
        if drawn < 0.8:
            place = {"textDocument": {"uri": uri}, "position": {"line": chance.randrange(5), "character": 8}}
            await editor.request("textDocument/hover", place)
        elif drawn < 0.88:
            await editor.command("copydesk.critiqueDocument", uri=uri)
        elif drawn < 0.9:
            await editor.command("copydesk.researchClaim", uri=uri, position={"line": 0, "character": 1})
        elif drawn < 0.93:
            await editor.command("copydesk.cancel")
        elif notes and drawn < 0.95:
            await editor.command("copydesk.explainNote", noteId=chance.choice(notes)["data"]["id"])
        elif notes:
            await _rewritten(soak, uri, chance.choice(notes))


async def _rewritten(soak: Soak, uri: str, note: dict[str, Any]) -> None:
    """Ask for a rewrite, and accept it; nothing but the note's words may change."""
    editor, identity = soak.editor, note["data"]["id"]
    await editor.command("copydesk.rewriteNote", noteId=identity)
    await asyncio.sleep(0.2)
    before = editor.buffers[uri].text
    shown = next((one for one in editor.diagnostics[uri] if one["data"]["id"] == identity), None)
    words = editor.quoted(uri, shown["range"]) if shown is not None else ""
    if not words:
        return
    done = await editor.command("copydesk.applyNote", noteId=identity)
    after = editor.buffers[uri].text
    soak.accepted += done["applied"]
    head, _, tail = before.partition(words)
    if after != before and before.count(words) == 1 and not (after.startswith(head) and after.endswith(tail)):
        soak.wrong += 1


async def _look(soak: Soak) -> None:
    """Let everything come to rest and count what the daemon holds."""
    editor = soak.editor
    await editor.command("copydesk.cancel")
    async with asyncio.timeout(30):
        while (await editor.command("copydesk.jobs"))["jobs"]:  # noqa: ASYNC110  # so a client asks
            await asyncio.sleep(0.05)
    await soak.model.idle()
    await asyncio.sleep(0.5)
    counts = await editor.request("workspace/executeCommand", {"command": COUNTS})
    soak.looks.append({**counts, "memory": resident_megabytes(soak.pid), "descriptors": _descriptors(soak.pid)})
    for kept in (editor.messages, editor.progress, editor.said, soak.model.requests, soak.model.asked_at):
        kept.clear()


def _descriptors(pid: int) -> int:
    """Return how many descriptors a process holds, 0 where the system does not tell."""
    folder = Path(f"/proc/{pid}/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def _part(soak: Soak, minutes: float) -> Part:
    quarter = max(1, len(soak.looks) // 4)
    early, late = soak.looks[quarter : 2 * quarter] or soak.looks[:1], soak.looks[-quarter:]

    def grown(name: str) -> float:
        return median(one[name] for one in late) - median(one[name] for one in early)

    before = median(one["memory"] for one in early)
    rows = (
        Row("Memory, growth from the second quarter to the last", "%", 100 * grown("memory") / before, GROWTH),
        Row("Descriptors, growth", "", grown("descriptors"), 0),
        Row("asyncio tasks, growth", "", grown("tasks"), 0),
        Row("Threads, growth", "", grown("threads"), 0),
        Row("Requests remembered, growth", "", grown("requests"), 0),
        Row("Texts that changed elsewhere than where words were accepted", "", soak.wrong + len(soak.editor.faults), 0),
    )
    last = soak.looks[-1]
    remarks = (
        f"{minutes:g} minutes: {soak.steps:,} steps, of them {soak.commands:,} commands, {soak.accepted} rewrites "
        f"accepted, {soak.model.faults:,} engine faults; {len(soak.looks)} looks. Memory {before:.1f} MB early, "
        f"{median(one['memory'] for one in late):.1f} MB late, most {max(one['memory'] for one in soak.looks):.1f} MB. "
        f"At the end {last['tasks']:.0f} tasks, {last['threads']:.0f} threads, {last['descriptors']:.0f} descriptors.",
    )
    return Part("A long time of everything at once", rows, remarks=remarks)
