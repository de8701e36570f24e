"""The top-level blocks of a document: which lines they take and what inline content they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from copydesk.core.document import Format, PassageKind
from copydesk.core.markdown.inline import RecordingInline

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

_TEMPLATE = re.compile(r"\{\{.{0,500}?\}\}|\{%.{0,500}?%\}|\{#.{0,500}?#\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")
_FENCED_DIV = re.compile(r"^[ \t]*:{3,}.*$", re.MULTILINE)
_MODULE = re.compile(
    r"(?:\A|^[ \t]*\n)(?:import\b\s*(?:[\"']|(?:(?!\n[ \t]*\n)[^\"';])*?\bfrom\s*[\"'])"
    r"|export\b\s*(?:(?:const|let|var|default|function|class|async)\b|[{*])).*(?:\n(?![ \t]*(?:\n|\Z)).*)*",
    re.MULTILINE,
)
ALERT = re.compile(r"\[![A-Za-z]+\]")
"""GitHub's alerts are written as quotations but are the writer's own words."""
_FOOTNOTE_OPEN = "footnote_reference_open"
_CODE = frozenset({"fence", "code_block"})
_CLOSING = {"---": ("---", "..."), "+++": ("+++",), ";;;": (";;;",)}


@dataclass(frozen=True, slots=True)
class Content:
    """Inline content of one passage and the line of the document that it begins on; `cell` is a table column."""

    kind: PassageKind
    text: str
    first_line: int
    cell: int = 0


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote's definition: its label as written, and the lines that it takes, blank ones at its end included."""

    label: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block; `level` is a heading's level, else 0. Lines are half-open and document-wide.

    `code` holds the first and last line of each code block in it.
    """

    first_line: int
    last_line: int
    level: int
    html: bool
    contents: tuple[Content, ...]
    footnotes: tuple[Footnote, ...] = ()
    code: tuple[tuple[int, int], ...] = ()


@cache
def parser(format: Format) -> MarkdownIt:
    """Return the parser for a format; it holds no state of any document."""
    markdown = MarkdownIt("commonmark", {"maxNesting": 40}).enable(["table", "strikethrough"])
    markdown.inline = RecordingInline()
    markdown.inline.ruler.enable("strikethrough")
    markdown.inline.ruler.disable("linkify")
    markdown.use(footnote_plugin, move_to_end=False)
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    markdown.block.ruler.before("table", "prose", _prose)
    markdown.inline.ruler.before("escape", "shortcode", _shortcode)
    if format is Format.MDX:
        markdown.inline.ruler.before("escape", "expression", _expression)
        markdown.disable("code")
    return markdown


def front_matter_lines(lines: list[str]) -> int:
    """Return how many leading lines are YAML, TOML or JSON front matter, its fences included."""
    closing = _CLOSING.get(lines[0].rstrip()) if lines else None
    if closing is None or len(lines) < 2 or not lines[1].strip():
        return 0
    return next((index + 1 for index, line in enumerate(lines) if index and line.rstrip() in closing), 0)


def blocks_of(lines: list[str], front_matter: int, format: Format) -> tuple[list[Block], EnvType]:
    """Return the top-level blocks of lines (without line ends), and the parser's references.

    Front matter, fenced-div fences and MDX modules are blanked first, so that line numbers stay.
    """
    source = "\n".join([""] * front_matter + lines[front_matter:])
    if format in (Format.QUARTO, Format.MARKDOWN):
        source = _FENCED_DIV.sub("", source)
    if format is Format.MDX:
        source = _MODULE.sub(lambda match: "\n" * match[0].count("\n"), source)
    markdown = parser(format)
    env: EnvType = {}
    tokens: list[Token] = []
    markdown.block.parse(source.replace("\0", "\ufffd"), markdown, env, tokens)
    return list(_grouped(tokens)), env


def _grouped(tokens: list[Token]) -> list[Block]:
    blocks, start = [], 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            blocks.append(_block(tokens[start : index + 1]))
            start = index + 1
    return blocks


def _block(tokens: list[Token]) -> Block:
    first, last = tokens[0].map or (0, 0)
    contents: list[Content] = []
    enclosing: list[Token] = []
    cell = 0
    for token in tokens:
        if token.type == "tr_open":
            cell = 0
        if token.type == "inline" and token.map:
            contents.append(Content(_kind(enclosing), token.content, token.map[0], cell))
            cell += 1
        elif token.nesting == 1:
            enclosing.append(token)
        elif token.nesting == -1:
            enclosing.pop()
    if contents and contents[0].kind is PassageKind.QUOTE and ALERT.match(contents[0].text):
        contents = [replace(content, kind=PassageKind.PARAGRAPH) for content in contents]
    level = int(tokens[0].tag[1]) if tokens[0].type == "heading_open" else 0
    footnotes = [
        Footnote(str(token.meta["label"]), *token.map) for token in tokens if token.type == _FOOTNOTE_OPEN and token.map
    ]
    code = [(token.map[0], token.map[1]) for token in tokens if token.type in _CODE and token.map]
    html = tokens[0].type == "html_block"
    return Block(first, last, level, html, tuple(contents), tuple(footnotes), tuple(code))


def _kind(enclosing: list[Token]) -> PassageKind:
    types = {token.type for token in enclosing}
    if "heading_open" in types:
        return PassageKind.HEADING
    if "table_open" in types:
        return PassageKind.CELL
    if "blockquote_open" in types:
        return PassageKind.QUOTE
    if _FOOTNOTE_OPEN in types:
        return PassageKind.FOOTNOTE
    if "list_item_open" in types:
        return PassageKind.ITEM
    return PassageKind.PARAGRAPH


def _prose(state: StateBlock, first: int, last: int, silent: bool) -> bool:  # noqa: FBT001 (a rule's signature)
    """Take a paragraph whose every line begins with a letter.

    No other construct begins so, and none goes on or ends so; asking every rule about every line takes most of the
    time of reading prose.
    """
    if silent or state.level:
        return False
    line = first
    while line < last and not state.isEmpty(line):
        if not state.src[state.bMarks[line]].isalpha():
            return False
        line += 1
    state.line = line
    state.push("paragraph_open", "p", 1).map = [first, line]
    words = state.push("inline", "", 0)
    words.content = mdTrim(state.getLines(first, line, 0, False))  # noqa: FBT003
    words.map, words.children = [first, line], []
    state.push("paragraph_close", "p", -1)
    return True


def _shortcode(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it-py's rule signature)
    return _match(state, _TEMPLATE, silent)


def _expression(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it-py's rule signature)
    return _match(state, _EXPRESSION, silent)


def _match(state: StateInline, pattern: re.Pattern[str], silent: bool) -> bool:  # noqa: FBT001
    if state.src[state.pos] != "{":
        return False
    match = pattern.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("shortcode", "", 0)
    state.pos = match.end()
    return True
