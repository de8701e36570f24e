"""`copydesk draft`: a section written under its heading by the desk, for the terminal, a program, or into the file."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters.drafts import discard_draft
from copydesk.adapters.evidence_files import document_address
from copydesk.adapters.journal import default_drafts_directory, identity_of, open_journal
from copydesk.adapters.project import find_root
from copydesk.cli.accepting import noted, written
from copydesk.cli.arguments import add_engine_flags, add_library_flag, settings_of, with_library
from copydesk.cli.documents import read_document
from copydesk.cli.guarding import guarded
from copydesk.cli.headings import sections_named, trouble
from copydesk.cli.results import Examined, Results
from copydesk.cli.speaking import CANCELLED, progress_line, speaker
from copydesk.cli.stopping import stopping
from copydesk.cli.wiring import desk_for, source_store
from copydesk.core.brief import brief_of
from copydesk.core.draft.notes import note_on
from copydesk.core.draft.ratchet import MOST_ROUNDS, Stop
from copydesk.core.draft.task import LEAST_WORDS, MOST_WORDS
from copydesk.core.visible import visible
from copydesk.drafting.limits import Terms
from copydesk.errors import DocumentError
from copydesk.events import Drafted, Drafting, Report, Stats

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.journal import FileJournal
    from copydesk.core.brief import Brief
    from copydesk.core.document import Document
    from copydesk.core.text import Span
    from copydesk.settings import Settings


@dataclass(frozen=True, slots=True)
class _Task:
    """One section to draft, and on what terms."""

    path: Path
    document: Document
    heading: Span
    brief: Brief
    settings: Settings
    words: int


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "draft",
        help="draft the section under a heading, from your notes and sources",
        description="Draft the section under a heading: what stands there is kept, or made into sentences if it is "
        "notes. The Markdown goes to standard output and how it went to standard error. Every step is kept on disk: "
        "after an interruption the same command goes on where it was.",
        epilog="Exit status: 0 a draft with nothing left to mend, 1 a draft with faults left to mend, 2 no whole "
        "draft, or it could not be written, 130 interrupted; what is finished is kept then.",
    )
    parser.add_argument("path", type=Path, metavar="PATH", help="a document")
    parser.add_argument(
        "--heading", required=True, metavar="TITLE", help="the section's heading, or its path: “Chapter > Section”"
    )
    parser.add_argument(
        "--write", action="store_true", help="put the draft into the file, if that is still what was read"
    )
    parser.add_argument(
        "--words",
        type=_whole(LEAST_WORDS, MOST_WORDS),
        default=0,
        metavar="N",
        help="how long the text that is written should be, whatever the brief says",
    )
    parser.add_argument(
        "--rounds", type=_whole(1, MOST_ROUNDS), metavar="N", help=f"rounds at most, {MOST_ROUNDS} by default"
    )
    add_library_flag(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is printed (default: text)")
    parser.add_argument(
        "--again", action="store_true", help="begin anew, whatever an earlier run of the same command finished"
    )
    add_engine_flags(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Draft, print or write, and return the exit status."""
    say = speaker()
    document = read_document(args.path)
    found = sections_named(document, args.heading)
    if len(found) != 1 or found[0].heading is None:
        first, *rest = trouble(document, str(args.path), args.heading)
        say(first)
        print("\n".join(rest), end="\n" if rest else "", file=sys.stderr)
        return 2
    task = _task(args, document, found[0].heading, say)
    journal = _journal(task, say, again=args.again)
    try:
        with guarded() as egress:
            drafted, report = asyncio.run(_drafted(task, journal, egress, say))
    except asyncio.CancelledError:  # told twice to stop
        raise KeyboardInterrupt from None
    finally:
        journal.close()
    _note_newest(drafted, say)
    status, there = _status(drafted, report), False
    if args.write and drafted is not None:
        there = written(task.path, document, drafted, say)
        if there:
            noted(default_drafts_directory(), journal.identity.id, say)
        elif not status:
            status = 2
    _print(task, journal, drafted, report, args.format, written=there)
    return status


def _task(args: argparse.Namespace, document: Document, heading: Span, say: Callable[[str], None]) -> _Task:
    rounds = {"draft": {"rounds": args.rounds}} if args.rounds else {}
    settings, problems = settings_of(find_root(args.path), args, rounds)
    head = document.text.slice(document.front_matter) if document.front_matter else ""
    brief, more = brief_of(head, settings.brief)
    for problem in problems:
        say(str(problem))
    for problem in more:
        say(f"{args.path}: {problem}")
    return _Task(args.path, document, heading, brief, with_library(settings, args, say), args.words)


