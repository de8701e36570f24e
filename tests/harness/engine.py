"""A scripted engine: it answers from a rule, counts what it was asked, and fails on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from math import log

from copydesk.adapters.prompt_files import load_labelled, load_prompts
from copydesk.desk import Desk, Staff
from copydesk.errors import CopydeskError
from copydesk.ports import (
    Cache,
    Delta,
    EngineFacts,
    Finished,
    Locality,
    ModelFacts,
    Prompt,
    Role,
    Sampling,
    Scores,
    Usage,
)

MODEL = ModelFacts("scripted", "d" * 64, context=8192)
FACTS = EngineFacts("openai", "http://127.0.0.1:1", "1", Locality.LOCAL, (MODEL,))

Opinion = Callable[[str], float]
"""From a question's words to the probability that its flawed answer is right."""


@dataclass
class MemoryCache:
    """A cache in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)

    async def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        self.kept[key] = value

    async def close(self) -> None:
        pass


@dataclass
class ScriptedEngine:
    """Scores by an opinion, whichever letter stands for it; writes what it was given to say."""

    opinion: Opinion = lambda words: 0.01
    sayings: list[str] = field(default_factory=list)
    failures: list[CopydeskError | None] = field(default_factory=list)
    model: ModelFacts = MODEL
    asked: list[str] = field(default_factory=list)
    said: int = 0
    most_at_once: int = 0
    closed: bool = False
    _at_once: int = 0

    async def facts(self) -> EngineFacts:
        return FACTS

    async def model_facts(self, model: str) -> ModelFacts:
        return self.model

    async def stream(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[Delta | Finished, None]:
        self._note(prompt)
        for word in self.sayings.pop(0).split(" "):
            await asyncio.sleep(0)
            self.said += 1
            yield Delta(word + " ")
        yield Finished(Usage(10, 5, 5))

    async def score(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        self._note(prompt)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0)
        self._at_once -= 1
        words = prompt.messages[-1].content
        chance = self.opinion(words)
        flawed = "A" if flawed_first(words) else "B"
        chances = {option: chance if option == flawed else 1 - chance for option in options}
        return Scores({option: log(max(chance, 1e-9)) for option, chance in chances.items()}, Usage(10, 5, 1))

    async def close(self) -> None:
        self.closed = True

    def _note(self, prompt: Prompt) -> None:
        self.asked.append(prompt.messages[-1].content)
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure


def flawed_first(words: str) -> bool:
    """Tell whether a question has its flawed answer under A."""
    templates = load_prompts().templates
    flawed = [line[3:] for text in templates.values() for line in text.splitlines() if line.startswith("B. ")]
    return any(f"A. {answer}" in words for answer in flawed)


def knows(*flawed: str) -> Opinion:
    """Return the opinion of a model that tells labelled cases apart and finds fault with these words."""
    prompts, labelled = load_prompts(), load_labelled()

    def opinion(words: str) -> float:
        subject = words.rstrip().removesuffix("Answer:").rstrip().rpartition(": ")[2]
        cases = next(cases for name, cases in labelled.items() if asks(prompts.templates[name], words))
        bad = any(all(sentence in words for sentence in case) for case in cases.flawed)
        return 0.97 if bad or any(subject.startswith(one) for one in flawed) else 0.03

    return opinion


def asks(template: str, words: str) -> bool:
    """Tell whether a question was made from a template, either way round."""
    return all(line[3:] in words for line in template.splitlines() if line.startswith(("A. ", "B. ")))


def guesses(words: str) -> float:
    """Return an opinion that has nothing to do with the question."""
    return 0.5


def desk(engine: ScriptedEngine, cache: Cache | None = None, *, unproven: bool = False, concurrency: int = 1) -> Desk:
    """Return a desk on a scripted engine."""

    async def hire() -> Staff:
        return Staff(engine, FACTS, dict.fromkeys(Role, engine.model), "It is scripted.", concurrency)

    return Desk(hire, cache or MemoryCache(), load_prompts(), load_labelled(), unproven=unproven)
