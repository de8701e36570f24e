"""R67: no rewrite and no drafted sentence tells readers to install what nobody named."""

from __future__ import annotations

import pytest

from copydesk.core.draft.guards import refusal
from copydesk.core.installing import brought_in
from copydesk.core.wording_guards import wording_objection
from harness.cases import lines

LINES = lines("rewrites/packages.case")


def parts(line: str) -> tuple[str, str, str | None]:
    known, _, rest = line.partition(" => ")
    text, _, name = rest.partition(" | ")
    return known, text, name or None


@pytest.mark.parametrize(("section", "line"), LINES, ids=[line for _, line in LINES])
def test_R67_a_package_that_was_not_named_is_seen(section: str, line: str) -> None:
    known, text, name = parts(line)
    assert (name is None) == (section == "brings in nothing")
    assert brought_in(known, text) == name


@pytest.mark.parametrize("line", [line for section, line in LINES if section.startswith("R67")])
def test_R67_neither_a_rewrite_nor_a_draft_brings_in_a_package(line: str) -> None:
    known, text, _ = parts(line)
    assert "to install" in (wording_objection(known, text) or "")
    assert refusal(text, known) in ("it holds a package to install", "it holds an address")


@pytest.mark.parametrize("line", [line for section, line in LINES if section == "brings in nothing"])
def test_what_the_writer_named_may_stand(line: str) -> None:
    known, text, _ = parts(line)
    assert "install" not in (wording_objection(known, text) or "")
    assert "install" not in (refusal(text, known) or "")


def test_it_takes_time_in_proportion_to_the_text() -> None:
    for words in ("pip install " * 4000, "install a " * 4000, "install " + "a-" * 10_000, "npm i " + "x " * 10_000):
        brought_in(words, words)
