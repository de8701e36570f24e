"""`copydesk serve`: the language server, on standard input and output."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from copydesk.errors import StoreError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.local_sources import LocalFiles
    from copydesk.core.brief import Brief
    from copydesk.core.citations.known import KnownSources
    from copydesk.core.document import Document, Format
    from copydesk.core.instant import InstantReading
    from copydesk.core.text import Text
    from copydesk.desk import Desk
    from copydesk.lsp.ports import ClientSettings, Configuration, Services
    from copydesk.ports import Page
    from copydesk.settings import Settings


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser("serve", help="run the language server that editors start")
    # Some clients add the flag by themselves; there is no other way to be spoken to.
    parser.add_argument("--stdio", action="store_true", help="speak on standard input and output (the only way)")
    return parser


def run(args: argparse.Namespace) -> int:
    """Serve one editor until it says goodbye."""
    from copydesk.cli.guarding import guarded
    from copydesk.lsp.log import start_log
    from copydesk.lsp.server import serve

    start_log(_log_file())
    with guarded() as egress:
        return serve(services(egress))


def _log_file() -> Path | None:
    from copydesk.cli.log_file import log_file

    try:
        return log_file()
    except StoreError:  # `copydesk doctor` says why
        return None


def services(egress: Egress) -> Services:
    """Return what the server is built from; what takes long to import is imported at first use."""
    from copydesk.adapters.dismissals import ProjectDismissals
    from copydesk.cli.kept_drafts import KeptDrafts
    from copydesk.cli.ledger import newest
    from copydesk.lsp.ports import Services

    return Services(
        configure=_configure,
        desk=partial(_desk, egress),
        read=_read,
        instant=_instant,
        brief=_brief,
        dismissals=ProjectDismissals(),
        sources=CitedSources(),
        drafts=KeptDrafts(),
        doctor=partial(_doctor, egress),
        ledger=newest,
        clear=_clear,
    )


class CitedSources:
    """The user's store of cited sources, files that documents cite and bundles beside them; opened at first use."""

    def __init__(self) -> None:
        self._files: LocalFiles | None = None

    def pin(self, page: Page) -> None:
        """Keep the text of a source that is cited; raises `StoreError`."""
        from copydesk.cli.wiring import source_store

        store = source_store()
        if store is None:
            raise StoreError("This system has no place for stored sources.", "Set HOME to a folder of yours.")
        store.pin(page)

    def seen(self, page: Page) -> None:
        """Note the newest text of a source, if it is one that was cited."""
        from copydesk.cli.wiring import source_store

        if (store := source_store()) is not None:
            store.seen(page)

    def known(self, document: Document, path: Path | None, configuration: Configuration) -> KnownSources:
        """Return what is known of the sources that a document cites."""
        from copydesk.adapters.evidence_files import known_sources
        from copydesk.adapters.local_sources import LocalFiles, places_of
        from copydesk.cli.wiring import source_store

        self._files = self._files or LocalFiles()
        library = cast("Settings", configuration.values).search.library
        places = places_of(configuration.root, library)
        return known_sources(document, path, source_store(), local=(self._files, places))


def _clear(names: Sequence[str]) -> dict[str, Any]:
    from copydesk.cli.clear import cleared

    return cleared(names)


def _configure(client: ClientSettings) -> Configuration:
    from copydesk.lsp.ports import Configuration
    from copydesk.settings import load

    root = _root(client)
    settings, problems = load(root, editor=_merged(client.initialization, client.section))
    return Configuration(
        values=settings,
        root=root,
        engine_kind=settings.engine.kind,
        engine_model=settings.roles.critic or settings.engine.model,
        engine=(settings.engine, settings.roles, settings.search, settings.critique.unproven, root),
        max_per_1000_words=settings.critique.max_per_1000_words,
        disabled=frozenset(settings.critique.disable),
        citation_style=settings.citations.style,
        code_lens=settings.critique.code_lens,
        model=settings.critique.model,
        unproven=settings.critique.unproven,
        problems=tuple(str(problem) for problem in problems),
    )


def _root(client: ClientSettings) -> Path | None:
    from copydesk.adapters.project import find_root

    if client.document is not None:
        return find_root(client.document, client.folders)
    # The first folder is the one that the editor was opened on; a file in it stands for the folder itself.
    return find_root(client.folders[0] / "document", client.folders) if client.folders else None


def _merged(initialization: object, section: object) -> object:
    """Return the editor's settings, those asked for later over those given at the start, table by table."""
    merged: dict[str, object] = {}
    for layer in (initialization, section):
        if layer is None:
            continue
        if not isinstance(layer, dict):
            return layer
        for name, table in layer.items():
            known = merged.get(name)
            merged[name] = {**known, **table} if isinstance(known, dict) and isinstance(table, dict) else table
    return merged


async def _desk(egress: Egress, configuration: Configuration) -> Desk:
    import asyncio

    from copydesk.cli.wiring import desk_for

    return await asyncio.to_thread(desk_for, cast("Settings", configuration.values), configuration.root, egress)


async def _doctor(egress: Egress, configuration: Configuration) -> str:
    import asyncio

    def examined() -> str:
        from copydesk.cli.doctor import report

        settings = cast("Settings", configuration.values)
        return asyncio.run(report(settings, configuration.problems, configuration.root, egress))

    return await asyncio.to_thread(examined)  # a loop of its own: the search index reads from disk


def _read(text: Text, format: Format, previous: Document | None) -> Document:
    from copydesk.core.markdown import read

    return read(text, format, previous)


def _instant(
    document: Document, configuration: Configuration, previous: InstantReading | None, known: KnownSources
) -> InstantReading:
    from copydesk.core.instant import instant

    return instant(document, frozenset(_brief(document, configuration).known_terms), previous, known)


def _brief(document: Document, configuration: Configuration) -> Brief:
    from copydesk.core.brief import brief_of

    head = document.text.slice(document.front_matter) if document.front_matter else ""
    return brief_of(head, cast("Settings", configuration.values).brief)[0]
