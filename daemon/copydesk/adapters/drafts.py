"""Drafts that journals hold: listing them, reading one, and being rid of them.

A draft that is finished or was accepted is removed 30 days after its last change, an unfinished one after 90; one that
seems to be of years ago stays until its room is needed, since the clock may be wrong. There are at most 100, of 256 MiB
together; what goes first is what was accepted, then what is finished, then the oldest. Nobody removes a journal while a
process writes to it.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from copydesk.adapters.journal_files import LARGEST_FILE, SUFFIX, JournalBusy, content_of, one_spelling, removed, taken
from copydesk.adapters.private_files import private_directory
from copydesk.adapters.records import Kind, Record, line_of, records_in
from copydesk.core.draft.ratchet import CUT_SHORT, Stop
from copydesk.core.draft.stored import decoded
from copydesk.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from copydesk.core.draft.draft import Draft

DAY = 86_400.0
FINISHED_DAYS, UNFINISHED_DAYS = 30, 90
DOUBTFUL_DAYS = 730
"""What seems older may be of yesterday, with a clock that is wrong today; it goes only when its room is needed."""
MOST_DRAFTS, MOST_BYTES = 100, 256 << 20
DRAFT, TAKEN, ACCEPTED = "draft", "taken", "accepted"
"""The names under which a journal keeps the draft so far, which paragraphs are in the document, and that all are."""

_NAME = re.compile(rf"[0-9a-f]{{16}}{re.escape(SUFFIX)}")
_HEAD = 1 << 16
"""Bytes within which a journal's head is."""
_REMEDY = "Check that the folder is yours and can be written to."


class State(StrEnum):
    """How far a draft is."""

    UNDER_WAY = "under way"  # a process writes to its journal now
    UNFINISHED = "unfinished"  # the same command goes on with it
    FINISHED = "finished"
    ACCEPTED = "accepted"  # all of it was put into the document


@dataclass(frozen=True, slots=True)
class JournalledDraft:
    """A draft as far as it came, with what was done for it: each finished step by its key.

    `taken` are the paragraphs, by index, that were put into the document since the draft was kept.
    """

    draft: Draft
    steps: Mapping[str, bytes]
    taken: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """What a journal is about and how far its draft is. `document` is a URI; times are ISO 8601, UTC, whole seconds.

    `stop` is None and `words` 0 where no sentence was written yet. `size` is in bytes.
    """

    id: str
    document: str
    heading: tuple[str, ...]
    state: State
    stop: Stop | None
    words: int
    model: str
    began: str
    changed: str
    size: int

    @property
    def resumable(self) -> bool:
        """Tell whether running the same command again goes on with it."""
        return self.state is State.UNFINISHED


def list_drafts(directory: Path, document: str | None = None) -> tuple[StoredDraft, ...]:
    """Return what is stored, of one document or of all, the last changed first; raises `StoreError`."""
    wanted = one_spelling(document) if document is not None else None
    found = [one for path in _files(directory) if (one := _stored(path, wanted)) is not None]
    return tuple(sorted(found, key=lambda one: (one.changed, one.id), reverse=True))


def find_draft(directory: Path, prefix: str) -> StoredDraft:
    """Return the one draft whose id begins so; raises `StoreError`."""
    found = [path for path in _files(directory) if path.name.startswith(prefix)]
    stored = _stored(found[0]) if len(found) == 1 and prefix else None
    if stored is None:
        what = "More than one draft has" if prefix and len(found) > 1 else "There is no draft with"
        raise StoreError(f"{what} an id that begins with “{prefix}”.", "See copydesk drafts.")
    return stored


def read_draft(directory: Path, id: str) -> JournalledDraft | None:
    """Return a draft as far as it came, None where none is stored; raises `StoreError`."""
    content = _content(_path(directory, id))
    kept = _kept(content)
    draft = decoded(kept[DRAFT]) if DRAFT in kept else None
    if draft is None:
        return None
    steps = {one.name: one.value for one in records_in(content) if one.kind is Kind.STEP}
    return JournalledDraft(draft, steps, _taken(kept, len(draft.paragraphs)))


def accept_draft(directory: Path, id: str) -> None:
    """Note that a draft was put into its document; raises `StoreError`, `JournalBusy` while it is being made."""
    _note(directory, id, Record(Kind.KEEP, ACCEPTED, b""))


def accept_paragraphs(directory: Path, id: str, paragraphs: Collection[int]) -> None:
    """Note which paragraphs are in the document; raises `StoreError`, `JournalBusy` while the draft is being made."""
    _note(directory, id, Record(Kind.KEEP, TAKEN, json.dumps(sorted(paragraphs)).encode("ascii")))


def _note(directory: Path, id: str, record: Record) -> None:
    try:
        descriptor = taken(_path(directory, id))
        try:
            os.write(descriptor, b"\n" + line_of(record))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"The draft could not be noted as accepted ({_reason(error)}).", _REMEDY) from error


def discard_draft(directory: Path, id: str) -> bool:
    """Remove a draft for good; tell whether it was there; raises `StoreError`, `JournalBusy` while it is being made."""
    path = _path(directory, id)
    try:
        removed(path, taken(path))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(f"The draft could not be removed ({_reason(error)}).", _REMEDY) from error
    return True


def clear_drafts(directory: Path) -> int:
    """Remove all drafts; return how many there were; raises `StoreError`, once the others are gone, if some stay."""
    ids = [path.name.removesuffix(SUFFIX) for path in _files(directory)]
    gone = 0
    problems: list[StoreError] = []
    for id in ids:
        try:
            gone += discard_draft(directory, id)
        except StoreError as error:
            problems.append(error)
    if problems:
        message = f"Removed: {gone}. Not removed: {len(problems)}. {problems[0]}"
        raise StoreError(message, problems[0].remedy)
    return gone


