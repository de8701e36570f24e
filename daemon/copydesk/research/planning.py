"""Planning what to look up, before any page is read: the claim on its own feet, its parts, at most three queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.claims import parts, queries, selfcontained
from copydesk.core.claims.checkable import stated
from copydesk.ports import Message, Prompt, Sampling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.answers import Answers
    from copydesk.core.claims.claim import Claim
    from copydesk.core.prompts import Prompts
    from copydesk.ports import ModelFacts
    from copydesk.turns import Priority

_ANSWER_TOKENS = 160


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be looked up. `asked` is the claim on its own feet, `parts` its facts, `queries` what is searched."""

    asked: str
    parts: tuple[str, ...]
    queries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planner:
    """A model that helps to plan. It sees the claim and its surroundings, never a page; code checks what it answers."""

    answers: Answers
    model: ModelFacts
    prompts: Prompts
    priority: Priority

    async def plan(self, claim: Claim) -> Plan:
        """Return a plan; what the model gets wrong is as the rules have it. Raises `EngineError`."""
        asked = await self._asked(claim)
        facts = await self._parts(asked)
        answer = await self._reply(queries.prompt(asked, self.prompts), _list_of("queries", 2, queries.LONGEST))
        proposed = _strings(answer, "queries")
        return Plan(asked, facts, queries.with_models(asked, queries.by_rule(asked, claim.context), proposed))

    async def _asked(self, claim: Claim) -> str:
        said = stated(claim.text)
        if not selfcontained.points_elsewhere(said) or claim.context == selfcontained.Context():
            return said
        schema = _object({"sentence": {"type": "string", "maxLength": selfcontained.LONGEST}})
        answer = await self._reply(selfcontained.prompt(said, claim.context, self.prompts), schema)
        sentence = answer.get("sentence")
        if isinstance(sentence, str) and selfcontained.faithful(said, sentence.strip(), claim.context):
            return sentence.strip()
        return selfcontained.with_topic(said, claim.context)

    async def _parts(self, asked: str) -> tuple[str, ...]:
        ruled = parts.by_rule(asked)
        if len(ruled) > 1 or not parts.compound(asked):
            return ruled
        answer = await self._reply(parts.prompt(asked, self.prompts), _list_of("facts", parts.MOST, 200))
        facts = tuple(fact.strip() for fact in _strings(answer, "facts"))
        return facts if parts.faithful(asked, facts) else ruled

    async def _reply(self, words: str, schema: Mapping[str, object]) -> Mapping[str, object]:
        prompt = Prompt(self.model.name, (Message("system", self.prompts.fill("system")), Message("user", words)))
        answer = await self.answers.reply(self.model, prompt, Sampling(_ANSWER_TOKENS), schema, self.priority)
        return answer or {}


def plan_by_rule(claim: Claim) -> Plan:
    """Return a plan made without a model."""
    asked = selfcontained.with_topic(stated(claim.text), claim.context)
    return Plan(asked, parts.by_rule(asked), queries.by_rule(asked, claim.context))


def _list_of(name: str, most: int, longest: int) -> dict[str, object]:
    items = {"type": "string", "maxLength": longest}
    return _object({name: {"type": "array", "items": items, "minItems": 1, "maxItems": most}})


def _object(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _strings(answer: Mapping[str, object], name: str) -> list[str]:
    values = answer.get(name)
    return [value for value in values if isinstance(value, str) and value.strip()] if isinstance(values, list) else []
