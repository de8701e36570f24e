"""Why a model is asked for one letter: one-token scoring beside a short JSON list, and the choices within scoring."""

from __future__ import annotations

import json
import re
import time
from contextlib import aclosing
from dataclasses import dataclass, field
from enum import Enum
from itertools import zip_longest
from math import exp
from typing import TYPE_CHECKING

from bench.real_model import absent, warmed
from bench.rows import Part
from copydesk.adapters.engines.embedded import EmbeddedEngine
from copydesk.adapters.prompt_files import load_labelled, load_prompts
from copydesk.core.questions.kinds import KINDS
from copydesk.core.questions.question import LETTERS, Order, bar, odds, wording
from copydesk.errors import EngineError
from copydesk.ports import Finished, Message, Prompt, Sampling

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from copydesk.core.prompts import Prompts
    from copydesk.core.questions.labelled import Case, Labelled
    from copydesk.core.questions.question import Kind
    from copydesk.ports import Engine, Usage

LISTED = 5
"""Cases in one request for a list."""

LIST_TOKENS = 64
CASE_FIRST = 5
"""Cases of either sort of each kind that are also asked about sentence first; costs differ, not much else."""

TITLE = "One-token scoring beside a short JSON list"
HEAD = (
    "Form",
    "prompt tokens a case",
    "of them evaluated",
    "output tokens a case",
    "seconds a case",
    "usable",
    "flawed found",
    "sound flagged",
    "separation",
)
_CASE = re.compile(r"\n\n(?=Sentence)(?P<case>.*)\nAnswer:$", re.DOTALL)
_CHOICES = re.compile(r"^A\. .+\nB\. (?P<flaw>.+)\nAnswer A or B\.$", re.MULTILINE)


class Place(Enum):
    """What a question begins with."""

    TASK_FIRST = "task first"
    CASE_FIRST = "sentence first"


@dataclass
class Costs:
    """What one form cost and how it did, over `cases` cases of which `usable` had an answer."""

    cases: int = 0
    usable: int = 0
    seconds: float = 0.0
    prompt_tokens: int = 0
    evaluated: int = 0
    output_tokens: int = 0
    found: int = 0
    flagged: int = 0
    flawed: int = 0
    sound: int = 0
    separations: list[float] = field(default_factory=list)

    def spent(self, usage: Usage, seconds: float) -> None:
        """Add one call."""
        self.seconds += seconds
        self.prompt_tokens += usage.prompt_tokens
        self.evaluated += usage.prompt_tokens - (usage.cached_prompt_tokens or 0)
        self.output_tokens += usage.output_tokens

    def judged(self, flawed: Iterable[bool], sound: Iterable[bool]) -> None:
        """Add which flawed and which sound cases were called flawed."""
        bad, good = list(flawed), list(sound)
        self.found += sum(bad)
        self.flagged += sum(good)
        self.flawed += len(bad)
        self.sound += len(good)

    def cells(self, name: str) -> tuple[str, ...]:
        """Return a line of the table."""
        return (
            name,
            *(f"{value / self.cases:.1f}" for value in (self.prompt_tokens, self.evaluated, self.output_tokens)),
            f"{self.seconds / self.cases:.3f}",
            _share(self.usable, self.cases),
            _share(self.found, self.flawed),
            _share(self.flagged, self.sound),
            f"{sum(self.separations) / len(self.separations):.2f}" if self.separations else "",
        )


