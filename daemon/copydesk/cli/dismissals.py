"""`copydesk dismissals`: what a project's writers do not want to hear, and how to hear it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters.dismissals import FILE, read_dismissals, remove_dismissal
from copydesk.adapters.project import PROJECT_FOLDER, find_root, project_path
from copydesk.cli.speaking import speaker
from copydesk.core.codes import CODES
from copydesk.core.suppress import Dismissed, Scope
from copydesk.core.visible import shortened, visible
from copydesk.errors import DocumentError, StoreError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from copydesk.core.suppress import Dismissal

WORDS = 160
"""Code points of a note's words, or of a reason, that are shown."""
_WHERE = "See `copydesk dismissals list` for what there is."


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "dismissals",
        help="list what was dismissed in a project, and take it back",
        description=f"Notes that were dismissed in an editor are recorded in {PROJECT_FOLDER}/{FILE} of their project. "
        "List them, or take some back, so that the notes are shown again. Comments in a document that switch codes off "
        "are none of it.",
    )
    parser.set_defaults(path=Path(), format="text")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    listing = actions.add_parser("list", help="what was dismissed; also without any action")
    listing.add_argument("path", nargs="?", type=Path, default=Path(), metavar="PATH",
                         help="a document, or a folder of the project (default: this folder)")  # fmt: skip
    listing.add_argument("--format", choices=("text", "json"), default="text", help="how it is shown (default: text)")
    restoring = actions.add_parser("restore", help="take dismissals back")
    restoring.add_argument("ids", nargs="+", metavar="ID", help="an id, or how it begins")
    restoring.add_argument("--project", type=Path, default=Path(), metavar="PATH", dest="path",
                           help="a folder of the project, or a document in it (default: this folder)")  # fmt: skip
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 if it is done. Raises `StoreError`, and `DocumentError` for a path that leads nowhere."""
    path: Path = args.path
    if not path.exists():
        raise DocumentError(f"{visible(str(path))} does not exist.", "Check how it is spelled.")
    root = find_root(path / FILE if path.is_dir() else path)
    found, problems = read_dismissals(root)
    say = speaker()
    for problem in problems:
        say(str(problem))
    if args.action == "restore":
        for one in [_named(found, identity) for identity in args.ids]:
            remove_dismissal(root, one)
            print(f"{_line(one)}: taken back")
        return 0
    kept = found if path.is_dir() else Dismissed(found, project_path(path, root)).all
    print(_as_json(kept) if args.format == "json" else "\n".join(_as_text(kept, root)))
    return 0


def _named(found: Sequence[Dismissal], prefix: str) -> Dismissal:
    known = {one.id: one for one in found if one.id.startswith(prefix)}
    if len(known) != 1:
        many = "There are several dismissals" if known else "There is no dismissal"
        raise StoreError(f"{many} whose id begins with {visible(prefix)}.", _WHERE)
    return next(iter(known.values()))


def _as_text(kept: Sequence[Dismissal], root: Path) -> Iterator[str]:
    if not kept:
        yield "Nothing was dismissed."
        return
    for one in kept:
        yield _line(one)
        if one.reason:
            yield f"    why: {shortened(one.reason, WORDS)}"
    many = "1 dismissal" if len(kept) == 1 else f"{len(kept)} dismissals"
    yield f"{many}, recorded in {visible(str(root / PROJECT_FOLDER / FILE))}"


def _line(one: Dismissal) -> str:
    code = CODES.get(one.code)
    name = f"{one.id}  {visible(one.code)}" + (f" ({code.name.replace('-', ' ')})" if code is not None else "")
    if one.scope is Scope.PROJECT:
        return f"{name}, all in the project"
    path = visible(one.path or "")
    if one.scope is Scope.DOCUMENT:
        return f"{name}, all in {path}"
    return f"{name} in {path}: “{shortened(one.words or '', WORDS)}”"


def _as_json(kept: Sequence[Dismissal]) -> str:
    values = [
        {
            "id": one.id,
            "code": one.code,
            "scope": one.scope.value,
            "path": one.path,
            "words": one.words,
            "reason": one.reason,
        }
        for one in kept
    ]
    return json.dumps({"version": 1, "dismissals": values}, indent=2)
