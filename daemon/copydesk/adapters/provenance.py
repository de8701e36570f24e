"""The record of drafted sentences: for each document a file of its own in the user's data folder.

    {"version": 1, "root": "/home/ann/site", "path": "posts/canal.md", "accepted": "2026-11-26T13:49:00Z",
     "sentences": [{"words", "before", "after", "hint", "agent", "round", "model", "digest", "prompt_version",
                    "sources": [{"title", "url", "retrieved", "sha256"}], "notes": [text]}]}

One line of JSON for each time that a draft was accepted, appended in one write and never changed; lines that cannot be
read are skipped. A document is found by its place. One that has no record there may have been moved or renamed, or its
project: then the record is its own whose sentences stand in it, at least half of them, or a single one where the path
within the project is the same.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from copydesk.adapters.private_files import private_directory, private_file
from copydesk.adapters.project import find_root, project_path
from copydesk.core.draft.statement import Origin
from copydesk.core.evidence import Source
from copydesk.core.note import Anchor, digest
from copydesk.core.provenance import DraftProvenance, newest, standing
from copydesk.core.running import running
from copydesk.errors import StoreError
from copydesk.user_folders import user_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from copydesk.core.document import Document

logger = logging.getLogger(__name__)

LARGEST_FILE = 32 << 20
"""Bytes of one document's record that are read; a novel has far fewer."""
MOST_SEARCHED = 500
"""Records of other documents that are looked through, the last written first, for one that was moved."""

_NAME = re.compile(r"[0-9a-f]{32}\.jsonl")
_FLAGS = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_REMEDY = "Check that the disk has room and that the folder is yours."


@dataclass(frozen=True, slots=True)
class _Known:
    """What is recorded of one document, and what its path within its project was last."""

    path: str
    made: tuple[DraftProvenance, ...]


