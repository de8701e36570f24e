"""The OpenAI-compatible engine: what is sent, what is understood, and every fault."""

from __future__ import annotations

import asyncio
from math import exp
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.engines.openai import OpenAIEngine
from copydesk.adapters.engines.pacing import Patience
from copydesk.errors import (
    AnswerCut,
    EngineBroken,
    EngineBusy,
    EngineError,
    EngineRefused,
    EngineTimeout,
    EngineUnreachable,
    ModelMissing,
    OutOfMemory,
    PromptTooLong,
)
from copydesk.ports import Delta, Finished, Message, Prompt, Sampling, Usage
from harness.openai_server import MODEL, OpenAIServer, Turn, error, event, piece
from harness.scripted_http import Exchange, ScriptedHttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.slow

SECRET = "the-unpublished-draft"
PROMPT = Prompt(MODEL, (Message("system", "Answer briefly."), Message("user", f"Is {SECRET} good?")))
SAMPLING = Sampling(max_tokens=16)
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as running:
        yield running


@pytest.fixture
async def engine(server: OpenAIServer) -> AsyncIterator[OpenAIEngine]:
    opened = OpenAIEngine(f"{server.url}/v1/", api_key="secret-key")
    yield opened
    await opened.close()


async def answer(engine: OpenAIEngine, prompt: Prompt = PROMPT, schema: dict[str, object] | None = None) -> str:
    items = [item async for item in engine.stream(prompt, SAMPLING, schema)]
    assert [isinstance(item, Finished) for item in items] == [False] * (len(items) - 1) + [True]
    return "".join(item.text for item in items if isinstance(item, Delta))


async def test_what_is_sent(server, engine):
    await answer(engine, schema=SCHEMA)
    sent = server.chats[0]
    assert (sent["max_tokens"], sent["temperature"], sent["seed"], sent["stream"]) == (16, 0.0, 7, True)
    assert sent["stream_options"] == {"include_usage": True}
    assert sent["response_format"]["json_schema"] == {"name": "answer", "strict": True, "schema": SCHEMA}
    assert server.requests[0].headers["authorization"] == "Bearer secret-key"


async def test_usage_tells_cached_tokens_where_the_server_does(server, engine):
    counted = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 5}}
    ended = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": counted})
    server.will_answer(Turn(lines=(b": ping\n\n", piece("Yes"), ended, b"data: [DONE]\n\n")))
    items = [item async for item in engine.stream(PROMPT, SAMPLING)]
    assert items == [Delta("Yes"), Finished(Usage(9, 5, 2))]


async def test_facts_of_a_model(server, engine):
    facts = await engine.model_facts(MODEL)
    assert (facts.name, facts.context) == (MODEL, 8192)
    with pytest.raises(ModelMissing):
        await engine.model_facts("other")


async def test_a_server_without_probabilities_is_asked_to_choose(server, engine):
    server.will_answer(Turn(), Turn(pieces=('{"answer": "No"}',)))
    scores = await engine.score(PROMPT, ("Yes", "No"))
    assert exp(scores.logprobs["No"]) > 0.99
    assert scores.usage.output_tokens == 2


