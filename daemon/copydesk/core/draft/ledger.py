"""The ledger: numbered quotations that a draft may cite, in order of first use; it only ever grows.

An entry keeps its number and its place for the whole of a draft, so that what a model has read of it stays in the
engine's prefix cache, and an id means the same quotation in every round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.draft.budget import tokens
from copydesk.core.prompt_safety import legible
from copydesk.core.quotes import Outcome, check
from copydesk.core.visible import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.evidence import Evidence
    from copydesk.core.quotes import StoredText

_TITLE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A quotation under its id, `S1` and so on; `plain` is what models are shown of it, on one line."""

    id: str
    evidence: Evidence
    plain: str

    @property
    def line(self) -> str:
        """Return the entry as it stands in prompts."""
        return f"{self.id} ({shortened(legible(self.evidence.source.title), _TITLE)}): {self.plain}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What may be cited. Each quotation stands word for word in the stored text of its source."""

    entries: tuple[Entry, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids in order."""
        return tuple(one.id for one in self.entries)

    @property
    def sources(self) -> int:
        """Return how many sources are quoted."""
        return len({one.evidence.source.url for one in self.entries})

    @property
    def tokens(self) -> int:
        """Return an estimate of how many tokens the ledger takes in a prompt."""
        return sum(tokens(one.line) + 1 for one in self.entries)

    def entry(self, id: str) -> Entry | None:
        """Return the entry of an id."""
        return next((one for one in self.entries if one.id == id), None)

    def quoted(self, ids: Iterable[str]) -> tuple[Entry, ...]:
        """Return the entries of ids, those of no entry left out."""
        found = (self.entry(id) for id in dict.fromkeys(ids))
        return tuple(one for one in found if one is not None)

    def grown(self, evidence: Iterable[tuple[Evidence, str]], limit: int) -> tuple[Ledger, int]:
        """Return the ledger with quotations, best first, added as long as it takes at most `limit` tokens.

        Each comes with its plain words. Those that are in it already count for nothing. The second value is how many
        found no room.
        """
        entries = list(self.entries)
        known = {(one.evidence.source.sha256, one.evidence.start, one.evidence.end) for one in entries}
        spent, left_out = self.tokens, 0
        for one, plain in evidence:
            if (one.source.sha256, one.start, one.end) in known:
                continue
            entry = Entry(f"S{len(entries) + 1}", one, " ".join(plain.split()))
            cost = tokens(entry.line) + 1
            if spent + cost > limit:
                left_out += 1
                continue
            known.add((one.source.sha256, one.start, one.end))
            spent += cost
            entries.append(entry)
        return Ledger(tuple(entries)), left_out


def verbatim(evidence: Evidence, stored: StoredText) -> bool:
    """Tell whether a quotation is what stands at its place in the stored text, and is found there again."""
    exact = stored.text[evidence.start : evidence.end] == evidence.quote
    return exact and check(evidence.quote, stored).outcome is Outcome.FOUND
