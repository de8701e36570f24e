"""How a body is put together: the writer's own text, and paragraphs that stand and fall one by one.

It needs nothing but what is in a finished draft, so that a writer can accept single paragraphs of it later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One point as Markdown, its sub-heading included: `places` are its sentences by id, from its own beginning.

    `notes` are ids of the jottings that it takes the place of, `labels` those of the footnotes that it marks.
    """

    point: str
    markdown: str
    places: tuple[tuple[str, Span], ...]
    notes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What stays of a body: `opens` what stands before new text, `tail` the writer's text after it, and how it ends.

    `jottings` are those that new text may take the place of, by id, as they are written; `original` is the whole body.
    `line_end` is what ends the document's lines, and those of new text.
    """

    original: str
    opens: str
    jottings: tuple[tuple[str, str], ...] = ()
    tail: str = ""
    closes: str = ""
    line_end: str = "\n"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A body: `markdown` is all of it, and its `paragraphs` begin at `starts`.

    `definitions` are the new footnotes by label, `left` ids of the jottings that stay since no sentence was made from
    them, `targets` the ends of links, as written, that the new text may have. `noted` is where the definitions stand.
    """

    markdown: str
    paragraphs: tuple[Paragraph, ...] = ()
    starts: tuple[int, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()
    targets: frozenset[str] = frozenset()
    noted: Span = NOWHERE

    @property
    def places(self) -> dict[str, Span]:
        """Return where each sentence stands in the body, with its marks."""
        return {
            id: span.shifted(start)
            for start, paragraph in zip(self.starts, self.paragraphs, strict=True)
            for id, span in paragraph.places
        }


def assembled(
    frame: Frame,
    paragraphs: Sequence[Paragraph],
    definitions: Sequence[tuple[str, str]],
    targets: frozenset[str] = frozenset(),
) -> Rendered:
    """Return a body with these paragraphs, in this order; only definitions that they mark are in it."""
    if not paragraphs:
        return Rendered(frame.original, left=tuple(id for id, _ in frame.jottings), targets=targets)
    used = {note for paragraph in paragraphs for note in paragraph.notes}
    left = tuple((id, words) for id, words in frame.jottings if id not in used)
    wanted = {label for paragraph in paragraphs for label in paragraph.labels}
    notes = tuple((label, words) for label, words in definitions if label in wanted)
    line, text, starts = frame.line_end, frame.opens, []
    for number, paragraph in enumerate(paragraphs):
        text += 2 * line if number else ""
        starts.append(len(text))
        text += paragraph.markdown
    if left:
        text += 2 * line + line.join(words for _, words in left)
    text += frame.tail
    start = len(text)
    if notes:
        text += line if _ends_with_definition(frame.tail) else 2 * line
        text += line.join(f"[^{label}]: {words}" for label, words in notes)
    noted = Span(start, len(text))
    ids = tuple(id for id, _ in left)
    return Rendered(text + frame.closes, tuple(paragraphs), tuple(starts), notes, ids, targets, noted)


def _ends_with_definition(tail: str) -> bool:
    lines = tail.strip().splitlines()
    return bool(lines) and lines[-1].startswith("[^")
