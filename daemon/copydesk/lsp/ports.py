"""What the language server needs from the rest of copydesk, all of it handed in by the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from copydesk.core.aims import Aim
    from copydesk.core.brief import Brief
    from copydesk.core.citations.known import KnownSources
    from copydesk.core.claims.claim import Claim
    from copydesk.core.document import Document, Format
    from copydesk.core.draft.draft import Draft
    from copydesk.core.instant import InstantReading
    from copydesk.core.note import Note
    from copydesk.core.provenance import DraftProvenance
    from copydesk.core.suppress import Dismissal, Dismissed, Scope
    from copydesk.core.text import Span, Text
    from copydesk.events import Drafted, Drafting, Preview, Progress, Refused, Report, Researched
    from copydesk.ports import EngineFacts, ModelFacts, Page, Role


class Serving(Protocol):
    """An engine in use and the model that fills each role; `reason` says why these."""

    @property
    def facts(self) -> EngineFacts:
        """Return what answers, and where."""
        ...

    @property
    def models(self) -> Mapping[Role, ModelFacts]:
        """Return the model of each role."""
        ...

    @property
    def reason(self) -> str:
        """Return why these, as sentences."""
        ...


class Desk(Protocol):
    """Critique and rewrite as streams of events; see `copydesk.desk`."""

    @property
    def serving(self) -> Serving | None:
        """Return who answers; None before it was first needed, and after it was lost."""
        ...

    async def look(self) -> None:
        """Find who answers, and see that it does; raises `CopydeskError`."""
        ...

    def critique(
        self, document: Document, brief: Brief, *, near: int | None = None, within: Span | None = None
    ) -> AsyncGenerator[Note | Progress | Report, None]:
        """Yield notes as they are found, nearest to `near` first, on what `within` holds."""
        ...

    def rewrite(
        self, document: Document, note: Note, brief: Brief, aim: Aim = ...
    ) -> AsyncGenerator[Progress | Note | Refused | Report, None]:
        """Yield the note with its rewrite, or why there is none."""
        ...

    def research(
        self, document: Document, claims: Sequence[Claim], *, own: str = ""
    ) -> AsyncGenerator[Progress | Researched | Report, None]:
        """Yield what was found on each claim, in the order given; raises `CopydeskError` where search is not set up.

        `own` is the `file:` URI of the document, which is not searched.
        """
        ...

    def draft(
        self, document: Document, position: int, brief: Brief, terms: Any
    ) -> AsyncGenerator[Drafting | Preview | Drafted | Report, None]:
        """Yield how the section at an offset is drafted, and the draft; raises `DocumentError` without a heading."""
        ...

    async def close(self) -> None:
        """Release the engine."""
        ...


class Dismissals(Protocol):
    """The project's record of what the writer does not want to hear. All of it may block; errors are `StoreError`."""

    def load(self, path: Path, folders: Sequence[Path]) -> Dismissed:
        """Return what was dismissed of the document at `path`."""
        ...

    def add(self, path: Path, folders: Sequence[Path], note: Note, scope: Scope, reason: str | None) -> None:
        """Record a dismissal."""
        ...

    def remove(self, path: Path, folders: Sequence[Path], removed: Dismissal) -> bool:
        """Take back a dismissal of the project of the document at `path`; tell whether there was one."""
        ...


class Drafts(Protocol):
    """What is kept of drafts, and of who made which sentence. All of it may block; errors are `StoreError`."""

    def terms(self, document: Document, position: int, brief: Brief, configuration: Configuration, uri: str) -> Any:
        """Return the terms on which a desk drafts a section; what earlier runs finished is in their journal."""
        ...

    def close(self, terms: Any) -> None:
        """Release the journal of a draft that is worked on no more."""
        ...

    def done(self, terms: Any) -> Drafted | None:
        """Release the journal too, and return the draft as far as it came."""
        ...

    def kept(self, uri: str) -> Sequence[Drafted]:
        """Return the drafts of a document that were neither accepted as a whole nor thrown away."""
        ...

    def accepted(self, uri: str, document: Document, draft: Draft, paragraphs: Collection[int]) -> None:
        """Keep who made the sentences of these paragraphs, which stand in `document` now."""
        ...

    def made(self, uri: str, document: Document) -> tuple[DraftProvenance, ...]:
        """Return what is known of who made a document's sentences."""
        ...

    def discard(self, uri: str, draft: Draft) -> None:
        """Throw a draft away."""
        ...


class Sources(Protocol):
    """The store of cited sources. All of it may block; errors are `StoreError`."""

    def pin(self, page: Page) -> None:
        """Keep the text of a source that is cited."""
        ...

    def seen(self, page: Page) -> None:
        """Note the newest text of a source, if it is one that was cited; never raises."""
        ...

    def known(self, document: Document, path: Path | None, configuration: Configuration) -> KnownSources:
        """Return what is known of the sources that a document cites: what is stored, and files of its own."""
        ...


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """What the client said: its folders, `initializationOptions`, and its section `copydesk` (None if never asked).

    `document` is the file whose settings are wanted, None for what holds without one.
    """

    folders: tuple[Path, ...] = ()
    initialization: Any = None
    section: Any = None
    document: Path | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings in force. `values` is what the desk, the checks and the brief are given; the rest is read here.

    `root` is the folder of the project that they hold for.

    A desk serves every configuration of equal `engine`, whose kind and model are named beside it as they were set;
    without `model` none is used. `problems` are sentences for
    the writer, each shown once.
    """

    values: Any = None
    engine: Any = None
    engine_kind: str = "auto"
    engine_model: str = ""
    root: Path | None = None
    max_per_1000_words: int = 8
    disabled: frozenset[str] = frozenset()
    citation_style: Literal["footnote", "link"] = "footnote"
    code_lens: bool = True
    model: bool = True
    unproven: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the server is built from.

    `configure`, `read`, `instant`, `brief`, `dismissals`, `sources`, `drafts`, `ledger` and `clear` run in a worker
    thread; `doctor` returns a report for people and blocks nothing. `instant` is given its last reading, to reuse.
    `clear` removes the kinds that it is given, and returns what is kept. `debounce` is in seconds.
    """

    configure: Callable[[ClientSettings], Configuration]
    desk: Callable[[Configuration], Awaitable[Desk]]
    read: Callable[[Text, Format, Document | None], Document]
    instant: Callable[[Document, Configuration, InstantReading | None, KnownSources], InstantReading]
    brief: Callable[[Document, Configuration], Brief]
    dismissals: Dismissals
    sources: Sources
    drafts: Drafts
    doctor: Callable[[Configuration], Awaitable[str]]
    ledger: Callable[[], dict[str, Any]] = dict
    clear: Callable[[Sequence[str]], dict[str, Any]] = lambda names: {}
    debounce: float = 0.15
