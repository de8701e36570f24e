"""Who made which sentence of a document: drafted sentences, known by their words, whatever is edited around them.

A drafted sentence stays one as long as its words stand in the running text (see `core/running.py`) in their order. Once
a word of it is changed it counts as the writer's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.citations.escaping import escaped
from copydesk.core.draft.statement import length
from copydesk.core.note import CONTEXT, Anchor, anchored
from copydesk.core.placing import DISTINCTIVE, known_by, placed, ranked
from copydesk.core.running import running, running_at
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from copydesk.core.document import Document
    from copydesk.core.draft.draft import Draft, DraftedSentence
    from copydesk.core.draft.statement import Origin
    from copydesk.core.evidence import Source
    from copydesk.core.running import RunningText


@dataclass(frozen=True, slots=True)
class DraftProvenance:
    """What made one sentence. `anchor` is its place in the running text of the document that it was accepted into.

    `sources` are those that it cites, `notes` the writer's jottings that it was made from. `accepted` is when it came
    into the document (ISO 8601, UTC).
    """

    anchor: Anchor
    origin: Origin
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    accepted: str = ""

    @property
    def words(self) -> str:
        """Return the sentence in plain words."""
        return self.anchor.quote


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a drafted sentence: `verbatim` if its words stand in the text, at `span` of the source.

    `span` is None where they are gone, and where they stand twice and nothing tells which of the two it is.
    """

    made: DraftProvenance
    verbatim: bool
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class ModelShare:
    """What one model drafted of a document, as far as it still stands there word for word."""

    model: str
    digest: str
    sentences: int
    words: int


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a document's running text was drafted. `changed` are drafted sentences that were edited or removed.

    `drafters` are the names of all models, also of those whose sentences are all changed.
    """

    words: int
    models: tuple[ModelShare, ...] = ()
    changed: int = 0
    drafters: tuple[str, ...] = ()

    @property
    def drafted(self) -> int:
        """Return how many words stand as they were drafted."""
        return min(self.words, sum(one.words for one in self.models))

    @property
    def percent(self) -> float:
        """Return the drafted words in a hundred."""
        return 100 * self.drafted / self.words if self.words else 0.0


def made_of(document: Document, draft: Draft, paragraphs: Iterable[int] | None = None) -> tuple[DraftProvenance, ...]:
    """Return what made the sentences of a draft, or of some of its paragraphs, that stand in `document` as drafted."""
    text = running(document)
    found = []
    for sentence, anchor in _anchors(draft, paragraphs):
        span = _place(anchor, document)
        inner = text.inner(span) if span is not None else Span(0, 0)
        if len(inner):
            sources = tuple(dict.fromkeys(one.source for one in sentence.evidence))
            anchor = anchored(text.text, inner)
            found.append(DraftProvenance(anchor, sentence.origin, sources, sentence.notes))
    return tuple(found)


def newest(records: Iterable[DraftProvenance]) -> tuple[DraftProvenance, ...]:
    """Return records without those of a sentence that was accepted again later."""
    found: dict[tuple[str, Origin], DraftProvenance] = {}
    for one in records:
        key = (one.words, one.origin)
        found.pop(key, None)
        found[key] = one
    return tuple(found.values())


def standing(text: RunningText, records: Sequence[DraftProvenance]) -> tuple[Standing, ...]:
    """Return what became of each drafted sentence; a place in the text is that of one sentence at most.

    Short words count as the drafted ones only beside something that was beside them; others may be the writer's own.
    """
    found: dict[int, Span] = {}
    claims: list[tuple[int, int, int]] = []
    for index, one in enumerate(records):
        for support, start in ranked(one.anchor, text.text):
            if len(one.words) >= DISTINCTIVE or known_by(one.anchor, support):
                claims.append((-support, index, start))
    for _, index, start in sorted(claims):
        span = Span(start, start + len(records[index].words))
        if index not in found and not any(span.overlaps(other) for other in found.values()):
            found[index] = span
    return tuple(
        Standing(one, index in found, _sure(text, one, found.get(index), index, claims))
        for index, one in enumerate(records)
    )


def share(document: Document, records: Sequence[DraftProvenance]) -> Share:
    """Return how much of a document was drafted, and by which models, the one with the most words first."""
    text = running(document)
    found = standing(text, records)
    sentences: Counter[tuple[str, str]] = Counter()
    words: Counter[tuple[str, str]] = Counter()
    for one in found:
        if one.verbatim:
            key = (one.made.origin.model, one.made.origin.digest)
            sentences[key] += 1
            words[key] += length(one.made.words)
    models = tuple(ModelShare(*key, sentences[key], count) for key, count in words.most_common())
    drafters = dict.fromkeys(one.made.origin.model for one in sorted(found, key=lambda one: not one.verbatim))
    return Share(text.words, models, sum(not one.verbatim for one in found), tuple(drafters))


def made_at(document: Document, records: Sequence[DraftProvenance], offset: int) -> DraftProvenance | None:
    """Return what made the sentence at an offset, None where that is not known to be a drafted one."""
    here = running_at(document, offset).text.source
    found = [one for one in records if one.words in here]
    for one in standing(running(document), found) if found else ():
        if one.span is not None and one.span.start <= offset < one.span.end:
            return one.made
    return None


def disclosure(share: Share) -> str:
    """Return a sentence in Markdown that says what was drafted; empty where nothing was."""
    names = [escaped(name) for name in share.drafters]
    if not names:
        return ""
    models = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
    if not share.drafted:
        return f"Parts of this text were drafted with {models}; no sentence of them is left as it was drafted."
    edited = " and edited by the author" if share.changed else ""
    if share.drafted == share.words:
        return f"All of this text was drafted with {models}{edited}."
    return f"Parts of this text ({percentage(share.percent)} of its words) were drafted with {models}{edited}."


def percentage(percent: float) -> str:
    """Return a share in whole per cent; only nothing is 0 %, and only all is 100 %."""
    if 0 < percent < 1:
        return "less than 1 %"
    return f"{100 if percent >= 100 else min(99, round(percent))} %"


def _anchors(draft: Draft, paragraphs: Iterable[int] | None) -> list[tuple[DraftedSentence, Anchor]]:
    """Return each sentence of a draft that is wanted, with its place in the body that was accepted."""
    if paragraphs is None:
        body, places = draft.markdown, {one.span: one.span for one in draft.sentences}
    else:
        whole, chosen = draft.chosen(range(len(draft.paragraphs))), draft.chosen(paragraphs)
        body, places = chosen.markdown, {whole.places[id]: span for id, span in chosen.places.items()}
    return [
        (one, Anchor(body[span.start : span.end], body[: span.start], body[span.end :][:CONTEXT], span.start))
        for one in draft.sentences
        if (span := places.get(one.span)) is not None
    ]


def _place(anchor: Anchor, document: Document) -> Span | None:
    """Return where a drafted sentence stands in the source, whose line ends may differ from the draft's."""
    source = document.text.source
    for end in sorted(("\r\n", "\n", "\r"), key=source.count, reverse=True):
        before, after = anchor.before.replace("\n", end)[-CONTEXT:], anchor.after.replace("\n", end)[:CONTEXT]
        span = placed(Anchor(anchor.quote, before, after, anchor.hint), document.text)
        if span is not None:
            return span
    return None


def _sure(
    text: RunningText, one: DraftProvenance, span: Span | None, index: int, claims: Sequence[tuple[int, int, int]]
) -> Span | None:
    if span is None:
        return None
    mine = {start: -negative for negative, other, start in claims if other == index}
    twins = [start for start, support in mine.items() if start != span.start and support >= mine[span.start]]
    return None if twins else text.outer(span)
