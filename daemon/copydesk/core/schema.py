"""How a table of settings is declared and read: each key knows what it accepts; what it does not is a `Problem`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from dataclasses import Field

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """A setting that could not be used: where (`critique.disable`, empty for a whole file), and what is wrong.

    `source` names the file or place it came from; `line` is one-based. No value is ever repeated in the message.
    """

    path: str
    message: str
    source: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.source}, line {self.line}" if self.line is not None and self.source else self.source
        return ": ".join(part for part in (place, self.path, self.message) if part)


class Rejected(ValueError):
    """A value that a key does not accept; the message says what it does accept."""


class Kind(Protocol):
    """What a key accepts."""

    def accept(self, value: object) -> Any:
        """Return the value as kept; raises `Rejected`."""
        ...

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the values accepted."""
        ...


@dataclass(frozen=True, slots=True)
class Switch:
    """true or false."""

    def accept(self, value: object) -> bool:
        """Return the value as kept; raises `Rejected`."""
        if not isinstance(value, bool):
            raise Rejected("must be true or false")
        return value

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the values accepted."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds, both included."""

    low: int
    high: int

    def accept(self, value: object) -> int:
        """Return the value as kept; raises `Rejected`. Editors send 8 as 8.0, so that is let pass."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise Rejected(f"must be a whole number from {self.low} to {self.high}")
        return value

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the values accepted."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    options: tuple[str, ...]

    def accept(self, value: object) -> str:
        """Return the value as kept; raises `Rejected`."""
        if not isinstance(value, str) or value not in self.options:
            raise Rejected(f"must be one of {', '.join(self.options)}")
        return value

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the values accepted."""
        return {"type": "string", "enum": list(self.options)}


@dataclass(frozen=True, slots=True)
class Words:
    """A string of at most `longest` characters that matches `pattern` as a whole; `form` says so in words."""

    longest: int = 1000
    pattern: str = r"(?s).*"
    form: str = "a string"

    def accept(self, value: object) -> str:
        """Return the value as kept; raises `Rejected`."""
        if not isinstance(value, str):
            raise Rejected(f"must be {self.form}")
        if len(value) > self.longest:
            raise Rejected(f"must be at most {self.longest} characters long")
        if _UNPRINTABLE.search(value):
            raise Rejected("must not hold control characters")
        if not re.fullmatch(self.pattern, value):
            raise Rejected(f"must be {self.form}")
        return value

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the values accepted."""
        return {"type": "string", "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of at most `most` strings, each of one kind; kept as a tuple without repetitions."""

    item: Words
    most: int = 500

    def accept(self, value: object) -> tuple[str, ...]:
        """Return the value as kept; raises `Rejected`."""
        if not isinstance(value, list | tuple):
            raise Rejected(f"must be a list; each entry must be {self.item.form}")
        if len(value) > self.most:
            raise Rejected(f"must have at most {self.most} entries")
        kept: dict[str, None] = {}
        for index, entry in enumerate(value, 1):
            try:
                kept[self.item.accept(entry)] = None
            except Rejected as error:
                raise Rejected(f"entry {index} {error}; the whole list is left out") from error
        return tuple(kept)

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the values accepted."""
        return {"type": "array", "items": self.item.schema(), "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Key:
    """The declaration of one setting; `user_only` ones are never taken from a workspace's file.

    `workspace_kind` is what a workspace's file may say where that is less than what the user may. `doubts` yields what
    is to be said of a value that is kept all the same.
    """

    kind: Kind
    description: str
    user_only: bool = False
    workspace_kind: Kind | None = None
    doubts: Callable[[Any], Iterable[str]] | None = None


class Table(Protocol):
    """A frozen dataclass whose fields were all declared with `key`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=Table)


def key(
    kind: Kind,
    description: str,
    *,
    user_only: bool = False,
    workspace_kind: Kind | None = None,
    doubts: Callable[[Any], Iterable[str]] | None = None,
) -> dict[str, Key]:
    """Return the metadata of a table's field."""
    return {"key": Key(kind, description, user_only, workspace_kind, doubts)}


def keys(table: Table | type[Table]) -> Iterator[tuple[str, Key, Any]]:
    """Yield name, declaration and default of each key of a table."""
    for declared in fields(table):
        yield declared.name, declared.metadata["key"], declared.default


def read_table(base: T, values: object, path: str, *, trusted: bool = True) -> tuple[T, tuple[Problem, ...]]:
    """Return `base` with the usable among `values`, and a problem for each of the others; None means unset.

    Without `trusted`, keys that only the user may set are problems too.
    """
    if not isinstance(values, Mapping):
        return base, (Problem(path, "must be a table of settings"),)
    known = {name: declared for name, declared, _ in keys(base)}
    kept: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in values.items():
        place = f"{path}.{shown(name)}"
        declared = known.get(name) if isinstance(name, str) else None
        if declared is None:
            problems.append(Problem(place, f"unknown setting; known here: {', '.join(known)}"))
        elif value is None:
            continue
        elif declared.user_only and not trusted:
            problems.append(Problem(place, "ignored: only your own user settings may set this, not a workspace"))
        else:
            try:
                kind = declared.workspace_kind if declared.workspace_kind is not None and not trusted else declared.kind
                kept[name] = kind.accept(value)
                problems += [Problem(place, words) for words in declared.doubts(kept[name])] if declared.doubts else []
            except Rejected as error:
                problems.append(Problem(place, str(error)))
    return replace(base, **kept), tuple(problems)


def shown(name: object) -> str:
    """Return a key as it may be shown: one that holds more than plain characters could be a link or worse."""
    return name if isinstance(name, str) and _PLAIN_KEY.fullmatch(name) else "(unprintable key)"
