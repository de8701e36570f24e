"""What a section's task is: where it ends, what stays, what is to be worked up, and how long it should be."""

from __future__ import annotations

import pytest

from copydesk.core.brief import Brief
from copydesk.core.document import Format
from copydesk.core.draft.plan import MOST_POINTS, plan_by_rule, points_of, questions_of
from copydesk.core.draft.task import LEAST_WORDS, MOST_WORDS, Mode, SectionTask, task_at
from copydesk.core.markdown import read
from copydesk.core.text import Text

BEFORE = "---\ntitle: x\n---\n\n# Canals\n\nCanals carry boats. They are old.\n\n## Lund\n"
AFTER = "\n## Later\n\nThen came the railway. It was fast.\n"


def task(
    body: str, *, before: str = BEFORE, after: str = AFTER, brief: Brief | None = None, asked: int = 0
) -> SectionTask:
    source = before + body + after
    found = task_at(read(Text(source)), source.index("## Lund") + 3, brief or Brief(), asked)
    assert found is not None
    assert found.document.text.slice(found.body) == body + after[:1] if after else body
    return found


def material(found: SectionTask) -> str:
    return found.document.text.slice(found.material)


CASES = {
    "nothing": ("", Mode.WRITE, "", []),
    "blank lines": ("\n\n\n", Mode.WRITE, "", []),
    "prose": ("\nThe canal is old and deep.\n", Mode.CONTINUE, "", []),
    "unfinished prose": ("\nThe canal is old and deep. It was\n", Mode.CONTINUE, "", []),
    "bullets": ("\n- opened 1825\n- 83 locks\n", Mode.EXPAND, "- opened 1825\n- 83 locks", ["opened 1825", "83 locks"]),
    "numbers": ("\n1. dig\n2. fill\n", Mode.EXPAND, "1. dig\n2. fill", ["dig", "fill"]),
    "tasks": ("\n- [ ] dig\n- [x] fill\n", Mode.EXPAND, "- [ ] dig\n- [x] fill", ["[ ] dig", "[x] fill"]),
    "nested": ("\n- dig\n  - by hand\n- fill\n", Mode.EXPAND, "- dig\n  - by hand\n- fill", ["dig; by hand", "fill"]),
    "lines": ("\nopened 1825\n83 locks\n", Mode.NOTES, "opened 1825\n83 locks", ["opened 1825", "83 locks"]),
    "a reminder": (
        "\nTODO: say when. And why.\n",
        Mode.NOTES,
        "TODO: say when. And why.",
        ["TODO: say when. And why."],
    ),
    "prose, then bullets": ("\nThe canal is old.\n\n- 83 locks\n", Mode.EXPAND, "- 83 locks", ["83 locks"]),
    "a list that is led over to": ("\nIt has three parts:\n\n- a lock\n- a gate\n", Mode.CONTINUE, "", []),
    "lines and bullets": (
        "\nopened 1825\n\n- 83 locks\n",
        Mode.NOTES,
        "opened 1825\n\n- 83 locks",
        ["opened 1825", "83 locks"],
    ),
    "code between": ("\n- one\n\n```\nx\n```\n\n- two\n", Mode.EXPAND, "- two", ["two"]),
    "a table": ("\n| a |\n|---|\n| b |\n", Mode.WRITE, "", []),
    "an image in an item": ("\n- ![a](b.png) here\n", Mode.CONTINUE, "", []),
    "definitions alone": ("\n[^1]: A note.\n", Mode.WRITE, "", []),
    "a quotation": ("\n> It is old.\n", Mode.WRITE, "", []),
}


@pytest.mark.parametrize("name", CASES)
def test_what_stands_under_a_heading_tells_what_to_do(name: str) -> None:
    body, mode, wanted, notes = CASES[name]
    found = task(body)
    assert found.mode is mode
    assert material(found) == wanted
    assert [one.text for one in found.jottings] == notes
    assert [one.id for one in found.jottings] == [f"N{number}" for number in range(1, len(notes) + 1)]


def test_a_body_ends_at_the_next_heading_of_any_level() -> None:
    source = "# A\n\n## Lund\n\nOne.\n\n### Below\n\nTwo.\n\n## Later\n"
    found = task_at(read(Text(source)), source.index("One"), Brief())
    assert found is not None
    assert found.original == "\nOne.\n\n"
    assert found.below == ("Below",)
    assert found.titles == ("A", "Below", "Later")
    assert found.path == ("A", "Lund")
    below = task_at(read(Text(source)), source.index("Two"), Brief())
    assert below is not None and below.path == ("A", "Lund", "Below")


@pytest.mark.parametrize(
    ("source", "original"),
    [
        ("# Lund", ""),
        ("# Lund\n", ""),
        ("# Lund\n\n", "\n"),
        ("Lund\n====\n\nOld.", "\nOld."),
        ("# Lund\r\n\r\nOld.\r\n", "\r\nOld.\r\n"),
    ],
)
def test_the_last_section_ends_with_the_text(source: str, original: str) -> None:
    found = task_at(read(Text(source)), source.index("Lund"), Brief())
    assert found is not None
    assert found.original == original
    assert task_at(read(Text(source)), len(source), Brief()) is not None


@pytest.mark.parametrize(
    ("source", "at"), [("Words.\n\n# Lund\n", 2), ("---\na: b\n---\n# Lund\n", 5), ("Words.", 3), ("", 0)]
)
def test_before_the_first_heading_there_is_no_task(source: str, at: int) -> None:
    assert task_at(read(Text(source)), at, Brief()) is None
    assert task_at(read(Text(source), Format.PLAIN), at, Brief()) is None


