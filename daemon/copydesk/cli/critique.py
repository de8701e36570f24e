"""`copydesk critique`: the desk as a linter, at a terminal and in CI."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters.dismissals import ProjectDismissals
from copydesk.adapters.files import documents_in, read_text
from copydesk.adapters.project import find_root
from copydesk.cli.arguments import LEVELS, add_engine_flags, flag_values
from copydesk.cli.guarding import guarded
from copydesk.cli.results import Examined, Results
from copydesk.cli.speaking import progress_line, speaker
from copydesk.cli.wiring import desk_for
from copydesk.core.brief import brief_of
from copydesk.core.instant import instant
from copydesk.core.note import Note
from copydesk.core.suppress import suppressed
from copydesk.core.view import distinct, shown
from copydesk.errors import DocumentError, StoreError
from copydesk.events import Progress, Report, Stats
from copydesk.settings import load
from copydesk.turns import abreast

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from copydesk.adapters.egress import Egress
    from copydesk.core.document import Document
    from copydesk.core.schema import Problem
    from copydesk.desk import Desk
    from copydesk.settings import Settings

FORMATS = ("text", "json", "sarif", "github")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "critique",
        help="find what a careful editor would mark",
        description="Find what a careful editor would mark. Folders stand for the Markdown files in them.",
        epilog="Exit status: 0 nothing found at the level of --fail-on, 1 something found, 2 could not run.",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="documents, or folders of them")
    parser.add_argument("--instant", action="store_true", help="instant checks only; no model is asked")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how findings are printed (default: text)")
    parser.add_argument(
        "--fail-on",
        choices=(*LEVELS, "never"),
        default="warning",
        metavar="LEVEL",
        help="exit with 1 from this severity on: error, warning (default), information, hint or never",
    )
    parser.add_argument("--all", action="store_true", help="also findings beyond the default view")
    parser.add_argument(
        "--unproven", action="store_true", help="also what a model says that failed its self-test, as hints"
    )
    add_engine_flags(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Critique, print, and return the exit status."""
    say = speaker()
    documents: list[tuple[Path, Document]] = []
    failed = False
    for path in documents_in(args.paths):
        try:
            documents.append((path, _read(path)))
        except DocumentError as error:
            failed = True
            say(error.sentence)
    if not documents:
        if not failed:
            say(f"No Markdown document was found in {', '.join(map(str, args.paths))}. Name a file.")
        return 2
    with guarded() as egress:
        results = asyncio.run(_examined(documents, args, egress, say))
    print(_printed(results, args.format))
    problem = results.report.problem
    if problem is not None and args.format != "text":
        say(problem.sentence)
    if problem is not None and (args.engine or args.model or args.host or args.model_path):
        # Whoever names an engine wants its opinion; without it a run must not pass for a clean one.
        failed = True
    level = LEVELS.get(args.fail_on)
    found = level is not None and any(
        note.severity <= level for examined in results.documents for note in examined.notes
    )
    return 2 if failed else 1 if found else 0


async def _examined(
    documents: Sequence[tuple[Path, Document]], args: argparse.Namespace, egress: Egress, say: Callable[[str], None]
) -> Results:
    flags = flag_values(args)
    told: set[Problem] = set()
    desks: dict[Path, tuple[Settings, Desk]] = {}
    for path, _ in documents:
        root = find_root(path)
        if root not in desks:
            settings, problems = load(root, flags=flags)
            desks[root] = settings, desk_for(settings, root, egress)
            _tell(problems, told, say)
    progress = progress_line(documents=len(documents))
    dismissals = ProjectDismissals(warn=say)

    async def one(item: tuple[Path, Document]) -> Examined:
        path, document = item
        settings, desk = desks[find_root(path)]
        return await _examine(path, document, settings, None if args.instant else desk, args, dismissals, say, progress)

    try:
        width = max(settings.engine.concurrency for settings, _ in desks.values())
        done = {item[0]: examined async for item, examined in abreast(documents, one, width)}
    finally:
        progress("")
        for _, desk in desks.values():
            await desk.close()
    return Results(tuple(done[path] for path, _ in documents))


async def _examine(
    path: Path,
    document: Document,
    settings: Settings,
    desk: Desk | None,
    args: argparse.Namespace,
    dismissals: ProjectDismissals,
    say: Callable[[str], None],
    progress: Callable[[str], None],
) -> Examined:
    head = document.text.slice(document.front_matter) if document.front_matter else ""
    brief, problems = brief_of(head, settings.brief)
    for problem in problems:
        say(f"{path}: {problem}")
    notes: list[Note] = list(instant(document, frozenset(brief.known_terms)).notes)
    report = Report(Stats())
    if desk is not None and settings.critique.model:
        async with aclosing(desk.critique(document, brief)) as events:
            async for event in events:
                if isinstance(event, Note):
                    notes.append(event)
                elif isinstance(event, Progress):
                    progress(f"{path.name}: {event.label}, {event.done} of {event.total} questions")
                else:
                    report = event
    kept = _wanted(path, document, notes, settings, dismissals, say)
    view = kept if args.all else shown(kept, document.words, settings.critique.max_per_1000_words)
    return Examined(str(path), document, tuple(view), len(kept) - len(view), report)


def _wanted(
    path: Path,
    document: Document,
    notes: Sequence[Note],
    settings: Settings,
    dismissals: ProjectDismissals,
    say: Callable[[str], None],
) -> list[Note]:
    try:
        dismissed = dismissals.load(path, ())
    except StoreError as error:
        say(error.sentence)
        dismissed = lambda note: False  # noqa: E731
    disabled = frozenset(settings.critique.disable)
    kept = {
        note.id: note
        for note in notes
        if note.code not in disabled
        and not suppressed(note.anchor.span, note.code, document.directives)
        and not dismissed(note)
    }
    return sorted(distinct(kept.values()), key=lambda note: (note.anchor.hint, note.severity, note.code))


def _read(path: Path) -> Document:
    from copydesk.core.markdown import format_of, read

    return read(read_text(path), format_of(path.name))


def _printed(results: Results, form: str) -> str:
    if form == "json":
        from copydesk.cli.formats.json import json

        return json(results)
    if form == "sarif":
        from copydesk.cli.formats.sarif import sarif

        return sarif(results)
    if form == "github":
        from copydesk.cli.formats.github import github

        return github(results)
    from copydesk.cli.formats.text import text

    return text(results, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))


def _tell(problems: Sequence[Problem], told: set[Problem], say: Callable[[str], None]) -> None:
    for problem in problems:
        if problem not in told:
            told.add(problem)
            say(str(problem))
