"""The project's dismissals: `.copydesk/dismissed.jsonl`, meant to be reviewed and kept in version control.

One line of JSON for each, keys and lines in order, so that two branches seldom touch the same place. A new line is put
where it belongs; no other line is written anew, so a line that cannot be read is reported and never lost.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import stat
import threading
from typing import TYPE_CHECKING

from copydesk.adapters.project import PROJECT_FOLDER, find_root, project_path
from copydesk.core.schema import Problem
from copydesk.core.suppress import Dismissal, Dismissed, Scope, dismissal
from copydesk.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from copydesk.core.note import Note

logger = logging.getLogger(__name__)

FILE = "dismissed.jsonl"
LARGEST_FILE = 8 << 20
_ATTEMPTS = 20
_REMEDY = "Mend or remove it, and try again."


class ProjectDismissals:
    """The dismissals of whatever project a document belongs to. Everything here may block.

    `warn` is told once of each line that cannot be read; by default it is logged.
    """

    def __init__(self, warn: Callable[[str], None] = logger.warning) -> None:
        self._warn = warn
        self._warned: set[tuple[Path, int | None]] = set()
        self._writing = threading.Lock()

    def load(self, path: Path, folders: Sequence[Path]) -> Dismissed:
        """Return what was dismissed of the document at `path`; raises `StoreError`."""
        root = find_root(path, folders)
        found, problems = read_dismissals(root)
        for problem in problems:
            if (root, problem.line) not in self._warned:
                self._warned.add((root, problem.line))
                self._warn(str(problem))
        return Dismissed(found, project_path(path, root))

    def add(self, path: Path, folders: Sequence[Path], note: Note, scope: str, reason: str | None) -> None:
        """Record a dismissal; raises `StoreError`."""
        root = find_root(path, folders)
        with self._writing:
            add_dismissal(root, dismissal(note, Scope(scope), project_path(path, root), reason))

    def remove(self, path: Path, folders: Sequence[Path], removed: Dismissal) -> bool:
        """Take back a dismissal of the project of the document at `path`; False without one; raises `StoreError`."""
        with self._writing:
            return remove_dismissal(find_root(path, folders), removed)


def read_dismissals(root: Path) -> tuple[tuple[Dismissal, ...], tuple[Problem, ...]]:
    """Return what was dismissed in a project, and a problem for each line that cannot be read; raises `StoreError`."""
    found: list[Dismissal] = []
    problems: list[Problem] = []
    for number, line in enumerate(_read(root)[0], 1):
        if not line.strip():
            continue
        one = _parsed(line)
        if one is None:
            message = "not a dismissal; the line is kept and has no effect"
            problems.append(Problem("", message, f"{PROJECT_FOLDER}/{FILE}", number))
        else:
            found.append(one)
    return tuple(found), tuple(problems)


def add_dismissal(root: Path, added: Dismissal) -> None:
    """Write a dismissal down unless it already is; raises `StoreError`."""
    line = _line(added)

    def change(lines: list[bytes]) -> list[bytes] | None:
        known = [(index, one) for index, text in enumerate(lines) if (one := _parsed(text)) is not None]
        if any(_same(one, added) for _, one in known):
            return None
        at = next((index for index, one in known if _order(one) > _order(added)), len(lines))
        ending = b"\r\n" if lines and lines[0].endswith(b"\r\n") else b"\n"
        closed = [text if text.endswith(b"\n") else text + ending for text in lines]
        return [*closed[:at], line + ending, *closed[at:]]

    _update(root, change)


def remove_dismissal(root: Path, removed: Dismissal) -> bool:
    """Take a dismissal back, whatever its reason; tell whether there was one; raises `StoreError`."""

    def change(lines: list[bytes]) -> list[bytes] | None:
        kept = [line for line in lines if (one := _parsed(line)) is None or not _same(one, removed)]
        return kept if len(kept) < len(lines) else None

    return _update(root, change)


def _update(root: Path, change: Callable[[list[bytes]], list[bytes] | None]) -> bool:
    """Replace the file by what `change` makes of its lines, None for no change; tell whether it did.

    Another process may write in between, so the file is looked at once more before it is replaced.
    """
    file = _file(root)
    if file.parent.exists() and not file.parent.is_dir():
        raise StoreError(f"{PROJECT_FOLDER} is a file.", "Move it away, and try again.")
    try:
        for _ in range(_ATTEMPTS):
            lines, seen = _read(root)
            changed = change(lines)
            if changed is None:
                return False
            file.parent.mkdir(exist_ok=True)
            temporary = _written(file, b"".join(changed))
            try:
                if _read(root)[1] == seen:
                    temporary.replace(file)
                    return True
            finally:
                temporary.unlink(missing_ok=True)
    except OSError as error:
        message = f"{PROJECT_FOLDER}/{FILE} cannot be written ({error.strerror or type(error).__name__})."
        raise StoreError(message, "Check that the folder can be written to and that the disk has room.") from error
    raise StoreError(f"{PROJECT_FOLDER}/{FILE} keeps changing.", "Try again in a moment.")


def _written(file: Path, content: bytes) -> Path:
    """Return a new file beside `file` that holds `content`."""
    temporary = file.with_name(f".{FILE}.{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as output:
            output.write(content)
            output.flush()
            os.fsync(output.fileno())
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _read(root: Path) -> tuple[list[bytes], tuple[int, int, int] | None]:
    """Return the file's lines with their ends, and what tells whether it was written since; raises `StoreError`."""
    file = _file(root)
    try:
        status = file.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise StoreError(f"{PROJECT_FOLDER}/{FILE} is not a file.", _REMEDY)
        if status.st_size > LARGEST_FILE:
            raise StoreError(f"{PROJECT_FOLDER}/{FILE} is larger than 8 MiB.", _REMEDY)
        lines = file.read_bytes().splitlines(keepends=True)
    except (FileNotFoundError, NotADirectoryError):
        return [], None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(f"{PROJECT_FOLDER}/{FILE} cannot be read ({reason}).", _REMEDY) from error
    return lines, (status.st_mtime_ns, status.st_size, status.st_ino)


def _file(root: Path) -> Path:
    folder = root / PROJECT_FOLDER
    if folder.is_symlink():
        raise StoreError(f"{PROJECT_FOLDER} is a link, so nothing is read from or written to it.", "Make it a folder.")
    return folder / FILE


def _line(one: Dismissal) -> bytes:
    values = {"code": one.code, "path": one.path, "reason": one.reason, "scope": one.scope.value, "words": one.words}
    present = {name: value for name, value in values.items() if value is not None}
    return json.dumps(present, ensure_ascii=False, sort_keys=True).encode("utf-8", "backslashreplace")


def _parsed(line: bytes) -> Dismissal | None:
    try:
        values = json.loads(line.decode("utf-8-sig"))
        scope = Scope(values["scope"])
        texts = [values.get(name) for name in ("path", "words", "reason")]
        code = values["code"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not isinstance(code, str) or not code or not all(text is None or isinstance(text, str) for text in texts):
        return None
    path, words, reason = texts
    if (scope is not Scope.PROJECT and not path) or (scope is Scope.NOTE and not words):
        return None
    return Dismissal(code, scope, path, words, reason)


def _same(one: Dismissal, other: Dismissal) -> bool:
    return (one.scope, one.key) == (other.scope, other.key)


def _order(one: Dismissal) -> tuple[str, str, str, str]:
    path, code, words = one.key
    return path, code, one.scope.value, words
