"""What one excerpt says of one claim: the question, how its answers are read, and when a verifier is believed.

A model is shown an excerpt and a claim and answers with one of three letters, of which the engine gives the
probabilities. Models favour letters and agree too easily, so a bare probability says little:

- The question is asked with the letters in three rotations, and log-probabilities are averaged.
- The verifier first answers labelled cases (`labelled.json`, written for copydesk about invented things, so that only
  the excerpt can tell). What it gives each answer on average over these, as many of each sort, is its bias, and is
  taken off (contextual calibration: Zhao et al., 2021).
- A stance counts only where it leads by more than the lead that a wrong answer had there.

A verifier that cannot tell the labelled cases apart is not believed at all: its evidence is shown without a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from types import MappingProxyType
from typing import TYPE_CHECKING

from copydesk.core.evidence import Stance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.core.claims.excerpts import Excerpt
    from copydesk.core.prompts import Prompts

LETTERS = ("A", "B", "C")
STANCES = (Stance.SUPPORTS, Stance.REFUTES, Stance.IRRELEVANT)
ROTATIONS = (STANCES, (*STANCES[1:], *STANCES[:1]), (*STANCES[2:], *STANCES[:2]))
PASSING = 0.7
"""Macro-F1 on the labelled cases from which a verifier is believed; guessing gives about a third."""
HOPELESS = 0.5
"""Macro-F1 on the first cases below which the rest are not asked."""
TOLERATED = 1
"""Wrong decisive answers that may lead by more than the bar; one odd case must not silence a good verifier."""

ANSWERS = MappingProxyType(
    {
        Stance.SUPPORTS: "The source says that the claim is true.",
        Stance.REFUTES: "The source says that the claim is false.",
        Stance.IRRELEVANT: "The source does not say whether the claim is true.",
    }
)
"""What the letters stand for."""
_FLOOR = 1e-6
_TITLE = 120

Leaning = Mapping[Stance, float]
"""Natural-log probabilities of the stances."""

UNDECIDED: Leaning = MappingProxyType(dict.fromkeys(STANCES, log(1 / len(STANCES))))
"""What counts where a model could not take a labelled case."""


@dataclass(frozen=True, slots=True)
class LabelledExcerpt:
    """An excerpt with one claim that it supports, one that it refutes, and one that it does not settle."""

    heading: str
    sentences: tuple[str, ...]
    supports: str
    refutes: str
    irrelevant: str

    def claim(self, stance: Stance) -> str:
        """Return the claim of which the excerpt says this."""
        claims = {
            Stance.SUPPORTS: self.supports,
            Stance.REFUTES: self.refutes,
            Stance.IRRELEVANT: self.irrelevant,
        }
        return claims[stance]


@dataclass(frozen=True, slots=True)
class Trial:
    """How a verifier did on the labelled cases.

    `score` is its macro-F1 under the bar. `bias` holds what it gives each stance on average, for each rotation.
    `least` is the lead that a decisive stance needs. `hopeful` is the lead of irrelevance in the first rotation above
    which a case never was decisive.
    """

    score: float
    bias: tuple[Leaning, ...]
    least: float
    hopeful: float

    @property
    def passed(self) -> bool:
        """Tell whether the verifier is believed."""
        return self.score >= PASSING


@dataclass(frozen=True, slots=True)
class Judgement:
    """A stance, by how much it leads (log odds), and its probability after calibration."""

    stance: Stance
    lead: float
    probability: float


def numbered(sentences: Sequence[str]) -> str:
    """Return an excerpt's sentences, each behind its number."""
    return "\n".join(f"[{number}] {' '.join(sentence.split())}" for number, sentence in enumerate(sentences, 1))


def question(title: str, sentences: Sequence[str], claim: str, rotation: int, prompts: Prompts) -> str:
    """Return the question's words; the excerpt comes first, so that an engine's prefix cache serves it again."""
    options = "\n".join(
        f"{letter}. {ANSWERS[stance]}" for letter, stance in zip(LETTERS, ROTATIONS[rotation], strict=True)
    )
    return prompts.fill("stance", **_shown(title, sentences, claim), options=options)


