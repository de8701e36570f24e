"""A desk that does what a test says, and services around it that need neither model nor disk.

The instant check flags each word "very"; the scripted model flags each sentence that says "flaw", one question each.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from copydesk.core.brief import Brief
from copydesk.core.note import Note, Provenance, Related, Severity, anchored
from copydesk.core.suppress import Dismissal, Dismissed, Scope, dismissal
from copydesk.core.text import Span
from copydesk.events import Progress, Refused, Report, Stats
from copydesk.lsp.ports import ClientSettings, Configuration, Services

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from pathlib import Path

    from copydesk.core.document import Document
    from copydesk.core.instant import InstantReading
    from copydesk.errors import CopydeskError

MODEL = Provenance(agent="critic", model="scripted", digest="d1", prompt_version="p1", confidence=0.75)


@dataclass
class ScriptedDesk:
    """Answers by rule. While `step` is set, each question waits for one release of it.

    Sentences that hold `overlooked` are not flagged. `reached` is set with the first question, `cut` and `cancelled`
    with each question that was cancelled.
    """

    step: asyncio.Semaphore | None = None
    problem: CopydeskError | None = None
    crash: Exception | None = None
    words: str | None = "A better sentence."
    asked: list[str] = field(default_factory=list)
    overlooked: str = "nothing"
    untrusted: tuple[str, ...] = ()
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: int = 0
    closed: int = 0
    briefs: list[Any] = field(default_factory=list)
    extents: list[tuple[int | None, Span | None]] = field(default_factory=list)

    async def critique(
        self, document: Document, brief: Any, *, near: int | None = None, within: Span | None = None
    ) -> AsyncGenerator[Note | Progress | Report, None]:
        """Yield a note for each sentence that says "flaw"."""
        self.briefs.append(brief)
        self.extents.append((near, within))
        sentences = [one for _, one in document.prose() if within is None or within.contains(one.span)]
        for index, sentence in enumerate(sentences):
            yield Progress("Reading passages", index, len(sentences))
            await self._ask(document.text.slice(sentence.span))
            if "flaw" in sentence.plain and self.overlooked not in sentence.plain:
                other = next((one for one in sentences if "twin" in one.plain and one is not sentence), None)
                related = (
                    (Related(anchored(document.text, other.span), "its twin"),)
                    if "pair" in sentence.plain and other
                    else ()
                )
                yield Note(
                    "CD104",
                    Severity.WARNING,
                    anchored(document.text, sentence.span),
                    f"Flawed: {sentence.plain}",
                    related=related,
                    provenance=MODEL,
                )
        yield Report(Stats(model_calls=len(sentences)), untrusted=self.untrusted, problem=self.problem)

    async def rewrite(
        self, document: Document, note: Note, brief: Any
    ) -> AsyncGenerator[Progress | Note | Refused | Report, None]:
        """Yield the note with `words` as its rewrite, or refuse where there are none."""
        yield Progress("Rewriting", 0, 1)
        await self._ask(note.anchor.quote)
        if self.words is None:
            yield Refused(note, "the rewrite brings in a name that was not there: Canary")
        else:
            yield replace(note, rewrite=self.words)
        yield Report(Stats(model_calls=1), problem=self.problem)

    async def close(self) -> None:
        """Count that the desk was closed."""
        self.closed += 1

    async def _ask(self, question: str) -> None:
        self.asked.append(question)
        self.reached.set()
        if self.crash is not None:
            raise self.crash
        if self.step is not None:
            try:
                await self.step.acquire()
            except asyncio.CancelledError:
                self.cancelled += 1
                self.cut.set()
                raise


@dataclass
class MemoryDismissals:
    """Dismissals that are forgotten with the test."""

    stored: list[Dismissal] = field(default_factory=list)
    problem: CopydeskError | None = None

    def load(self, path: Path, folders: Sequence[Path]) -> Callable[[Note], bool]:
        """Return a test for notes of a document."""
        kept = Dismissed(self.stored)
        return lambda note: kept.covers(note, path.name)

    def add(self, path: Path, folders: Sequence[Path], note: Note, scope: Scope, reason: str | None) -> None:
        """Keep a dismissal."""
        if self.problem is not None:
            raise self.problem
        self.stored.append(dismissal(note, scope, path.name, reason))


def very(document: Document, configuration: Configuration, previous: InstantReading | None) -> InstantReading:
    """Return a note for each "very" in the prose."""
    from copydesk.core.instant import InstantReading

    notes = tuple(
        Note("CD402", Severity.INFORMATION, anchored(document.text, Span(at, at + 4)), "Very is weak.")
        for _, sentence in document.prose()
        for index in range(len(sentence.masked))
        if sentence.masked.startswith("very", index)
        for at in [sentence.span.start + index]
    )
    return InstantReading(notes)


def configure(client: ClientSettings) -> Configuration:
    """Read the keys that tests use from the client's section; an unknown one is a problem."""
    section = client.section if isinstance(client.section, dict) else {}
    known = {"disable", "codeLens", "maxPer1000Words", "engine", "unproven"}
    return Configuration(
        values=section.get("engine"),
        engine=section.get("engine"),
        max_per_1000_words=section.get("maxPer1000Words", 8),
        disabled=frozenset(section.get("disable", ())),
        code_lens=section.get("codeLens", True),
        unproven=section.get("unproven", False),
        problems=tuple(f"{key}: there is no such setting." for key in section if key not in known),
    )


def services(scripted: ScriptedDesk, dismissals: MemoryDismissals | None = None, /, **more: Any) -> Services:
    """Return services around a scripted desk."""

    async def build(configuration: Configuration) -> ScriptedDesk:
        return scripted

    def read(*arguments: Any) -> Document:
        from copydesk.core.markdown import read as reader

        return reader(*arguments)

    values: dict[str, Any] = {
        "configure": configure,
        "desk": build,
        "read": read,
        "instant": very,
        "brief": lambda document, configuration: Brief(audience="writers"),
        "page": lambda code: f"https://example.org/codes/{code}",
        "dismissals": dismissals or MemoryDismissals(),
        "debounce": 0.01,
    }
    return Services(**values | more)
