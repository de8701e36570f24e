"""`copydesk cache`: what is kept on disk, and how to be rid of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters.disk import cache_stats, clear_cache, default_directory
from copydesk.cli.sizes import readable_size
from copydesk.errors import CopydeskError, StoreError

if TYPE_CHECKING:
    import argparse


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser("cache", help="show or clear the answers kept on disk")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, summary in (("stats", "how many answers are kept, how large, and where"), ("clear", "remove them all")):
        action = actions.add_parser(name, help=summary)
        action.add_argument("--directory", type=Path, metavar="DIR", help="another cache than your own")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 if done, 2 if not."""
    try:
        print(_answer(args.action, args.directory or default_directory()))
    except CopydeskError as error:
        print(error.sentence, file=sys.stderr)
        return 2
    return 0


def _answer(action: str, directory: Path | None) -> str:
    if directory is None:
        raise StoreError("This system has no place for your cache.", "Name one with --directory.")
    if action == "clear":
        return f"{_counted(clear_cache(directory))} removed from {directory}"
    stats = cache_stats(directory)
    return f"{_counted(stats.entries)}, {readable_size(stats.size)}, in {directory}"


def _counted(answers: int) -> str:
    return f"{answers} answer" if answers == 1 else f"{answers} answers"
