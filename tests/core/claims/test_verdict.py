"""The verdict as a sum of votes, and when a verifier is believed."""

from __future__ import annotations

from math import log

import pytest

from copydesk.adapters.prompt_files import load_excerpts, load_prompts
from copydesk.core.claims.stance import (
    LETTERS,
    ROTATIONS,
    STANCES,
    Leaning,
    judged,
    leaning,
    macro_f1,
    question,
    still_open,
    tried,
)
from copydesk.core.claims.verdict import Vote, part_verdicts, whole
from copydesk.core.evidence import Stance, Verdict

CODES = {"s": Stance.SUPPORTS, "r": Stance.REFUTES, "i": Stance.IRRELEVANT}


def votes(written: str) -> list[Vote]:
    """Read votes such as `s@a r@b?`: a stance, a site, and a question mark for a site that is not trusted."""
    return [
        Vote(0, entry[2:].rstrip("?"), CODES[entry[0]], 1.0 - number / 100, not entry.endswith("?"))
        for number, entry in enumerate(written.split())
    ]


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ("", Verdict.NOT_ENOUGH_EVIDENCE),
        ("i@a i@b", Verdict.NOT_ENOUGH_EVIDENCE),
        ("s@a", Verdict.SUPPORTED),
        ("s@a i@b", Verdict.SUPPORTED),
        ("r@a", Verdict.REFUTED),
        ("s@a r@b", Verdict.CONFLICTING),
        ("s@a r@a", Verdict.SUPPORTED),
        ("r@a s@a", Verdict.REFUTED),
        ("s@a r@b r@b r@b", Verdict.CONFLICTING),
        ("r@a?", Verdict.NOT_ENOUGH_EVIDENCE),
        ("s@a?", Verdict.NOT_ENOUGH_EVIDENCE),
        ("r@a? r@a?", Verdict.NOT_ENOUGH_EVIDENCE),
        ("r@a? r@b?", Verdict.REFUTED),
        ("s@a r@b?", Verdict.SUPPORTED),
    ],
)
def test_one_site_one_vote(written: str, verdict: Verdict) -> None:
    assert part_verdicts(votes(written), 1) == (verdict,)


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ("supported", "supported"),
        ("supported supported", "supported"),
        ("supported not_enough_evidence", "partly_supported"),
        ("supported refuted", "refuted"),
        ("refuted conflicting", "refuted"),
        ("supported conflicting", "conflicting"),
        ("not_enough_evidence conflicting", "conflicting"),
        ("not_enough_evidence not_enough_evidence", "not_enough_evidence"),
        ("not_enough_evidence refuted", "refuted"),
    ],
)
def test_a_claim_is_what_its_parts_make_it(parts: str, verdict: str) -> None:
    assert whole([Verdict(part) for part in parts.split()]) is Verdict(verdict)


def answers(right: Stance, sure: float, fond: str = "A") -> list[Leaning]:
    """Return what a model says that leans to an answer, and favours a letter whatever it stands for."""
    found = []
    for rotation, order in enumerate(ROTATIONS):
        weights = {
            letter: (2.0 if letter == fond else 1.0) * (sure if stance is right else 1.0)
            for letter, stance in zip(LETTERS, order, strict=True)
        }
        total = sum(weights.values())
        found.append(leaning({letter: weight / total for letter, weight in weights.items()}, rotation))
    return found


def labelled(sure: float, wrong: int = 0) -> list[tuple[Stance, list[Leaning]]]:
    cases = [(stance, answers(stance, sure)) for _ in range(6) for stance in STANCES]
    return [
        (label, answers(STANCES[(STANCES.index(label) + 1) % 3], sure) if number < wrong else given)
        for number, (label, given) in enumerate(cases)
    ]


def test_a_model_that_knows_passes_whatever_letter_it_favours() -> None:
    assert tried(labelled(3.0)).score == 1.0
    assert tried(labelled(3.0)).passed


def test_a_model_that_guesses_or_always_agrees_does_not_pass() -> None:
    assert not tried(labelled(1.0)).passed
    agrees = [(stance, answers(Stance.SUPPORTS, 50.0)) for _ in range(6) for stance in STANCES]
    assert tried(agrees).score < 0.5


def test_a_confident_error_raises_the_bar_and_several_fail_the_model() -> None:
    assert tried(labelled(3.0, wrong=1)).least == 0.0
    assert tried(labelled(3.0, wrong=3)).least > 0.0
    assert not tried(labelled(3.0, wrong=7)).passed


def test_a_stance_must_lead_by_the_bar() -> None:
    trial = tried([*labelled(9.0), *[(Stance.IRRELEVANT, answers(Stance.SUPPORTS, 2.0))] * 2])
    assert judged(answers(Stance.REFUTES, 9.0), trial).stance is Stance.REFUTES
    assert judged(answers(Stance.REFUTES, 1.5), trial).stance is Stance.IRRELEVANT


def test_what_is_plainly_irrelevant_is_asked_once() -> None:
    trial = tried(labelled(3.0))
    assert not still_open(answers(Stance.IRRELEVANT, 3.0)[0], trial)
    assert still_open(answers(Stance.SUPPORTS, 3.0)[0], trial)


def test_the_question_shows_numbered_sentences_and_rotated_answers() -> None:
    prompts = load_prompts()
    shown = [
        question("A page", ["One is so.", "Two\nis not."], "One is so.", rotation, prompts) for rotation in range(3)
    ]
    assert all("[1] One is so.\n[2] Two is not." in words for words in shown)
    assert len({words.split("Going by")[0] for words in shown}) == 1
    assert [words.split("A. ")[1].split(".")[0] for words in shown] == [
        "The source says that the claim is true",
        "The source says that the claim is false",
        "The source does not say whether the claim is true",
    ]


def test_the_labelled_excerpts_are_well_formed_and_speak_of_nothing_real() -> None:
    excerpts = load_excerpts()
    assert len(excerpts) >= 12
    assert len({excerpt.heading for excerpt in excerpts}) == len(excerpts)
    for excerpt in excerpts:
        claims = {excerpt.claim(stance) for stance in STANCES}
        assert len(claims) == 3
        assert not claims & set(excerpt.sentences)


def test_macro_f1_is_the_mean_over_stances() -> None:
    assert macro_f1([(stance, stance) for stance in STANCES]) == 1.0
    assert macro_f1([(stance, Stance.SUPPORTS) for stance in STANCES]) == pytest.approx(0.5 / 3)
    assert log(1.0) == 0.0
