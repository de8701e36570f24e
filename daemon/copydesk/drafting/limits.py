"""How much a draft may cost, and on what terms one section is drafted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.draft.ratchet import MOST_ROUNDS
from copydesk.turns import Priority

if TYPE_CHECKING:
    import asyncio

    from copydesk.core.citations.render import Style
    from copydesk.ports import Journal


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one draft: rounds, and for each run tokens as the engine counts them, in and out, and seconds of work.

    `words` is how long a section should be where its brief does not say, 0 for what is usual for its level.
    """

    rounds: int = MOST_ROUNDS
    tokens: int = 400_000
    seconds: float = 1800.0
    words: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """How one section is drafted: what it has finished before is in the journal, and what it finishes goes there.

    `style` is how sources are cited, `base` the document's `file:` URI, to which paths of local ones relate. `words`
    goes before what the brief and the limits say, 0 for nothing said. `stop` is set to end the draft as it is.
    """

    journal: Journal
    style: Style = "footnote"
    base: str = ""
    words: int = 0
    stop: asyncio.Event | None = None
    priority: Priority = Priority.INTERACTIVE
