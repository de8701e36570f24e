"""Reading a whole text: blocks into passages and sentences, headings into sections, comments into directives."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from copydesk.core.document import Directive, Document, Format, Passage, PassageKind, Protected, Section, Sentence
from copydesk.core.markdown.blocks import parser
from copydesk.core.markdown.directives import Comment, comments_in, directives_of
from copydesk.core.markdown.outline import outline
from copydesk.core.markdown.sentences import passage_parts, plain_parts
from copydesk.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it.utils import EnvType

    from copydesk.core.markdown.blocks import Block
    from copydesk.core.markdown.outline import Outline
    from copydesk.core.text import Text

_FORMATS = {
    **dict.fromkeys((".md", ".markdown", ".mkd", ".mdown"), Format.MARKDOWN),
    **dict.fromkeys((".qmd", ".rmd"), Format.QUARTO),
    ".mdx": Format.MDX,
    **dict.fromkeys((".txt", ".text"), Format.PLAIN),
}
_LANGUAGES = {"quarto": Format.QUARTO, "rmd": Format.QUARTO, "mdx": Format.MDX, "plaintext": Format.PLAIN}
_BLANK_LINES = re.compile(r"[^\S\r\n]*(?:\r\n|\r|\n)(?:[^\S\r\n]*(?:\r\n|\r|\n))+")
_LANG = re.compile(r"^lang(?:uage)?\s*[:=]\s*[\"']?([A-Za-z]{2,3})\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class BlockReading:
    """What one block's source reads as, in offsets from the block's start; reused while the source is the same."""

    passages: tuple[tuple[PassageKind, Span, tuple[Sentence, ...]], ...]
    comments: tuple[Comment, ...]
    title: str


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block's reading at its place."""

    span: Span
    level: int
    reading: BlockReading
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """What reading a later version of the text may reuse. `key` holds what else a block's reading depends on."""

    outline: Outline
    key: str
    placed: tuple[PlacedBlock, ...]
    readings: Mapping[str, BlockReading]


def format_of(name: str, language: str = "") -> Format:
    """Return the format for a file name or an editor's language id; Markdown where neither tells."""
    return _LANGUAGES.get(language) or _FORMATS.get(PurePath(name).suffix.lower(), Format.MARKDOWN)


def read(text: Text, format: Format = Format.MARKDOWN, previous: Document | None = None) -> Document:
    """Read a text; blocks that `previous` also had are taken from it instead of being read again."""
    if format is Format.PLAIN:
        return _read_plain(text)
    known = previous.memory if previous is not None and isinstance(previous.memory, Memory) else None
    lines = outline(text, format, known.outline if known is not None else None)
    head = _front_matter(text, lines)
    language = _language(text.slice(head)) if head else "en"
    key = f"{format}\0{language}\0{sorted(lines.references.get('references', {}))!r}"
    if known is not None and known.key != key:
        known, lines = None, replace(lines, kept=0)
    placed = list(known.placed[: lines.kept]) if known is not None else []
    section = sum(block.level > 0 for block in lines.blocks[: lines.kept])
    readings = known.readings if known is not None else {}
    for index, block in enumerate(lines.blocks[lines.kept :], lines.kept):
        span = _extent(text, block)
        source = text.slice(span)
        reading = readings.get(source) or _read_block(text, block, span, lines.references, format, language)
        section += block.level > 0
        placed.append(PlacedBlock(span, block.level, reading, _shifted(reading, span.start, index, section)))
    memory = Memory(lines, key, tuple(placed), {text.slice(one.span): one.reading for one in placed})
    return _document(text, format, head, memory)


def _document(text: Text, format: Format, head: Span | None, memory: Memory) -> Document:
    sections = _sections(text, [(one.level, one.span, one.reading.title) for one in memory.placed if one.level], head)
    comments = [comment.shifted(one.span.start) for one in memory.placed for comment in one.reading.comments]
    directives = directives_of(comments, [one.span for one in memory.placed], sections)
    passages = tuple(passage for one in memory.placed for passage in one.passages)
    return Document(text, format, head, sections, passages, directives, memory)


def _read_block(text: Text, block: Block, span: Span, env: EnvType, format: Format, language: str) -> BlockReading:
    passages, title = [], ""
    comments = list(comments_in(text.slice(span))) if block.html else []
    for content in block.contents:
        part = passage_parts(text, content, parser(format), env, language)
        if part is None:
            continue
        place, sentences, inline_comments = part
        comments.extend(comment.shifted(-span.start) for comment in inline_comments)
        sentences = tuple(_moved(sentence, -span.start) for sentence in sentences)
        passages.append((content.kind, place.shifted(-span.start), sentences))
        if block.level:
            title = " ".join(sentence.plain for sentence in sentences)
    return BlockReading(tuple(passages), tuple(comments), title)


def _shifted(reading: BlockReading, by: int, block: int, section: int) -> tuple[Passage, ...]:
    return tuple(
        Passage(kind, span.shifted(by), tuple([_moved(sentence, by) for sentence in sentences]), block, section)
        for kind, span, sentences in reading.passages
    )


def _moved(sentence: Sentence, by: int) -> Sentence:
    span, protected = sentence.span, sentence.protected
    if protected:
        protected = tuple([Protected(piece.kind, piece.span.shifted(by)) for piece in protected])
    return Sentence(Span(span.start + by, span.end + by), sentence.masked, sentence.plain, protected)


def _extent(text: Text, block: Block) -> Span:
    return Span(text.line_starts[block.first_line], text.line_span(block.last_line - 1).end)


def _front_matter(text: Text, lines: Outline) -> Span | None:
    if not lines.front_matter:
        return None
    starts = text.line_starts
    return Span(0, starts[lines.front_matter] if lines.front_matter < len(starts) else len(text))


def _sections(text: Text, headings: list[tuple[int, Span, str]], front_matter: Span | None) -> tuple[Section, ...]:
    start = front_matter.end if front_matter else 0
    end = headings[0][1].start if headings else len(text)
    sections = [Section("", 0, Span(start, end), None, ())]
    trail: list[tuple[int, str]] = []
    for index, (level, span, title) in enumerate(headings):
        trail = [*(item for item in trail if item[0] < level), (level, title)]
        following = (other.start for rank, other, _ in headings[index + 1 :] if rank <= level)
        path = tuple(name for _, name in trail)
        sections.append(Section(title, level, Span(span.start, next(following, len(text))), span, path))
    return tuple(sections)


def _language(front_matter: str) -> str:
    match = _LANG.search(front_matter)
    return match[1].lower() if match else "en"


def _read_plain(text: Text) -> Document:
    """Read plain text: paragraphs between blank lines, no markup but addresses."""
    passages, start = [], 0
    ends = [*((match.start(), match.end()) for match in _BLANK_LINES.finditer(text.source)), (len(text),) * 2]
    for index, (end, following) in enumerate(ends):
        if text.source[start:end].strip():
            span, sentences = plain_parts(text, Span(start, end))
            passages.append(Passage(PassageKind.PARAGRAPH, span, sentences, index, 0))
        start = following
    section = Section("", 0, Span(0, len(text)), None, ())
    comments = list(comments_in(text.source))
    directives: tuple[Directive, ...] = directives_of(comments, [passage.span for passage in passages], (section,))
    return Document(text, Format.PLAIN, None, (section,), tuple(passages), directives)
