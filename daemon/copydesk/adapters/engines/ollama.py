"""Ollama, the default engine."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from copydesk.adapters.engines.budget import TokenEstimate
from copydesk.adapters.engines.faults import Site, ended_early, of_status, too_long, translated
from copydesk.adapters.engines.hosts import base_url, locality, require_permission
from copydesk.adapters.engines.pacing import Patience, paced, within
from copydesk.adapters.engines.scoring import choice_logprobs, choice_schema, option_logprobs
from copydesk.core.prompt_safety import inert
from copydesk.errors import AnswerCut, EngineRefused
from copydesk.ports import Delta, EngineFacts, Finished, Locality, ModelFacts, Sampling, Scores, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.engines.ollama_client import HardenedClient
    from copydesk.ports import Prompt

_CHOICE_TOKENS = 48
_ALTERNATIVES = 20  # the most that the server gives


class OllamaEngine:
    """An Ollama server at `host`, spelled as in OLLAMA_HOST; one context size for all requests, in tokens.

    A changed context would make the server load the model again. Older servers give no token
    probabilities; `score` then asks for a choice by JSON schema, which stands for a probability of almost one.
    """

    def __init__(
        self,
        host: str = "",
        *,
        context: int = 8192,
        allow_remote: bool = False,
        patience: Patience | None = None,
        egress: Egress | None = None,
    ) -> None:
        self._url = base_url(host)
        require_permission(self._url, allow_remote=allow_remote)
        self._context = context
        self._allow_remote = allow_remote
        self._patience = patience or Patience()
        self._egress = egress
        self._estimate = TokenEstimate()
        self._contexts: dict[str, int] = {}
        self._opened: HardenedClient | None = None
        self._site = Site(
            "Ollama",
            self._url,
            start="Start it with `ollama serve`, or choose another engine.",
            install="Install it with `ollama pull {model}`, or choose another model.",
        )

    async def facts(self) -> EngineFacts:
        """Return the server's version and the models that can write, newest first as the server lists them."""
        with translated(self._site):
            version = await self._ask("/api/version")
            listed = await self._ask("/api/tags")
            models = tuple(self._listed(entry) for entry in listed["models"] or [] if _writes(entry))
        return EngineFacts("ollama", self._url, str(version["version"]), locality(self._url), models)

    async def model_facts(self, model: str) -> ModelFacts:
        """Return facts of one model; the context is the one requested, capped to what the model was trained for."""
        with translated(self._site, model):
            shown = await self._ask("/api/show", {"model": model})
            listed = await self._ask("/api/tags")
            entry = next((each for each in listed["models"] or [] if _same(each["name"], model)), {"name": model})
            facts = self._listed({**entry, **_remote_part(shown)})
            info = shown.get("model_info") or {}
            trained = next((value for key, value in info.items() if key.endswith(".context_length")), None)
        if facts.locality is Locality.REMOTE and not self._allow_remote:
            raise EngineRefused(
                f"Model {model} does not run on this machine, so your text would leave it.",
                "Choose a local model, or set allow_remote = true under [engine] in your user settings.",
            )
        context = self._contexts[model] = min(self._context, trained) if isinstance(trained, int) else self._context
        return ModelFacts(
            name=model,
            digest=facts.digest,
            locality=facts.locality,
            context=context,
            licence=_licence(shown),
            size=facts.size,
            parameters=facts.parameters,
        )

    async def stream(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[Delta | Finished]:
        """Stream an answer; see the port."""
        async with aclosing(self._lines(prompt, sampling, schema, None)) as lines:
            async for line in lines:
                with translated(self._site, prompt.model):
                    text = line["message"].get("content") or ""
                    end = self._finished(prompt, line) if line.get("done") else None
                if text:
                    yield Delta(text)
                if end:
                    yield end
                    return
        raise ended_early(self._site)

    async def score(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        """Return how likely each option is as the first token; see the port."""
        top: list[tuple[str, float]] = []
        usage = Usage()
        async with aclosing(self._lines(prompt, Sampling(max_tokens=1), None, _ALTERNATIVES)) as lines:
            async for line in lines:
                with translated(self._site, prompt.model):
                    if not top and line.get("logprobs"):
                        first = line["logprobs"][0]
                        top = [(each["token"], each["logprob"]) for each in first.get("top_logprobs") or [first]]
                    if line.get("done"):
                        usage = self._usage(prompt, line)
                        break
            else:
                raise ended_early(self._site)
        logprobs = option_logprobs(top, options)
        return Scores(logprobs, usage) if logprobs else await self._choose(prompt, options, usage)

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            client, self._opened = self._opened, None
            await client.aclose()

    async def _choose(self, prompt: Prompt, options: tuple[str, ...], spent: Usage) -> Scores:
        text = ""
        usage = spent
        async with aclosing(
            self._lines(prompt, Sampling(max_tokens=_CHOICE_TOKENS), choice_schema(options), None)
        ) as lines:
            async for line in lines:
                with translated(self._site, prompt.model):
                    text += line["message"].get("content") or ""
                    if line.get("done"):
                        more = self._finished(prompt, line).usage
                        usage = Usage(
                            spent.prompt_tokens + more.prompt_tokens, None, spent.output_tokens + more.output_tokens
                        )
        with translated(self._site, prompt.model):
            return Scores(choice_logprobs(text, options), usage)

    async def _lines(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None, top_logprobs: int | None
    ) -> AsyncGenerator[dict[str, Any]]:
        if prompt.model not in self._contexts:
            await self.model_facts(prompt.model)
        context = self._contexts[prompt.model]
        if self._estimate.tokens(prompt) + sampling.max_tokens > context:
            raise too_long(self._site, prompt.model)
        options = {
            "num_ctx": context,
            "num_predict": sampling.max_tokens,
            "temperature": sampling.temperature,
            "seed": sampling.seed,
        }
        messages = [{"role": message.role, "content": inert(message.content)} for message in prompt.messages]
        with translated(self._site, prompt.model):
            lines = await self._client().chat_lines(
                prompt.model, messages, options, schema=schema, top_logprobs=top_logprobs
            )
            async with aclosing(paced(lines, self._patience, "Ollama")) as steady:
                async for line in steady:
                    if "error" in line:
                        raise of_status(-1, str(line["error"]), self._site, prompt.model)
                    if "message" not in line:
                        raise KeyError("message")
                    yield line

    def _finished(self, prompt: Prompt, line: Mapping[str, Any]) -> Finished:
        usage = self._usage(prompt, line)
        if line.get("done_reason") == "length":
            raise AnswerCut(f"{prompt.model} reached its length limit before it was done.", "Ask for less at a time.")
        return Finished(usage)

    def _usage(self, prompt: Prompt, line: Mapping[str, Any]) -> Usage:
        counted = int(line.get("prompt_eval_count") or 0)
        if self._estimate.was_cut(prompt, counted):
            raise too_long(self._site, prompt.model)
        # Since 0.30 cached tokens are in the count, and how many they are is not told.
        return Usage(counted, None, int(line.get("eval_count") or 0))

    def _listed(self, entry: Mapping[str, Any]) -> ModelFacts:
        details = entry.get("details") or {}
        name = str(entry["name"])
        remote = bool(entry.get("remote_host") or entry.get("remote_model")) or name.endswith(("-cloud", ":cloud"))
        return ModelFacts(
            name=name,
            digest=str(entry.get("digest") or name),
            locality=Locality.REMOTE if remote else locality(self._url),
            context=details.get("context_length"),
            size=entry.get("size"),
            parameters=details.get("parameter_size"),
        )

    async def _ask(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        client = self._client()
        request = client.get(path) if body is None else client.post(path, body)
        return await within(self._patience.facts, request, "Ollama")

    def _client(self) -> HardenedClient:
        if self._opened is None:
            from copydesk.adapters.engines.ollama_client import HardenedClient

            self._opened = HardenedClient(self._url, self._patience, self._egress)
        return self._opened


def _writes(entry: Mapping[str, Any]) -> bool:
    """Tell a model that writes from one that only embeds; servers before 0.30 list no capabilities."""
    capabilities = entry.get("capabilities")
    if capabilities:
        return "completion" in capabilities
    family = str((entry.get("details") or {}).get("family") or "")
    return "bert" not in family and "embed" not in str(entry["name"])


def _same(listed: str, asked: str) -> bool:
    return listed in {asked, f"{asked}:latest"}


def _remote_part(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {key: shown[key] for key in ("remote_host", "remote_model") if shown.get(key)}


def _licence(shown: Mapping[str, Any]) -> str | None:
    """Return the licence's name: metadata of the model file, else the first line of the licence text."""
    name = (shown.get("model_info") or {}).get("general.license")
    lines = str(shown.get("license") or "").split("\n")
    first = next((line.strip() for line in lines if line.strip()), None)
    return str(name) if name else first and first[:80]