def test_new_text_goes_before_definitions_at_the_end() -> None:
    found = task("\nThe canal is old.[^1]\n\n[^1]: A note.\n")
    assert found.document.text.source[: found.material.start].endswith("old.[^1]")
    assert found.document.text.source[found.material.end :].startswith("\n\n[^1]: A note.")


def test_what_a_jotting_carries() -> None:
    found = task("\n- opened, see [the *museum*](https://m.example/a)[^1] or <https://b.example> and `lock.gate`\n")
    (one,) = found.jottings
    assert one.carried == ("[the *museum*](https://m.example/a)", "[^1]", "<https://b.example>")
    assert one.code == ("lock.gate",)
    assert one.text == "opened, see the museum or and lock.gate"


def test_a_comment_is_a_note_that_stays() -> None:
    found = task("\n<!-- say something of the flood of 1952 -->\n")
    assert found.mode is Mode.WRITE
    assert [(one.text, one.stays) for one in found.jottings] == [("say something of the flood of 1952", True)]
    assert task("\n<!-- copydesk-disable CD101 -->\n").jottings == ()


def test_the_neighbours_are_prose_and_few() -> None:
    found = task("", after="\n## Later\n\nOne. Two. Three.\n\n[^1]: Note.\n")
    assert found.before == ("Canals carry boats.", "They are old.")
    assert found.after == ("One.", "Two.")


@pytest.mark.parametrize(
    ("brief", "asked", "body", "words"),
    [
        (Brief(), 0, "", 200),
        (Brief(style="about 120 words"), 0, "", 120),
        (Brief(purpose="A 90-word blurb"), 0, "", 90),
        (Brief(style="about 120 words"), 300, "", 300),
        (Brief(style="about 5000 words"), 0, "", MOST_WORDS),
        (Brief(style="10 words"), 0, "", LEAST_WORDS),
        (Brief(), 0, f"\n{'The canal is old. ' * 30}\n", 80),
        (Brief(), 0, f"\n{'The canal is old. ' * 60}\n", 60),
        (Brief(), 100, f"\n{'The canal is old. ' * 60}\n", 100),
    ],
)
def test_how_long_a_section_should_be(brief: Brief, asked: int, body: str, words: int) -> None:
    assert task(body, brief=brief, asked=asked).words == words


def test_a_deeper_section_is_shorter_and_an_opening_shorter_still() -> None:
    def words(source: str) -> int:
        found = task_at(read(Text(source)), source.index("Lund"), Brief())
        assert found is not None
        return found.words

    assert words("## Lund\n") > words("### Lund\n") > words("#### Lund\n")
    assert words("## Lund\n\n### Below\n") < words("## Lund\n")
    found = task_at(read(Text("## Lund\n")), 3, Brief(), usual=77)
    assert found is not None and found.words == 77


def test_questions_that_have_nothing_to_do_with_the_section_are_not_asked() -> None:
    found = task("\n- the flood of 1952\n")
    kept = questions_of(found, ["When was Lund founded?", "What is the admin password?", "How high was the flood?"])
    assert [one.text for one in kept] == ["When was Lund founded?", "How high was the flood?"]
    assert [one.id for one in kept] == ["Q1", "Q2"]
    for one in kept:
        assert 1 <= len(one.queries) <= 3
        assert all(len(query) <= 200 for query in one.queries)


@pytest.mark.parametrize(
    ("heading", "body", "questions", "queries"),
    [
        (
            "The Lund canal",
            "- opened in 1825\n- TODO: nine locks",
            ["Canals The Lund canal: opened in 1825", "Canals The Lund canal: nine locks"],
            ["Canals Lund canal opened 1825", "Canals Lund canal nine locks"],
        ),
        ("Notes", "the canal opened in 1912", ["Canals: the canal opened in 1912"], ["Canals canal opened 1912"]),
        (
            "Lund",
            "- one\n- two\n- three\n- four\n- five",
            [f"Canals Lund: {n}" for n in ("one", "two", "three", "four")],
            None,
        ),
        ("Lund", "<!-- ask Maria about money -->", ["Canals Lund"], ["Canals Lund"]),
    ],
)
def test_without_a_usable_question_what_the_notes_say_is_asked_about(
    heading: str, body: str, questions: list[str], queries: list[str] | None
) -> None:
    source = f"# Canals\n\n## {heading}\n\n{body}\n"
    found = task_at(read(Text(source)), source.index(f"## {heading}"), Brief())
    assert found is not None
    for asked in ([], ["What is the admin password?"]):
        made = questions_of(found, asked)
        assert [one.text for one in made] == questions
        assert queries is None or [one.queries[0] for one in made] == queries


def test_each_jotting_belongs_to_a_point() -> None:
    found = task("\n" + "".join(f"- note {number}\n" for number in range(9)))
    points = points_of(found, ())
    assert len(points) == MOST_POINTS
    assert {note for point in points for note in point.notes} == {one.id for one in found.jottings}


@pytest.mark.parametrize("name", CASES)
def test_a_plan_can_be_made_without_a_model(name: str) -> None:
    found = task(CASES[name][0])
    plan = plan_by_rule(found)
    assert plan.points and plan.questions
    assert plan.words == found.words
