"""Typed settings, merged from layers: defaults, the workspace's file, the user's file, the editor, flags.

Nothing here raises: what cannot be used is a `Problem`, and the value of the layer below stays in force.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from copydesk.core.schema import Problem, read_table, shown
from copydesk.tables import SearchSettings, Settings
from copydesk.user_folders import user_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Layer", "Origin", "SearchSettings", "Settings", "load", "merge", "read_toml_layer", "user_settings_path"]

WORKSPACE_FILE = "copydesk.toml"
LARGEST_FILE = 1 << 20
"""Bytes of a settings file that are read at most."""

_STRING = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""

_EDITOR_OWN = frozenset({"trace"})
"""Keys of the section `copydesk` that editors keep for their own client."""


class Origin(IntEnum):
    """Where a layer comes from; a higher one wins."""

    WORKSPACE = 1
    USER = 2
    EDITOR = 3
    FLAGS = 4


@dataclass(frozen=True, slots=True)
class Layer:
    """Settings from one place, as they were written: tables of keys. `label` names the place in problems."""

    origin: Origin
    values: object = field(default_factory=dict)
    label: str = ""
    problems: tuple[Problem, ...] = ()


def merge(layers: Sequence[Layer]) -> tuple[Settings, tuple[Problem, ...]]:
    """Return the settings that the layers make, by origin whatever their order, and what could not be used."""
    settings = Settings()
    problems: dict[Problem, None] = {}
    for layer in sorted(layers, key=lambda layer: layer.origin):
        settings, found = _apply(settings, layer)
        problems |= dict.fromkeys([*layer.problems, *(replace(one, source=layer.label) for one in found)])
    return settings, tuple(problems)


def load(
    root: Path | None, *, editor: object = None, flags: Mapping[str, Mapping[str, object]] | None = None
) -> tuple[Settings, tuple[Problem, ...]]:
    """Return the settings in force below `root`, reading both files; `editor` is its section `copydesk`."""
    layers = [
        Layer(Origin.EDITOR, {} if editor is None else editor, "editor settings"),
        Layer(Origin.FLAGS, flags or {}, "command line"),
    ]
    if root is not None:
        layers.append(read_toml_layer(root / WORKSPACE_FILE, Origin.WORKSPACE))
    if (user := user_settings_path()) is not None:
        layers.append(read_toml_layer(user, Origin.USER))
    return merge(layers)


def user_settings_path() -> Path | None:
    """Return where the user's own settings live, None on a system that has no such place."""
    return user_folder("config", "config.toml")


def read_toml_layer(path: Path, origin: Origin) -> Layer:
    """Return a file as a layer; no file is an empty layer, an unusable one a layer with one problem."""
    label = path.name if origin is Origin.WORKSPACE else str(path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            return _unusable(origin, label, "larger than 1 MiB; nothing of it is used")
        return Layer(origin, tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n")), label)
    except FileNotFoundError:
        return Layer(origin, label=label)
    except OSError as error:
        return _unusable(origin, label, f"cannot be read ({error.strerror or type(error).__name__})")
    except UnicodeDecodeError:
        return _unusable(origin, label, "not UTF-8 text; nothing of it is used")
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        fault = _fault(error) if isinstance(error, tomllib.TOMLDecodeError) else ""
        message = f"not valid TOML{fault}; nothing of it is used"
        return _unusable(origin, label, message, int(line[1]) if line else None)


def _fault(error: tomllib.TOMLDecodeError) -> str:
    """Return what the parser has to say, in parentheses; what it repeats of the file is left out."""
    words = re.sub(r"\s*\(at (?:line \d+, column \d+|end of document)\)$", "", str(error))
    # Python writes names as it writes strings and tuples of them; one sign in quotes is what the parser looked for.
    words = re.sub(rf"\((?:{_STRING}(?:, )?)+,?\)|(?!'.'){_STRING}", "\u2026", words)
    return f" ({words[:1].lower()}{words[1:]})"


def _unusable(origin: Origin, label: str, message: str, line: int | None = None) -> Layer:
    return Layer(origin, label=label, problems=(Problem("", message, label, line),))


def _apply(settings: Settings, layer: Layer) -> tuple[Settings, list[Problem]]:
    if not isinstance(layer.values, Mapping):
        return settings, [Problem("", "must be a table of settings")]
    names = [table.name for table in fields(Settings)]
    read: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, values in layer.values.items():
        if name in names:
            if values is None:
                continue
            base = getattr(settings, name)
            read[name], found = read_table(base, values, name, trusted=layer.origin is not Origin.WORKSPACE)
            problems += found
        elif not (layer.origin is Origin.EDITOR and name in _EDITOR_OWN):
            problems.append(Problem(shown(name), f"unknown table; known: {', '.join(names)}"))
    return replace(settings, **read), problems
