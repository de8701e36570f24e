"""The list of what must never happen is whole, and its page says what is tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.requirements import COUNTS, PAGE, ROOT, Requirement, files_by_number, requirements, safety_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def test_every_number_has_one_line() -> None:
    expected = [f"{kind}{number}" for kind, count in COUNTS.items() for number in range(1, count + 1)]
    assert [one.number for one in requirements()] == expected


@pytest.fixture(scope="module")
def files() -> Mapping[str, tuple[Path, ...]]:
    """Return the files with tests of each number."""
    return files_by_number()


@pytest.mark.parametrize("one", requirements(), ids=lambda one: one.number)
def test_a_requirement_has_a_test_or_a_reason(one: Requirement, files: Mapping[str, tuple[Path, ...]]) -> None:
    assert one.state(files.get(one.number, ())) != "missing"
    assert one.says and "|" not in one.says + one.gap
    assert all((ROOT / "bench" / f"{name}.py").is_file() for name in one.bench)
    assert one.applies or one.gap


def test_no_test_has_a_number_that_there_is_not(files: Mapping[str, tuple[Path, ...]]) -> None:
    assert set(files) <= {one.number for one in requirements()}


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == safety_page(), "run `make docs`"
