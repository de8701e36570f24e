"""How citations are written: as an editor would, and so that a hostile title or quote stays words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from copydesk.core.citations.addresses import same_source_key
from copydesk.core.citations.escaping import legible_line
from copydesk.core.citations.known import KnownSource, KnownSources
from copydesk.core.citations.references import CitationKind, references
from copydesk.core.citations.render import citation, footnote, link
from copydesk.core.document import Format
from copydesk.core.evidence import Evidence, Source
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.note import digest
from copydesk.core.quotes import Outcome, StoredText, bare, check
from copydesk.core.text import Span, Text
from harness.cases import Case, cases
from harness.nightly import many

if TYPE_CHECKING:
    from markdown_it.token import Token

    from copydesk.core.edit import Edit

QUOTE = "A third of the pumps failed."
SOURCE = Source("Audit of the pumps", "https://example.org/audit", "2026-11-26T10:20:30Z", "0" * 64)
EVIDENCE = Evidence(QUOTE, SOURCE, 0, len(QUOTE))
BASE = "file:///home/ann/blog/posts/post.md"


def made(source: str, edits: tuple[Edit, ...] | None) -> str:
    assert edits is not None
    assert list(edits) == sorted(edits, key=lambda edit: edit.span.start)
    for edit in reversed(edits):
        source = source[: edit.span.start] + edit.words + source[edit.span.end :]
    return source


def at(source: str, words: str) -> Span:
    start = source.index(words)
    return Span(start, start + len(words))


def cited(source: str, words: str, evidence: Evidence = EVIDENCE, style: str = "footnote", **more: object) -> str:
    document = read(Text(source), more.pop("written", Format.MARKDOWN))  # type: ignore[arg-type]
    return made(source, citation(document, at(source, words), evidence, style, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["line feeds", "carriage returns"])
@pytest.mark.parametrize("case", cases("citations/writing.case"), ids=str)
def test_citations_are_written_as_drawn(case: Case, line_end: str) -> None:
    style = "link" if case.name.startswith("link") else "footnote"
    before, after = (part.strip("\n") + "\n" for part in case.body.split("\n---->\n"))
    if "without a last line end" in case.name:
        before, after = before.rstrip("\n"), after.rstrip("\n")
    before, after = before.replace("\n", line_end), after.replace("\n", line_end)
    place = Span(before.index("⟦"), before.index("⟧") - 1)
    source = before.replace("⟦", "").replace("⟧", "")
    edits = citation(read(Text(source)), place, EVIDENCE, style, base=BASE)  # type: ignore[arg-type]
    assert made(source, edits) == after


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("# A third failed\n", "third"),
        ("```\nA third failed.\n```\n", "third"),
        ("<!-- A third failed. -->\n", "third"),
        ("---\ntitle: A third failed.\n---\nx\n", "third"),
        ("A note.[^1]\n\n[^1]: A third failed.\n", "third"),
        ("A third failed.\n\n```\nan open fence\n", "third"),
        ("A third failed.\n\n<!-- an open comment\n", "third"),
        ("A third failed.\n\n<script>\n", "third"),
    ],
)
def test_R11_no_citation_where_it_could_not_be_read(source: str, words: str) -> None:
    assert footnote(read(Text(source)), at(source, words), EVIDENCE, base=BASE) is None


def test_plain_text_has_no_citations() -> None:
    document = read(Text("A third failed.\n"), Format.PLAIN)
    assert footnote(document, Span(0, 5), EVIDENCE) is None
    assert link(document, Span(0, 5), EVIDENCE) is None


@pytest.mark.parametrize("style", ["footnote", "link"])
def test_a_sentence_is_not_cited_twice(style: str) -> None:
    source = "Most of them failed. It was cold.\n"
    once = cited(source, "Most", style=style)
    document = read(Text(once))
    assert citation(document, at(once, "Most"), EVIDENCE, style) == ()  # type: ignore[arg-type]
    same = replace(EVIDENCE, source=replace(SOURCE, url="http://example.org/audit/#top"))
    assert citation(document, at(once, "Most"), same, style) == ()  # type: ignore[arg-type]


def test_a_quote_that_is_cited_already_is_one_mark_more() -> None:
    once = cited("Most of them failed. It was cold.\n", "Most")
    document = read(Text(once))
    (edit,) = footnote(document, at(once, "cold"), EVIDENCE) or ()
    assert edit.words == "[^audit-of-the-pumps]"
    other = replace(EVIDENCE, quote="It was the worst winter.")
    assert "[^audit-of-the-pumps-2]: “It was the worst winter.”" in cited(once, "cold", other)


def test_labels_differ_from_all_others_whatever_their_case() -> None:
    source = "A third failed.[^AUDIT-of-the-pumps]\n\n[^AUDIT-of-the-pumps]: Other.\n"
    assert "[^audit-of-the-pumps-2]: " in cited(source, "third")


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("Über Pumpen & Ventile: ein Prüfbericht", "uber-pumpen-ventile-ein"),
        ("ポンプの監査", "source"),
        ("2019 Audit", "2019-audit"),
        ("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", "rindfleischetikettierungsuberwac"),
        ("../../etc", "etc"),
    ],
)
def test_labels_are_readable(title: str, label: str) -> None:
    assert f"[^{label}]: " in cited(
        "A third failed.\n", "third", replace(EVIDENCE, source=replace(SOURCE, title=title))
    )


@pytest.mark.parametrize(
    ("file", "written"),
    [
        ("file:///home/ann/blog/posts/notes/audit%20one.md", "(notes/audit%20one.md)"),
        ("file:///home/ann/blog/sources/audit.pdf", "(../sources/audit.pdf)"),
        ("file:///home/ann/library/a%2523b.txt", "(../../library/a%2523b.txt)"),
        ("file:///home/bob/audit.pdf", None),
        ("file:///srv/library/audit.pdf", None),
        ("file://server/home/ann/blog/posts/audit.pdf", None),
    ],
)
def test_files_are_named_by_a_relative_path_and_never_by_the_machines(file: str, written: str | None) -> None:
    evidence = replace(EVIDENCE, source=replace(SOURCE, url=file))
    text = cited("A third failed.\n", "third", evidence, base=BASE, format=Format.PLAIN)
    assert "file:" not in text
    assert "/home" not in text
    if written is None:
        assert "]: “A third of the pumps failed.” Audit of the pumps, retrieved 2026-11-26.\n" in text
        assert link(read(Text("A third failed.\n")), Span(2, 5), evidence, base=BASE) is None
    else:
        assert f"[Audit of the pumps]{written}" in text
        (reference,) = references(read(Text(text))).of(CitationKind.FOOTNOTE)
        (target,) = reference.entry.targets
        assert same_source_key(target, BASE) == same_source_key(file)


def test_on_windows_another_drive_is_far() -> None:
    evidence = replace(EVIDENCE, source=replace(SOURCE, url="file:///D:/audit.pdf"))
    text = cited("A third failed.\n", "third", evidence, base="file:///C:/blog/post.md", format=Format.PLAIN)
    assert "D:" not in text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "command:x", "ftp://e.example/x", "", "//e"]
)
def test_R29_other_schemes_are_never_written(url: str) -> None:
    evidence = replace(EVIDENCE, source=replace(SOURCE, url=url))
    document = read(Text("A third failed.\n"))
    assert link(document, Span(2, 5), evidence) is None
    text = made("A third failed.\n", footnote(document, Span(2, 5), evidence))
    assert "](" not in text


@pytest.mark.parametrize("character", ["\x1b", "\0", "\ue000", "\ud83d"], ids=ascii)
def test_a_quote_that_cannot_be_written_is_not(character: str) -> None:
    document = read(Text("A third failed.\n"))
    assert footnote(document, Span(2, 5), replace(EVIDENCE, quote=f"A third{character} of them")) is None


def test_a_quote_from_markdown_is_written_as_its_words() -> None:
    evidence = Evidence(
        "A **third** of [the `pumps`](x.md) failed[^1].", replace(SOURCE, url="file:///home/ann/blog/a.md"), 0, 1
    )
    assert "“A third of the pumps failed.” [" in cited("A third failed.\n", "third", evidence, base=BASE)


UNWRITABLE = ("Cc", "Cf", "Cn", "Co", "Cs")
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin).use(dollarmath_plugin)
HOSTILE = [
    "x](command:evil) [y", "![p](https://e/?d=1)", "a\n# H1\nb", "\\", "a\\", "{{< x >}}", "{% include x %}",
    "{{% readfile %}}", "<script>alert(1)</script>", "<https://evil.example>", "$math$", "a | b", "`code`",
    "``", "*a* _b_ **c**", "[^1]", "^[note]", "[x][y]", "&copy; &#x41; &amp;", "https://evil.example/x",
    "www.evil.example", "me@evil.example", "@key", "~~x~~", "==x==", "<!-- x -->", "-->", "]", "[", "(", ")",
    "“", "”", "“x”", "\"", "'", "„", "« »", "「", "import x from 'y'", "{process.env}", "{#x}", "\u202e",
    "\u200b", "\U000e0041", "\x1b[31m", "\U0001f469\u200d\U0001f680", "日本", "é", "a\u2028b", "1. x", "- x",
    "> x", "---", "    x", "{: .x}", "{!x!}", "<%= x %>", "<br>", "C++ & C#", "a.b", "Node.js", "\x00", "￼",
    "^sup^", "H~2~O", ":::", "|", "\\|", "!",
]  # fmt: skip
WORDS = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8)), min_size=1, max_size=5).map(" ".join)
CONTEXTS = [
    "Most of them FAILED. It was cold.\n",
    "- Item one.\n- Most of them FAILED\n",
    "> Most of them FAILED, *they say.*\n",
    "| a | b |\n| --- | --- |\n| x | Most FAILED here |\n",
    "A $5 tick ` and a [bracket, *star: FAILED\n\n[^1]: A note.\n",
    "It FAILED.[^1]\n\n[^1]: A note.\n\n[^2]: Another.\n",
    "---\ntitle: x\n---\n\n# H\n\nIt FAILED\\\nthen.",
    "It FAILED.\n\n[a]: https://example.org/a\n",
    'It <b title="x FAILED</b>.\r\n\r\nEnd',
]
PIECES = ["a_(b)", "&copy;", "%20", "日本", "'", *' ()"<>[]*_\\&%ü$`{}|~^/?#=@:;,!']
PATHS = st.lists(st.one_of(st.sampled_from(PIECES), st.text("abcxyz0129-./", max_size=6)), max_size=8).map("".join)
ADDRESSES = st.one_of(
    PATHS.map(lambda path: f"https://example.org/{path}"),
    PATHS.map(lambda path: f"http://bücher.example:8080/{path}"),
    st.sampled_from(["https://example.org", "https://[2001:db8::1]/x", "https://en.wikipedia.org/wiki/Pump_(device)"]),
)


def writable(words: str) -> str:
    """Return a quote of at least three words, without characters that no extracted text has."""
    return f"it was {''.join(each for each in words if unicodedata.category(each) not in UNWRITABLE)} as they say"


def links_in(source: str) -> list[tuple[str, str]]:
    """Return the address and words of every link, as another parser reads them."""

    def inline(tokens: list[Token]) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for token in tokens:
            if token.type == "link_open":
                found.append((str(token.attrs["href"]), ""))
            elif found and token.type in ("text", "code_inline"):
                found[-1] = (found[-1][0], found[-1][1] + token.content)
            elif token.type == "link_close":
                found.append(("", ""))
        return [pair for pair in found if pair[0]]

    return [pair for token in PARSER.parse(source) for pair in inline(token.children or [])]


def constructs(source: str) -> list[str]:
    """Return the kinds of all that is not plain text, as another parser reads it."""
    kinds = []
    for token in PARSER.parse(source):
        for child in [token, *(token.children or [])]:
            if child.type not in ("text", "softbreak", "inline") and not child.hidden:
                kinds.append(child.type)
    return kinds


NEW = {
    "footnote": ["footnote_anchor", "footnote_close", "footnote_open", "footnote_ref", "link_close", "link_open",
                 "paragraph_close", "paragraph_open"],
    "link": ["link_close", "link_open"],
}  # fmt: skip


@pytest.mark.slow
@settings(max_examples=many(1_000, 3_000), deadline=None)
@given(
    title=WORDS,
    quote=WORDS,
    url=ADDRESSES,
    context=st.sampled_from(CONTEXTS),
    style=st.sampled_from(["footnote", "link"]),
)
@example("x](command:evil) [y", "a", "https://example.org/a_(b)", CONTEXTS[0], "link")
@example("a\n# H1", "b", "https://example.org/x", CONTEXTS[0], "footnote")
def test_R46_exactly_one_link_with_exactly_that_address(
    title: str, quote: str, url: str, context: str, style: str
) -> None:
    quote = writable(quote)
    evidence = Evidence(quote, replace(SOURCE, title=title, url=url), 0, len(quote))
    document = read(Text(context))
    edits = citation(document, at(context, "FAILED"), evidence, style)  # type: ignore[arg-type]
    if edits is None:
        # Only where the text around it has open markup of its own, which could take part of the citation.
        assert style == "link"
        assert context in (CONTEXTS[4], CONTEXTS[8])
        return
    text = made(context, edits)
    before, after = links_in(context), links_in(text)
    added = [pair for pair in after if pair not in before]
    assert len(after) == len(before) + 1
    ((href, words),) = added
    assert href == PARSER.normalizeLink(url) or same_source_key(href) == same_source_key(url)
    assert href.startswith(("https://", "http://"))
    assert words == legible_line(title)[:300] or not re.search(r"\w", title)
    old, new = constructs(context), constructs(text)
    for kind in old:
        new.remove(kind)
    assert sorted(kind for kind in new if kind not in ("footnote_block_open", "footnote_block_close")) == NEW[style]
    assert not any(
        mark in text for edit in edits for mark in ("{{", "{%", "{#", "<%", "{!", "{:") if mark in edit.words
    )


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(quote=WORDS, context=st.sampled_from(CONTEXTS))
def test_a_quote_is_found_again_by_the_checker(quote: str, context: str) -> None:
    quote = writable(quote)
    evidence = Evidence(quote, SOURCE, 0, len(quote))
    edits = footnote(read(Text(context)), at(context, "FAILED"), evidence)
    text = made(context, edits)
    document = read(Text(text))
    (reference,) = [one for one in references(document).of(CitationKind.FOOTNOTE) if one.entry.targets]
    (quotation,) = reference.entry.quotations
    assert bare(quotation.words) == bare(legible_line(quote))
    stored = f"So {quote} in the end."
    assert check(quotation.words, StoredText(stored, "k")).outcome is Outcome.FOUND
    known = KnownSources((KnownSource(replace(SOURCE, sha256=digest(stored)), stored),))
    notes = instant(document, known_sources=known).notes
    assert not [note.message for note in notes if note.code in ("CD601", "CD602", "CD606") and "audit" in note.message]
