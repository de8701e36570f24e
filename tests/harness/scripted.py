"""A desk that does what a test says, and services around it that need neither model nor disk.

The instant check flags each word "very"; the scripted model flags each sentence that says "flaw", one question each.
Research finds whatever its `archive` says of a claim; see `ARCHIVE`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from copydesk.core.aims import Aim
from copydesk.core.brief import Brief
from copydesk.core.citations.known import KnownSources
from copydesk.core.claims.notes import note_of
from copydesk.core.document import Format
from copydesk.core.evidence import ClaimReport, Evidence, Part, Source, Stance, Status, Verdict
from copydesk.core.note import Note, Provenance, Related, Severity, anchored
from copydesk.core.text import Span
from copydesk.events import Progress, Refused, Report, Researched, Stats
from copydesk.lsp.ports import ClientSettings, Configuration, Services
from copydesk.ports import EngineFacts, Locality, ModelFacts, Page, Role
from harness.memory_stores import MemoryDismissals, MemoryDrafts, MemorySources

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from copydesk.core.claims.claim import Claim
    from copydesk.core.document import Document
    from copydesk.core.instant import InstantReading
    from copydesk.errors import CopydeskError

MODEL = Provenance(agent="critic", model="scripted", digest="d1", prompt_version="p1", confidence=0.75)

VERIFIER = Provenance(agent="verifier", model="scripted", digest="d1", prompt_version="p1", confidence=0.9)
_TEXT = "Preface.\n\nThe mill was built in 1790. It has four wheels.\n"
ARCHIVE = Page(
    Source("Mills of *Lund*", "https://example.org/mills", "2026-05-01T12:00:00Z", sha256(_TEXT.encode()).hexdigest()),
    _TEXT,
    Format.PLAIN,
    "example.org",
)
"""The one page of the scripted archive, which supports what is said of 1790 and refutes all else about the mill."""


@dataclass(frozen=True)
class ScriptedServing:
    """An engine in use."""

    facts: EngineFacts
    models: dict[Role, ModelFacts]
    reason: str = "It is scripted."


SERVING = ScriptedServing(
    EngineFacts("ollama", "http://127.0.0.1:11434", "1", Locality.LOCAL),
    {role: ModelFacts("scripted:8b", "d1") for role in Role},
)


async def examined(configuration: Configuration) -> str:
    """Return a report on the configuration's engine."""
    return f"The engine is {configuration.engine}."


def report_on(claim: str, archive: Page) -> ClaimReport:
    """Return what the archive says: nothing checkable of questions, nothing of what has no mill in it."""
    if claim.endswith("?"):
        return ClaimReport(claim, claim, Status.JUDGED, Verdict.NOT_CHECKABLE, "It is a question.")
    stance = Stance.IRRELEVANT if "mill" not in claim else Stance.SUPPORTS if "1790" in claim else Stance.REFUTES
    verdict = {
        Stance.SUPPORTS: Verdict.SUPPORTED,
        Stance.REFUTES: Verdict.REFUTED,
        Stance.IRRELEVANT: Verdict.NOT_ENOUGH_EVIDENCE,
    }[stance]
    start = archive.text.index("The mill")
    evidence = Evidence(archive.text[start : start + 27], archive.source, start, start + 27, stance)
    supported, _, rest = claim.partition(", and ")
    if rest and verdict is Verdict.SUPPORTED:
        parts = Part(supported, verdict), Part(rest, Verdict.NOT_ENOUGH_EVIDENCE)
        verdict = Verdict.PARTLY_SUPPORTED
        return ClaimReport(claim, claim, Status.JUDGED, verdict, "", parts, ("mill",), (evidence,))
    return ClaimReport(claim, claim, Status.JUDGED, verdict, "", (Part(claim, verdict),), ("mill",), (evidence,))


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
    own: str = ""
    archive: Page = field(default_factory=lambda: ARCHIVE)
    aims: list[Aim] = field(default_factory=list)
    serving: Any = None

    async def look(self) -> None:
        """Find the scripted engine, or fail with `problem`."""
        if self.problem is not None:
            raise self.problem
        self.serving = self.serving or SERVING

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
        self, document: Document, note: Note, brief: Any, aim: Aim = Aim.MEND
    ) -> AsyncGenerator[Progress | Note | Refused | Report, None]:
        """Yield the note with `words` as its rewrite, or refuse where there are none."""
        from copydesk.core.rewrite import with_place  # brings what a server starts without

        self.aims.append(aim)
        note = with_place(document, note, aim)
        yield Progress("Rewriting", 0, 1)
        await self._ask(note.anchor.quote)
        if self.words is None:
            yield Refused(note, "the rewrite brings in a name that was not there: Canary")
        else:
            yield replace(note, rewrite=self.words)
        yield Report(Stats(model_calls=1), problem=self.problem)

    async def research(
        self, document: Document, claims: Sequence[Claim], *, own: str = ""
    ) -> AsyncGenerator[Progress | Researched | Report, None]:
        """Yield what the archive says of each claim."""
        self.own = own
        for number, claim in enumerate(claims):
            yield Progress("searching", number, len(claims))
            await self._ask(claim.text)
            report = report_on(claim.text, self.archive)
            yield Researched(report, note_of(document, claim, report, VERIFIER), (self.archive,))
        yield Report(Stats(model_calls=len(claims)), problem=self.problem)

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


def very(
    document: Document, configuration: Configuration, previous: InstantReading | None, known: KnownSources
) -> InstantReading:
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
    known = {"disable", "citationStyle", "codeLens", "maxPer1000Words", "engine", "unproven"}
    return Configuration(
        values=section.get("engine"),
        engine=section.get("engine"),
        max_per_1000_words=section.get("maxPer1000Words", 8),
        disabled=frozenset(section.get("disable", ())),
        citation_style=section.get("citationStyle", "footnote"),
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
        "dismissals": dismissals or MemoryDismissals(),
        "sources": MemorySources(),
        "drafts": MemoryDrafts(),
        "doctor": examined,
        "debounce": 0.01,
    }
    return Services(**values | more)
