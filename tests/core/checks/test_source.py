"""How much is read to find a claim's source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.checks import source
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Text

if TYPE_CHECKING:
    import pytest

    from copydesk.core.document import Sentence


def test_each_sentence_is_asked_for_its_source_a_few_times_however_long_the_passage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Sentence] = []
    names_source = source.names_source

    def counted(sentence: Sentence) -> bool:
        asked.append(sentence)
        return names_source(sentence)

    monkeypatch.setattr(source, "names_source", counted)
    sentences = 200
    reading = instant(read(Text("Sales of the small red boats rose by 37% last year. " * sentences)))
    assert any(note.code == "CD101" for note in reading.notes)
    assert len(asked) <= 4 * sentences
