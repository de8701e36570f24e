"""The ratchet as a function: what counts as better, when to stop, and which draft is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.draft.ratchet import Ratchet, Score, Stop, improves
from copydesk.core.draft.statement import Origin, Statement

SCORES = st.builds(Score, st.integers(0, 4), st.integers(0, 6), st.integers(0, 9))


def draft(*texts: str) -> tuple[Statement, ...]:
    return tuple(Statement(f"s{n}", text, (), "P1", Origin("writer", 1)) for n, text in enumerate(texts, 1))


@pytest.mark.parametrize(
    ("before", "after", "better"),
    [
        (Score(1, 0, 0), Score(0, 3, 0), True),
        (Score(0, 1, 0), Score(0, 1, 0), False),
        (Score(0, 1, 1), Score(0, 1, 0), True),
        (Score(0, 4, 0), Score(1, 0, 0), False),
        (Score(1, 4, 0), Score(1, 3, 2), True),
        (Score(0, 0, 3), Score(0, 1, 0), False),
        (Score(0, 0, 0), Score(0, 0, 0), False),
        (Score(0, 0, 5), Score(0, 1, 0), False),
        (Score(0, 2, 0), Score(0, 1, 9), True),
        (Score(0, 9, 0), Score(1, 0, 0), False),
    ],
)
def test_a_patch_stays_only_if_it_is_an_improvement(before: Score, after: Score, better: bool) -> None:
    assert improves(before, after) is better


@given(SCORES, SCORES)
def test_no_two_drafts_are_better_than_each_other(one: Score, other: Score) -> None:
    assert not (improves(one, other) and improves(other, one))


@given(st.lists(SCORES, min_size=1, max_size=12))
def test_the_best_is_one_with_the_least_faults_found_by_code(scores: list[Score]) -> None:
    ratchet = Ratchet()
    for number, score in enumerate(scores):
        ratchet = ratchet.turned(draft(str(number)), score)
    least = min(Score(one.blocking, one.warnings).total for one in scores)
    assert ratchet.score is not None and ratchet.score.total == least
    kept = scores[int(ratchet.best[0].text)]
    assert Score(kept.blocking, kept.warnings).total == least


@pytest.mark.parametrize(
    ("score", "accepted", "round", "rounds", "seen", "stop"),
    [
        (Score(0, 0, 5), 0, 2, 5, False, Stop.CLEAN),
        (Score(0, 1, 0), 0, 2, 5, False, Stop.NO_PROGRESS),
        (Score(0, 1, 0), 1, 2, 5, True, Stop.SEEN_BEFORE),
        (Score(0, 1, 0), 1, 5, 5, False, Stop.ROUND_CAP),
        (Score(0, 1, 0), 1, 5, 99, False, Stop.ROUND_CAP),
        (Score(0, 1, 0), 1, 3, 3, False, Stop.ROUND_CAP),
        (Score(0, 1, 0), 1, 4, 5, False, None),
    ],
)
def test_why_a_round_is_the_last(
    score: Score, accepted: int, round: int, rounds: int, seen: bool, stop: Stop | None
) -> None:
    now = draft("The canal is old.")
    ratchet = Ratchet().turned(now if seen else draft("Other."), Score(0, 2, 0))
    assert ratchet.stop(now, score, accepted, round, rounds) is stop


def test_a_draft_is_known_by_its_words_and_citations_not_by_its_ids() -> None:
    one = draft("The canal is old.")
    other = (Statement("s9", "The canal is old.", (), "P1", Origin("editor", 3)),)
    cited = (Statement("s1", "The canal is old.", ("S1",), "P1", Origin("writer", 1)),)
    ratchet = Ratchet().turned(one, Score(0, 1, 0))
    assert ratchet.stop(other, Score(0, 1, 0), 1, 2, 5) is Stop.SEEN_BEFORE
    assert ratchet.stop(cited, Score(0, 1, 0), 1, 2, 5) is None
