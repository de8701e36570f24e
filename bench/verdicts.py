"""How well a model judges claims against evidence, beside a rule of word overlap and beside itself without evidence."""

from __future__ import annotations

import json
import re
from random import Random
from typing import TYPE_CHECKING

from bench.documents import DATA
from bench.real_model import absent
from bench.rows import Part
from copydesk.adapters.engines.embedded import EmbeddedEngine
from copydesk.adapters.prompt_files import load_excerpts, load_prompts
from copydesk.answers import Answers
from copydesk.core.claims.stance import PASSING, Judgement, macro_f1
from copydesk.core.evidence import Stance
from copydesk.core.similarity import content
from copydesk.research.verification import Trials, Verifier
from copydesk.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from copydesk.core.claims.stance import Trial

PAIRS = {("REFUTES", "SUPPORTS"): 8, ("NOT ENOUGH INFO", "SUPPORTS"): 7, ("NOT ENOUGH INFO", "REFUTES"): 7}
"""Claims with two pieces of evidence that say different things of them, by what these say; few, so that a starter model
on two cores is done in a minute or two."""
SEED = 7
NO_EVIDENCE = "Nothing is known."
OVERLAP = 0.6
"""Share of a claim's words from which the rule takes evidence to be about it."""

TITLE = "Verdicts on VitaminC"
HEAD = ("Judge", "macro-F1", "both of a pair right", "macro-F1 without evidence", "self-test, macro-F1", "believed")
_LABELS = {"SUPPORTS": Stance.SUPPORTS, "REFUTES": Stance.REFUTES, "NOT ENOUGH INFO": Stance.IRRELEVANT}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_DENIAL = re.compile(r"\b(?:not|no|never|none|without|n't)\b")
_TREEBANK = {"-LRB-": "(", "-RRB-": ")", "-COLON-": ":"}

Row = tuple[Stance, str, str]
Judged = list[tuple[Stance, Stance]]


async def measure(model: Path | None) -> Part:
    """Measure with a model in a GGUF file."""
    if model is None:
        return absent(TITLE)
    rows = sample()
    by_words = [(label, by_rule(claim, evidence)) for label, claim, evidence in rows]
    engine = EmbeddedEngine(str(model))
    try:
        facts = await engine.model_facts((await engine.facts()).models[0].name)
        verifier = Verifier(Answers(engine, _Forgets(), Turns(1)), facts, load_prompts(), load_excerpts(), Trials())
        async for _ in verifier.tried():
            pass
        trial = verifier.trial
        assert trial is not None
        judged = await _judged(verifier, trial, rows)
        blind = await _judged(verifier, trial, [(label, claim, NO_EVIDENCE) for label, claim, _ in rows[::2]])
    finally:
        await engine.close()
    labels = [label for label, _, _ in rows]
    without = macro_f1([(label, blind[index // 2][1]) for index, label in enumerate(labels)])
    own = (facts.name, *_scores(judged), f"{without:.2f}", f"{trial.score:.2f}", "yes" if trial.passed else "no")
    return Part(
        TITLE,
        head=HEAD,
        table=(own, ("overlap, numbers and denials, by rule", *_scores(by_words), "", "", "")),
        remarks=(
            f"{len(rows)} judgements: {len(rows) // 2} claims, each with two pieces of evidence that say different "
            f"things of it, drawn by seed {SEED}; so few that figures are ±.10. Guessing gives a macro-F1 of about .33 "
            "and a ninth of the pairs.",
            f"A model below {PASSING:.2f} in its self-test gives no verdicts. Nothing here speaks for a larger model.",
        ),
    )


def sample() -> list[Row]:
    """Return claims with their evidence; the two rows of one claim follow each other."""
    by_claim: dict[tuple[str, str], list[dict[str, str]]] = {}
    for line in (DATA / "vitaminc" / "sample.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        by_claim.setdefault((record["case_id"], record["claim"]), []).append(record)
    pairs = [sorted(records, key=lambda record: record["label"]) for records in by_claim.values() if len(records) > 1]
    chosen = Random(SEED)
    drawn = [
        pair
        for labels, count in PAIRS.items()
        for pair in chosen.sample([one for one in pairs if tuple(each["label"] for each in one) == labels], count)
    ]
    return [
        (_LABELS[record["label"]], _plain(record["claim"]), _plain(record["evidence"]))
        for pair in drawn
        for record in pair
    ]


def by_rule(claim: str, evidence: str) -> Stance:
    """Return what overlap, numbers and denials say: the floor that a model has to beat."""
    words = set(content(claim))
    if len(words & set(content(evidence))) < OVERLAP * len(words):
        return Stance.IRRELEVANT
    same = set(_NUMBER.findall(claim)) <= set(_NUMBER.findall(evidence))
    agree = bool(_DENIAL.search(claim)) == bool(_DENIAL.search(evidence))
    return Stance.SUPPORTS if same and agree else Stance.REFUTES


async def _judged(verifier: Verifier, trial: Trial, rows: Sequence[Row]) -> Judged:
    pairs = []
    for label, claim, evidence in rows:
        judged: Judgement | None = await verifier.judge("Wikipedia", [evidence], claim, trial)
        pairs.append((label, judged.stance if judged is not None else Stance.IRRELEVANT))
    return pairs


def _scores(judged: Judged) -> tuple[str, str]:
    right = [label is found for label, found in judged]
    both = [first and second for first, second in zip(right[::2], right[1::2], strict=True)]
    return f"{macro_f1(judged):.2f}", f"{sum(both)} of {len(both)}"


def _plain(words: str) -> str:
    for mark, plain in _TREEBANK.items():
        words = words.replace(mark, plain)
    return " ".join(words.split())


class _Forgets:
    """A cache that keeps nothing, so that each run measures anew."""

    async def get(self, key: str) -> bytes | None:
        """Return None."""
        return None

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Forget."""

    async def close(self) -> None:
        """Do nothing."""
