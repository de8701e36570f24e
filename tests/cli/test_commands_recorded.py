"""Commands and the daemon in processes of their own: what they connect to is recorded and guarded."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.ledger import Entry, read_ledger
from harness.editor import Editor
from harness.engine import flawed_first
from harness.ollama_server import OllamaServer, Turn
from harness.real_model import model_path
from harness.recording import text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = pytest.mark.slow

SENTENCE = "The unpublished canary was invented by Napoleon Bonaparte in Lund."
POST = f"# A move\n\nMistakes were made. {SENTENCE} It is ours.\n"
COMMANDS = {
    "critique": ("copydesk.cli.critique.desk_for", ["critique", "post.md"]),
    "research": ("copydesk.cli.research.desk_for", ["research", "--claim", "The mill was built in 1790."]),
    "doctor": ("copydesk.cli.doctor.diagnose", ["doctor"]),
    "serve": ("copydesk.lsp.server.serve", ["serve"]),
    "model": ("copydesk.cli.model._fetch", ["model", "fetch"]),
}


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """Return an environment of its own for a process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "OLLAMA"))}
    return environment | {"HOME": str(tmp_path / "home")}


@pytest.fixture
def path(home: dict[str, str]) -> Path:
    """Return where the process's ledger is."""
    script = "from copydesk.adapters.ledger import default_ledger_path as path; print(path())"
    done = subprocess.run([sys.executable, "-c", script], env=home, capture_output=True, encoding="utf-8", check=True)
    return Path(done.stdout.strip())


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaServer]:
    """Run a scripted Ollama that finds no fault with anything."""

    def sound(chat: dict[str, Any]) -> Turn:
        words = chat["messages"][-1]["content"]
        if not chat.get("logprobs"):
            return Turn(pieces=("We made mistakes.\n", ""))
        letter = "B" if flawed_first(words) else "A"
        return Turn(pieces=(letter,), top={letter: -0.01, "AB".replace(letter, ""): -5.0})

    async with OllamaServer() as server:
        server.usual = sound
        yield server


async def copydesk(home: dict[str, str], *arguments: str, script: str | None = None) -> tuple[int, str, str]:
    """Run a command and return its exit status and what it printed."""
    start = ["-m", "copydesk"] if script is None else ["-c", script]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *start, *arguments, env=home, stdin=subprocess.DEVNULL, stdout=-1, stderr=-1
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def port(url: str) -> int:
    return int(url.rpartition(":")[2])


async def test_R72_a_critique_is_recorded_and_shown(
    home: dict[str, str], path: Path, ollama: OllamaServer, tmp_path: Path
) -> None:
    (tmp_path / "post.md").write_text(POST)
    engine = ["--engine", "ollama", "--host", ollama.url]
    status, _, said = await copydesk(home, "critique", str(tmp_path / "post.md"), *engine, "--fail-on", "never")
    assert (status, said) == (0, "")
    entries = read_ledger(path)
    assert len(entries) == len(ollama.requests) > 10
    assert {(entry.host, entry.port, entry.purpose, entry.command, entry.outcome) for entry in entries} == {
        ("127.0.0.1", port(ollama.url), "engine", "copydesk critique", "done")
    }
    assert sum(entry.sent or 0 for entry in entries) > sum(len(request.body) for request in ollama.requests)
    for word in ("canary", "Lund", "api/chat"):
        assert word not in text(path)
    status, shown, _ = await copydesk(home, "ledger", "--all")
    lines = shown.splitlines()
    assert lines[0].split() == ["Time", "(UTC)", "Destination", "Purpose", "Sent", "Received", "Command", "Outcome"]
    assert f"127.0.0.1:{port(ollama.url)} (this machine)" in lines[1]
    assert len(lines) == len(entries) + 4
    assert lines[-2:] == [
        f"Nothing has left this machine; {len(entries)} connections stayed within it.",
        f"The ledger is {path}",
    ]
    status, shown, _ = await copydesk(home, "ledger", "--format", "json")
    assert [Entry(**entry) for entry in json.loads(shown)["entries"]] == list(entries)


async def test_R73_rules_alone_connect_to_nothing(home: dict[str, str], path: Path, tmp_path: Path) -> None:
    (tmp_path / "post.md").write_text(POST)
    await copydesk(home, "critique", str(tmp_path / "post.md"), "--instant")
    assert text(path) == ""
    assert await copydesk(home, "ledger") == (0, f"Nothing has left this machine.\n\nThe ledger is {path}\n", "")


