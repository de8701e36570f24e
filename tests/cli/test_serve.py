"""`copydesk serve` as an editor starts it, with an Ollama that answers as the test says."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from math import log
from pathlib import Path
from typing import Any

import pytest

from harness.editor import NEOVIM, VSCODE, Editor, Personality
from harness.engine import flawed_first, knows
from harness.ollama_server import OllamaServer, Turn

pytestmark = pytest.mark.slow

WEB = "The World Wide Web was invented by Napoleon Bonaparte in Paris."
LOST = "Mistakes were made during the move, and `orders.csv` was lost."
MENDED = "We made mistakes during the move and lost `orders.csv`."
POST = f"# A move 🚚\r\n\r\nWe moved in winter.\u2028Snow fell. {LOST}\r\n\r\n{WEB} It is ours.\r\n"

Start = Callable[..., Awaitable[Editor]]


def behaved(chat: dict[str, Any]) -> Turn:
    """Answer as a model that knows what is wrong with the post."""
    words = chat["messages"][-1]["content"]
    if not chat.get("logprobs"):
        return Turn(pieces=(f"{MENDED}\n", ""))
    chance = knows(WEB)(words)
    first = chance if flawed_first(words) else 1 - chance
    return Turn(pieces=("A" if first > 0.5 else "B",), top={"A": log(first), "B": log(1 - first)})


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaServer]:
    """Run a scripted Ollama."""
    async with OllamaServer() as server:
        server.usual = behaved
        yield server


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Return a function that starts the daemon and initializes it; all share one home and one project."""
    running: list[tuple[Editor, asyncio.subprocess.Process]] = []
    environment = os.environ | {
        f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CACHE", "CONFIG", "DATA", "STATE")
    }
    project = tmp_path / "project"
    project.mkdir()

    async def start_one(host: str, personality: Personality = VSCODE, **critique: bool) -> Editor:
        to_server, from_editor = os.pipe()
        to_editor, from_server = os.pipe()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "copydesk", "serve",
            stdin=to_server, stdout=from_server, stderr=asyncio.subprocess.PIPE, env=environment,
        )  # fmt: skip
        os.close(to_server)
        os.close(from_server)
        editor = Editor(to_editor, from_editor, personality)
        running.append((editor, process))
        settings = {"engine": {"kind": "ollama", "host": host, "model": "llama3.1:8b"}, "critique": critique}
        await editor.initialize(folders=[project.as_uri()], options=settings)
        return editor

    yield start_one
    for editor, process in running:
        await editor.hang_up()
        with contextlib.suppress(ProcessLookupError):
            if process.returncode is None:
                process.kill()
        await process.communicate()


def uri(tmp_path: Path) -> str:
    return (tmp_path / "project" / "post.md").as_uri()


async def codes(editor: Editor, document: str, *wanted: str) -> None:
    await editor.until(lambda: [note["code"] for note in editor.diagnostics.get(document, [])] == list(wanted))


@pytest.mark.parametrize("personality", [VSCODE, NEOVIM], ids=["vscode", "neovim"])
async def test_critique_rewrite_and_accept(
    start: Start, ollama: OllamaServer, tmp_path: Path, personality: Personality
) -> None:
    editor, document = await start(ollama.url, personality), uri(tmp_path)
    editor.open(document, POST)
    await codes(editor, document, "CD403")
    await editor.command("copydesk.critiqueDocument", uri=document)
    await codes(editor, document, "CD403", "CD103")
    await editor.ended(1)
    quoted = [editor.quoted(document, note["range"]) for note in editor.diagnostics[document]]
    assert quoted == [LOST, WEB]
    note = editor.diagnostics[document][0]["data"]["id"]
    await editor.command("copydesk.rewriteNote", noteId=note)
    await editor.ended(2)
    assert (await editor.command("copydesk.applyNote", noteId=note))["applied"]
    assert editor.buffers[document].text == POST.replace(LOST, MENDED)
    await codes(editor, document, "CD103")


async def test_reopening_costs_no_call_also_for_a_new_daemon(
    start: Start, ollama: OllamaServer, tmp_path: Path
) -> None:
    document, asked = uri(tmp_path), []
    for _ in range(2):
        editor = await start(ollama.url)
        editor.open(document, POST)
        await editor.command("copydesk.critiqueDocument", uri=document)
        await codes(editor, document, "CD403", "CD103")
        await editor.ended(1)
        await editor.leave()
        asked.append(len(ollama.chats))
    assert asked[0] == asked[1] > 0


async def test_without_an_engine_rules_still_work_and_one_message_says_what_to_do(start: Start, tmp_path: Path) -> None:
    editor, document = await start("http://127.0.0.1:9"), uri(tmp_path)
    editor.open(document, POST)
    await codes(editor, document, "CD403")
    await editor.command("copydesk.critiqueDocument", uri=document)
    await editor.ended(1)
    assert len([said for said in editor.said if "ollama serve" in said]) == 1
    await codes(editor, document, "CD403")


async def test_a_model_that_is_switched_off_is_never_asked(start: Start, ollama: OllamaServer, tmp_path: Path) -> None:
    editor, document = await start(ollama.url, model=False), uri(tmp_path)
    editor.open(document, POST)
    await codes(editor, document, "CD403")
    await editor.command("copydesk.critiqueDocument", uri=document)
    await editor.ended(1)
    await editor.command("copydesk.rewriteNote", noteId=editor.diagnostics[document][0]["data"]["id"])
    await editor.ended(2)
    assert ollama.requests == []
    assert any("critique.model" in said for said in editor.said)


async def test_a_dismissal_outlives_the_daemon(start: Start, ollama: OllamaServer, tmp_path: Path) -> None:
    editor, document = await start(ollama.url), uri(tmp_path)
    editor.open(document, POST)
    await codes(editor, document, "CD403")
    note = editor.diagnostics[document][0]["data"]["id"]
    await editor.command("copydesk.dismissNote", noteId=note, scope="note", reason="we all know who")
    await codes(editor, document)
    assert "we all know who" in (tmp_path / "project" / ".copydesk" / "dismissed.jsonl").read_text("utf-8")
    await editor.leave()
    again = await start(ollama.url)
    again.open(document, POST.replace("Snow fell.", "It snowed all day."))
    again.open(uri(tmp_path).replace("post", "other"), POST)
    await codes(again, uri(tmp_path).replace("post", "other"), "CD403")
    assert again.diagnostics.get(document, []) == []


async def test_the_settings_nearest_to_a_document_count(start: Start, ollama: OllamaServer, tmp_path: Path) -> None:
    outer, inner = tmp_path / "project" / "post.md", tmp_path / "project" / "notes" / "drafts" / "post.md"
    inner.parent.mkdir(parents=True)
    settings = tmp_path / "project" / "notes" / "copydesk.toml"
    settings.write_text('[critique]\ndisable = ["CD403"]\n')
    editor = await start(ollama.url)
    for document in (inner, outer):
        editor.open(document.as_uri(), POST)
    await codes(editor, outer.as_uri(), "CD403")
    await codes(editor, inner.as_uri())
    settings.unlink()
    (tmp_path / "project" / "copydesk.toml").write_text("[critique]\ndisable = []\nmodle = 1\n")
    (inner.parent / "copydesk.toml").write_text("[critique]\n")
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": settings.as_uri(), "type": 3}]})
    await codes(editor, inner.as_uri(), "CD403")
    assert len([said for said in editor.said if "modle" in said]) == 1
