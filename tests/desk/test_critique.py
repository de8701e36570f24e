"""What the desk asks a model, what it believes, and what it costs."""

from __future__ import annotations

import asyncio

import pytest

from copydesk.core.brief import Brief
from copydesk.core.markdown import read
from copydesk.core.note import Note, Severity
from copydesk.core.text import Span, Text
from copydesk.desk import Desk
from copydesk.errors import EngineBroken, EngineUnreachable, PromptTooLong
from copydesk.events import Progress, Report
from harness.engine import MemoryCache, ScriptedEngine, desk, guesses, knows

HACKED = "The case is grey, so the website will last a hundred years."
WEB = "The World Wide Web was invented by Napoleon Bonaparte in Paris."
STORED = "Every order of the shop is stored on the disk in the cellar."
ELSEWHERE = "No order of the shop is stored on the disk in the cellar at all."
POST = f"""# A move

We moved our shop to a small computer under the counter last winter.

{HACKED} The screen is small. {WEB}

{STORED} The disk is full of flour.

## Later

We are content with it. {ELSEWHERE}
"""


async def critique(
    on: Desk, source: str, brief: Brief | None = None, *, near: int | None = None, within: Span | None = None
) -> tuple[list[Note], Report, list[Progress]]:
    document = read(Text(source))
    events = [event async for event in on.critique(document, brief or Brief(), near=near, within=within)]
    assert isinstance(events[-1], Report)
    notes = [event for event in events if isinstance(event, Note)]
    return notes, events[-1], [event for event in events if isinstance(event, Progress)]


def found(notes: list[Note]) -> set[tuple[str, str]]:
    return {(note.code, note.anchor.quote) for note in notes}


async def test_findings_stand_on_their_sentences() -> None:
    engine = ScriptedEngine(knows(HACKED, WEB))
    notes, report, _ = await critique(desk(engine), POST)
    assert found(notes) == {("CD202", HACKED), ("CD103", WEB)}
    for note in notes:
        assert POST[note.anchor.span.start : note.anchor.span.end] == note.anchor.quote
        assert note.provenance.agent == "critic"
        assert note.provenance.model == "scripted"
        assert note.provenance.prompt_version is not None
    assert report.problem is None
    assert report.stats.model_calls == len(engine.asked)
    assert report.stats.prompt_tokens == 10 * len(engine.asked)


async def test_a_pair_finding_names_its_partner() -> None:
    first, second = (
        "The rates of the two rooms are the same all year round.",
        "The rates of the two rooms differ in winter.",
    )
    source = f"{first}\n\nThe garden is large.\n\n{second}\n"
    notes, _, _ = await critique(desk(ScriptedEngine(knows(second))), source)
    assert ("CD201", second) in found(notes)
    contradiction = next(note for note in notes if note.code == "CD201")
    assert [related.anchor.quote for related in contradiction.related] == [first]


async def test_a_model_that_guesses_is_not_asked_about_the_document() -> None:
    engine = ScriptedEngine(guesses)
    notes, report, _ = await critique(desk(engine), POST)
    assert notes == []
    assert engine.asked
    assert not any(WEB in words or HACKED in words for words in engine.asked)
    assert "CD103" in report.untrusted


async def test_unproven_findings_are_hints_that_say_so() -> None:
    engine = ScriptedEngine(lambda words: 0.9 if WEB in words else 0.5)
    notes, report, _ = await critique(desk(engine, unproven=True), POST)
    assert ("CD103", WEB) in found(notes)
    assert all(note.severity is Severity.HINT and "Unproven" in note.message for note in notes)
    assert "CD103" in report.untrusted


async def test_a_fondness_for_one_letter_is_no_finding() -> None:
    """The letter B gets 0.98 whatever is asked, on top of what the model knows of the labelled cases."""
    knowing = knows()

    def opinion(words: str) -> float:
        return knowing(words) if knowing(words) > 0.5 else 0.98 if "A. It is true" in words else 0.02

    engine = ScriptedEngine(opinion)
    notes, _, _ = await critique(desk(engine), POST)
    assert "CD103" not in {note.code for note in notes}


async def test_the_same_text_costs_no_call_also_for_a_new_desk() -> None:
    cache = MemoryCache()
    first, before, _ = await critique(desk(ScriptedEngine(knows(HACKED, WEB)), cache), POST)
    again = ScriptedEngine(knows(HACKED, WEB))
    second, after, _ = await critique(desk(again, cache), POST)
    assert [note.id for note in second] == [note.id for note in first]
    assert again.asked == []
    assert after.stats.model_calls == 0
    assert after.stats.cache_hits > 0 < before.stats.model_calls
    assert all(note.provenance.cached for note in second)


async def test_editing_one_sentence_costs_only_questions_about_it() -> None:
    paragraphs = [
        f"The number {name} was found by people who lived in Sparta and counted {name} ships in {name} ports."
        for name in ("one", "two", "three", "five", "eight", "ten", "twenty", "forty", "fifty", "ninety")
    ]
    source = "\n\n".join(
        f"{paragraph} Nobody ever saw the {index} of them." for index, paragraph in enumerate(paragraphs)
    )
    cache = MemoryCache()
    await critique(desk(ScriptedEngine(knows()), cache), source)
    edited = source.replace("Nobody ever saw the 4 of them", "Nobody ever met the 4 of them")
    engine = ScriptedEngine(knows())
    await critique(desk(engine, cache), edited)
    assert engine.asked
    assert all("met the 4" in words for words in engine.asked)


