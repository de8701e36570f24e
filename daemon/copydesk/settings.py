"""Typed settings, merged from layers: defaults, the workspace's file, the user's file, the editor, flags.

Nothing here raises: what cannot be used is a `Problem`, and the value of the layer below stays in force.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from copydesk.core.brief import Brief
from copydesk.core.schema import Choice, ListOf, Problem, Switch, Whole, Words, key, read_table, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKSPACE_FILE = "copydesk.toml"
LARGEST_FILE = 1 << 20
"""Bytes of a settings file that are read at most."""

_ADDRESS = Words(pattern=r"\S*", form="an address")
_MODEL = Words(longest=200, pattern=r"\S*", form="a model's name")
_FOLDER = Words(pattern=r"\S(?:.*\S)?", form="a folder")
_FOLDER_INSIDE = Words(
    pattern=r"(?![/\\~]|[A-Za-z]:)(?!(?:.*[/\\])?\.\.(?:[/\\]|$))\S(?:.*\S)?", form="a folder inside the project"
)
_EDITOR_OWN = frozenset({"trace"})
"""Keys of the section `copydesk` that editors keep for their own client."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Which model server answers. `context` in tokens."""

    kind: Literal["auto", "ollama", "openai", "embedded"] = field(
        default="auto",
        metadata=key(
            Choice(("auto", "ollama", "openai", "embedded")),
            "Which engine answers. `auto` is Ollama if it answers, else the embedded engine if it is installed.",
            user_only=True,
        ),
    )
    host: str = field(default="http://127.0.0.1:11434", metadata=key(_ADDRESS, "Where Ollama answers.", user_only=True))
    base_url: str = field(
        default="",
        metadata=key(
            _ADDRESS, "Address of an OpenAI-compatible server, such as http://127.0.0.1:8080/v1.", user_only=True
        ),
    )
    api_key_env: str = field(
        default="",
        metadata=key(
            Words(longest=100, pattern=r"(?:[A-Za-z_][A-Za-z0-9_]*)?", form="the name of an environment variable"),
            "Name of the environment variable that holds the OpenAI-compatible server's key; never the key itself.",
            user_only=True,
        ),
    )
    model: str = field(
        default="",
        metadata=key(
            _MODEL,
            "The model to ask. Empty: the newest Llama 3 that the server has, else what it has. "
            "With Ollama, `llama3.1:8b` is a good choice.",
        ),
    )
    model_path: str = field(
        default="",
        metadata=key(
            Words(),
            "The embedded engine's model: path of a GGUF file, or `hf:` and a Hugging Face reference. "
            "Empty: the starter model.",
            user_only=True,
        ),
    )
    context: int = field(
        default=8192,
        metadata=key(Whole(512, 1 << 20), "How many tokens of context to ask the engine for.", user_only=True),
    )
    allow_remote: bool = field(
        default=False,
        metadata=key(
            Switch(), "Whether your text may be sent to another machine, cloud models included.", user_only=True
        ),
    )
    concurrency: int = field(
        default=1, metadata=key(Whole(1, 64), "How many requests the engine is sent at the same time.", user_only=True)
    )


@dataclass(frozen=True, slots=True)
class RolesSettings:
    """Models for single roles; empty means the engine's model."""

    critic: str = field(default="", metadata=key(_MODEL, "The model that critiques. Empty: the engine's model."))
    rewriter: str = field(default="", metadata=key(_MODEL, "The model that rewrites. Empty: the engine's model."))
    planner: str = field(
        default="", metadata=key(_MODEL, "The model that plans what to search for. Empty: the engine's model.")
    )
    verifier: str = field(
        default="",
        metadata=key(_MODEL, "The model that judges claims against passages. Empty: the engine's model."),
    )


@dataclass(frozen=True, slots=True)
class CritiqueSettings:
    """What is looked for, and how much of it is shown."""

    disable: tuple[str, ...] = field(
        default=(),
        metadata=key(
            ListOf(Words(pattern=r"CD[0-9]{3}", form="a code such as CD403")), "Codes that are never reported."
        ),
    )
    max_per_1000_words: int = field(
        default=8, metadata=key(Whole(1, 1000), "How many notes are shown per 1,000 words, most severe first.")
    )
    model: bool = field(
        default=True, metadata=key(Switch(), "Whether the model is asked. Without it, instant checks alone report.")
    )
    unproven: bool = field(
        default=False,
        metadata=key(
            Switch(),
            "Whether to show, as hints, what a model says on questions that it could not answer in its self-test.",
        ),
    )
    code_lens: bool = field(
        default=True, metadata=key(Switch(), "Whether headings carry a line that starts a critique of their section.")
    )


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """Where claims are looked up. Only the user may switch on what sends a query anywhere."""

    providers: tuple[str, ...] = field(
        default=("library",),
        metadata=key(
            ListOf(Words(longest=40), most=10),
            "Where to look, in this order: `library`, `kiwix`, `searxng`, `wikipedia`, `ddg`. All but the library "
            "send your queries to the address that they name.",
            user_only=True,
        ),
    )
    library: tuple[str, ...] = field(
        default=(),
        metadata=key(
            ListOf(_FOLDER, most=50),
            "Folders of Markdown, text, HTML and PDF to look things up in. Relative ones are below the project's "
            "folder, which a project's own file cannot leave.",
            workspace_kind=ListOf(_FOLDER_INSIDE, most=50),
        ),
    )
    kiwix: str = field(
        default="http://127.0.0.1:8080",
        metadata=key(_ADDRESS, "Where kiwix-serve answers with an offline Wikipedia.", user_only=True),
    )
    searxng: str = field(
        default="", metadata=key(_ADDRESS, "Address of a SearXNG server with its JSON format on.", user_only=True)
    )
    wikipedia: str = field(
        default="https://en.wikipedia.org",
        metadata=key(_ADDRESS, "The Wikipedia, or other MediaWiki, to ask.", user_only=True),
    )
    offline: bool = field(
        default=False,
        metadata=key(
            Switch(),
            "Open no connection but the engine's: only the library and what is kept on disk are searched.",
            user_only=True,
        ),
    )


@dataclass(frozen=True, slots=True)
class CitationSettings:
    """How citations are written."""

    style: Literal["footnote", "link"] = field(
        default="footnote",
        metadata=key(
            Choice(("footnote", "link")), "A footnote with the quote and its source, or a link in the sentence."
        ),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, one table each."""

    engine: EngineSettings = field(default_factory=EngineSettings)
    roles: RolesSettings = field(default_factory=RolesSettings)
    critique: CritiqueSettings = field(default_factory=CritiqueSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    citations: CitationSettings = field(default_factory=CitationSettings)
    brief: Brief = field(default_factory=Brief)


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
    import platformdirs

    path = Path(platformdirs.user_config_dir("copydesk", appauthor=False)) / "config.toml"
    # Without a home this is relative, and a workspace must not pass for the user.
    return path if path.is_absolute() else None


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
        # The parser's own words may repeat what is in the file.
        line = re.search(r"at line (\d+)", str(error))
        return _unusable(origin, label, "not valid TOML; nothing of it is used", int(line[1]) if line else None)


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
