"""What code finds wrong with a draft, and how a draft is written as Markdown."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from copydesk.core.brief import Brief
from copydesk.core.citations.known import KnownSource, KnownSources
from copydesk.core.document import Format
from copydesk.core.draft.defects import Defect, Examiner, in_words, score, structure
from copydesk.core.draft.frame import Paragraph, Rendered
from copydesk.core.draft.ledger import Ledger, verbatim
from copydesk.core.draft.plan import Form, Plan, Point
from copydesk.core.draft.ratchet import Score
from copydesk.core.draft.render import Renderer, whole
from copydesk.core.draft.statement import Origin, Statement, fingerprint, length, next_id, words_in
from copydesk.core.draft.stored import decoded
from copydesk.core.draft.task import SectionTask, task_at
from copydesk.core.edit import applied, rewritten
from copydesk.core.evidence import Evidence, Source
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.quotes import StoredText
from copydesk.core.text import Span, Text

STORED = {
    "https://annals.example/": "The Lund canal was opened in 1825. It took eight years, and 340 men died of fever.",
    "https://survey.example/": "Since the survey of 1901 the canal has had 83 locks, each of them 4.5 metres wide.",
}
SOURCE = "# Canals\n\nCanals carry boats.\n\n## The Lund canal\n{}\n## Later\n\nThen came the railway.\n"


def source(url: str) -> Source:
    text = STORED[url]
    return Source(
        url.split("//")[1].split(".")[0].title(), url, "2026-01-02T03:04:05Z", sha256(text.encode()).hexdigest()
    )


def ledger() -> Ledger:
    found = []
    for url, text in STORED.items():
        for sentence in text.split(". "):
            start = text.index(sentence)
            end = start + len(sentence)
            found.append((Evidence(text[start:end], source(url), start, end), sentence))
    return Ledger().grown(found, 10_000)[0]


KNOWN = KnownSources(tuple(KnownSource(source(url), text) for url, text in STORED.items()))


def task_of(body: str = "", brief: Brief | None = None, format: Format = Format.MARKDOWN) -> SectionTask:
    text = SOURCE.format(body)
    found = task_at(read(Text(text), format), text.index("## The Lund"), brief or Brief(style="20 words"))
    assert found is not None
    return found


def said(*lines: tuple[str, ...], point: str = "P1") -> list[Statement]:
    origin = Origin("writer", 1)
    return [Statement(f"s{n}", text, tuple(spans), point, origin) for n, (text, *spans) in enumerate(lines, 1)]


PLAN = Plan((), (Point("P1", "the canal"), Point("P2", "its locks", Form.LIST)), 20)
FILLER = ("People of every trade in the town still walk along its banks on Sundays and feed the ducks.",)


def test_a_writer_is_told_of_faults_without_ids() -> None:
    task, sentence = task_of("\n- nine locks\n"), ("In 1953 the locks were new.", "S1", "N1")
    told = [in_words(one, said(sentence), ledger(), task) for one in found(sentence, task=task)]
    assert told[0] == "“In 1953 the locks were new.”: 1953 is in none of “Annals”, “nine locks”"
    assert "nothing was made of “nine locks”" in [
        in_words(one, said(FILLER), ledger(), task) for one in found(FILLER, task=task)
    ]


def found(*lines: tuple[str, ...], task: SectionTask | None = None, plan: Plan = PLAN) -> list[Defect]:
    task = task or task_of()
    examiner = Examiner(Renderer(task), ledger(), plan, KNOWN, instant(task.document))
    return list(examiner.defects(said(*lines)))


SOUND = [
    ("Boats have used it since 1825.", "S1"),
    ("Fever killed 340 of those who dug it.", "S2"),
    ("A boat passes 83 locks, which are 4.5 metres wide.", "S3"),
    ("Eight years of digging went into it.", "S2"),
    ("It had 83 locks when it was surveyed in 1901.", "S3"),
]


@pytest.mark.parametrize("line", SOUND)
def test_a_sentence_that_says_what_its_quotation_says_has_no_fault(line: tuple[str, ...]) -> None:
    assert found(line, FILLER) == []


FAULTY = {
    "another year": (("Boats have used it since 1852.", "S1"), "figure", True),
    "another number": (("Fever killed 430 of those who dug it.", "S2"), "figure", True),
    "a number of another quotation": (("It was opened with 83 locks.", "S1"), "figure", True),
    "a number of nobody": (("In 1852 somebody drowned in it.",), "figure", True),
    "a number that must be cited": (("Fever killed 340 of those who dug it.",), "figure", True),
    "nothing in common": (("Butter was sold at the market every Friday.", "S1"), "unrelated", False),
    "a denial": (("The Lund canal was not opened then.", "S1"), "unsupported", False),
    "a name": (("Zebulon Quark opened the Lund canal.", "S1"), "unsupported", False),
    "an overclaim": (("It is the best canal in the world.",), "CD104", False),
    "an authority": (("Studies show that experts agree on that.",), "CD102", False),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_sentence_that_says_more_has_a_fault(name: str) -> None:
    line, code, blocks = FAULTY[name]
    faults = found(line, FILLER)
    assert (code, "s1", blocks) in [(one.code, one.sentence, one.blocks) for one in faults], faults
    assert all(one.sentence != "s2" for one in faults)


def test_figures_that_the_writer_gave_need_no_source() -> None:
    task = task_of("\nThe canal cost 4,711 crowns.\n")
    assert found(("Those 4,711 crowns were soon paid back.",), FILLER, task=task) == []


def test_repetition_is_found_within_the_draft_and_against_what_stands() -> None:
    again = ("The heavy boats carried yellow grain to the city markets.",)
    assert [one.sentence for one in found(again, FILLER, again) if one.code == "repeated"] == ["s3"]
    task = task_of("\nHeavy boats carried the yellow grain to city markets.\n")
    assert [one.sentence for one in found(again, FILLER, task=task) if one.code == "repeated"] == ["s1"]


def test_copying_a_long_stretch_is_a_fault_and_quoting_it_is_none() -> None:
    words = "Since the survey of 1901 the canal has had 83 locks, each of them 4.5 metres wide"
    assert "copied" in {one.code for one in found((f"{words}.", "S3"), FILLER)}
    assert "copied" not in {one.code for one in found((f"The survey says: “{words}.”", "S3"), FILLER)}


@pytest.mark.parametrize(("words", "code"), [(20, None), (100, "short"), (9, "long")])
def test_a_length_that_is_far_off_is_a_fault_of_the_whole(words: int, code: str | None) -> None:
    faults = found(("Boats have used it since 1825.", "S1"), FILLER, plan=Plan((), PLAN.points, words))
    assert [one.code for one in faults] == ([code] if code else [])
    assert all(one.sentence == "" for one in faults)


def test_notes_that_are_left_out_are_a_fault() -> None:
    task = task_of("\n- the ducks\n- the ghosts\n")
    faults = found(("The ducks are fed by everybody.", "N1"), FILLER, task=task)
    assert [(one.code, one.message) for one in faults] == [("notes", "nothing was made of N2")]


def test_a_note_that_a_sentence_names_and_does_not_say_is_a_fault_of_that_sentence() -> None:
    task = task_of("\n- nine locks, rebuilt in 1953 by Anna Berg\n- the ducks\n")
    said = [("Nine locks were rebuilt by Anna Berg.", "N1"), ("The ducks are fed by everybody.", "N2")]
    faults = found(*said, FILLER, task=task)
    assert [(one.code, one.sentence, one.message) for one in faults] == [("notes", "s1", "of N1 it leaves out “1953”")]


def test_the_score_is_ten_three_and_one() -> None:
    faults = [Defect("figure", "", "s1", blocks=True), Defect("CD104", "", "s1"), Defect("short", "")]
    total = score(faults, [object(), object()])  # type: ignore[list-item]
    assert total == Score(1, 2, 2)
    assert total.total == 18


def body(
    statements: list[Statement], *, style: Any = "footnote", task: SectionTask | None = None, base: str = ""
) -> Rendered:
    return Renderer(task or task_of(), style, base).body(statements, PLAN, ledger())


def test_points_become_paragraphs_and_lists_in_the_order_of_the_plan() -> None:
    statements = [
        *said(("Locks lift boats.", "S3"), ("Gates hold water.",), point="P2"),
        *said(("It is old.", "S1"), ("It is deep.",)),
    ]
    text = body(statements).markdown
    assert text.startswith(
        "\nIt is old.[^annals] It is deep.\n\n- Locks lift boats.[^survey]\n- Gates hold water.\n\n[^annals]:"
    )
    assert text.endswith("\n\n")


def test_a_quotation_is_defined_once_however_often_it_is_cited() -> None:
    text = body(said(("It is old.", "S1"), ("It is very old.", "S1", "S3"))).markdown
    assert text.count("[^annals]:") == 1
    assert text.count("[^annals]") == 3
    assert "very old.[^annals][^survey]" in text


def test_links_stand_in_parentheses_before_the_full_stop() -> None:
    text = body(said(("It is old.", "S1", "S3"), ("Is it deep?", "S1")), style="link").markdown
    assert "It is old ([Annals](https://annals.example/)) ([Survey](https://survey.example/))." in text
    assert "Is it deep ([Annals](https://annals.example/))?" in text
    assert "[^" not in text


def test_a_mark_never_makes_an_image() -> None:
    assert "Look\\![^annals]" in body(said(("Look!", "S1"))).markdown


def test_sentences_of_scripts_without_spaces_stand_close() -> None:
    assert "運河は長い。水は深い。" in body(said(("運河は長い。",), ("水は深い。",))).markdown


def test_the_documents_own_list_marks_are_used() -> None:
    task = task_of()
    other = task_at(read(Text(task.document.text.source + "\n* one\n* two\n")), task.section.span.start, Brief())
    assert "* Gates hold." in body(said(("Gates hold.",), point="P2"), task=other).markdown


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "{0}", "{0}{0}"])
def test_the_end_of_a_file_stays_as_it_is(ending: str, last: str) -> None:
    text = f"# Lund{last.format(ending)}"
    task = task_at(read(Text(text)), 2, Brief())
    assert task is not None
    after = whole(task, body(said(("It is old.",)), task=task).markdown).source
    assert after.replace("\r\n", "\n").startswith("# Lund\n\nIt is old.")
    assert after.endswith("\n") == text.endswith("\n")


@pytest.mark.parametrize("under", ["", "\nIt is old.\n", "\n- one\n- two\n", "\nIt is old.[^1]\n\n[^1]: A note.\n"])
def test_R7_lines_end_as_those_of_the_document(under: str) -> None:
    text = SOURCE.format(under).replace("\n", "\r\n")
    task = task_at(read(Text(text)), text.index("## The Lund"), Brief())
    assert task is not None
    statements = [*said(("It is deep.", "S1")), *said(("Gates hold.", "S3"), ("Locks lift.",), point="P2")]
    rendered = body(statements, task=task)
    assert rendered.markdown.count("\n") == rendered.markdown.count("\r\n")
    for statement in statements:
        place = rendered.places[statement.id] if statement.point == "P2" else None
        assert place is None or rendered.markdown[place.start : place.end].startswith(statement.text)
    plain = body(statements, task=task_of(under)).markdown
    assert rendered.markdown.replace("\r\n", "\n") == plain
    assert "\n\n\n" not in plain
    edit = rewritten(task.document.text, task.body, rendered.markdown)
    assert edit is not None
    assert applied(task.document.text, edit) == whole(task, rendered.markdown).source


def test_local_sources_are_cited_by_a_path_from_the_document() -> None:
    text = "The canal is old and deep."
    local = Source("Notes", "file:///home/me/text/notes/canal.md", "2026-01-02T03:04:05Z", "a" * 64)
    grown = Ledger().grown([(Evidence(text, local, 0, len(text)), text)], 1000)[0]
    rendered = Renderer(task_of(), "footnote", "file:///home/me/text/post.md").body(
        said(("It is old.", "S1")), PLAN, grown
    )
    assert "[Notes](notes/canal.md)" in rendered.markdown
    assert "file:" not in rendered.markdown


def test_R11_a_draft_that_breaks_the_document_is_seen() -> None:
    task = task_of()
    sound = body(said(("It is old.", "S1")), task=task)
    assert structure(task, read(whole(task, sound.markdown)), sound, PLAN, {"P1"}) is None
    for text, fault in {
        "\n# New\n\nIt is old.\n\n": "the headings",
        "\nIt is old.\n\n```\n\n": "the headings",
        "\nIt is old.\n\n<!-- copydesk-disable -->\n\n": "what is no text",
        "\n![a](b) is old.\n\n": "bring in image",
        "\n[a](b) is old.\n\n": "bring in link",
        "\n<b>It</b> is old.\n\n": "bring in html",
    }.items():
        place = Paragraph("P1", text.strip(), (("s1", Span(0, len(text.strip()))),))
        found = structure(task, read(whole(task, text)), Rendered(text, (place,), (1,)), PLAN, {"P1"})
        assert found is not None and fault in found, (text, found)


def test_sub_headings_of_the_plan_are_one_level_deeper() -> None:
    plan = Plan((), (Point("P1", "x"), Point("P2", "y", heading="The locks")), 20)
    task = task_of()
    rendered = Renderer(task).body([*said(("It is old.",)), *said(("Gates hold.",), point="P2")], plan, ledger())
    assert "\n\n### The locks\n\nGates hold." in rendered.markdown
    assert structure(task, read(whole(task, rendered.markdown)), rendered, plan, {"P1", "P2"}) is None


def test_a_quotation_must_stand_at_its_place() -> None:
    text = STORED["https://annals.example/"]
    stored = StoredText(text, "k")
    good = Evidence(text[:34], source("https://annals.example/"), 0, 34)
    assert verbatim(good, stored)
    assert not verbatim(Evidence(text[:34], good.source, 1, 35), stored)
    assert not verbatim(Evidence("The Lund canal was opened in 1852.", good.source, 0, 34), stored)


@pytest.mark.parametrize(("text", "words"), [("one two", 2), ("運河は長い", 3), ("It is 運河 old", 4), ("", 0)])
def test_words_are_counted_in_scripts_without_spaces_too(text: str, words: int) -> None:
    assert length(text) == words


def test_statements_have_ids_of_their_own_and_are_told_by_what_they_say() -> None:
    statements = said(("It is old.",), ("It is deep.",))
    assert next_id(statements) == "s3"
    assert next_id([]) == "s1"
    assert words_in(statements) == 6
    assert fingerprint(statements) != fingerprint(statements[::-1])


@pytest.mark.parametrize("junk", [b"", b"{}", b"[]", b"null", b'{"version": 2}', b'{"version": 1, "draft": {}}'])
def test_what_is_no_draft_is_not_read_as_one(junk: bytes) -> None:
    assert decoded(junk) is None
