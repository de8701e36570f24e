"""What commands take: the types of their arguments, and the check of what a client gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from copydesk.core.aims import Aim
from copydesk.core.suppress import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping


_LARGEST = 2**31 - 1
"""The largest `uinteger` of the protocol."""


class Type(StrEnum):
    """Types of arguments, as the reference page calls them."""

    STRING = "string"
    TOKEN = "integer or string"
    RANGE = "range"
    POSITION = "position"
    NUMBER = "non-negative integer"
    SWITCH = "boolean"
    NUMBERS = "list of non-negative integers"
    STRINGS = "list of strings"
    AIM = "one of " + ", ".join(f'"{aim}"' for aim in Aim)
    SCOPE = "one of " + ", ".join(f'"{scope}"' for scope in Scope)


@dataclass(frozen=True, slots=True)
class Argument:
    """One member of a command's argument object."""

    name: str
    type: Type
    description: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Command:
    """One command of `workspace/executeCommand`."""

    id: str
    description: str
    result: str
    arguments: tuple[Argument, ...] = field(default=())


class InvalidArguments(ValueError):
    """The arguments of a command do not fit; the message names the argument, never its value."""


def parsed(command: Command, arguments: Any) -> Mapping[str, Any]:
    """Return a command's checked arguments; raises `InvalidArguments`.

    A client sends a list with one object; no list will do where nothing is required.
    """
    if arguments is None or (isinstance(arguments, list | tuple) and not arguments):
        arguments = [{}]
    if not isinstance(arguments, list | tuple) or len(arguments) != 1 or not isinstance(arguments[0], dict):
        raise InvalidArguments(f"{command.id} takes one object as its only argument.")
    given: dict[str, Any] = {key: value for key, value in arguments[0].items() if value is not None}
    expected = {argument.name: argument for argument in command.arguments}
    for name in given:
        if name not in expected:
            known = ", ".join(expected) or "none"
            raise InvalidArguments(f"{command.id} does not know the argument {name[:40]!r}; it knows: {known}.")
    for name, argument in expected.items():
        if name not in given:
            if argument.required:
                raise InvalidArguments(f"{command.id} needs the argument {name!r}.")
        elif not _fits(given[name], argument.type):
            raise InvalidArguments(f"{command.id}: the argument {name!r} has to be {_article(argument.type)}.")
    return given


def _fits(value: object, kind: Type) -> bool:
    match kind:
        case Type.STRING:
            return isinstance(value, str)
        case Type.TOKEN:
            return isinstance(value, int | str) and not isinstance(value, bool)
        case Type.SCOPE:
            return isinstance(value, str) and value in frozenset(Scope)
        case Type.AIM:
            return isinstance(value, str) and value in frozenset(Aim)
        case Type.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
        case Type.SWITCH:
            return isinstance(value, bool)
        case Type.NUMBERS:
            return isinstance(value, list | tuple) and all(_fits(one, Type.NUMBER) for one in value)
        case Type.STRINGS:
            return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
        case Type.POSITION:
            return _position(value)
        case Type.RANGE:
            return isinstance(value, dict) and all(_position(value.get(end)) for end in ("start", "end"))


def _position(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(number := value.get(name), int) and not isinstance(number, bool) and 0 <= number <= _LARGEST
        for name in ("line", "character")
    )


def _article(kind: Type) -> str:
    return kind if kind in (Type.SCOPE, Type.AIM) else f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
