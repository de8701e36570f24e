"""Where the inline constructs of a block stand, found by markdown-it-py's own rules.

markdown-it-py gives inline tokens no positions. Its tokenizer is run here rule by rule and each rule's range is
recorded; nested calls (link labels) use the same coordinates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from string import punctuation
from types import MappingProxyType
from typing import TYPE_CHECKING

from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline

from copydesk.core.document import ProtectedKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from markdown_it import MarkdownIt
    from markdown_it.parser_inline import RuleFuncInlineType
    from markdown_it.utils import EnvType

_RECORD = "copydesk events"
_CONTENT = "copydesk content"
_BARE_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}*_]|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")
_CITATION = re.compile(r"\[[^\[\]\n]*?-?@\w[^\[\]]*\]|(?<![\w`@])@(?:fig|tbl|sec|eq|lst|thm)-[\w-]+")

_WHOLE = {
    "image": ProtectedKind.IMAGE,
    "autolink": ProtectedKind.URL,
    "html_inline": ProtectedKind.HTML,
    "math_inline": ProtectedKind.MATH,
    "footnote_ref": ProtectedKind.FOOTNOTE,
    "footnote_inline": ProtectedKind.FOOTNOTE,
    "shortcode": ProtectedKind.SHORTCODE,
    "expression": ProtectedKind.SHORTCODE,
}
_READABLE = frozenset({ProtectedKind.CODE, ProtectedKind.MATH})

BEGINNINGS: Mapping[str, str] = MappingProxyType(
    {
        "newline": "\n",
        "math_inline": "$",
        "shortcode": "{",
        "expression": "{",
        "escape": "\\",
        "backticks": "`",
        "strikethrough": "~",
        "emphasis": "*_",
        "link": "[",
        "image": "!",
        "footnote_inline": "^",
        "footnote_ref": "[",
        "autolink": "<",
        "html_inline": "<",
        "entity": "&",
    }
)
"""With which characters a rule's constructs begin: each rule looks for them first, and refuses all others."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A protected construct at `start`..`end` of a block's content."""

    kind: ProtectedKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Inline:
    """A block's content with its constructs.

    `masked` and `filled` have the content's length. `masked` blanks markup and addresses; `filled` also hides the
    words of code and math behind letters, so that their full stops end no sentence.
    """

    masked: str
    filled: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Event:
    rule: str
    start: int
    end: int


class RecordingInline(ParserInline):
    """markdown-it-py's inline parser, noting which rule took which range.

    A rule is tried only where what it looks for may begin, which prose rarely does. All rules must be in place before
    the first text is read.
    """

    @cached_property
    def rules(self) -> Mapping[str, list[tuple[str, RuleFuncInlineType]]]:
        """Return for each character the rules to try where it stands, in order; a rule not known here at any mark."""
        rules: dict[str, list[tuple[str, RuleFuncInlineType]]] = {}
        for rule in self.ruler.__rules__:
            if rule.enabled and rule.name != "text":
                for mark in BEGINNINGS.get(rule.name, f"\n{punctuation}"):
                    rules.setdefault(mark, []).append((rule.name, rule.fn))
        return rules

    @cached_property
    def _mark(self) -> re.Pattern[str]:
        return re.compile(f"[{re.escape(''.join(self.rules))}]")

    def tokenize(self, state: StateInline) -> None:
        """Tokenize as the base class does, and record."""
        # an image's alternative text is tokenized as a text of its own, whose places are not the content's
        events: list[_Event] = state.env[_RECORD] if state.src == state.env[_CONTENT] else []
        events.append(_Event("label", state.pos, state.posMax))
        while state.pos < state.posMax:
            before = state.pos
            mark = self._mark.search(state.src, before, state.posMax)
            words_end = mark.start() if mark is not None else state.posMax
            if before < words_end:
                state.append_pending(state.src[before:words_end])
                state.pos = words_end
                continue
            taken = self._rule_that_takes(state) if state.level < state.md.options["maxNesting"] else None
            if taken is None:
                state.append_pending(state.src[before])
                state.pos += 1
            else:
                events.append(_Event(taken, before, state.pos))
        if state.pending:
            state.pushPending()

    def _rule_that_takes(self, state: StateInline) -> str | None:
        for name, rule in self.rules[state.src[state.pos]]:
            if rule(state, False):  # noqa: FBT003 (markdown-it-py's rule signature)
                return name
        return None


def scan(content: str, parser: MarkdownIt, env: EnvType) -> Inline:
    """Return the constructs of one block's inline content; `env` holds the document's link references."""
    events: list[_Event] = []
    state = StateInline(content, parser, {**env, _RECORD: events, _CONTENT: content}, [])
    parser.inline.tokenize(state)
    labels = _labels(events)
    pieces = list(_pieces(content, events, labels))
    markup = [place for event in events for place in _markup(content, event, labels)]
    masked = _blanked(content, [*markup, *((one.start, one.end) for one in pieces if one.kind not in _READABLE)])
    for kind, signs, pattern in _AFTERWARDS:
        if any(sign in masked for sign in signs):
            added = list(_written(kind, pattern, content, masked, pieces))
            pieces.extend(added)
            masked = _blanked(masked, [(one.start, one.end) for one in added])
    readable = [piece for piece in pieces if piece.kind in _READABLE]
    filled = _filled(content, masked, readable) if readable else masked
    return Inline(masked, filled, tuple(sorted(pieces, key=lambda piece: piece.start)))


_AFTERWARDS = (
    (ProtectedKind.FOOTNOTE, ("[^",), _FOOTNOTE),
    (ProtectedKind.CITATION, ("@",), _CITATION),
    (ProtectedKind.URL, ("://", "www.", "@"), _BARE_URL),
)
"""Constructs that the parser does not know, with what each of them holds some of."""


def _written(
    kind: ProtectedKind, pattern: re.Pattern[str], content: str, masked: str, pieces: Iterable[Piece]
) -> Iterator[Piece]:
    """Yield what a pattern finds in masked content outside of the pieces that are known."""
    taken = bytearray(len(content))
    for piece in pieces:
        taken[piece.start : piece.end] = b"x" * (piece.end - piece.start)
    for match in pattern.finditer(masked):
        if not (any(taken[match.start() : match.end()]) or _is_escaped(content, match.start())):
            yield Piece(kind, match.start(), match.end())


def _blanked(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Return a text of the same length with blanks in these places."""
    marks = list(text)
    for start, end in places:
        marks[start:end] = " " * (end - start)
    return "".join(marks)


