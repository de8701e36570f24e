"""Candidates: which sentences of a document are worth comparing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.core.markdown import read
from copydesk.core.similarity import CANDIDATES, candidates, pairs, stem
from copydesk.core.text import Span, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.document import Document

DATA = Path(__file__).parents[1] / "data"


def documents(folder: str) -> Iterator[tuple[Document, dict[str, Any]]]:
    for path in sorted((DATA / folder).glob("*.json")):
        source = path.with_suffix(".md").read_bytes().decode("utf-8")
        yield read(Text(source)), json.loads(path.read_text(encoding="utf-8"))


def partnered(folder: str, kind: str) -> Iterator[bool]:
    """Yield for each flaw of a kind whether its partner is among the candidates of its sentence."""
    for document, labels in documents(folder):
        rows = candidates(document)
        for flaw in labels["flaws"]:
            if flaw["kind"] != kind:
                continue
            place, partner = (_span(document, entry["sentence"], entry["start"]) for entry in (flaw, flaw["related"]))
            yield any(
                candidate.sentence.span.overlaps(partner)
                for (_, sentence), row in zip(document.prose(), rows, strict=True)
                if sentence.span.overlaps(place)
                for candidate in row
            )


def _span(document: Document, sentence: str, start: int) -> Span:
    source = document.text.source
    if source[start : start + len(sentence)] != sentence:
        start = source.index(sentence)
    return Span(start, start + len(sentence))


@pytest.mark.parametrize("kind", ["repetition", "contradiction"])
def test_every_partner_in_real_prose_is_a_candidate(kind: str) -> None:
    found = [*partnered("planted_real", kind)]
    assert found
    assert all(found)


def test_every_planted_repetition_has_its_partner_as_a_candidate() -> None:
    assert all(partnered("planted", "repetition"))


def test_most_planted_contradictions_have_their_partner_as_a_candidate() -> None:
    assert sum(partnered("planted", "contradiction")) >= 2


def test_candidates_are_best_first_and_few_and_never_the_sentence_itself() -> None:
    for document, _ in documents("planted"):
        rows = candidates(document)
        sentences = [sentence for _, sentence in document.prose()]
        assert len(rows) == len(sentences)
        for index, row in enumerate(rows):
            scores = [candidate.similarity for candidate in row]
            assert len(row) <= CANDIDATES
            assert scores == sorted(scores, reverse=True)
            assert all(0 < score <= 1 for score in scores)
            assert all(candidate.index != index for candidate in row)
            assert all(sentences[candidate.index] == candidate.sentence for candidate in row)


def test_pairs_are_most_similar_first_each_once_and_in_document_order() -> None:
    for document, _ in documents("planted_real"):
        found = pairs(document, limit_per_1000_words=20)
        scores = [pair.similarity for pair in found]
        assert scores == sorted(scores, reverse=True)
        assert all(pair.first.span.end <= pair.second.span.start for pair in found)
        assert len({(pair.first.span, pair.second.span) for pair in found}) == len(found)
        assert 0 < len(found) <= 20 * document.words / 1000 + 1


def test_the_same_words_in_other_forms_are_alike() -> None:
    text = "The editors built two archives.\n\nThe weather was fine.\n\nAn editor is building the archive.\n"
    first = pairs(read(Text(text)), limit_per_1000_words=100)[0]
    assert (first.first.plain[:11], first.second.plain[:9]) == ("The editors", "An editor")


@pytest.mark.parametrize("text", ["", "One.\n", "# Only a heading\n", "```\ncode only\n```\n", "Yes. No. Yes. No.\n"])
def test_too_little_text_gives_no_pairs(text: str) -> None:
    assert pairs(read(Text(text)), limit_per_1000_words=50) == ()


@pytest.mark.parametrize(
    "forms",
    [
        "run runs running ran",
        "publish publishes published publishing",
        "story stories",
        "carry carries carried carrying",
        "make makes",
        "stop stops stopped stopping",
        "build built builds building",
        "careful carefully",
        "box boxes",
        "glass glasses",
    ],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize("word", ["this", "bus", "analysis", "sing", "red", "fly", "über", "naïve", "x"])
def test_words_without_an_ending_keep_their_beginning(word: str) -> None:
    assert word.startswith(stem(word)[:3])
