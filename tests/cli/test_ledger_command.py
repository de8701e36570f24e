"""`copydesk ledger`, and that commands in a process of their own are recorded and guarded."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.ledger import Entry, Ledger, older_file, read_ledger
from copydesk.cli import ledger as module
from harness.editor import Editor
from harness.engine import flawed_first
from harness.ollama_server import OllamaServer, Turn
from harness.real_model import model_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

pytestmark = pytest.mark.slow

SENTENCE = "The unpublished canary was invented by Napoleon Bonaparte in Lund."
POST = f"# A move\n\nMistakes were made. {SENTENCE} It is ours.\n"
DAY = 86_400.0
TABLE = """\
Time (UTC)           Destination                     Purpose         Sent     Received  Command   Outcome
2026-10-19 11:06:40  127.0.0.1:11434 (this machine)  test           2,134        2,134  copydesk  done
2026-11-16 11:06:40  en.wikipedia.org:443            test             812          812  copydesk  done
2026-11-16 11:06:40  en.wikipedia.org                test     not counted  not counted  copydesk  opened
2026-11-17 23:06:40  evil.example                    test     not counted  not counted  copydesk  refused
2026-11-18 11:06:39  [2001:db8::1]:8080              test               0            0  copydesk  failed

2 connections left this machine; 1 name was looked up; 1 connection stayed within it; 1 was refused.
The ledger is PATH
"""


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


def text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


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
    status, shown, _ = await copydesk(home, "ledger")
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
    assert await copydesk(home, "ledger") == (0, f"Nothing has left this machine.\nThe ledger is {path}\n", "")


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


COMMANDS = {
    "critique": ("copydesk.cli.critique.desk_for", ["critique", "post.md"]),
    "research": ("copydesk.cli.research.desk_for", ["research", "--claim", "The mill was built in 1790."]),
    "doctor": ("copydesk.cli.doctor.diagnose", ["doctor"]),
    "serve": ("copydesk.lsp.server.serve", ["serve"]),
    "model": ("copydesk.cli.model._fetch", ["model", "fetch"]),
}


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


def test_editors_are_given_the_newest_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log" / "ledger.jsonl"
    monkeypatch.setattr(module, "default_ledger_path", lambda: path)
    ledger = Ledger(path, largest=25_000)
    hosts = [f"{number:03}.example" for number in range(250)]
    for host in hosts:
        ledger.append(ledger.entry(host, 443, "test"))
    assert older_file(path).exists()
    found = module.newest()
    assert found["path"] == str(path)
    assert [entry["host"] for entry in found["entries"]] == hosts[-module.NEWEST :]
    assert hosts[-1] in found["text"] and str(path) in found["text"]
    monkeypatch.setattr(module, "default_ledger_path", lambda: None)
    assert module.newest() == {"path": None, "entries": [], "text": module.NO_PLACE}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Return what runs the command on a ledger with five entries, some of them old."""
    now = 1_795_000_000.0
    path = tmp_path / "log" / "ledger.jsonl"
    monkeypatch.setattr(module, "default_ledger_path", lambda: path)

    class Now(module.datetime):  # type: ignore[name-defined, misc]
        @classmethod
        def now(cls, zone: Any = None) -> Any:
            return cls.fromtimestamp(now, zone)

    monkeypatch.setattr(module, "datetime", Now)
    times = iter([now - 30 * DAY, now - 2 * DAY, now - 2 * DAY, now - DAY / 2, now - 1])
    ledger = Ledger(path, clock=lambda: next(times))
    for host, number, sent, outcome in (
        ("127.0.0.1", 11434, 2134, "done"),
        ("en.wikipedia.org", 443, 812, "done"),
        ("en.wikipedia.org", 0, None, "opened"),
        ("evil.example", 0, None, "refused"),
        ("2001:db8::1", 8080, 0, "failed"),
    ):
        ledger.append(replace(ledger.entry(host, number, "test"), sent=sent, received=sent, outcome=outcome))

    def run_it(*arguments: str) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        module.add_parser(parser.add_subparsers())
        status = module.run(parser.parse_args(["ledger", *arguments]))
        said = capsys.readouterr()
        return status, said.out.replace(str(path), "PATH"), said.err.replace(str(path), "PATH")

    return run_it


def test_the_table(run: Callable[..., Any]) -> None:
    assert run() == (
        0,
        TABLE,
        "",
    )


@pytest.mark.parametrize(("days", "hosts"), [("0", 0), ("1", 2), ("2.5", 4), ("36500", 5)])
def test_since(run: Callable[..., Any], days: str, hosts: int) -> None:
    shown = json.loads(run("--since", days, "--format", "json")[1])
    assert (shown["version"], len(shown["entries"])) == (1, hosts)


@pytest.mark.parametrize("days", ["-1", "nan", "inf", "1e9", "yesterday"])
def test_a_span_that_is_none_is_refused(run: Callable[..., Any], days: str) -> None:
    with pytest.raises(SystemExit) as refused:
        run(f"--since={days}")
    assert refused.value.code == 2


def test_R74_clear(run: Callable[..., Any]) -> None:
    assert run("clear") == (0, "5 entries removed from PATH\n", "")
    assert run("clear") == (0, "0 entries removed from PATH\n", "")
    assert run() == (0, "Nothing has left this machine.\nThe ledger is PATH\n", "")


def test_without_a_home_there_is_no_ledger(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "default_ledger_path", lambda: None)
    for arguments in ((), ("clear",)):
        status, out, err = run(*arguments)
        assert (status, out) == (2, "")
        assert "HOME" in err


def test_R45_what_is_shown_moves_no_cursor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ledger.jsonl"
    hostile = "\x1b]0;owned\x07\u202ehost"
    values = dict.fromkeys(("time", "host", "purpose", "command", "outcome"), hostile)
    path.write_text(json.dumps({**values, "port": 1, "sent": 1, "received": 1}) + "\n")
    monkeypatch.setattr(module, "default_ledger_path", lambda: path)
    assert module.run(argparse.Namespace(action="show", format="text", since=None)) == 0
    shown = capsys.readouterr().out
    assert "owned" in shown
    assert not set(shown) & {"\x1b", "\x07", "\u202e"}


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
