"""What is known of a document's sources: from the user's store, its own files, and the bundle beside the document."""

from __future__ import annotations

import logging
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.core.citations.bundle import LARGEST_BUNDLE, Bundle, read_bundle, written_bundle
from copydesk.core.citations.known import KnownSources
from copydesk.core.citations.references import references
from copydesk.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from copydesk.adapters.local_sources import LocalFiles
    from copydesk.adapters.sources import SourceStore
    from copydesk.core.document import Document

logger = logging.getLogger(__name__)

SUFFIX = ".sources.json"


def bundle_path(path: Path) -> Path:
    """Return where the bundle of the document at `path` is: beside it, under its name."""
    return path.with_name(path.name + SUFFIX)


def document_address(path: Path) -> str:
    """Return the `file:` URI of a document, to which its relative paths relate."""
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100  # Path.absolute keeps `..`


def cited_addresses(document: Document) -> frozenset[str]:
    """Return the addresses and relative paths that a document cites; when they change, what is known must be read."""
    return frozenset(target for reference in references(document).all for target in reference.entry.targets)


def known_sources(
    document: Document,
    path: Path | None,
    store: SourceStore | None,
    warn: Callable[[str], None] = logger.warning,
    local: tuple[LocalFiles, Sequence[Path]] | None = None,
) -> KnownSources:
    """Return what is stored of the sources of the document at `path`; reads files and may block, never raises.

    What its bundle says counts like what the store has, and so do the cited files themselves where `local` has the
    files read so far and the places that others may be read from. `warn` is told of what cannot be used.
    """
    base = document_address(path) if path is not None else ""
    addresses = cited_addresses(document)
    own = store.known(addresses, base) if store is not None else KnownSources(base=base)
    bundle = _bundle(path, warn) if path is not None else Bundle()
    digests = {one.source.sha256 for one in own.sources}
    files = tuple(local[0].cited(addresses, base, local[1])) if local is not None else ()
    files = tuple(one for one in files if one.source.sha256 not in digests)
    digests |= {one.source.sha256 for one in files}
    theirs = KnownSources(tuple(one for one in bundle.sources if one.source.sha256 not in digests), base)
    cited = {one for address in addresses for one in theirs.at(address)}
    bundled = tuple(one for one in theirs.sources if one in cited)
    known = KnownSources((*own.sources, *files, *bundled), base, (*own.lost, *bundle.lost))
    for one in known.sources:
        # Made ready here, so that no check waits for it.
        _ = one.stored.folded, one.newer and one.newer.folded, one.figures
    return known


def export_bundle(document: Document, path: Path, known: KnownSources, output: Path | None = None) -> tuple[Path, int]:
    """Write the bundle of the document at `path`; return where and with how many sources; raises `StoreError`."""
    content, count = written_bundle(references(document), known, path.name)
    if not count:
        raise StoreError(
            f"No source that {path} cites is stored.", "Research its claims and insert the citations first."
        )
    encoded = content.encode("utf-8", "backslashreplace")
    if len(encoded) > LARGEST_BUNDLE:
        raise StoreError(f"The sources of {path} are larger than 16 MiB together.", "Split the document.")
    target = output or bundle_path(path)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(encoded)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            f"{target} cannot be written ({reason}).", "Check that the folder can be written to."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return target, count


def _bundle(path: Path, warn: Callable[[str], None]) -> Bundle:
    file = bundle_path(path)
    try:
        if not file.is_file():
            return Bundle()
        with file.open("rb") as content:
            bundle = read_bundle(content.read(LARGEST_BUNDLE + 1))
    except OSError as error:
        bundle = Bundle(problems=(f"it cannot be read ({error.strerror or type(error).__name__})",))
    for problem in bundle.problems:
        warn(f"{file}: {problem}.")
    return bundle
