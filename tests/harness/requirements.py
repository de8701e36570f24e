"""What must never happen, by number, and the tests that show it: docs/safety.md from requirements.toml and test names.

A test belongs to a requirement by its name: `test_R12_R13_an_answer_that_was_cut_off`, or, for a row of a table of
cases, by the row's name: `"R12: an end without done"`. `python -m harness.requirements` writes the page.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
CLIENTS = ROOT / "editor-clients"
PAGE = ROOT / "docs" / "safety.md"
COUNTS = {"R": 76, "L": 10, "F": 14}
"""How many requirements, loads and faults there are."""

State = Literal["tested", "partly", "not met", "not applicable", "missing"]

_NUMBER = r"[RLF][1-9]\d?"
NUMBERS = rf"{_NUMBER}(?:, {_NUMBER})*"
"""An expression for the numbers of a row, as they stand before a colon."""
FUNCTION = re.compile(rf"test_((?:{_NUMBER}_)+)")
_ROW = re.compile(rf"({NUMBERS}): ")
_QUOTED_ROW = re.compile(rf"[\"'`]({NUMBERS}): ")
_MENTIONED = re.compile(rf"test_{_NUMBER}_|[\"']{_NUMBER}[:,]")
_CASE = re.compile(rf"^=== ({NUMBERS}): ", re.MULTILINE)
_PARTS = {
    "R": (
        ("The writer's text", "P0", range(1, 18)),
        ("Leaks and execution", "P0", range(18, 39)),
        ("A hostile or failing network", "P1", range(39, 50)),
        ("Engine and server", "P1", range(50, 65)),
        ("Supply chain, privacy, hygiene", "P2", range(65, 77)),
    ),
    "L": (("Loads", "", range(1, 11)),),
    "F": (("Faults", "", range(1, 15)),),
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement in our words. `gap` says what of it is not met and why; `bench` names modules that measure it."""

    number: str
    says: str
    gap: str = ""
    applies: bool = True
    bench: tuple[str, ...] = ()

    def state(self, tests: Sequence[Path]) -> State:
        """Return how far it is met, by its tests and what is known to be missing."""
        if not self.applies:
            return "not applicable"
        if not tests and not self.bench:
            return "not met" if self.gap else "missing"
        return "partly" if self.gap else "tested"


def requirements() -> tuple[Requirement, ...]:
    """Return all requirements, in order of the file."""
    with (TESTS / "safety" / "requirements.toml").open("rb") as file:
        entries = tomllib.load(file)
    return tuple(
        Requirement(
            number,
            entry["says"],
            entry.get("gap", ""),
            entry.get("applies", True),
            tuple(entry.get("bench", ())),
        )
        for number, entry in entries.items()
    )


def files_by_number() -> Mapping[str, tuple[Path, ...]]:
    """Return the files with tests of each number, relative to the repository, sorted."""
    found: dict[str, set[Path]] = defaultdict(set)
    for path, numbers in _named():
        for number in numbers:
            found[number].add(path.relative_to(ROOT))
    return {number: tuple(sorted(paths)) for number, paths in found.items()}


def _named() -> Iterator[tuple[Path, Sequence[str]]]:
    for path in TESTS.rglob("test_*.py"):
        source = path.read_text("utf-8")
        if _MENTIONED.search(source):  # parsing all of them takes seconds
            for numbers in _python_names(ast.parse(source)):
                yield path, numbers
    for path in [*CLIENTS.glob("*/test/**/*.ts"), *CLIENTS.glob("*/test/**/*.lua"), *TESTS.rglob("*.lua")]:
        for match in _QUOTED_ROW.finditer(path.read_text("utf-8")):
            yield path, match[1].split(", ")
    for path in TESTS.rglob("*.case"):
        for match in _CASE.finditer(path.read_text("utf-8")):
            yield path, match[1].split(", ")


def _python_names(module: ast.Module) -> Iterator[Sequence[str]]:
    """Yield the numbers of test functions and of rows; a docstring that begins with a number is no row."""
    prose = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if match := FUNCTION.match(node.name):
                yield match[1].removesuffix("_").split("_")
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in prose
            and (match := _ROW.match(node.value))
        ):
            yield match[1].split(", ")


def safety_page() -> str:
    """Return docs/safety.md."""
    tests, all_of_them = files_by_number(), {one.number: one for one in requirements()}
    blocks = [(TESTS / "safety" / "threats.md").read_text("utf-8").rstrip("\n")]
    for kind, parts in _PARTS.items():
        for title, priority, numbers in parts:
            some = [all_of_them[f"{kind}{number}"] for number in numbers]
            heading = f"### {title} ({priority})" if priority else f"## {title}"
            blocks.append(f"{heading}\n\n{_table(some, tests)}")
    return "\n\n".join(blocks) + "\n"


def _table(some: Sequence[Requirement], tests: Mapping[str, Sequence[Path]]) -> str:
    rows = ["| | What holds | State | Tests |", "| --- | --- | --- | --- |"]
    for one in some:
        state = one.state(tests.get(one.number, ()))
        files = [f"`{_short(path)}`" for path in tests.get(one.number, ())]
        files += [f"`bench/{name}.py`" for name in one.bench]
        told = f"**{state}**: {one.gap}" if one.gap else state
        rows.append(f"| {one.number} | {one.says} | {told} | {', '.join(files)} |")
    return "\n".join(rows)


def _short(path: Path) -> str:
    return path.relative_to("tests").as_posix() if path.parts[0] == "tests" else path.as_posix()


if __name__ == "__main__":
    PAGE.write_text(safety_page(), encoding="utf-8", newline="\n")
