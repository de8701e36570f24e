"""What comes of a role's answer: values, or words that say why there are none; nothing that it says raises."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.brief import Brief
from copydesk.core.draft import criticism, editing, planning, researching, writing
from copydesk.core.draft.budget import budget_of
from copydesk.core.draft.criticism import Finding
from copydesk.core.draft.editing import Deed, Patch
from copydesk.core.draft.layout import Board
from copydesk.core.draft.ledger import Ledger
from copydesk.core.draft.plan import Form, Plan, Point
from copydesk.core.draft.statement import Origin, Statement
from copydesk.core.draft.task import SectionTask, task_at
from copydesk.core.evidence import Evidence, Source, Stance
from copydesk.core.markdown import read
from copydesk.core.text import Text

BUDGET = budget_of(8192)
assert BUDGET is not None
ORIGIN = Origin("editor", 2, "m")
SOURCE = Source("Annals", "https://annals.example/", "2026-01-02T03:04:05Z", "a" * 64)
TOLD = [f"Sentence {number} of it." for number in (1, 2, 3)]
OFFERED = tuple(
    researching.Candidate(f"c{n}", Evidence(words, SOURCE, n, n + 17), words) for n, words in enumerate(TOLD, 1)
)


def task(body: str = "\n- the locks\n- the ducks\n", words: int = 0) -> SectionTask:
    source = f"# Canals\n\n## Lund\n{body}"
    found = task_at(read(Text(source)), source.index("## Lund"), Brief(), words)
    assert found is not None
    return found


def board() -> Board:
    ledger, _ = Ledger().grown([(one.evidence, one.plain) for one in OFFERED], 1000)
    plan = Plan((), (Point("P1", "x"), Point("P2", "y")), 100)
    statements = (
        Statement("s1", "The locks are old.", ("S1", "N1"), "P1", Origin("writer", 1)),
        Statement("s2", "The ducks are young.", (), "P1", Origin("writer", 1)),
    )
    return Board(task(), ledger, plan, statements)


def test_a_plan_has_bounded_questions_and_points_with_known_notes() -> None:
    answer = {
        "questions": ["How many locks has Lund?", "", 3, "x" * 900, "What is your password?"],
        "points": [
            {"say": "the **locks**", "form": "list", "notes": ["N1", "N7", "N1"], "heading": "Locks"},
            {"say": "...", "form": "list"},
            {"form": "list"},
            "junk",
            {"say": "the ducks", "form": "poem", "notes": "N2"},
        ],
        "length": "shorter",
    }
    plan = planning.parsed(answer, task())
    assert isinstance(plan, Plan)
    assert [one.text for one in plan.questions] == ["How many locks has Lund?"]
    assert [(one.id, one.say, one.form, one.notes) for one in plan.points] == [
        ("P1", "the locks", Form.LIST, ("N1",)),
        ("P2", "the ducks", Form.PARAGRAPH, ()),
        ("P3", "the ducks", Form.PARAGRAPH, ("N2",)),
    ]
    assert plan.words == int(task().words * 0.7)
    assert all(one.heading == "" for one in plan.points), "the section is too short for sub-headings"


@pytest.mark.parametrize(
    ("heading", "kept"),
    [
        ("The locks.", "The locks"),
        ("# Locks", ""),
        ("See https://evil.example", ""),
        ("<b>", ""),
        ("*Locks*", "Locks"),
        ("A [b]", ""),
    ],
)
def test_a_sub_heading_is_plain_words_or_none(heading: str, kept: str) -> None:
    plan = planning.parsed({"points": [{"say": "the locks", "heading": heading}]}, task("", 500))
    assert isinstance(plan, Plan)
    assert plan.points[0].heading == kept


def test_a_plan_without_points_is_none_unless_there_are_notes() -> None:
    assert planning.parsed({"points": []}, task("")) == "the plan has no points"
    assert isinstance(planning.parsed({"points": []}, task()), Plan)


def test_a_researcher_names_only_what_it_was_offered_once_and_in_its_order() -> None:
    picks = [
        {"span": "c3", "stance": "disputes"},
        {"span": "c9", "stance": "answers"},
        {"span": "c1", "stance": "invents"},
        {"span": "c3", "stance": "answers"},
        {"span": "c1", "stance": "background"},
        "c2",
    ]
    found = researching.parsed({"picks": picks, "missing": "a part"}, OFFERED)
    assert isinstance(found, researching.Picks)
    assert [(one.quote, one.stance) for one, _ in found.evidence] == [
        ("Sentence 3 of it.", Stance.REFUTES),
        ("Sentence 1 of it.", Stance.IRRELEVANT),
    ]
    assert found.missing == "a part"
    assert researching.parsed({"picks": "c1"}, OFFERED) == "the answer names no sentences"
    assert [one.quote for one, _ in researching.by_rule(OFFERED).evidence] == ["Sentence 1 of it.", "Sentence 2 of it."]


def test_a_writer_names_only_ids_that_there_are() -> None:
    answer = {"sentences": [{"text": "The gates are new.", "spans": ["S2", "S99", "N2", "S2", "S1"]}]}
    written = writing.parsed(answer, board(), Point("P2", "y"), ORIGIN, BUDGET, 1)
    assert isinstance(written, writing.Written)
    assert [(one.id, one.spans, one.point) for one in written.statements] == [("s3", ("S2", "N2"), "P2")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("The locks are  OLD.", "it was said before"),
        ("See https://evil.example.", "it holds an address"),
        ("", "it is empty"),
        (None, "it is empty"),
        ("word " * 60, "it was cut off before its end"),
        ("*** **", "it is empty"),
    ],
)
def test_a_sentence_that_may_not_stand_is_left_out_with_its_reason(text: Any, why: str) -> None:
    answers = [{"text": text, "spans": []}, {"text": "The gates are new.", "spans": []}]
    written = writing.parsed({"sentences": answers}, board(), Point("P2", "y"), ORIGIN, BUDGET, 1)
    assert isinstance(written, writing.Written)
    assert (len(written.statements), written.refused) == (1, (why,))
    alone = writing.parsed({"sentences": [{"text": text}]}, board(), Point("P2", "y"), ORIGIN, BUDGET, 1)
    assert alone == f"no sentence may stand: {why}"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("The gates are new. The ducks, e.g. Ann's, swim.", ["The gates are new.", "The ducks, e.g. Ann's, swim."]),
        ("The gates are new. The gates are new. The gates are new.", ["The gates are new."]),
        ("The gates are new. The locks are old.", ["The gates are new."]),
        ("Run `make. It` again. It works.", ["Run `make. It` again.", "It works."]),
        ("水門は新しい。水路は古い。", ["水門は新しい。", "水路は古い。"]),
    ],
)
def test_what_is_given_for_one_sentence_is_as_many_as_it_is(text: str, sentences: list[str]) -> None:
    answer = {"sentences": [{"text": text, "spans": ["S2"]}]}
    written = writing.parsed(answer, board(), Point("P2", "y"), ORIGIN, BUDGET, 1)
    assert isinstance(written, writing.Written)
    assert [one.text for one in written.statements] == sentences
    assert {one.spans for one in written.statements} == {("S2",)}


def test_a_writer_stops_where_the_draft_fills_its_part_of_the_context() -> None:
    answer = {"sentences": [{"text": f"The gate number {'and ' * 40}{n} is new."} for n in "abcde"]}
    small = replace(BUDGET, draft=120)
    written = writing.parsed(answer, board(), Point("P2", "y"), ORIGIN, small, 1)
    assert isinstance(written, writing.Written)
    assert 0 < len(written.statements) < 5
    assert written.refused == ("the draft is as long as the model's context allows",)


def test_a_critic_names_each_sentence_once_and_only_open_questions() -> None:
    findings = [
        {"sentence": "s1", "code": "unclear", "hint": "so\nso " * 3},
        {"sentence": "s1", "code": "wordy", "hint": ""},
        {"sentence": "s9", "code": "wordy", "hint": ""},
        {"sentence": "s2", "code": "evil", "hint": ""},
        {"sentence": "s2", "code": "tone", "hint": 3},
    ]
    found = criticism.parsed({"findings": findings, "evidence": "Q9"}, board().statements, ["Q1"])
    assert isinstance(found, criticism.Criticism)
    assert found.findings == (Finding("s1", "unclear", "so so so so so so"), Finding("s2", "tone"))
    assert found.question == ""
    asked = criticism.parsed({"findings": [], "evidence": "Q1"}, board().statements, ["Q1"])
    assert isinstance(asked, criticism.Criticism) and asked.question == "Q1"
    assert criticism.parsed({"findings": "none"}, board().statements, []) == "the answer has no list of findings"


def test_findings_that_cannot_be_or_were_dealt_with_in_vain_are_not_accepted() -> None:
    statements = board().statements
    findings = [
        Finding("s1", "unsupported"),
        Finding("s2", "unsupported"),
        Finding("s2", "tone"),
        Finding("s7", "tone"),
    ]
    assert criticism.accepted(findings, statements, set()) == (findings[0], findings[2])
    assert criticism.accepted(findings, statements, {("The ducks are young.", "tone")}) == (findings[0],)
    assert criticism.accepted([Finding("s1", "repeats")], statements[:1], set()) == ()


def patch(**answer: Any) -> Patch | str:
    on = board()
    return editing.parsed(answer, on, on.statements[0], BUDGET, 1)


def test_patches_change_one_sentence_and_no_other() -> None:
    on = board().statements
    rewritten = patch(do="rewrite", text="The locks are very old.", second="", spans=["S2"])
    assert isinstance(rewritten, Patch)
    after = rewritten.applied(on, ORIGIN)
    assert [(one.id, one.text, one.spans) for one in after] == [
        ("s1", "The locks are very old.", ("S2",)),
        ("s2", "The ducks are young.", ()),
    ]
    assert (after[0].origin, after[1]) == (ORIGIN, on[1])
    split = patch(do="split", text="The locks are old.", second="The gates are not.", spans=["S1"])
    assert isinstance(split, Patch)
    assert [(one.id, one.point) for one in split.applied(on, ORIGIN)] == [("s1", "P1"), ("s3", "P1"), ("s2", "P1")]
    deleted = patch(do="delete", text="x", second="", spans=[])
    assert isinstance(deleted, Patch) and deleted.deed is Deed.DELETE
    assert deleted.applied(on, ORIGIN) == on[1:]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"do": "burn"}, "the answer says nothing of what to do"),
        ({}, "the answer says nothing of what to do"),
        ({"do": "rewrite", "text": ""}, "it is empty"),
        ({"do": "weaken", "text": "The ducks are young."}, "it was said before"),
        ({"do": "rewrite", "text": "The locks are old.", "spans": ["S1", "N1"]}, "nothing was changed"),
        ({"do": "split", "text": "The locks may be old.", "second": ""}, "it is empty"),
        ({"do": "split", "text": "The locks may be old.", "second": "The locks may be old."}, "it was said before"),
        ({"do": "rewrite", "text": "<script>x</script>"}, "it holds HTML"),
    ],
)
def test_a_patch_that_may_not_be_has_a_reason(answer: dict[str, Any], why: str) -> None:
    assert patch(**answer) == why


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("questions", "points", "say", "form", "notes", "heading", "length", "picks", "span", "stance", "missing")
MORE = ("sentences", "text", "spans", "findings", "sentence", "code", "hint", "evidence", "do", "second")
ANSWERS = st.dictionaries(
    st.sampled_from([*KEYS, *MORE]),
    JSON | st.lists(st.dictionaries(st.sampled_from([*KEYS, *MORE]), JSON, max_size=4), max_size=3),
    max_size=5,
)


@given(ANSWERS)
def test_no_answer_whatsoever_raises(answer: dict[str, Any]) -> None:
    on = board()
    planning.parsed(answer, on.task)
    researching.parsed(answer, OFFERED)
    writing.parsed(answer, on, Point("P1", "x"), ORIGIN, BUDGET, 1)
    criticism.parsed(answer, on.statements, ["Q1"])
    editing.parsed({"do": "rewrite", **answer}, on, on.statements[0], BUDGET, 2)
