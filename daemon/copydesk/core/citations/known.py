"""The stored sources that checks compare a document with; how they are stored is no concern of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from copydesk.core.citations.addresses import same_source_key
from copydesk.core.citations.figures import Figures
from copydesk.core.document import Format
from copydesk.core.note import digest
from copydesk.core.quotes import StoredText
from copydesk.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copydesk.core.evidence import Source


@dataclass(frozen=True)
class KnownSource:
    """A source as it was stored when it was cited; `format` says how its text is written, `site` what has one vote.

    `newest` is the newest text known of its address, read at `newest_retrieved` (ISO 8601), None where that is the
    stored one. `bundled` tells that it came with the document and is not the user's own.
    """

    source: Source
    text: str
    format: Format = Format.PLAIN
    site: str = ""
    newest: str | None = None
    newest_retrieved: str = ""
    bundled: bool = False

    @cached_property
    def stored(self) -> StoredText:
        """Return the stored text, ready for quotes to be looked for."""
        return self._ready(self.text)

    @cached_property
    def newer(self) -> StoredText | None:
        """Return the newest text likewise, None where it is the stored one."""
        return None if self.newest is None else self._ready(self.newest)

    @cached_property
    def figures(self) -> Figures:
        """Return the figures of the stored text."""
        return Figures.of([self.legible])

    @property
    def legible(self) -> str:
        """Return the stored text without markup, place for place."""
        return self.stored.view or self.stored.text

    def _ready(self, text: str) -> StoredText:
        if self.format is Format.PLAIN:
            return StoredText(text, self.source.sha256)
        from copydesk.core.markdown import read  # the language server starts without a Markdown parser

        return StoredText.of_document(read(Text(text), self.format), self.source.sha256)


@dataclass(frozen=True)
class KnownSources:
    """What is stored of a document's sources.

    `base` is the document's `file:` URI, to which its relative paths relate, empty where it has none. `lost` holds
    addresses that were stored and whose text cannot be had any more.
    """

    sources: tuple[KnownSource, ...] = ()
    base: str = ""
    lost: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sources or self.lost)

    def at(self, address: str) -> tuple[KnownSource, ...]:
        """Return what is stored under an address or relative path of the document, as often as it was."""
        return self._by_key.get(same_source_key(address, self.base), ()) if self.sources else ()

    def is_lost(self, address: str) -> bool:
        """Tell whether an address was stored, but its text is gone."""
        return bool(self.lost) and same_source_key(address, self.base) in self._lost_keys and not self.at(address)

    @cached_property
    def version(self) -> str:
        """Return what changes when any of the texts does."""
        parts = [(one.source.sha256, one.source.url, one.source.title, one.newest or "") for one in self.sources]
        return digest(self.base, *(word for part in sorted(parts) for word in part), *sorted(self.lost))

    @cached_property
    def _by_key(self) -> Mapping[str, tuple[KnownSource, ...]]:
        found: dict[str, tuple[KnownSource, ...]] = {}
        for one in self.sources:
            key = same_source_key(one.source.url, self.base)
            if key:
                found[key] = (*found.get(key, ()), one)
        return MappingProxyType(found)

    @cached_property
    def _lost_keys(self) -> frozenset[str]:
        return frozenset(same_source_key(address, self.base) for address in self.lost)


NO_SOURCES = KnownSources()
