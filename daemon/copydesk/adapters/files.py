"""Documents from disk: which files a path stands for, and their text exactly as written."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.core.text import Text
from copydesk.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUFFIXES = frozenset({".md", ".markdown", ".mkd", ".mdown", ".mdx", ".qmd", ".rmd"})
LARGEST_FILE = 2 << 20
"""Bytes of a document that is still read; prose of this size is several books."""

_SKIPPED = frozenset({"node_modules", "__pycache__", "build", "dist"})


def documents_in(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that paths name; a folder stands for the Markdown files below it, hidden folders left out.

    No file comes twice.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _below(path) if path.is_dir() else [path]:
            if (place := file.absolute()) not in seen:
                seen.add(place)
                yield file


def _below(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        hidden = any(part.startswith(".") or part in _SKIPPED for part in parts[:-1])
        if file.suffix.lower() in SUFFIXES and not hidden and file.is_file():
            yield file


def read_text(path: Path) -> Text:
    """Return a file's text, line ends and byte order mark as they are; raises `DocumentError`."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode) and not stat.S_ISDIR(facts.st_mode):
            raise DocumentError(f"{path} is not a file.", "Name a file; `copydesk critique -` reads standard input.")
        if facts.st_size > LARGEST_FILE:
            raise _too_large(str(path))
        content = path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"{path} does not exist.", "Check the name.") from None
    except IsADirectoryError:
        raise DocumentError(f"{path} is a folder.", "Name the files in it.") from None
    except OSError as error:
        raise DocumentError(f"{path} cannot be read ({error.strerror}).", "Check that you may read it.") from None
    return _decoded(content, str(path))


def read_standard_input() -> Text:
    """Return what standard input holds, as `read_text` does a file; raises `DocumentError`."""
    content = sys.stdin.buffer.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise _too_large("Standard input")
    return _decoded(content, "Standard input")


def _too_large(name: str) -> DocumentError:
    return DocumentError(f"{name} is larger than 2 MiB.", "Split it, or leave it out.")


def _decoded(content: bytes, name: str) -> Text:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentError(f"{name} is UTF-16.", "Save it as UTF-8 and try again.")
    if b"\0" in content:
        raise DocumentError(f"{name} is not text.", "Leave it out.")
    try:
        return Text(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentError(
            f"{name} is not UTF-8: the first byte that is not is on line {line}.", "Save it as UTF-8 and try again."
        ) from None


def replace_text(path: Path, before: Text, after: str) -> None:
    """Replace a file's text in one step if it still is what was read; raises `DocumentError`, nothing written then.

    A link stays one: what it points to is replaced. The file keeps its permissions.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".copydesk-{secrets.token_hex(8)}.tmp")
    try:
        content = after.encode("utf-8")
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, temporary)
        if target.read_bytes() != before.source.encode("utf-8", "surrogatepass"):
            raise DocumentError(f"{path} changed in the meantime, so nothing was written.", "Run the command again.")
        temporary.replace(target)
    except UnicodeEncodeError:
        raise DocumentError(f"The text for {path} holds half a character, so nothing was written.") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentError(f"{path} cannot be written ({reason}).", "Check that you may write it.") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
