"""One measured value beside its peer's and its target, and tables of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DECIMALS = {"s": 2, "×": 3, "MB": 1}


@dataclass(frozen=True, slots=True)
class Row:
    """A value in `unit`; it meets its target at or below it, or at or above it with `more_is_better`."""

    name: str
    unit: str
    value: float
    target: float | None = None
    peer: float | None = None
    more_is_better: bool = field(default=False, kw_only=True)

    @property
    def met(self) -> bool | None:
        """Tell whether the target is met, None where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.more_is_better else self.value <= self.target

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the row in words."""
        sign = "≥" if self.more_is_better else "≤"
        return (
            self.name,
            shown(self.value, self.unit),
            "" if self.peer is None else shown(self.peer, self.unit),
            "" if self.more_is_better else _ratio(self.value, self.peer),
            "" if self.target is None else f"{sign} {shown(self.target, self.unit)}",
            {True: "met", False: "**missed**", None: ""}[self.met],
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the report: rows against targets, a table of its own, or both, and what has to be said of them."""

    title: str
    rows: tuple[Row, ...] = ()
    head: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    remarks: tuple[str, ...] = ()
    failed: bool = False


HEAD = ("What", "copydesk", "textLSP", "textLSP ÷ copydesk", "target", "")


def shown(value: float, unit: str) -> str:
    """Return a value with its unit, in as many digits as it is worth."""
    decimals = DECIMALS.get(unit, 1 if unit == "ms" and value < 100 else 0)
    return f"{value:,.{decimals}f}{'' if unit == '×' else ' '}{unit}".strip()


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; numbers stand to the right of their columns."""
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def terminal_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table for a terminal."""
    lines = [[cell.replace("**", "").replace("`", "") for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _ratio(value: float, peer: float | None) -> str:
    if peer is None or value <= 0 or peer <= 0:
        return ""
    return f"{peer / value:,.1f}"
