"""How many notes are shown."""

from __future__ import annotations

import pytest

from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.note import Anchor, Note, Severity
from copydesk.core.text import Text
from copydesk.core.view import LEAST, distinct, shown


def note(place: int, severity: Severity) -> Note:
    return Note("CD101", severity, Anchor("words", "", "", place), "A message.")


def test_all_are_shown_where_there_is_room() -> None:
    notes = [note(place, Severity.INFORMATION) for place in range(LEAST)]
    assert shown(notes, words=100, per_1000_words=8) == tuple(notes)


@pytest.mark.parametrize(
    ("words", "limit", "expected"), [(1000, 10, 10), (1001, 10, 11), (2500, 8, 20), (10, 1, LEAST), (0, 8, LEAST)]
)
def test_the_limit_grows_with_the_text(words: int, limit: int, expected: int) -> None:
    notes = [note(place, Severity.INFORMATION) for place in range(100)]
    assert len(shown(notes, words, limit)) == expected


def test_the_most_severe_are_kept_then_the_first_in_the_document() -> None:
    hints = [note(place, Severity.INFORMATION) for place in range(20)]
    warnings = [note(place, Severity.WARNING) for place in range(100, 103)]
    kept = shown([*hints, *warnings], words=0, per_1000_words=8)
    assert kept == (*hints[: LEAST - 3], *warnings)


def test_errors_are_always_shown_and_all_is_in_document_order() -> None:
    errors = [note(place, Severity.ERROR) for place in range(0, 40, 2)]
    others = [note(place, Severity.WARNING) for place in range(1, 40, 2)]
    assert shown([*others, *reversed(errors)], words=10, per_1000_words=1) == tuple(errors)


def test_nothing_gives_nothing() -> None:
    assert shown([], words=500, per_1000_words=8) == ()


def test_a_figure_credited_to_nobody_is_one_fault() -> None:
    notes = instant(read(Text("Studies show that 40% of users leave. Half of all users stay.\n"))).notes
    assert [note.code for note in notes] == ["CD101", "CD102", "CD101"]
    assert [note.code for note in distinct(notes)] == ["CD102", "CD101"]


def test_the_note_on_the_figure_stays_where_that_on_the_authority_is_unwanted() -> None:
    notes = instant(read(Text("Studies show that 40% of users leave.\n"))).notes
    assert [note.code for note in distinct(note for note in notes if note.code != "CD102")] == ["CD101"]
