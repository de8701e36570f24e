"""Asking for a rewrite: what comes back, and what never does."""

from __future__ import annotations

import pytest

from copydesk.core.aims import Aim
from copydesk.core.brief import Brief
from copydesk.core.evidence import Evidence, Source, Stance
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.note import Note, Severity, anchored
from copydesk.core.text import Span, Text
from copydesk.errors import AnswerCut, EngineBroken
from copydesk.events import Progress, Refused, Report
from harness.engine import ScriptedEngine, desk

SENTENCE = "Mistakes were made during the move, and `orders.csv` was lost."
PART = "its tower is 40 metres high"
WHOLE = f"The old dam at Lund was finished in 1890, and {PART}."
POST = f"# A move\n\nWe moved in winter.\n{SENTENCE} We are well now.\n"


async def rewrite(engine: ScriptedEngine, brief: Brief | None = None) -> list[Note | Progress | Refused | Report]:
    document = read(Text(POST))
    note = next(note for note in instant(document).notes if note.anchor.quote == SENTENCE)
    events = [event async for event in desk(engine).rewrite(document, note, brief or Brief())]
    return [event for event in events if not isinstance(event, Progress)]


async def test_a_rewrite_comes_with_its_note() -> None:
    engine = ScriptedEngine(sayings=["We made mistakes during the move and lost `orders.csv`."])
    note, report = await rewrite(engine, Brief(style="plain words"))
    assert isinstance(note, Note)
    assert note.rewrite == "We made mistakes during the move and lost `orders.csv`."
    assert note.anchor.quote == SENTENCE
    assert isinstance(report, Report)
    assert report.problem is None
    assert SENTENCE in engine.asked[0]
    assert "We moved in winter." in engine.asked[0]
    assert "plain words" in engine.asked[0]


async def test_a_second_try_is_taken() -> None:
    sayings = ["We made mistakes and lost it.", "We made mistakes during the move and lost `orders.csv`."]
    note, _ = await rewrite(ScriptedEngine(sayings=sayings))
    assert isinstance(note, Note)


async def test_two_bad_tries_are_refused_with_the_reason() -> None:
    engine = ScriptedEngine(sayings=["We made mistakes and lost it.", "We lost `orders.csv` in 2024."])
    refused, _ = await rewrite(engine)
    assert isinstance(refused, Refused)
    assert refused.reason == "the rewrite brings in a number that was not there: 2024"
    assert len(engine.asked) == 2


async def test_R13_an_answer_that_never_ends_is_refused() -> None:
    refused, report = await rewrite(ScriptedEngine(failures=[AnswerCut("Too long.")]))
    assert isinstance(refused, Refused)
    assert isinstance(report, Report)
    assert report.problem is None


async def test_R12_an_engine_that_dies_is_reported_and_nothing_is_offered() -> None:
    (report,) = await rewrite(ScriptedEngine(failures=[EngineBroken("It died.")]))
    assert isinstance(report, Report)
    assert str(report.problem) == "It died."


async def test_reading_stops_after_the_first_line() -> None:
    saying = "We made mistakes during the move and lost `orders.csv`.\n" + "And so on. " * 50
    engine = ScriptedEngine(sayings=[saying])
    note, _ = await rewrite(engine)
    assert isinstance(note, Note)
    assert note.rewrite is not None
    assert "And so on" not in note.rewrite
    assert engine.said < 15


@pytest.mark.parametrize(("aim", "quote"), [(Aim.MEND, PART), (Aim.WEAKEN, WHOLE), (Aim.CORRECT, WHOLE)])
async def test_R10_part_of_a_sentence_is_weakened_or_corrected_with_all_of_it(aim: Aim, quote: str) -> None:
    document = read(Text(f"# Dams\n\nIt is old. {WHOLE} It stands.\n"))
    start = document.text.source.index(PART)
    source = Source("Annals", "https://annals.example/", "2026-05-01T12:00:00Z", "0" * 64)
    says = Evidence("The tower is 17 metres high.", source, 0, 28, Stance.REFUTES)
    anchor = anchored(document.text, Span(start, start + len(PART)))
    note = Note("CD502", Severity.WARNING, anchor, "Only a part is supported.", evidence=(says,))
    answers = {
        Aim.MEND: "its tower is high",
        Aim.WEAKEN: "The old dam at Lund was finished in 1890, and its tower may be 40 metres high.",
        Aim.CORRECT: "The old dam at Lund was finished in 1890, and its tower is 17 metres high.",
    }
    engine = ScriptedEngine(sayings=[answers[aim]])
    events = [event async for event in desk(engine).rewrite(document, note, Brief(), aim)]
    found = next(event for event in events if isinstance(event, Note))
    assert (found.anchor.quote, found.rewrite) == (quote, answers[aim])
    assert document.text.slice(found.anchor.span) == quote
    assert f"\n{quote}\n" in engine.asked[0]
