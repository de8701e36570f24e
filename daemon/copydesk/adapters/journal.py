"""The journal of a draft on disk: each finished call, each page read and the draft so far, as soon as there is one.

One file for each section that was drafted, readable by the user alone and outside of any project. Records are only ever
appended, and on the disk before the next step is taken, so that a process that is killed loses at most the record that
it was writing. One process at a time writes to a journal; another that drafts the same section is told so.
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
import threading
import time
import weakref
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from copydesk.adapters.drafts import tidy
from copydesk.adapters.journal_files import (
    LARGEST_FILE,
    SUFFIX,
    JournalBusy,
    content_of,
    default_drafts_directory,
    one_spelling,
    removed,
    taken_or_made,
)
from copydesk.adapters.private_files import private_directory
from copydesk.adapters.records import Kind, Record, line_of, records_in
from copydesk.core.draft.task import body_of, section_at
from copydesk.core.note import digest
from copydesk.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from copydesk.core.brief import Brief
    from copydesk.core.document import Document

__all__ = ["FileJournal", "JournalBusy", "JournalIdentity", "default_drafts_directory", "identity_of", "open_journal"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JournalIdentity:
    """What a journal is about: a document's URI, a heading path, and a digest of all else that makes it another draft.

    Whoever runs the same command again comes by the same identity.
    """

    document: str
    heading: tuple[str, ...]
    digest: str

    @property
    def id(self) -> str:
        """Return sixteen hexadecimal digits."""
        return digest(self.document, json.dumps(self.heading), self.digest)[:16]


def identity_of(
    document: Document, position: int, uri: str, brief: Brief, style: str = "footnote", words: int = 0
) -> JournalIdentity | None:
    """Return the identity of the draft of the section at an offset, None where there is no heading.

    It depends on what stands under the heading, on the brief, on how sources are cited and on the length asked for.
    Text elsewhere may change: a call that it bears on is then another call, and all others are still known.
    """
    section = section_at(document, position)
    if section is None or section.heading is None:
        return None
    said = (brief.audience, brief.purpose, brief.style, *brief.known_terms)
    body = document.text.slice(body_of(document, section))
    return JournalIdentity(one_spelling(uri), section.path, digest(body, document.format, style, str(words), *said))


class FileJournal:
    """A `ports.Journal` in a file. A failing disk costs what is kept and never the draft: `warn` is told once.

    What could not be written is written once there is room again. `began` is when its first run did (ISO 8601, UTC),
    `resumed` tells whether an earlier run finished a step.
    """

    def __init__(
        self,
        path: Path | None,
        identity: JournalIdentity,
        warn: Callable[[str], None],
        clock: Callable[[], float],
        largest: int,
    ) -> None:
        self.path, self.identity = path, identity
        self.began = datetime.fromtimestamp(clock(), UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._warn, self._warned = warn, False
        self._largest, self._size, self._torn = largest, 0, False
        self._steps: dict[str, bytes] = {}
        self._kept: dict[str, bytes] = {}
        self._head: bytes | None = None
        self._pending: deque[bytes] = deque()
        self._writing = threading.Lock()
        self._descriptor: int | None = None
        self._release: weakref.finalize[..., FileJournal] | None = None
        self._attach()
        self.resumed = bool(self._steps)

    async def recall(self, key: str) -> bytes | None:
        """Return what was recorded under a key, by this run or one before it; None if nothing was."""
        return self._steps.get(key)

    async def record(self, key: str, value: bytes) -> None:
        """Keep a finished step; a key is recorded once."""
        if key not in self._steps:
            self._steps[key] = value
            await self._append(Record(Kind.STEP, key, value))

    async def keep(self, name: str, value: bytes) -> None:
        """Keep the latest value under a name, in place of the one before."""
        if self._kept.get(name) != value:
            self._kept[name] = value
            await self._append(Record(Kind.KEEP, name, value))

    def kept(self, name: str) -> bytes | None:
        """Return the latest value under a name."""
        return self._kept.get(name)

    def close(self) -> None:
        """Write what is still to be written, and let others have the journal; it may be closed twice."""
        self._flush()
        with self._writing:
            path, descriptor = self.path, self._descriptor
            self.path = self._descriptor = None
            if descriptor is None or self._release is None:
                return
            self._release.detach()
            with suppress(OSError):
                if self._size or path is None:
                    os.close(descriptor)
                else:
                    removed(path, descriptor)

    async def _append(self, record: Record) -> None:
        # Queued before anything is awaited, so that a cancelled caller loses nothing either.
        self._pending.append(line_of(record))
        await asyncio.shield(asyncio.to_thread(self._flush))

    def _flush(self) -> None:
        with self._writing:
            if self.path is None or not self._pending:
                return
            try:
                if self._descriptor is None:
                    self._attach()
                if self._descriptor is not None:
                    self._write(self._descriptor)
            except (OSError, StoreError) as error:
                self._tell(error)

    def _write(self, descriptor: int) -> None:
        if self._head is not None:
            self._pending.appendleft(self._head)
            self._head = None
        while self._pending:
            line = self._pending[0]
            if self._size + len(line) > self._largest:
                self._pending.popleft()
                self._tell(StoreError("its journal is full"))
                continue
            # What was left of a line that did not fit on the disk must not spoil this one.
            data = b"\n" + line if self._torn else line
            written = os.write(descriptor, data)
            self._size += written
            self._torn = written < len(data)
            if self._torn:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._pending.popleft()
        os.fsync(descriptor)

    def _attach(self) -> None:
        """Open the file, if that can be done, and take what it holds; raises `JournalBusy`."""
        if self.path is None:
            self._tell(StoreError("this system has no place for them"))
            return
        try:
            private_directory(self.path.parent)
            descriptor = taken_or_made(self.path)
            # A journal that is dropped without being closed must not keep others out.
            self._release = weakref.finalize(self, os.close, descriptor)
            self._load(content_of(descriptor))
            self._descriptor = descriptor
        except JournalBusy:
            raise
        except (OSError, StoreError) as error:
            if self._release is not None:
                self._release()
            self._tell(error)

    def _load(self, content: bytes) -> None:
        steps: dict[str, bytes] = {}
        kept: dict[str, bytes] = {}
        self._size, self._torn, known = len(content), bool(content) and not content.endswith(b"\n"), False
        for record in records_in(content):
            match record.kind:
                case Kind.HEAD:
                    known, self.began = True, began(record.value) or self.began
                case Kind.STEP:
                    steps.setdefault(record.name, record.value)
                case Kind.KEEP:
                    kept[record.name] = record.value
        # Where the file was out of reach until now, what this run did in the meantime is the newer.
        self._steps, self._kept = steps | self._steps, kept | self._kept
        if not known:
            about = {"document": self.identity.document, "heading": self.identity.heading, "began": self.began}
            self._head = line_of(Record(Kind.HEAD, self.identity.id, json.dumps(about).encode("ascii")))

    def _tell(self, error: OSError | StoreError) -> None:
        if not self._warned:
            self._warned = True
            reason = (error.strerror if isinstance(error, OSError) else str(error).rstrip(".")) or type(error).__name__
            self._warn(f"The draft's steps cannot be kept on disk ({reason}). Work goes on without that.")


def open_journal(
    directory: Path | None,
    identity: JournalIdentity,
    *,
    warn: Callable[[str], None] = logger.warning,
    clock: Callable[[], float] = time.time,
    largest: int = LARGEST_FILE,
) -> FileJournal:
    """Return the journal of a draft, new or with all that earlier runs finished; may block.

    Raises `JournalBusy` where another process drafts the same section now. Without a usable directory the journal
    lasts as long as its process, and `warn` is told so. `clock` is wall-clock time in seconds. Drafts whose time is up
    are removed on this occasion.
    """
    if directory is not None:
        tidy(directory, clock(), spared=identity.id)
    return FileJournal(directory and directory / f"{identity.id}{SUFFIX}", identity, warn, clock, largest)


def began(head: bytes) -> str:
    """Return when the first run of a journal began, as its head has it; empty where that cannot be read."""
    try:
        return str(json.loads(head)["began"])
    except (ValueError, KeyError, TypeError):
        return ""
