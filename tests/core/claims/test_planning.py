"""A claim on its own feet, its parts, and the queries made of it."""

from __future__ import annotations

import pytest

from copydesk.core.claims import parts, queries
from copydesk.core.claims.claim import Claim, claim_at
from copydesk.core.claims.selfcontained import Context, context_of, faithful, points_elsewhere, with_topic
from copydesk.core.markdown import read
from copydesk.core.text import Span, Text
from copydesk.research.planning import plan_by_rule

SOURCE = """---
title: Ships
---
# Ships

## Background

The *Sea Lark* was built in 1904. It sank in a storm.

## The Sea Lark

It was raised in 1950, and the owner, Ann Berg, sold it. See [the log](https://example.org/log) for `Sea Lark`.
"""


def at(source: str, words: str) -> Span:
    start = source.index(words)
    return Span(start, start + len(words))


@pytest.mark.parametrize(
    ("selected", "text"),
    [
        ("sank in", "It sank in a storm."),
        ("It sank in a", "It sank in a"),
        ("t sank in a stor", "It sank in a storm"),
        ("was built in 190", "was built in 1904"),
        ("*Sea Lark* was built", "Sea Lark was built"),
        ("built in 1904. It sank", "The Sea Lark was built in 1904. It sank in a storm."),
    ],
)
def test_a_claim_is_the_sentence_or_what_is_selected_of_it(selected: str, text: str) -> None:
    claim = claim_at(read(Text(SOURCE)), at(SOURCE, selected))
    assert claim is not None
    assert claim.text == text


@pytest.mark.parametrize("words", ["## Background", "title: Ships"])
def test_there_is_no_claim_in_a_heading_or_front_matter(words: str) -> None:
    assert claim_at(read(Text(SOURCE)), at(SOURCE, words)) is None


def test_a_cursor_at_either_end_of_a_sentence_means_that_sentence() -> None:
    document = read(Text("First here. Second there.\n"))
    assert [claim.text for place in (0, 5, 10, 12, 25) if (claim := claim_at(document, Span(place, place)))] == [
        "First here.", "First here.", "First here.", "Second there.", "Second there.",
    ]  # fmt: skip


def test_the_context_is_the_headings_above_and_the_sentences_before_in_the_section() -> None:
    document = read(Text(SOURCE))
    assert context_of(document, at(SOURCE, "It sank")) == Context(
        ("Ships", "Background"), ("The Sea Lark was built in 1904.",)
    )
    assert context_of(document, at(SOURCE, "It was raised")).before == ()


@pytest.mark.parametrize(
    ("source", "titles"),
    [
        ("# Canal\n\nIt was opened in 1912.\n", ("Canal",)),
        ("\ufeff# Canal\n\nIt was opened in 1912.\n", ("Canal",)),
        ("Canal\n=====\nIt was opened in 1912.\n", ("Canal",)),
        ("It was opened in 1912.\n\n# Canal\n", ()),
        ("---\ntitle: The Lund canal\n---\n\nIt was opened in 1912.\n", ("The Lund canal",)),
        ("---\ntitle: 'Lund''s: canal' # new\n---\n## Locks\n\nIt was opened in 1912.\n", ("Lund's: canal", "Locks")),
        ("---\ntitle: >-\n  The Lund\n  canal\ndate: 1\n---\nIt was opened in 1912.\n", ("The Lund canal",)),
        ("---\nmenu:\n  title: No\n---\n\nIt was opened in 1912.\n", ()),
        ("---\ntitle: [No, title]\n---\n\nIt was opened in 1912.\n", ()),
        ("---\ntitle: {broken\n---\n\nIt was opened in 1912.\n", ()),
        ('+++\ntitle = "The Lund canal"\n+++\n\nIt was opened in 1912.\n', ("The Lund canal",)),
        ("+++\n[menu]\ntitle = 'No'\n+++\n\nIt was opened in 1912.\n", ()),
        ("---\ntitle: Ships\n---\n\n# Canal\n\nIt was opened in 1912.\n", ("Canal",)),
    ],
)
def test_the_title_of_a_document_is_the_context_of_its_introduction(source: str, titles: tuple[str, ...]) -> None:
    assert context_of(read(Text(source)), at(source, "It was")).titles == titles


@pytest.mark.parametrize(
    ("claim", "titles", "told"),
    [
        ("It was raised in 1950.", ("Ships", "The Sea Lark"), "Ships › The Sea Lark: It was raised in 1950."),
        ("It was raised in 1950.", ("Ships", "Background"), "Ships: It was raised in 1950."),
        ("The Sea Lark was raised in 1950.", ("Ships",), "The Sea Lark was raised in 1950."),
        ("The company closed in 1950.", ("Introduction",), "The company closed in 1950."),
        ("The company closed in 1950.", ("Berg & Sons",), "Berg & Sons: The company closed in 1950."),
        ("That ship sank.", ("Sea Lark",), "Sea Lark: That ship sank."),
    ],
)
def test_without_a_model_the_subject_of_the_section_stands_in_front(
    claim: str, titles: tuple[str, ...], told: str
) -> None:
    assert with_topic(claim, Context(titles)) == told


@pytest.mark.parametrize(
    ("claim", "asked"),
    [
        ("Note that the canal was opened in 1912.", "the canal was opened in 1912."),
        ("Remember, the canal was opened in 1912.", "the canal was opened in 1912."),
        ("Keep in mind that it was opened in 1912.", "Canals: it was opened in 1912."),
    ],
)
def test_what_only_calls_upon_readers_is_neither_asked_nor_searched_for(claim: str, asked: str) -> None:
    plan = plan_by_rule(Claim(Span(0, len(claim)), claim, Context(("Canals",))))
    assert plan.asked == asked
    assert not any("Note" in query or "Remember" in query or "mind" in query for query in plan.queries)


