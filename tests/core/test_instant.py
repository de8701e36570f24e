"""The instant checks over whole documents: what they find, what they leave alone, and that history does not matter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.core.document import Format
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Span, Text
from copydesk.core.view import distinct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.note import Note

DATA = Path(__file__).parents[1] / "data"
LEXICAL = {"CD101", "CD102", "CD104", "CD402", "CD403"}
PLANTED = [path.stem for path in sorted((DATA / "planted").glob("*.json"))]
REAL = [path.stem for path in sorted((DATA / "planted_real").glob("*.json"))]


def labelled(folder: str, name: str) -> tuple[tuple[Note, ...], str, dict[str, Any]]:
    path = DATA / folder / name
    source = path.with_suffix(".md").read_bytes().decode("utf-8")
    labels = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return instant(read(Text(source))).notes, source, labels


def on(notes: tuple[Note, ...], source: str, sentence: str) -> Iterator[Note]:
    start = source.index(sentence)
    place = Span(start, start + len(sentence))
    return (note for note in notes if note.anchor.span.overlaps(place))


def test_planted_lexical_flaws_are_found() -> None:
    found = total = 0
    for name in PLANTED:
        notes, source, labels = labelled("planted", name)
        for flaw in labels["flaws"]:
            if flaw["code"] in LEXICAL:
                accepted = {flaw["code"], *flaw["also_accept"]}
                total += 1
                found += any(note.code in accepted for note in on(notes, source, flaw["sentence"]))
    assert total == 15
    assert found >= 14


def test_decoys_are_left_alone() -> None:
    hits = 0
    for name in PLANTED:
        notes, source, labels = labelled("planted", name)
        hits += sum(any(on(notes, source, decoy["sentence"])) for decoy in labels["decoys"])
    assert hits <= 1


def test_edited_prose_is_left_alone() -> None:
    words = flags = 0
    for path in sorted((DATA / "clean_prose").glob("*/*.md")):
        document = read(Text(path.read_bytes().decode("utf-8")))
        words += document.words
        flags += len(distinct(instant(document).notes))
    assert words > 15_000
    assert flags <= 2 * words / 1000


@pytest.mark.parametrize("name", REAL)
def test_copied_sentences_in_real_prose_are_named(name: str) -> None:
    notes, _, labels = labelled("planted_real", name)
    for flaw in labels["flaws"]:
        place = Span(flaw["start"], flaw["end"])
        found = [note for note in notes if note.code == flaw["code"] and note.anchor.span.overlaps(place)]
        partner = Span(flaw["related"]["start"], flaw["related"]["end"])
        assert found, flaw["sentence"]
        assert found[0].related[0].anchor.span.overlaps(partner)


def test_a_note_stands_on_its_whole_sentence() -> None:
    text = Text("First. Studies show that\nthis works. Last.\n")
    (note,) = instant(read(text)).notes
    assert note.anchor.quote == "Studies show that\nthis works."
    assert text.slice(note.anchor.span) == note.anchor.quote
    assert note.provenance.agent == "instant"
    assert "“Studies show”" in note.message


@pytest.mark.parametrize(
    "text",
    [
        "> Studies show that this works.\n",
        "# Studies show that this works\n",
        "| Studies show that this works. |\n| --- |\n| About 70% of rewrites fail. |\n",
        "```\nStudies show that this works.\n```\n",
        "---\ntitle: Studies show that this works.\n---\n",
        "Write `Studies show that this works.` in the box.\n",
        "She said: “Studies show that this works.”\n",
        "",
    ],
)
def test_what_is_not_the_writers_own_prose_is_left_alone(text: str) -> None:
    assert instant(read(Text(text))).notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "* Studies **show** that this\n  works.\n",
        "> [!NOTE]\n> Studies\n> show that this works.\n",
        "Text.[^1]\n\n[^1]: Studies show that this works.\n",
        "Some _studies_ show that 🎉 works.\r\n",
    ],
)
def test_markup_and_line_ends_hide_nothing(text: str) -> None:
    assert [note.code for note in instant(read(Text(text))).notes] == ["CD102"]


def test_plain_text_is_checked_too() -> None:
    notes = instant(read(Text("Studies show that this works."), Format.PLAIN)).notes
    assert [note.code for note in notes] == ["CD102"]


def test_known_terms_are_not_explained() -> None:
    document = read(Text("The RTO is low, and the WAL is long.\n"))
    assert [note.code for note in instant(document).notes] == ["CD401", "CD401"]
    assert instant(document, frozenset({"rto", "WAL"})).notes == ()


def test_a_term_explained_later_points_to_the_explanation() -> None:
    text = Text("Check the QSA first.\n\nThe qualified security assessor (QSA) signs.\n")
    (note,) = instant(read(text)).notes
    assert note.code == "CD401"
    assert note.related[0].anchor.quote == "The qualified security assessor (QSA) signs."


PIECES = st.sampled_from(
    [
        "Studies show that this works. ",
        "About 70% of rewrites fail. ",
        "The [survey](https://example.org) says so. ",
        "The queue keeps messages for seven days. ",
        "The queue keeps messages for three days. ",
        "The queue does not keep messages for seven days. ",
        "It was decided to wait. ",
        "Raise the RTO now. ",
        "The recovery time objective (RTO) is low. ",
        "rto ",
        "h\u200bidden ",
        "> quoted ",
        "- item: ",
        "# Heading ",
        "[a]: https://example.org ",
        "[a] ",
        "```",
        "`",
        "“",
        "\n",
        "\n\n",
        " ",
        "x",
        "",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=14), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 40), PIECES), max_size=4))
def test_an_edit_gives_what_a_reading_from_scratch_gives(pieces: list[str], edits: list[tuple[int, int, str]]) -> None:
    source = "".join(pieces)
    document = read(Text(source))
    reading = instant(document)
    for start, length, words in edits:
        start = min(start, len(source))
        source = source[:start] + words + source[start + length :]
        document = read(Text(source), previous=document)
        reading = instant(document, previous=reading)
        assert reading.notes == instant(read(Text(source))).notes


@pytest.mark.parametrize("name", PLANTED)
def test_edits_all_over_a_document_give_what_a_reading_from_scratch_gives(name: str) -> None:
    source = (DATA / "planted" / name).with_suffix(".md").read_bytes().decode("utf-8")
    document = read(Text(source))
    reading = instant(document)
    for start in range(0, len(source), 397):
        source = source[:start] + " not 12% " + source[start + 3 :]
        document = read(Text(source), previous=document)
        reading = instant(document, previous=reading)
        assert reading.notes == instant(read(Text(source))).notes


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (
            "The [census](https://example.org) says:\n\n- 14% of households agree.\n",
            "[census](https://example.org)",
            "census",
        ),
        ("About 70% of rewrites [fail][a].\n\n[a]: https://example.org\n", "[a]: ", ""),
        (
            "Raise the RTO now.\n\nThe recovery time objective (RTO) is low.\n",
            "The recovery time objective (RTO)",
            "It",
        ),
        ("The queue keeps messages for seven days.\n\nThe queue keeps messages for seven days.\n", "seven", "three"),
        (
            "The queue keeps messages for seven days.\n\nRain fell.\n\nCameras need light.\n",
            "Rain fell.",
            "The queue keeps messages for seven days.",
        ),
        (
            f"Cameras need light.\n\n{2 * 'The queue keeps messages for seven days.  '}\n",
            "The queue keeps messages for seven days.",
            "Rain fell.",
        ),
        ("Rain fell on the roof.\n", "roof", "ro\u200bof"),
        ("Rain fell on the ro\u200bof.\n", "\u200b", ""),
    ],
)
def test_an_edit_elsewhere_is_noticed(text: str, before: str, after: str) -> None:
    assert before in text
    document = read(Text(text))
    reading = instant(document)
    changed = text.replace(before, after, 1)
    edited = instant(read(Text(changed), previous=document), previous=reading)
    assert edited.notes == instant(read(Text(changed))).notes
    assert [note.message for note in edited.notes] != [note.message for note in reading.notes]


def test_unchanged_passages_are_not_read_again() -> None:
    first = read(Text("Studies show that this works.\n\nThe file is small.\n"))
    reading = instant(first)
    second = read(Text("Indeed.\n\nStudies show that this works.\n\nThe file is small.\n"), previous=first)
    again = instant(second, previous=reading)
    kept = {key: value for key, value in again.memo.items() if key in reading.memo}
    assert len(kept) == 2
    assert all(value is reading.memo[key] for key, value in kept.items())
