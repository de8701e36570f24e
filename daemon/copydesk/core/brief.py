"""The writer's brief: for whom, to what end and in what style a text is written; from settings and front matter."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.core.front_matter import FrontMatterError, entry
from copydesk.core.schema import ListOf, Problem, Words, key, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCE = "front matter"


@dataclass(frozen=True, slots=True)
class Brief:
    """What the desk is told of a text. Empty means not told."""

    audience: str = field(default="", metadata=key(Words(), "Who reads the text."))
    purpose: str = field(default="", metadata=key(Words(), "What the text is to achieve."))
    style: str = field(default="", metadata=key(Words(), "How it should be written: tone, person, spelling."))
    known_terms: tuple[str, ...] = field(
        default=(), metadata=key(ListOf(Words(longest=100)), "Terms that the readers know and that need no definition.")
    )


def brief_of(front_matter: str, base: Brief) -> tuple[Brief, tuple[Problem, ...]]:
    """Return the brief of a document: `base` with what the key `copydesk` of its front matter says.

    `front_matter` may include its fences; `+++` marks TOML, all else is YAML.
    """
    try:
        values = _toml(front_matter) if front_matter.lstrip("\ufeff").startswith("+++") else entry(front_matter)
    except FrontMatterError as error:
        return base, (Problem("copydesk", str(error), _SOURCE, error.line),)
    if values is None:
        return base, ()
    brief, problems = read_table(base, values, "copydesk")
    return brief, tuple(replace(problem, source=_SOURCE) for problem in problems)


def _toml(front_matter: str) -> object | None:
    lines = front_matter.lstrip("\ufeff").splitlines()[1:]
    inner = lines[: lines.index("+++")] if "+++" in lines else lines
    try:
        parsed: Mapping[str, object] = tomllib.loads("\n".join(inner))
    except (ValueError, RecursionError):
        # Other tools read the rest of it and will complain in their own words.
        if any("copydesk" in line for line in inner):
            raise FrontMatterError("the TOML front matter cannot be read, so its brief is not used") from None
        return None
    return parsed.get("copydesk")
