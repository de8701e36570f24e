"""Citations of sources whose titles, addresses and quotes are meant to break out: each stays words and one link."""

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
from copydesk.core.citations.render import citation, footnote
from copydesk.core.evidence import Evidence
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.note import digest
from copydesk.core.quotes import Outcome, StoredText, bare, check
from copydesk.core.text import Text
from harness.citing import SOURCE, at, made
from harness.nightly import many

if TYPE_CHECKING:
    from markdown_it.token import Token

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
NEW = {
    "footnote": ["footnote_anchor", "footnote_close", "footnote_open", "footnote_ref", "link_close", "link_open",
                 "paragraph_close", "paragraph_open"],
    "link": ["link_close", "link_open"],
}  # fmt: skip


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
