"""What a sentence may rest on, sentence by sentence, without a document."""

from __future__ import annotations

import pytest

from copydesk.core.draft import grounds


@pytest.mark.parametrize(
    ("text", "told", "strange"),
    [
        ("It opened in 1825.", "Opened 1825.", []),
        ("It opened in 1852.", "Opened 1825.", ["1852"]),
        ("About 1.2 million came.", "1,187,000 people came.", []),
        ("It is 45 % full.", "It is 54 % full.", ["45 %"]),
        ("It is 45 % full.", "It is 45 metres long.", ["45 %"]),
        ("It has twelve locks.", "It has 83 locks.", []),
        ("It has 12 locks.", "It has twelve locks.", []),
    ],
)
def test_figures_that_no_quotation_has(text: str, told: str, strange: list[str]) -> None:
    assert grounds.strange_figures(text, [told]) == strange


def test_small_counts_need_no_source() -> None:
    assert grounds.invented_figures("It takes 3 steps and 400 metres.", [""]) == ["400"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The old canal carried grain.", "Grain was carried by the old canal.", True),
        ("The old canal carried grain.", "The old canal carried timber and butter.", False),
        ("Yes.", "Yes.", False),
    ],
)
def test_sentences_that_say_the_same(one: str, other: str, same: bool) -> None:
    assert grounds.says_the_same(one, other) is same
