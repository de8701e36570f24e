"""CD603 and CD608: what must hold of text that a model wrote.

CD603 has no entry in the catalogue: a draft that points elsewhere is mended before anybody sees it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.core.citations.references import references
from copydesk.core.document import ProtectedKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.core.citations.known import KnownSources
    from copydesk.core.document import Document

_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,30}:)?//[^\s<>\"'`]+|\bwww\.[^\s<>\"'`]+|\b(?:javascript|data|command):\S+", re.I
)
_LEADS = frozenset({ProtectedKind.LINK, ProtectedKind.URL})


def foreign_addresses(draft: Document, known: KnownSources) -> Iterator[str]:
    """Yield what a draft points to that is no stored source (CD603): links, images, and addresses in code and HTML."""
    found = references(draft)
    named = [target for reference in found.all for target in reference.entry.targets]
    named += [definition.target for definition in found.definitions.links]
    yield from dict.fromkeys(target for target in named if not known.at(target))
    rest = list(draft.text.source)
    read = [definition.span for definition in found.definitions.links]
    for passage in draft.passages:
        for sentence in passage.sentences:
            read += [piece.span for piece in sentence.protected if piece.kind in _LEADS]
            images = [piece.span for piece in sentence.protected if piece.kind is ProtectedKind.IMAGE]
            yield from (draft.text.slice(span) for span in images)
    for span in read:
        rest[span.start : span.end] = " " * len(span)
    yield from (match[0] for match in _ADDRESS.finditer("".join(rest)) if not known.at(match[0]))


def is_unsourced(draft: Document, known: KnownSources) -> bool:
    """Tell whether a draft cites no stored source at all (CD608), so that it must say so and may cite none."""
    return not any(known.at(target) for reference in references(draft).all for target in reference.entry.targets)
