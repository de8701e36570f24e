"""Who made which sentence: known by its words after edits before, after and inside, and after it was moved."""

from __future__ import annotations

import re

import pytest

from copydesk.core.document import Document
from copydesk.core.draft.statement import Origin
from copydesk.core.markdown import read
from copydesk.core.note import anchored
from copydesk.core.provenance import DraftProvenance, Share, disclosure, made_at, newest, percentage, share, standing
from copydesk.core.running import running
from copydesk.core.text import Span, Text

MODEL = Origin("writer", 1, "llama3.1:8b", "a" * 64, "p")
OTHER = Origin("editor", 2, "gpt-oss:20b", "b" * 64, "p")


def doc(source: str) -> Document:
    return read(Text(source))


def at(source: str, words: str) -> Span:
    start = source.index(words)
    return Span(start, start + len(words))


def recorded(source: str, *sentences: str, origin: Origin = MODEL) -> tuple[DraftProvenance, ...]:
    """Return the records of sentences of a document, each at its first place."""
    text = running(doc(source))
    made = []
    for words in sentences:
        span = text.inner(at(source, words))
        made.append(DraftProvenance(anchored(text.text, span), origin))
        assert made[-1].words, words
    return tuple(made)


OWN = "The mill is mine. I like it."
ONE = "The mill at Lund was built by Anna Berg in the year 1790."
TWO = "It has four wheels."
SOURCE = f"# Mills\n\n{OWN}\n\n{ONE} {TWO}\n\nAnother paragraph of mine ends it.\n"
MADE = recorded(SOURCE, ONE, TWO)


def left(source: str, made: tuple[DraftProvenance, ...] = MADE) -> list[str]:
    """Return the drafted sentences that stand, as they are written in the source at the place that is known."""
    return [
        source[one.span.start : one.span.end] if one.span is not None else "?"
        for one in standing(running(doc(source)), made)
        if one.verbatim
    ]


@pytest.mark.parametrize(
    ("what", "source", "stands"),
    [
        ("as it was", SOURCE, [ONE, TWO]),
        ("before", "A new opening.\n\n" + SOURCE, [ONE, TWO]),
        ("after", SOURCE + "\nAnd more.\n", [ONE, TWO]),
        ("right before", SOURCE.replace(ONE, "Yes. " + ONE), [ONE, TWO]),
        ("between", SOURCE.replace(TWO, "I saw it. " + TWO), [ONE, TWO]),
        ("one changed", SOURCE.replace("four", "five"), [ONE]),
        ("the other changed", SOURCE.replace("1790", "1791"), [TWO]),
        ("a comma added", SOURCE.replace("Berg in", "Berg, in"), [TWO]),
        ("appended to", SOURCE.replace("1790.", "1790, they say."), [TWO]),
        ("both removed", SOURCE.replace(f"{ONE} {TWO}\n\n", ""), []),
        ("moved to the end", SOURCE.replace(f"{ONE} {TWO}\n\n", "") + f"\n{ONE} {TWO}\n", [ONE, TWO]),
        ("moved into a list", SOURCE.replace(f"{ONE} {TWO}", f"- {ONE} {TWO}\n- Mine"), [ONE, TWO]),
        ("a short one moved alone", SOURCE.replace(f" {TWO}", "") + f"\nHm. {TWO} Well.\n", [ONE]),
        ("a long one moved alone", SOURCE.replace(f"{ONE} ", "") + f"\nHm. {ONE} Well.\n", [ONE, TWO]),
        ("front matter", "---\ntitle: x\n---\n\n" + SOURCE, [ONE, TWO]),
        ("crlf", SOURCE.replace("\n", "\r\n"), [ONE, TWO]),
    ],
    ids=lambda one: one if isinstance(one, str) and len(one) < 30 else "",
)
def test_a_sentence_is_known_by_its_words(what: str, source: str, stands: list[str]) -> None:
    assert left(source) == stands


