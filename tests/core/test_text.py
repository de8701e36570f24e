"""Offsets and positions, in every encoding and with every line end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.text import Encoding, Position, Span, Text

ODD = "a\n\r\x0b\x0c\x1c\x85\u2028\u2029é\u0301👩\u200d🚀🏴क्ष日\ufeff\t "
texts = st.text(alphabet=ODD, max_size=30)


@given(texts, st.sampled_from(list(Encoding)))
def test_R6_every_offset_comes_back(source: str, encoding: Encoding) -> None:
    text = Text(source)
    for offset in range(len(source) + 1):
        inside_line_end = source[offset - 1 : offset + 1] == "\r\n"
        assert text.offset(text.position(offset, encoding), encoding) == offset - inside_line_end


@given(texts)
def test_R5_only_line_feeds_and_carriage_returns_end_lines(source: str) -> None:
    expected = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    text = Text(source)
    assert [text.slice(text.line_span(line)) for line in range(len(text.line_starts))] == expected


@pytest.mark.parametrize("encoding", list(Encoding))
@pytest.mark.parametrize("unit", ["a", "é", "🚀", "\ud83d", "aé🚀日", "🚀" * 700 + "a"])
@pytest.mark.parametrize("lead", ["", "é🚀\n", "x\n" * 300 + "🚀", "日" * 511 + "\n"], ids=len)
def test_places_on_long_lines_are_those_counted_one_by_one(lead: str, unit: str, encoding: Encoding) -> None:
    line = (unit * 3000)[:3000]
    text = Text(f"{lead}{line}\r\nlast🚀")
    number, start = text.line_at(len(lead)), text.line_starts[text.line_at(len(lead))]
    whole = text.slice(text.line_span(number))
    widths = [len(each.encode(f"{encoding}-le".replace("8-le", "8"), "surrogatepass")) for each in whole]
    size = {Encoding.UTF8: 1, Encoding.UTF16: 2, Encoding.UTF32: 4}[encoding]
    character = 0
    for index, width in enumerate([*widths, 0]):
        if index % 97 == 0 or index % 512 in (0, 1, 511) or index == len(whole):
            assert text.position(start + index, encoding) == Position(number, character)
            assert text.offset(Position(number, character), encoding) == start + index
            assert text.offset(Position(number, character + width // size - 1), encoding) == start + max(
                index - (not width), 0
            )
        character += width // size
    assert text.offset(Position(number, 10**9), encoding) == start + len(whole)


@pytest.mark.parametrize(("encoding", "character"), [(Encoding.UTF8, 9), (Encoding.UTF16, 4), (Encoding.UTF32, 3)])
def test_R6_units(encoding: Encoding, character: int) -> None:
    assert Text("é\u2028🚀x").position(3, encoding) == Position(0, character)


@pytest.mark.parametrize(
    ("position", "offset"),
    [
        (Position(0, 99), 3),
        (Position(9, 0), 8),
        (Position(1, 99), 8),
        (Position(-1, -1), 0),
    ],
)
def test_R17_positions_outside_are_clamped(position: Position, offset: int) -> None:
    assert Text("abc\r\ndef").offset(position) == offset


def test_R6_a_position_inside_a_surrogate_pair_is_before_it() -> None:
    assert Text("a🚀b").offset(Position(0, 2)) == 1


def test_R64_lone_surrogates_are_counted() -> None:
    assert Text("\ud83dx").position(2, Encoding.UTF8) == Position(0, 4)


@pytest.mark.parametrize(
    ("one", "other", "overlaps"),
    [
        (Span(0, 3), Span(2, 5), True),
        (Span(0, 3), Span(3, 5), False),
        (Span(0, 3), Span(3, 3), True),
        (Span(4, 4), Span(0, 3), False),
    ],
)
def test_overlap(one: Span, other: Span, overlaps: bool) -> None:
    assert one.overlaps(other) is overlaps
    assert other.overlaps(one) is overlaps
