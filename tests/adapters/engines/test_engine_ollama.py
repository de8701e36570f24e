"""The Ollama engine against Ollama's wire format: what is sent, and what is understood."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from math import exp

import pytest

from copydesk.adapters.engines.ollama import OllamaEngine
from copydesk.errors import PromptTooLong
from copydesk.ports import Delta, Finished, Locality, Message, Prompt, Usage
from harness.ollama_engine import PROMPT, SAMPLING, SCHEMA, answer
from harness.ollama_server import MODEL, Turn, line, listed

pytestmark = pytest.mark.slow


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
