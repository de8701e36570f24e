"""What names a note: two notes of one text never share an id."""

from __future__ import annotations

from dataclasses import replace

from copydesk.core.note import Note, Severity, anchored
from copydesk.core.text import Span, Text

SENTENCE = "Studies show it. "
TEXT = Text(SENTENCE * 12)
NOTES = [
    Note("CD101", Severity.WARNING, anchored(TEXT, Span(at, at + len(SENTENCE) - 1)), "No source is named.")
    for at in range(0, len(TEXT), len(SENTENCE))
]


def test_the_same_finding_at_another_place_has_another_id() -> None:
    assert len({note.id for note in NOTES}) == len(NOTES) == 12


def test_another_message_on_the_same_words_has_another_id() -> None:
    assert replace(NOTES[0], message="Which studies?").id != NOTES[0].id


def test_the_same_finding_keeps_its_id_whoever_made_it_and_whatever_is_proposed() -> None:
    assert replace(NOTES[0], rewrite="Smith (2020) shows it.", severity=Severity.HINT).id == NOTES[0].id
