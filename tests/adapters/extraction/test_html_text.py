"""The text of a page is what its author wrote for readers, in plain paragraphs."""

from __future__ import annotations

import unicodedata

import pytest

from copydesk.adapters.extraction.charset import decoded
from copydesk.adapters.extraction.html_text import html_text
from copydesk.adapters.extraction.unreadable import Fault, Unreadable
from harness.cases import CASES

ARTICLE = (CASES / "pages" / "article.html").read_bytes()
PROSE = "The bridge was opened to all traffic in 1932, and closed again when it began to sink."


def text_of(body: str) -> str:
    return html_text(f"<html><body>{body}</body></html>".encode(), None).text


def test_only_the_article_comes_out_of_an_ordinary_page() -> None:
    extracted = html_text(ARTICLE, "utf-8")
    assert extracted.text == (CASES / "pages" / "article.txt").read_text(encoding="utf-8")
    assert extracted.title == "A bridge that took eleven years"
    assert not extracted.hidden


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>The bridge | Gazette</title>", "<h1>The bridge</h1>", "The bridge"),
        ("<title>Gazette: The bridge</title>", "<h1>The <i>bridge</i></h1>", "The bridge"),
        ("<title>The bridge</title>", "<h1>Gazette</h1>", "The bridge"),
        ("<title> The\n bridge </title>", "", "The bridge"),
        ("", "<h1>The bridge</h1><h1>Other</h1>", "The bridge"),
        ("<title>The bridge</title>", '<h1 style="display:none">secret</h1>', "The bridge"),
        ("<title>The\x1b[31m bri\u202edge</title>", "", "The bridge"),
        ("", "", ""),
    ],
)
def test_a_title_is_that_of_the_article(head: str, body: str, title: str) -> None:
    page = f"<html><head>{head}</head><body>{body}<p>{PROSE}</p></body></html>"
    assert html_text(page.encode(), None).title == title


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>One\n  two\t three&nbsp;four</p>", "One two three four\n"),
        ("<p>One<br>two<br/><br/>three</p>", "One\ntwo\nthree\n"),
        ("<div>One<div>two</div>three</div>", "One\n\ntwo\n\nthree\n"),
        ("<p>It weighs 10<sup>3</sup> tonnes.<sup><a href='#n'>[1]</a></sup> So.</p>", "It weighs 103 tonnes. So.\n"),
        ("<p>A <a href='/x'>link</a>, <b>bold</b>, <code>code</code>.</p>", "A link, bold, code.\n"),
        ("<ul><li>one</li><li>two</li></ul>", "one\n\ntwo\n"),
        ("<p>caf\u0065\u0301</p>", "café\n"),
    ],
)
def test_blocks_are_parted_by_blank_lines(body: str, text: str) -> None:
    assert text_of(body) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>a\u200bb\u2060c\ufeffd\u00ade</p>", "abcde\n"),
        ("<p>\u202eabc\u202c \u2066x\u2069</p>", "abc x\n"),
        ("<p>go \u26a0\ufe0f now</p>", "go \u26a0 now\n"),
        ("<p>flag \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f</p>", "flag \U0001f3f4\n"),
        ("<p>family \U0001f468\u200d\U0001f469\u200d\U0001f467</p>", "family \U0001f468\U0001f469\U0001f467\n"),
    ],
)
def test_R44_characters_that_show_nothing_are_left_out(body: str, text: str) -> None:
    assert text_of(body) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>a&#27;[31mb&#27;[0mc</p>", "abc\n"),
        ("<p>a\x1b]52;c;cGF5bG9hZA==\x07b</p>", "ab\n"),
        ("<p>a&#8;b&#7;c&#127;d&#x9b;e</p>", "abcd\u203ae\n"),
        ("<p>a&#xFFFF;b&#xFFFE;c</p>", "abc\n"),
        ("<p>a&#13;b\r\nc\rd</p>", "a b c d\n"),
    ],
)
def test_R45_characters_that_steer_a_terminal_are_left_out(body: str, text: str) -> None:
    assert text_of(body) == text


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("<p>Žluťoučký</p>".encode(), "utf-8", "Žluťoučký"),
        ("<p>Žluťoučký</p>".encode(), None, "Žluťoučký"),
        ("<p>Žluťoučký</p>".encode("cp1250"), "Windows-1250", "Žluťoučký"),
        ("<meta charset='iso-8859-2'><p>Žluťoučký</p>".encode("iso8859-2"), None, "Žluťoučký"),
        (
            '<meta http-equiv="content-type" content="text/html; charset=gb2312"><p>桥梁</p>'.encode("gb18030"),
            None,
            "桥梁",
        ),
        ("<p>桥梁</p>".encode("utf-16"), "utf-8", "桥梁"),
        ("\ufeff<p>桥梁</p>".encode(), "iso-8859-1", "桥梁"),
        ("<p>“naïve”</p>".encode("cp1252"), "iso-8859-1", "“naïve”"),
        ("<p>na\xefve</p>".encode("latin-1"), "utf-8", "na\ufffdve"),
        ("<p>naïve</p>".encode(), "zlib_codec", "naïve"),
        ("<p>naïve</p>".encode(), "unicode_escape", "naïve"),
        ("<meta charset=utf-16><p>naïve</p>".encode(), None, "naïve"),
        (b"<p>na\0ive</p>", "nonsense", "na\ufffdive"),
    ],
)
def test_R41_bytes_are_read_as_a_browser_reads_them(body: bytes, charset: str | None, text: str) -> None:
    assert html_text(body, charset).text == text + "\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no tag at all, only words",
        b'{"json": "about 3 < 4"}',
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR<p>" + bytes(range(256)),
        b"<p>" + bytes(range(128, 192)) * 20,
        b"PK\x03\x04\x14\0\0\0\x08\0",
    ],
    ids=["empty", "words", "json", "pdf", "png", "noise", "zip"],
)
def test_R41_what_is_only_labelled_as_a_page_is_not_read(body: bytes) -> None:
    with pytest.raises(Unreadable) as raised:
        html_text(body, None)
    assert raised.value.fault is Fault.NOT_HTML


@pytest.mark.parametrize(
    "body", ["", "<div id=app></div><script>draw()</script>", "<img src=x alt=secret>", "<p hidden>secret</p>"]
)
def test_a_page_without_words_says_so(body: str) -> None:
    with pytest.raises(Unreadable) as raised:
        text_of(body)
    assert raised.value.fault is Fault.EMPTY


def test_R42_half_of_a_page_that_is_nested_too_deeply_is_not_taken_for_the_whole() -> None:
    with pytest.raises(Unreadable) as raised:
        text_of(f"<p>{PROSE}</p>" + "<div>" * 300 + "but none of that is true")
    assert raised.value.fault is Fault.NESTED


def test_a_page_without_an_article_gives_its_blocks() -> None:
    page = "<nav><a href=/>Home</a></nav><div>Opening hours</div><div>Mon 9–17</div><footer>Imprint</footer>"
    assert text_of(page) == "Opening hours\n\nMon 9–17\n"


def test_text_is_plain_and_composed() -> None:
    text = decoded(ARTICLE).replace("bridge", "bru\u0308cke\u200b")
    extracted = html_text(text.encode(), None)
    assert unicodedata.is_normalized("NFC", extracted.text)
    assert "brücke" in extracted.text
