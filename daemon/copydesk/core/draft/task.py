"""What is to be drafted: a heading's own body, what stands there and around it, for whom, and how long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from copydesk.core.document import Format, PassageKind
from copydesk.core.draft.material import material
from copydesk.core.prompt_safety import closed_up
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.core.brief import Brief
    from copydesk.core.document import Document, Section, Sentence
    from copydesk.core.draft.material import Jotting

USUAL_WORDS = (150, 150, 200, 140, 100, 80, 80)
"""How many words a section of each level has where nobody says otherwise."""
OPENING_WORDS = 90
"""A section whose substance stands in sections below it needs no more than an opening."""
LEAST_WORDS, MOST_WORDS = 40, 1200
"""Bounds of what is asked for."""
LEAST_MORE = 60
"""Words that a continuation has, however long the section is already."""
NEIGHBOURS = 2
"""Sentences on each side that are shown."""

_ASKED = re.compile(r"\b(\d{2,4})[\s-]+words?\b", re.IGNORECASE)


class Mode(StrEnum):
    """What the command is asked to do, as what stands under the heading tells."""

    WRITE = "write"  # nothing stands there
    CONTINUE = "continue"  # prose stands there, and stays
    EXPAND = "expand"  # list items are to become prose
    NOTES = "notes"  # lines that are no sentences are to become prose


@dataclass(frozen=True)
class SectionTask:
    """A section to draft. The body ends where the next heading begins; sections below it are not touched.

    The body is what stands before `material`, `material` itself and what stands after it; only `material`, which may
    be empty, is replaced. `kept` are the plain sentences that stay, `words` how many the new text should have.
    `before` and `after` are neighbouring sentences, `titles` the other headings, `below` those within the section.
    """

    document: Document
    brief: Brief
    section: Section
    body: Span
    material: Span
    mode: Mode
    words: int
    jottings: tuple[Jotting, ...] = ()
    kept: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        """Return the headings from the document's first down to this one."""
        return self.section.path

    @property
    def shown_besides(self) -> tuple[str, ...]:
        """Return all that a Planner sees besides headings, purpose and jottings, which are what it is to plan."""
        brief = (self.brief.audience, self.brief.style, *self.brief.known_terms)
        return (*self.kept, *self.before, *self.after, *self.titles, *self.below, *brief)

    @property
    def original(self) -> str:
        """Return the body as it stands."""
        return self.document.text.slice(self.body)

    @property
    def known(self) -> str:
        """Return all that the writer has said that a draft may repeat: headings, brief, jottings and text that stays.

        What a sentence says beyond this needs a source.
        """
        brief = (self.brief.audience, self.brief.purpose, self.brief.style, *self.brief.known_terms)
        said = (one.text for one in self.jottings)
        return "\n".join((*self.path, *self.below, *brief, *said, *self.kept, *self.before, *self.after))


def section_at(document: Document, position: int) -> Section | None:
    """Return the innermost section with a heading that holds an offset; None before the first heading."""
    section = document.section_at(position)
    return section if section is not None and section.heading is not None else None


def task_at(document: Document, position: int, brief: Brief, asked: int = 0, usual: int = 0) -> SectionTask | None:
    """Return the task of drafting the section at an offset.

    `asked` is how many words it should have, whatever the brief says; `usual` how many where nobody says anything. Both
    may be 0, for what is usual for its level.

    None where no heading stands before the offset, or in plain text.
    """
    section = section_at(document, position)
    if section is None or section.heading is None or document.format is Format.PLAIN:
        return None
    body = body_of(document, section)
    headed = [one for one in document.sections if one.heading is not None and one is not section]
    below = tuple(one.title for one in headed if section.span.contains(one.span))
    found = material(document, body)
    return SectionTask(
        document=document,
        brief=brief,
        section=section,
        body=body,
        material=found.material,
        mode=_mode(found.material, found.kept, listed=found.listed),
        words=_words(section, brief, (asked, usual), found.kept, opening=bool(below)),
        jottings=found.jottings,
        kept=found.kept,
        before=tuple(_plain(one for one in _prose(document) if one.span.end <= section.span.start)[-NEIGHBOURS:]),
        after=tuple(_plain(one for one in _prose(document) if one.span.start >= body.end)[:NEIGHBOURS]),
        titles=tuple(one.title for one in headed),
        below=below,
    )


def body_of(document: Document, section: Section) -> Span:
    """Return what stands between a section's heading, which it must have, and the next heading of any level."""
    assert section.heading is not None
    text = document.text
    line = text.line_at(section.heading.end) + 1
    start = text.line_starts[line] if line < len(text.line_starts) else len(text)
    following = (one.span.start for one in document.sections if one.heading is not None and one.span.start >= start)
    return Span(start, max(start, min(next(following, section.span.end), section.span.end)))


def _mode(place: Span, kept: Sequence[str], *, listed: bool) -> Mode:
    if len(place):
        return Mode.EXPAND if listed else Mode.NOTES
    return Mode.CONTINUE if kept else Mode.WRITE


def _words(section: Section, brief: Brief, said: tuple[int, int], kept: Sequence[str], *, opening: bool) -> int:
    """Return the words asked for: by the caller, else by the brief, else as usual for the level, less what stands."""
    asked, usual = said
    told = _ASKED.search(f"{brief.purpose} {brief.style}")
    level = USUAL_WORDS[min(section.level, len(USUAL_WORDS) - 1)]
    whole = asked or (int(told[1]) if told else usual or (min(level, OPENING_WORDS) if opening else level))
    rest = max(LEAST_MORE, whole - _count(kept)) if kept and not asked else whole
    return min(max(rest, LEAST_WORDS), MOST_WORDS)


def _count(sentences: Sequence[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


def _prose(document: Document) -> Iterator[Sentence]:
    for passage in document.passages:
        if passage.kind in (PassageKind.PARAGRAPH, PassageKind.ITEM):
            yield from passage.sentences


def _plain(sentences: Iterator[Sentence]) -> list[str]:
    return [closed_up(sentence.plain) for sentence in sentences]
