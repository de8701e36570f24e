"""Which rewrites may be offered in a cell of a table, and beside the tags and expressions of MDX."""

from __future__ import annotations

import pytest

from copydesk.core.aims import Aim
from copydesk.core.document import Document, Format
from copydesk.core.markdown import read
from copydesk.core.rewrite import objection
from copydesk.core.text import Span, Text

CELL = ("| What | Why |\n| --- | --- |\n| Mill | ", " |\n| Lock | It is old. |\n")
PARAGRAPH = ("The first sentence. ", " The last one.\n")


def placed(around: tuple[str, str], words: str, format: Format) -> Document:
    """Return a document in which words stand between others."""
    return read(Text(words.join(around)), format)


def objection_to(around: tuple[str, str], original: str, proposal: str, format: Format) -> str | None:
    """Return why a proposal may not be put there."""
    span = Span(len(around[0]), len(around[0]) + len(original))
    return objection(placed(around, original, format), span, proposal, Aim.MEND, ())


def others(document: Document, words: str) -> list[str]:
    """Return the sentences of a document but for these words."""
    every = [sentence for passage in document.passages for sentence in passage.sentences]
    return [one for sentence in every if (one := document.text.slice(sentence.span)) != words]


@pytest.mark.parametrize("format", [Format.MARKDOWN, Format.MDX])
@pytest.mark.parametrize(
    ("original", "proposal"),
    [
        ("Mistakes were made in the move.", "We made mistakes in the move."),
        ("Mistakes were made at `a \\| b` there.", "We made mistakes at `a \\| b`."),
        ("Mistakes were made at [the mill](https://m.example) then.", "We made mistakes at [the mill](https://m.example)."),
        ("Mistakes were made,<br>and later mended.", "We made mistakes,<br>and mended them."),
    ],
)  # fmt: skip
def test_R10_a_cell_of_a_table_is_rewritten_and_no_other(original: str, proposal: str, format: Format) -> None:
    assert objection_to(CELL, original, proposal, format) is None
    left = others(placed(CELL, proposal, format), proposal)
    assert left == ["What", "Why", "Mill", "Lock", "It is old."]


@pytest.mark.parametrize("format", [Format.MARKDOWN, Format.MDX])
@pytest.mark.parametrize(
    ("original", "proposal", "reason"),
    [
        ("Mistakes were made.", "We made | mistakes.", "markup"),
        ("Mistakes were made.", "We made mistakes. |", "markup"),
        ("Mistakes were made.", "| We made mistakes.", "structure"),
        ("Mistakes were made.", "We made\nmistakes.", "structure"),
        ("Mistakes were made.", "We made mistakes. |\n| Lock", "structure"),
        ("Mistakes were made.", "We made<br>mistakes.", "added 1 HTML tag"),
        ("Mistakes were made,<br>and mended.", "We made and mended them.", "lost 1 HTML tag"),
        ("Mistakes were made at `a \\| b` there.", "We made mistakes at `a | b`.", "lost 1 piece of code"),
        ("Mistakes were made at [the mill](https://m.example).", "We made mistakes at the mill.", "lost 1 link"),
    ],
)
def test_R10_R11_a_table_is_neither_cut_nor_grown(original: str, proposal: str, reason: str, format: Format) -> None:
    assert reason in (objection_to(CELL, original, proposal, format) or "nothing")


@pytest.mark.parametrize(
    ("original", "proposal"),
    [
        ('Press <Key name="Enter" /> and then you are done.', 'Press <Key name="Enter" />, and you are done.'),
        ("A <Note kind={kind}>very</Note> good one was made.", "They made a <Note kind={kind}>very</Note> good one."),
        ("It was built in {props.year} by someone or other.", "Someone built it in {props.year}."),
        ("<Chart.Bar rows={[1, 2]} /> was made by all of us.", "All of us made <Chart.Bar rows={[1, 2]} />."),
    ],
)  # fmt: skip
def test_R10_tags_and_expressions_of_mdx_come_out_as_they_were(original: str, proposal: str) -> None:
    assert objection_to(PARAGRAPH, original, proposal, Format.MDX) is None


@pytest.mark.parametrize(
    ("original", "proposal", "reason"),
    [
        ('Press <Key name="Enter" /> now.', "Press Enter now.", "lost 1 HTML tag"),
        ('Press <Key name="Enter" /> now.', 'Now press <Key name="Escape" />.', "lost 1 HTML tag"),
        ("Press it now.", 'Press <Key name="Enter" /> now.', "added 1 HTML tag"),
        ("Press it now.", "Press <Key>it</Key> now.", "added 2 HTML tags"),
        ("A <Note kind={kind}>very</Note> good thing.", "A <Note kind={process}>very</Note> good one.", "HTML tag"),
        ("It was built in {props.year} by all.", "All built it then.", "lost 1 shortcode"),
        ("It was built in {props.year} by all.", "All built it in {process.env}.", "lost 1 shortcode"),
        ("It was built by all.", "All built it in {process.env}.", "added 1 shortcode"),
        ("It was built by all.", "All built it {/* there.", "markup"),
        ("It was built by all.", "All built <> it.", "markup"),
        ("It was built by all.", 'import all from "it"', "structure"),
        ("It was built by all.", "<Evil />", "structure"),
    ],
)
def test_R10_R29_no_tag_or_expression_of_mdx_is_lost_or_added(original: str, proposal: str, reason: str) -> None:
    assert reason in (objection_to(PARAGRAPH, original, proposal, Format.MDX) or "nothing")
