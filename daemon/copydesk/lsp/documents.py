"""The open documents, as the client says they are. Files are never read."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls.uris import to_fs_path

from copydesk.core.document import Format
from copydesk.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST = 2_000_000
"""Code points of a document; of a larger one neither text nor notes are kept."""

LANGUAGES = {
    "markdown": Format.MARKDOWN,
    "pandoc": Format.MARKDOWN,
    "quarto": Format.QUARTO,
    "rmd": Format.QUARTO,
    "rmarkdown": Format.QUARTO,
    "mdx": Format.MDX,
    "plaintext": Format.PLAIN,
    "text": Format.PLAIN,
}
EXTENSIONS = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".qmd": Format.QUARTO,
    ".rmd": Format.QUARTO,
    ".mdx": Format.MDX,
}


class Sync(StrEnum):
    """Whether the text here is the text there."""

    TOGETHER = "in sync"
    APART = "out of sync"
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """One open document at one version. Its `text` is the last that is known for certain."""

    uri: str
    format: Format
    text: Text
    sync: Sync = Sync.TOGETHER

    @property
    def path(self) -> Path | None:
        """Return the document's file, None where it has none."""
        return file_path(self.uri)


class Documents:
    """Open documents by URI."""

    def __init__(self) -> None:
        self._open: dict[str, OpenDocument] = {}

    def __iter__(self) -> Iterator[OpenDocument]:
        return iter(tuple(self._open.values()))

    def get(self, uri: str) -> OpenDocument | None:
        """Return an open document, None if it is not open or not ours to read."""
        return self._open.get(uri)

    def open(self, item: types.TextDocumentItem) -> OpenDocument | None:
        """Take over a document that the client opened; None if it is not prose."""
        kind = format_of(item.uri, item.language_id)
        if kind is None:
            self._open.pop(item.uri, None)
            return None
        return self._put(OpenDocument(item.uri, kind, Text("", item.version)), item.text, item.version)

    def change(
        self, uri: str, version: int, changes: Sequence[types.TextDocumentContentChangeEvent]
    ) -> OpenDocument | None:
        """Take over a change; None for a document that is not open here.

        Only a whole text with a later version is believed. After anything else the document is out of sync, until
        such a text arrives or it is opened again.
        """
        document = self._open.get(uri)
        if document is None or not changes:
            return document
        last = changes[-1]
        if not isinstance(last, types.TextDocumentContentChangeWholeDocument) or version <= document.text.version:
            return self.lose(uri)
        return self._put(document, last.text, version)

    def lose(self, uri: str) -> OpenDocument | None:
        """Note that a change of a document could not be followed; None if it is not open here."""
        document = self._open.get(uri)
        if document is not None:
            document = self._open[uri] = replace(document, sync=Sync.APART)
        return document

    def close(self, uri: str) -> OpenDocument | None:
        """Forget a document and return what it was."""
        return self._open.pop(uri, None)

    def _put(self, document: OpenDocument, source: str, version: int) -> OpenDocument:
        large = len(source) > LARGEST
        document = replace(
            document,
            text=Text("" if large else source, version),
            sync=Sync.TOO_LARGE if large else Sync.TOGETHER,
        )
        self._open[document.uri] = document
        return document


class Arrivals:
    """Tells whoever waits of each new text of a document."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[asyncio.Queue[OpenDocument]]] = {}

    def tell(self, document: OpenDocument) -> None:
        """Pass a document with a new text on to all who wait for one."""
        for queue in self._waiting.get(document.uri, ()):
            queue.put_nowait(document)

    @contextmanager
    def of(self, uri: str) -> Iterator[asyncio.Queue[OpenDocument]]:
        """Lend a queue that receives each new text of a document."""
        queue: asyncio.Queue[OpenDocument] = asyncio.Queue()
        self._waiting.setdefault(uri, []).append(queue)
        try:
            yield queue
        finally:
            self._waiting[uri].remove(queue)
            if not self._waiting[uri]:
                del self._waiting[uri]


def format_of(uri: str, language: str) -> Format | None:
    """Return how a document is written, None if it is not prose.

    The extension goes first: clients that do not know a dialect call it Markdown or plain text.
    """
    extension = PurePosixPath(unquote(urlsplit(uri).path)).suffix.lower()
    return EXTENSIONS.get(extension) or LANGUAGES.get(language.lower())


def file_path(uri: str) -> Path | None:
    """Return the path of a `file:` URI on this machine, None for any other."""
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        return None
    path = to_fs_path(parts._replace(netloc="").geturl())
    return Path(path) if path and "\0" not in path else None
