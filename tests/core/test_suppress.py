"""Inline directives and dismissals."""

from __future__ import annotations

import pytest

from copydesk.core.document import Directive
from copydesk.core.note import Note, Severity, anchored
from copydesk.core.suppress import Dismissed, Scope, dismissal, suppressed, telling_words
from copydesk.core.text import Span, Text

LONG = "Our product is the best in the world."


def note(source: str, quote: str, code: str = "CD403", nth: int = 0) -> Note:
    start = -1
    for _ in range(nth + 1):
        start = source.index(quote, start + 1)
    return Note(code, Severity.WARNING, anchored(Text(source), Span(start, start + len(quote))), "message")


def dismissed(scope: Scope, source: str, quote: str, nth: int = 0, path: str = "post.md") -> Dismissed:
    """Return what a document at `path` is under once a note of post.md was dismissed."""
    return Dismissed([dismissal(note(source, quote, nth=nth), scope, "post.md", "no")], path)


@pytest.mark.parametrize(
    ("codes", "span", "code", "expected"),
    [
        ((), Span(10, 20), "CD403", True),
        (("CD403",), Span(10, 20), "CD403", True),
        (("CD402",), Span(10, 20), "CD403", False),
        (("CD402", "CD403"), Span(12, 14), "CD403", True),
        ((), Span(9, 12), "CD403", False),
        ((), Span(19, 30), "CD403", True),
        ((), Span(20, 30), "CD403", False),
        ((), Span(10, 10), "CD403", True),
    ],
)
def test_a_directive_counts_where_the_note_begins(
    codes: tuple[str, ...], span: Span, code: str, expected: bool
) -> None:
    assert suppressed(span, code, [Directive(frozenset(codes), Span(10, 20))]) is expected


def test_without_directives_nothing_is_suppressed() -> None:
    assert not suppressed(Span(0, 5), "CD403", [])


@pytest.mark.parametrize(
    ("now", "path", "code", "expected"),
    [
        (LONG, "post.md", "CD403", True),
        (f"New first paragraph.\n\nAnother before. {LONG} Another after.", "post.md", "CD403", True),
        (LONG.replace(" the best", "\n  the   BEST"), "post.md", "CD403", True),
        (LONG.replace("best", "fastest"), "post.md", "CD403", False),
        (LONG, "post.md", "CD402", False),
        (LONG, "other.md", "CD403", False),
    ],
    ids=["same", "moved", "wrapped anew", "reworded", "another code", "another document"],
)
def test_a_dismissed_note_is_known_by_its_words(now: str, path: str, code: str, expected: bool) -> None:
    quote = now[now.index("Our") : now.index("world.") + 6]
    kept = dismissed(Scope.NOTE, f"Before. {LONG} After.", LONG, path=path)
    assert kept.covers(note(now, quote, code)) is expected


def test_a_code_can_be_dismissed_in_a_document_or_the_project() -> None:
    other = note("Quite another sentence.", "another")
    assert dismissed(Scope.DOCUMENT, LONG, LONG).covers(other)
    assert not dismissed(Scope.DOCUMENT, LONG, LONG, path="other.md").covers(other)
    assert dismissed(Scope.PROJECT, LONG, LONG, path="other.md").covers(other)
    assert not dismissed(Scope.PROJECT, LONG, LONG).covers(note(LONG, LONG, "CD101"))


def test_a_note_says_what_hides_it_and_an_id_outlives_a_reason() -> None:
    here = [dismissal(note(LONG, LONG), scope, "post.md", "because") for scope in Scope]
    elsewhere = dismissal(note(LONG, LONG), Scope.DOCUMENT, "other.md")
    kept = Dismissed([*here, elsewhere], "post.md")
    assert kept.all == kept.hiding(note(f"New. {LONG}", LONG)) == tuple(here)
    assert kept.hiding(note(LONG, "Our product")) == tuple(here[1:])
    assert len({one.id for one in (*here, elsewhere)}) == 4
    assert dismissal(note(LONG, LONG), Scope.NOTE, "post.md").id == here[0].id


COMMON = "It is perhaps true that rain falls. We know it is perhaps better to stay at home with a book then."


def test_a_single_common_word_is_told_apart_by_its_neighbours() -> None:
    first = dismissed(Scope.NOTE, COMMON, "perhaps")
    assert first.covers(note(COMMON, "perhaps"))
    assert not first.covers(note(COMMON, "perhaps", nth=1))


@pytest.mark.parametrize("nth", [0, 1])
def test_neighbours_survive_changes_elsewhere(nth: int) -> None:
    changed = "A new paragraph.\n\n" + COMMON.replace("falls", "pours").replace("at home", "inside")
    assert dismissed(Scope.NOTE, COMMON, "perhaps", nth).covers(note(changed, "perhaps", nth=nth))


@pytest.mark.parametrize(
    ("source", "quote", "words"),
    [
        (LONG, LONG, LONG),
        ("It is (perhaps), who knows, true.", "perhaps", "It is (perhaps), who knows,"),
        ("Title\n\nPerhaps.\n\nNext.", "Perhaps", "Perhaps."),
        ("perhaps", "perhaps", "perhaps"),
        ("", "", ""),
        ("abcdefghij klmnopqrstuvwxyz abcdefghi two perhaps", "perhaps", "klmnopqrstuvwxyz abcdefghi two perhaps"),
        ("zabcdefghij klmnopqrstuvwxyzabcdefghij two perhaps", "perhaps", "klmnopqrstuvwxyzabcdefghij two perhaps"),
    ],
)
def test_telling_words_are_readable(source: str, quote: str, words: str) -> None:
    assert telling_words(note(source, quote)) == words


def test_a_reason_is_kept_on_one_line() -> None:
    assert dismissal(note(LONG, LONG), Scope.PROJECT, "post.md", " our\n voice ").reason == "our voice"
    assert dismissal(note(LONG, LONG), Scope.NOTE, "post.md", "  ").reason is None
