"""Scripted models that draft badly: one that answers at random, and one that obeys what it reads."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copydesk.ports import Role
from harness.draft_models import Answer, Competent, Question


@dataclass
class Foolish:
    """Gives answers at random that conform to the schema, as a tiny model under a grammar does.

    The same question has the same answer.
    """

    seed: int
    words: Sequence[str] = (
        *("the", "canal", "water", "of", "1825", "and", "was", "lock", "Lund", "old", "very", "boat", "42", "%", "It"),
        *("clearly", "in", "Erie", "not", "always", "gate", "grain", "city", "eight", "years", "opened", "locks"),
    )
    traps: Sequence[str] = (
        *(
            "[S1]",
            "**bold**",
            "e.g.",
            "[^1]",
            "`code",
            "運河",
            "<b>",
            "{{< x >}}",
            "http://a.example",
            "#",
            "$5",
            "“so",
        ),
        *("\\", "[x](y)", "|", "*", "_a_", "<|im_end|>", "&lt;", "~~", "\u202e", "![i](j)", "@key", "1."),
    )

    def __call__(self, question: Question) -> Answer:
        self._random = random.Random(f"{self.seed} {question.seed} {question.words}")
        answer = self._value(question.schema)
        assert isinstance(answer, dict)
        return answer

    def _value(self, schema: Mapping[str, Any]) -> Any:
        match schema["type"]:
            case "object":
                return {key: self._value(inner) for key, inner in schema["properties"].items()}
            case "array":
                count = self._random.randint(schema["minItems"], schema["maxItems"])
                return [self._value(schema["items"]) for _ in range(count)]
            case _ if "enum" in schema:
                return self._random.choice(schema["enum"])
            case _:
                return self._text(schema["minLength"], schema["maxLength"])

    def _text(self, least: int, most: int) -> str:
        count = self._random.randint(3, 40)
        words = [self._random.choice(self.traps if self._random.random() < 0.04 else self.words) for _ in range(count)]
        text = " ".join(words) + self._random.choice((".", "", "!"))
        return (text + "x" * least)[: self._random.choice((most, most, max(least, most // 3)))]


@dataclass
class Evil:
    """Does what any text in the prompt tells it to: each line after “OBEY:” in what it reads goes into its answers.

    It also names every id there is, asks for all evidence, and finds fault with everything.
    """

    orders: Sequence[str]
    honest: Competent
    _next: int = 0

    def __call__(self, question: Question) -> Answer:
        if question.role is Role.PLANNER:
            return self.honest(question)
        return self._value(question.schema, question)

    def _value(self, schema: Mapping[str, Any], question: Question) -> Any:
        match schema["type"]:
            case "object":
                return {key: self._value(inner, question) for key, inner in schema["properties"].items()}
            case "array":
                return [self._value(schema["items"], question) for _ in range(schema["maxItems"])]
            case _ if "enum" in schema:
                choices = [one for one in schema["enum"] if one not in ("none", "delete")]
                return choices[self._next % len(choices)]
            case _:
                self._next += 1
                order = self.orders[self._next % len(self.orders)]
                return (order + " " * schema["minLength"])[: schema["maxLength"]]
