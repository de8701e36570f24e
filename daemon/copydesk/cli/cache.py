"""`copydesk cache`: what is kept on disk, and how to be rid of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters import disk
from copydesk.adapters.library import upkeep
from copydesk.cli.sizes import readable_size
from copydesk.errors import CopydeskError, StoreError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

LIBRARY = "library"
"""The folder of the library's indexes in a cache named with `--directory`."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A kind of thing that is kept: `stats` returns how many there are and their bytes, `clear` how many it removed."""

    one: str
    many: str
    directory: Path | None
    stats: Callable[[Path], tuple[int, int]]
    clear: Callable[[Path], int]

    def counted(self, number: int) -> str:
        return f"{number} {self.one if number == 1 else self.many}"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser("cache", help="show or clear the answers and indexes kept on disk")
    parser.set_defaults(directory=None)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    shown = "how much is kept, how large, and where; also without any action"
    for name, summary in (("stats", shown), ("clear", "remove it all")):
        action = actions.add_parser(name, help=summary)
        action.add_argument("--directory", type=Path, metavar="DIR", help="another cache than your own")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked, of each kind of thing whatever becomes of the others; 0 if all is done, 2 if not."""
    code = 0
    for kept in _kinds(args.directory):
        try:
            print(_answer(args.action, kept))
        except CopydeskError as error:
            print(error.sentence, file=sys.stderr)
            code = 2
    return code


def _kinds(directory: Path | None) -> tuple[_Kept, ...]:
    answers = directory or disk.default_directory()
    library = directory / LIBRARY if directory is not None else upkeep.default_directory()
    return (
        _Kept("answer", "answers", answers, _answers, disk.clear_cache),
        _Kept("document of the library", "documents of the library", library, _documents, upkeep.clear_library),
    )


def _answer(action: str, kept: _Kept) -> str:
    if kept.directory is None:
        raise StoreError("This system has no place for your cache.", "Name one with --directory.")
    if action == "clear":
        return f"{kept.counted(kept.clear(kept.directory))} removed from {kept.directory}"
    number, size = kept.stats(kept.directory)
    of_what = " of empty database files that another program holds open" if size and not number else ""
    return f"{kept.counted(number)}, {readable_size(size)}{of_what}, in {kept.directory}"


def _answers(directory: Path) -> tuple[int, int]:
    stats = disk.cache_stats(directory)
    return stats.entries, stats.size


def _documents(directory: Path) -> tuple[int, int]:
    stats = upkeep.library_stats(directory)
    return stats.documents, stats.size
