"""`copydesk drafts`: the drafts that are kept on disk, finished or not, and how to be rid of them."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import unquote

from copydesk.adapters.drafts import clear_drafts, discard_draft, find_draft, list_drafts, read_draft
from copydesk.adapters.journal_files import default_drafts_directory
from copydesk.cli.headings import SEPARATOR
from copydesk.cli.sizes import readable_size
from copydesk.cli.speaking import speaker
from copydesk.core.draft.notes import STOPS
from copydesk.core.visible import shortened, visible
from copydesk.errors import StoreError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from copydesk.adapters.drafts import StoredDraft


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "drafts",
        help="list, show and discard the drafts kept on disk",
        description="Every step of a draft is kept on disk, so that an interrupted one goes on where it was when the "
        "same command is given again, and a finished one is never lost. Finished drafts are kept for 30 days, others "
        "for 90.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    listing = actions.add_parser("list", help="what is kept; also without any action")
    showing = actions.add_parser("show", help="print a draft's Markdown, and how it was made")
    discarding = actions.add_parser("discard", help="remove a draft for good")
    for one in (showing, discarding):
        one.add_argument("id", metavar="ID", help="its id, or how that begins")
    for one in (listing, showing):
        one.add_argument("--format", choices=("text", "json"), default="text", help="how it is shown (default: text)")
    clear = actions.add_parser("clear", help="remove all drafts")
    clear.add_argument("--yes", action="store_true", help="really remove them")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 if it is done, 2 if not."""
    directory = default_drafts_directory()
    if directory is None:
        raise StoreError("This system has no place for drafts.", "Set HOME to a folder of yours.")
    if args.action == "show":
        return _show(directory, args.id, args.format)
    if args.action == "discard":
        found = find_draft(directory, args.id)
        discard_draft(directory, found.id)
        print(f"{_place(found)}: draft {found.id} removed")
        return 0
    stored = list_drafts(directory)
    if args.action == "clear":
        if stored and not args.yes:
            print(f"copydesk: {_counted(len(stored))} would be removed. Confirm with --yes.", file=sys.stderr)
            return 2
        print(f"{_counted(clear_drafts(directory))} removed")
        return 0
    as_json = getattr(args, "format", "text") == "json"
    print(_as_json(stored) if as_json else "\n".join(_as_text(stored)))
    return 0


def _show(directory: Path, prefix: str, form: str) -> int:
    from copydesk.cli.formats.drafts import draft_value, summary

    found = find_draft(directory, prefix)
    journalled = read_draft(directory, found.id)
    draft = journalled.draft if journalled is not None else None
    if form == "json":
        value = None if draft is None else draft_value(draft, None)
        print(json.dumps({"version": 1, **_value(found), "draft": value}, indent=2))
        return 0
    if draft is None or not draft.sentences:
        speaker()(f"Nothing is written yet of draft {found.id}, for {_place(found)}.")
        return 2
    body = draft.markdown.strip("\r\n")
    print(visible(body) if sys.stdout.isatty() else body)
    lines = [f"{_place(found)}: {_state(found)}, last changed {_when(found)}", *summary(draft)]
    print("\n".join(lines), file=sys.stderr)
    return 0


def _as_text(stored: Sequence[StoredDraft]) -> Iterator[str]:
    for one in stored:
        words = f"{one.words} words" if one.words else "no words yet"
        yield f"{one.id}  {_when(one)}  {_state(one)}, {words}"
        by = f", with {shortened(one.model, 60)}" if one.model else ""
        yield f"    {_place(one)}{by}"
    total = sum(one.size for one in stored)
    yield f"{_counted(len(stored))}, {readable_size(total)}"
    if any(one.resumable for one in stored):
        yield "An unfinished draft goes on when the same command is given again."


def _as_json(stored: Sequence[StoredDraft]) -> str:
    return json.dumps({"version": 1, "drafts": [_value(one) for one in stored]}, indent=2)


def _value(one: StoredDraft) -> dict[str, object]:
    return {**asdict(one), "resumable": one.resumable}


def _state(one: StoredDraft) -> str:
    return one.state.value + (f" ({STOPS[one.stop]})" if one.stop is not None and one.resumable else "")


def _when(one: StoredDraft) -> str:
    return one.changed[:16].replace("T", " ")


def _place(one: StoredDraft) -> str:
    name = unquote(one.document.removeprefix("file://"))
    return f"{visible(name)}, “{shortened(SEPARATOR.join(one.heading), 160)}”"


def _counted(drafts: int) -> str:
    return f"{drafts} draft" if drafts == 1 else f"{drafts} drafts"
