"""The parser asks fewer rules than markdown-it-py does, and finds the same."""

from __future__ import annotations

from string import printable
from typing import TYPE_CHECKING

import pytest
from markdown_it.rules_inline import StateInline

from copydesk.core.document import Format
from copydesk.core.markdown.blocks import parser
from copydesk.core.markdown.inline import BEGINNINGS

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FORMATS = (Format.MARKDOWN, Format.QUARTO, Format.MDX)

PROSE = (
    "One line.",
    "Two lines\nof prose.\n\nAnd another.  \nEnd",
    "Élan begins\nthis one.",
    "A line\n  with an indented one\n    and one that goes on.",
    "A line\n\twith a tab.",
    "Heading\n===",
    "Heading\n---\nText",
    "a | b\n--|--\nc | d",
    "a | b\n:-:|-\nc | d",
    "a\n| b\n|--",
    "Words\n- an item\n- another",
    "Words\n1. an item",
    "Words\n2. no item",
    "Words\n> quoted\nlazily",
    "Words\n# Heading\nWords",
    "Words\n***\nWords",
    "Words\n```\ncode\n```\nWords",
    "Words\n<div>\nWords",
    "Words\n$$\nx\n$$",
    "Words\n[^1]: a note\n\nWords",
    "Words\n[a]: b",
    "- item\ngoes on\n\n  its second paragraph\nlazily",
    "> quoted\ngoes on\nand on",
    "[^1]: Note\ngoes on.\n\n    Second\nparagraph.",
    "Words\u00a0\n\u00a0\nwords",
    "Words\n   \nwords",
    "Words\n",
    "\n\nWords\n\n\nwords",
)


@pytest.mark.parametrize("format", FORMATS)
def test_every_inline_rule_has_its_beginnings(format: Format) -> None:
    names = {rule.name for rule in parser(format).inline.ruler.__rules__ if rule.enabled}

    assert names - {"text"} <= BEGINNINGS.keys()


@pytest.mark.parametrize("name", BEGINNINGS)
def test_an_inline_rule_takes_nothing_that_begins_otherwise(name: str) -> None:
    markdown = parser(Format.MDX)
    rule = next(rule.fn for rule in markdown.inline.ruler.__rules__ if rule.name == name)
    for mark in set(f"{printable}é“\u00a0") - set(BEGINNINGS[name]):
        for rest in ("", mark, "a", "[^1]", "[a](b)", "(a)", "{a}}", "a>", "amp;", "`a`", "a$", " \n"):
            state = StateInline(mark + rest, markdown, {"footnotes": {"refs": {":1": -1}, "list": {}}}, [])

            assert rule(state, False) is False, (mark, rest)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("source", PROSE)
def test_a_paragraph_read_at_once_reads_as_by_all_rules(source: str, format: Format) -> None:
    asking_all = parser.__wrapped__(format)
    asking_all.block.ruler.disable("prose")

    assert _tokens(source, parser(format)) == _tokens(source, asking_all)


def _tokens(source: str, markdown: MarkdownIt) -> list[Token] | None:
    return markdown.block.parse(source, markdown, {}, [])
