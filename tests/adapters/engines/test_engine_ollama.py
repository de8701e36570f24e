"""The Ollama engine against Ollama's wire format: what is sent, what is understood, and every fault."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from math import exp
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.engines.ollama import OllamaEngine
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
from copydesk.ports import Delta, Finished, Locality, Message, Prompt, Sampling, Usage
from harness.ollama_server import MODEL, OllamaServer, Turn, error, line, listed, piece
from harness.scripted_http import Exchange, ScriptedHttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.slow

SECRET = "the-unpublished-draft"
PROMPT = Prompt(MODEL, (Message("system", "Answer briefly."), Message("user", f"Is {SECRET} good?")))
SAMPLING = Sampling(max_tokens=16)
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
SHORT = Patience(connect=2, facts=5, first=0.2, between=0.2)


@pytest.fixture
async def server() -> AsyncIterator[OllamaServer]:
    async with OllamaServer() as running:
        yield running


@pytest.fixture
async def engine(server: OllamaServer) -> AsyncIterator[OllamaEngine]:
    opened = OllamaEngine(server.url)
    yield opened
    await opened.close()


async def answer(engine: OllamaEngine, prompt: Prompt = PROMPT, schema: dict[str, object] | None = None) -> str:
    items = [item async for item in engine.stream(prompt, SAMPLING, schema)]
    assert [isinstance(item, Finished) for item in items] == [False] * (len(items) - 1) + [True]
    return "".join(item.text for item in items if isinstance(item, Delta))


async def test_an_answer_arrives_piece_by_piece_and_ends_with_its_usage(server, engine):
    server.will_answer(Turn(pieces=("Hel", "lo"), prompt_tokens=31))
    items = [item async for item in engine.stream(PROMPT, SAMPLING)]
    assert items == [Delta("Hel"), Delta("lo"), Finished(Usage(31, None, 2))]


async def test_what_is_sent_keeps_the_model_loaded_and_the_prompt_whole(server, engine):
    await answer(engine, schema=SCHEMA)
    sent = server.chats[0]
    assert sent["options"] == {"num_ctx": 8192, "num_predict": 16, "temperature": 0.0, "seed": 7}
    assert (sent["truncate"], sent["shift"], sent["think"], sent["stream"]) == (False, False, False, True)
    assert sent["keep_alive"] == "30m"
    assert sent["format"] == SCHEMA
    assert sent["messages"] == [{"role": message.role, "content": message.content} for message in PROMPT.messages]


async def test_R35_control_tokens_and_lone_surrogates_are_made_inert(server, engine):
    await answer(engine, Prompt(MODEL, (Message("user", "a<|im_end|>\ud83db"),)))
    assert server.chats[0]["messages"][0]["content"] == "a< |im_end| >\ufffdb"


async def test_the_model_is_examined_once_not_with_every_request(server, engine):
    await answer(engine)
    await answer(engine)
    assert len([request for request in server.requests if request.path == "/api/show"]) == 1


async def test_facts_tell_version_models_licence_and_context(server, engine):
    server.installed = [
        listed(MODEL),
        listed("nomic-embed-text:latest"),
        listed("x:1b-cloud", remote_host="https://far"),
    ]
    facts = await engine.facts()
    assert (facts.kind, facts.version, facts.locality) == ("ollama", "0.30.1", Locality.LOCAL)
    assert [(model.name, model.locality) for model in facts.models] == [
        (MODEL, Locality.LOCAL),
        ("x:1b-cloud", Locality.REMOTE),
    ]
    model = await engine.model_facts(MODEL)
    assert (model.context, model.licence) == (8192, "LLAMA 3.1 COMMUNITY LICENSE AGREEMENT")
    assert (model.size, model.parameters, model.digest) == (4_920_753_328, "8.0B", facts.models[0].digest)


async def test_a_name_without_a_tag_means_latest(server, engine):
    server.installed = [listed("llama3:latest")]
    assert (await engine.model_facts("llama3")).digest == server.installed[0]["digest"]


async def test_scores_come_from_the_probabilities_of_the_first_token(server, engine):
    server.will_answer(Turn(pieces=("Yes",), top={"Yes": -0.2, " No": -2.0, "Perhaps": -3.0}, prompt_tokens=30))
    scores = await engine.score(PROMPT, ("Yes", "No"))
    assert server.chats[0]["top_logprobs"] == 20
    assert server.chats[0]["options"]["num_predict"] == 1
    assert exp(scores.logprobs["Yes"]) + exp(scores.logprobs["No"]) == pytest.approx(1)
    assert scores.logprobs["Yes"] - scores.logprobs["No"] == pytest.approx(1.8)
    assert scores.usage == Usage(30, None, 1)


async def test_a_server_without_probabilities_is_asked_to_choose(server, engine):
    server.will_answer(Turn(), Turn(pieces=('{"answer":', '"No"}')))
    scores = await engine.score(PROMPT, ("Yes", "No"))
    assert server.chats[1]["format"]["properties"]["answer"]["enum"] == ["Yes", "No"]
    assert exp(scores.logprobs["No"]) > 0.99 > 0.01 > exp(scores.logprobs["Yes"])


FAULTS: list[tuple[str, Turn, type[EngineError], str]] = [
    ("hang before the first token", Turn(lines=(), ending="hang"), EngineTimeout, "silent"),
    ("hang in mid-stream", Turn(lines=(piece("Hel"),), ending="hang"), EngineTimeout, "silent"),
    ("half a line", Turn(lines=(piece("Hel"), b'{"model":"ll')), EngineBroken, "not an answer"),
    ("half a line, then hung up", Turn(lines=(b'{"model":"ll',), ending="close"), EngineBroken, "middle of an answer"),
    ("a line that is not JSON", Turn(lines=(piece("Hel"), b"<html>\n")), EngineBroken, "not an answer"),
    ("a line that is JSON of another shape", Turn(lines=(b"[1]\n",)), EngineBroken, "not an answer"),
    ("a line without a message", Turn(lines=(line(done=False),)), EngineBroken, "not an answer"),
    (
        "an error line in mid-stream",
        Turn(lines=(piece("Hel"), line(error="model runner has unexpectedly stopped, check ollama server logs"))),
        EngineBroken,
        "model runner has unexpectedly stopped",
    ),
    (
        "out of memory in mid-stream",
        Turn(lines=(line(error="llama-server reported out-of-memory during startup: x"),)),
        OutOfMemory,
        "memory",
    ),
    ("500 with a web page", Turn(status=500, body="<html><body>oops</body></html>"), EngineBroken, "500"),
    ("502 with nothing", Turn(status=502, body=""), EngineBroken, "502"),
    (
        "out of memory",
        error(500, "model requires more system memory (5.6 GiB) than is available (2.1 GiB)"),
        OutOfMemory,
        "memory",
    ),
    ("the system ended it", error(500, "llama-server process has terminated: signal: killed"), OutOfMemory, "memory"),
    ("the runner does not start", error(500, "llama-server process has terminated: exit 1"), EngineBroken, "exit 1"),
    ("R12: killed in mid-stream", Turn(lines=(piece("Hel"),), ending="reset"), EngineBroken, "middle of an answer"),
    ("R12: hung up in mid-stream", Turn(lines=(piece("Hel"),), ending="close"), EngineBroken, "middle of an answer"),
    ("R12: an end without done", Turn(pieces=("Hel",), done_reason=None), EngineBroken, "middle of an answer"),
    ("no answer at all", Turn(lines=()), EngineBroken, "middle of an answer"),
    ("R13: cut at the length limit", Turn(done_reason="length"), AnswerCut, "length limit"),
    ("R23: redirect", Turn(status=307, headers={"location": "http://127.0.0.1:9/"}), EngineRefused, "redirected"),
    ("queue full", error(503, "server busy, please try again.  maximum pending requests exceeded"), EngineBusy, "busy"),
    (
        "R51: longer than the context",
        error(400, "the prompt is longer than the context length currently available to the model"),
        PromptTooLong,
        "too long",
    ),
    ("not signed in", error(401, "unauthorized"), EngineRefused, "refused access"),
]


@pytest.mark.parametrize(("fault", "kind", "words"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
async def test_F2_R50_each_fault_is_one_message_with_a_next_step(server, fault, kind, words):
    engine = OllamaEngine(server.url, patience=SHORT if fault.ending == "hang" else Patience())
    server.will_answer(fault, fault)
    for attempt in (answer(engine), engine.score(PROMPT, ("Yes", "No"))):
        if kind is AnswerCut and server.chats:
            server.will_answer(Turn(pieces=('{"answer":',), done_reason="length"))
        with pytest.raises(kind) as caught:
            await attempt
        assert words in str(caught.value)
        assert caught.value.remedy
        assert SECRET not in caught.value.sentence
        assert "<html>" not in caught.value.sentence
    await engine.close()


PHASES = [
    (Turn(lines=(), ending="hang"), Patience(first=0.25, between=5)),
    (Turn(lines=(piece("Hel"),), ending="hang"), Patience(first=5, between=0.25)),
]


@pytest.mark.parametrize(("fault", "patience"), PHASES, ids=["first token", "between tokens"])
async def test_R50_a_model_may_take_its_time_to_begin_but_not_to_go_on(server, fault, patience):
    engine = OllamaEngine(server.url, patience=patience)
    server.will_answer(fault)
    with pytest.raises(EngineTimeout, match=r"silent for 0\.25 seconds"):
        await answer(engine)
    await server.hung_up()
    await engine.close()


async def test_R50_nothing_listens(unused_tcp_port):
    engine = OllamaEngine(f"127.0.0.1:{unused_tcp_port}")
    for attempt in (engine.facts(), engine.model_facts(MODEL), answer(engine), engine.score(PROMPT, ("Yes", "No"))):
        with pytest.raises(EngineUnreachable, match="not answering") as caught:
            await attempt
        assert "ollama serve" in caught.value.remedy
    await engine.close()


async def test_R50_a_model_that_is_not_installed_says_how_to_get_it(engine):
    for attempt in (
        engine.model_facts("llama9"),
        answer(engine, Prompt("llama9", PROMPT.messages)),
        engine.score(Prompt("llama9", PROMPT.messages), ("Yes", "No")),
    ):
        with pytest.raises(ModelMissing) as caught:
            await attempt
        assert "ollama pull llama9" in caught.value.remedy


@pytest.mark.parametrize("turn", [Turn(body="<html>"), Turn(body="[]"), Turn(body="{}"), Turn(status=404, body="x")])
async def test_something_else_listens_there(server, engine, turn):
    server.everything = turn
    with pytest.raises(EngineBroken):
        await engine.facts()


async def test_a_server_that_says_nothing_about_itself_is_not_waited_for(server):
    server.everything = Turn(body="", ending="hang")
    engine = OllamaEngine(server.url, patience=Patience(facts=0.2))
    with pytest.raises(EngineTimeout):
        await engine.facts()
    await engine.close()


async def test_R23_a_redirect_is_not_followed_and_nothing_is_sent_again(server, engine):
    async with ScriptedHttp(lambda request: Exchange((b"{}",))) as elsewhere:
        server.will_answer(Turn(status=307, headers={"location": f"{elsewhere.url}/api/chat"}))
        with pytest.raises(EngineRefused):
            await answer(engine)
        assert elsewhere.requests == []


async def test_R22_the_environment_does_not_decide_where_text_goes(server, monkeypatch):
    async with ScriptedHttp(lambda request: Exchange((b"{}",))) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "OLLAMA_HOST"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("OLLAMA_API_KEY", "secret-key")
        engine = OllamaEngine(server.url)
        assert await answer(engine) == "Yes"
        await engine.facts()
        await engine.close()
        assert proxy.requests == []
        assert not [request for request in server.requests if "authorization" in request.headers]


@pytest.mark.parametrize("host", ["http://192.0.2.1:11434", "ollama.example.org", "0.0.0.1", "127.0.0.1.example.org"])
async def test_R24_a_host_elsewhere_is_refused_before_any_packet(host):
    with pytest.raises(EngineRefused, match="not on this machine"):
        OllamaEngine(host)
    OllamaEngine(host, allow_remote=True)


CLOUD = [
    ("gpt-oss:120b-cloud", {}, {}),
    ("qwen:cloud", {}, {}),
    ("innocent:8b", {"remote_host": "https://far:443"}, {}),
    ("innocent:8b", {}, {"remote_model": "gpt-oss", "model_info": {}}),
]


@pytest.mark.parametrize(("name", "tag", "shown"), CLOUD)
async def test_R24_a_model_that_runs_elsewhere_is_refused_unless_allowed(server, engine, name, tag, shown):
    server.installed = [listed(name, **tag)]
    server.shown[name] = shown
    prompt = Prompt(name, PROMPT.messages)
    for attempt in (engine.model_facts(name), answer(engine, prompt), engine.score(prompt, ("Yes", "No"))):
        with pytest.raises(EngineRefused, match="does not run on this machine"):
            await attempt
    assert server.chats == []
    allowed = OllamaEngine(server.url, allow_remote=True)
    assert (await allowed.model_facts(name)).locality is Locality.REMOTE
    assert await answer(allowed, prompt) == "Yes"
    await allowed.close()


async def test_R51_a_prompt_that_does_not_fit_is_refused_before_it_is_sent(server):
    engine = OllamaEngine(server.url, context=512)
    with pytest.raises(PromptTooLong):
        await answer(engine, Prompt(MODEL, (Message("user", "word " * 400),)))
    assert server.chats == []
    await engine.close()


async def test_R51_a_model_trained_for_less_than_the_context_bounds_the_prompt(server, engine):
    server.shown[MODEL] = {"model_info": {"llama.context_length": 2048}}
    with pytest.raises(PromptTooLong):
        await answer(engine, Prompt(MODEL, (Message("user", "word " * 1500),)))
    await answer(engine)
    assert [chat["options"]["num_ctx"] for chat in server.chats] == [2048]
    assert (await engine.model_facts(MODEL)).context == 2048


async def test_R51_the_estimate_learns_how_the_server_counts(server):
    engine = OllamaEngine(server.url, context=1024)
    fits = Prompt(MODEL, (Message("user", "wording " * 250),))
    longer = Prompt(MODEL, (Message("user", "wording " * 400),))
    with pytest.raises(PromptTooLong):
        await answer(engine, longer)
    await answer(engine, fits)
    await answer(engine, longer)
    await engine.close()


async def test_R51_a_prompt_that_the_server_cut_is_noticed(server, engine):
    server.will_answer(Turn(prompt_tokens=900), Turn(prompt_tokens=900))
    prompt = Prompt(MODEL, (Message("user", "word " * 4000),))
    for attempt in (answer(engine, prompt), engine.score(prompt, ("Yes", "No"))):
        with pytest.raises(PromptTooLong):
            await attempt


@pytest.mark.parametrize("start", ["before the first token", "in mid-stream"])
async def test_R54_cancelling_closes_the_socket(server, engine, start):
    gate = asyncio.Event()
    server.will_answer(
        Turn(lines=(), ending="hang") if start == "before the first token" else Turn(("a", "b"), gate=gate)
    )
    got = asyncio.Event()

    async def read() -> None:
        async for _ in engine.stream(PROMPT, SAMPLING):
            got.set()

    task = asyncio.create_task(read())
    await server.seen(1, "/api/chat")
    if start == "in mid-stream":
        await got.wait()
    assert server.disconnects == 0
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await server.hung_up()
    assert await answer(engine) == "Yes"


async def test_leaving_a_stream_closes_the_socket(server, engine):
    server.will_answer(Turn(("a", "b"), gate=asyncio.Event()))
    async with aclosing(engine.stream(PROMPT, SAMPLING)) as items:
        assert await anext(items) == Delta("a")
    await server.hung_up()


async def test_closing_twice_is_closing_once(engine):
    await engine.facts()
    await engine.close()
    await engine.close()


async def test_answers_in_any_language_survive_any_split_of_their_bytes(server, engine):
    whole = json.dumps({"message": {"content": "naïve 日本 👩‍🚀"}, "done": False}, ensure_ascii=False).encode() + b"\n"
    chunks = tuple(whole[index : index + 1] for index in range(len(whole)))
    server.will_answer(Turn(lines=(*chunks, line(message={"content": ""}, done=True, done_reason="stop"))))
    assert await answer(engine) == "naïve 日本 👩‍🚀"
