"""Long work: progress, every way to cancel it, and what is said when it fails."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from copydesk.errors import EngineUnreachable
from harness.editor import NEOVIM, VSCODE, Editor
from harness.scripted import ScriptedDesk, services

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from pathlib import Path
    from typing import Any

    from conftest import Connect
    from copydesk.core.brief import Brief
    from copydesk.core.document import Document
    from copydesk.core.note import Note

URI = "file:///work/post.md"
TEXT = "One flaw. Two flaws. Very good.\n"


async def begun(connect: Connect, desk: ScriptedDesk, **arguments: object) -> tuple[Editor, str]:
    """Return an editor whose critique waits for its first answer, and the job's token."""
    desk.step = asyncio.Semaphore(0)
    editor = (await connect(VSCODE, services(desk))).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    job = await editor.command("copydesk.critiqueDocument", uri=URI, **arguments)
    token = arguments.get("token", f"copydesk/{job['jobId']}")
    await editor.until(lambda: editor.progress.get(token))
    await asyncio.wait_for(desk.reached.wait(), 10)
    return editor, str(token)


async def test_progress_is_shown_from_begin_to_end(connect: Connect) -> None:
    desk = ScriptedDesk()
    editor, token = await begun(connect, desk)
    for _ in range(3):
        desk.step.release()
    await editor.until(lambda: editor.progress[token][-1]["kind"] == "end")
    kinds = [step["kind"] for step in editor.progress[token]]
    assert kinds[0] == "begin"
    assert set(kinds[1:-1]) <= {"report"}
    assert editor.progress[token][0] == {"kind": "begin", "title": "copydesk: critique", "cancellable": True}
    assert editor.progress[token][-1]["message"] == "Done"
    assert [m["params"]["token"] for m in editor.messages if m.get("method") == "window/workDoneProgress/create"] == [
        token
    ]


async def test_the_client_s_own_token_is_used(connect: Connect) -> None:
    editor, token = await begun(connect, ScriptedDesk(), token="mine")
    assert token == "mine"
    assert not [m for m in editor.messages if m.get("method") == "window/workDoneProgress/create"]


async def test_a_client_without_progress_gets_none(connect: Connect) -> None:
    editor = (await connect(NEOVIM)).editor
    await editor.initialize(window={"workDoneProgress": False})
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.notes(URI, "Flawed: One flaw.", "Flawed: Two flaws.")
    assert editor.progress == {}


async def test_a_client_that_never_answers_does_not_delay_work(connect: Connect) -> None:
    editor = (await connect(VSCODE)).editor
    editor.answers["window/workDoneProgress/create"] = lambda params: asyncio.Event().wait()
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.notes(URI, "Flawed: One flaw.", "Flawed: Two flaws.")


CANCEL: dict[str, Callable[[Editor, str], Awaitable[object]]] = {}


def way(name: str) -> Callable[[Callable[[Editor, str], Awaitable[object]]], None]:
    return lambda function: CANCEL.__setitem__(name, function)


@way("the progress")
async def _(editor: Editor, token: str) -> object:
    return editor.notify("window/workDoneProgress/cancel", {"token": token})


@way("the command")
async def _(editor: Editor, token: str) -> object:
    return await editor.command("copydesk.cancel", jobId=token.removeprefix("copydesk/"))


@way("the command for all jobs")
async def _(editor: Editor, token: str) -> object:
    assert await editor.command("copydesk.cancel") == {"cancelled": 1}
    return None


@way("closing the document")
async def _(editor: Editor, token: str) -> object:
    return editor.close(URI)


@way("shutting down")
async def _(editor: Editor, token: str) -> object:
    return await editor.request("shutdown", None)


@way("hanging up")
async def _(editor: Editor, token: str) -> object:
    return await editor.hang_up()


@pytest.mark.parametrize("cancel", CANCEL.values(), ids=CANCEL.keys())
async def test_R54_every_way_to_cancel_reaches_the_engine(
    connect: Connect, cancel: Callable[[Editor, str], Awaitable[object]]
) -> None:
    desk = ScriptedDesk()
    editor, token = await begun(connect, desk)
    await cancel(editor, token)
    await asyncio.wait_for(desk.cut.wait(), 10)
    assert (desk.cancelled, len(desk.asked)) == (1, 1)


async def test_R54_a_new_run_replaces_the_running_one(connect: Connect) -> None:
    desk = ScriptedDesk()
    editor, token = await begun(connect, desk)
    second = await editor.command("copydesk.critiqueDocument", uri=URI)
    third = await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: editor.progress[token][-1] == {"kind": "end", "message": "Cancelled"})
    assert second["jobId"] != third["jobId"]
    (job,) = (await editor.command("copydesk.jobs"))["jobs"]
    assert job["jobId"] == third["jobId"]
    assert (job["command"], job["uri"]) == ("copydesk.critiqueDocument", URI)
    for _ in range(3):
        desk.step.release()
    await editor.notes(URI, "Flawed: One flaw.", "Flawed: Two flaws.")


