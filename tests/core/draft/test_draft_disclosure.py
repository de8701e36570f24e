"""What of a Planner's question goes into a query: its subject, and next to nothing of what only the text says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import lists, sampled_from

from copydesk.core.draft.disclosure import LEAST_SHARED, searchable

SUBJECT = "Canals\nThe Lund canal"
TEXT = (
    "Our password is hunter2 and Maria Lindqvist leaves the firm in spring. Canals carry boats over land. "
    "The budget is 48,200 euros in 1952. O'Brien knows. 秘密の計画は来年の春に始まる。"
)

CASES = [
    ("When was the Lund canal opened?", "When was the Lund canal opened"),
    ("How many locks has the Lund canal, and what did farmers sell?", None),
    ("Which treaty of 1648 mentions the canal?", "Which treaty of 1648 mentions the canal"),
    ("Lund canal 1952", "Lund canal"),
    ("Lund canal: Maria, maria, LINDQVIST, Lindqvist's", "Lund canal"),
    ("Lund canal O'Brien brien", "Lund canal"),
    ("Lund canal hunter2 2retnuh", "Lund canal"),
    ("Lund canal airaM TSIVQDNIL s'tsivqdnil", "Lund canal"),
    ("Lund canal drowssap mrif sevael gnirps", "Lund canal drowssap mrif"),
    ("Was no lock of the Lund canal on a trap of stone?", "Was no lock of the Lund canal on a trap of stone"),
    ("Lund canal 48,200 48200 euros", "Lund canal euros"),
    ("Lund canal T3VyIHBhc3N3b3JkIGlz", "Lund canal"),
    (f"Lund canal {'a' * 31}", "Lund canal"),
    ("Lund canal password firm leaves spring boats", "Lund canal password firm"),
    ("canal password firm leaves", "canal password firm"),
    ("ルンド運河はいつ開通したか", "ルンド運河はいつ開通したか"),
    ("Lund 秘密の計画は来年の春に始まる", "Lund"),
]


@pytest.mark.parametrize(("question", "kept"), CASES, ids=[question for question, _ in CASES])
def test_R30_names_and_figures_of_the_text_alone_are_not_searched_for(question: str, kept: str | None) -> None:
    plain = question.replace(",", "").rstrip("?")
    assert searchable(question, SUBJECT, TEXT) == (plain if kept is None else kept)


@given(lists(sampled_from([*TEXT.split(), *SUBJECT.split(), "opened", "locks"]), max_size=30).map(" ".join))
def test_R30_of_other_words_of_the_text_few_are(question: str) -> None:
    found = searchable(question, SUBJECT, TEXT).split()
    own = sum(word in {"Canals", "canal", "Lund", "The", "the"} for word in question.split())
    private = [word for word in found if word in {"password", "leaves", "firm", "spring", "carry", "boats", "budget"}]
    assert len(private) <= max(LEAST_SHARED, own)


def test_R30_what_the_writer_asks_about_may_be_searched_for() -> None:
    subject = f"{SUBJECT}\n- what Maria Lindqvist did in 1952"
    question = "What did Maria Lindqvist do for the Lund canal in 1952?"
    assert searchable(question, subject, TEXT) == question.rstrip("?")
