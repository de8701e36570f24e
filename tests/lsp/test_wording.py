"""Words that came from anywhere, as they are shown: nothing in them is followed, and nothing hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import lists, sampled_from

from copydesk.core.visible import visible
from copydesk.lsp.wording import markdown, plain

MARKUP = (
    *"[]()<>*_`|\\#-+=:$! \n",
    *("![", "](", "~~", "&amp;", "//", "www.", "https://a.example", "a@b.example", "command:x", "<img src=x>"),
    *("1.", "2)", "[a]: /x", "--- | ---"),
)


@given(lists(sampled_from(MARKUP), min_size=1).map("".join).filter(str.strip))
def test_R27_text_shown_as_markdown_reads_as_itself(text: str) -> None:
    from markdown_it import MarkdownIt
    from markdown_it.common.utils import escapeHtml

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    assert parser.render(markdown(text)) == f"<p>{escapeHtml(' '.join(text.split()))}</p>\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Built in 1790 (or 1.5 years later): “mill #2”, he said!", None),
        ("see https://a.example", "see https\\://a.example"),
        ("see www.a.example", "see www\\.a.example"),
        ("ask a@b.example", "ask a\\@b.example"),
        ("1790. A year", "1790\\. A year"),
        ("- a dash", "\\- a dash"),
    ],
)
def test_R27_addresses_are_no_links_and_other_words_stay_free_of_backslashes(text: str, shown: str | None) -> None:
    assert markdown(text) == (shown or text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\nnext 👩‍🚀 ‌ é", "plain\ttext\nnext 👩‍🚀 ‌ é"),
        ("\x1b[2J\x07\x00", "\\x1b[2J\\x07\\x00"),
        ("a\u202eb\u2066", "a\\u202eb\\u2066"),
        ("\ud83d", "\\ud83d"),
        ("\u2028\x85", "\\u2028\\x85"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_R45_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_R28_a_message_box_finds_no_link() -> None:
    assert plain("a [b](command:c)\nd") == "a [b] (command:c) d"
