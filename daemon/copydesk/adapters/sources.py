"""The store of cited sources: what was cited stays as it was read, whatever becomes of the page.

A folder for each address, in it a file for each text that was cited, named by the text's SHA-256 and never changed or
evicted; and `newest.json`, what the address held when it was last read, where that is another text. Everything is
readable by the user alone, written whole or not at all, and safe with several processes.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import re
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copydesk.adapters.private_files import private_directory
from copydesk.core.citations.addresses import same_source_key
from copydesk.core.citations.bundle import text_digest
from copydesk.core.citations.known import KnownSource, KnownSources
from copydesk.core.document import Format
from copydesk.core.evidence import Source
from copydesk.errors import StoreError
from copydesk.ports import Page
from copydesk.user_folders import user_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)

LARGEST_FILE = 64 << 20
"""Bytes of an entry; a text that needs more is not stored."""

_NEWEST = "newest.json"
_RECORD = re.compile(r"[0-9a-f]{64}\.json")
_FOLDER = re.compile(r"[0-9a-f]{32}")
_REMEDY = "Check that the disk has room and that the folder is yours."


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored source with the size of its entry in bytes."""

    page: Page
    size: int


class SourceStore:
    """Cited sources in a directory of their own. Everything here may block.

    `warn` is told once of each entry that cannot be used; by default it is logged.
    """

    def __init__(self, directory: Path, warn: Callable[[str], None] = logger.warning) -> None:
        self._directory = directory
        self._warn = warn
        self._warned: set[str] = set()

    def pin(self, page: Page) -> None:
        """Store a source that is cited, unless it is stored already; raises `StoreError`."""
        try:
            digest = text_digest(page.text)
        except UnicodeEncodeError:
            raise StoreError("The source's text is not valid Unicode, so it is not stored.") from None
        if digest != page.source.sha256:
            raise StoreError("The source's text is not the one that was read, so it is not stored.", "Research again.")
        folder = self._folder(page.source.url)
        if folder is None:
            raise StoreError("The source has no address that a citation could name, so it is not stored.")
        path = folder / f"{digest}.json"
        if self._read(path, folder.name) is None:
            self._write(path, _record(page))

    def seen(self, page: Page) -> None:
        """Note what an address holds now, if a source of it is stored; a failure is only warned of."""
        folder = self._folder(page.source.url)
        kept = self._in(folder) if folder is not None else []
        if folder is None or not kept:
            return
        newest = self._newest(folder, kept)
        if newest.source.sha256 == page.source.sha256 or newest.source.retrieved > page.source.retrieved:
            return
        try:
            self._write(folder / _NEWEST, _record(page))
        except (StoreError, UnicodeEncodeError) as error:
            self._tell(f"What a cited page holds now could not be noted: {error}")

    def at(self, url: str) -> tuple[Page, ...]:
        """Return the sources stored under an address, oldest first."""
        folder = self._folder(url)
        return tuple(kept.page for kept in self._in(folder)) if folder is not None else ()

    def all(self) -> Iterator[Kept]:
        """Yield every stored source, by address and then age."""
        kept = [one for folder in self._folders() for one in self._in(folder)]
        yield from sorted(kept, key=lambda one: (one.page.source.url, one.page.source.retrieved))

    def known(self, addresses: Iterable[str], base: str = "") -> KnownSources:
        """Return what is stored of some addresses; relative ones relate to `base`, the document's `file:` URI."""
        sources: list[KnownSource] = []
        lost: list[str] = []
        for folder, address in {self._folder(address, base): address for address in addresses}.items():
            if folder is None:
                continue
            kept = self._in(folder)
            sources += [_known(one.page, self._newest(folder, kept)) for one in kept]
            if not kept and any(map(_RECORD.fullmatch, self._names(folder))):
                lost.append(address)
        return KnownSources(tuple(sources), base, tuple(lost))

    def clear(self) -> int:
        """Remove every stored source; return how many there were; raises `StoreError`."""
        removed = 0
        try:
            for folder in self._folders():
                for name in self._names(folder):
                    (folder / name).unlink(missing_ok=True)
                    removed += _RECORD.fullmatch(name) is not None
                with suppress(OSError):  # another process may have stored something meanwhile
                    folder.rmdir()
        except OSError as error:
            raise StoreError(f"The stored sources cannot be removed ({_reason(error)}).", _REMEDY) from error
        return removed

    def _folder(self, url: str, base: str = "") -> Path | None:
        key = same_source_key(url, base)
        if not key or key.startswith("path:"):
            return None
        return self._directory / hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def _folders(self) -> list[Path]:
        return [self._directory / name for name in self._names(self._directory) if _FOLDER.fullmatch(name)]

    def _in(self, folder: Path) -> list[Kept]:
        names = sorted(name for name in self._names(folder) if _RECORD.fullmatch(name))
        found = [self._read(folder / name, folder.name) for name in names]
        return sorted((one for one in found if one is not None), key=lambda one: one.page.source.retrieved)

    def _newest(self, folder: Path, kept: Sequence[Kept]) -> Page:
        """Return what an address held last, of which at least one text is stored."""
        noted = self._read(folder / _NEWEST, folder.name)
        pages = [one.page for one in (*kept, noted) if one is not None]
        return max(pages, key=lambda page: page.source.retrieved)

    def _names(self, folder: Path) -> list[str]:
        """Return the names in a folder that is the user's own and no link; none where there is no such folder."""
        try:
            for own in (self._directory, folder):
                if not os.path.lexists(own):
                    return []
                private_directory(own)
            return sorted(entry.name for entry in folder.iterdir())
        except (OSError, StoreError) as error:
            reason = _reason(error) if isinstance(error, OSError) else str(error)
            self._tell(f"Stored sources cannot be read ({reason.rstrip('.')}).")
            return []

    def _read(self, path: Path, folder: str) -> Kept | None:
        """Return an entry; None where there is none, or one that is not what it should be, which is warned of."""
        try:
            content = _content(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._tell(f"A stored source cannot be read ({_reason(error)}): {path}")
            return None
        page = _page(content)
        named = page is not None and path.name in (f"{page.source.sha256}.json", _NEWEST)
        if page is None or not named or self._directory / folder != self._folder(page.source.url):
            self._tell(f"A stored source is damaged and is not used: {path}")
            return None
        return Kept(page, len(content))

    def _write(self, path: Path, content: bytes) -> None:
        if len(content) > LARGEST_FILE:
            raise StoreError("The source's text is too large to be stored.")
        temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
        try:
            private_directory(self._directory)
            private_directory(path.parent)
            output = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(output, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            raise StoreError(f"The source could not be stored ({_reason(error)}).", _REMEDY) from error
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _tell(self, sentence: str) -> None:
        if sentence not in self._warned:
            self._warned.add(sentence)
            self._warn(sentence)


def default_sources_directory() -> Path | None:
    """Return the user's directory for cited sources, None on a system that has none."""
    return user_folder("data", "sources")


def _known(page: Page, newest: Page) -> KnownSource:
    if newest.source.sha256 == page.source.sha256:
        return KnownSource(page.source, page.text, page.format, page.site)
    return KnownSource(page.source, page.text, page.format, page.site, newest.text, newest.source.retrieved)


def _record(page: Page) -> bytes:
    source = page.source
    values = {
        "version": 1,
        "title": source.title,
        "url": source.url,
        "retrieved": source.retrieved,
        "sha256": source.sha256,
        "site": page.site,
        "format": page.format.value,
        "text": page.text,
    }
    return json.dumps(values).encode("ascii")


def _page(content: bytes) -> Page | None:
    try:
        values: dict[str, Any] = json.loads(content)
        names = ("title", "url", "retrieved", "sha256", "site", "format", "text")
        title, url, retrieved, sha256, site, form, text = (values[name] for name in names)
        if values["version"] != 1 or text_digest(text) != sha256:
            return None
        if not all(isinstance(value, str) for value in (title, url, retrieved, site)):
            return None
        return Page(Source(title, url, retrieved, sha256), text, Format(form), site)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _content(path: Path) -> bytes:
    """Return the bytes of a file of one's own; raises `OSError`, also for a link and for what is too large."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_FILE:
            raise OSError(errno.EFBIG, "not a file of a usable size")
        return file.read(LARGEST_FILE + 1)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
