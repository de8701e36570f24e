"""`copydesk ledger`: what left this machine, as text for people or JSON for programs, and how to be rid of it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from copydesk.adapters.ledger import clear_ledger, default_ledger_path, read_ledger
from copydesk.cli.formats.ledger import everything, summary
from copydesk.errors import CopydeskError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from copydesk.adapters.ledger import Entry

_LONGEST = 36_500.0
NEWEST = 200
"""How many entries editors are given."""
NO_PLACE = "This system has no place for a ledger, so none is kept."


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "ledger",
        help="show what left this machine, or clear the record",
        description="Show the connections that copydesk opened or refused: those that left this machine, then sums for "
        "each destination, purpose and command. No document text, query or address of a page is recorded.",
    )
    parser.add_argument("action", nargs="?", choices=("show", "clear"), default="show", help="default: show")
    parser.add_argument("--all", action="store_true", help="a line for each connection, instead of sums")
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
    """Return the ledger's path, its newest entries as JSON has them, oldest first, and what people are shown of all.

    It may block.
    """
    path = default_ledger_path()
    try:
        entries = read_ledger(path) if path is not None else ()
        text = summary(entries, path) if path is not None else NO_PLACE
    except StoreError as error:
        entries, text = (), error.sentence
    where = str(path) if path is not None else None
    return {"path": where, "entries": [asdict(entry) for entry in entries[-NEWEST:]], "text": text}


def _answer(args: argparse.Namespace, path: Path | None) -> str:
    if path is None:
        raise StoreError(NO_PLACE, "Set HOME to a folder of yours.")
    if args.action == "clear":
        removed = clear_ledger(path)
        return f"{removed} {'entry' if removed == 1 else 'entries'} removed from {path}"
    entries = _since(read_ledger(path), args.since)
    if args.format == "json":
        return json.dumps({"version": 1, "path": str(path), "entries": [asdict(entry) for entry in entries]}, indent=2)
    return everything(entries, path) if args.all else summary(entries, path)


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = -1.0
    if not 0 <= days <= _LONGEST:  # nor what is not a number
        raise argparse.ArgumentTypeError(f"a number of days from 0 to {_LONGEST:.0f} is wanted, not {text!r}")
    return days


def _since(entries: Sequence[Entry], days: float | None) -> Sequence[Entry]:
    if days is None:
        return entries
    first = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    return [entry for entry in entries if entry.time >= first]
