"""Engines whose requests are recorded: each has its entry, and nothing is followed or held up."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.egress import Egress
from copydesk.adapters.engines.ollama import OllamaEngine
from copydesk.adapters.engines.openai import OpenAIEngine
from copydesk.adapters.ledger import read_ledger
from copydesk.cause import command
from copydesk.errors import EngineRefused
from copydesk.ports import Delta, Message, Prompt, Sampling
from harness import ollama_server, openai_server
from harness.recording import text
from harness.scripted_http import Exchange, ScriptedHttp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

SAMPLING = Sampling(max_tokens=16)
ENGINES: list[tuple[Any, Callable[..., Any]]] = [
    (ollama_server, lambda url, egress: OllamaEngine(url, egress=egress)),
    (openai_server, lambda url, egress: OpenAIEngine(url, egress=egress)),
]


async def answered(engine: Any, model: str) -> str:
    prompt = Prompt(model, (Message("user", "Is the unpublished draft good?"),))
    async with aclosing(engine.stream(prompt, SAMPLING)) as items:
        return "".join([item.text async for item in items if isinstance(item, Delta)])


@pytest.mark.parametrize(("harness", "build"), ENGINES, ids=["ollama", "openai"])
async def test_engines_record_every_request(
    egress: Egress, path: Path, harness: Any, build: Callable[..., Any]
) -> None:
    server = harness.OllamaServer() if harness is ollama_server else harness.OpenAIServer()
    token = command.set("copydesk critique")
    async with server:
        engine = build(server.url, egress)
        await engine.facts()
        assert await answered(engine, harness.MODEL) == "Yes"
        await engine.close()
        entries = read_ledger(path)
        assert len(entries) == len(server.requests)
    command.reset(token)
    assert {(entry.purpose, entry.command, entry.outcome) for entry in entries} == {
        ("engine", "copydesk critique", "done")
    }
    assert all(f"{entry.host}:{entry.port}" == server.url.removeprefix("http://") for entry in entries)
    assert "draft" not in text(path)
    assert sum(entry.sent or 0 for entry in entries) > sum(len(request.body) for request in server.requests)


@pytest.mark.parametrize(("harness", "build"), ENGINES, ids=["ollama", "openai"])
async def test_R22_R23_recorded_engines_follow_neither_the_environment_nor_a_redirect(
    egress: Egress, path: Path, harness: Any, build: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = harness.OllamaServer() if harness is ollama_server else harness.OpenAIServer()
    async with ScriptedHttp(lambda request: Exchange((b"{}",))) as elsewhere, server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "OLLAMA_HOST", "OPENAI_BASE_URL"):
            monkeypatch.setenv(name, elsewhere.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("OLLAMA_API_KEY", "secret-key")
        monkeypatch.setenv("OPENAI_API_KEY", "secret-key")
        engine = build(server.url, egress)
        assert await answered(engine, harness.MODEL) == "Yes"
        server.will_answer(harness.Turn(status=307, headers={"location": f"{elsewhere.url}/"}))
        with pytest.raises(EngineRefused, match="redirected"):
            await answered(engine, harness.MODEL)
        await engine.close()
        assert elsewhere.requests == []
        assert all("authorization" not in request.headers for request in server.requests)
    assert {entry.port for entry in read_ledger(path)} == {int(server.url.rpartition(":")[2])}


@pytest.mark.parametrize(("harness", "build"), ENGINES, ids=["ollama", "openai"])
async def test_R54_cancelling_a_recorded_engine_closes_the_socket(
    egress: Egress, path: Path, harness: Any, build: Callable[..., Any]
) -> None:
    server = harness.OllamaServer() if harness is ollama_server else harness.OpenAIServer()
    async with server:
        engine = build(server.url, egress)
        await engine.facts()
        server.will_answer(harness.Turn(lines=(), ending="hang"))
        before = len(server.requests)
        task = asyncio.create_task(answered(engine, harness.MODEL))
        await server.seen(1, "/api/chat" if harness is ollama_server else "/v1/chat")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.hung_up()
        await engine.close()
        assert len(server.requests) > before
    assert read_ledger(path)[-1].outcome == "cancelled"
