"""The definitions of a document: footnotes and the addresses of reference links, and where code stands.

A definition of a footnote is found by the parser's own rule. The parser says nothing of link definitions but that they
are there; those outside quotations and lists stand on the lines that no block takes, which is where they are found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it.common.utils import normalizeReference

from copydesk.core.markdown.reader import Memory
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from copydesk.core.document import Document
    from copydesk.core.markdown.outline import Outline
    from copydesk.core.text import Text

_LINK_LABEL = re.compile(r"[ ]{0,3}\[(?!\^)((?:[^\[\]\\]|\\.){1,999})\]:")
_TITLE = r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\))"
_LINK = re.compile(
    rf"{_LINK_LABEL.pattern}[ \t]*\n?[ \t]*(?:<[^<>\n]*>|[^\s<]\S*)"
    rf"(?:(?:[ \t]+|[ \t]*\n[ \t]*){_TITLE}[ \t]*(?=\n|\Z)|[ \t]*(?=\n|\Z))",
    re.DOTALL,
)
_MARK = "]:"


@dataclass(frozen=True, slots=True)
class Definition:
    """A footnote or the address of a reference link, by its label as written.

    `span` holds whole lines with the end of the last one, but no blank lines after it. `nested` tells that it stands
    in a list or quotation. `target` is a link's address, empty for a footnote.
    """

    label: str
    span: Span
    nested: bool = False
    target: str = ""


@dataclass(frozen=True, slots=True)
class Definitions:
    """All definitions of a document, each kind in its order.

    `targets` has the address of every label of a reference link, `code` the spans of code blocks.
    """

    footnotes: tuple[Definition, ...] = ()
    links: tuple[Definition, ...] = ()
    targets: Mapping[str, str] | None = None
    code: tuple[Span, ...] = ()

    def target(self, label: str) -> str | None:
        """Return the address that a reference link's label stands for."""
        return None if self.targets is None else self.targets.get(link_label(label))


def footnote_label(label: str) -> str:
    """Return a footnote's label as it is compared: GitHub and pandoc differ in case, so that none is told by it."""
    return label.casefold()


def link_label(label: str) -> str:
    """Return a reference link's label as it is compared (CommonMark 0.31, "Matching of link labels")."""
    return str(normalizeReference(label))


def definitions(document: Document) -> Definitions:
    """Return the definitions of a document; plain text has none."""
    memory = document.memory
    if not isinstance(memory, Memory):
        return Definitions()
    outline, text = memory.outline, document.text
    references = outline.references.get("references", {})
    footnotes: list[Definition] = []
    code: list[Span] = []
    for block in outline.blocks:
        for note in block.footnotes:
            span = _lines(text, note.first_line, note.last_line)
            own = note.first_line == block.first_line and text.slice(span).lstrip(" ").startswith("[^")
            footnotes.append(Definition(note.label, span, not own))
        code.extend(_lines(text, first, last) for first, last in block.code)
    links = tuple(_links(text, outline, references)) if references else ()
    targets = {label: str(reference["href"]) for label, reference in references.items()}
    return Definitions(tuple(footnotes), links, targets, tuple(code))


def _lines(text: Text, first: int, last: int) -> Span:
    """Return the span of lines from `first` to before `last`, without blank lines at its end."""
    while last - 1 > first and not text.slice(text.line_span(last - 1)).strip():
        last -= 1
    starts = text.line_starts
    return Span(starts[first], starts[last] if last < len(starts) else len(text))


def _links(text: Text, outline: Outline, references: Mapping[str, object]) -> Iterator[Definition]:
    taken = bytearray(len(outline.lines))
    taken[: outline.front_matter] = b"x" * outline.front_matter
    for block in outline.blocks:
        taken[block.first_line : block.last_line] = b"x" * (block.last_line - block.first_line)
    line = -1
    for candidate in _marked_lines(text):
        if candidate <= line or taken[candidate]:
            continue
        last = candidate + 1
        while last < len(taken) and not taken[last] and outline.lines[last].strip():
            last += 1
        match = _LINK.match("\n".join(outline.lines[candidate:last]))
        if match is None or link_label(match[1]) not in references:
            continue
        line = candidate + match[0].count("\n")
        reference = references[link_label(match[1])]
        target = str(reference["href"]) if isinstance(reference, dict) else ""
        yield Definition(match[1], _lines(text, candidate, line + 1), target=target)


def _marked_lines(text: Text) -> Iterator[int]:
    """Yield the lines that hold what every definition has."""
    found = text.source.find(_MARK)
    while found >= 0:
        line = text.line_at(found)
        yield line
        found = text.source.find(_MARK, text.line_span(line).end)
