"""How often the model is asked: for a text it has read before, and while the writer types."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bench.documents import invented
from bench.responsiveness import CRITIQUE, ended, learn
from bench.rows import Part, Row
from bench.servers import copydesk, textlsp

if TYPE_CHECKING:
    from pathlib import Path

    from bench.scripted_model import ScriptedModel
    from harness.editor import Editor

CALL_SECONDS = 0.1
KEYS = "still"
KEY_SECONDS = 0.05
STILL_SECONDS = 1.0
"""How long no call may come before the model counts as left alone."""


async def measure(model: ScriptedModel, home: Path, program: Path | None) -> Part:
    """Measure copydesk and, where there is one, textLSP."""
    await learn(model, home)
    model.seconds = CALL_SECONDS
    first, again, anew, typing = await _copydesk(model, home)
    peers = await _textlsp(model, home / "peer", program) if program is not None else (None,) * 4
    rows = (
        Row("Calls on opening and critiquing the same text again", "calls", again, 0, peers[1]),
        Row("The same in a new process", "calls", anew, 0, peers[2]),
        Row(f"Calls for a burst of {len(KEYS)} keystrokes", "calls", typing, 1, peers[3]),
    )
    beside = f", textLSP {peers[0]}" if program is not None else ""
    remarks = (
        f"The first critique of the five passages took copydesk {first} calls{beside}.",
        "copydesk asks the model only on command; instant checks follow the typing.",
    )
    return Part("How often the model is asked", rows, remarks=remarks)


async def _copydesk(model: ScriptedModel, home: Path) -> tuple[int, int, int, int]:
    uri = "file:///bench/calls.md"
    async with copydesk(home, model.url) as editor:
        counts = []
        for token in ("first", "again"):
            before = model.calls
            editor.open(uri, invented(20))
            await _critiqued(editor, uri, token)
            counts.append(model.calls - before)
            editor.close(uri)
    async with copydesk(home, model.url) as editor:
        before = model.calls
        editor.open(uri, invented(20))
        await _critiqued(editor, uri, "anew")
        counts.append(model.calls - before)
        before = model.calls
        for count in range(len(KEYS)):
            editor.insert(uri, count, KEYS[count])
            await asyncio.sleep(KEY_SECONDS)
        version = editor.buffers[uri].version
        await editor.until(lambda: editor.versions.get(uri) == version)
        await asyncio.sleep(STILL_SECONDS)
        counts.append(model.calls - before)
    return counts[0], counts[1], counts[2], counts[3]


async def _critiqued(editor: Editor, uri: str, token: str) -> None:
    await editor.command(CRITIQUE, uri=uri, token=token)
    how = await ended(editor, token)
    if not how.startswith("Done"):
        raise RuntimeError(f"A critique ended with {how!r}.")


async def _textlsp(model: ScriptedModel, home: Path, program: Path) -> tuple[int, int, int, int]:
    uri = "file:///bench/calls.txt"
    counts = []
    for opened in (2, 1):
        async with textlsp(program, home, model.url, on_change=True) as editor:
            for _ in range(opened):
                before = model.calls
                editor.open(uri, invented(20), "plaintext")
                await _left_alone(model)
                counts.append(model.calls - before)
                editor.close(uri)
    async with textlsp(program, home, model.url, on_change=True) as editor:
        editor.open(uri, invented(20), "plaintext")
        await _left_alone(model)
        before = model.calls
        for count, key in enumerate(KEYS):
            place = {"line": 0, "character": count}
            change = {"range": {"start": place, "end": place}, "text": key}
            document = {"uri": uri, "version": 2 + count}
            editor.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
            await asyncio.sleep(KEY_SECONDS)
        await _left_alone(model)
        counts.append(model.calls - before)
    return counts[0], counts[1], counts[2], counts[3]


async def _left_alone(model: ScriptedModel) -> None:
    """Wait until the model was asked nothing for a while."""
    async with asyncio.timeout(60):
        calls = -1
        while calls != model.calls:
            calls = model.calls
            await asyncio.sleep(STILL_SECONDS)
