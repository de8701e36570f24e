"""What goes over the wire to servers of the OpenAI family, and how their events are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from copydesk.core.prompt_safety import inert
from copydesk.ports import Usage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from copydesk.ports import Prompt, Sampling

    Post = Callable[[str, Mapping[str, object]], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream: text, and what else it may carry.

    `stopped` is "end" or "limit". `top` holds the likeliest tokens of the first position with their logprobs.
    """

    text: str = ""
    stopped: str | None = None
    usage: Usage | None = None
    top: tuple[tuple[str, float], ...] = ()


class Dialect(Protocol):
    """A way to ask for an answer and to read it; `alternatives` is how many first tokens it can tell of."""

    @property
    def alternatives(self) -> int:
        """Return how many alternatives per token the server gives at most."""
        ...

    async def request(
        self, post: Post, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None, top: int
    ) -> tuple[str, dict[str, object]]:
        """Return path and body of a streamed request; `top` alternatives per token, or 0."""
        ...

    def read(self, event: Mapping[str, Any]) -> Event:
        """Read one event; raises KeyError, TypeError or the like for one of another shape."""
        ...


class ChatCompletions:
    """`/v1/chat/completions`, which LM Studio, vLLM, NVIDIA NIM, llama.cpp and others serve."""

    alternatives = 20

    async def request(
        self, post: Post, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None, top: int
    ) -> tuple[str, dict[str, object]]:
        """Return path and body of a streamed request."""
        body: dict[str, object] = {
            "model": prompt.model,
            "messages": _messages(prompt),
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "seed": sampling.seed,
        }
        if schema is not None:
            named = {"name": "answer", "strict": True, "schema": dict(schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        if top:
            body |= {"logprobs": True, "top_logprobs": top}
        return "/v1/chat/completions", body

    def read(self, event: Mapping[str, Any]) -> Event:
        """Read one chunk; the one with the usage has no choices."""
        counted = event.get("usage")
        usage = None
        if counted:
            details = counted.get("prompt_tokens_details") or {}
            usage = Usage(counted["prompt_tokens"], details.get("cached_tokens"), counted.get("completion_tokens", 0))
        if not event["choices"]:
            return Event(usage=usage)
        choice = event["choices"][0]
        reason = choice.get("finish_reason")
        tokens = (choice.get("logprobs") or {}).get("content") or ()
        return Event(
            text=(choice.get("delta") or {}).get("content") or "",
            stopped=None if reason is None else "limit" if reason == "length" else "end",
            usage=usage,
            top=_first_position(tokens),
        )


class LlamaCpp:
    """llama.cpp's own endpoints: the only ones where a schema forbids white space without end."""

    alternatives = 100

    async def request(
        self, post: Post, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None, top: int
    ) -> tuple[str, dict[str, object]]:
        """Return path and body of a streamed request, after the server has applied the model's chat template."""
        templated = await post("/apply-template", {"messages": _messages(prompt)})
        body: dict[str, object] = {
            "prompt": templated["prompt"],
            "stream": True,
            "n_predict": sampling.max_tokens,
            "temperature": sampling.temperature,
            "seed": sampling.seed,
            "cache_prompt": True,
        }
        if schema is not None:
            body["json_schema"] = {**schema, "x-guidance": {"whitespace_flexible": False}}
        if top:
            body["n_probs"] = top
        return "/completion", body

    def read(self, event: Mapping[str, Any]) -> Event:
        """Read one event; the last one has the counts."""
        top = _first_position(event.get("completion_probabilities") or ())
        if not event["stop"]:
            return Event(text=event["content"], top=top)
        timings = event.get("timings") or {}
        limited = event["stop_type"] == "limit" or event.get("truncated")
        return Event(
            text=event["content"],
            stopped="limit" if limited else "end",
            usage=Usage(event["tokens_evaluated"], timings.get("cache_n"), event["tokens_predicted"]),
            top=top,
        )


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    return [{"role": message.role, "content": inert(message.content)} for message in prompt.messages]


def _first_position(tokens: Any) -> tuple[tuple[str, float], ...]:
    if not tokens:
        return ()
    return tuple((each["token"], float(each["logprob"])) for each in tokens[0].get("top_logprobs") or [tokens[0]])
