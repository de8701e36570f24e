"""Figures: what they are worth, and which of them say the same."""

from __future__ import annotations

import pytest

from copydesk.core.citations.figures import Figures, figures


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("In 2019, 45% of 12,300 users.", "year 2019 | share 45% | count 12,300"),
        ("39\u00a0000 t, 1.234, 0.5 and 1,5", "count 39\u00a0000 | count 1.234 | count 0.5 | count 1,5"),
        ("on 2026-11-26 at 10:30", "year 2026 | count 11 | count 26 | time 10:30"),
        ("the 21st of 3–5, 5k, 20 per cent", "count 21st | count 3 | count 5 | count 5k | share 20 per cent"),
        ("€5bn, $1.2 million, 40 dollars", "money €5bn | money $1.2 million | money 40 dollars"),
        ("Apollo 11, COVID-19, x86, 3.11.2, v2, 1990s, Table 4, pp. 12, (3), §5, No. 7", ""),
        ("March 3 and Nearly 45, In 12 of them", "count 3 | count 45 | count 12"),
        ("his book (1906), point (3) and note [12]", "year 1906"),
        ("a 12-year plan, a 7-segment display", "count 12"),
    ],
)
def test_figures_are_read(text: str, read: str) -> None:
    assert " | ".join(f"{one.kind} {one.words}" for one in figures(text)) == read


@pytest.mark.parametrize(
    ("figure", "source", "same"),
    [
        ("45%", "forty-five percent", True),
        ("45%", "45 people", False),
        ("67%", "two thirds", True),
        ("66%", "two-thirds", True),
        ("60%", "two thirds", False),
        ("50%", "half", True),
        ("12", "a dozen", True),
        ("45,300", "forty-five thousand three hundred", True),
        ("1.2 million", "1,203,456", True),
        ("1.3 million", "1,203,456", False),
        ("about 450,000", "462,118", True),
        ("about 450,000", "540,000", False),
        ("over 137", "over 130", False),
        ("over 130", "137", True),
        ("45%", "45.3%", True),
        ("45%", "45.6%", False),
        ("45.3%", "45%", False),
        ("2019", "2018", False),
        ("2019", "2019-05-03", True),
        ("500", "450", False),
        ("1.234", "1234", True),
        ("39 000", "39,000", True),
        ("$5", "5 dollars", True),
        ("3rd", "the third", True),
        ("0", "zero", True),
    ],
)
def test_the_same_figure_in_another_dress(figure: str, source: str, same: bool) -> None:
    (one,) = figures(f"it was {figure} then")
    assert Figures.of([f"in all {source} of them"]).has(one) is same


@pytest.mark.parametrize(
    "text", ["9" * 400, "1." * 3000, "1 000" * 2000, "€" * 5000, "12:30:45:50", "٣٤ ³ ½ ⅓", "1e400", "-", "0.0"]
)
def test_odd_figures_are_read_in_time(text: str) -> None:
    found = list(figures(text))
    Figures.of([text])
    assert all(one.values for one in found)
