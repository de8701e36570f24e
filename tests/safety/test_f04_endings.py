"""However the editor goes, whatever signal comes: the server is gone, its children too, and the journal is whole."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.records import Kind, records_in
from copydesk.core.draft.stored import decoded
from harness.draft_models import PAGES, Question, competent, role_of
from harness.engine import flawed_first, knows
from harness.ollama_server import OllamaServer, Turn
from harness.served import HEADING, POST, Place, alive, children, sockets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from harness.editor import Editor

pytestmark = pytest.mark.slow

PAGE = "<html><head><title>Mills</title></head><body><p>Mills stood at the river for many years.</p></body></html>"
LIBRARY = {f"{name}.md": text for name, text in PAGES.items()} | {"page.html": PAGE}
"""Pages are read by a process of its own, which lives on for a minute."""
WEB = "# Web\n\nThe World Wide Web was invented by Napoleon Bonaparte in Paris. It took him nine years.\n"
LINUX = sys.platform == "linux"
WINDOWS = sys.platform == "win32"


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaServer]:
    async with OllamaServer() as server:
        yield server


def drafts(last: int) -> Any:
    """Return a model that drafts well up to a call, and then says nothing any more."""
    model, asked = competent(), []

    def answer(chat: dict[str, Any]) -> Turn:
        asked.append(chat)
        if len(asked) > last:
            return Turn(ending="hang")
        role = role_of(chat["format"])
        assert role is not None
        question = Question(role, chat["messages"][-1]["content"], chat["format"])
        return Turn(pieces=(json.dumps(model(question)),))

    return answer


async def begun(editor: Editor, place: Place, ollama: OllamaServer, last: int) -> None:
    """Wait until a draft is under way and its model hangs."""
    ollama.usual = drafts(last)
    editor.open(place.uri, POST)
    await editor.command("copydesk.draftSection", uri=place.uri, position=editor.position(place.uri, HEADING))
    await ollama.seen(last + 1, "/api/chat")


def whole(place: Place, sentences: int) -> None:
    """Assert that the journal ends with a whole record and has so many sentences."""
    (journal,) = place.journals
    content = journal.read_bytes()
    assert content.endswith(b"\n")
    records = list(records_in(content))
    assert len(records) == content.count(b"\n"), "a record is damaged"
    kept = [one for one in records if one.kind is Kind.KEEP and one.name == "draft"]
    draft = decoded(kept[-1].value)
    assert draft is not None and len(draft.sentences) == sentences


@pytest.mark.parametrize("way", ["stdin is closed", "the editor is killed"])
async def test_F4_R15_an_editor_that_is_gone_leaves_nothing_behind(
    ollama: OllamaServer, tmp_path: Path, way: str
) -> None:
    place = Place(tmp_path, ollama.url, LIBRARY)
    async with place.served() as (editor, process):
        await begun(editor, place, ollama, 3)
        left = children(process.pid) if LINUX else set()
        assert left or not LINUX, "nothing reads the library's pages"
        if way == "the editor is killed":
            editor.stop_reading()
            for _ in range(5):
                editor.start("workspace/executeCommand", {"command": "copydesk.jobs"})
        await editor.hang_up()
        assert await asyncio.wait_for(process.wait(), 60) == 1
        await ollama.hung_up()
        assert await _gone(left)
        whole(place, 2)


@pytest.mark.skipif(WINDOWS, reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
async def test_F14_a_signal_to_end_ends_the_server_in_order(ollama: OllamaServer, tmp_path: Path, name: str) -> None:
    place = Place(tmp_path, ollama.url, LIBRARY)
    async with place.served() as (editor, process):
        await begun(editor, place, ollama, 3)
        left = children(process.pid) if LINUX else set()
        process.send_signal(getattr(signal, name))
        assert await asyncio.wait_for(process.wait(), 60) == 1
        await ollama.hung_up()
        assert await _gone(left)
        whole(place, 2)


@pytest.mark.skipif(WINDOWS, reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGPIPE"])
async def test_F14_a_signal_that_is_not_meant_for_it_disturbs_no_draft(
    ollama: OllamaServer, tmp_path: Path, name: str
) -> None:
    place = Place(tmp_path, ollama.url)
    async with place.served() as (editor, process):
        await begun(editor, place, ollama, 3)
        process.send_signal(getattr(signal, name))
        (job,) = (await editor.command("copydesk.jobs"))["jobs"]
        assert job["command"] == "copydesk.draftSection"
        await editor.leave()
        assert await asyncio.wait_for(process.wait(), 60) == 0
        whole(place, 2)


async def test_L5_R54_two_hundred_pairs_of_start_and_cancel_leave_no_socket(
    ollama: OllamaServer, tmp_path: Path
) -> None:
    def judged(chat: dict[str, Any]) -> Turn:
        words = chat["messages"][-1]["content"]
        letter = "A" if flawed_first(words) == (knows()(words) > 0.5) else "B"
        return Turn(pieces=(letter,), top={letter: -0.1, "AB".replace(letter, ""): -3.0}, delay=0.02)

    ollama.usual = judged
    place = Place(tmp_path, ollama.url)
    async with place.served() as (editor, process):
        editor.open(place.uri, WEB)
        await editor.command("copydesk.critiqueDocument", uri=place.uri)
        await ollama.seen(1, "/api/chat")
        ids = []
        for number in range(200):
            started = await editor.command("copydesk.critiqueDocument", uri=place.uri)
            ids.append(started["jobId"])
            match number % 3:
                case 0:
                    await editor.command("copydesk.cancel", jobId=started["jobId"])
                case 1:
                    editor.notify("window/workDoneProgress/cancel", {"token": f"copydesk/{started['jobId']}"})
                case _:
                    await editor.command("copydesk.cancel")
        assert len(set(ids)) == 200
        async with asyncio.timeout(60):
            while (await editor.command("copydesk.jobs"))["jobs"]:  # noqa: ASYNC110  # so a client asks
                await asyncio.sleep(0.02)
        await ollama.idle()
        assert ollama.most_at_once <= 2  # the server may see a socket closed after the next was opened
        if LINUX:
            async with asyncio.timeout(60):
                while sockets(process.pid) > 2:  # the event loop wakes itself through a pair  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        await editor.leave()
        assert await asyncio.wait_for(process.wait(), 60) == 0


async def _gone(processes: set[int]) -> bool:
    async with asyncio.timeout(60):
        while alive(processes):  # noqa: ASYNC110  # nobody tells when a grandchild ends
            await asyncio.sleep(0.02)
    return True
