"""Each check on sentences that it must and must not note: see tests/cases/checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from copydesk.core.codes import CODES
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = Path(__file__).parents[2] / "cases" / "checks"


def cases() -> Iterator[tuple[str, bool, str]]:
    for path in sorted(CASES.glob("CD*.case")):
        fires, quiet = _read(path).split("=== quiet")
        for expected, part in ((True, fires.replace("=== fires", "")), (False, quiet)):
            for case in _paragraphs(part):
                yield path.stem, expected, case


def quiet_cases() -> list[str]:
    return [*_paragraphs(_read(CASES / "quiet.case").replace("=== quiet", ""))]


def _read(path: Path) -> str:
    return "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))


def _paragraphs(part: str) -> Iterator[str]:
    """Yield paragraphs, each with the list that follows it."""
    pending = ""
    for paragraph in part.strip().split("\n\n"):
        if pending and not paragraph.startswith("- "):
            yield pending
            pending = ""
        pending = f"{pending}\n\n{paragraph}".strip()
    yield pending


@pytest.mark.parametrize(("code", "expected", "case"), [*cases()])
def test_check(code: str, expected: bool, case: str) -> None:
    notes = instant(read(Text(f"{case}\n"))).notes
    assert (code in {note.code for note in notes}) is expected, [note.message for note in notes]


@pytest.mark.parametrize(("code", "expected", "case"), [*cases()])
def test_the_message_is_plain_and_short(code: str, expected: bool, case: str) -> None:
    for note in instant(read(Text(f"{case}\n"))).notes:
        assert note.severity is CODES[note.code].severity
        assert note.message.endswith(".")
        assert "!" not in note.message
        assert len(note.message) < 260


@pytest.mark.parametrize("case", quiet_cases())
def test_plain_prose_is_left_alone(case: str) -> None:
    assert instant(read(Text(f"{case}\n"))).notes == ()


def test_every_instant_code_has_cases() -> None:
    assert {path.stem for path in CASES.glob("CD*.case")} == {
        "CD101", "CD102", "CD104", "CD201", "CD302", "CD401", "CD402", "CD403",
    }  # fmt: skip
