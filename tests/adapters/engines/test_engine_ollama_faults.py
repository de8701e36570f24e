"""The Ollama engine where something is wrong: every fault is one message, and no text goes where it should not."""

from __future__ import annotations

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
from copydesk.ports import Locality, Prompt
from harness.ollama_engine import PROMPT, SECRET, SHORT, answer
from harness.ollama_server import MODEL, Turn, error, line, listed, piece
from harness.scripted_http import Exchange, ScriptedHttp

pytestmark = pytest.mark.slow

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
PHASES = [
    (Turn(lines=(), ending="hang"), Patience(first=0.25, between=5)),
    (Turn(lines=(piece("Hel"),), ending="hang"), Patience(first=5, between=0.25)),
]
CLOUD = [
    ("gpt-oss:120b-cloud", {}, {}),
    ("qwen:cloud", {}, {}),
    ("innocent:8b", {"remote_host": "https://far:443"}, {}),
    ("innocent:8b", {}, {"remote_model": "gpt-oss", "model_info": {}}),
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
