"""What drafting comes to: the section's new body, who made each sentence from what, and how it went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.draft.frame import assembled
from copydesk.core.draft.task import body_of
from copydesk.core.edit import rewritten
from copydesk.core.markdown.definitions import definitions, footnote_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copydesk.core.document import Document
    from copydesk.core.draft.frame import Frame, Paragraph, Rendered
    from copydesk.core.draft.ratchet import Score, Stop
    from copydesk.core.draft.statement import Origin
    from copydesk.core.draft.task import Mode
    from copydesk.core.edit import Edit
    from copydesk.core.evidence import Evidence, Skipped, Source
    from copydesk.core.text import Span


@dataclass(frozen=True, slots=True)
class DraftedSentence:
    """One sentence of a draft: `span` is where it stands in the draft's Markdown, its citations included.

    `evidence` are the quotations that it cites, `notes` the writer's jottings that it was made from, in their words.
    """

    text: str
    span: Span
    origin: Origin
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """What happened in one round. `score` is that of the draft at its end; tokens are as the engine counted them.

    `accepted` and `reverted` count patches, in the first round sentences that stand and that were refused. `remarks`
    say in words for the writer what was left out, refused or could not be had.
    """

    number: int
    score: Score
    accepted: int = 0
    reverted: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    cached_prompt_tokens: int = 0
    output_tokens: int = 0
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted section, which stands and falls with what stood there: `original`, at `place` of the document then.

    `markdown` is the section's whole own body; the writer's text in it is as it was. `replaced` are jottings, as
    written, that it no longer has because sentences were made from them. `faults` are those that are left, in words.
    An `unsourced` draft cites nothing (CD608). `reason` says more about the status, if there is more to say.
    """

    heading: tuple[str, ...]
    place: Span
    original: str
    markdown: str
    mode: Mode
    status: Stop
    score: Score
    sentences: tuple[DraftedSentence, ...] = ()
    sources: tuple[Source, ...] = ()
    queries: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    replaced: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    log: tuple[Round, ...] = ()
    reason: str = ""
    frame: Frame | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()

    @property
    def rounds(self) -> int:
        """Return how many rounds there were."""
        return len(self.log)

    @property
    def words(self) -> int:
        """Return how many words the drafted sentences have."""
        return sum(len(one.text.split()) for one in self.sentences)

    @property
    def model(self) -> tuple[str, str]:
        """Return name and digest of the model that wrote most sentences, empty where there are none."""
        models = Counter((one.origin.model, one.origin.digest) for one in self.sentences)
        return models.most_common(1)[0][0] if models else ("", "")

    @property
    def unsourced(self) -> bool:
        """Tell whether no drafted sentence cites a source."""
        return not any(one.evidence for one in self.sentences)

    def chosen(self, paragraphs: Iterable[int]) -> Rendered:
        """Return the body with only some of the drafted paragraphs, by index; jottings that these do not take stay."""
        assert self.frame is not None
        return assembled(self.frame, [self.paragraphs[index] for index in sorted(set(paragraphs))], self.definitions)

    def edit(self, document: Document, paragraphs: Iterable[int] | None = None) -> Edit | None:
        """Return the one edit that puts the draft, or some of its paragraphs, into a document.

        None where its section is gone or has another body by now, where a footnote that it cites is gone or one that it
        brings is there already, or where nothing would change.
        """
        place = self._place_in(document)
        body = self.markdown if paragraphs is None else self.chosen(paragraphs).markdown
        if place is None or not self.fits(document, place):
            return None
        return rewritten(document.text, place, body)

    def fits(self, document: Document, body: Span) -> bool:
        """Tell whether a document has the footnotes that a draft counts on, and outside `body` none that it brings."""
        found = definitions(document).footnotes
        elsewhere = {footnote_label(one.label) for one in found if not body.start <= one.span.start < body.end}
        brought = {footnote_label(label) for label, _ in self.definitions}
        used = {footnote_label(label) for paragraph in self.paragraphs for label in paragraph.labels}
        return not brought & elsewhere and used - brought <= {footnote_label(one.label) for one in found}

    def _place_in(self, document: Document) -> Span | None:
        """Return the body of the one section with this heading path that is as it was."""
        bodies = [body_of(document, one) for one in document.sections if one.heading and one.path == self.heading]
        same = [body for body in bodies if document.text.slice(body) == self.original]
        return same[0] if len(same) == 1 else None
