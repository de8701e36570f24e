"""Which files make up the library: the folders that settings name, and what below them is read.

No link leads out of a folder, and hidden files and folders and what programs put there are left out.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from copydesk.adapters.files import SUFFIXES as MARKDOWN_SUFFIXES
from copydesk.core.evidence import Skipped
from copydesk.core.visible import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_DOCUMENTS = 20_000
MOST_LOOKED_AT = 200_000
"""Files and folders that are looked at in one folder of the library; beyond it is no library but a whole disk."""

LARGEST_TEXT = 5_000_000
LARGEST_PDF = 50_000_000
"""Bytes of a file that is still read."""

_LEFT_OUT = frozenset({"node_modules", "bower_components", "site-packages", "__pycache__", "build", "dist"})
_JUNCTION = 0xA0000003
"""What Windows calls `IO_REPARSE_TAG_MOUNT_POINT`: a link between folders that does not count as one."""
_LONGEST_NAME = 300


class Kind(StrEnum):
    """How a file's text is had."""

    MARKDOWN = "markdown"
    TEXT = "text"
    HTML = "html"
    PDF = "pdf"


_KINDS = {
    **dict.fromkeys(MARKDOWN_SUFFIXES, Kind.MARKDOWN),
    **dict.fromkeys((".txt", ".text", ".rst"), Kind.TEXT),
    **dict.fromkeys((".html", ".htm", ".xhtml"), Kind.HTML),
    ".pdf": Kind.PDF,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or file that settings name, with links resolved; `label` stands for it in names."""

    path: Path
    label: str
    written: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the library.

    `path` is what is opened, `uri` its address in the library, `name` what it is called in messages. `stamp` differs
    whenever the file was written since; `written` is when it was last written to, in seconds of the wall clock.
    """

    path: str
    uri: str
    name: str
    kind: Kind
    stamp: str
    written: float


@dataclass(frozen=True, slots=True)
class Scan:
    """What is there now: files by address, in the order of the folders and their names, and what was left out.

    `found` is False where not one of the folders could be used.
    """

    entries: Mapping[str, Entry]
    skipped: tuple[Skipped, ...]
    found: bool


def places(folders: Sequence[str], root: Path | None) -> tuple[tuple[Place, ...], tuple[Skipped, ...]]:
    """Return what the settings' folders stand for, and those that are refused.

    A relative one lies below `root`, and one that leads out of it by a link is refused: a project's own file may name
    folders, and must not choose which of the user's other files are read.
    """
    found: list[Place] = []
    refused: list[Skipped] = []
    home = root.resolve() if root is not None else None
    for written in dict.fromkeys(folders):
        try:
            named = Path(written).expanduser()
            path = (home / named if home is not None else named).resolve()
        except (RuntimeError, ValueError, OSError):  # no home, a null character, or links in a circle
            refused.append(Skipped(_shown(written), "The folder's name cannot be made out."))
            continue
        inside = home is not None and path.is_relative_to(home)
        if not named.is_absolute() and not inside:
            outside = "The folder lies outside the project, so it is not read."
            refused.append(Skipped(_shown(written), outside if home is not None else "There is no project around it."))
            continue
        label = path.relative_to(home).as_posix() if home is not None and inside else path.name
        found.append(Place(path, "" if label == "." else label, written))
    return tuple(found), tuple(refused)


def scan(folders: Sequence[Place], before: Mapping[str, Entry] = MappingProxyType({})) -> Scan:
    """Return the files below the folders; each file counts once, however many folders or links lead to it.

    `before` holds what was found earlier: of files that were not written to since, it is returned again.
    """
    looking = _Looking([str(place.path) for place in folders], before)
    found = False
    for place in folders:
        try:
            mode = place.path.stat().st_mode
        except OSError as error:
            missing = isinstance(error, FileNotFoundError | NotADirectoryError)
            looking.leave_out(place.written, "It does not exist." if missing else because(error))
            continue
        found = True
        if stat.S_ISDIR(mode):
            looking.look_into(place)
        else:
            looking.add(place.label or place.path.name, str(place.path), place.path.as_uri())
    looking.follow_links()
    kept = dict(list(looking.entries.items())[:MOST_DOCUMENTS])
    if more := len(looking.entries) - len(kept):
        looking.leave_out(f"{more:,} more documents", f"A library has at most {MOST_DOCUMENTS:,}.")
    return Scan(kept, tuple(looking.skipped), found)


def because(error: OSError) -> str:
    """Return why a file cannot be opened, as a sentence."""
    return f"It cannot be opened ({error.strerror or type(error).__name__})."


@dataclass(frozen=True, slots=True)
class _Link:
    name: str
    path: str
    uri: str


class _Looking:
    """What was seen so far. Paths are strings here, because a look at thousands of files comes before each search."""

    def __init__(self, roots: Sequence[str], before: Mapping[str, Entry]) -> None:
        self.entries: dict[str, Entry] = {}
        self._before = before
        self.skipped: list[Skipped] = []
        self._roots = [Path(root) for root in roots]
        self._taken: set[str] = set()
        self._links: list[_Link] = []

    def leave_out(self, name: str, why: str) -> None:
        """Note what is not read, and why."""
        self.skipped.append(Skipped(_shown(name), why))

    def look_into(self, place: Place) -> None:
        """Take in the files below a folder, in the order of their names."""
        address = place.path.as_uri().rstrip("/")
        waiting, looked_at = [""], 0
        while waiting:
            inside = waiting.pop()
            try:
                with os.scandir(place.path / inside) as listing:
                    found = sorted(listing, key=_NAME)
            except OSError as error:
                self.leave_out(f"{place.label}/{inside}".strip("/") or place.written, because(error))
                continue
            looked_at += len(found)
            if looked_at > MOST_LOOKED_AT:
                self.leave_out(place.written, f"Only its first {MOST_LOOKED_AT:,} files were looked at.")
                return
            folders = []
            for entry in found:
                if entry.name.startswith(".") or entry.name in _LEFT_OUT:
                    continue
                relative = f"{inside}/{entry.name}" if inside else entry.name
                is_link = _leads_elsewhere(entry)
                if not is_link and entry.is_dir(follow_symlinks=False):
                    folders.append(relative)
                elif _kind_of(entry.name) is not None or (is_link and _leads_to_folder(entry)):
                    name = f"{place.label}/{relative}" if place.label else relative
                    self._file(name, entry, relative, address, is_link=is_link)
            waiting.extend(reversed(folders))

    def _file(self, name: str, entry: os.DirEntry[str], relative: str, address: str, *, is_link: bool) -> None:
        try:
            uri = f"{address}/{_quoted(relative)}"
        except UnicodeEncodeError:
            self.leave_out(name, "Its name is not valid text.")
            return
        if is_link:
            self._links.append(_Link(name, entry.path, uri))
        else:
            self.add(name, entry.path, uri, entry)

    def add(self, name: str, path: str, uri: str, entry: os.DirEntry[str] | None = None) -> None:
        """Take in one file; `path` leads over no link."""
        if path in self._taken:
            return
        self._taken.add(path)
        try:
            status = entry.stat(follow_symlinks=False) if entry is not None else os.lstat(path)
        except OSError as error:
            self.leave_out(name, because(error))
            return
        stamp = f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"
        known = self._before.get(uri)
        if known is not None and known.stamp == stamp and known.path == path and stat.S_ISREG(status.st_mode):
            self.entries[uri] = known
            return
        kind = _kind_of(uri.rpartition("/")[2])
        why = _unfit(kind, status)
        if why or kind is None:
            self.leave_out(name, why)
            return
        self.entries[uri] = Entry(path, uri, _shown(name), kind, stamp, max(status.st_mtime, status.st_ctime))

    def follow_links(self) -> None:
        """Take in files that links within the folders stand for; a folder is found at its own place."""
        for link in self._links:
            try:
                target = Path(link.path).resolve(strict=True)
                is_folder = target.is_dir()
            except (OSError, RuntimeError):
                self.leave_out(link.name, "A link that leads nowhere.")
                continue
            if not any(target.is_relative_to(root) for root in self._roots):
                self.leave_out(link.name, "A link that leads out of the library's folders is not followed.")
            elif not is_folder:
                self.add(link.name, str(target), link.uri)


_NAME = attrgetter("name")


def _leads_elsewhere(entry: os.DirEntry[str]) -> bool:
    if entry.is_symlink():
        return True
    if os.name != "nt":
        return False
    try:
        return getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == _JUNCTION
    except OSError:
        return True


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # links in a circle
        return False


@lru_cache(maxsize=2 * MOST_DOCUMENTS)
def _quoted(relative: str) -> str:
    return quote(relative)


@lru_cache(maxsize=2 * MOST_DOCUMENTS)
def _kind_of(name: str) -> Kind | None:
    return _KINDS.get(os.path.splitext(name)[1].lower())  # noqa: PTH122


def _unfit(kind: Kind | None, status: os.stat_result) -> str:
    if kind is None:
        return "Neither Markdown, text, HTML nor PDF."
    if not stat.S_ISREG(status.st_mode):
        return "Not a regular file."
    if status.st_size == 0:
        return "It is empty."
    if status.st_size >= LARGEST_PDF:
        return f"Larger than {LARGEST_PDF // 1_000_000} MB."
    if status.st_size > LARGEST_TEXT and kind is not Kind.PDF:
        return f"Larger than {LARGEST_TEXT // 1_000_000} MB, which is much for text."
    return ""


def _shown(name: str) -> str:
    if name.isprintable() and len(name) <= _LONGEST_NAME:
        return name
    return shortened(name.encode("utf-8", "replace").decode(), _LONGEST_NAME)
