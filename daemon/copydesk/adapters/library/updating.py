"""Keeping the index in step with the files: what is new or changed is read, and what is gone is forgotten.

A file that was not written to costs one look at its times. One that was is read, and if its bytes are the same, what
was made of them is kept, with the time of its first reading.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from copydesk.adapters.extraction.unreadable import NotTried
from copydesk.adapters.library.folders import Entry, Kind, Scan, because, places, scan
from copydesk.adapters.library.reading import content_of, digest_of, read_extracted, read_text
from copydesk.adapters.library.rows import Added, Changes, Known
from copydesk.core.evidence import Skipped
from copydesk.errors import PageUnusable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from copydesk.adapters.library.index import Index
    from copydesk.adapters.library.reading import ParseWorker, Reading
    from copydesk.adapters.library.thread import IndexThread

SETTLED_SECONDS = 2.0
"""How old a file must be for its time to tell of changes: file systems count in steps, FAT in those of two seconds."""
AGAIN_AFTER = timedelta(days=1)
"""When a file that could not be read is tried again although it has not changed: a later version may do better."""
BATCH_SECONDS = 0.1
"""How long files are read before they are stored together, and before it is seen whether anyone still waits."""
_UNSETTLED = "?"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class View:
    """The library as it was seen: its readable files by address, and why others are not, by name and by address."""

    entries: Mapping[str, Entry]
    skipped: tuple[Skipped, ...]
    reasons: Mapping[str, str]
    found: bool


@dataclass(frozen=True, slots=True)
class _Look:
    entries: Mapping[str, Entry]
    skipped: tuple[Skipped, ...]
    found: bool
    known: Mapping[str, Known]


@dataclass
class _Batch:
    """What became of `count` files."""

    count: int = 0
    added: list[Added] = field(default_factory=list)
    touched: list[tuple[str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    def leave_out(self, entry: Entry, why: str) -> None:
        """Forget a file that may be readable the next time."""
        self.gone.append(entry.uri)
        self.reasons[entry.uri] = why

    def store(self, index: Index) -> None:
        """Put it into the index."""
        index.change(Changes(self.added, self.touched, self.gone))


class Updating:
    """Brings an index up to date with the folders. `clock` is wall-clock time in seconds."""

    def __init__(
        self,
        folders: Sequence[str],
        root: Path | None,
        worker: ParseWorker,
        thread: IndexThread,
        clock: Callable[[], float],
    ) -> None:
        self._folders = folders
        self._root = root
        self._worker = worker
        self._thread = thread
        self._clock = clock
        self._failed: dict[str, tuple[str, str]] = {}
        self._entries: Mapping[str, Entry] = {}

    async def view(self) -> View:
        """Take in what has changed and return what there is; when cancelled, what was taken in is kept."""
        look = await self._thread.run(self._look)
        reasons: dict[str, str] = {}
        changed: list[Entry] = []
        for uri, entry in look.entries.items():
            one = look.known.get(uri)
            failed = self._failed.get(uri)
            if failed is not None and failed[0] == entry.stamp:
                reasons[uri] = failed[1]
            elif one is None or one.stamp != entry.stamp or self._is_to_be_tried_again(one):
                changed.append(entry)
            elif one.why:
                reasons[uri] = one.why
        reasons |= await self._taken_in(changed, look.known)
        entries = {uri: entry for uri, entry in look.entries.items() if uri not in reasons}
        unreadable = [Skipped(look.entries[uri].name, why) for uri, why in reasons.items()]
        return View(entries, (*look.skipped, *sorted(unreadable, key=lambda one: one.what)), reasons, look.found)

    def seen(self) -> Scan:
        """Return which files there are, and which are left out by name, size or place; reads none. Blocks."""
        found, refused = places(self._folders, self._root)
        now = scan(found, self._entries)
        self._entries = now.entries
        return Scan(now.entries, refused + now.skipped, now.found)

    def _look(self, index: Index) -> _Look:
        now = self.seen()
        known = index.known()
        index.change(Changes(gone=sorted(known.keys() - now.entries.keys())))
        return _Look(now.entries, now.skipped, now.found, known)

    async def _taken_in(self, changed: Sequence[Entry], known: Mapping[str, Known]) -> dict[str, str]:
        """Read files and store what they say; return why some could not be read, by address."""
        reasons: dict[str, str] = {}
        texts = [entry for entry in changed if entry.kind in {Kind.MARKDOWN, Kind.TEXT}]
        while texts:
            batch = await self._thread.run(partial(self._take_in_some, texts, known))
            texts = texts[batch.count :]
            reasons |= batch.reasons
        for entry in changed:
            if entry.kind in {Kind.HTML, Kind.PDF}:
                reasons |= await self._take_in_parsed(entry, known.get(entry.uri))
        return reasons

    def _take_in_some(self, texts: Sequence[Entry], known: Mapping[str, Known], index: Index) -> _Batch:
        """Take in files until that has taken a while."""
        began = time.monotonic()
        batch = _Batch()
        for entry in texts:
            content = self._content(entry, known.get(entry.uri), batch)
            if content is not None:
                try:
                    batch.added.append(self._added(entry, content, read_text(entry, content)))
                except PageUnusable as error:
                    self._unreadable(entry, content, error, batch)
            batch.count += 1
            if time.monotonic() - began > BATCH_SECONDS:
                break
        batch.store(index)
        return batch

    async def _take_in_parsed(self, entry: Entry, one: Known | None) -> dict[str, str]:
        batch = _Batch()
        content = await self._thread.run(lambda _: self._content(entry, one, batch))
        if content is not None:
            try:
                reading = await read_extracted(entry, content, self._worker)
                batch.added.append(self._added(entry, content, reading))
            except (NotTried, OSError) as error:
                # Not the file's fault, so nothing is kept of it beyond this run.
                why = error.sentence if isinstance(error, NotTried) else because(error)
                self._failed[entry.uri] = entry.stamp, why
                batch.leave_out(entry, why)
            except PageUnusable as error:
                self._unreadable(entry, content, error, batch)
        await self._thread.run(batch.store)
        return batch.reasons

    def _content(self, entry: Entry, one: Known | None, batch: _Batch) -> bytes | None:
        """Return the bytes of a file that has to be read, None where the batch already says all of it."""
        try:
            content = content_of(entry)
        except OSError as error:
            batch.leave_out(entry, because(error))
            return None
        except PageUnusable as error:
            self._unreadable(entry, b"", error, batch)
            return None
        if one is None or one.digest != digest_of(content) or self._is_to_be_tried_again(one):
            return content
        if (stamp := self._stamp(entry)) != one.stamp:
            batch.touched.append((entry.uri, stamp))
        if one.why:
            batch.reasons[entry.uri] = one.why
        return None

    def _unreadable(self, entry: Entry, content: bytes, error: PageUnusable, batch: _Batch) -> None:
        batch.added.append(self._added(entry, content, None, error.sentence))
        batch.reasons[entry.uri] = error.sentence

    def _added(self, entry: Entry, content: bytes, reading: Reading | None, why: str = "") -> Added:
        retrieved = datetime.fromtimestamp(self._clock(), UTC).strftime(_TIME)
        return Added(entry.uri, self._stamp(entry), digest_of(content), retrieved, reading, why)

    def _stamp(self, entry: Entry) -> str:
        """Return what a file must still have to count as unchanged; nothing has it that was written to just now."""
        settled = abs(self._clock() - entry.written) >= SETTLED_SECONDS
        return entry.stamp if settled else entry.stamp + _UNSETTLED

    def _is_to_be_tried_again(self, one: Known) -> bool:
        if not one.why:
            return False
        try:
            tried = datetime.strptime(one.retrieved, _TIME).replace(tzinfo=UTC)
        except ValueError:
            return True
        return abs(datetime.fromtimestamp(self._clock(), UTC) - tried) > AGAIN_AFTER
