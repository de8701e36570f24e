"""Case files: text that a writer could read, in sections headed `=== name`; what comes before the first is prose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parent.parent / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """One section of a case file."""

    name: str
    body: str

    def __str__(self) -> str:
        return self.name


def cases(path: str) -> list[Case]:
    """Return the sections of a case file below tests/cases."""
    sections = (CASES / path).read_text(encoding="utf-8").split("\n=== ")[1:]
    return [Case(name, body.rstrip("\n") + "\n") for name, _, body in (section.partition("\n") for section in sections)]


def lines(path: str) -> list[tuple[str, str]]:
    """Return the lines of a case file, each with the name of its section."""
    return [(case.name, line) for case in cases(path) for line in case.body.splitlines() if line.strip()]
