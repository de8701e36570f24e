"""Which engine and model the settings lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.engines.choose import EngineChoice, choose, newest_llama
from copydesk.adapters.engines.embedded import EmbeddedEngine
from copydesk.adapters.engines.ollama import OllamaEngine
from copydesk.adapters.engines.openai import OpenAIEngine
from copydesk.adapters.engines.pacing import Patience
from copydesk.errors import EngineBroken, EngineRefused, EngineUnreachable, ModelMissing, SettingsError
from copydesk.ports import ModelFacts
from harness.gguf_file import write_gguf
from harness.ollama_server import Turn, listed
from harness.openai_server import MODEL as SERVED
from harness.openai_server import OpenAIServer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def starter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let the starter model be a file that a test may write."""
    path = tmp_path / "data" / "starter.gguf"
    monkeypatch.setattr("copydesk.adapters.engines.choose.starter_path", lambda: path)
    monkeypatch.setattr("copydesk.adapters.engines.choose.library_version", lambda: "1")
    monkeypatch.setattr("copydesk.adapters.engines.embedded.library_version", lambda: "1")
    return path


@pytest.fixture
def nowhere(unused_tcp_port: int) -> str:
    return f"http://127.0.0.1:{unused_tcp_port}"


async def test_auto_takes_ollama_and_its_newest_llama(server, starter):
    write_gguf(starter)
    server.installed = [listed("mistral:7b"), listed("llama3:8b"), listed("llama3.1:8b")]
    chosen = await choose(EngineChoice(host=server.url))
    assert isinstance(chosen.engine, OllamaEngine)
    assert chosen.model == "llama3.1:8b"
    assert "newest Llama 3" in chosen.reason
    assert server.url in chosen.reason
    await chosen.engine.close()


async def test_auto_takes_what_ollama_has_before_the_starter_model(server, starter):
    write_gguf(starter)
    server.installed = [listed("nomic-embed-text:latest"), listed("mistral:7b")]
    chosen = await choose(EngineChoice(host=server.url))
    assert chosen.model == "mistral:7b"
    await chosen.engine.close()


@pytest.mark.parametrize(
    "installed", [[], [listed("nomic-embed-text")], [listed("x-cloud", remote_host="https://far")]]
)
async def test_auto_without_a_usable_model_on_ollama_takes_the_embedded_engine(server, starter, installed):
    write_gguf(starter)
    server.installed = installed
    chosen = await choose(EngineChoice(host=server.url))
    assert isinstance(chosen.engine, EmbeddedEngine)
    assert "no model that can be used" in chosen.reason


async def test_auto_without_ollama_takes_the_embedded_engine_and_says_why(nowhere, starter):
    write_gguf(starter)
    chosen = await choose(EngineChoice(host=nowhere))
    assert isinstance(chosen.engine, EmbeddedEngine)
    assert chosen.model == "starter"
    assert "not answering" in chosen.reason
    assert "starter model" in chosen.reason


async def test_auto_with_something_broken_at_ollamas_address_takes_the_embedded_engine(server, starter):
    write_gguf(starter)
    server.everything = Turn(status=500, body="<html>")
    chosen = await choose(EngineChoice(host=server.url))
    assert isinstance(chosen.engine, EmbeddedEngine)


async def test_a_model_asked_for_by_name_is_not_replaced_by_another(server, starter):
    write_gguf(starter)
    with pytest.raises(ModelMissing) as caught:
        await choose(EngineChoice(host=server.url, model="llama9"))
    assert "ollama pull llama9" in caught.value.remedy


async def test_a_model_asked_for_by_name_is_not_replaced_when_ollama_is_away(nowhere, starter):
    with pytest.raises(EngineUnreachable):
        await choose(EngineChoice(host=nowhere, model="llama3.1:8b"))


@pytest.mark.parametrize("kind", ["auto", "ollama"])
async def test_R24_a_refused_host_is_no_reason_to_use_another_engine(kind, starter):
    write_gguf(starter)
    with pytest.raises(EngineRefused):
        await choose(EngineChoice(kind=kind, host="http://192.0.2.1"))


