"""The ledger for people: what left this machine, then sums for each destination, purpose and command; or every line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.adapters.destination import is_this_machine
from copydesk.adapters.ledger import Outcome
from copydesk.core.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from copydesk.adapters.ledger import Entry

NEWEST_THAT_LEFT = 50
"""How many lines on what left this machine, was looked up or was refused stand above the sums at most."""

_HEAD = ("Time (UTC)", "Destination", "Purpose", "Sent", "Received", "Command", "Outcome")
_SUMS = ("Destination", "Purpose", "Command", "Count", "Sent", "Received", "First (UTC)", "Last (UTC)")
_COUNTS = frozenset({"Sent", "Received", "Count"})
"""Columns of numbers."""


def summary(entries: Sequence[Entry], path: Path) -> str:
    """Return what left this machine, newest last, and sums of all entries, those of what left before the others."""
    parts = [_told(entries)]
    beyond = [entry for entry in entries if not _stayed(entry)]
    if beyond:
        earlier = len(beyond) - NEWEST_THAT_LEFT
        more = [f"({_counted(earlier, 'earlier one', 'earlier ones')}: --all)"] if earlier > 0 else []
        parts.append("\n".join([*_table(_HEAD, map(_row, beyond[-NEWEST_THAT_LEFT:])), *more]))
    if entries:
        parts.append("\n".join(["In sum:", *_table(_SUMS, _sums(entries))]))
    return "\n\n".join([*parts, _where(path)])


def everything(entries: Sequence[Entry], path: Path) -> str:
    """Return a line for each entry, and what they come to."""
    table = [*_table(_HEAD, map(_row, entries)), ""] if entries else []
    return "\n".join([*table, _told(entries), _where(path)])


def _where(path: Path) -> str:
    return f"The ledger is {path}"


def _stayed(entry: Entry) -> bool:
    return is_this_machine(entry.host) and entry.outcome != Outcome.REFUSED


def _told(entries: Sequence[Entry]) -> str:
    made = [entry for entry in entries if entry.outcome != Outcome.REFUSED]
    asked = sum(entry.port == 0 for entry in made)
    stayed = sum(is_this_machine(entry.host) for entry in made)
    sums = (
        _counted(len(made) - asked - stayed, "connection left this machine", "connections left this machine"),
        _counted(asked, "name was looked up", "names were looked up"),
        _counted(stayed, "connection stayed within it", "connections stayed within it"),
        _counted(len(entries) - len(made), "was refused", "were refused"),
    )
    told = filter(None, sums if any(sums[:2]) else ("Nothing has left this machine", *sums[2:]))
    return f"{'; '.join(told)}."


def _sums(entries: Sequence[Entry]) -> Iterable[tuple[str, ...]]:
    groups: dict[tuple[bool, str, str, str], list[Entry]] = {}
    for entry in entries:
        refused = " (refused)" if entry.outcome == Outcome.REFUSED else ""
        # An embedded engine listens at another port of this machine each time.
        place = f"{visible(entry.host)} (this machine)" if is_this_machine(entry.host) else _place(entry)
        key = (_stayed(entry), f"{place}{refused}", visible(entry.purpose), visible(entry.command))
        groups.setdefault(key, []).append(entry)
    for (_, place, purpose, command), those in sorted(groups.items()):
        sent, received = (_sum([getattr(one, way) for one in those]) for way in ("sent", "received"))
        times = [_time(one) for one in those]
        yield place, purpose, command, f"{len(those):,}", sent, received, min(times), max(times)


def _sum(counts: Iterable[int | None]) -> str:
    counted = [count for count in counts if count is not None]
    return _bytes(sum(counted) if counted else None)


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        _time(entry),
        _place(entry),
        visible(entry.purpose),
        _bytes(entry.sent),
        _bytes(entry.received),
        visible(entry.command),
        visible(entry.outcome),
    )


def _time(entry: Entry) -> str:
    return visible(entry.time[:19].replace("T", " "))


def _place(entry: Entry) -> str:
    host = f"[{entry.host}]" if ":" in entry.host else entry.host
    place = f"{host}:{entry.port}" if entry.port else host
    return visible(f"{place} (this machine)" if is_this_machine(entry.host) else place)


def _bytes(count: int | None) -> str:
    return "not counted" if count is None else f"{count:,}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if name in _COUNTS else cell.ljust(width)
            for name, cell, width in zip(head, line, widths, strict=True)
        ).rstrip()
        for line in lines
    ]


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""
