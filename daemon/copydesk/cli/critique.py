"""`copydesk critique`: the desk as a linter, at a terminal and in CI."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters.dismissals import ProjectDismissals
from copydesk.adapters.project import find_root
from copydesk.cli.arguments import LEVELS, add_engine_flags, settings_of
from copydesk.cli.critiquing import Critiquing
from copydesk.cli.documents import found_at, printed, read_documents
from copydesk.cli.formats.live import Live
from copydesk.cli.guarding import guarded
from copydesk.cli.speaking import CANCELLED, progress_line, speaker
from copydesk.cli.wiring import desk_for
from copydesk.errors import Interrupted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from copydesk.adapters.egress import Egress
    from copydesk.cli.results import Results
    from copydesk.core.document import Document
    from copydesk.desk import Desk
    from copydesk.settings import Settings

FORMATS = ("text", "json", "sarif", "github")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "critique",
        help="find what a careful editor would mark",
        description="Find what a careful editor would mark. Folders stand for the Markdown files in them.",
        epilog="Exit status: 0 nothing found at the level of --fail-on, 1 something found, 2 could not run, "
        "130 interrupted; what was found by then is printed.",
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="documents, or folders of them, or - for standard input"
    )
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
    live = Live() if args.format == "text" and sys.stdout.isatty() else None
    with guarded() as egress:
        results = asyncio.run(_examined(documents, args, egress, say, live))
    print(printed(results, args.format) if live is None else live.summary(results))
    problem = results.report.problem
    if problem is not None and args.format != "text":
        say(problem.sentence)
    if isinstance(problem, Interrupted):
        return CANCELLED
    if problem is not None and (args.engine or args.model or args.host or args.model_path):
        # Whoever names an engine wants its opinion; without it a run must not pass for a clean one.
        failed = True
    return 2 if failed else 1 if found_at(args.fail_on, results) else 0


async def _examined(
    documents: Sequence[tuple[Path, Document]],
    args: argparse.Namespace,
    egress: Egress,
    say: Callable[[str], None],
    live: Live | None,
) -> Results:
    desks: dict[Path, tuple[Settings, Desk]] = {}
    for path, _ in documents:
        root = find_root(path)
        if root not in desks:
            settings, problems = settings_of(root, args)
            desks[root] = settings, desk_for(settings, root, egress)
            for problem in problems:
                say(str(problem))

    def desk_of(path: Path) -> tuple[Settings, Desk | None]:
        settings, desk = desks[find_root(path)]
        return settings, None if args.instant else desk

    show = live.show if live is not None else None
    critiquing = Critiquing(say, progress_line(), show, args.all, ProjectDismissals(warn=say))
    try:
        return await critiquing.results(documents, desk_of)
    finally:
        for _, desk in desks.values():
            await desk.close()
