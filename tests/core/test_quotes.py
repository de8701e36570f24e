"""Quotes are found word for word or not at all: see tests/cases/quotes."""

from __future__ import annotations

import re
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from copydesk.core.markdown import read
from copydesk.core.quotes import LONGEST_GAP, Outcome, StoredText, check
from copydesk.core.quoting.finding import PATIENCE, occurrences
from copydesk.core.quoting.folding import fold
from copydesk.core.text import Text
from harness.cases import Case, cases
from harness.misquotes import MISQUOTED, SET_OTHERWISE, elsewhere, halves, naive, samples, stands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NAMED = {"{nbsp}": "\u00a0", "{shy}": "\u00ad", "{zwsp}": "\u200b", "{thin}": "\u202f"}
_SAMPLED = 150


def quotes(file: str) -> Iterator[tuple[str, list[str], str, str, str]]:
    """Yield case, sources, quote, outcome, and what stands at the place if that is not the quote itself."""
    for case in cases(f"quotes/{file}.case"):
        *sources, asked = re.split(r"^---\n", _named(case), flags=re.MULTILINE)
        lines = [[part.strip() for part in line.split("|", 1)] for line in asked.splitlines() if line]
        for index, (outcome, quote) in enumerate(lines):
            if outcome != "at":
                rest = [words for _, words in lines[index + 1 :]]
                count = next((n for n, (sort, _) in enumerate(lines[index + 1 :]) if sort != "at"), len(rest))
                yield case.name, [source.rstrip("\n") for source in sources], quote, outcome, "\n".join(rest[:count])


def of_markdown(text: str, key: str) -> StoredText:
    """Return a Markdown source."""
    return StoredText.of_document(read(Text(text)), key)


def _named(case: Case) -> str:
    body = case.body
    for name, character in _NAMED.items():
        body = body.replace(name, character)
    return body


@pytest.mark.parametrize(
    ("make", "case", "sources", "quote", "outcome", "place"),
    [(StoredText, *row) for row in quotes("plain")] + [(of_markdown, *row) for row in quotes("markdown")],
)
def test_a_quote_in_its_source(
    make: Callable[[str, str], StoredText], case: str, sources: list[str], quote: str, outcome: str, place: str
) -> None:
    source, *others = [make(text, f"source {number}") for number, text in enumerate(sources)]
    match = check(quote, source, others)
    assert match.outcome == outcome, (case, match)
    if match.outcome is Outcome.FOUND:
        assert match.span is not None
        found = source.text[match.span.start : match.span.end]
        assert found == (place or quote) or (not place and naive(found) == naive(quote))
        assert match.key == "source 0"
    else:
        assert match.span is None
    if match.outcome is Outcome.MISATTRIBUTED:
        assert match.key == "source 1"


def test_a_missing_source_is_said_to_be_missing() -> None:
    assert check("These words cannot be looked for.", None).outcome is Outcome.SOURCE_MISSING


def test_an_altered_quote_is_shown_what_the_source_says() -> None:
    source = StoredText("First, nothing. The bridge is 2,737 metres long, and it opened in 1937. Last, nothing.", "a")
    match = check("The bridge is 2,787 metres long, and it opened in 1937.", source)
    assert match.nearest is not None
    assert source.text[match.nearest.start : match.nearest.end].startswith("The bridge is 2,737 metres long")


def test_an_ellipsis_spans_a_passage_and_no_more() -> None:
    for gap, outcome in ((LONGEST_GAP - 10, Outcome.FOUND), (LONGEST_GAP + 10, Outcome.STITCHED)):
        source = StoredText(f"The tower leans {'x' * (gap - 2)} to the south.", "a")
        assert check("The tower leans … to the south", source).outcome is outcome


def test_an_ellipsis_is_read_at_the_nearest_place_of_what_goes_before() -> None:
    source = StoredText(f"The tower leans. {'No. ' * 400}The tower leans a little to the south.", "a")
    match = check("The tower leans … to the south", source)
    assert match.span is not None
    assert source.text[match.span.start : match.span.end] == "The tower leans a little to the south"


# Every sentence of the library and the abstracts goes through the same in `python -m bench --only quotes`.
SAMPLES = Random(20).sample([*samples()], _SAMPLED)


@pytest.mark.parametrize("name", SET_OTHERWISE)
def test_sentences_of_real_sources_are_found_however_they_are_set(name: str) -> None:
    random = Random(name)
    for sample in SAMPLES:
        quote = SET_OTHERWISE[name](sample.words, random)
        if quote:
            match = check(quote, sample.source)
            assert match.outcome is Outcome.FOUND, quote
            assert match.span is not None
            assert match.span == sample.span or "left out" in name, quote


@pytest.mark.parametrize("name", MISQUOTED)
def test_sentences_of_real_sources_are_not_found_when_misquoted(name: str) -> None:
    random = Random(name)
    misquote, fitting = MISQUOTED[name]
    outcomes: Counter[Outcome] = Counter()
    for sample in SAMPLES:
        quote = misquote(sample.words, random)
        if quote and not stands(quote, sample.source):
            outcomes[check(quote, sample.source).outcome] += 1
    assert sum(outcomes.values()) > _SAMPLED / 5
    assert not outcomes[Outcome.FOUND]
    assert sum(outcomes[outcome] for outcome in fitting) >= 0.97 * sum(outcomes.values())


