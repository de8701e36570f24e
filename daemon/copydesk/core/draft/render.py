"""From sentences and what they cite to the Markdown of a section's body; what the writer wrote stays as it is.

All that is new stands within the body: paragraphs or lists where the jottings stood or after the writer's own text, and
the definitions of new footnotes at the body's end. A quotation that the document has a footnote for already is cited by
that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from copydesk.core.citations.escaping import escaped
from copydesk.core.citations.references import CitationKind, references
from copydesk.core.citations.render import definition_of, label_for, quoted_words, same_citation, source_of
from copydesk.core.draft.frame import Frame, Paragraph, assembled
from copydesk.core.draft.guards import as_markdown
from copydesk.core.draft.plan import Form
from copydesk.core.draft.statement import is_unspaced
from copydesk.core.draft.working_in import left_out
from copydesk.core.markdown.definitions import footnote_label
from copydesk.core.text import Span, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from copydesk.core.citations.references import References
    from copydesk.core.citations.render import Style
    from copydesk.core.document import Format
    from copydesk.core.draft.frame import Rendered
    from copydesk.core.draft.ledger import Entry, Ledger
    from copydesk.core.draft.material import Jotting
    from copydesk.core.draft.plan import Plan, Point
    from copydesk.core.draft.statement import Statement
    from copydesk.core.draft.task import SectionTask
    from copydesk.core.evidence import Evidence

_END = re.compile(r"(?P<stop>[.!?…。！？]*)(?P<close>[\"'”’»)\]」』]*)\Z")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_APART = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n)){2}")
_BULLET = re.compile(r"^[ \t]{0,3}([-*+])[ \t]+\S", re.MULTILINE)


@dataclass(frozen=True)
class Renderer:
    """Writes one task's drafts. `base` is the document's `file:` URI, `formats` how sources are written, by hash."""

    task: SectionTask
    style: Style = "footnote"
    base: str = ""
    formats: Mapping[str, Format] = field(default_factory=dict)

    def body(self, statements: Sequence[Statement], plan: Plan, ledger: Ledger) -> Rendered:
        """Return the section's body with these sentences."""
        cited = _Cited(self, ledger)
        paragraphs = []
        for id, each in groupby(sorted(statements, key=lambda one: int(one.point[1:])), lambda one: one.point):
            paragraphs.append(self._paragraph(plan.point(id), list(each), cited))
        return assembled(self.frame, paragraphs, tuple(cited.definitions.items()), frozenset(cited.targets))

    @cached_property
    def frame(self) -> Frame:
        """Return what stays of the body, with the blank lines that new text needs around it."""
        task, source = self.task, self.task.document.text.source
        head, rest = source[task.body.start : task.material.start], source[task.material.end : task.body.end]
        tail = rest.rstrip()
        apart = tail if not tail or _APART.match(tail) else f"{2 * self.line_end}{tail.lstrip()}"
        own = tuple((one.id, source[one.span.start : one.span.end]) for one in task.jottings if not one.stays)
        return Frame(task.original, self._opened(head), own, apart, self._closed(rest[len(tail) :]), self.line_end)

    @cached_property
    def line_end(self) -> str:
        """Return what ends the document's lines."""
        return next(iter(self.task.document.text.lines[1]), "\n")

    @cached_property
    def found(self) -> References:
        """Return the document's citations."""
        return references(self.task.document)

    @cached_property
    def labels(self) -> frozenset[str]:
        """Return the labels of the document's footnotes, as they are compared."""
        return frozenset(footnote_label(one.name) for one in self.found.of(CitationKind.FOOTNOTE))

    @cached_property
    def bullet(self) -> str:
        """Return the mark of the document's list items."""
        match = _BULLET.search(self.task.document.text.source)
        return match[1] if match is not None else "-"

    def jotting(self, note: str) -> Jotting:
        """Return the jotting of an id, which must be one of the task's."""
        return next(one for one in self.task.jottings if one.id == note)

    def _opened(self, head: str) -> str:
        if not head.strip():
            opens = self.task.body.start
            ended = opens == 0 or self.task.document.text.source[opens - 1] in "\r\n"
            return self.line_end if ended else 2 * self.line_end
        missing = 2 - len(_LINE_ENDS.findall(head[len(head.rstrip()) :]))
        return head + max(0, missing) * self.line_end

    def _closed(self, rest: str) -> str:
        """Return what ends the body, of which white space was left: a blank line before a heading."""
        source = self.task.document.text.source
        if self.task.body.end < len(source):
            return rest if len(_LINE_ENDS.findall(rest)) > 1 else 2 * self.line_end
        return rest or (self.line_end if not source or source[-1] in "\r\n" else "")

    def _paragraph(self, point: Point, statements: Sequence[Statement], cited: _Cited) -> Paragraph:
        format = self.task.document.format
        mark = "#" * (self.task.section.level + 1)
        text, places = f"{mark} {point.heading}{2 * self.line_end}" if point.heading else "", []
        named = tuple(dict.fromkeys(note for one in statements for note in one.notes))
        held = tuple(note for note in named if not self.left_out(note, statements))
        for number, statement in enumerate(statements):
            if number:
                text += f"{self.line_end}{self.bullet} " if point.form is Form.LIST else _joint(text)
            elif point.form is Form.LIST:
                text += f"{self.bullet} "
            start = len(text)
            written = as_markdown(self._coded(statement), format, self.task.known) or escaped(statement.text)
            text += cited.sentence(statement, written, held)
            places.append((statement.id, Span(start, len(text))))
        taken = tuple(note for note in held if cited.carries(note, point.id))
        labels = tuple(dict.fromkeys(label for one in statements for label in cited.labels_of(one)))
        return Paragraph(point.id, text, tuple(places), taken, labels)

    def _coded(self, statement: Statement) -> str:
        """Return a sentence with the words that its jottings have as code between backticks again."""
        text = statement.text
        for jotting in self.task.jottings:
            for code in jotting.code if jotting.id in statement.notes and "`" not in text else ():
                text = re.sub(rf"(?<!\w){re.escape(code)}(?!\w)", lambda match: f"`{match[0]}`", text, count=1)
        return text

    def left_out(self, note: str, statements: Iterable[Statement]) -> str:
        """Return what the sentences that name a jotting leave out of it, in words; empty if they may take its place."""
        return left_out(self.jotting(note), (one.text for one in statements if note in one.notes))


