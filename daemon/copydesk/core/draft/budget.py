"""How a model's context is shared out, and what is left out by which rule where it is too small.

The shares are those measured out for Llama 3 at 8,192 tokens. A prompt is estimated at three bytes of UTF-8 to a token:
in nine samples of prose, code, URLs and East Asian text at most a tenth too low, and up to 80 % too high in English.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_CONTEXT = 3072
"""A smaller context holds no section with its sources."""
FULL_CONTEXT = 8192
"""A larger one is used no further: what models make of long prompts gets worse, not better."""

_SYSTEM, _TASK = 640, 200
_RESERVE = 0.085
_ANSWER = 0.125
_SHARES = {"brief": 300, "surroundings": 600, "ledger": 3000, "plan": 300, "draft": 1400, "faults": 400}
"""Of what is left, in proportion."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens that each part of a prompt, and the answer, may take; `context` is what all of them fit into."""

    context: int
    system: int
    task: int
    brief: int
    surroundings: int
    ledger: int
    plan: int
    draft: int
    faults: int
    answer: int

    @property
    def writing(self) -> int:
        """Return what a Writer's answer may take: no faults are shown to it."""
        return self.answer + self.faults

    @property
    def planning(self) -> int:
        """Return what a Planner's answer may take: there is no ledger yet, and no draft."""
        return self.answer + self.faults + self.draft

    @property
    def candidates(self) -> int:
        """Return what the candidates of a question may take: a Researcher sees neither plan nor draft."""
        return self.plan + self.draft + self.faults

    def scaled(self, factor: float) -> Budget:
        """Return a budget whose prompts are so much shorter, for a text that takes more tokens than estimated."""
        fixed = {"context", "system", "task", "answer"}
        parts = {one.name: int(getattr(self, one.name) * factor) for one in fields(self) if one.name not in fixed}
        return replace(self, **parts)


def budget_of(context: int) -> Budget | None:
    """Return the shares of a context in tokens; None for one that is too small to draft with."""
    if context < LEAST_CONTEXT:
        return None
    whole = min(context, FULL_CONTEXT)
    answer = int(whole * _ANSWER)
    rest = whole - _SYSTEM - _TASK - int(whole * _RESERVE) - answer
    total = sum(_SHARES.values())
    parts = {name: rest * share // total for name, share in _SHARES.items()}
    return Budget(whole, _SYSTEM, _TASK, **parts, answer=answer)


def tokens(text: str) -> int:
    """Return an estimate of how many tokens a text takes."""
    return ceil(len(text.encode("utf-8", "replace")) / 3)


def fitting(lines: Sequence[str], limit: int) -> int:
    """Return how many lines from the first on fit into so many tokens."""
    spent = 0
    for number, line in enumerate(lines):
        spent += tokens(line) + 1
        if spent > limit:
            return number
    return len(lines)


def cut(text: str, limit: int) -> str:
    """Return a text, cut between words and marked with an ellipsis where it takes more than so many tokens."""
    if tokens(text) <= limit:
        return text
    kept = text.encode("utf-8", "replace")[: max(0, limit * 3 - 3)].decode("utf-8", "ignore")
    return (kept.rpartition(" ")[0] or kept).rstrip() + "…"
