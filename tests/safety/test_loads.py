"""Loads that must change nothing but how long it takes: bursts, many documents at once, texts that are far too large.

How long it takes is measured in bench/; here counts tell.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from typing import TYPE_CHECKING, Any

import pytest
from pygls.protocol import default_converter

from copydesk.core.markdown import read
from copydesk.lsp.log import start_log
from harness.connection import Connect
from harness.editor import NEOVIM, VSCODE, RefusedRequest
from harness.engine import ScriptedEngine, desk, knows
from harness.nearby import NearDaemon, NearEditor
from harness.scripted import ScriptedDesk, services, very
from harness.virtual_time import VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cattrs import Converter

    from copydesk.lsp.ports import Services

pytestmark = pytest.mark.slow

URI = "file:///work/post.md"
AT = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 9}}
PLAIN = "The mill at the river was old, and the flow of water on its wheel was known to all of the town.\n\n"
LINE = PLAIN.replace("was old", "was very old")
HOLD_SECONDS = 30.0
"""How long a reading waits to be let go before it counts as having held up the loop."""


@functools.cache
def learnt() -> Converter:
    """Return a converter for all servers."""
    return default_converter()


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    """Return a loop whose time passes as it is told."""
    start_log(None)
    loop = VirtualLoop()
    yield loop
    loop.end()


def served(loop: VirtualLoop, built: Services, personality: Any = VSCODE) -> NearEditor:
    """Return an editor with a server."""

    async def start() -> NearEditor:
        editor = NearEditor(personality)
        NearDaemon(editor, built, learnt())
        await editor.initialize()
        return editor

    return loop.finish(start())


def counting() -> tuple[list[int], dict[str, Any]]:
    """Return the versions that were read, as they are read, and what to give to `services`."""
    versions: list[int] = []

    def instant(document: Any, *more: Any) -> Any:
        versions.append(document.text.version)
        return very(document, *more)

    return versions, {"instant": instant, "debounce": 0.15}


@pytest.mark.parametrize("personality", [VSCODE, NEOVIM], ids=["vscode", "neovim"])
def test_L2_a_thousand_changes_in_a_burst_are_read_once(loop: VirtualLoop, personality: Any) -> None:
    versions, own = counting()
    editor = served(loop, services(ScriptedDesk(), **own), personality)
    published: list[int] = []
    editor.open(URI, "Very old.\n\n" + LINE + PLAIN * 200)
    loop.let(1)
    seen = len(editor.messages)
    for number in range(1000):
        editor.insert(URI, len(editor.buffers[URI].text) - 1, "x")
        if number % 100 == 0:
            loop.finish(editor.request("textDocument/hover", AT))
    loop.let(1)
    for message in editor.messages[seen:]:
        if message.get("method") == "textDocument/publishDiagnostics":
            published.append(message["params"]["version"])
    last = editor.buffers[URI].version
    assert set(published) == {last}
    assert versions == [personality.first_version, last]
    assert editor.shown(URI)


def test_L3_a_hundred_changes_of_a_large_document_end_with_the_last_text(loop: VirtualLoop) -> None:
    versions, own = counting()
    editor = served(loop, services(ScriptedDesk(), **own))
    text = (LINE + PLAIN * 99) * 90
    assert len(text) > 860_000
    editor.open(URI, text)
    for _ in range(100):
        editor.insert(URI, 0, "x")
        loop.let()
    loop.let(1)
    assert versions == [2, 101]  # at once when it was opened, then after the pause
    assert editor.versions[URI] == 101
    hovered = loop.finish(editor.request("textDocument/hover", AT | {"position": editor.position(URI, "very")}))
    assert "Very is weak" in str(hovered)


def test_L1_ten_thousand_lines_are_read_hovered_over_and_checked(loop: VirtualLoop) -> None:
    editor = served(loop, services(ScriptedDesk()))
    editor.open(URI, (LINE + PLAIN * 9) * 500)
    loop.let(1)
    assert editor.shown(URI)
    assert loop.finish(editor.request("textDocument/hover", AT | {"position": editor.position(URI, "very")}))
    assert loop.finish(editor.actions(URI, "very"))


def test_L4_fifty_commands_at_once_on_ten_documents_are_all_answered(loop: VirtualLoop) -> None:
    flawed = "It rains, so the mill is closed."
    engine = ScriptedEngine(knows(flawed))
    editor = served(loop, services(desk(engine)))  # type: ignore[arg-type]  # it needs nothing of a scripted one's
    uris = [f"file:///work/{number}.md" for number in range(10)]
    for uri in uris:
        editor.open(uri, f"# Mills\n\n{flawed} The mill was built in 1790 by the town.\n")
    answers = []
    for _ in range(2):
        for uri in uris:
            answers.append(_started(editor, "critiqueDocument", uri=uri))
            answers.append(_started(editor, "jobs"))
    answers += [_started(editor, "critiqueDocument", uri=uri) for uri in uris]
    assert len(answers) == 50
    answered = [loop.finish(asyncio.wait_for(answer, 60)) for answer in answers]
    assert len({one["jobId"] for one in answered if "jobId" in one}) == 30
    loop.let(60)
    assert loop.finish(editor.command("copydesk.jobs")) == {"jobs": []}
    assert engine.most_at_once == 1
    for uri in uris:
        found = [one for one in editor.diagnostics[uri] if "It rains" in one["message"]]
        assert found, "one of the documents was never come to"


def test_L6_two_thousand_notes_are_capped_and_that_is_said_once(loop: VirtualLoop) -> None:
    editor = served(loop, services(ScriptedDesk()))
    editor.settings = {"maxPer1000Words": 1000}
    editor.open(URI, "This is very old and very good.\n\n" * 1000)
    loop.let(1)
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    loop.let(1)
    assert len(editor.diagnostics[URI]) == 200
    editor.insert(URI, 0, "x")
    loop.let(1)
    assert editor.said == ["This document has more than 200 notes. The 200 most serious are shown."]
    everywhere = {"start": {"line": 0, "character": 0}, "end": {"line": 5000, "character": 0}}
    params = {"textDocument": {"uri": URI}, "range": everywhere, "context": {"diagnostics": []}}
    actions = loop.finish(editor.request("textDocument/codeAction", params))
    assert 500 <= len(actions) <= 200 * 8
    editor.type(URI, editor.buffers[URI].text, "This is very old.\n")
    loop.let(1)
    assert editor.shown(URI) == ["Very is weak."]


@pytest.mark.parametrize("size", [5, 50])
def test_L7_a_file_that_is_far_too_large_is_left_alone(loop: VirtualLoop, size: int) -> None:
    versions, own = counting()
    editor = served(loop, services(ScriptedDesk(), **own))
    editor.open(URI, "very " * (size * 200_000))
    loop.let(1)
    editor.insert(URI, 0, "x")
    loop.let(1)
    assert editor.said == ["This document is larger than 2 MB, so copydesk is off for it."]
    assert editor.shown(URI) == []
    assert versions == []
    with pytest.raises(RefusedRequest):
        loop.finish(editor.command("copydesk.critiqueDocument", uri=URI))
    assert loop.finish(editor.request("textDocument/hover", AT)) is None


SLOW = {
    "L9: brackets": "[" * 20_000,
    "L9: images": "![" * 10_000,
    "L9: quotes": ">" * 2_000 + " very",
    "L9: emphasis": "*a " * 20_000,
    "L9: references": "[a]: b\n" * 5_000,
    "L9: comments": "<!--" * 40_000,
    "L9: backticks": "`" * 20_000,
    "L9: tables": "|" * 5_000 + "\n" + "-|" * 5_000,
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
async def test_L9_text_made_to_be_slow_is_read_beside_the_event_loop(connect: Connect, text: str) -> None:
    """The reading waits until a hover was answered, which the loop can do only if it is not what waits."""
    began, answered, ended = asyncio.Event(), threading.Event(), asyncio.Event()
    loop, waited = asyncio.get_running_loop(), list[bool]()

    def reading(*arguments: Any) -> Any:
        loop.call_soon_threadsafe(began.set)
        waited.append(answered.wait(HOLD_SECONDS))
        document = read(*arguments)
        loop.call_soon_threadsafe(ended.set)
        return document

    editor = (await connect(VSCODE, services(ScriptedDesk(), read=reading))).editor
    await editor.initialize()
    editor.open(URI, text)
    await asyncio.wait_for(began.wait(), 60)
    await editor.request("textDocument/hover", AT)
    assert not ended.is_set()
    answered.set()
    await asyncio.wait_for(ended.wait(), 60)
    assert waited == [True]
    await editor.until(lambda: editor.shown(URI) is not None)


def _started(editor: NearEditor, command: str, **arguments: Any) -> asyncio.Future[Any]:
    params = {"command": f"copydesk.{command}", "arguments": [arguments]}
    return editor.start("workspace/executeCommand", params)[1]
