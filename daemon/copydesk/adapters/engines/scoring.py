"""From the likeliest first tokens of an answer to a probability for each option."""

from __future__ import annotations

import json
from math import exp, inf, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ASIDE = 1e-6


def option_logprobs(top: Iterable[tuple[str, float]], options: tuple[str, ...]) -> Mapping[str, float] | None:
    """Return natural-log probabilities over the options, or None where no token stands for any of them.

    A token stands for the one option that it begins; leading white space is ignored. An option that is not among the
    alternatives gets the least probability seen, since it can have no more.
    """
    found = dict.fromkeys(options, 0.0)
    least = inf
    for token, logprob in top:
        least = min(least, logprob)
        word = token.strip()
        begun = [option for option in options if word and option.startswith(word)]
        if len(begun) == 1:
            found[begun[0]] += exp(logprob)
    total = sum(found.values())
    if not total:
        return None
    floor = min(max(exp(least), _ASIDE**2), total)
    weights = {option: weight or floor for option, weight in found.items()}
    whole = sum(weights.values())
    return {option: log(weight / whole) for option, weight in weights.items()}


def choice_schema(options: tuple[str, ...]) -> dict[str, object]:
    """Return the schema of an answer that names one option, for servers that give no probabilities."""
    return {
        "type": "object",
        "properties": {"answer": {"type": "string", "enum": list(options)}},
        "required": ["answer"],
        "additionalProperties": False,
    }


def choice_logprobs(answer: str, options: tuple[str, ...]) -> Mapping[str, float]:
    """Return the probabilities that a bare choice stands for: almost one for the chosen option.

    Raises ValueError, KeyError or TypeError for an answer outside the schema.
    """
    chosen = json.loads(answer)["answer"]
    if chosen not in options:
        raise ValueError("the answer is none of the options")
    if len(options) == 1:
        return {chosen: 0.0}
    rest = log(_ASIDE / (len(options) - 1))
    return {option: log(1 - _ASIDE) if option == chosen else rest for option in options}
