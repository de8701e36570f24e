"""`copydesk sources`: the stored texts of what is cited, the bundle for a colleague, and checks of citations alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters.dismissals import ProjectDismissals
from copydesk.adapters.evidence_files import SUFFIX, export_bundle, known_sources
from copydesk.adapters.local_sources import LocalFiles, places_of
from copydesk.adapters.project import find_root
from copydesk.cli.arguments import LEVELS
from copydesk.cli.documents import found_at, printed, read_document, read_documents, wanted
from copydesk.cli.results import Examined, Results
from copydesk.cli.sizes import readable_size
from copydesk.cli.speaking import speaker
from copydesk.cli.wiring import source_store
from copydesk.core.citations.checks import CHECKED
from copydesk.core.instant import instant
from copydesk.core.visible import shortened, visible
from copydesk.errors import StoreError
from copydesk.events import Report, Stats
from copydesk.settings import load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from copydesk.adapters.sources import Kept, SourceStore
    from copydesk.core.document import Document
    from copydesk.settings import Settings

_TITLE = 100


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "sources",
        help="list, export and check the sources that documents cite",
        description="The text of each source that you cite is stored as it was read, so that its quotes can be checked "
        "later, whatever becomes of the page.",
    )
    parser.set_defaults(format="text")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    listing = actions.add_parser("list", help="what is stored; also without any action")
    listing.add_argument("--format", choices=("text", "json"), default="text", help="how it is shown (default: text)")
    export = actions.add_parser(
        "export",
        help="write the sources of a document beside it, for a colleague to check its quotes with",
        description=f"Write the stored sources that a document cites into one file, PATH{SUFFIX} by default. With it "
        "beside the document, anyone checks the quotes without a network, a model or your store.",
    )
    export.add_argument("path", type=Path, metavar="PATH", help="a document")
    export.add_argument("--output", type=Path, metavar="FILE", help="another file than the one beside the document")
    check = actions.add_parser(
        "check",
        help="check citations alone: marks, quotes, figures",
        description="Check citations: marks without definition and definitions without mark, and quotes and figures "
        "against the stored sources and the bundle beside each document.",
        epilog="Exit status: 0 nothing found at the level of --fail-on, 1 something found, 2 could not run.",
    )
    check.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="documents, or folders of them")
    check.add_argument("--format", choices=("text", "json"), default="text", help="how findings are printed")
    check.add_argument(
        "--fail-on",
        choices=(*LEVELS, "never"),
        default="warning",
        metavar="LEVEL",
        help="exit with 1 from this severity on: error, warning (default), information, hint or never",
    )
    clear = actions.add_parser("clear", help="remove all stored sources; quotes can then not be checked any more")
    clear.add_argument("--yes", action="store_true", help="really remove them")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 if done and clean, 1 if `check` found something, 2 where it could not run."""
    say = speaker()
    store = source_store(say)
    if args.action == "check":
        return _checked(args, store, say)
    if args.action == "export":
        document = read_document(args.path)
        known = known_sources(document, args.path, store, say)
        output, count = export_bundle(document, args.path, known, args.output)
        print(f"{_counted(count)} written to {visible(str(output))}")
        return 0
    if store is None:
        raise StoreError("This system has no place for stored sources.", "Set HOME to a folder of yours.")
    if args.action in {None, "list"}:
        kept = list(store.all())
        print(_as_json(kept) if args.format == "json" else "\n".join(_as_text(kept)))
        return 0
    stored = sum(1 for _ in store.all())
    if stored and not args.yes:
        say(f"{_counted(stored)} would be removed, and their quotes could not be checked any more. Confirm with --yes.")
        return 2
    print(f"{_counted(store.clear())} removed")
    return 0


def _checked(args: argparse.Namespace, store: SourceStore | None, say: Callable[[str], None]) -> int:
    documents, failed = read_documents(args.paths, say)
    if not documents:
        return 2
    dismissals = ProjectDismissals(warn=say)
    loaded: dict[Path, Settings] = {}
    files = LocalFiles()
    examined = []
    for path, document in documents:
        root = find_root(path)
        if root not in loaded:
            loaded[root], problems = load(root)
            for problem in problems:
                say(str(problem))
        examined.append(_examined(path, document, loaded[root], store, dismissals, say, files))
    results = Results(tuple(examined))
    print(printed(results, args.format))
    return 2 if failed else 1 if found_at(args.fail_on, results) else 0


def _examined(
    path: Path,
    document: Document,
    settings: Settings,
    store: SourceStore | None,
    dismissals: ProjectDismissals,
    say: Callable[[str], None],
    files: LocalFiles,
) -> Examined:
    local = (files, places_of(find_root(path), settings.search.library))
    known = known_sources(document, path, store, say, local)
    notes = [note for note in instant(document, known_sources=known).notes if note.code in CHECKED]
    return Examined(
        str(path), document, tuple(wanted(path, document, notes, settings, dismissals, say)), 0, Report(Stats())
    )


def _as_json(kept: list[Kept]) -> str:
    entries = [
        {
            "title": one.page.source.title,
            "url": one.page.source.url,
            "retrieved": one.page.source.retrieved,
            "sha256": one.page.source.sha256,
            "site": one.page.site,
            "format": one.page.format.value,
            "size": one.size,
        }
        for one in kept
    ]
    return json.dumps({"version": 1, "sources": entries}, indent=2)


def _as_text(kept: list[Kept]) -> Iterator[str]:
    for one in kept:
        source = one.page.source
        yield f"{source.retrieved[:10]}  {source.sha256[:12]}  {shortened(source.title, _TITLE)}"
        yield f"    {visible(source.url)}"
    yield f"{_counted(len(kept))}, {readable_size(sum(one.size for one in kept))}"


def _counted(sources: int) -> str:
    return f"{sources} source" if sources == 1 else f"{sources} sources"