def tidy(directory: Path, now: float, *, spared: str = "") -> None:
    """Remove drafts that are old, and the first to go of too many, but not the one with the id `spared`; never raises.

    `now` is wall-clock time in seconds.
    """
    with suppress(OSError, StoreError):
        ages = {path: path.lstat() for path in _files(directory) if path.name != f"{spared}{SUFFIX}"}
        old = [path for path, status in ages.items() if FINISHED_DAYS < (now - status.st_mtime) / DAY < DOUBTFUL_DAYS]
        gone = {path for path in old if _expired(path, now - ages[path].st_mtime) and _removed(path)}
        left = [path for path in ages if path not in gone]
        size = sum(ages[path].st_size for path in left)
        if len(left) < MOST_DRAFTS and size <= MOST_BYTES:
            return
        ranks = {path: (_rank(path), ages[path].st_mtime) for path in left}
        count = len(left)
        for path in sorted(left, key=lambda path: ranks[path]):
            if count < MOST_DRAFTS and size <= MOST_BYTES:
                return
            if _removed(path):
                count, size = count - 1, size - ages[path].st_size


def _files(directory: Path) -> list[Path]:
    """Return the journals' files; none where there is no directory yet; raises `StoreError`."""
    try:
        if not os.path.lexists(directory):
            return []
        private_directory(directory)
        return sorted(path for path in directory.iterdir() if _NAME.fullmatch(path.name))
    except OSError as error:
        raise StoreError(f"The stored drafts cannot be read ({_reason(error)}).", _REMEDY) from error


def _path(directory: Path, id: str) -> Path:
    path = directory / f"{id}{SUFFIX}"
    if not _NAME.fullmatch(path.name):
        raise StoreError(f"There is no draft “{id}”.", "See copydesk drafts.")
    return path


def _content(path: Path, most: int = LARGEST_FILE) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise StoreError(f"A stored draft cannot be read ({_reason(error)}).", _REMEDY) from error
    try:
        return content_of(descriptor, most)
    finally:
        os.close(descriptor)


def _kept(content: bytes) -> dict[str, bytes]:
    """Return the latest value under each name, the one that was kept last at the end."""
    kept: dict[str, bytes] = {}
    for one in records_in(content):
        if one.kind is Kind.KEEP:
            kept.pop(one.name, None)
            kept[one.name] = one.value
    return kept


def _taken(kept: dict[str, bytes], count: int) -> frozenset[int]:
    names = list(kept)
    if TAKEN not in kept or names.index(TAKEN) < names.index(DRAFT):  # of a draft before this one
        return frozenset()
    try:
        return frozenset(json.loads(kept[TAKEN])) & frozenset(range(count))
    except (ValueError, TypeError):
        return frozenset()


def _about(content: bytes) -> tuple[str, tuple[str, ...], str] | None:
    """Return a journal's document, heading path and beginning; None where its head is gone."""
    head = next((one.value for one in records_in(content) if one.kind is Kind.HEAD), b"")
    try:
        values = json.loads(head)
        return str(values["document"]), tuple(map(str, values["heading"])), str(values["began"])
    except (ValueError, KeyError, TypeError):
        return None


def _stored(path: Path, document: str | None = None) -> StoredDraft | None:
    """Return what is stored in a file; None without a head, or where it is about another document."""
    if document is not None:
        first = _about(_content(path, _HEAD))
        if first is None or first[0] != document:
            return None
    content = _content(path)
    about, kept = _about(content), _kept(content)
    try:
        changed = datetime.fromtimestamp(path.lstat().st_mtime, UTC).isoformat(timespec="seconds")
    except (OSError, OverflowError):
        return None
    if about is None:
        return None
    draft = decoded(kept[DRAFT]) if DRAFT in kept else None
    return StoredDraft(
        path.name.removesuffix(SUFFIX),
        *about[:2],
        State.UNDER_WAY if _busy(path) else _state(kept, draft),
        draft.status if draft is not None and draft.sentences else None,
        draft.words if draft is not None else 0,
        draft.model[0] if draft is not None else "",
        about[2],
        changed.replace("+00:00", "Z"),
        len(content),
    )


def _state(kept: dict[str, bytes], draft: Draft | None) -> State:
    # A draft that was taken back and is made again is kept once more, after it was accepted.
    if next(reversed(kept), "") == ACCEPTED:
        return State.ACCEPTED
    return State.UNFINISHED if draft is None or draft.status in CUT_SHORT else State.FINISHED


def _busy(path: Path) -> bool:
    try:
        os.close(taken(path))
    except JournalBusy:
        return True
    except OSError:
        return False
    return False


def _expired(path: Path, age: float) -> bool:
    return age > UNFINISHED_DAYS * DAY or _rank(path) < 2


def _rank(path: Path) -> int:
    """Return in which order drafts go: what was accepted or is nothing first, what is unfinished last."""
    content = _content(path)
    kept = _kept(content)
    if _about(content) is None:
        return 0
    state = _state(kept, decoded(kept[DRAFT]) if DRAFT in kept else None)
    return {State.ACCEPTED: 0, State.FINISHED: 1}.get(state, 2)


def _removed(path: Path) -> bool:
    try:
        removed(path, taken(path))
    except (OSError, StoreError):
        return False
    return True


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