def which_sentence(title: str, sentences: Sequence[str], claim: str, prompts: Prompts) -> str:
    """Return the question for the sentence that speaks of the claim."""
    return prompts.fill("sentence", **_shown(title, sentences, claim))


def title_of(page_title: str, excerpt: Excerpt) -> str:
    """Return what an excerpt's source is called in a prompt."""
    heading = excerpt.heading
    whole = heading if page_title.casefold() in heading.casefold() else " › ".join(filter(None, (page_title, heading)))
    return " ".join(whole.split())[:_TITLE]


def leaning(probabilities: Mapping[str, float], rotation: int) -> Leaning:
    """Return what an answer's letters stand for."""
    return {
        stance: log(max(probabilities[letter], _FLOOR))
        for letter, stance in zip(LETTERS, ROTATIONS[rotation], strict=True)
    }


def calibrated(leanings: Sequence[Leaning], bias: Sequence[Leaning]) -> Leaning:
    """Return the average of leanings, one a rotation from the first on, less the bias of each."""
    return {
        stance: sum(one[stance] - usual[stance] for one, usual in zip(leanings, bias, strict=False)) / len(leanings)
        for stance in STANCES
    }


def judged(leanings: Sequence[Leaning], trial: Trial) -> Judgement:
    """Return the stance that answers in all rotations come to; irrelevant where none leads by enough."""
    scores = calibrated(leanings, trial.bias)
    stance, lead = _leader(scores)
    if stance is not Stance.IRRELEVANT and lead <= trial.least:
        stance, lead = Stance.IRRELEVANT, 0.0
    total = sum(exp(score) for score in scores.values())
    return Judgement(stance, lead, exp(scores[stance]) / total)


def still_open(first: Leaning, trial: Trial) -> bool:
    """Tell from the first rotation whether the others could still make a stance decisive."""
    return irrelevance(calibrated([first], trial.bias)) <= trial.hopeful


def irrelevance(scores: Leaning) -> float:
    """Return by how much irrelevance leads the better of the two others; negative where it does not."""
    return scores[Stance.IRRELEVANT] - max(scores[Stance.SUPPORTS], scores[Stance.REFUTES])


def tried(results: Sequence[tuple[Stance, Sequence[Leaning]]]) -> Trial:
    """Return how a verifier did: each labelled case's stance with its leanings, one a rotation; not empty."""
    count = len(results)
    bias = tuple(
        {stance: sum(leanings[rotation][stance] for _, leanings in results) / count for stance in STANCES}
        for rotation in range(len(ROTATIONS))
    )
    scored = [(label, calibrated(leanings, bias)) for label, leanings in results]
    led = [(label, *_leader(scores)) for label, scores in scored]
    wrong = sorted((lead for label, stance, lead in led if stance not in (label, Stance.IRRELEVANT)), reverse=True)
    least = wrong[TOLERATED] if len(wrong) > TOLERATED else 0.0
    said = [(label, stance if lead > least else Stance.IRRELEVANT) for label, stance, lead in led]
    first = [
        irrelevance(calibrated(leanings[:1], bias)) for label, leanings in results if label is not Stance.IRRELEVANT
    ]
    return Trial(macro_f1(said), bias, least, max(first, default=0.0))


def macro_f1(pairs: Sequence[tuple[Stance, Stance]]) -> float:
    """Return the mean F1 over the three stances of (label, answer) pairs."""
    scores = []
    for stance in STANCES:
        right = sum(label is stance and answer is stance for label, answer in pairs)
        shown = sum((label is stance) + (answer is stance) for label, answer in pairs)
        scores.append(2 * right / shown if shown else 0.0)
    return sum(scores) / len(scores)


def _leader(scores: Leaning) -> tuple[Stance, float]:
    ordered = sorted(STANCES, key=lambda stance: -scores[stance])
    return ordered[0], scores[ordered[0]] - scores[ordered[1]]


def _shown(title: str, sentences: Sequence[str], claim: str) -> dict[str, str]:
    return {"heading": title or "unnamed", "passage": numbered(sentences), "claim": " ".join(claim.split())}
