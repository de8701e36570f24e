"""What is prose, and where each sentence stands."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from copydesk.core.document import Format, ProtectedKind
from copydesk.core.markdown import format_of, read
from copydesk.core.text import Text
from harness.cases import Case, cases

DATA = Path(__file__).parent.parent / "data"
LINE_ENDS = {"line feeds": "\n", "carriage returns": "\r\n"}


def marked(source: str, format: Format) -> str:
    document = read(Text(source), format)
    sentences = sorted(sentence.span for passage in document.passages for sentence in passage.sentences)
    for span in reversed(sentences):
        source = f"{source[: span.start]}⟦{source[span.start : span.end]}⟧{source[span.end :]}"
    return source


def check(case: Case, format: Format, line_end: str) -> None:
    expected = case.body.replace("\n", line_end)
    assert marked(re.sub("[⟦⟧]", "", expected), format) == expected


@pytest.mark.parametrize("line_end", LINE_ENDS)
@pytest.mark.parametrize("case", cases("reading/markdown.case"), ids=str)
def test_markdown(case: Case, line_end: str) -> None:
    check(case, Format.MARKDOWN, LINE_ENDS[line_end])


@pytest.mark.parametrize("line_end", LINE_ENDS)
@pytest.mark.parametrize("case", cases("reading/mdx.case"), ids=str)
def test_mdx(case: Case, line_end: str) -> None:
    check(case, Format.MDX, LINE_ENDS[line_end])


@pytest.mark.parametrize("line_end", LINE_ENDS)
@pytest.mark.parametrize("case", cases("reading/plain.case"), ids=str)
def test_plain_text(case: Case, line_end: str) -> None:
    check(case, Format.PLAIN, LINE_ENDS[line_end])


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        ("Use `a b` now.", ProtectedKind.CODE, "`a b`"),
        ("See [the page](x.html 'T').", ProtectedKind.LINK, "](x.html 'T')"),
        ("See [the page][r].\n\n[r]: x.html", ProtectedKind.LINK, "][r]"),
        ("See ![alt](a.png) here.", ProtectedKind.IMAGE, "![alt](a.png)"),
        ("See <https://x.example> here.", ProtectedKind.URL, "<https://x.example>"),
        ("See https://x.example/a_b. Yes.", ProtectedKind.URL, "https://x.example/a_b"),
        ("Write to me@x.example now.", ProtectedKind.URL, "me@x.example"),
        ("So <b>bold</b> it is.", ProtectedKind.HTML, "<b>"),
        ("Let $a + b$ be.", ProtectedKind.MATH, "$a + b$"),
        ("A claim[^1].\n\n[^1]: x", ProtectedKind.FOOTNOTE, "[^1]"),
        ("A claim[^missing].", ProtectedKind.FOOTNOTE, "[^missing]"),
        ("As shown [see @doe99, p. 3].", ProtectedKind.CITATION, "[see @doe99, p. 3]"),
        ("As @fig-one shows.", ProtectedKind.CITATION, "@fig-one"),
        ("A {{< ref x >}} here.", ProtectedKind.SHORTCODE, "{{< ref x >}}"),
        ("A {% include x %} here.", ProtectedKind.SHORTCODE, "{% include x %}"),
        ("One  \ntwo.", ProtectedKind.HARD_BREAK, "  "),
        ("One\\\ntwo.", ProtectedKind.HARD_BREAK, "\\"),
    ],
)
def test_R10_protected_spans(source: str, kind: ProtectedKind, words: str) -> None:
    document = read(Text(source))
    found = [
        (piece.kind, document.text.slice(piece.span))
        for passage in document.passages
        for sentence in passage.sentences
        for piece in sentence.protected
    ]
    assert (kind, words) in found


def test_emphasis_in_an_image_blanks_no_letter_of_the_sentence() -> None:
    (passage,) = read(Text("Look: ![*b* `c`](d.png) here.")).passages
    assert [sentence.plain for sentence in passage.sentences] == ["Look: here."]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\n",
        "---\n",
        "---\ntitle: x\n---",
        "\ufeff# x\n",
        "# ",
        "[^1]:",
        "|",
        "- ",
        ">",
        "\0",
        "a\ud83db. c",
        "`" * 50,
    ],
    ids=repr,
)
def test_odd_texts_are_read(source: str) -> None:
    read(Text(source))


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.md")), ids=lambda path: path.name)
def test_masked_words_stand_where_the_source_has_them(path: Path) -> None:
    text = Text(path.read_bytes().decode())
    document = read(text)
    last = 0
    for passage in document.passages:
        for sentence in passage.sentences:
            source = text.slice(sentence.span)
            assert len(sentence.masked) == len(source)
            assert all(mask in (" ", mark) for mask, mark in zip(sentence.masked, source, strict=True))
            assert sentence.span.start >= last
            last = sentence.span.end


def test_sections_nest_by_level() -> None:
    document = read(Text("Lead.\n\n# One\n\nA.\n\n## Two\n\nB.\n\n# Three\n\nC.\n"))
    assert [(section.path, document.text.slice(section.span)) for section in document.sections] == [
        ((), "Lead.\n\n"),
        (("One",), "# One\n\nA.\n\n## Two\n\nB.\n\n"),
        (("One", "Two"), "## Two\n\nB.\n\n"),
        (("Three",), "# Three\n\nC.\n"),
    ]
    assert [document.sections[passage.section].title for passage in document.passages] == [
        "", "One", "One", "Two", "Two", "Three", "Three",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "codes", "covered"),
    [
        ("<!-- copydesk-disable CD402 -->\nNext.\n\nAfter.\n", {"CD402"}, "Next."),
        ("<!-- copydesk-disable CD402, CD101: we know -->\n\nNext.\n\nAfter.\n", {"CD402", "CD101"}, "Next."),
        ("Own <!-- copydesk-disable --> words.\n\nAfter.\n", set(), "Own <!-- copydesk-disable --> words."),
        (
            "A.\n\n# H\n\n<!-- copydesk-disable-section CD402 -->\n\nB.\n\n# I\n\nC.\n",
            {"CD402"},
            "# H\n\n<!-- copydesk-disable-section CD402 -->\n\nB.\n\n",
        ),
        ("A.\n\n<!-- copydesk-disable-file CD402 -->\n", {"CD402"}, "A.\n\n<!-- copydesk-disable-file CD402 -->\n"),
    ],
)
def test_directives(source: str, codes: set[str], covered: str) -> None:
    document = read(Text(source))
    assert [(set(one.codes), document.text.slice(one.span)) for one in document.directives] == [(codes, covered)]


def test_mdx_directive() -> None:
    document = read(Text("{/* copydesk-disable CD402 */}\n\nNext.\n"), Format.MDX)
    assert [document.text.slice(one.span) for one in document.directives] == ["Next."]


@pytest.mark.parametrize(
    ("name", "language", "format"),
    [
        ("a.md", "", Format.MARKDOWN),
        ("a.qmd", "", Format.QUARTO),
        ("a.MDX", "", Format.MDX),
        ("a.txt", "", Format.PLAIN),
        ("README", "", Format.MARKDOWN),
        ("a.md", "quarto", Format.QUARTO),
        ("untitled:Untitled-1", "plaintext", Format.PLAIN),
    ],
)
def test_formats(name: str, language: str, format: Format) -> None:
    assert format_of(name, language) is format


FRAGMENTS = (
    "\n", "\n\n", "x", "# h\n", "- a\n", "> q\n", "```\n", "$$\n", "[a]: http://x\n", "<!--", "-->",
    "| a | b |\n|---|---|\n", "    ", "---\n", "===\n", "*", "`", "[^1]", "[^1]: note\n", "<div>", "\n::: x\n", "\r\n",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_reading_after_an_edit_is_reading_from_scratch(seed: int) -> None:
    choose = random.Random(seed)
    source = choose.choice(sorted(DATA.rglob("*.md"))).read_bytes().decode()[: choose.choice([300, 2000, 8000])]
    document = read(Text(source))
    for _ in range(12):
        start = choose.randrange(len(source) + 1)
        end = min(len(source), start + choose.choice([0, 0, 1, 3, 30]))
        words = "".join(choose.choices(FRAGMENTS, k=choose.randrange(3)))
        source = source[:start] + words + source[end:]
        document = read(Text(source), Format.MARKDOWN, document)
        assert document == read(Text(source))


DEFINITIONS = "Above it.\n\n[report]: x.html\n'Title'\n\nBelow it.\n\n[split]:\ns.html\n\nBelow that.\n\n"
LONG = "".join(f"Paragraph {number} has a few words. It ends here.\n\n" for number in range(8))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Paragraph 3 has", "$$\nParagraph 3 has"),
        ("Paragraph 3 has a few words. It ends here.\n", "$$\n"),
        ("Paragraph 3 has", "[few]: x.html\n\nParagraph 3 has"),
        ("Paragraph 3 has a few words. It ends here.\n", "Paragraph 3 has a few words. It ends here.\r\n"),
        ("Paragraph 3 has", "```\nParagraph 3 has"),
        ("Paragraph 3 has", "<!-- Paragraph 3 has"),
        ("here.\n\nParagraph 4", "here.\nParagraph 4"),
        ("Paragraph 0 has", "---\nParagraph 0 has"),
        ("It ends here.\n\nParagraph 7", "It ends here.\n===\n\nParagraph 7"),
        ("\n\n[report]: ", "\n[report]: "),
        ("[report]: ", "\n[report]: "),
        ("x.html\n'Title'", "x.html y z\n'Title'"),
        ("[split]:\ns.html", "[split]:\n\ns.html"),
        ("[split]:\ns.html", "[split]:\ns.html t"),
        ("Above it.\n\n", "Above it.\n\n```\n"),
        ("Above it.\n\n", "Above it.\n\n<!--\n"),
        ("Above it.\n\n", "Above it.\n\n<div>\n"),
        ("Paragraph 0 has", "Perhaps paragraph 0 has"),
        ("Paragraph 0 has", "\n\n- Paragraph 0 has"),
        ("Paragraph 0 has", "```\nParagraph 0 has"),
        ("Paragraph 1 has", "[few]: x.html\n\nParagraph 1 has"),
    ],
)
def test_edits_that_reach_far(old: str, new: str) -> None:
    for source in (
        LONG,
        LONG + "$$\nx. y\n$$\n\nA [few] words.\n\n---\n",
        LONG.replace("5 has", "5 has\n$$\nx\n$$\n"),
        f"---\ntitle: Words\n---\n\n{LONG}",
        f"The [report] is [split].\n\n{LONG}{DEFINITIONS}{LONG}A [report] that is [split].\n",
    ):
        for before, after in ((source, source.replace(old, new, 1)), (source.replace(old, new, 1), source)):
            edited = read(Text(after), Format.MARKDOWN, read(Text(before)))
            assert edited == read(Text(after))
