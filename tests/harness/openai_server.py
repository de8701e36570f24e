"""Chat completions as a script: the streams of the OpenAI family's servers, and faults on request."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from harness.scripted_http import Exchange, Request, ScriptedHttp

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

MODEL = "meta-llama/Llama-3.1-8B-Instruct"


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer to `/v1/chat/completions`; the fields mean what they mean in `harness.ollama_server`."""

    pieces: tuple[str, ...] = ("Yes",)
    finish_reason: str | None = "stop"
    top: Mapping[str, float] | None = None
    prompt_tokens: int | None = None
    lines: tuple[bytes, ...] | None = None
    status: int = 200
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Literal["complete", "close", "reset", "hang"] = "complete"
    gate: asyncio.Event | None = None
    keeps_open: bool = False


def error(status: int, message: str, kind: str = "invalid_request_error") -> Turn:
    """Return a turn that fails before the first byte."""
    return Turn(status=status, body=json.dumps({"error": {"message": message, "type": kind, "code": status}}))


def event(value: object) -> bytes:
    """Return a server-sent event."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def piece(text: str, **more: object) -> bytes:
    """Return an event with a piece of the answer."""
    return event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None, **more}]})


class OpenAIServer(ScriptedHttp):
    """A scripted server; turns are used up in order, then each request is answered with `usual`."""

    def __init__(self) -> None:
        super().__init__(self._respond)
        self.models: list[dict[str, Any]] = [{"id": MODEL, "object": "model", "max_model_len": 8192}]
        self.usual: Turn | Callable[[dict[str, Any]], Turn] = Turn()
        self._turns: deque[Turn] = deque()

    def will_answer(self, *turns: Turn) -> None:
        """Script the next answers."""
        self._turns.extend(turns)

    @property
    def chats(self) -> list[dict[str, Any]]:
        """Return the bodies of all chats so far."""
        return [request.json for request in self.requests if request.path == "/v1/chat/completions"]

    def _respond(self, request: Request) -> Exchange:
        if request.path == "/v1/models":
            return Exchange((json.dumps({"object": "list", "data": self.models}).encode(),))
        if request.path != "/v1/chat/completions":
            return Exchange((b'{"error":{"message":"File Not Found"}}',), status=404)
        chat = request.json
        if chat["model"] not in {entry["id"] for entry in self.models}:
            message = f"The model `{chat['model']}` does not exist."
            return Exchange((json.dumps({"error": {"message": message}}).encode(),), status=404)
        turn = self._turns.popleft() if self._turns else self.usual
        return _exchange(turn if isinstance(turn, Turn) else turn(chat), chat)


def _exchange(turn: Turn, chat: Mapping[str, Any]) -> Exchange:
    if turn.body is not None or turn.status != 200:
        return Exchange((turn.body.encode(),) if turn.body else (), turn.status, turn.headers, turn.ending)
    lines = turn.lines if turn.lines is not None else _stream(turn, chat)
    headers = {"content-type": "text/event-stream"}
    return Exchange(lines, 200, headers, turn.ending, gate=turn.gate, keeps_open=turn.keeps_open)


def _stream(turn: Turn, chat: Mapping[str, Any]) -> tuple[bytes, ...]:
    first: dict[str, object] = {}
    if chat.get("logprobs") and turn.top:
        top = [{"token": token, "logprob": value} for token, value in turn.top.items()]
        first["logprobs"] = {"content": [{**top[0], "top_logprobs": top}]}
    lines = [piece(text, **(first if number == 0 else {})) for number, text in enumerate(turn.pieces)]
    if turn.finish_reason is not None and turn.ending == "complete":
        lines.append(event({"choices": [{"index": 0, "delta": {}, "finish_reason": turn.finish_reason}]}))
        read = sum(len(message["content"].encode()) for message in chat["messages"]) // 4 + 20
        prompt = turn.prompt_tokens if turn.prompt_tokens is not None else read
        lines.append(event({"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": len(turn.pieces)}}))
        lines.append(b"data: [DONE]\n\n")
    return tuple(lines)