async def measure(model: Path | None) -> Part:
    """Ask about every labelled case in each form."""
    if model is None:
        return absent(TITLE)
    engine = EmbeddedEngine(str(model))
    prompts, labelled = load_prompts(), load_labelled()
    by_kind: list[str] = []
    try:
        facts = (await engine.facts()).models[0]
        await warmed(engine, facts)
        ask = _Asking(engine, facts.name, prompts)
        both, bare, listed, case_first = Costs(), Costs(), Costs(), Costs()
        one_way = {order: Costs() for order in Order}
        for kind in KINDS:
            scores = {order: await ask.scores(kind, labelled[kind.name], order, one_way[order]) for order in Order}
            by_kind.append(_compared(kind, scores, both, bare))
            few = labelled[kind.name].first(CASE_FIRST)
            await ask.scores(kind, few, Order.FLAW_IS_B, case_first, Place.CASE_FIRST)
            await ask.lists(kind, labelled[kind.name], listed)
    finally:
        await engine.close()
    for total in (both, bare):
        for each in one_way.values():
            _add(total, each)
    table = (
        both.cells("Scoring, both ways round, with the bar"),
        bare.cells("Scoring, both ways round, no bar"),
        one_way[Order.FLAW_IS_B].cells("Scoring, one way round (flaw is B)"),
        one_way[Order.FLAW_IS_A].cells("Scoring, one way round (flaw is A)"),
        case_first.cells("Scoring, one way round (flaw is B), sentence first"),
        listed.cells(f"JSON list of ids, {LISTED} cases a request"),
    )
    dearer = (both.seconds / both.cases) / (listed.seconds / listed.cases)
    return Part(TITLE, head=HEAD, table=table, remarks=_remarks(facts.name, by_kind, dearer))


