"""A scripted Ollama that takes a fixed time for each call and answers copydesk and textLSP alike."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bench.peer import INSTRUCTION
from copydesk.adapters.prompt_files import load_labelled, load_prompts
from copydesk.core.questions.kinds import KINDS
from harness.ollama_server import MODEL, OllamaServer, Turn, line

if TYPE_CHECKING:
    from harness.scripted_http import Exchange, Request

WRONG = "charts"
"""The word by which the scripted model knows a flawed sentence."""

TYPO, MENDED = "teh", "the"


class ScriptedModel(OllamaServer):
    """Finds `WRONG` when asked a question, mends `TYPO` when asked for a correction; `seconds` for each call."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.asked_at: list[float] = []
        self.usual = self._answer

    @property
    def calls(self) -> int:
        """Return how many times the model was asked so far."""
        return len(self.asked_at)

    async def asked(self, calls: int) -> None:
        """Wait until the model was asked so many times."""
        await self.seen(calls, "/api/chat")

    def _respond(self, request: Request) -> Exchange:
        if request.path == "/api/chat":
            self.asked_at.append(time.perf_counter())
        return super()._respond(request)

    def _answer(self, chat: dict[str, Any]) -> Turn:
        words = chat["messages"][-1]["content"]
        read = sum(len(message["content"].encode()) for message in chat["messages"]) // 4 + 20
        end = {"done": True, "done_reason": "stop", "prompt_eval_count": read, "eval_count": 1}
        if not chat.get("logprobs"):
            message = {"role": "assistant", "content": words.removeprefix(INSTRUCTION).replace(TYPO, MENDED)}
            return Turn(lines=(line(model=MODEL, message=message, **end),), delay=self.seconds)
        top = [{"token": letter, "logprob": chance} for letter, chance in self._letters(words).items()]
        logprobs = [{**top[0], "top_logprobs": top}]
        message = {"role": "assistant", "content": top[0]["token"]}
        return Turn(lines=(line(model=MODEL, message=message, logprobs=logprobs, **end),), delay=self.seconds)

    def _letters(self, question: str) -> dict[str, float]:
        judged = question.rpartition("\n\n")[2]
        flawed = WRONG in judged or any(all(words in judged for words in case) for case in self._flawed)
        as_written = any(answer in question for answer in self._first_answers)
        likely, other = ("B", "A") if flawed == as_written else ("A", "B")
        return {likely: -0.1, other: -2.4}

    @cached_property
    def _first_answers(self) -> tuple[str, ...]:
        prompts = load_prompts()
        return tuple(
            next(each for each in prompts.templates[kind.name].splitlines() if each.startswith("A. ")) for kind in KINDS
        )

    @cached_property
    def _flawed(self) -> tuple[tuple[str, ...], ...]:
        return tuple(case for labelled in load_labelled().values() for case in labelled.flawed)
