"""What a run tried is added up by number and written, by however many workers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.safety_report import PLACE, numbers

TESTS = Path(__file__).parent
SAMPLE = """
import pytest

@pytest.mark.parametrize("batch", range(3))
def test_R2_F13_counted(record_property, batch):
    record_property("sequences", 100)
    record_property("words", "that are no count")

ROWS = ["R2, L9: a row", "another row"]

@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("row", ROWS)
def test_rows(row, size):
    assert (row, size) != ("R2, L9: a row", 2)

@pytest.fixture
def broken():
    raise RuntimeError

def test_R15_not_set_up(broken):
    pass

def test_without_a_number():
    pass
"""


@pytest.mark.parametrize(
    ("nodeid", "carried"),
    [
        ("tests/a/test_b.py::test_R2_R13_it_holds", {"R2", "R13"}),
        ("tests/a/test_b.py::test_it_holds[R12: an end without done]", {"R12"}),
        ("tests/a/test_b.py::test_it_holds[engine-R12, F2: an end]", {"R12", "F2"}),
        ("tests/a/test_b.py::test_L9_read[L9: brackets]", {"L9"}),
        ("tests/a/test_b.py::Machine::test_R3_kept", {"R3"}),
        ("tests/a/test_r20_log.py::test_a_log[R2D2: x-WR12: y]", set()),
    ],
    ids=["two of a function", "of a row", "two of a row", "both", "in a class", "none"],
)
def test_a_test_carries_the_numbers_of_its_function_and_its_row(nodeid: str, carried: set[str]) -> None:
    assert numbers(nodeid) == carried


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "with workers"])
def test_what_was_tried_is_written(tmp_path: Path, workers: tuple[str, ...]) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text((TESTS / "conftest.py").read_text("utf-8"))
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *workers]
    places = f"import sys; sys.path[:0] = {sys.path!r}; import pytest; sys.exit(pytest.main({command[3:]!r}))"
    done = subprocess.run([sys.executable, "-c", places], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    told = json.loads((tmp_path / PLACE).read_text("utf-8"))
    assert told["arguments"] == command[3:]
    written = told["numbers"]
    assert list(written) == ["F13", "L9", "R2", "R15"]
    assert all(entry.pop("seconds") >= 0 for entry in written.values())
    assert written["F13"] == {"tests": 3, "failed": 0, "tried": {"sequences": 300}}
    assert written["R2"] == {"tests": 5, "failed": 1, "tried": {"sequences": 300}}
    assert written["L9"] == {"tests": 2, "failed": 1, "tried": {}}
    assert written["R15"] == {"tests": 0, "failed": 1, "tried": {}}


def test_a_run_without_numbers_writes_nothing_over_the_last(tmp_path: Path) -> None:
    from harness.safety_report import SafetyReport

    SafetyReport(tmp_path / PLACE).pytest_sessionfinish()
    assert not (tmp_path / PLACE).exists()
