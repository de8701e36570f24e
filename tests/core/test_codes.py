"""The catalogue of codes and the pages made from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from copydesk.cli.code_pages import code_pages
from copydesk.core.codes import CODES
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.note import Severity
from copydesk.core.text import Text

PAGES = Path(__file__).parents[2] / "docs" / "codes"


def test_codes_are_known_by_their_number() -> None:
    assert [*CODES] == [
        *("CD101", "CD102", "CD103", "CD104"),
        *("CD201", "CD202"),
        *("CD301", "CD302"),
        *("CD401", "CD402", "CD403", "CD404"),
        *("CD501", "CD502", "CD503", "CD504", "CD505"),
        *("CD601", "CD602", "CD604", "CD605", "CD606", "CD607"),
        *("CD608", "CD701"),
        *("CD901", "CD902"),
    ]
    assert all(number == code.code for number, code in CODES.items())


def test_names_are_unique_and_only_what_is_certain_is_an_error() -> None:
    assert len({code.name for code in CODES.values()}) == len(CODES)
    assert [number for number, code in CODES.items() if code.severity is Severity.ERROR] == ["CD501", "CD601"]


@pytest.mark.parametrize("number", [*CODES])
def test_a_code_is_explained_in_plain_sentences(number: str) -> None:
    code = CODES[number]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+|[a-z]+", code.name)
    for text in (code.decided_by, code.decided_from, code.summary, code.why, code.how):
        assert text.lstrip("“")[0].isupper()
        assert text.endswith(".")
        assert "!" not in text
    assert (code.example_bad != code.example_good) or not code.example_bad


@pytest.mark.parametrize("number", [number for number, code in CODES.items() if code.decided_by.startswith("Rules")])
def test_the_rules_find_the_bad_example_and_not_the_good_one(number: str) -> None:
    code = CODES[number]
    bad, good = (instant(read(Text(example))).notes for example in (code.example_bad, code.example_good))
    assert number in {note.code for note in bad}
    assert good == ()


@pytest.mark.parametrize("name", [*code_pages()])
def test_the_pages_are_those_of_the_catalogue(name: str) -> None:
    assert (PAGES / name).read_text(encoding="utf-8") == code_pages()[name]


def test_there_is_no_page_without_a_code() -> None:
    assert {path.name for path in PAGES.glob("*.md")} == {*code_pages()}
