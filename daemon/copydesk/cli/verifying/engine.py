"""A model server that is none: it answers whatever it is asked with the sample's secret word, on loopback."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "sample"
_LETTERS = {"A": -0.1, "B": -2.5}


class SampleEngine(ThreadingHTTPServer):
    """Serves the OpenAI family's protocol until `shutdown`.

    A `failing` one answers every request with an error that repeats the request, as some servers do.
    """

    daemon_threads = True

    def __init__(self, secret: str, *, failing: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sentence = f"The {secret} canal was opened in 1832."
        self.failing = failing
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: SampleEngine

    def do_GET(self) -> None:
        self._send("application/json", json.dumps({"data": [{"id": MODEL, "max_model_len": 8192}]}))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.server.failing:
            self._send("text/plain", body.decode(errors="replace"), 500)
            return
        asked = json.loads(body)
        chunks: list[dict[str, Any]] = [_piece(asked, self.server.sentence), {"choices": [{"finish_reason": "stop"}]}]
        used = {"prompt_tokens": len(body) // 4, "completion_tokens": 1}
        chunks.append({"choices": [], "usage": used})
        self._send("text/event-stream", "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks))

    def _send(self, kind: str, text: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def _piece(asked: dict[str, Any], sentence: str) -> dict[str, Any]:
    if asked.get("logprobs"):
        top = [{"token": letter, "logprob": value} for letter, value in _LETTERS.items()]
        return {"choices": [{"delta": {"content": "A"}, "logprobs": {"content": [{**top[0], "top_logprobs": top}]}}]}
    wanted = asked.get("response_format", {}).get("json_schema", {}).get("schema")
    text = sentence if wanted is None else json.dumps(_instance(wanted, sentence))
    return {"choices": [{"delta": {"content": text}}]}


def _instance(schema: dict[str, Any], sentence: str) -> Any:
    """Return something that a schema of `core/draft/forms.py` or of a choice describes."""
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {name: _instance(value, sentence) for name, value in schema["properties"].items()}
    if schema.get("type") == "array":
        least, most = schema.get("minItems", 0), schema.get("maxItems", 1)
        return [_instance(schema["items"], sentence)] * max(least, min(1, most))
    return sentence[: schema.get("maxLength", len(sentence))]