async def test_the_brief_is_part_of_every_question() -> None:
    cache = MemoryCache()
    await critique(desk(ScriptedEngine(knows(WEB)), cache), POST)
    engine = ScriptedEngine(knows(WEB))
    await critique(desk(engine, cache), POST, Brief(audience="sailors of the third class"))
    assert engine.asked
    assert all("sailors of the third class" in words for words in engine.asked)


async def test_another_model_is_asked_anew() -> None:
    from dataclasses import replace

    from harness.engine import MODEL

    cache = MemoryCache()
    await critique(desk(ScriptedEngine(knows(WEB)), cache), POST)
    other = ScriptedEngine(knows(WEB), model=replace(MODEL, digest="e" * 64))
    await critique(desk(other, cache), POST)
    assert other.asked


async def test_nearest_to_the_cursor_comes_first() -> None:
    early = " ".join(f"The town of Early{i} has {i} bridges made of stone." for i in range(30))
    late = " ".join(f"The town of Late{i} has {i} bridges made of stone." for i in range(30))
    engine = ScriptedEngine(knows())
    source = f"{early}\n\n{late}\n"
    await critique(desk(engine), source, near=len(source) - 1)
    facts = [words for words in engine.asked if "town of" in words and "generally known" in words]
    assert "Late29" in facts[0] or "Late" in facts[0]
    assert "Early" in facts[-1]


async def test_a_range_limits_what_is_asked() -> None:
    start = POST.index("## Later")
    engine = ScriptedEngine(knows(HACKED, WEB))
    notes, _, _ = await critique(desk(engine), POST, within=Span(start, len(POST)))
    assert ("CD103", WEB) not in found(notes)
    assert not any(WEB in words for words in engine.asked)


async def test_progress_counts_up_to_its_total() -> None:
    _, _, progress = await critique(desk(ScriptedEngine(knows())), POST)
    assert [step.done for step in progress] == sorted(step.done for step in progress)
    assert progress[-1].done == progress[-1].total > 0
    assert {step.label for step in progress} <= {"reading", "testing the model"}


async def test_R50_no_engine_is_reported_with_the_next_step() -> None:
    async def hire() -> None:
        raise EngineUnreachable("Nothing answers.", "Start it.")

    on = desk(ScriptedEngine())
    on.hire = hire  # type: ignore[assignment]
    notes, report, _ = await critique(on, POST)
    assert notes == []
    assert report.problem is not None
    assert report.problem.sentence == "Nothing answers. Start it."


async def test_an_engine_that_breaks_once_is_asked_again() -> None:
    engine = ScriptedEngine(knows(WEB), failures=[EngineBroken("It died.")])
    notes, report, _ = await critique(desk(engine), POST)
    assert ("CD103", WEB) in found(notes)
    assert report.problem is None


async def test_R50_an_engine_that_stays_broken_ends_the_run_and_keeps_what_was_found() -> None:
    cache = MemoryCache()
    await critique(desk(ScriptedEngine(knows(HACKED, WEB)), cache), POST)
    engine = ScriptedEngine(knows(HACKED, WEB), failures=[EngineBroken("It died."), EngineBroken("It died.")])
    on = desk(engine, cache)
    notes, report, _ = await critique(on, POST + "\nThe town of Ulm was founded by sailors from Peru.\n")
    assert found(notes) <= {("CD202", HACKED), ("CD103", WEB)}
    assert report.problem is not None
    assert engine.closed
    _, healed, _ = await critique(on, POST)
    assert healed.problem is None


async def test_R51_a_question_that_does_not_fit_is_dropped_and_counted() -> None:
    cache = MemoryCache()
    await critique(desk(ScriptedEngine(knows(WEB)), cache), POST)
    engine = ScriptedEngine(knows(WEB), failures=[PromptTooLong("Too long.")])
    _, report, _ = await critique(desk(engine, cache), POST + "\nThe town of Ulm was founded by sailors from Peru.\n")
    assert report.stats.dropped == 1
    assert report.problem is None


@pytest.mark.parametrize("concurrency", [1, 4])
async def test_at_most_so_many_questions_at_once(concurrency: int) -> None:
    engine = ScriptedEngine(knows())
    source = " ".join(f"The town of Name{i} has {i} bridges made of stone." for i in range(20))
    await critique(desk(engine, concurrency=concurrency), source)
    assert engine.most_at_once == concurrency


async def test_R54_closing_the_stream_stops_asking() -> None:
    engine = ScriptedEngine(knows(HACKED, WEB))
    events = desk(engine).critique(read(Text(POST)), Brief())
    async for event in events:
        if isinstance(event, Note):
            break
    await events.aclose()
    asked = len(engine.asked)
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(engine.asked) == asked


@pytest.mark.parametrize("source", ["", "# Only a heading\n", "```\nonly code\n```\n", "---\ntitle: x\n---\n"])
async def test_a_document_without_prose_asks_nothing(source: str) -> None:
    engine = ScriptedEngine(knows())
    notes, report, _ = await critique(desk(engine), source)
    assert (notes, engine.asked, report.problem) == ([], [], None)


async def test_an_engine_in_use_is_not_closed_by_another_command_that_lost_it() -> None:
    """The second command asks while the first one gives the engine up."""
    cache = MemoryCache()
    await critique(desk(ScriptedEngine(knows(WEB)), cache), POST)
    engine = ScriptedEngine(knows(WEB))
    on = desk(engine, cache)
    other = on.critique(read(Text(POST + "\nThe town of Bonn was founded by sailors from Chile.\n")), Brief())
    await anext(other)
    engine.failures = [EngineBroken("It died."), EngineBroken("It died.")]
    _, report, _ = await critique(on, POST + "\nThe town of Ulm was founded by sailors from Peru.\n")
    assert report.problem is not None
    assert not engine.closed
    assert isinstance([event async for event in other][-1], Report)
    assert engine.closed
