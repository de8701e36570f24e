"""`copydesk doctor`: a plain report, whatever the machine is like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from copydesk import __version__
from copydesk.adapters.engines.choose import EngineChoice
from copydesk.adapters.engines.pacing import Patience
from copydesk.cli.doctor import diagnose
from copydesk.user_folders import user_folder
from harness.gguf_file import write_gguf
from harness.ollama_server import MODEL, OllamaServer, Turn, listed
from harness.openai_server import MODEL as SERVED
from harness.openai_server import OpenAIServer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

BRIEF = Patience(connect=1, facts=0.5)


@pytest.fixture(autouse=True)
def starter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "starter.gguf"
    monkeypatch.setattr("copydesk.adapters.engines.choose.starter_path", lambda: path)
    monkeypatch.setattr("copydesk.adapters.engines.choose.library_version", lambda: "2026.1")
    monkeypatch.setattr("copydesk.adapters.engines.embedded.library_version", lambda: "2026.1")
    return path


async def test_all_that_answers_is_told_with_its_facts(starter):
    write_gguf(starter)
    async with OllamaServer() as server:
        server.installed.append(listed("x:120b-cloud", remote_host="https://far"))
        report = await diagnose(EngineChoice(host=server.url))
        assert report.splitlines() == [
            *report.splitlines()[:2],
            "",
            "Ollama",
            f"  answers at {server.url}, version 0.30.1, on this machine",
            f"  {MODEL}: 4.9 GB, 8.0B, context 8192, licence LLAMA 3.1 COMMUNITY LICENSE AGREEMENT, local",
            "  x:120b-cloud: Model x:120b-cloud does not run on this machine, so your text would leave it.",
            "",
            "Embedded engine",
            "  xllamacpp 2026.1 is installed; it starts when first needed, on this machine",
            f"  starter: {report.split('starter: ')[1].split(',')[0]}, 8B, context 4096, licence apache-2.0, local",
            "",
            "What would be used",
            f"  {MODEL}",
            f"  Ollama answers at {server.url}; {MODEL} is the newest Llama 3 it has.",
            "  Next: copydesk critique FILE",
            "",
            "Log of the language server",
            f"  {user_folder('log')}/daemon.log",
        ]
    assert report.startswith(f"copydesk {__version__}, Python 3.")


async def test_an_openai_compatible_server_is_told_when_configured():
    async with OpenAIServer() as server:
        report = await diagnose(EngineChoice(kind="openai", host=server.url, patience=BRIEF))
    assert f"OpenAI-compatible server\n  answers at {server.url}, on this machine\n  {SERVED}: " in report
    assert f"{SERVED} is the newest Llama 3 it has" in report


async def test_nothing_answers(unused_tcp_port):
    report = await diagnose(EngineChoice(host=f"127.0.0.1:{unused_tcp_port}"))
    assert "not answering" in report
    assert "Next: " in report
    assert "copydesk model fetch starter" in report


async def test_R53_where_the_server_s_log_is_is_told(unused_tcp_port, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = tmp_path / "copydesk" / "log" / "daemon.log"
    told = await diagnose(EngineChoice(host=f"127.0.0.1:{unused_tcp_port}"))
    assert f"\n\nLog of the language server\n  {path}" in told
    assert path.read_bytes() == b""


async def test_R53_why_there_is_no_log_is_told(unused_tcp_port, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "copydesk").mkdir()
    (tmp_path / "copydesk" / "log").symlink_to(tmp_path)
    told = await diagnose(EngineChoice(host=f"127.0.0.1:{unused_tcp_port}"))
    assert f"Log of the language server\n  {tmp_path}/copydesk/log is a link or of the wrong kind" in told
    assert "\n  Next: Remove it or choose another." in told


TROUBLES = [
    Turn(status=500, body="<html>"),
    Turn(body="[]"),
    Turn(body='{"models": 5, "version": []}'),
    Turn(body="", ending="hang"),
    Turn(ending="reset", body="x"),
    Turn(status=307, headers={"location": "http://127.0.0.1:9"}),
]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_trouble_is_a_line_of_the_report(trouble):
    async with OllamaServer() as server:
        server.everything = trouble
        report = await diagnose(EngineChoice(host=server.url, patience=BRIEF))
    assert "Traceback" not in report
    assert "could not be examined" not in report
    assert report.count("Next: ") >= 2


@pytest.mark.parametrize("host", ["http://192.0.2.1", "ftp://x", "http://u@localhost"])
async def test_a_host_that_cannot_be_used_is_a_line_of_the_report(host):
    report = await diagnose(EngineChoice(host=host, patience=BRIEF))
    assert report.count("Next: ") >= 2


async def test_even_what_nobody_thought_of_is_a_line(monkeypatch):
    def surprise(choice: EngineChoice) -> None:
        raise RuntimeError("draft text")

    monkeypatch.setattr("copydesk.cli.doctor.ollama_engine", surprise)
    report = await diagnose(EngineChoice(host="http://192.0.2.1"))
    assert "could not be examined (RuntimeError)" in report
    assert "draft text" not in report
