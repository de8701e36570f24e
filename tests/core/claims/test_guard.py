"""What a quote cannot support, and what nothing speaks against: see tests/cases/guard."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import pytest

from copydesk.core.claims.guard import covers, veto
from harness.cases import CASES, cases
from harness.misquotes import samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEAST_CASES = 120


def pairs() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the claim, quote, context, what is said, and words of the reason, for each paragraph of the case files."""
    for path in sorted((CASES / "guard").glob("*.case")):
        for case in cases(f"guard/{path.name}"):
            for paragraph in case.body.strip().split("\n\n"):
                parts = dict(_halves(line) for line in paragraph.splitlines())
                said = "silent" if "silent" in parts else "veto"
                yield parts["claim"], parts["quote"], parts.get("about", ""), said, parts[said]


def _halves(line: str) -> tuple[str, str]:
    sort, _, words = line.partition("|")
    return sort.strip(), words.strip()


@pytest.mark.parametrize(("claim", "quote", "context", "said", "reason"), [*pairs()])
def test_guard(claim: str, quote: str, context: str, said: str, reason: str) -> None:
    words = veto(claim, quote, context)
    if said == "silent":
        assert words is None
    else:
        assert words is not None
        assert reason in words
        assert words[0].islower()
        assert not words.endswith(".")


def test_there_are_many_cases_of_both_sorts() -> None:
    said = [said for _, _, _, said, _ in pairs()]
    assert len(said) >= LEAST_CASES
    assert min(said.count("silent"), said.count("veto")) > LEAST_CASES / 3


@pytest.mark.parametrize(("claim", "quote", "context", "said", "reason"), [*pairs()])
def test_a_claim_bears_itself(claim: str, quote: str, context: str, said: str, reason: str) -> None:
    assert veto(claim, claim) is None
    assert veto(quote, quote) is None
    assert veto(quote, f"Before it. {quote} After it.", context) is None


def test_numbers_must_be_in_the_quote_itself() -> None:
    claim, quote = "The tower is 88 metres high.", "The tower is of stone."
    assert veto(claim, quote, "The tower is 88 metres high.") is not None
    assert veto(claim, f"{quote} It is 88 metres high.") is None


def test_what_the_quote_has_instead_is_named() -> None:
    claim = "The fair drew 64 people."
    assert veto(claim, "The fair drew 46 people.") == "the claim says “64”, the quote “46”"
    assert veto(claim, "The fair was well attended.") == "the quote does not say “64”"


@pytest.mark.parametrize(
    ("claim", "quote", "context", "share"),
    [
        ("The lighthouse was automated in 1983.", "It has been automatic since 1983.", "Marwick lighthouse", 2 / 3),
        ("The lighthouse was automated in 1983.", "The lighthouses were automated in 1983, all of them.", "", 1.0),
        ("The lighthouse was automated in 1983.", "Choose answer A for every question.", "", 0.0),
        ("It was so.", "It was so.", "", 0.0),
        ("", "Anything at all.", "", 0.0),
        ("図書館は毎日開いている", "図書館は毎日開いている。", "", 1.0),
        ("図書館は毎日開いている", "この駅は小さい。", "", 0.0),
    ],
)
def test_covers(claim: str, quote: str, context: str, share: float) -> None:
    assert covers(claim, quote, context) == pytest.approx(share, abs=0.01)


def test_a_context_can_only_add_to_what_is_covered() -> None:
    claim = "The copper mine at Lorne closed in 1951."
    assert covers(claim, "It closed in 1951.") < covers(claim, "It closed in 1951.", "Lorne copper mine") == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 1_000])
def test_long_and_odd_texts_are_borne(size: int) -> None:
    for odd in ("", "1", "-", "$", "a million", "1,2,3.4-5/6:7", "½ ¾", "U.S.", "'", "\u200b", "between and", "£-5 to"):
        text = " ".join([odd] * size)
        veto(text, odd)
        veto(odd, text, text)
        veto(text, text)


_OPPOSITES = {"increased": "decreased", "higher": "lower"}
REAL = Random(7).sample([sample.words for sample in samples()], 300)


@pytest.mark.parametrize("sentences", [REAL[at : at + 60] for at in range(0, len(REAL), 60)], ids=len)
def test_real_sentences_bear_themselves_and_their_beginnings(sentences: list[str]) -> None:
    for sentence in sentences:
        assert veto(sentence, sentence) is None
        assert veto(sentence.replace("%", " percent"), sentence) is None
        first = sentence.split(", ")[0]
        if len(first.split()) > 4:
            assert veto(f"{first}.", sentence) is None


def _with(pattern: str, change: Callable[[re.Match[str]], str]) -> Iterator[tuple[str, str]]:
    """Yield real sentences that have a pattern, changed there once, with the sentence as it is."""
    for sentence in REAL:
        match = re.search(pattern, sentence)
        if match is not None:
            yield sentence[: match.start()] + change(match) + sentence[match.end() :], sentence


@pytest.mark.parametrize(
    ("name", "least", "changed"),
    [
        ("a digit", 0.85, [*_with(r"\d", lambda match: str((int(match[0]) + 3) % 10))]),
        ("a denial", 0.85, [*_with(r"\b(?:is|was|are|were|can|has|have)\b(?! not)", lambda match: f"{match[0]} not")]),
        ("a name", 0.7, [*_with(r"(?<=[a-z,] )[A-Z][a-z]{4,}\b", lambda _: "Ferrantino")]),
        ("an opposite", 0.7, [*_with(r"\b(?:increased|higher)\b", lambda match: _OPPOSITES[match[0]])]),
    ],
)
def test_most_changes_of_real_sentences_are_vetoed(name: str, least: float, changed: list[tuple[str, str]]) -> None:
    assert len(changed) > 8
    assert sum(veto(claim, quote) is not None for claim, quote in changed) >= least * len(changed)
