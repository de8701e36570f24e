"""Edits change what must change and nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.edit import Edit, applied, rewritten
from copydesk.core.text import Span, Text

# text with the span marked, new words, what is cut out, what is put in
CASES = {
    "one word": ("«This is very good.»", "This is good.", "very ", ""),
    "an insertion": ("«This is good.»", "This is not good.", "", "not "),
    "all new": ("a «b» c", "x", "b", "x"),
    "the same": ("«same»", "same", None, None),
    "the same with other line ends": ("«one\r\ntwo»", "one\ntwo", None, None),
    "line ends of the place": ("«one\r\ntwo»\r\n", "one\nmore\ntwo", "", "more\r\n"),
    "old Mac line ends": ("a\r«one»\r", "one\ntwo", "", "\rtwo"),
    "last line, CRLF above": ("a\r\n«one»", "one\ntwo", "", "\r\ntwo"),
    "last line, LF above": ("a\n«one»", "one\ntwo", "", "\ntwo"),
    "accent as a combining mark": ("«cafe\u0301 x»", "cafe x", "e\u0301", "e"),
    "joined emoji": ("«👩‍🚀»", "👩‍🔬", "👩‍🚀", "👩‍🔬"),
    "skin tone": ("«👍🏽»", "👍🏿", "👍🏽", "👍🏿"),
    "two flags": ("«🇩🇪🇫🇷»", "🇩🇪🇫🇮", "🇩🇪🇫🇷", "🇩🇪🇫🇮"),
    "subdivision flag": (
        "«🏴\U000e0067\U000e007f»",
        "🏴\U000e0077\U000e007f",
        "🏴\U000e0067\U000e007f",
        "🏴\U000e0077\U000e007f",
    ),
    "conjunct": ("«क्ष»", "क्त", "क्ष", "क्त"),
    "Hangul jamo": ("«각»", "간", "각", "간"),
    "CRLF against LF": ("«a\r\nb» c\r\n", "a\r\n\r\nb", "", "\r\n"),
    "a line separator is an ordinary character": ("«one\u2028two»", "one\u2028three", "wo", "hree"),
}


@pytest.mark.parametrize(("marked", "words", "cut", "put"), CASES.values(), ids=CASES.keys())
def test_edits_are_trimmed(marked: str, words: str, cut: str | None, put: str | None) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    text = Text(marked.replace("«", "").replace("»", ""))
    edit = rewritten(text, Span(start, end), words)
    if cut is None or put is None:
        assert edit is None
    else:
        assert edit is not None
        assert (text.slice(edit.span), edit.words) == (cut, put)


@pytest.mark.parametrize("span", [Span(-1, 2), Span(2, 1), Span(0, 99)])
def test_R4_a_span_outside_the_text_is_refused(span: Span) -> None:
    with pytest.raises(ValueError, match="outside the text"):
        rewritten(Text("abc"), span, "x")


pieces = st.lists(
    st.sampled_from(["a", "b", " ", "\n", "\r\n", "e\u0301", "👩‍🚀", "🇩🇪", "क्ष", "각", "\u2028", "\ud83d"]), max_size=12
).map("".join)


@given(left=pieces, old=pieces, right=pieces, words=pieces)
def test_R7_an_edit_says_the_new_words_and_touches_nothing_else(left: str, old: str, right: str, words: str) -> None:
    text = Text(left + old + right)
    edit = rewritten(text, Span(len(left), len(left) + len(old)), words)
    result = text.source if edit is None else applied(text, edit)
    assert result.startswith(left)
    assert result.endswith(right)
    folded = [part.replace("\r\n", "\n").replace("\r", "\n") for part in (result, left + words + right)]
    assert folded[0] == folded[1]
    assert edit is None or _at_clusters(text, edit)


def _at_clusters(text: Text, edit: Edit) -> bool:
    """Tell whether neither end of an edit stands before a mark, a joiner, or between CR and LF."""
    return all(
        not (0 < at < len(text))
        or not (
            unicodedata.category(text.source[at]).startswith("M")
            or "\u200d" in text.source[at - 1 : at + 1]
            or text.source[at - 1 : at + 1] == "\r\n"
        )
        for at in (edit.span.start, edit.span.end)
    )
