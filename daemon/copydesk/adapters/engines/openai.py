"""Servers of the OpenAI family: llama.cpp, LM Studio, vLLM, NVIDIA NIM."""

from __future__ import annotations

import json
from contextlib import aclosing
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from copydesk.adapters.engines.budget import TokenEstimate
from copydesk.adapters.engines.dialects import ChatCompletions, Event, LlamaCpp
from copydesk.adapters.engines.faults import Site, ended_early, missing, of_status, too_long, translated
from copydesk.adapters.engines.hosts import base_url, locality, require_permission
from copydesk.adapters.engines.pacing import Patience, paced, within
from copydesk.adapters.engines.scoring import choice_logprobs, choice_schema, option_logprobs
from copydesk.errors import AnswerCut
from copydesk.ports import Delta, EngineFacts, Finished, ModelFacts, Sampling, Scores, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    import httpx

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.engines.dialects import Dialect
    from copydesk.ports import Prompt

_PORT = 8000
_CHOICE_TOKENS = 48


class OpenAIEngine:
    """A server at `url`, with or without `/v1` at its end; `api_key` is sent to it and nowhere else.

    `context` in tokens is used where the server does not tell its own. `concurrency` says how many requests the server
    can work on at once; the desk keeps to it.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        context: int = 8192,
        allow_remote: bool = False,
        concurrency: int = 1,
        dialect: Dialect | None = None,
        patience: Patience | None = None,
        site: Site | None = None,
        egress: Egress | None = None,
    ) -> None:
        self._url = base_url(url, _PORT).removesuffix("/v1")
        require_permission(self._url, allow_remote=allow_remote)
        self.concurrency = concurrency
        self._api_key = api_key
        self._context = context
        self._dialect: Dialect = dialect or ChatCompletions()
        self._patience = patience or Patience()
        self._egress = egress
        self._estimate = TokenEstimate()
        self._opened: httpx.AsyncClient | None = None
        self._site = site or Site(
            "The model server",
            self._url,
            start="Start it, or correct base_url under [engine].",
            install="Name a model that it serves; `copydesk doctor` lists them.",
        )

    async def facts(self) -> EngineFacts:
        """Return the models that the server lists; such servers tell no version."""
        listed = await self._models()
        return EngineFacts("openai", self._url, "", locality(self._url), tuple(self._listed(entry) for entry in listed))

    async def model_facts(self, model: str) -> ModelFacts:
        """Return facts of one model."""
        found = next((entry for entry in await self._models() if entry["id"] == model), None)
        if found is None:
            raise missing(self._site, model)
        return self._listed(found)

    async def stream(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[Delta | Finished]:
        """Stream an answer; see the port."""
        usage = Usage()
        stopped = None
        async with aclosing(self._events(prompt, sampling, schema, 0)) as events:
            async for event in events:
                usage = event.usage or usage
                stopped = event.stopped or stopped
                if event.text:
                    yield Delta(event.text)
        self._require_uncut(prompt, stopped, usage)
        if stopped == "limit":
            raise AnswerCut(f"{prompt.model} reached its length limit before it was done.", "Ask for less at a time.")
        yield Finished(usage)

    async def score(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        """Return how likely each option is as the first token; see the port.

        A server without token probabilities is asked for a choice by JSON schema, which stands for almost one.
        """
        top: tuple[tuple[str, float], ...] = ()
        usage = Usage()
        stopped = None
        async with aclosing(self._events(prompt, Sampling(max_tokens=1), None, self._dialect.alternatives)) as events:
            async for event in events:
                top = top or event.top
                usage = event.usage or usage
                stopped = event.stopped or stopped
        self._require_uncut(prompt, stopped, usage)
        logprobs = option_logprobs(top, options)
        return Scores(logprobs, usage) if logprobs else await self._choose(prompt, options, usage)

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            client, self._opened = self._opened, None
            await client.aclose()

    async def _choose(self, prompt: Prompt, options: tuple[str, ...], spent: Usage) -> Scores:
        text = ""
        usage = Usage()
        async with aclosing(
            self._events(prompt, Sampling(max_tokens=_CHOICE_TOKENS), choice_schema(options), 0)
        ) as events:
            async for event in events:
                text += event.text
                usage = event.usage or usage
        whole = Usage(
            spent.prompt_tokens + usage.prompt_tokens,
            usage.cached_prompt_tokens,
            spent.output_tokens + usage.output_tokens,
        )
        with translated(self._site, prompt.model):
            return Scores(choice_logprobs(text, options), whole)

    async def _events(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None, top: int
    ) -> AsyncGenerator[Event]:
        # llama.cpp counts before it starts and refuses what does not fit, so that only others need an estimate.
        counted = isinstance(self._dialect, LlamaCpp)
        if not counted and self._estimate.tokens(prompt) + sampling.max_tokens > self._context:
            raise too_long(self._site, prompt.model)
        with translated(self._site, prompt.model):
            path, body = await self._dialect.request(self._post, prompt, sampling, schema, top)
            lines = self._lines(path, body, prompt.model)
            async with aclosing(paced(lines, self._patience, self._site.name)) as steady:
                async for line in steady:
                    yield self._dialect.read(line)

    async def _lines(self, path: str, body: Mapping[str, object], model: str) -> AsyncGenerator[dict[str, Any]]:
        async with self._client().stream("POST", path, json=body) as response:
            if response.status_code != 200:
                await response.aread()
                raise of_status(response.status_code, response.text, self._site, model)
            async for line in response.aiter_lines():
                name, _, value = line.partition(":")
                if name not in {"data", "error"} or value.strip() == "[DONE]":
                    continue
                event = json.loads(value)
                if name == "error" or "error" in event:
                    raise of_status(-1, value, self._site, model)
                yield event

    def _require_uncut(self, prompt: Prompt, stopped: str | None, usage: Usage) -> None:
        if stopped is None:
            raise ended_early(self._site)
        if self._estimate.was_cut(prompt, usage.prompt_tokens):
            raise too_long(self._site, prompt.model)

    def _listed(self, entry: Mapping[str, Any]) -> ModelFacts:
        name = str(entry["id"])
        meta = entry.get("meta") or {}
        known = {key: meta[key] for key in ("n_params", "size", "ftype") if key in meta}
        identity = json.dumps([self._url, name, known], sort_keys=True)
        return ModelFacts(
            name=name,
            # Nothing in the protocol tells two models of one name apart.
            digest="name:" + sha256(identity.encode()).hexdigest(),
            locality=locality(self._url),
            context=meta.get("n_ctx") or entry.get("max_model_len") or self._context,
            size=meta.get("size"),
            parameters=_short_count(meta.get("n_params")),
        )

    async def _models(self) -> list[dict[str, Any]]:
        with translated(self._site):
            response = await within(self._patience.facts, self._client().get("/v1/models"), self._site.name)
            if response.status_code != 200:
                raise of_status(response.status_code, response.text, self._site, "")
            return [entry for entry in response.json()["data"] if entry["id"]]

    async def _post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        response = await within(self._patience.facts, self._client().post(path, json=body), self._site.name)
        if response.status_code != 200:
            raise of_status(response.status_code, response.text, self._site, "")
        return dict(response.json())

    def _client(self) -> httpx.AsyncClient:
        if self._opened is None:
            import httpx

            from copydesk.adapters.recorded import transport_to

            # llama.cpp closes a connection after a stream without saying so; the next request would be lost.
            limits = httpx.Limits(max_keepalive_connections=0)
            longest = max(self._patience.first, self._patience.between)
            self._opened = httpx.AsyncClient(
                base_url=self._url,
                headers={"Authorization": f"Bearer {self._api_key}"} if self._api_key else {},
                timeout=httpx.Timeout(longest, connect=self._patience.connect),
                transport=transport_to(self._egress, self._url, "engine", limits=limits, trust_env=False),
                trust_env=False,
                follow_redirects=False,
            )
        return self._opened


def _short_count(number: object) -> str | None:
    if not isinstance(number, int):
        return None
    return f"{number / 1e9:.1f}B" if number >= 1e9 else f"{number / 1e6:.0f}M"
