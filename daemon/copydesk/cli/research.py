"""`copydesk research`: check claims against sources, at a terminal and in CI."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters.project import find_root
from copydesk.cli.arguments import LEVELS, add_engine_flags, add_library_flag, settings_of, with_library
from copydesk.cli.documents import read_document
from copydesk.cli.guarding import guarded
from copydesk.cli.results import Examined, Results
from copydesk.cli.speaking import progress_line, speaker
from copydesk.cli.wiring import desk_for, source_store
from copydesk.core.claims.claim import Claim, claim_at, claims_in
from copydesk.core.document import Format
from copydesk.core.evidence import Status
from copydesk.core.text import Text
from copydesk.errors import DocumentError
from copydesk.events import Progress, Report, Researched, Stats

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from copydesk.adapters.egress import Egress
    from copydesk.core.document import Document
    from copydesk.ports import Page
    from copydesk.settings import Settings

UNNAMED = "-"
"""The path of a claim that was given on the command line."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "research",
        help="check claims against sources, with verbatim quotes",
        description="Check claims against sources: the claims of a document, those on one line of it, or one given "
        "here. Looked up is in the library folders, and where your settings say; see docs/research.md.",
        epilog="Exit status: 0 nothing found at the level of --fail-on, 1 something found, 2 a claim could not be "
        "checked.",
    )
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a document")
    parser.add_argument("--line", type=int, metavar="N", help="only the claims on this line, counted from one")
    parser.add_argument("--claim", metavar="TEXT", help="this claim, instead of a document's")
    add_library_flag(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is printed (default: text)")
    parser.add_argument(
        "--fail-on",
        choices=(*LEVELS, "never"),
        default="warning",
        metavar="LEVEL",
        help="exit with 1 from this severity on: error, warning (default), information, hint or never",
    )
    add_engine_flags(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Research, print, and return the exit status."""
    say = speaker()
    path, document, claims = _subject(args)
    if not claims:
        return _nothing_to_check(args, document, say)
    root = find_root(path if path is not None else Path.cwd() / "document")
    settings, problems = settings_of(root, args)
    for problem in problems:
        say(str(problem))
    settings = with_library(settings, args, say)
    with guarded() as egress:
        results = asyncio.run(_researched(settings, root, egress, path, document, claims))
    print(_printed(results, args.format))
    report = results.report
    if report.problem is not None and args.format != "text":
        say(report.problem.sentence)
    if any(claim.status is Status.UNAVAILABLE for claim in results.claims):
        return 2
    level = LEVELS.get(args.fail_on)
    notes = [note for examined in results.documents for note in examined.notes]
    return 1 if level is not None and any(note.severity <= level for note in notes) else 0


def _nothing_to_check(args: argparse.Namespace, document: Document, say: Callable[[str], None]) -> int:
    """Say so; 0 for a whole document, 2 where a claim was asked for that is none."""
    if args.claim is not None:
        say("There is no claim to check here. Give a sentence with --claim.")
        return 2
    if args.line is not None:
        say(f"There is no claim to check on line {args.line} of {args.path}. Name a line with a sentence.")
        return 2
    say(f"There is no claim to check in {args.path}.")
    if args.format == "json":
        from copydesk.cli.formats.json import json

        print(json(Results((Examined(str(args.path), document, (), 0, Report(Stats())),)), {"claims": []}))
    return 0


def _subject(args: argparse.Namespace) -> tuple[Path | None, Document, tuple[Claim, ...]]:
    """Return what is to be researched; raises `DocumentError`."""
    from copydesk.core.markdown import read

    if args.path is not None and args.claim is not None:
        raise DocumentError("Name a document or give a claim with --claim, not both.", "See copydesk research --help.")
    if args.path is None and args.claim is None:
        raise DocumentError("Name a document, or give one claim with --claim.", "See copydesk research --help.")
    if args.claim is not None:
        if args.line is not None:
            raise DocumentError("--line goes with a document.", "Leave it out.")
        document = read(Text(args.claim), Format.PLAIN)
        whole = claim_at(document, document.passages[0].span) if document.passages else None
        return None, document, (whole,) if whole is not None else ()
    document = read_document(args.path)
    if args.line is None:
        return args.path, document, claims_in(document, None)
    text = document.text
    if not 1 <= args.line <= len(text.line_starts):
        raise DocumentError(f"{args.path} has no line {args.line}.", f"It has {len(text.line_starts)} lines.")
    line = text.line_span(args.line - 1)
    claim = claim_at(document, line)
    found = [
        claim_at(document, sentence.span)
        for passage in document.passages
        for sentence in passage.sentences
        if claim is not None and claim.span.contains(sentence.span)
    ]
    return args.path, document, tuple(one for one in found if one is not None)


async def _researched(
    settings: Settings, root: Path, egress: Egress, path: Path | None, document: Document, claims: Sequence[Claim]
) -> Results:
    desk = desk_for(settings, root, egress)
    progress = progress_line()
    reports, notes, report = [], [], Report(Stats())
    try:
        async with aclosing(desk.research(document, claims, own=_own(path))) as events:
            async for event in events:
                match event:
                    case Progress():
                        progress(_words(event))
                    case Researched():
                        await asyncio.to_thread(_note_newest, event.pages)
                        reports.append(event.claim)
                        notes += [event.note] if event.note is not None else []
                    case Report():
                        report = event
    finally:
        progress("")
        await desk.close()
    name = UNNAMED if path is None else str(path)
    return Results((Examined(name, document, tuple(notes), 0, report),), tuple(reports))


def _note_newest(pages: Sequence[Page]) -> None:
    """Note the newest text of sources that were cited earlier, so that quotes which left them are noticed."""
    if pages and (store := source_store()) is not None:
        for page in pages:
            store.seen(page)


def _own(path: Path | None) -> str:
    """Return a document's file as the library names it."""
    return path.resolve().as_uri() if path is not None else ""


def _words(event: Progress) -> str:
    return f"{event.label} {event.done} of {event.total}" if event.total else event.label


def _printed(results: Results, form: str) -> str:
    if form == "json":
        from copydesk.cli.formats.json import json

        return json(results)
    import os
    import sys

    from copydesk.cli.formats.claims import claims

    return claims(results, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
