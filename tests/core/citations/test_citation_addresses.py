"""Which addresses mean the same source, and how they are written."""

from __future__ import annotations

import pytest

from copydesk.core.citations.addresses import destination, relative_path, same_source_key, scheme_of

BASE = "file:///home/ann/blog/post.md"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "http://EXAMPLE.org:80/a/#top"),
        ("https://example.org", "https://example.org/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://example.org/%7Eann?q=%41", "https://example.org/~ann?q=A"),
        ("//example.org/a", "https://example.org/a"),
        ("notes/a%20b.md#x", "file:///home/ann/blog/notes/a b.md"),
        ("../x.md", "file:///home/ann/x.md"),
        ("./x.md", "x.md"),
        ("file:///C:/a/x.md", "file:///c%3A/a/x.md"),
        ("file://Server/a/x.md", "file://server/a/x.md"),
    ],
)
def test_spellings_of_one_source(one: str, other: str) -> None:
    assert same_source_key(one, BASE) == same_source_key(other, BASE) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/b"),
        ("https://example.org/a?x=1", "https://example.org/a?x=2"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://a.example/x", "https://b.example/x"),
        ("x.md", "notes/x.md"),
        ("https://example.org/A", "https://example.org/a"),
    ],
)
def test_different_sources(one: str, other: str) -> None:
    assert same_source_key(one, BASE) != same_source_key(other, BASE)


@pytest.mark.parametrize(
    "address", ["", "#x", "mailto:a@b.example", "javascript:x", "https://", "http://[bad", "https://a:x/"]
)
def test_what_names_no_source(address: str) -> None:
    assert same_source_key(address, BASE) == ""


def test_without_a_place_of_the_document_relative_paths_are_compared_as_written() -> None:
    assert same_source_key("a%20b.md#x") == same_source_key("a b.md")


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("https://example.org/a)(b", "https://example.org/a\\)\\(b"),
        ("HTTPS://Example.org/a b<c>\"'", "https://example.org/a%20b%3Cc%3E%22'"),
        ("https://example.org/?a=1&b=2", "https://example.org/?a=1&b=2"),
        ("https://example.org/?a&copy;", "https://example.org/?a\\&copy;"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/a|b`c$d{e}[f]", "https://example.org/a%7Cb%60c%24d%7Be%7D%5Bf%5D"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://[2001:db8::1]:8080/x", "https://[2001:db8::1]:8080/x"),
        ("notes/a b%.md", "notes/a%20b%25.md"),
        ("../c:d.md", "../c%3Ad.md"),
    ],
)
def test_R46_destinations_are_one_word_of_ascii(address: str, written: str) -> None:
    assert destination(address) == written


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "command:x",
            "smb://x/y",
            "vscode://x/y",
            "file:///etc/passwd",
        ),
        *("/etc/passwd", "C:\\x", "C:/x", "\\\\server\\x", "//evil.example/x", "#x", "https://", "https://a b/"),
        *("http://good.example@evil.example/", "http://good.example\\@evil.example/"),
    ],
)
def test_R29_other_destinations_are_refused(address: str) -> None:
    assert destination(address) is None


def test_a_drive_is_no_scheme() -> None:
    assert (scheme_of("C:/x"), scheme_of("a+b:x"), scheme_of("notes/a.md")) == ("", "a+b", "")


@pytest.mark.parametrize(
    ("file", "document", "path"),
    [
        ("file:///a/b/c.md", "file:///a/b/d.md", "c.md"),
        ("file:///a/c.md", "file:///a/b/d.md", "../c.md"),
        ("file:///lib/c.md", "file:///docs/d.md", None),
        ("file:///c.md", "file:///d.md", "c.md"),
        ("file:///C:/b/c.md", "file:///C:/b/d.md", "c.md"),
        ("file:///C:/b/c.md", "file:///c%3A/b/e/d.md", "../c.md"),
        ("file:///C:/x/c.md", "file:///C:/b/d.md", None),
        ("file:///a/b/", "file:///a/d.md", None),
        ("https://e.example/x", "file:///a/d.md", None),
        ("file:///a/c.md", "untitled:1", None),
    ],
)
def test_relative_paths(file: str, document: str, path: str | None) -> None:
    assert relative_path(file, document) == path
