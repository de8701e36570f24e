"""Notes stay on their words while the writer types, and never guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.note import anchored
from copydesk.core.placing import carried, changed, followed, placed
from copydesk.core.text import Span, Text

LONG = "This sentence is long enough to be known by its words alone, wherever it went."

# The quoted words are marked in both texts; a text without a mark says that the note has no place in it.
CASES = {
    "typing above": ("One.\n\n«Two is here.»\n", "One.\n\nNew.\n\n«Two is here.»\n"),
    "typing below": ("«Two is here.» Three.", "«Two is here.» Three. Four."),
    "typing right after": ("«Two is here.»", "«Two is here.» And more."),
    "typing right before": ("«Two is here.»", "Ah. «Two is here.»"),
    "inside the words": ("One. «Two is here.» Three.", "One. Two was here. Three."),
    "words deleted": ("One. «Two is here.» Three.", "One. Three."),
    "everything deleted": ("One. «Two is here.» Three.", ""),
    "moved as a whole with its surroundings": (
        "Alpha beta gamma. «Delta.» Epsilon zeta.\n\nOther.",
        "Other.\n\nAlpha beta gamma. «Delta.» Epsilon zeta.",
    ),
    "long and moved alone": (f"One. «{LONG}» Two.", f"Two. Three. «{LONG}»"),
    "short and moved alone": ("One here. «Really.» Two there.", "Something else. Two more. Really. Nothing as it was."),
    "a copy elsewhere, the marked one untouched": (
        "Same words. Middle. «Same words.» End.",
        "Same words. Middle, longer. «Same words.» End.",
    ),
    "one of two copies edited away": (
        "Same words. Middle. «Same words.» End.",
        "Same words. Middle. Other words. End.",
    ),
    "one of three identical paragraphs edited": (
        f"{LONG}\n\n«{LONG}»\n\n{LONG}\n\n{LONG}\n",
        f"{LONG}\n\nNow {LONG[1:]}\n\n{LONG}\n\n{LONG}\n",
    ),
    "identical paragraphs in the midst of a change on both sides": (
        f"One.\n\n{LONG}\n\n«{LONG}»\n\n{LONG}\n\n{LONG}\n\nTwo.\n",
        f"Ten.\n\n{LONG}\n\n{LONG}\n\n{LONG}\n\n{LONG}\n\nTen.\n",
    ),
    "surroundings on both sides edited": (
        "Left side. «Keep these words here.» Right side.",
        "Left edge. «Keep these words here.» Right edge.",
    ),
    "characters that other line splitters break on": (
        "a\u2028b\x0cc. «Word.» d",
        "a\u2028b\x0cc. New\u2028. «Word.» d",
    ),
    "CRLF above": ("One.\r\n\r\n«Two.»\r\n", "One.\r\nMore.\r\n\r\n«Two.»\r\n"),
}


def unmarked(marked: str) -> tuple[str, Span | None]:
    start, end = marked.find("«"), marked.find("»")
    return marked.replace("«", "").replace("»", ""), None if start < 0 else Span(start, end - 1)


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_a_note_follows_its_words_or_has_no_place(before: str, after: str) -> None:
    old, span = unmarked(before)
    new, expected = unmarked(after)
    assert span is not None
    assert followed(anchored(Text(old), span), Text(old), Text(new)) == expected


def test_identical_words_in_identical_surroundings_are_ambiguous() -> None:
    text = Text("x " * 40 + "Same. " + "x " * 40 + "Same. " + "x " * 40)
    anchor = anchored(text, Span(80, 85))
    assert placed(anchor, Text("New. " + text.source)) is None
    assert placed(anchor, text) is None
    assert followed(anchor, text, text) == Span(80, 85)


def test_a_change_is_the_smallest_stretch_that_differs() -> None:
    change = changed(Text("one two three"), Text("one 2 three"))
    assert (change.before, change.after, change.shift) == (Span(4, 7), Span(4, 5), -2)
    assert carried(Span(8, 13), change) == Span(6, 11)
    assert carried(Span(0, 4), change) == Span(0, 4)
    assert carried(Span(3, 5), change) is None


@given(old=st.text("ab \n", max_size=30), new=st.text("ab \n", max_size=30), data=st.data())
def test_what_is_placed_has_the_words(old: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, len(old)))
    anchor = anchored(Text(old), Span(start, end))
    found = followed(anchor, Text(old), Text(new))
    assert found is None or Text(new).slice(found) == anchor.quote


@given(old=st.text(max_size=60), new=st.text(max_size=60))
def test_a_change_rebuilds_the_new_text(old: str, new: str) -> None:
    change = changed(Text(old), Text(new))
    assert old[: change.before.start] + new[change.after.start : change.after.end] + old[change.before.end :] == new