def _filled(content: str, masked: str, pieces: Iterable[Piece]) -> str:
    """Return masked content with letters in place of the words of pieces."""
    marks = list(masked)
    for piece in pieces:
        marks[piece.start : piece.end] = [
            "x" if not mark.isspace() else " " for mark in content[piece.start : piece.end]
        ]
    return "".join(marks)


def _is_escaped(content: str, at: int) -> bool:
    before = content[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def bare_urls(content: str) -> Iterator[re.Match[str]]:
    """Yield the web and mail addresses written as plain words."""
    return _BARE_URL.finditer(content)


def _pieces(content: str, events: list[_Event], labels: Mapping[int, _Event]) -> Iterator[Piece]:
    for event in events:
        if event.rule in _WHOLE:
            yield Piece(_WHOLE[event.rule], event.start, event.end)
        elif event.rule == "backticks" and _is_code(content, event):
            yield Piece(ProtectedKind.CODE, event.start, event.end)
        elif event.rule == "link":
            yield Piece(ProtectedKind.LINK, labels[event.start + 1].end, event.end)
        elif event.rule == "newline" and content.endswith("  ", 0, event.start):
            spaces = _spaces_before(content, event.start)
            yield Piece(ProtectedKind.HARD_BREAK, event.start - spaces, event.start)
        elif event.rule == "escape" and content[event.start + 1 : event.start + 2] == "\n":
            yield Piece(ProtectedKind.HARD_BREAK, event.start, event.start + 1)


def _markup(content: str, event: _Event, labels: Mapping[int, _Event]) -> Iterator[tuple[int, int]]:
    match event.rule:
        case "newline":
            yield event.start, event.end
        case "escape":
            yield event.start, event.start + 1
        case "link":
            label = labels[event.start + 1]
            yield event.start, label.start
            yield label.end, event.end
        case "backticks" if _is_code(content, event):
            ticks = _ticks(content, event)
            yield event.start, event.start + ticks
            yield event.end - ticks, event.end
        case "emphasis" | "strikethrough" if _delimits(content, event):
            yield event.start, event.end
        case _:
            return


def _labels(events: list[_Event]) -> Mapping[int, _Event]:
    """Return the labels by where they start; a link's own starts one after the link."""
    return {event.start: event for event in events if event.rule == "label"}


def _spaces_before(content: str, end: int) -> int:
    start = end
    while start and content[start - 1] == " ":
        start -= 1
    return end - start


def _ticks(content: str, event: _Event) -> int:
    run = content[event.start : event.end]
    return len(run) - len(run.lstrip("`"))


def _is_code(content: str, event: _Event) -> bool:
    return event.end - event.start > _ticks(content, event)


def _delimits(content: str, event: _Event) -> bool:
    """Tell emphasis marks from a lone asterisk between spaces and from an underscore inside a word."""
    before, after = content[event.start - 1 : event.start], content[event.end : event.end + 1]
    if before.isalnum() and after.isalnum():
        return content[event.start] == "*"
    return not ((not before or before.isspace()) and (not after or after.isspace()))
