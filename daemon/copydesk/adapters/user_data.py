"""Everything that copydesk keeps of its user's, where it is, how much it is, and how to be rid of it.

Documents, settings, `.copydesk` in projects and bundles beside documents are the user's own files and none of it.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters import disk
from copydesk.adapters.drafts import clear_drafts
from copydesk.adapters.engines.model_files import models_folder
from copydesk.adapters.journal_files import default_drafts_directory
from copydesk.adapters.ledger import clear_ledger, default_ledger_path, ledger_files
from copydesk.adapters.library import upkeep
from copydesk.adapters.private_files import private_directory
from copydesk.adapters.provenance import ProvenanceStore, default_provenance_directory
from copydesk.adapters.sources import SourceStore, default_sources_directory
from copydesk.errors import StoreError
from copydesk.user_folders import LOG_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_APPLICATION = "copydesk"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is kept: what it holds, and in a sentence what is lost with it.

    `folder` is None on a system that has no place for it. `owned` tells whether a file in the folder is of this kind;
    `clear` is given the folder, and raises `StoreError` if something stays. A file that another process uses may stay
    with nothing in it, which `emptied` tells. What is not `personal` says nothing of the user and is kept unless it is
    named.
    """

    name: str
    holds: str
    lost: str
    folder: Path | None
    clear: Callable[[Path], object]
    owned: Callable[[Path], bool] = lambda file: True
    emptied: Callable[[Path], bool] = lambda folder: False
    personal: bool = True

    def amount(self) -> tuple[int, int]:
        """Return how many files there are, and their bytes; what a link leads to is not looked at."""
        if self.folder is not None and self.emptied(self.folder):
            return 0, 0
        sizes = [file.lstat().st_size for file in self._files()]
        return len(sizes), sum(sizes)

    def remove(self) -> None:
        """Remove all of it, and folders that are left empty; raises `StoreError`, once the rest is gone, if some stays.

        A folder that is a link, or another user's, is left alone.
        """
        if self.folder is None or not os.path.lexists(self.folder):
            return
        try:
            private_directory(self.folder)
            self.clear(self.folder)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StoreError(f"{self.folder} cannot be cleared ({reason}).", "Close editors that use it.") from error
        for folder in (self.folder, *self.folder.parents):
            with suppress(OSError):  # it is not empty
                folder.rmdir()
            if folder.name == _APPLICATION or _APPLICATION not in folder.parts:
                break

    def _files(self) -> Iterator[Path]:
        if self.folder is None or self.folder.is_symlink():
            return
        for folder, _, names in os.walk(self.folder):
            yield from (file for name in names if self.owned(file := Path(folder, name)))


def kinds(warn: Callable[[str], None]) -> tuple[Kind, ...]:
    """Return every kind of thing that is kept, what is made again soonest first. `warn` is told of what is unusable."""
    ledger = default_ledger_path()
    logs = ledger.parent if ledger is not None else None
    return (
        Kind(
            "answers",
            "answers of models, search results and pages that were read",
            "They are asked for and read again when needed.",
            disk.default_directory(),
            disk.clear_cache,
            emptied=lambda folder: _is_empty(folder, lambda: disk.cache_stats(folder).entries),
        ),
        Kind(
            "library",
            "the index of your library folders, with their texts",
            "It is made again at the next search.",
            upkeep.default_directory(),
            upkeep.clear_library,
            emptied=lambda folder: _is_empty(folder, lambda: upkeep.library_stats(folder).documents),
        ),
        Kind(
            "log",
            "times and kinds of faults",
            "Earlier faults cannot be looked up any more.",
            logs,
            _clear_log,
            _is_log,
        ),
        Kind(
            "ledger",
            "when copydesk connected where",
            "That cannot be looked up any more.",
            logs,
            lambda folder: clear_ledger(folder / Path(ledger or "").name),
            lambda file: ledger is not None and file in ledger_files(ledger),
        ),
        Kind(
            "drafts",
            "sections that were drafted, finished or not, and what stood there",
            "Unfinished drafts cannot be gone on with, and finished ones not be accepted any more.",
            default_drafts_directory(),
            clear_drafts,
        ),
        Kind(
            "sources",
            "texts of the sources that you cited",
            "Quotes in your documents cannot be checked any more, but with a bundle beside the document.",
            default_sources_directory(),
            lambda folder: SourceStore(folder, warn).clear(),
        ),
        Kind(
            "provenance",
            "which sentences of your documents were drafted, and by which model",
            "That cannot be told of them any more.",
            default_provenance_directory(),
            lambda folder: ProvenanceStore(folder, warn).clear(),
        ),
        Kind(
            "models",
            "model files that you fetched",
            "They have to be fetched again.",
            _models(),
            shutil.rmtree,
            personal=False,
        ),
    )


def _models() -> Path | None:
    folder = models_folder()
    return folder if folder.is_absolute() else None


def _is_empty(folder: Path, held: Callable[[], int]) -> bool:
    """Tell whether databases in a folder hold nothing, and nothing else of theirs is there."""
    try:
        return not any(folder.glob("*.broken")) and held() == 0
    except (StoreError, OSError):
        return False


def _is_log(file: Path) -> bool:
    return file.name == LOG_FILE or file.name.startswith(f"{LOG_FILE}.")


def _clear_log(folder: Path) -> None:
    for file in folder.iterdir():
        if _is_log(file):
            file.unlink(missing_ok=True)
