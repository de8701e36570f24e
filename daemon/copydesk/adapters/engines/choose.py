"""Which engine and which model answer: from settings to one engine, with the reason in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from copydesk.adapters.engines.embedded import EmbeddedEngine, library_version
from copydesk.adapters.engines.ollama import OllamaEngine
from copydesk.adapters.engines.openai import OpenAIEngine
from copydesk.adapters.engines.pacing import Patience
from copydesk.adapters.engines.starter_model import starter_path
from copydesk.errors import EngineError, EngineRefused, EngineUnreachable, ModelMissing, SettingsError
from copydesk.ports import Locality

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.adapters.egress import Egress
    from copydesk.ports import Engine, EngineFacts, ModelFacts

Kind = Literal["auto", "ollama", "openai", "embedded"]

_LLAMA_3 = re.compile(r"(?<![a-z])llama-?3(?:\.(?P<minor>\d+))?(?!\d)", re.IGNORECASE)
_OTHER_PURPOSE = re.compile(r"vision|guard|embed", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What the settings say of engines.

    `host` is Ollama's for "auto" and "ollama", and the server's address for "openai". `model` is a name that this
    server knows; `embedded_model` a GGUF path or `hf:` reference, the starter model if empty. `context` in tokens.
    `egress` records the engine's connections.
    """

    kind: Kind = "auto"
    host: str = ""
    model: str = ""
    embedded_model: str = ""
    context: int = 8192
    allow_remote: bool = False
    api_key: str | None = field(default=None, repr=False)
    concurrency: int = 1
    threads: int | None = None
    patience: Patience = field(default_factory=Patience)
    egress: Egress | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """An engine ready to be asked, the model to name in prompts, why these, and how many requests at once."""

    engine: Engine
    model: str
    reason: str
    concurrency: int = 1


async def choose(choice: EngineChoice) -> Chosen:
    """Return the engine that the settings lead to; whoever calls closes it.

    Raises an `EngineError` with the next step where none can be used, `SettingsError` for a host that is none.
    """
    if choice.kind == "ollama":
        return await _served(ollama_engine(choice), choice, "Ollama is configured")
    if choice.kind == "openai":
        return await _served(openai_engine(choice), choice, "An OpenAI-compatible server is configured")
    if choice.kind == "embedded":
        return await _embedded(choice, "The embedded engine is configured")
    return await _first_usable(choice)


def ollama_engine(choice: EngineChoice) -> OllamaEngine:
    """Return an Ollama engine as configured."""
    host = choice.host if choice.kind in {"auto", "ollama"} else ""
    return OllamaEngine(
        host,
        context=choice.context,
        allow_remote=choice.allow_remote,
        patience=choice.patience,
        egress=choice.egress,
    )


def openai_engine(choice: EngineChoice) -> OpenAIEngine:
    """Return an OpenAI-compatible engine as configured; raises `SettingsError` without a host."""
    if not choice.host:
        raise SettingsError(
            "An OpenAI-compatible engine needs a host.",
            "Set base_url under [engine], or give --host, such as http://127.0.0.1:8080.",
        )
    return OpenAIEngine(
        choice.host,
        api_key=choice.api_key,
        context=choice.context,
        allow_remote=choice.allow_remote,
        concurrency=choice.concurrency,
        patience=choice.patience,
        egress=choice.egress,
    )


def embedded_engine(choice: EngineChoice) -> EmbeddedEngine:
    """Return the embedded engine as configured, with the starter model where no other is."""
    return EmbeddedEngine(
        choice.embedded_model or str(starter_path()),
        context=choice.context,
        threads=choice.threads,
        patience=choice.patience,
        egress=choice.egress,
    )


async def _first_usable(choice: EngineChoice) -> Chosen:
    try:
        return await _served(ollama_engine(choice), choice, "Ollama answers")
    except (EngineRefused, SettingsError):
        raise
    except EngineError as error:
        # A model asked for by name is not replaced by another, least of all by a worse one.
        if choice.model and not choice.embedded_model:
            raise
        problem = error
    try:
        return await _embedded(choice, str(problem))
    except EngineError as error:
        if choice.embedded_model and isinstance(error, ModelMissing):
            raise  # a file that was named and is none is a mistake in the settings, whoever else might answer
        raise EngineUnreachable(f"{problem} {error}", f"{problem.remedy} Or: {error.remedy}") from error


async def _served(engine: OllamaEngine | OpenAIEngine, choice: EngineChoice, because: str) -> Chosen:
    try:
        facts = await engine.facts()
        if choice.model:
            model, why = choice.model, "is the configured model"
            await engine.model_facts(model)
        else:
            model, why = _default(facts, allow_remote=choice.allow_remote)
    except BaseException:
        await engine.close()
        raise
    where = f"{because} at {facts.host}" + (", on another machine" if facts.locality is Locality.REMOTE else "")
    concurrency = choice.concurrency if facts.kind == "openai" else 1
    return Chosen(engine, model, f"{where}; {model} {why}.", concurrency)


async def _embedded(choice: EngineChoice, because: str) -> Chosen:
    if library_version() is not None and not choice.embedded_model and not starter_path().is_file():
        raise ModelMissing(
            "The embedded engine has no model yet.",
            "Get the starter model (93 MB) with `copydesk model fetch starter`.",
        )
    engine = embedded_engine(choice)
    facts = await engine.facts()
    model = facts.models[0].name
    what = "the configured model file" if choice.embedded_model else "the starter model, which is small and errs often"
    return Chosen(engine, model, f"{because.rstrip('.')}; the embedded engine serves {model}, {what}.")


def _default(facts: EngineFacts, *, allow_remote: bool) -> tuple[str, str]:
    usable = [model for model in facts.models if allow_remote or model.locality is Locality.LOCAL]
    newest = newest_llama(usable)
    if newest is not None:
        return newest.name, "is the newest Llama 3 it has"
    if usable:
        return usable[0].name, "is what it has, though no Llama 3"
    named = "Ollama" if facts.kind == "ollama" else "The server"
    step = "Install one with `ollama pull llama3.1:8b`." if facts.kind == "ollama" else "Load one there."
    raise ModelMissing(f"{named} at {facts.host} has no model that can be used.", step)


def newest_llama(models: Iterable[ModelFacts]) -> ModelFacts | None:
    """Return the Llama 3 of the highest version, of these the largest; None where there is no Llama 3."""
    ranked = [
        (int(match["minor"] or 0), model.size or 0, model)
        for model in models
        if (match := _LLAMA_3.search(model.name)) and not _OTHER_PURPOSE.search(model.name)
    ]
    return max(ranked, key=lambda each: each[:2])[2] if ranked else None