class ProvenanceStore:
    """Who made the drafted sentences of which document. Everything here may block.

    `warn` is told once of each file that cannot be read; by default it is logged. `clock` is wall-clock time in
    seconds.
    """

    def __init__(
        self,
        directory: Path,
        warn: Callable[[str], None] = logger.warning,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._directory = directory
        self._warn = warn
        self._clock = clock
        self._warned: set[str] = set()

    def record(self, path: Path, folders: Sequence[Path], document: Document, made: Sequence[DraftProvenance]) -> None:
        """Record what made sentences that were put into the document at `path`; raises `StoreError`.

        What was known of it under another path is recorded here as well.
        """
        if not made:
            return
        root = find_root(path, folders)
        file = self._file(path, root)
        now = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        new = tuple(replace(one, accepted=now) for one in made)
        earlier = () if self._known(file) is not None else self._moved(project_path(path, root), document)
        entry = {
            "version": 1,
            "root": str(root),
            "path": project_path(path, root),
            "accepted": now,
            "sentences": [_written(one) for one in (*earlier, *new)],
        }
        self._append(file, json.dumps(entry).encode("ascii") + b"\n")

    def load(self, path: Path, folders: Sequence[Path], document: Document) -> tuple[DraftProvenance, ...]:
        """Return what is recorded of the document at `path`, each sentence once; never raises."""
        root = find_root(path, folders)
        known = self._known(self._file(path, root))
        return known.made if known is not None else self._moved(project_path(path, root), document)

    def forget(self, path: Path, folders: Sequence[Path]) -> bool:
        """Remove what is recorded of one document; tell whether there was anything; raises `StoreError`."""
        file = self._file(path, find_root(path, folders))
        try:
            file.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"The record could not be removed ({_reason(error)}).", _REMEDY) from error
        return True

    def documents(self) -> int:
        """Return of how many documents something is recorded."""
        return len(self._files())

    def clear(self) -> int:
        """Remove all records; return of how many documents; raises `StoreError`."""
        files = self._files()
        try:
            for file in files:
                file.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"The records could not be removed ({_reason(error)}).", _REMEDY) from error
        return len(files)

    def _file(self, path: Path, root: Path) -> Path:
        return self._directory / f"{digest(str(root), project_path(path, root))[:32]}.jsonl"

    def _files(self) -> list[Path]:
        """Return the files of all documents, the last written first."""
        try:
            if not os.path.lexists(self._directory):
                return []
            private_directory(self._directory)
            found = [file for file in self._directory.iterdir() if _NAME.fullmatch(file.name)]
            return sorted(found, key=lambda file: file.lstat().st_mtime, reverse=True)
        except (OSError, StoreError) as error:
            self._tell(f"The record of drafted sentences cannot be read ({_reason(error)}).")
            return []

    def _known(self, file: Path) -> _Known | None:
        """Return what a file says; None where there is none, or nothing in it."""
        try:
            if not os.path.lexists(file):
                return None
            private_directory(self._directory)
            handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(handle, "rb") as content:
                lines = content.read(LARGEST_FILE).split(b"\n")
        except (OSError, StoreError) as error:
            self._tell(f"The record of drafted sentences cannot be read ({_reason(error)}): {file}")
            return None
        entries = [entry for line in lines if (entry := _entry(line)) is not None]
        if not entries:
            return None
        return _Known(entries[-1].path, newest(one for entry in entries for one in entry.made))

    def _moved(self, path: str, document: Document) -> tuple[DraftProvenance, ...]:
        """Return what is recorded under another place of a document whose sentences are the ones of this."""
        files = self._files()[:MOST_SEARCHED]
        if not files:
            return ()
        text, most = running(document), 0
        best: tuple[DraftProvenance, ...] = ()
        for known in filter(None, map(self._known, files)):
            left = sum(one.verbatim for one in standing(text, known.made))
            enough = 1 if known.path == path else max(2, (len(known.made) + 1) // 2)
            if left >= enough and left > most:
                best, most = known.made, left
        return best

    def _append(self, file: Path, line: bytes) -> None:
        try:
            private_directory(self._directory)
            private_file(file)
            descriptor = os.open(file, _FLAGS)
            try:
                # A line that another write left unfinished must not spoil this one; empty lines are none.
                data = b"\n" + line
                if os.write(descriptor, data) < len(data):
                    raise StoreError("no space is left")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except (OSError, StoreError) as error:
            raise StoreError(
                f"Who drafted which sentence could not be recorded ({_reason(error)}).", _REMEDY
            ) from error

    def _tell(self, sentence: str) -> None:
        if sentence not in self._warned:
            self._warned.add(sentence)
            self._warn(sentence)


def default_provenance_directory() -> Path | None:
    """Return the user's directory for the record of drafted sentences, None on a system that has none."""
    return user_folder("data", "provenance")


def _written(one: DraftProvenance) -> dict[str, Any]:
    anchor = one.anchor
    return {
        "words": anchor.quote,
        "before": anchor.before,
        "after": anchor.after,
        "hint": anchor.hint,
        **asdict(one.origin),
        "sources": [asdict(source) for source in one.sources],
        "notes": list(one.notes),
        "accepted": one.accepted,
    }


def _entry(line: bytes) -> _Known | None:
    try:
        value: dict[str, Any] = json.loads(line)
        if value["version"] != 1:
            return None
        return _Known(str(value["path"]), tuple(_sentences(value)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _sentences(value: dict[str, Any]) -> Iterator[DraftProvenance]:
    for one in value["sentences"]:
        anchor = Anchor(str(one["words"]), str(one["before"]), str(one["after"]), int(one["hint"]))
        words = (str(one[name]) for name in ("model", "digest", "prompt_version"))
        origin = Origin(str(one["agent"]), int(one["round"]), *words)
        sources = tuple(Source(**{name: str(source[name]) for name in _SOURCE}) for source in one["sources"])
        if anchor.quote:
            yield DraftProvenance(anchor, origin, sources, tuple(map(str, one["notes"])), str(one["accepted"]))


_SOURCE = ("title", "url", "retrieved", "sha256")


def _reason(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
    return said or type(error).__name__
