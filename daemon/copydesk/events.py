"""What a running command tells its caller: notes as they are found, progress, and one report at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copydesk.core.draft.draft import Draft
    from copydesk.core.evidence import ClaimReport
    from copydesk.core.note import Note
    from copydesk.errors import CopydeskError
    from copydesk.ports import EngineFacts, ModelFacts, Page, Role


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a command has come: `done` of `total` questions, and a fixed-vocabulary label for the writer."""

    label: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A rewrite that was not offered, and why, in words for the writer."""

    note: Note
    reason: str


@dataclass(frozen=True, slots=True)
class Researched:
    """One claim was dealt with; `note` is what to show of it in the text, None for a claim that cannot be checked.

    `pages` are those that its evidence stands in.
    """

    claim: ClaimReport
    note: Note | None
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafting:
    """How far a draft has come: the round, who does what (in a fixed vocabulary), sources quoted, words so far."""

    round: int
    role: Role
    label: str
    sources: int
    words: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The section's own body in Markdown as it would be now; each replaces the one before."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as far as it came, its status says how far; `pages` are the sources that it cites.

    `taken` are the paragraphs, by index, that were put into the document already.
    """

    draft: Draft
    pages: tuple[Page, ...] = ()
    taken: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Stats:
    """What a command cost. Tokens as the engine counted them; `dropped` counts unusable answers and lost anchors."""

    model_calls: int = 0
    prompt_tokens: int = 0
    cached_prompt_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    first_note_seconds: float | None = None
    cache_hits: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The last event of every command. `problem` says why the model's part is missing or incomplete.

    `reason` says why this engine and model were chosen; `untrusted` holds the codes whose questions the model could
    not tell apart in its self-test, so that it was not asked them.
    """

    stats: Stats
    engine: EngineFacts | None = None
    model: ModelFacts | None = None
    reason: str = ""
    untrusted: tuple[str, ...] = ()
    problem: CopydeskError | None = None
