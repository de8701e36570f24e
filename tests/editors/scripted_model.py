"""A model that behaves: it passes its self-tests, finds the planted flaws, and answers when the test says so.

It is the scripted Ollama of the harness, in a thread of its own, so that tests that must not run an event loop can
use it.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk.ports import Role
from editors.polling import SECONDS, poll
from harness.draft_models import Model, Question, conforms, role_of
from harness.ollama_server import OllamaServer, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator

CORE = Path(__file__).resolve().parents[2] / "daemon" / "copydesk" / "core"
SURE, UNLIKELY = -0.02, -4.0
"""Log-probabilities of the letter that is chosen, and of the other."""

_FLAW = re.compile(r"^B\. (.+)$", re.MULTILINE)
_CLAIM = re.compile(r"^Claim: (.+)$", re.MULTILINE)
_NUMBERED = re.compile(r"^\[(\d)\] (.+)$", re.MULTILINE)
_LETTERED = re.compile(r"^([ABC])\. (.+)$", re.MULTILINE)
_SAYS = {
    "supports": "The source says that the claim is true.",
    "refutes": "The source says that the claim is false.",
    "irrelevant": "The source does not say whether the claim is true.",
}
"""What the letters of a question of research stand for, by what an excerpt does to a claim."""


class ScriptedModel:
    """Answers questions by what they are about: `flaws` and the labelled cases are wrong, all else is sound.

    Of excerpts it holds what it was told to `believe`; all else is irrelevant to it. Sentences that were given to
    `hold` are answered after `release` alone. Sections are drafted by the `drafter`, if there is one; `hold` keeps
    a role of it waiting by its name, a Writer by its point: "writer P2".
    """

    def __init__(self, server: OllamaServer, loop: asyncio.AbstractEventLoop, flaws: tuple[str, ...]) -> None:
        self.url = server.url
        self.rewrites: dict[str, str] = {}
        self.drafter: Model | None = None
        self._server, self._loop = server, loop
        self._wrong = (*flaws, *_labelled_flaws())
        self._flawed_answers = tuple(_FLAW.search(text)[1] for text in _questions())  # type: ignore[index]
        self._beliefs: list[tuple[str, str, str]] = []
        self._labelled = _labelled_claims()
        self._gates: dict[str, asyncio.Event] = {}
        self._waiting: set[str] = set()
        server.usual = self._turn

    def believe(self, claim: str, sentence: str, stance: str) -> None:
        """Hold of claims with these words that a sentence of an excerpt `supports` or `refutes` them."""
        self._beliefs.append((claim, sentence, stance))

    def hold(self, *sentences: str) -> None:
        """Keep the answers that decide on these sentences or claims, and rewrites near them, waiting."""
        self._gates |= {sentence: asyncio.Event() for sentence in sentences}

    def release(self, sentence: str) -> None:
        """Answer what waits for a sentence, and all later questions about it."""
        self._loop.call_soon_threadsafe(self._gates.pop(sentence).set)

    def release_all(self) -> None:
        """Answer everything that waits."""
        for sentence in tuple(self._gates):
            self.release(sentence)

    def die(self) -> None:
        """Hang up in the middle of every answer, and be gone until `come_back`."""
        asyncio.run_coroutine_threadsafe(self._server.die(), self._loop).result(SECONDS)

    def come_back(self) -> None:
        """Be there again, and hold nothing back."""
        self.release_all()
        asyncio.run_coroutine_threadsafe(self._server.come_back(), self._loop).result(SECONDS)

    @property
    def calls(self) -> int:
        """Return how often the model was asked."""
        return len(self._server.chats)

    def wait_held(self, sentence: str) -> None:
        """Wait until the model was asked for an answer that is held back."""
        poll(f"a question about {sentence!r}", lambda: sentence in self._waiting)

    def wait_hung_up(self, count: int = 1) -> None:
        """Wait until so many clients have left before their answer was complete."""
        poll(f"{count} answers cut short", lambda: self._server.disconnects >= count)

    def _turn(self, chat: dict[str, Any]) -> Turn:
        words = _words(chat)
        if schema := chat.get("format"):
            return self._structured(words, schema)
        if claim := _CLAIM.search(words):
            return self._researched(words, claim[1])
        # Rewrites are asked for without token probabilities.
        if not chat.get("logprobs"):
            answer = next((answer for about, answer in self.rewrites.items() if about in words), "A plainer sentence.")
            return Turn(pieces=(f"{answer}\n", ""), gate=self._gate(words))
        flaw_first = any(f"A. {answer}" in words for answer in self._flawed_answers)
        wrong = any(sentence in words for sentence in self._wrong)
        chosen = "A" if wrong == flaw_first else "B"
        # Each question is asked twice, the second time with the flaw first, and decided then.
        return _answer(chosen, "AB", self._gate(words) if flaw_first else None)

    def _structured(self, words: str, schema: dict[str, Any]) -> Turn:
        role = role_of(schema)
        if role is None or self.drafter is None:
            return Turn(pieces=("{}",))  # plans of research, which the rules then make alone
        question = Question(role, words, schema)
        answer = json.dumps(self.drafter(question))
        conforms(json.loads(answer), schema)
        return Turn(pieces=(answer,), gate=self._gate(f"{role} {question.point}" if role is Role.WRITER else role))

    def _researched(self, words: str, claim: str) -> Turn:
        sentences = dict(_NUMBERED.findall(words))
        stance, number = self._labelled.get(claim, "irrelevant"), "1"
        for about, said, held in self._beliefs:
            if about in claim and (found := [one for one, sentence in sentences.items() if said in sentence]):
                stance, number = held, found[0]
        if letters := {answer: letter for letter, answer in _LETTERED.findall(words)}:
            return _answer(letters[_SAYS[stance]], "ABC", self._gate(claim))
        return _answer(number, "".join(sentences), self._gate(claim))

    def _gate(self, words: str) -> asyncio.Event | None:
        for sentence, gate in self._gates.items():
            if sentence in words:
                self._waiting.add(sentence)
                return gate
        return None


@contextmanager
def scripted_model(*flaws: str) -> Iterator[ScriptedModel]:
    """Run a scripted model on a loopback port."""
    started: list[ScriptedModel] = []
    ready, ending = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with OllamaServer() as server:
            started.append(ScriptedModel(server, asyncio.get_running_loop(), flaws))
            ready.set()
            await ending.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="scripted model", daemon=True)
    thread.start()
    assert ready.wait(SECONDS), "the scripted model did not start"
    model = started[0]
    try:
        yield model
    finally:
        model._loop.call_soon_threadsafe(ending.set)
        thread.join(SECONDS)


def _words(chat: dict[str, Any]) -> str:
    return "\n".join(message["content"] for message in chat["messages"])


def _answer(chosen: str, options: str, gate: asyncio.Event | None) -> Turn:
    return Turn(pieces=(chosen,), top={one: SURE if one == chosen else UNLIKELY for one in options}, gate=gate)


def _questions() -> Iterator[str]:
    for path in sorted((CORE / "prompts").glob("*.md")):
        text = path.read_text("utf-8")
        if _FLAW.search(text):
            yield text


def _labelled_flaws() -> tuple[str, ...]:
    """Return the first sentence of each labelled case that is wrong, which only those cases hold."""
    kinds = json.loads((CORE / "questions" / "labelled.json").read_text("utf-8"))["kinds"]
    return tuple(case[0] for kind in kinds.values() for case in kind["flawed"])


def _labelled_claims() -> dict[str, str]:
    """Return what the labelled excerpt of each claim does to it."""
    excerpts = json.loads((CORE / "claims" / "labelled.json").read_text("utf-8"))["excerpts"]
    return {excerpt[stance]: stance for excerpt in excerpts for stance in _SAYS}