@pytest.mark.parametrize("claim", ["Iron rusts.", "Berg sold 12 ships in 1950.", "Thistles grow there."][:2])
def test_a_claim_that_points_to_nothing_stands_on_its_own(claim: str) -> None:
    assert not points_elsewhere(claim)


CONTEXT = Context(("Ships", "The Sea Lark"), ("The Sea Lark was built in 1904 by Berg.", "It did not sail far."))


@pytest.mark.parametrize(
    ("claim", "answer", "accepted"),
    [
        ("It was raised in 1950.", "The Sea Lark was raised in 1950.", True),
        ("It was raised in 1950.", "The Sea Lark, built by Berg, was raised in 1950.", True),
        ("It was raised in 1950.", "The Sea Lark was raised in 1951.", False),
        ("It was raised in 1950.", "The Sea Lark was raised in 1950 by divers.", False),
        ("It was raised in 1950.", "The Sea Lark was not raised in 1950.", False),
        ("It was never raised.", "The Sea Lark was raised.", False),
        ("It was raised in 1950.", "The Sea Lark.", False),
        ("It was raised in 1950.", "", False),
        ("It was raised in 1950.", "The Sea Lark was raised in 1950.\nIgnore this.", False),
        ("It was raised in 1950.", "The Sea Lark was raised in 1950. " * 20, False),
        ("It was raised in 1950.", "The Titanic was raised in 1950.", False),
    ],
)
def test_a_models_own_words_count_only_if_they_say_the_same(claim: str, answer: str, accepted: bool) -> None:
    assert faithful(claim, answer, CONTEXT) is accepted


@pytest.mark.parametrize(
    ("claim", "split"),
    [
        ("The ship sank in 1904.", 1),
        ("The ship was built in 1904, and it sank in 1950.", 2),
        ("Berg built the ship in 1904; Anna Lund sold it in 1950; it sank in 1960.", 3),
        ("Berg wrote, painted and sailed in 1904.", 1),
        ("The ship was built in 1904, and nobody cared.", 1),
        ("A was 1, but B was 2, and C was 3, while D was 4, and E was 5.", 1),
        ("The dam is 40 metres high, while the tower is 12 metres high.", 2),
    ],
)
def test_only_sentences_of_two_or_three_clear_facts_are_split(claim: str, split: int) -> None:
    found = parts.by_rule(claim)
    assert len(found) == split
    assert split > 1 or found == (claim,)


def test_a_clause_that_stands_alone_has_the_subject_of_the_first() -> None:
    assert parts.by_rule("The ship was built in 1904, and it sank in 1950.") == (
        "The ship was built in 1904.",
        "The ship sank in 1950.",
    )


@pytest.mark.parametrize(
    ("facts", "accepted"),
    [
        (("Berg built the ship in 1904.", "Berg sold the ship in 1950."), True),
        (("Berg built the ship in 1904.",), False),
        (("Berg built the ship in 1904.", "Berg sold the ship in 1951."), False),
        (("Berg built the ship in 1904.", "Berg sold the old ship in 1950."), False),
        (("Berg built the ship.", "Berg sold the ship in 1950."), False),
        (("Berg built the ship in 1904 and sold it in 1950.", "Berg sold the ship in 1950."), False),
        (("Berg did not build the ship in 1904.", "Berg sold the ship in 1950."), False),
    ],
)
def test_a_models_split_counts_only_if_it_says_the_claims_words_and_no_others(
    facts: tuple[str, ...], accepted: bool
) -> None:
    assert parts.faithful("Berg built the ship in 1904 and sold it in 1950.", facts) is accepted


def test_queries_by_rule_hold_the_telling_words_and_the_names() -> None:
    claim = "In 1904, the shipyard of Berg & Sons in Port Ellen launched the Sea Lark."
    first, second = queries.by_rule(claim, Context(("Ships",)))
    assert first == "1904 shipyard Berg Sons Port Ellen launched Sea Lark"
    assert "Berg" in second
    assert "Sea Lark" in second


@pytest.mark.parametrize("words", ["The canal at Lund was opened in 1912.", "nobody knows why it sank", "Iron rusts."])
def test_R30_headings_are_searched_for_only_with_a_claim_that_points_to_them(words: str) -> None:
    sent = queries.by_rule(words, Context(("Why we let Bob Miller go", "Costs"), ("Ann Berg knows.",)))
    told = " ".join(sent)
    assert ("Bob Miller" in told) is points_elsewhere(words)
    assert "Berg" not in told
    assert sent


@pytest.mark.parametrize(
    ("proposed", "kept"),
    [
        (["Sea Lark launch"], True),
        (["best cruise holidays"], False),
        (["the secret plans in my diary about Sea Lark"], False),
        ([""], False),
    ],
)
def test_a_models_query_must_keep_to_the_claim(proposed: list[str], kept: bool) -> None:
    claim = "The Sea Lark was launched in 1904."
    rules = queries.by_rule(claim, Context())
    assert (proposed[0] in queries.with_models(claim, rules, proposed)) is kept


def test_R30_queries_are_few_short_and_printable() -> None:
    claim = "The Sea Lark " + "was launched with Ann Berg in Port Ellen and " * 50 + "sank in 1904."
    rules = queries.by_rule(claim, Context())
    sent = queries.with_models(claim, rules, ["Sea\x00 Lark\u202e " * 60, "Ann Berg", "Port Ellen", "Lark 1904"])
    assert 1 <= len(sent) <= queries.MOST
    assert all(0 < len(query) <= queries.LONGEST and query.isprintable() for query in sent)
    assert queries.by_rule("塔は1892年に建てられた。", Context())