class _Cited:
    """The citations of one body: labels in order of first use, and what each sentence carries."""

    def __init__(self, renderer: Renderer, ledger: Ledger) -> None:
        self.definitions: dict[str, str] = {}
        self.targets: set[str] = set()
        self._renderer, self._ledger = renderer, ledger
        self._labels: dict[str, str] = {}
        self._carried: dict[str, str] = {}

    def sentence(self, statement: Statement, written: str, held: Collection[str]) -> str:
        """Return a sentence with its citations, and what those jottings carry that its paragraph may replace."""
        marks: list[str] = []
        links: list[str] = []
        for entry in self._ledger.quoted(statement.quotations):
            address = source_of(entry.evidence, self._renderer.base)
            if self._renderer.style == "link" and address.written:
                self.targets.add(f"]({address.written})")
                links.append(f"([{escaped(address.title)}]({address.written}))")
            else:
                marks.append(f"[^{self._label(entry)}]")
        for jotting in self._renderer.task.jottings:
            worked_in = jotting.id in statement.notes and jotting.id in held
            if worked_in and not jotting.stays and jotting.id not in self._carried:
                self._carried[jotting.id] = statement.point
                for construct in jotting.carried:
                    own = construct.startswith(("[^", "^[", "[@", "[-@"))
                    (marks if own else links).append(construct if own else f"({construct})")
        match = _END.search(written)
        assert match is not None
        stop = match.start() if links else len(written)
        space = "" if is_unspaced(written[stop - 1 : stop] or " ") else " "
        joined = "".join(f"{space}{link}" for link in dict.fromkeys(links))
        ended = written[stop:]
        if marks and (ended or written).endswith("!"):
            return f"{written[:stop]}{joined}{ended}"[:-1] + "\\!" + "".join(dict.fromkeys(marks))
        return f"{written[:stop]}{joined}{ended}" + "".join(dict.fromkeys(marks))

    def carries(self, note: str, point: str) -> bool:
        """Tell whether a point has what a jotting carries; it is written once."""
        return self._carried.get(note) == point or not self._renderer.jotting(note).carried

    def labels_of(self, statement: Statement) -> Iterator[str]:
        """Yield the labels of new footnotes that a sentence is marked with."""
        return (self._labels[id] for id in statement.quotations if id in self._labels)

    def _label(self, entry: Entry) -> str:
        if entry.id not in self._labels:
            self._labels[entry.id] = self._new(entry.evidence)
        return self._labels[entry.id]

    def _new(self, evidence: Evidence) -> str:
        renderer = self._renderer
        quote = quoted_words(evidence, renderer.formats.get(evidence.source.sha256))
        source = source_of(evidence, renderer.base)
        known = same_citation(renderer.found, source, quote, renderer.base)
        if known is not None:
            return known.name
        label = label_for(source.title, renderer.labels | {footnote_label(one) for one in self.definitions})
        self.definitions[label] = definition_of(quote, source, evidence.source.retrieved)
        if source.written:
            self.targets.add(f"]({source.written})")
        return label


def whole(task: SectionTask, body: str) -> Text:
    """Return the document's text with another body in place of the section's own."""
    source = task.document.text.source
    return Text(source[: task.body.start] + body + source[task.body.end :], task.document.text.version)


def _joint(before: str) -> str:
    return "" if is_unspaced(before[-1]) or before[-1] in "。！？」』" else " "
