"""The `ollama` package's client, hardened; imported on first use because it is slow to import.

The package follows redirects, obeys proxy variables, waits for ever, sends OLLAMA_API_KEY to any host, and drops
fields that it does not know, among them those that forbid the server to cut a prompt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httpx
import ollama
from ollama._types import ChatRequest

from copydesk.adapters.recorded import transport_to

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.engines.pacing import Patience


class UncutChatRequest(ChatRequest):
    """A chat request that the server must answer whole or refuse."""

    truncate: bool = False
    shift: bool = False


class HardenedClient(ollama.AsyncClient):
    """Speaks to one host only, and returns the server's JSON as it is: the package's types lose `remote_host`."""

    def __init__(self, host: str, patience: Patience, egress: Egress | None = None) -> None:
        longest = max(patience.first, patience.between)
        super().__init__(
            host,
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(longest, connect=patience.connect),
            transport=transport_to(egress, host, "engine", trust_env=False),
        )
        self._client.headers.pop("authorization", None)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def get(self, path: str) -> dict[str, Any]:
        """Return what a GET answers."""
        return await self._request(dict, "GET", path)

    async def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Return what a POST answers."""
        return await self._request(dict, "POST", path, json=body)

    async def chat_lines(
        self,
        model: str,
        messages: Sequence[Mapping[str, str]],
        options: Mapping[str, object],
        *,
        schema: Mapping[str, object] | None,
        top_logprobs: int | None,
    ) -> AsyncGenerator[dict[str, Any]]:
        """Return the lines of a streamed chat answer, thinking switched off; sent when the first is asked for."""
        request = UncutChatRequest(
            model=model,
            messages=messages,
            stream=True,
            options=options,
            format=dict(schema) if schema is not None else None,
            keep_alive="30m",
            think=False,
            logprobs=True if top_logprobs else None,
            top_logprobs=top_logprobs,
        )
        body = request.model_dump(exclude_none=True)
        lines = await self._request(dict, "POST", "/api/chat", json=body, stream=True)
        return cast("AsyncGenerator[dict[str, Any]]", lines)
