"""`copydesk critique`: the desk as a linter, at a terminal and in CI."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters.dismissals import ProjectDismissals
from copydesk.adapters.evidence_files import known_sources
from copydesk.adapters.project import find_root
from copydesk.cli.arguments import LEVELS, add_engine_flags, flag_values
from copydesk.cli.documents import found_at, printed, read_documents, wanted
from copydesk.cli.guarding import guarded
from copydesk.cli.results import Examined, Results
from copydesk.cli.speaking import progress_line, speaker
from copydesk.cli.wiring import desk_for, source_store
from copydesk.core.brief import brief_of
from copydesk.core.instant import instant
from copydesk.core.note import Note
from copydesk.core.view import shown
from copydesk.events import Progress, Report, Stats
from copydesk.settings import load
from copydesk.turns import abreast

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.sources import SourceStore
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
    documents, failed = read_documents(args.paths, say)
    if not documents:
        return 2
    with guarded() as egress:
        results = asyncio.run(_examined(documents, args, egress, say))
    print(printed(results, args.format))
    problem = results.report.problem
    if problem is not None and args.format != "text":
        say(problem.sentence)
    if problem is not None and (args.engine or args.model or args.host or args.model_path):
        # Whoever names an engine wants its opinion; without it a run must not pass for a clean one.
        failed = True
    return 2 if failed else 1 if found_at(args.fail_on, results) else 0


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
    dismissals, store = ProjectDismissals(warn=say), source_store(say)

    async def one(item: tuple[Path, Document]) -> Examined:
        path, document = item
        settings, desk = desks[find_root(path)]
        asked = None if args.instant else desk
        return await _examine(path, document, settings, asked, args, dismissals, store, say, progress)

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
    store: SourceStore | None,
    say: Callable[[str], None],
    progress: Callable[[str], None],
) -> Examined:
    head = document.text.slice(document.front_matter) if document.front_matter else ""
    brief, problems = brief_of(head, settings.brief)
    for problem in problems:
        say(f"{path}: {problem}")
    known = await asyncio.to_thread(known_sources, document, path, store, say)
    notes: list[Note] = list(instant(document, frozenset(brief.known_terms), known_sources=known).notes)
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
    kept = wanted(path, document, notes, settings, dismissals, say)
    view = kept if args.all else shown(kept, document.words, settings.critique.max_per_1000_words)
    return Examined(str(path), document, tuple(view), len(kept) - len(view), report)


def _tell(problems: Sequence[Problem], told: set[Problem], say: Callable[[str], None]) -> None:
    for problem in problems:
        if problem not in told:
            told.add(problem)
            say(str(problem))