async def test_notes_found_before_a_cancel_stay(connect: Connect) -> None:
    desk = ScriptedDesk()
    editor, token = await begun(connect, desk)
    desk.step.release()
    await editor.notes(URI, "Flawed: One flaw.")
    editor.notify("window/workDoneProgress/cancel", {"token": token})
    await editor.until(lambda: editor.progress[token][-1]["kind"] == "end")
    assert editor.shown(URI) == ["Flawed: One flaw."]


async def test_R50_an_engine_that_is_down_is_said_once_and_instant_notes_work(connect: Connect) -> None:
    problem = EngineUnreachable("Nothing answers at the engine's address.", "Start Ollama and try again.")
    editor = (await connect(VSCODE, services(ScriptedDesk(problem=problem)))).editor
    await editor.initialize()
    editor.open(URI, "This is very flat.\n")
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: editor.said)
    await editor.notes(URI, "Very is weak.")
    await editor.command("copydesk.jobs")
    assert editor.said == ["Nothing answers at the engine's address. Start Ollama and try again."]


async def test_a_desk_that_cannot_be_built_is_said_and_tried_again(connect: Connect) -> None:
    desk, attempts = ScriptedDesk(), []

    async def build(configuration: object) -> ScriptedDesk:
        attempts.append(configuration)
        if len(attempts) == 1:
            raise EngineUnreachable("Nothing answers.", "Start it.")
        return desk

    editor = (await connect(VSCODE, services(desk, desk=build))).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: editor.said == ["Nothing answers. Start it."])
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.notes(URI, "Flawed: One flaw.", "Flawed: Two flaws.")


def written(log: Path) -> str:
    """Return what was logged."""
    return log.read_text("utf-8")


async def test_R53_a_crash_is_told_with_the_number_that_the_logs_have_it_under(connect: Connect, log: Path) -> None:
    desk = ScriptedDesk(crash=RuntimeError("canary: One flaw."))
    editor = (await connect(VSCODE, services(desk))).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: editor.said)
    (sentence,) = editor.said
    told = re.fullmatch(
        r"Something went wrong inside copydesk\. Its log has the details under ([0-9a-f]{6}); "
        r"copydesk doctor says where that is\.",
        sentence,
    )
    assert told is not None
    (heard,) = editor.logged
    for kept in (heard, written(log)):
        assert f"critique-1 failed ({told[1]}): RuntimeError at scripted.py:" in kept
        assert " < work.py:" in kept
        assert "canary" not in kept
        assert "flaw" not in kept


async def test_R28_nothing_of_the_text_reaches_messages_or_progress(connect: Connect) -> None:
    hostile = "[Fix](command:workbench.action.terminal.sendSequence) flaw.\n"
    problem = EngineUnreachable("Bad [Fix](command:x) engine\x1b[2J.", "Mend it.")
    editor = (await connect(VSCODE, services(ScriptedDesk(problem=problem)))).editor
    await editor.initialize()
    editor.open(URI, hostile)
    await editor.command("copydesk.critiqueDocument", uri=URI)
    await editor.until(lambda: editor.said)
    await editor.ended(1)
    assert editor.said == ["Bad [Fix] (command:x) engine\\x1b[2J. Mend it."]
    assert "terminal" not in str(editor.progress)


async def test_changed_settings_bring_a_new_desk_and_the_old_one_is_closed(connect: Connect) -> None:
    desks = [ScriptedDesk(), ScriptedDesk()]
    waiting = iter(desks)

    async def build(configuration: object) -> ScriptedDesk:
        return next(waiting)

    editor = (await connect(VSCODE, services(desks[0], desk=build))).editor
    await editor.initialize()
    editor.open(URI, TEXT)
    for run, engine in enumerate([None, None, "other"], 1):
        # An unknown setting is reported when the settings are in force.
        editor.settings = {"engine": engine, f"unknown{run}": True}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        await editor.until(lambda run=run: any(f"unknown{run}" in sentence for sentence in editor.said))
        await editor.command("copydesk.critiqueDocument", uri=URI)
        await editor.ended(run)
    assert [len(desk.briefs) for desk in desks] == [2, 1]
    assert [desk.closed for desk in desks] == [1, 0]


async def test_a_rewrite_is_asked_for_in_the_text_of_that_moment(connect: Connect) -> None:
    class Slow(ScriptedDesk):
        async def rewrite(
            self, document: Document, note: Note, brief: Brief, aim: Any = None
        ) -> AsyncGenerator[Any, None]:
            placed.append((document.text.source, document.text.slice(note.anchor.span)))
            try:
                self.reached.set()
                await gate.wait()
            except asyncio.CancelledError:
                await gate.wait()
                raise
            async for event in super().rewrite(document, note, brief, aim):
                yield event

    placed: list[tuple[str, str]] = []
    gate, desk = asyncio.Event(), Slow()
    editor = (await connect(VSCODE, services(desk))).editor
    await editor.initialize()
    editor.open(URI, "This is very good.\n")
    (note,) = await editor.notes(URI, "Very is weak.")
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
    await asyncio.wait_for(desk.reached.wait(), 10)
    await editor.command("copydesk.rewriteNote", noteId=note["data"]["id"])
    editor.insert(URI, 0, "Typed while the first lets go. ")
    await editor.command("copydesk.jobs")
    gate.set()
    await editor.ended(2)
    assert placed[1] == (editor.buffers[URI].text, "very")
