"""What a run of the tests tried for each number of requirements.toml: build/safety-report.json, written at its end.

It has the arguments of the run, and for each number: how many tests ran, each row of a table being one; how many
failed; seconds; and what tests counted themselves by `record_property`, such as interleavings, summed by name. Tests
carry numbers as in `harness.requirements`. What workers of xdist ran reaches the process that writes by pytest's own
reports.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from harness.requirements import FUNCTION, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pytest

PLACE = "build/safety-report.json"
"""Below the root of the project."""

_ROW = re.compile(rf"[\[-]({NUMBERS}): ")


class SafetyReport:
    """A plugin that adds up the reports of a run with some arguments. `path` is where they are written in the end."""

    def __init__(self, path: Path, arguments: Iterable[str] = ()) -> None:
        self._path = path
        self._arguments = list(arguments)
        self._numbers: dict[str, Counter[str]] = defaultdict(Counter)
        self._tried: dict[str, Counter[str]] = defaultdict(Counter)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add a report of one phase of one test."""
        for number in numbers(report.nodeid):
            entry = self._numbers[number]
            entry["milliseconds"] += round(report.duration * 1000)
            entry["failed"] += report.failed
            if report.when == "call":
                entry["tests"] += 1
                for name, count in report.user_properties:
                    if isinstance(count, int):
                        self._tried[number][name] += count

    def pytest_sessionfinish(self) -> None:
        """Write what was tried, if a test with a number ran."""
        if self._numbers:
            self._path.parent.mkdir(exist_ok=True)
            entries = {number: self._entry(number) for number in sorted(self._numbers, key=_order)}
            told = {"arguments": self._arguments, "numbers": entries}
            self._path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8", newline="\n")

    def _entry(self, number: str) -> dict[str, Any]:
        counts = self._numbers[number]
        seconds = counts["milliseconds"] / 1000
        tried = dict(self._tried[number])
        return {"tests": counts["tests"], "failed": counts["failed"], "seconds": seconds, "tried": tried}


def numbers(nodeid: str) -> set[str]:
    """Return the numbers that a test carries: in the name of its function, and in that of its row."""
    function, _, row = nodeid.partition("[")
    found = FUNCTION.match(function.rpartition("::")[2])
    return {
        *(found[1].removesuffix("_").split("_") if found else ()),
        *(number for match in _ROW.finditer(f"[{row}") for number in match[1].split(", ")),
    }


def _order(number: str) -> tuple[str, int]:
    return number[0], int(number[1:])
