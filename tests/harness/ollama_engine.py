"""What tests ask of the Ollama engine."""

from __future__ import annotations

from copydesk.adapters.engines.ollama import OllamaEngine
from copydesk.adapters.engines.pacing import Patience
from copydesk.ports import Delta, Finished, Message, Prompt, Sampling
from harness.ollama_server import MODEL

SECRET = "the-unpublished-draft"
PROMPT = Prompt(MODEL, (Message("system", "Answer briefly."), Message("user", f"Is {SECRET} good?")))
SAMPLING = Sampling(max_tokens=16)
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
SHORT = Patience(connect=2, facts=5, first=0.2, between=0.2)


async def answer(engine: OllamaEngine, prompt: Prompt = PROMPT, schema: dict[str, object] | None = None) -> str:
    """Return the words of an answer, after which nothing comes but its usage."""
    items = [item async for item in engine.stream(prompt, SAMPLING, schema)]
    assert [isinstance(item, Finished) for item in items] == [False] * (len(items) - 1) + [True]
    return "".join(item.text for item in items if isinstance(item, Delta))