async def test_R22_the_doctor_is_recorded_and_follows_no_proxy(
    home: dict[str, str], path: Path, ollama: OllamaServer
) -> None:
    elsewhere = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY", "OLLAMA_HOST"), "http://127.0.0.1:9")
    _, report, _ = await copydesk(home | elsewhere, "doctor", "--engine", "ollama", "--host", ollama.url)
    assert f"answers at {ollama.url}" in report
    entries = read_ledger(path)
    assert {(entry.port, entry.command) for entry in entries} == {(port(ollama.url), "copydesk doctor")}


async def test_an_engine_that_does_not_answer_is_recorded(home: dict[str, str], path: Path, tmp_path: Path) -> None:
    (tmp_path / "post.md").write_text(POST)
    await copydesk(home, "critique", str(tmp_path / "post.md"), "--engine", "ollama", "--host", "http://127.0.0.1:9")
    assert [(entry.port, entry.sent, entry.outcome) for entry in read_ledger(path)] == [(9, 0, "failed")]


@pytest.fixture
def other() -> Iterator[socket.socket]:
    """Listen where no setting leads."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize("name", COMMANDS)
async def test_R72_a_command_reaches_nothing_that_no_setting_names(
    home: dict[str, str], path: Path, other: socket.socket, tmp_path: Path, name: str
) -> None:
    """Something that the command calls, such as a library it uses, connects where it should not."""
    place, arguments = COMMANDS[name]
    (tmp_path / "post.md").write_text(POST)
    script = f"""if True:
        import os, socket, sys
        from importlib import import_module
        from copydesk.cli.main import main
        os.chdir({str(tmp_path)!r})
        owner = import_module({place.rpartition(".")[0]!r})
        def careless(*_, **__):
            try:
                socket.create_connection(("127.0.0.1", {other.getsockname()[1]}))
            except OSError as error:
                print(type(error).__name__)
            sys.stdout.flush()
            os._exit(7)
        owner.{place.rpartition(".")[2]} = careless
        main(sys.argv[1:])
    """
    assert await copydesk(home, *arguments, script=script) == (7, "DestinationRefused\n", "")
    with pytest.raises(BlockingIOError):
        other.accept()
    (refused,) = read_ledger(path)
    assert (refused.port, refused.outcome, refused.command) == (other.getsockname()[1], "refused", f"copydesk {name}")


async def test_R72_the_daemon_says_which_command_connected(
    home: dict[str, str], path: Path, ollama: OllamaServer, tmp_path: Path
) -> None:
    to_server, from_editor = os.pipe()
    to_editor, from_server = os.pipe()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "copydesk", "serve", stdin=to_server, stdout=from_server, stderr=-1, env=home
    )
    for end in (to_server, from_server):
        os.close(end)
    editor, document = Editor(to_editor, from_editor), (tmp_path / "post.md").as_uri()
    engine = {"kind": "ollama", "host": ollama.url, "model": "llama3.1:8b"}
    await editor.initialize(folders=[tmp_path.as_uri()], options={"engine": engine})
    found = await editor.command("copydesk.ledger")
    assert (found["path"], found["entries"]) == (str(path), [])
    assert found["text"].startswith("Nothing has left this machine.")
    editor.open(document, POST)
    await editor.until(lambda: editor.diagnostics.get(document))
    await editor.command("copydesk.critiqueDocument", uri=document)
    await editor.ended(1)
    await editor.command("copydesk.rewriteNote", noteId=editor.diagnostics[document][0]["data"]["id"])
    await editor.ended(2)
    # Entries are written behind the work, so what is asked for at once may lack the last.
    await editor.leave()
    await editor.hang_up()
    await process.communicate()
    entries = read_ledger(path)
    assert len(entries) == len(ollama.requests)
    assert {entry.command for entry in entries} == {"copydesk.critiqueDocument", "copydesk.rewriteNote"}
    assert entries[-1].command == "copydesk.rewriteNote"
    assert "canary" not in text(path)


@pytest.mark.model
async def test_R72_the_embedded_engine_is_recorded_on_its_own_port(
    home: dict[str, str], path: Path, tmp_path: Path
) -> None:
    (tmp_path / "post.md").write_text(POST)
    engine = ["--engine", "embedded", "--model-path", str(model_path())]
    post = str(tmp_path / "post.md")
    status, _, said = await copydesk(home, "critique", post, *engine, "--unproven", "--fail-on", "never")
    assert (status, said) == (0, "")
    entries = read_ledger(path)
    assert len(entries) > 10
    assert {(entry.host, entry.purpose, entry.outcome) for entry in entries} == {("127.0.0.1", "engine", "done")}
    assert len({entry.port for entry in entries}) == 1