async def test_R24_a_configured_cloud_model_is_refused(server):
    server.installed = [listed("x:1b-cloud")]
    with pytest.raises(EngineRefused):
        await choose(EngineChoice(host=server.url, model="x:1b-cloud"))


async def test_nothing_at_all_names_both_next_steps(nowhere):
    with pytest.raises(EngineUnreachable) as caught:
        await choose(EngineChoice(host=nowhere))
    assert "not answering" in str(caught.value)
    assert "ollama serve" in caught.value.remedy
    assert "copydesk model fetch starter" in caught.value.remedy


async def test_a_model_file_that_is_none_is_all_that_is_spoken_of(nowhere, tmp_path):
    with pytest.raises(ModelMissing) as caught:
        await choose(EngineChoice(host=nowhere, embedded_model=str(tmp_path / "nope.gguf")))
    assert str(caught.value).startswith(f"The model file {tmp_path / 'nope.gguf'} cannot be used")
    assert "ollama" not in caught.value.sentence.casefold()


async def test_nothing_installed_says_what_to_install(nowhere, monkeypatch):
    for place in ("choose", "embedded"):
        monkeypatch.setattr(f"copydesk.adapters.engines.{place}.library_version", lambda: None)
    with pytest.raises(EngineUnreachable) as caught:
        await choose(EngineChoice(host=nowhere))
    assert "[embedded,web]" in caught.value.remedy


async def test_embedded_with_a_model_file(tmp_path):
    path = write_gguf(tmp_path / "mine.gguf")
    chosen = await choose(EngineChoice(kind="embedded", embedded_model=str(path)))
    assert (chosen.model, chosen.concurrency) == ("mine", 1)
    facts = await chosen.engine.model_facts("mine")
    assert (facts.context, facts.licence, facts.parameters) == (4096, "apache-2.0", "8B")


async def test_openai_takes_a_llama_or_the_configured_model_and_its_concurrency():
    async with OpenAIServer() as server:
        server.models.insert(0, {"id": "other"})
        chosen = await choose(EngineChoice(kind="openai", host=server.url, concurrency=4))
        assert isinstance(chosen.engine, OpenAIEngine)
        assert (chosen.model, chosen.concurrency) == (SERVED, 4)
        await chosen.engine.close()
        named = await choose(EngineChoice(kind="openai", host=server.url, model="other"))
        assert named.model == "other"
        await named.engine.close()
        with pytest.raises(ModelMissing):
            await choose(EngineChoice(kind="openai", host=server.url, model="absent"))


async def test_openai_without_a_host_is_a_mistake_in_the_settings():
    with pytest.raises(SettingsError):
        await choose(EngineChoice(kind="openai"))


async def test_only_auto_falls_back(nowhere, server, starter):
    write_gguf(starter)
    with pytest.raises(EngineUnreachable):
        await choose(EngineChoice(kind="ollama", host=nowhere))
    server.everything = Turn(status=500, body="<html>")
    with pytest.raises(EngineBroken):
        await choose(EngineChoice(kind="ollama", host=server.url, patience=Patience(facts=5)))


LLAMAS = [
    (["llama3.1:8b", "llama3.2:3b", "llama3:70b"], "llama3.2:3b"),
    (["llama3.1:8b", "llama3.1:70b"], "llama3.1:70b"),
    (["llama3.2-vision:11b", "llama3:8b", "llama-guard3:8b"], "llama3:8b"),
    (["meta-llama/Llama-3.3-70B-Instruct", "Meta-Llama-3-8B"], "meta-llama/Llama-3.3-70B-Instruct"),
    (
        ["hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M", "mistral"],
        "hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M",
    ),
    (["llama2:7b", "codellama:34b", "llama4:scout", "llama33:x", "mistral:7b"], None),
    ([], None),
]


@pytest.mark.parametrize(("names", "expected"), LLAMAS)
def test_the_newest_llama_3(names, expected):
    found = newest_llama([ModelFacts(name, name, size=index) for index, name in enumerate(names)])
    assert (found.name if found else None) == expected
