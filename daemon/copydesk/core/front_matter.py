"""Reads the one mapping `copydesk:` out of YAML front matter, the document's title, and nothing else.

A subset of YAML is enough and safer than a parser of all of it: front matter often holds what only a site generator
understands, must not break the brief, and is read on the way to every critique. The subset is scalars (plain, quoted,
`|` and `>` blocks) and lists of scalars (`[a, b]` and `- a`). Scalars are always strings: `style: no` is "no".
Anything else in the mapping is an error with its line.
"""

from __future__ import annotations

import json
import re
from itertools import takewhile

_ENTRY = re.compile(r"copydesk[ \t]*:(?P<rest>[ \t].*|)$")
_TITLE = re.compile(r"title[ \t]*:[ \t]+(?P<rest>.*)$")
_TOML_TITLE = re.compile(r"title[ \t]*=[ \t]*(?P<rest>[\"'].*)$")
_PAIR = re.compile(r"(?P<indent> +)(?P<key>[A-Za-z_][A-Za-z0-9_-]*)[ \t]*:(?:[ \t]+(?P<rest>.*))?$")
_ITEM = re.compile(r" *-(?:[ \t]+(?P<rest>.*))?$")
_COMMENT = re.compile(r"(?:^|[ \t]+)#.*$")
_QUOTED = re.compile(r"""(?P<body>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')[ \t]*(?:#.*)?""")
_FLOW_ITEM = re.compile(
    r"""[ \t]*(?P<body>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^"',\[\]{}#][^,\[\]{}]*|)[ \t]*(?P<end>[,\]])"""
)
_SPECIAL = "&*!|>@`%{[\"'?"

Value = str | list[str] | None


class FrontMatterError(ValueError):
    """Front matter that says something of copydesk in a form that is not understood; `line` is one-based."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def entry(front_matter: str) -> dict[str, Value] | None:
    """Return the mapping under `copydesk:`, None where there is none; raises `FrontMatterError`."""
    lines = [line.rstrip() for line in re.split(r"\r\n|\r|\n", front_matter.lstrip("\ufeff"))]
    start = next((index for index, line in enumerate(lines) if _ENTRY.match(line)), None)
    if start is None:
        return None
    match = _ENTRY.match(lines[start])
    if match and _bare(match["rest"]):
        raise FrontMatterError("write the brief as indented lines below `copydesk:`", start + 1)
    end = next(
        (index for index in range(start + 1, len(lines)) if lines[index][:1] not in {"", " ", "\t", "#"}), len(lines)
    )
    return _mapping(lines, start + 1, end)


def title_in(front_matter: str) -> str:
    """Return the title that front matter gives its document, on one line; empty where none can be read.

    `front_matter` may include its fences; `+++` marks TOML, all else is YAML.
    """
    lines = [line.rstrip() for line in re.split(r"\r\n|\r|\n", front_matter.lstrip("\ufeff"))]
    toml = lines[0] == "+++"
    for index, line in enumerate(lines):
        if toml and line.startswith("["):
            break
        match = (_TOML_TITLE if toml else _TITLE).match(line)
        if match is None:
            continue
        below = [] if toml else list(takewhile(lambda line: line[:1] in {"", " ", "\t"}, lines[index + 1 :]))
        try:
            value = _value(match["rest"], below, index + 1)
        except FrontMatterError:
            break
        return " ".join(value.split()) if isinstance(value, str) else ""
    return ""


def _mapping(lines: list[str], start: int, end: int) -> dict[str, Value]:
    values: dict[str, Value] = {}
    indent: str | None = None
    index = start
    while index < end:
        if not _bare(lines[index]):
            index += 1
            continue
        pair = _PAIR.match(lines[index])
        if pair is None or pair["indent"] != (indent or pair["indent"]):
            raise FrontMatterError("expected `key: value`, all keys indented alike with spaces", index + 1)
        if pair["key"] in values:
            raise FrontMatterError("this key is written twice", index + 1)
        indent = pair["indent"]
        after = _end_of_value(lines, index + 1, end, len(indent))
        values[pair["key"]] = _value(pair["rest"] or "", lines[index + 1 : after], index + 1)
        index = after
    return values


def _end_of_value(lines: list[str], start: int, end: int, indent: int) -> int:
    """Return where a value ends: at the next line indented no deeper, unless that is a list item."""
    for index in range(start, end):
        line = lines[index]
        depth = len(line) - len(line.lstrip(" "))
        if line and depth <= indent and not (depth == indent and _ITEM.match(line)):
            return index
    return end


def _value(rest: str, below: list[str], line: int) -> Value:
    rest = rest.strip()
    if re.fullmatch(r"[|>][+-]?", rest):
        return _block(below, rest[0])
    items = [(line + offset, text) for offset, text in enumerate(below, 1) if _bare(text)]
    if not _bare(rest):
        return _items(items) if items else None
    if rest.startswith("["):
        return _flow(" ".join([rest, *(text.strip() for _, text in items)]), line)
    if rest[0] in "\"'" or not items:
        return _scalar(" ".join([rest, *(text.strip() for _, text in items)]), line)
    if any(_ITEM.match(text) or ": " in text for _, text in items):
        raise FrontMatterError("expected a string or a list", items[0][0])
    return " ".join([_scalar(rest, line), *(_scalar(text.strip(), number) for number, text in items)])


def _items(items: list[tuple[int, str]]) -> Value:
    matches = [(number, _ITEM.match(text)) for number, text in items]
    if not any(match for _, match in matches):
        if any(re.match(r" *[\w-]+[ \t]*:(?:[ \t]|$)", text) for _, text in items):
            raise FrontMatterError("expected a string or a list", items[0][0])
        return " ".join(_scalar(text.strip(), number) for number, text in items)
    found: list[str] = []
    for number, match in matches:
        if match is None:
            raise FrontMatterError("expected a list item `- text` on one line", number)
        found.append(_scalar((match["rest"] or "").strip(), number))
    return found


def _block(lines: list[str], style: str) -> str:
    depths = [len(line) - len(line.lstrip(" ")) for line in lines if line]
    text = "\n".join(line[min(depths, default=0) :] for line in lines).strip("\n")
    return text if style == "|" else re.sub(r"\n+", lambda ends: ends[0][1:] or " ", text)


def _flow(text: str, line: int) -> list[str]:
    found: list[str] = []
    at = 1
    while match := _FLOW_ITEM.match(text, at):
        if match["body"]:
            found.append(_scalar(match["body"].strip(), line))
        at = match.end()
        if match["end"] == "]" and not _bare(text[at:]):
            return found
        if match["end"] == "]":
            break
    raise FrontMatterError("expected a list of strings such as [one, two]", line)


def _scalar(text: str, line: int) -> str:
    if quoted := _QUOTED.fullmatch(text):
        body = quoted["body"]
        if body[0] == "'":
            return body[1:-1].replace("''", "'")
        try:
            return str(json.loads(body))
        except ValueError:
            raise FrontMatterError("this escape is not understood; use single quotes", line) from None
    if (text[:1] and text[0] in _SPECIAL) or re.search(r":(?:[ \t]|$)", text):
        raise FrontMatterError("expected a plain string; put it in quotes", line)
    return _bare(text)


def _bare(text: str) -> str:
    return _COMMENT.sub("", text).strip()