def test_halves_of_two_sentences_are_stitched() -> None:
    outcomes = Counter(
        check(quote, sample.source).outcome
        for sample in SAMPLES
        if (quote := halves(sample)) and not stands(quote, sample.source)
    )
    assert not outcomes[Outcome.FOUND]
    assert outcomes[Outcome.STITCHED] >= 0.97 * sum(outcomes.values())


def test_the_right_words_of_the_wrong_source_are_misattributed() -> None:
    random = Random(3)
    sources = [sample.source for sample in SAMPLES]
    for sample in SAMPLES:
        wrong = elsewhere(sample, sources, random)
        if wrong is not None:
            assert check(sample.words, wrong, [sample.source]).outcome is Outcome.MISATTRIBUTED


WORDS = st.text(alphabet="abcdefxyz", min_size=1, max_size=7)
NUMBERS = st.from_regex(r"[0-9]{1,4}([.,][0-9]{1,3})?%?", fullmatch=True)
BETWEEN = st.sampled_from([" ", " ", " ", "\n", "\u00a0", "  ", ", ", ". ", " — ", " (", ") ", " “", "” ", "; "])


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """Return a text and the places of its words."""
    pieces, places, at = [], [], 0
    for word in draw(st.lists(st.one_of(WORDS, WORDS, NUMBERS), min_size=6, max_size=40)):
        between = draw(BETWEEN)
        if word[0].isdigit() and not between.strip():
            between = "; "  # or two numbers might be groups of one
        pieces += [between, word] if places else [word]
        at += len(between) if places else 0
        places.append((at, at + len(word)))
        at += len(word)
    return "".join(pieces), places


@pytest.mark.slow
@given(texts(), st.data())
def test_a_slice_between_words_is_found_where_those_words_stand(
    text: tuple[str, list[tuple[int, int]]], data: st.DataObject
) -> None:
    source, places = text
    first = data.draw(st.integers(0, len(places) - 4))
    last = data.draw(st.integers(first + 3, len(places) - 1))
    start, end = places[first][0], places[last][1]
    quote = source[start:end]
    assume(sum(character.isalnum() for character in quote) >= 16)
    stored = StoredText(source, "a")
    match = check(quote, stored)
    assert match.outcome is Outcome.FOUND
    assert match.span is not None
    assert naive(source[match.span.start : match.span.end]) == naive(quote)
    assert match.span.start <= start


@pytest.mark.slow
@given(texts(), st.data())
def test_a_slice_with_another_digit_never_is(text: tuple[str, list[tuple[int, int]]], data: st.DataObject) -> None:
    source, _ = text
    digits = [match.start() for match in re.finditer("[0-9]", source)]
    assume(digits)
    at = data.draw(st.sampled_from(digits))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != source[at]]))
    quote = source[:at] + other + source[at + 1 :]
    assert check(quote, StoredText(source, "a")).outcome is not Outcome.FOUND


@given(st.text(max_size=60))
@example("ﬁ½²e\u0301 ﬀ\u00ad…'' \u200b x")
@example("\u1100\u1161\u11a8 İ ß ﷺ")
def test_folding_keeps_the_way_back(source: str) -> None:
    folded = fold(source)
    reached = 0
    for at, character in enumerate(folded.text):
        start, end = folded.source_start(at), folded.source_end(at + 1)
        assert reached <= start < end <= len(source)
        if character.isalnum():
            assert character in fold(source[start:end]).text
        reached = start


@given(st.text(alphabet="ab ", max_size=60), st.text(alphabet="ab ", min_size=1, max_size=6), st.integers(0, 3))
def test_what_is_found_after_many_refusals_is_what_is_found_at_once(text: str, words: str, modulus: int) -> None:
    def fits(at: int) -> bool:
        return modulus == 0 or at % (modulus + 1) == 0

    plain = []
    at = text.find(words)
    while at >= 0:
        plain += [at] if fits(at) else []
        at = text.find(words, at + (len(words) if fits(at) else 1))
    assert [*occurrences(words, text, fits)] == plain
    crowd = words * (PATIENCE + 2)
    refusing = [*occurrences(words, crowd + text, lambda place: place >= len(crowd) and fits(place - len(crowd)))]
    assert [place - len(crowd) for place in refusing] == plain


class Counted(str):
    """Letters that count how often `find` reads them, at most once for each letter of what is looked through."""

    read = 0

    def find(self, sub: str, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        found = super().find(sub, start)
        Counted.read += (found if found >= 0 else len(self)) - start + len(sub)
        return found


@pytest.mark.parametrize(
    ("text", "words"),
    [("ab " * 20_000, "ab " * 1_000 + "a"), ("a" * 60_000, "a" * 3_000), ("ab-" * 20_000, "ab-" * 1_000 + "ab")],
)
def test_words_that_repeat_themselves_are_looked_for_in_linear_time(text: str, words: str) -> None:
    Counted.read = 0
    refused = 0

    def fits(_: int) -> bool:
        nonlocal refused
        refused += 1
        return False

    assert [*occurrences(words, Counted(text), fits)] == []
    assert refused <= len(text)
    assert Counted.read <= len(text) + (PATIENCE + 1) * len(words) + len(words)
