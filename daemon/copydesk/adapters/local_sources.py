"""Files on this machine that a document cites, known as sources without having been researched or stored.

A document may point anywhere. So only Markdown and text files are read, only below the places given, none that is
hidden or reached by a link out of them, and not many. PDF and HTML files are known once they were cited by research.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from copydesk.adapters.library.folders import Entry, Kind, Place, places, scan
from copydesk.adapters.library.reading import content_of, read_text
from copydesk.core.citations.bundle import text_digest
from copydesk.core.citations.known import KnownSource
from copydesk.core.evidence import Source
from copydesk.errors import PageUnusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_FILES = 50
"""Cited files that are looked at for one document."""
LARGEST_TOGETHER = 16 << 20
"""Bytes of the files of one document that are read; of what is more, nothing is known."""
REMEMBERED = 200
"""Files whose text is kept in memory until they change."""

_READ = frozenset({Kind.MARKDOWN, Kind.TEXT})


def places_of(root: Path | None, library: Sequence[str]) -> tuple[Path, ...]:
    """Return where cited files may lie: in the document's project and in the folders of the library, links resolved.

    `library` is as settings name it; what leads out of the project by a relative path or a link is left out.
    """
    own = (root.resolve(),) if root is not None else ()
    return (*own, *(place.path for place in places(library, root)[0]))


class LocalFiles:
    """What was read of cited files, each read again only when its size or a time of it changed. Everything may block.

    Several threads may use it.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, KnownSource | None]] = {}
        self._lock = Lock()

    def cited(self, addresses: Iterable[str], base: str, within: Sequence[Path]) -> Iterator[KnownSource]:
        """Yield the sources that addresses and relative paths lead to; `base` is the document's own `file:` URI.

        What cannot be read is left out, and so is the document itself, which is no source for what it says.
        """
        urls = dict.fromkeys(url for address in sorted(addresses) if (url := _file_url(address, base)) and url != base)
        left = LARGEST_TOGETHER
        for url in list(urls)[:MOST_FILES]:
            entry = _entry(url, within)
            size = int(entry.stamp.partition(":")[0]) if entry is not None else 0
            if entry is None or size > left:
                continue
            left -= size
            if (known := self._read(url, entry)) is not None:
                yield known

    def _read(self, url: str, entry: Entry) -> KnownSource | None:
        with self._lock:
            stamp, known = self._known.pop(url, ("", None))
        if stamp != entry.stamp:
            known = _source(url, entry)
        with self._lock:
            self._known[url] = (entry.stamp, known)
            while len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
        return known


def _file_url(address: str, base: str) -> str:
    """Return the `file:` URI that an address or relative path leads to, empty where it leads to no file here."""
    try:
        parts = urlsplit(urljoin(base, address))
        if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
            return ""
        path = url2pathname(parts.path)
        return Path(os.path.abspath(path)).as_uri() if path and "\0" not in path else ""  # noqa: PTH100  # keeps links
    except ValueError:
        return ""


def _entry(url: str, within: Sequence[Path]) -> Entry | None:
    """Return the file at a URI if it may be read."""
    try:
        path = Path(url2pathname(urlsplit(url).path)).resolve(strict=True)
        inside = [path.relative_to(place) for place in within if path.is_relative_to(place)]
        if all(any(part.startswith(".") for part in found.parts) for found in inside) or not path.is_file():
            return None
    except (OSError, RuntimeError, ValueError):
        return None
    entry = next(iter(scan((Place(path, "", path.name),)).entries.values()), None)
    return entry if entry is not None and entry.kind in _READ else None


def _source(url: str, entry: Entry) -> KnownSource | None:
    try:
        reading = read_text(entry, content_of(entry))
        digest = text_digest(reading.text)
    except (PageUnusable, OSError, UnicodeEncodeError):
        return None
    written = datetime.fromtimestamp(int(entry.written), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return KnownSource(Source(reading.title, url, written, digest), reading.text, reading.format)
