"""Ollama's HTTP protocol as a script: the error bodies and stream habits of the real server, and faults on request.

    async with OllamaServer() as server:
        server.will_answer(Turn(pieces=("Hel", "lo")), Turn(ending="hang"))
        engine = OllamaEngine(server.url)

Turns are used up in order; after the last, each chat is answered with `server.usual`.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, Self

from harness.scripted_http import Exchange, Request, ScriptedHttp

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

MODEL = "llama3.1:8b"


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer to `/api/chat`.

    `top` are the logprobs of the first position, as a server that knows them sends; `lines` replace the whole stream;
    `status` and `body` make it an error; `prompt_tokens` is what the server claims to have read.
    """

    pieces: tuple[str, ...] = ("Yes",)
    done_reason: str | None = "stop"
    top: Mapping[str, float] | None = None
    prompt_tokens: int | None = None
    lines: tuple[bytes, ...] | None = None
    status: int = 200
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Literal["complete", "close", "reset", "hang"] = "complete"
    delay: float = 0.0
    gate: asyncio.Event | None = None


def error(status: int, message: str) -> Turn:
    """Return a turn that fails before the first byte, as Ollama words it."""
    return Turn(status=status, body=json.dumps({"error": message}))


def line(**fields: object) -> bytes:
    """Return one line of a stream."""
    return json.dumps(fields).encode() + b"\n"


def piece(text: str) -> bytes:
    """Return a line with a piece of the answer."""
    return line(model=MODEL, created_at=_NOW, message={"role": "assistant", "content": text}, done=False)


_NOW = "2026-01-01T00:00:00.000000000Z"


def listed(name: str, *, size: int = 4_920_753_328, parameters: str = "8.0B", **more: object) -> dict[str, Any]:
    """Return an entry of `/api/tags`."""
    details = {"format": "gguf", "family": "llama", "parameter_size": parameters, "quantization_level": "Q4_K_M"}
    digest = sha256(name.encode()).hexdigest()
    return {"name": name, "model": name, "size": size, "digest": digest, "details": details, **more}


class OllamaServer(ScriptedHttp):
    """A scripted Ollama; `installed` and `shown` may be changed by a test."""

    def __init__(self) -> None:
        super().__init__(self._respond)
        self.installed: list[dict[str, Any]] = [listed(MODEL)]
        self.shown: dict[str, dict[str, Any]] = {}
        self.usual: Turn | Callable[[dict[str, Any]], Turn] = Turn()
        self.everything: Turn | None = None
        self._turns: deque[Turn] = deque()

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        return self

    def will_answer(self, *turns: Turn) -> None:
        """Script the next chats."""
        self._turns.extend(turns)

    @property
    def chats(self) -> list[dict[str, Any]]:
        """Return the bodies of all chats so far."""
        return [request.json for request in self.requests if request.path == "/api/chat"]

    def _respond(self, request: Request) -> Exchange:
        if self.everything is not None:
            return _exchange(self.everything, {})
        if request.path == "/":
            return Exchange((b"Ollama is running",))
        if request.path == "/api/version":
            return _json({"version": "0.30.1"})
        if request.path == "/api/tags":
            return _json({"models": self.installed})
        if request.path == "/api/ps":
            return _json({"models": []})
        if request.path not in {"/api/show", "/api/chat"}:
            return Exchange((b"404 page not found",), status=404, headers={"content-type": "text/plain"})
        model = request.json.get("model")
        if model not in {entry["name"].removesuffix(":latest") for entry in self.installed} | {
            entry["name"] for entry in self.installed
        }:
            return _json({"error": f"model '{model}' not found"}, 404)
        if request.path == "/api/show":
            return _json(self.shown.get(model) or _shown())
        turn = self._turns.popleft() if self._turns else self.usual
        return _exchange(turn if isinstance(turn, Turn) else turn(request.json), request.json)


def _shown() -> dict[str, Any]:
    return {
        "license": "LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\nLlama 3.1 Version Release Date: July 23, 2024\n",
        "details": {"format": "gguf", "family": "llama"},
        "model_info": {"general.architecture": "llama", "llama.context_length": 131072},
        "capabilities": ["completion", "tools"],
    }


def _json(value: object, status: int = 200) -> Exchange:
    return Exchange((json.dumps(value).encode(),), status, {"content-type": "application/json; charset=utf-8"})


def _exchange(turn: Turn, chat: Mapping[str, Any]) -> Exchange:
    if turn.body is not None or turn.status != 200:
        return Exchange((turn.body.encode(),) if turn.body else (), turn.status, turn.headers, turn.ending, turn.delay)
    lines = turn.lines if turn.lines is not None else _stream(turn, chat)
    return Exchange(
        lines, 200, {"content-type": "application/x-ndjson", **turn.headers}, turn.ending, turn.delay, turn.gate
    )


def _stream(turn: Turn, chat: Mapping[str, Any]) -> tuple[bytes, ...]:
    lines = [piece(text) for text in turn.pieces]
    if chat.get("logprobs") and turn.top:
        first = json.loads(lines[0])
        likeliest = max(turn.top, key=lambda token: turn.top[token] if turn.top else 0)
        first["logprobs"] = [
            {
                "token": likeliest,
                "logprob": turn.top[likeliest],
                "top_logprobs": [{"token": token, "logprob": value} for token, value in turn.top.items()],
            }
        ]
        lines[0] = json.dumps(first).encode() + b"\n"
    if turn.done_reason is not None and turn.ending == "complete":
        words = sum(len(message["content"].encode()) for message in chat.get("messages", ()))
        lines.append(
            line(
                model=chat.get("model"),
                created_at=_NOW,
                message={"role": "assistant", "content": ""},
                done=True,
                done_reason=turn.done_reason,
                total_duration=5_000_000,
                load_duration=1_000_000,
                prompt_eval_count=turn.prompt_tokens if turn.prompt_tokens is not None else words // 4 + 20,
                prompt_eval_duration=1_000_000,
                eval_count=len(turn.pieces),
                eval_duration=1_000_000,
            )
        )
    return tuple(lines)
