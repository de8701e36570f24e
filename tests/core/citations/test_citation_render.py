"""How citations are written: as an editor would write them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk.core.citations.addresses import same_source_key
from copydesk.core.citations.references import CitationKind, references
from copydesk.core.citations.render import citation, footnote, link
from copydesk.core.document import Format
from copydesk.core.evidence import Evidence
from copydesk.core.markdown import read
from copydesk.core.text import Span, Text
from harness.cases import Case, cases
from harness.citing import EVIDENCE, SOURCE, at, made

BASE = "file:///home/ann/blog/posts/post.md"


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