def _journal(task: _Task, say: Callable[[str], None], *, again: bool) -> FileJournal:
    directory, style = default_drafts_directory(), task.settings.citations.style
    address = document_address(task.path)
    identity = identity_of(task.document, task.heading.start, address, task.brief, style, task.words)
    if identity is None:
        raise DocumentError(f"{task.path} has no heading to draft under.", "Write one.")
    if again and directory is not None:
        discard_draft(directory, identity.id)
    journal = open_journal(directory, identity, warn=say)
    if journal.resumed:
        began = journal.began.replace("T", " at ").removesuffix("Z")
        say(f"This goes on from a run that began {began} (UTC); --again begins anew.")
    return journal


async def _drafted(
    task: _Task, journal: FileJournal, egress: Egress, say: Callable[[str], None]
) -> tuple[Drafted | None, Report]:
    desk = desk_for(task.settings, find_root(task.path), egress)
    progress = progress_line()
    drafted, report = None, Report(Stats())
    try:
        with stopping(say) as stop:
            own = task.path.resolve().as_uri()
            terms = Terms(journal, task.settings.citations.style, own, task.words, stop)
            async with aclosing(desk.draft(task.document, task.heading.start, task.brief, terms)) as events:
                async for event in events:
                    match event:
                        case Drafting():
                            progress(_words(event))
                        case Drafted():
                            drafted = event
                        case Report():
                            report = event
    finally:
        progress("")
        await desk.close()
    return drafted, report


def _status(drafted: Drafted | None, report: Report) -> int:
    if drafted is not None and drafted.draft.status is Stop.CANCELLED:
        return CANCELLED
    if drafted is None or report.problem is not None or not drafted.draft.sentences:
        return 2
    return 1 if drafted.draft.faults else 0


def _note_newest(drafted: Drafted | None, say: Callable[[str], None]) -> None:
    """Note the newest text of sources that were cited earlier, so that quotes which left them are noticed."""
    if drafted is not None and drafted.pages and (store := source_store(say)) is not None:
        for page in drafted.pages:
            store.seen(page)


def _print(
    task: _Task, journal: FileJournal, drafted: Drafted | None, report: Report, form: str, *, written: bool
) -> None:
    from copydesk.cli.formats.drafts import draft_value, summary
    from copydesk.cli.formats.text import cost

    draft = drafted.draft if drafted is not None else None
    if form == "json":
        from copydesk.cli.formats.json import json

        offered = draft is not None and bool(draft.sentences) and not written
        notes = (note_on(task.document, task.heading, draft),) if offered and draft is not None else ()
        examined = Examined(str(task.path), task.document, notes, 0, report)
        own = {"id": journal.identity.id, "resumed": journal.resumed, "written": written}
        value = None if draft is None else {**own, **draft_value(draft, task.document.text)}
        print(json(Results((examined,)), {"draft": value}))
    elif draft is not None and draft.sentences and not written:
        # At a terminal nothing in the text may move the cursor; elsewhere it goes as it is.
        body = draft.markdown.strip("\r\n")
        print(visible(body) if sys.stdout.isatty() else body)
    if form == "json":
        lines = [] if report.problem is None else [visible(report.problem.sentence)]
    else:
        lines = [*(summary(draft) if draft is not None else ()), *cost(report)]
        lines += [f"written into {visible(str(task.path))}"] if written else []
        lines += [f"kept as {journal.identity.id}: copydesk drafts"] if draft is not None and not written else []
    print("\n".join(lines), end="\n" if lines else "", file=sys.stderr)


def _words(event: Drafting) -> str:
    sources = f", {event.sources} source{'' if event.sources == 1 else 's'}" if event.sources else ""
    return f"Round {event.round}: {event.role.value} {event.label}{sources}, {event.words} words so far"


def _whole(least: int, most: int) -> Callable[[str], int]:
    def number(words: str) -> int:
        if not words.isdecimal() or not least <= int(words) <= most:
            raise argparse.ArgumentTypeError(f"a whole number from {least} to {most} is wanted, not {words!r}")
        return int(words)

    return number
