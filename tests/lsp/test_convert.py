"""Values at the edge: diagnostics as far as a client can show them, and places in its units."""

from __future__ import annotations

import pytest
from lsprotocol import types

from copydesk.core.note import Note, Related, Severity, anchored
from copydesk.core.text import Encoding, Span, Text
from copydesk.lsp.client import Features
from copydesk.lsp.convert import diagnostic, range_of, span_of
from copydesk.lsp.placed import PlacedNote
from copydesk.lsp.wording import web_address

URI = "file:///work/post.md"
TEXT = Text("One.\u2028 👩‍🚀 twice. é twice.\r\nEnd.", 3)
FIRST, SECOND = Span(10, 16), Span(19, 25)
NOTE = Note(
    "CD302",
    Severity.WARNING,
    anchored(TEXT, FIRST),
    "Said again.",
    related=(Related(anchored(TEXT, SECOND), "here"),),
)
EVERYTHING = Features(related_information=True, tags=True)


def built(features: Features, note: Note = NOTE) -> types.Diagnostic:
    return diagnostic(URI, TEXT, PlacedNote("here", note, FIRST, (SECOND,)[: len(note.related)]), features)


def test_what_a_client_can_show_is_sent() -> None:
    found = built(EVERYTHING)
    assert found.tags == [types.DiagnosticTag.Unnecessary]
    assert found.related_information is not None
    (related,) = found.related_information
    assert span_of(TEXT, related.location.range, Encoding.UTF16) == SECOND
    assert (found.source, found.code, found.severity, found.data) == ("copydesk", "CD302", 2, {"id": "here"})


def test_what_a_client_cannot_show_is_not() -> None:
    found = built(Features())
    assert (found.tags, found.related_information) == (None, None)


@pytest.mark.parametrize("page", [None, "", "command:x", "javascript:alert(1)", "https://a b", "file:///etc/passwd"])
def test_R27_only_web_pages_are_linked(page: str | None) -> None:
    assert web_address("https://example.org/a") == "https://example.org/a"
    assert web_address(page) is None


@pytest.mark.parametrize(("encoding", "character"), [(Encoding.UTF8, 20), (Encoding.UTF16, 12), (Encoding.UTF32, 10)])
def test_R6_places_are_in_the_client_s_units(encoding: Encoding, character: int) -> None:
    extent = range_of(TEXT, FIRST, encoding)
    assert extent.start == types.Position(0, character)
    assert span_of(TEXT, extent, encoding) == FIRST


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((9, 0), (9, 9), Span(len(TEXT), len(TEXT))),
        ((1, 0), (0, 0), Span(TEXT.line_starts[1], TEXT.line_starts[1])),
        ((0, 999), (0, 999), Span(25, 25)),
    ],
    ids=["past the end", "reversed", "past the line"],
)
def test_R17_senseless_ranges_are_clamped(start: tuple[int, int], end: tuple[int, int], expected: Span) -> None:
    assert span_of(TEXT, types.Range(types.Position(*start), types.Position(*end)), Encoding.UTF16) == expected