FAULTS: list[tuple[str, Turn, type[EngineError], str]] = [
    ("hang before the first token", Turn(lines=(), ending="hang"), EngineTimeout, "silent"),
    ("hang in mid-stream", Turn(lines=(piece("Hel"),), ending="hang"), EngineTimeout, "silent"),
    ("half an event", Turn(lines=(piece("Hel"), b'data: {"choi')), EngineBroken, "not an answer"),
    ("an event that is not JSON", Turn(lines=(b"data: <html>\n\n",)), EngineBroken, "not an answer"),
    ("an event of another shape", Turn(lines=(b'data: {"x": 1}\n\n',)), EngineBroken, "not an answer"),
    (
        "an error event in mid-stream",
        Turn(lines=(piece("Hel"), event({"error": {"message": "slot is gone", "code": 500}}))),
        EngineBroken,
        "slot is gone",
    ),
    (
        "an error line as llama.cpp wrote them",
        Turn(lines=(b'error: {"code":400,"message":"exceeds the available context size"}\n\n',)),
        PromptTooLong,
        "too long",
    ),
    ("500 with a web page", Turn(status=500, body="<html>oops</html>"), EngineBroken, "500"),
    ("out of memory", error(500, "CUDA out of memory"), OutOfMemory, "memory"),
    ("R12: killed in mid-stream", Turn(lines=(piece("Hel"),), ending="reset"), EngineBroken, "middle of an answer"),
    ("R12: an end without a reason", Turn(finish_reason=None), EngineBroken, "middle of an answer"),
    ("R23: redirect", Turn(status=308, headers={"location": "http://127.0.0.1:9/"}), EngineRefused, "redirected"),
    ("overloaded", error(429, "rate limit"), EngineBusy, "busy"),
    ("still loading", error(503, "Loading model", "unavailable_error"), EngineBusy, "busy"),
    ("wrong key", error(401, "Invalid API Key", "authentication_error"), EngineRefused, "refused access"),
    (
        "R51: longer than the context",
        error(400, "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens"),
        PromptTooLong,
        "too long",
    ),
    ("R51: cut by the server", Turn(prompt_tokens=1), PromptTooLong, "too long"),
]


@pytest.mark.parametrize(("fault", "kind", "words"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
async def test_F2_R50_each_fault_is_one_message_with_a_next_step(server, fault, kind, words):
    patience = Patience(first=0.2, between=0.2) if fault.ending == "hang" else Patience()
    engine = OpenAIEngine(server.url, patience=patience)
    prompt = Prompt(MODEL, (*PROMPT.messages, Message("user", "word " * 300)))
    server.will_answer(fault, fault)
    for attempt in (answer(engine, prompt), engine.score(prompt, ("Yes", "No"))):
        with pytest.raises(kind) as caught:
            await attempt
        assert words in str(caught.value)
        assert caught.value.remedy
        assert SECRET not in caught.value.sentence
        assert "<html>" not in caught.value.sentence
    await engine.close()


async def test_R13_an_answer_at_its_length_limit_is_an_error(server, engine):
    server.will_answer(Turn(finish_reason="length"))
    with pytest.raises(AnswerCut):
        await answer(engine)


async def test_R50_nothing_listens(unused_tcp_port):
    engine = OpenAIEngine(f"127.0.0.1:{unused_tcp_port}")
    for attempt in (engine.facts(), engine.model_facts(MODEL), answer(engine), engine.score(PROMPT, ("Yes", "No"))):
        with pytest.raises(EngineUnreachable, match="not answering"):
            await attempt
    await engine.close()


async def test_R22_the_environment_does_not_decide_where_text_goes(server, monkeypatch):
    async with ScriptedHttp(lambda request: Exchange((b"{}",))) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "OPENAI_BASE_URL"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("OPENAI_API_KEY", "secret-key")
        engine = OpenAIEngine(server.url)
        assert await answer(engine) == "Yes"
        await engine.close()
        assert proxy.requests == []
        assert "authorization" not in server.requests[0].headers


async def test_R24_a_host_elsewhere_is_refused_unless_allowed():
    with pytest.raises(EngineRefused):
        OpenAIEngine("https://api.example.org/v1")
    OpenAIEngine("https://api.example.org/v1", allow_remote=True)


async def test_a_connection_that_the_server_gave_up_is_not_used_again(server, engine):
    server.will_answer(Turn(keeps_open=True))
    assert await answer(engine) == "Yes"
    assert await answer(engine) == "Yes"


async def test_R54_cancelling_closes_the_socket(server, engine):
    server.will_answer(Turn(lines=(), ending="hang"))
    task = asyncio.create_task(answer(engine))
    await server.seen(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await server.hung_up()
