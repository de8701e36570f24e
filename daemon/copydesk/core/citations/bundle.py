"""The evidence bundle: the sources that a document cites, in one file beside it.

With it a colleague checks every quote without a network, a model or the writer's store. It is JSON, the same for the
same document and sources, fit for version control:

    {"version": 1, "document": NAME,
     "sources": [{"title", "url", "retrieved", "sha256", "site", "format", "text"}],
     "citations": [{"name", "sources": [SHA-256 of each], "quotes": [TEXT]}]}

A file's `url` is its path from the document. Who opens a document may not have written its bundle, so that reading one
takes nothing from it but texts that are what their SHA-256 says; no address or path in it is ever opened.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copydesk.core.citations.addresses import destination, is_web, relative_path, scheme_of
from copydesk.core.citations.known import KnownSource
from copydesk.core.document import Format
from copydesk.core.evidence import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.citations.known import KnownSources
    from copydesk.core.citations.references import References

VERSION = 1
LARGEST_BUNDLE = 16 << 20
"""Bytes of a bundle that is still read."""
LARGEST_TEXT = 4 << 20
"""Code points of one of its texts."""
MOST_SOURCES = 2000
_LONGEST = 4000
_FIELDS = ("title", "url", "retrieved", "sha256", "site", "format", "text")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|\+00:00)")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle holds: usable sources, addresses whose text is not what it should be, and what was wrong."""

    sources: tuple[KnownSource, ...] = ()
    lost: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8; raises `UnicodeEncodeError` for a lone surrogate."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def written_bundle(found: References, known: KnownSources, name: str) -> tuple[str, int]:
    """Return the bundle of a document called `name`, and how many sources are in it."""
    sources: dict[tuple[str, str], dict[str, str]] = {}
    citations = []
    for reference in found.all:
        digests = []
        for version in (one for target in reference.entry.targets for one in known.at(target)):
            url = _portable(version, known)
            if url:
                digests.append(version.source.sha256)
                sources[url, version.source.sha256] = _source(version, url)
        if digests:
            quotes = [" ".join(quotation.words.split()) for quotation in reference.entry.quotations]
            names = reference.name or next(iter(reference.entry.targets))
            citations.append({"name": names, "sources": sorted(set(digests)), "quotes": quotes})
    whole = {
        "version": VERSION,
        "document": name,
        "sources": [source for _, source in sorted(sources.items())],
        "citations": citations,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n", len(sources)


def _portable(version: KnownSource, known: KnownSources) -> str:
    """Return the address of a source as it means the same elsewhere; empty for a file far from the document."""
    url = version.source.url
    if is_web(url) or not scheme_of(url):
        return url
    return destination(relative_path(url, known.base) or "") or ""


def _source(version: KnownSource, url: str) -> dict[str, str]:
    source = version.source
    values = (source.title, url, source.retrieved, source.sha256, version.site, version.format.value, version.text)
    return dict(zip(_FIELDS, values, strict=True))


def read_bundle(content: bytes) -> Bundle:
    """Return what can be used of a bundle's bytes; never raises."""
    if len(content) > LARGEST_BUNDLE:
        return Bundle(problems=("it is larger than 16 MiB; nothing of it is used",))
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Bundle(problems=("it is not a bundle; nothing of it is used",))
    if not isinstance(whole, dict) or whole.get("version") != VERSION or not isinstance(whole.get("sources"), list):
        return Bundle(problems=("it is not a bundle of a kind that is known; nothing of it is used",))
    sources, lost, problems = [], [], []
    for entry in whole["sources"][:MOST_SOURCES]:
        source, problem = _read(entry)
        if source is not None:
            sources.append(source)
        else:
            problems.append(problem)
            lost += list(_address(entry))
    if len(whole["sources"]) > MOST_SOURCES:
        problems.append(f"it has more than {MOST_SOURCES} sources; the rest is not used")
    return Bundle(tuple(sources), tuple(lost), tuple(dict.fromkeys(problems)))


def _address(entry: Any) -> Iterator[str]:
    url = entry.get("url") if isinstance(entry, dict) else None
    if isinstance(url, str) and len(url) <= _LONGEST and destination(url):
        yield url


def _read(entry: Any) -> tuple[KnownSource | None, str]:
    """Return a source, or why it is not used."""
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in _FIELDS):
        return None, "a source lacks what belongs to it, and is not used"
    title, url, retrieved, sha256, site, form, text = (entry[name] for name in _FIELDS)
    if any(len(value) > _LONGEST for value in (title, url, site)) or len(text) > LARGEST_TEXT:
        return None, "a source is too large, and is not used"
    if not destination(url) or not _TIME.fullmatch(retrieved) or form not in {each.value for each in Format}:
        return None, "a source has an address, time or format that none can have, and is not used"
    try:
        same = text_digest(text) == sha256
    except UnicodeEncodeError:
        same = False
    if not same:
        return None, "the text of a source is not the one that was stored, and is not used"
    return KnownSource(Source(title, url, retrieved, sha256), text, Format(form), site=site, bundled=True), ""