@pytest.mark.parametrize(
    "written",
    [
        "The mill at Lund was built\nby Anna Berg in the year 1790.",
        "The mill at Lund was built by *Anna Berg* in the **year 1790**.",
        "The [mill at Lund](https://lund.example) was built by Anna Berg in the year 1790.[^a]",
        "The mill at Lund was built by Anna Berg in the year 1790 .",
        "  The mill at  Lund was built by Anna Berg in the year 1790.",
    ],
)
def test_markup_citations_and_line_ends_are_no_part_of_the_words(written: str) -> None:
    source = SOURCE.replace(ONE, written) + "\n[^a]: A note.\n"
    assert len(left(source)) == 2
    assert made_at(doc(source), MADE, source.index("Anna")) is MADE[0]


def test_a_twin_is_told_apart_by_what_stands_beside_it() -> None:
    source = (
        f"# A\n\nFirst come the mills. {TWO} Then the boats.\n\nThe cart is red and {TWO.lower()} {TWO} So it rolls.\n"
    )
    made = recorded(source, TWO)
    (one,) = standing(running(doc(source)), made)
    assert one.span is not None and one.span.start == source.index(TWO)
    swapped = source.replace(f"mills. {TWO}", "mills.")
    assert left(swapped, made) == [], "the writer's own words are not the model's"


def test_a_copy_makes_its_place_unknown_and_counts_once() -> None:
    paragraph = f"{ONE} {TWO}\n"
    source = f"{SOURCE}\n# Again\n\n{OWN}\n\n{paragraph}\nAnother paragraph of mine ends it.\n"
    twice = SOURCE + "\n" + SOURCE
    assert left(twice) == ["?", "?"]
    assert share(doc(twice), MADE).models[0].sentences == 2
    assert made_at(doc(twice), MADE, twice.index(ONE)) is None
    assert len(left(source)) == 2


def test_two_drafted_twins_have_a_place_each() -> None:
    source = f"Of the mill at Lund. {TWO}\n\nOf the mill at Borg. {TWO}\n"
    text = running(doc(source))
    first, second = (source.index(TWO), source.rindex(TWO))
    made = tuple(
        DraftProvenance(anchored(text.text, text.inner(Span(start, start + len(TWO)))), origin)
        for start, origin in ((second, OTHER), (first, MODEL))
    )
    assert made_at(doc(source), made, first) is made[1]
    assert made_at(doc(source), made, second) is made[0]
    less = source.replace(f"Borg. {TWO}", "Borg.")
    assert [one.verbatim for one in standing(running(doc(less)), made)] == [False, True]


def test_one_place_stands_for_one_sentence() -> None:
    made = (*recorded(SOURCE, ONE), *recorded(SOURCE, ONE, origin=OTHER), *recorded(SOURCE, f"{ONE} {TWO}"))
    found = share(doc(SOURCE), made)
    assert (found.drafted, found.changed) == (13, 2)


def test_headings_quotations_code_and_footnotes_are_not_running_text() -> None:
    source = f"# {ONE}\n\n> {ONE}\n\n```\n{ONE}\n```\n\n| a |\n| - |\n| {ONE} |\n\nOwn.[^a]\n\n[^a]: {ONE}\n"
    assert running(doc(source)).text.source == "Own."
    assert left(source) == []


def test_the_share_counts_words_and_what_was_changed_apart() -> None:
    whole = share(doc(SOURCE), MADE)
    assert (whole.words, whole.drafted, whole.changed) == (7 + 13 + 4 + 6, 17, 0)
    assert [(one.model, one.digest, one.sentences, one.words) for one in whole.models] == [
        ("llama3.1:8b", "a" * 64, 2, 17)
    ]
    assert round(whole.percent) == 57
    less = share(doc(SOURCE.replace("four", "five")), MADE)
    assert (less.drafted, less.changed) == (13, 1)
    assert share(doc(SOURCE), ()) == Share(30)
    assert share(doc(""), MADE).percent == 0


