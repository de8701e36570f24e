"""What the writer waits for while a model works: answers, the first finding, a cancelled critique letting go."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.documents import invented
from bench.rows import Part, Row, p95
from bench.servers import copydesk, textlsp
from copydesk.core.questions.kinds import FACT

if TYPE_CHECKING:
    from pathlib import Path

    from bench.scripted_model import ScriptedModel
    from harness.editor import Editor

CALL_SECONDS = 1.0
CRITIQUE = "copydesk.critiqueDocument"
CANCEL = "window/workDoneProgress/cancel"
METHODS = ("textDocument/codeAction", "textDocument/hover")
EVERY, ASKED = 0.05, 90
CANCELS = 5
ENDED_SECONDS = 60.0
STILL_SECONDS = 1.5
"""How long is watched whether a call follows a cancel: longer than one call."""


async def measure(model: ScriptedModel, home: Path, program: Path | None) -> Part:
    """Measure copydesk and, where there is one, textLSP."""
    await learn(model, home)
    model.seconds = CALL_SECONDS
    actions, hovers, first, first_of_model, calls_before = await _copydesk_reading(model, home)
    freed, after = await _copydesk_cancelled(model, home)
    peer_actions, peer_first, peer_freed, peer_after = None, None, None, None
    if program is not None:
        peer_actions, peer_first = await _textlsp_reading(home / "peer", program, model)
        peer_freed, peer_after = await _textlsp_cancelled(home / "peer", program, model)
    limit = 1000 * CALL_SECONDS + 150
    rows = (
        Row("Code action, p95 while a critique runs", "ms", actions, 50, peer_actions),
        Row("Hover, p95 while a critique runs", "ms", hovers, 50),
        Row("First finding", "ms", first, limit, peer_first),
        Row("First finding of the model, its self-test cached", "ms", first_of_model, limit, peer_first),
        Row(f"Cancel to the model's socket closed, worst of {CANCELS}", "ms", freed, 250, peer_freed),
        Row("Calls after a cancel", "calls", after, 0, peer_after),
    )
    return Part("While the model works, at 1 s per call", rows, remarks=_remarks(calls_before, program))


def _remarks(calls_before: int, program: Path | None) -> tuple[str, ...]:
    remarks = [
        f"A document of five passages; {ASKED} requests, one each {1000 * EVERY:.0f} ms, none waiting for another.",
        "Findings are timed from opening the document and asking for a critique at once. The first comes from an "
        f"instant check. The first finding of the model came after {calls_before} calls; a question is asked both ways "
        "round before it counts, so no model's finding can come after fewer than two.",
    ]
    if program is not None:
        remarks.append(
            "textLSP answers no hover; it tells nobody to stop, so the time after its cancel is that until its last "
            "call was done."
        )
    return tuple(remarks)


async def learn(model: ScriptedModel, home: Path) -> None:
    """Let copydesk test the scripted model once, in a process of its own."""
    model.seconds = 0.0
    async with copydesk(home, model.url) as editor:
        uri = "file:///bench/learn.md"
        editor.open(uri, invented(0) + "\nIt rains, so the café, which everyone always loves, is closed.\n")
        await editor.command(CRITIQUE, uri=uri, token="learn")
        await ended(editor, "learn")


async def ended(editor: Editor, token: str) -> str:
    """Wait until a critique has ended and return how; raises `TimeoutError`."""
    async with asyncio.timeout(ENDED_SECONDS):
        while True:
            # The editor's own patience is shorter than a model's self-test may take.
            with suppress(TimeoutError):
                steps = await editor.until(partial(_all_steps, editor, token))
                return str(steps[-1].get("message"))


def _all_steps(editor: Editor, token: str) -> list[dict[str, Any]]:
    steps = editor.progress.get(token, [])
    return steps if steps and steps[-1]["kind"] == "end" else []


async def _copydesk_reading(model: ScriptedModel, home: Path) -> tuple[float, float, float, float, int]:
    async with copydesk(home, model.url) as editor:
        uri = "file:///bench/reading.md"
        before, began = model.calls, time.perf_counter()
        editor.open(uri, invented(1))
        await editor.command(CRITIQUE, uri=uri, token="reading")
        first = asyncio.create_task(_first(editor, uri, lambda one: True))
        first_of_model = asyncio.create_task(_first(editor, uri, _by_model))
        await model.asked(before + 1)
        latencies = await _latencies(editor, uri, METHODS)
        seconds = (await first - began, await first_of_model - began)
        calls = sum(at - began < seconds[1] for at in model.asked_at[before:])
        for method in METHODS:
            if not await editor.request(method, _at(uri, method)):
                raise RuntimeError(f"{method} had nothing to answer.")
    return p95(latencies[0]), p95(latencies[1]), 1000 * seconds[0], 1000 * seconds[1], calls


async def _textlsp_reading(home: Path, program: Path, model: ScriptedModel) -> tuple[float, float]:
    async with textlsp(program, home, model.url) as editor:
        uri, before = "file:///bench/reading.txt", model.calls
        began = time.perf_counter()
        editor.open(uri, invented(1), "plaintext")
        first = asyncio.create_task(_first(editor, uri, lambda one: True))
        await model.asked(before + 1)
        (actions,) = await _latencies(editor, uri, METHODS[:1])
        return p95(actions), 1000 * (await first - began)


async def _first(editor: Editor, uri: str, wanted: Any) -> float:
    await editor.until(lambda: any(wanted(one) for one in editor.diagnostics.get(uri, ())))
    return time.perf_counter()


def _by_model(diagnostic: dict[str, Any]) -> bool:
    return bool(diagnostic["code"] == FACT.code)


async def _latencies(editor: Editor, uri: str, methods: tuple[str, ...]) -> list[list[float]]:
    """Return for each method the milliseconds of requests sent at a steady pace, whether or not answers come."""
    loop = asyncio.get_running_loop()
    taken: list[list[float]] = [[] for _ in methods]
    began, futures = loop.time(), []
    for number in range(ASKED):
        await asyncio.sleep(max(0.0, began + number * EVERY - loop.time()))
        which = number % len(methods)
        sent = time.perf_counter()
        _, future = editor.start(methods[which], _at(uri, methods[which]))
        future.add_done_callback(partial(_note, taken[which], sent))
        futures.append(future)
    async with asyncio.timeout(30):
        await asyncio.gather(*futures)
    await asyncio.sleep(0)
    return taken


def _note(taken: list[float], sent: float, _: object) -> None:
    taken.append(1000 * (time.perf_counter() - sent))


def _at(uri: str, method: str) -> dict[str, Any]:
    # In the second sentence, which an instant check flags.
    place = {"line": 0, "character": 110}
    if method.endswith("hover"):
        return {"textDocument": {"uri": uri}, "position": place}
    return {
        "textDocument": {"uri": uri},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": []},
    }


async def _copydesk_cancelled(model: ScriptedModel, home: Path) -> tuple[float, int]:
    worst = 0.0
    async with copydesk(home, model.url) as editor:
        for number in range(CANCELS):
            uri, token = f"file:///bench/cancel-{number}.md", f"cancel-{number}"
            before, gone = model.calls, model.disconnects
            editor.open(uri, invented(10 + number))
            await editor.command(CRITIQUE, uri=uri, token=token)
            await model.asked(before + 1)
            # Cancels come at different times within a call.
            await asyncio.sleep(0.1 + 0.15 * number)
            sent = time.perf_counter()
            editor.notify(CANCEL, {"token": token})
            await model.hung_up(gone + 1)
            worst = max(worst, 1000 * (time.perf_counter() - sent))
        calls = model.calls
        await asyncio.sleep(STILL_SECONDS)
        return worst, model.calls - calls


async def _textlsp_cancelled(home: Path, program: Path, model: ScriptedModel) -> tuple[float, int]:
    async with textlsp(program, home, model.url) as editor:
        uri, before, gone = "file:///bench/cancel.txt", model.calls, model.disconnects
        editor.open(uri, invented(10), "plaintext")
        await model.asked(before + 1)
        await asyncio.sleep(0.3)
        sent, calls = time.perf_counter(), model.calls
        for token in tuple(editor.progress):
            editor.notify(CANCEL, {"token": token})
        # Either the remaining passages are asked about to the end, or the call is dropped.
        ends = [asyncio.create_task(model.asked(before + 5)), asyncio.create_task(model.hung_up(gone + 1))]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for each in ends:
            each.cancel()
        await model.idle()
        return 1000 * (time.perf_counter() - sent), model.calls - calls
