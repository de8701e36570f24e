"""`copydesk clear`: be rid of what copydesk keeps, all of it or by name, after seeing what that is."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from copydesk.adapters.user_data import kinds
from copydesk.cli.sizes import readable_size
from copydesk.cli.speaking import speaker
from copydesk.core.visible import visible
from copydesk.errors import StoreError
from copydesk.settings import user_settings_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copydesk.adapters.user_data import Kind

NAMES = ("answers", "library", "log", "ledger", "drafts", "sources", "provenance", "models")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "clear",
        help="remove what copydesk keeps of yours",
        description="List what copydesk keeps of yours, with places and sizes, and remove it with --yes. Without a "
        "name that is everything but models, which say nothing of you. Your documents, settings, what copydesk wrote "
        "into projects (.copydesk) and bundles beside documents are your own files and stay.",
        epilog="Exit status: 0 done, 2 nothing was removed for want of --yes, or something stays.",
    )
    parser.add_argument("what", nargs="*", type=_name, metavar="WHAT", help=f"only these: {', '.join(NAMES)}")
    parser.add_argument("--yes", action="store_true", help="really remove it")
    return parser


def run(args: argparse.Namespace) -> int:
    """List what is kept, or remove it; 0 if it is gone, 2 if not."""
    say = speaker()
    chosen = [kind for kind in kinds(say) if (kind.name in args.what if args.what else kind.personal)]
    found = [(kind, *kind.amount()) for kind in chosen]
    if not args.yes:
        listed = [(kind, files, size) for kind, files, size in found if files]
        if not listed:
            print("Nothing is kept.")
            return 0
        print("\n".join(["This would be removed:", *map(_listed, listed), *_spared(chosen)]))
        print("Nothing was removed yet. Confirm with --yes.", file=sys.stderr)
        return 2
    stays = False
    for kind, files, size in found:
        try:
            kind.remove()
        except StoreError as error:
            say(f"{kind.name}: {error.sentence}")
            stays = True
        else:
            if files:
                print(f"{kind.name}: removed {_amount(files, size)} from {visible(str(kind.folder))}")
    if not stays and not any(files for _, files, _ in found):
        print("Nothing was kept.")
    return 2 if stays else 0


def cleared(names: Sequence[str]) -> dict[str, Any]:
    """Remove kinds by name and return what is kept then, what was removed and what stays, as JSON has it; may block."""
    problems = [f"There is no {visible(name)}." for name in names if name not in NAMES]
    removed = []
    every = kinds(problems.append)
    for kind in every:
        if kind.name in names:
            try:
                kind.remove()
                removed.append(kind.name)
            except StoreError as error:
                problems.append(error.sentence)
    return {"kinds": [_value(kind) for kind in every], "removed": removed, "problems": problems}


def _value(kind: Kind) -> dict[str, Any]:
    files, size = kind.amount()
    return {
        "name": kind.name,
        "holds": kind.holds,
        "lost": kind.lost,
        "folder": str(kind.folder) if kind.folder is not None else None,
        "files": files,
        "size": size,
        "personal": kind.personal,
    }


def _name(given: str) -> str:
    if given not in NAMES:
        raise argparse.ArgumentTypeError(f"there is no {visible(given)}; there are {', '.join(NAMES)}")
    return given


def _listed(one: tuple[Kind, int, int]) -> str:
    kind, files, size = one
    return f"  {kind.name}: {kind.holds}; {_amount(files, size)}\n      {visible(str(kind.folder))}\n      {kind.lost}"


def _spared(chosen: Sequence[Kind]) -> list[str]:
    settings = user_settings_path()
    own = f"your settings ({visible(str(settings))})" if settings is not None else "your settings"
    spared = ["your documents", own, ".copydesk in projects", "bundles beside documents"]
    spared += [] if any(kind.name == "models" for kind in chosen) else ["models (name them to remove them too)"]
    return [f"This stays: {', '.join(spared)}."]


def _amount(files: int, size: int) -> str:
    return f"{files} {'file' if files == 1 else 'files'}, {readable_size(size)}"