def test_several_models_are_told_apart() -> None:
    made = (*recorded(SOURCE, TWO), *recorded(SOURCE, ONE, origin=OTHER))
    found = share(doc(SOURCE), made)
    assert [(one.model, one.words) for one in found.models] == [("gpt-oss:20b", 13), ("llama3.1:8b", 4)]
    assert found.drafters == ("llama3.1:8b", "gpt-oss:20b")


def test_a_text_without_spaces_between_words_is_measured_too() -> None:
    one, two = "運河は千八百二十五年に開通した。", "今では鉄道がある。"
    source = f"# 運河\n\n{one}{two}\n"
    made = recorded(source, one)
    assert left(source, made) == [one]
    wrapped = source.replace("千八百", "千\n八百")
    assert share(doc(wrapped), made).changed == 0
    assert 50 < share(doc(source), made).percent < 75


@pytest.mark.parametrize(
    "source",
    [
        SOURCE,
        "One  two ( three ) , “ four ” . *Five* six.\nSeven\n eight?  Nine [ten](x), `eleven` .",
        "運河 は\n千八百 年に 開通した。 今では鉄道がある。 คลอง เก่า มาก\n",
        "- A *b* .\n- C\u00a0d e\tf\n\n1. x\n   y . z\n",
        "Mixed 運河 and canal （ test ）. 運 河",
    ],
)
def test_what_needs_no_folding_reads_as_if_it_were_folded(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = running(doc(source))
    monkeypatch.setattr("copydesk.core.running._UNEVEN", re.compile(""))
    assert running(doc(source)) == quick
    assert len(quick.offsets) == len(quick.text)
    for letter, offset in zip(quick.text.source, quick.offsets, strict=True):
        assert letter in " \n" or source[offset] == letter


@pytest.mark.parametrize(
    ("source", "origins", "sentence"),
    [
        (SOURCE, [MODEL], "Parts of this text (57 % of its words) were drafted with llama3.1:8b."),
        (
            SOURCE.replace("four", "five"),
            [MODEL],
            "Parts of this text (43 % of its words) were drafted with llama3.1:8b and edited by the author.",
        ),
        (f"{ONE} {TWO}\n", [MODEL], "All of this text was drafted with llama3.1:8b."),
        (
            "Mine.\n",
            [MODEL],
            "Parts of this text were drafted with llama3.1:8b; no sentence of them is left as it was drafted.",
        ),
        (SOURCE, [], ""),
        (
            SOURCE,
            [Origin("writer", 1, "hf.co/a_b](x)_c"), OTHER],
            "Parts of this text (57 % of its words) were drafted with hf\\.co/a\\_b\\](x)\\_c and gpt-oss:20b.",
        ),
    ],
)
def test_the_disclosure_says_no_more_than_is_known(source: str, origins: list[Origin], sentence: str) -> None:
    words = (ONE, TWO)
    made = [recorded(SOURCE, one, origin=origins[i % len(origins)])[0] for i, one in enumerate(words) if origins]
    assert disclosure(share(doc(source), made)) == sentence


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (0.0, "0 %"),
        (0.2, "less than 1 %"),
        (1.0, "1 %"),
        (33.5, "34 %"),
        (99.9, "99 %"),
        (100.0, "100 %"),
        (102, "100 %"),
    ],
)
def test_only_nothing_is_nothing_and_only_all_is_all(percent: float, words: str) -> None:
    assert percentage(percent) == words


def test_a_sentence_accepted_twice_is_recorded_once() -> None:
    again = recorded("Before.\n\n" + SOURCE, ONE)
    assert newest((*MADE, *again)) == (MADE[1], again[0])
    assert len(newest((*MADE, *recorded(SOURCE, ONE, origin=OTHER)))) == 3