def _remarks(name: str, by_kind: Sequence[str], dearer: float) -> tuple[str, ...]:
    return (
        f"{name} over the cases of `core/questions/labelled.json`, as many flawed as sound, seven kinds. Separation is "
        "the area under the ROC curve, mean of the kinds; 0.5 is guessing. For a list it is that of its yes and no.",
        "Without a bar a case counts as flawed where the letter for “something is wrong” is the likelier. With the bar "
        "each half of the cases is judged by a bar from the other half, and a kind that fails there is not asked: this "
        "is what keeps a model that only guesses silent, and a list has no such number to set a bar on.",
        f"Scoring both ways round took {dearer:.1f} times as long a case as a list, so it is for the number, not for "
        "the cost, that scoring was chosen. A question whose first answer is not hopeful is asked one way round only.",
        f"Separation both ways round by kind: {', '.join(by_kind)}.",
        "Sentence first leaves only the system's instructions to the engine's prefix cache, task first also the task; "
        f"asked of the first {CASE_FIRST} cases of either sort.",
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    engine: Engine
    model: str
    prompts: Prompts

    async def scores(
        self, kind: Kind, cases: Labelled, order: Order, costs: Costs, place: Place = Place.TASK_FIRST
    ) -> tuple[list[float], list[float]]:
        """Return the log odds of the flawed and of the sound cases."""
        gathered: tuple[list[float], list[float]] = ([], [])
        for number, case in _mixed(cases):
            words = wording(kind, case, order, "", self.prompts)
            prompt = self._prompt(words if place is Place.TASK_FIRST else _case_first(words))
            began = time.perf_counter()
            scores = await self.engine.score(prompt, LETTERS)
            costs.spent(scores.usage, time.perf_counter() - began)
            chances = {letter: exp(value) for letter, value in scores.logprobs.items()}
            gathered[number].append(odds(chances, order))
            costs.cases += 1
            costs.usable += 1
        costs.judged((one > 0 for one in gathered[0]), (one > 0 for one in gathered[1]))
        costs.separations.append(_separation(*gathered))
        return gathered

    async def lists(self, kind: Kind, cases: Labelled, costs: Costs) -> None:
        """Ask which of a few numbered cases are flawed, as a JSON list bounded by a schema."""
        mixed = _mixed(cases)
        called: tuple[list[bool], list[bool]] = ([], [])
        for start in range(0, len(mixed), LISTED):
            chunk = mixed[start : start + LISTED]
            chosen = await self._list(kind, [case for _, case in chunk], costs)
            costs.cases += len(chunk)
            costs.usable += len(chunk) if chosen is not None else 0
            for number, (which, _) in enumerate(chunk, 1):
                called[which].append(number in (chosen or ()))
        costs.judged(*called)
        costs.separations.append(_separation(*([float(each) for each in one] for one in called)))

    async def _list(self, kind: Kind, cases: Sequence[Case], costs: Costs) -> set[int] | None:
        schema = {
            "type": "object",
            "properties": {
                "flawed": {
                    "type": "array",
                    "items": {"type": "integer", "enum": list(range(1, len(cases) + 1))},
                    "maxItems": len(cases),
                }
            },
            "required": ["flawed"],
            "additionalProperties": False,
        }
        answer, began = "", time.perf_counter()
        prompt = self._prompt(_list_wording(kind, cases, self.prompts))
        try:
            async with aclosing(self.engine.stream(prompt, Sampling(LIST_TOKENS), schema)) as items:
                async for item in items:
                    if isinstance(item, Finished):
                        costs.spent(item.usage, time.perf_counter() - began)
                    else:
                        answer += item.text
            chosen = json.loads(answer)["flawed"]
        except (EngineError, ValueError, KeyError):
            return None
        # The same number twice is no list of cases.
        return set(chosen) if len(set(chosen)) == len(chosen) else None

    def _prompt(self, words: str) -> Prompt:
        return Prompt(self.model, (Message("system", self.prompts.fill("system")), Message("user", words)))


def _compared(kind: Kind, scores: dict[Order, tuple[list[float], list[float]]], both: Costs, bare: Costs) -> str:
    """Judge the cases of one kind by both orders; return the kind's separation in words."""
    flawed, sound = (list(zip(*(scores[order][which] for order in Order), strict=True)) for which in (0, 1))
    averages = [[sum(each) / 2 for each in sort] for sort in (flawed, sound)]
    separation = _separation(*averages)
    both.separations.append(separation)
    bare.separations.append(separation)
    bare.judged((one > 0 for one in averages[0]), (one > 0 for one in averages[1]))
    for half in (0, 1):
        held = bar(flawed[half::2], sound[half::2])
        both.judged(
            *([held.passed and one >= held.least for one in sort[1 - half :: 2]] for sort in averages),
        )
    return f"{kind.name} {separation:.2f}"


def _separation(flawed: Iterable[float], sound: Iterable[float]) -> float:
    return bar([(one, one) for one in flawed], [(one, one) for one in sound]).separation


def _mixed(cases: Labelled) -> list[tuple[int, Case]]:
    """Return flawed (0) and sound (1) cases by turns."""
    pairs = zip_longest(cases.flawed, cases.sound)
    return [(which, case) for pair in pairs for which, case in enumerate(pair) if case is not None]


def _case_first(words: str) -> str:
    match = _CASE.search(words)
    if match is None:
        raise ValueError("a question that does not end with its sentence")
    return f"{match['case']}\n\n{words[: match.start()]}\nAnswer:"


def _list_wording(kind: Kind, cases: Sequence[Case], prompts: Prompts) -> str:
    """Return a question's own words, asked about several cases at once."""
    words = wording(kind, cases[0], Order.FLAW_IS_B, "", prompts)
    case, choices = _CASE.search(words), _CHOICES.search(words)
    if case is None or choices is None:
        raise ValueError("a question without two answers")
    thing = "sentences" if len(cases[0]) == 1 else "pairs of sentences"
    lines = [f"{number}. {' / '.join(reversed(each))}" for number, each in enumerate(cases, 1)]
    task = words[: choices.start()].rstrip()
    return (
        f"{task}\nFor which of the numbered {thing} is the answer “{choices['flaw']}”? "
        'Answer as JSON, {"flawed": [numbers]}; the list is empty if there is none.\n\n' + "\n".join(lines)
    )


def _add(total: Costs, part: Costs) -> None:
    """Add what a part of a form cost: both ways round are two calls for each case."""
    total.cases = total.usable = part.cases
    total.seconds += part.seconds
    total.prompt_tokens += part.prompt_tokens
    total.evaluated += part.evaluated
    total.output_tokens += part.output_tokens


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else ""
