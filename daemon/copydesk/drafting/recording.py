"""What a search led to, as bytes for the journal and back, and under which key a page is there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from copydesk.core.document import Format
from copydesk.core.draft.researching import Candidate
from copydesk.core.evidence import Evidence, Skipped, Source
from copydesk.core.note import digest
from copydesk.ports import Page

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Found:
    """The sentences that a query led to, best first, and what could not be searched or read."""

    candidates: tuple[Candidate, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def written_search(found: Found) -> bytes:
    """Return a search's outcome as JSON."""
    sources: dict[str, Source] = {one.evidence.source.sha256: one.evidence.source for one in found.candidates}
    lines = [
        [one.evidence.source.sha256, one.evidence.start, one.evidence.end, one.evidence.quote, one.plain]
        for one in found.candidates
    ]
    skipped = [[one.what, one.why] for one in found.skipped]
    return _bytes({"sources": [asdict(one) for one in sources.values()], "lines": lines, "skipped": skipped})


def read_search(stored: bytes) -> Found | None:
    """Return a search's outcome, None for what is no such thing."""
    try:
        value = json.loads(stored)
        sources = {one["sha256"]: Source(**one) for one in value["sources"]}
        candidates = tuple(
            Candidate(f"c{number}", Evidence(str(quote), sources[sha256], int(start), int(end)), str(plain))
            for number, (sha256, start, end, quote, plain) in enumerate(value["lines"], 1)
        )
        return Found(candidates, tuple(Skipped(str(what), str(why)) for what, why in value["skipped"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def page_key(sha256: str) -> str:
    """Return the key of the step in which the page with this digest was read."""
    return digest("page", sha256)


def written_page(page: Page) -> bytes:
    """Return a page as JSON."""
    return _bytes(asdict(page))


def read_page(stored: bytes) -> Page | None:
    """Return a page, None for what is no such thing."""
    try:
        value = json.loads(stored)
        source = Source(**value["source"])
        return Page(source, str(value["text"]), Format(value["format"]), str(value["site"]), bool(value["hidden"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _bytes(value: dict[str, Any] | Sequence[Any]) -> bytes:
    # Stored texts may hold lone surrogates, which JSON escapes keep.
    return json.dumps(value).encode("ascii")
