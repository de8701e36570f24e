"""`copydesk ledger`: what left this machine, as a table for people or JSON for programs, and how to be rid of it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from copydesk.adapters.destination import is_this_machine
from copydesk.adapters.ledger import Entry, Outcome, clear_ledger, default_ledger_path, read_ledger
from copydesk.core.visible import visible
from copydesk.errors import CopydeskError, StoreError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

_LONGEST = 36_500.0
NEWEST = 200
"""How many entries editors are given."""
NO_PLACE = "This system has no place for a ledger, so none is kept."

_HEAD = ("Time (UTC)", "Destination", "Purpose", "Sent", "Received", "Command", "Outcome")
_COUNTS = frozenset({3, 4})
"""Columns of numbers."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "ledger",
        help="show what left this machine, or clear the record",
        description="Show every connection that copydesk opened or refused: when, where to, what for, bytes each way, "
        "for which command, and how it ended. No document text, query or address of a page is recorded.",
    )
    parser.add_argument("action", nargs="?", choices=("show", "clear"), default="show", help="default: show")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is shown (default: text)")
    parser.add_argument("--since", type=_days, metavar="DAYS", help="only the last so many days, such as 1 or 0.5")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 if done, 2 if not."""
    try:
        print(_answer(args, default_ledger_path()))
    except CopydeskError as error:
        print(error.sentence, file=sys.stderr)
        return 2
    return 0


def newest() -> dict[str, Any]:
    """Return the ledger's path and its newest entries, oldest first, as JSON has them and as a table; may block."""
    path = default_ledger_path()
    try:
        entries = read_ledger(path)[-NEWEST:] if path is not None else ()
        text = _text(entries, path) if path is not None else NO_PLACE
    except StoreError as error:
        entries, text = (), error.sentence
    where = str(path) if path is not None else None
    return {"path": where, "entries": [asdict(entry) for entry in entries], "text": text}


def _answer(args: argparse.Namespace, path: Path | None) -> str:
    if path is None:
        raise StoreError(NO_PLACE, "Set HOME to a folder of yours.")
    if args.action == "clear":
        removed = clear_ledger(path)
        return f"{removed} {'entry' if removed == 1 else 'entries'} removed from {path}"
    entries = _since(read_ledger(path), args.since)
    if args.format == "json":
        return json.dumps({"version": 1, "path": str(path), "entries": [asdict(entry) for entry in entries]}, indent=2)
    return _text(entries, path)


def _days(text: str) -> float:
    days = float(text)
    if not 0 <= days <= _LONGEST:  # nor what is not a number
        raise ValueError
    return days


def _since(entries: Sequence[Entry], days: float | None) -> Sequence[Entry]:
    if days is None:
        return entries
    first = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    return [entry for entry in entries if entry.time >= first]


def _text(entries: Sequence[Entry], path: Path) -> str:
    where = f"The ledger is {path}"
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
    table = [*_table([_HEAD, *map(_row, entries)]), ""] if entries else []
    return "\n".join([*table, f"{'; '.join(told)}.", where])


def _row(entry: Entry) -> tuple[str, ...]:
    host = f"[{entry.host}]" if ":" in entry.host else entry.host
    place = f"{host}:{entry.port}" if entry.port else host
    return (
        visible(entry.time[:19].replace("T", " ")),
        visible(f"{place} (this machine)" if is_this_machine(entry.host) else place),
        visible(entry.purpose),
        _bytes(entry.sent),
        _bytes(entry.received),
        visible(entry.command),
        visible(entry.outcome),
    )


def _bytes(count: int | None) -> str:
    return "not counted" if count is None else f"{count:,}"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if index in _COUNTS else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""
