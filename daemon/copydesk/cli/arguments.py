"""Flags that several commands share, and the settings layer they make."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.core.note import Severity
from copydesk.errors import DocumentError, ModelMissing
from copydesk.settings import load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from copydesk.core.schema import Problem
    from copydesk.settings import Settings

LEVELS = {severity.name.lower(): severity for severity in Severity}
"""What --fail-on takes, besides never."""


def add_engine_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that choose engine and model."""
    group = parser.add_argument_group("engine")
    group.add_argument("--engine", choices=("auto", "ollama", "openai", "embedded"), help="which engine answers")
    group.add_argument("--model", metavar="NAME", help="the model to ask, by the engine's name for it")
    group.add_argument("--host", metavar="ADDRESS", help="where Ollama or an OpenAI-compatible server answers")
    group.add_argument("--model-path", metavar="FILE", help="the embedded engine's GGUF file, or hf:OWNER/REPO")
    group.add_argument("--offline", action="store_true", help="send nothing to another machine, whatever settings say")


def add_library_flag(parser: argparse.ArgumentParser) -> None:
    """Add the flag that names folders to look things up in."""
    parser.add_argument(
        "--library",
        action="append",
        type=Path,
        metavar="DIR",
        help="a folder of Markdown, text, HTML and PDF to look things up in; may be given several times",
    )


def settings_of(
    root: Path | None, args: argparse.Namespace, more: Mapping[str, Mapping[str, object]] | None = None
) -> tuple[Settings, tuple[Problem, ...]]:
    """Return the settings in force below `root` with the flags of a command, and `more` of them, and what is wrong.

    Raises `ModelMissing` where the embedded engine is to serve a model that it has no file of.
    """
    settings, problems = load(root, flags={**flag_values(args), **(more or {})})
    if args.model and settings.engine.kind == "embedded":
        path = _model_file(args.model, args.model_path)
        settings = replace(settings, engine=replace(settings.engine, model_path=path))
    return settings, problems


def _model_file(name: str, path: str | None) -> str:
    """Return the file of a model, which is the one at `path` or one of those on this machine; raises `ModelMissing`."""
    from copydesk.adapters.engines.model_files import known_models

    for file in [Path(path)] if path else known_models():
        if file.stem.casefold() == name.casefold():
            return path or str(file)
    raise ModelMissing(
        f"The embedded engine has no model {name}.",
        "Name its file with --model-path FILE, or one that `copydesk model list` shows.",
    )


def flag_values(args: argparse.Namespace) -> dict[str, dict[str, object]]:
    """Return the flags of `add_engine_flags` and `add_library_flag` that were given as a settings layer."""
    engine: dict[str, object] = {}
    if args.engine:
        engine["kind"] = args.engine
    if args.model:
        engine["model"] = args.model
    if args.host:
        engine["base_url" if args.engine == "openai" else "host"] = args.host
    if args.model_path:
        engine["model_path"] = args.model_path
        if not (args.engine or args.model or args.host):
            engine["kind"] = "embedded"  # no other engine serves files
    if args.offline:
        engine["allow_remote"] = False
    critique: dict[str, object] = {"unproven": True} if getattr(args, "unproven", False) else {}
    search: dict[str, object] = {"offline": True} if args.offline else {}
    if getattr(args, "library", None):
        search["library"] = [str(path.absolute()) for path in args.library]
    tables = (("engine", engine), ("critique", critique), ("search", search))
    return {name: table for name, table in tables if table}


def with_library(settings: Settings, args: argparse.Namespace, say: Callable[[str], None]) -> Settings:
    """Return settings in which a folder that was named here is searched, whatever else is.

    `say` is told of places to search that cannot be asked. Raises `DocumentError` for a folder that does not exist.
    """
    from copydesk.adapters.search.choose import faults

    for path in args.library or ():
        if not path.exists():
            raise DocumentError(f"There is no folder {path}.", "Check what --library names.")
    if args.library and "library" not in settings.search.providers:
        providers = ("library", *settings.search.providers)
        settings = replace(settings, search=replace(settings.search, providers=providers))
    unusable = faults(settings.search)
    if len(unusable) < len(settings.search.providers):  # where none can be asked, that is an error, and said so
        for fault in unusable.values():
            say(fault.sentence)
    return settings
