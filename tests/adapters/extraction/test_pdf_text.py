"""Sentences of a PDF file can be quoted; what cannot be read says why."""

from __future__ import annotations

import pytest

from copydesk.adapters.extraction.pdf_text import pdf_text
from copydesk.adapters.extraction.unreadable import Fault, Unreadable
from harness.cases import Case, cases
from harness.pdf_file import encrypted_pdf, pdf, scanned_pdf

FULL = "This line is as long as the lines of a paragraph in this file commonly are"


@pytest.mark.parametrize("case", cases("pages/pdf_lines.case"), ids=str)
def test_lines_of_a_paragraph_become_one(case: Case) -> None:
    lines, _, paragraphs = case.body.partition("-----\n")
    assert pdf_text(pdf([lines.splitlines()])).text == paragraphs


def test_sentences_run_over_pages_and_running_heads_do_not_part_them() -> None:
    pages = [
        ["Annual report 2019", FULL, f"{FULL}, and so the sentence goes on and on", f"page {number}"]
        for number in range(1, 5)
    ]
    text = pdf_text(pdf(pages)).text
    assert "Annual report" not in text
    assert "page" not in text
    assert text.count("\n\n") == 0


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The Fall of the Bridge", "The Fall of the Bridge"),
        ("  The Fall\n of the Bridge ", "The Fall of the Bridge"),
        ("Microsoft Word - bridge.docx", ""),
        ("Microsoft Word", ""),
        ("bridge_final2.indd", ""),
        ("C:\\Users\\ann\\bridge", ""),
        ("untitled", ""),
        ("Document1", ""),
        ("42", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_title_counts_where_a_person_wrote_it(title: str | None, expected: str) -> None:
    assert pdf_text(pdf([[FULL]], title)).title == expected


def test_an_empty_password_is_no_obstacle() -> None:
    assert pdf_text(encrypted_pdf([[FULL]], "")).text == FULL + "\n"


def test_javascript_in_a_file_is_neither_run_nor_text() -> None:
    assert pdf_text(pdf([[FULL]], javascript="app.alert('secret')")).text == FULL + "\n"


GOOD = pdf([[FULL]] * 3)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (encrypted_pdf([[FULL]], "sesame"), Fault.ENCRYPTED),
        (scanned_pdf(), Fault.SCANNED),
        (pdf([["", " "], ["-", "•"]]), Fault.SCANNED),
        (b"", Fault.DAMAGED),
        (b"<html><p>no", Fault.DAMAGED),
        (b"%PDF-1.4\n" + bytes(range(256)) * 40, Fault.DAMAGED),
        (GOOD[:200], Fault.DAMAGED),
        (GOOD.replace(b"/Kids [4 0 R", b"/Kids [2 0 R"), Fault.DAMAGED),
        (GOOD.replace(b"/Pages 2 0 R", b"/Pages 1 0 R"), Fault.DAMAGED),
    ],
    ids=["password", "scanned", "nothing but marks", "empty", "html", "noise", "cut off", "circle", "no pages"],
)
def test_what_cannot_be_read_says_why(body: bytes, fault: Fault) -> None:
    with pytest.raises(Unreadable) as raised:
        pdf_text(body)
    assert raised.value.fault is fault
