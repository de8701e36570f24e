"""`copydesk doctor`: what answers, what would be used and why, what to do next."""

from __future__ import annotations

import asyncio
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk import __version__
from copydesk.adapters.engines.choose import choose, embedded_engine, ollama_engine, openai_engine
from copydesk.adapters.project import find_root
from copydesk.cli.arguments import add_engine_flags, settings_of
from copydesk.cli.guarding import guarded
from copydesk.cli.log_file import log_file
from copydesk.cli.search_report import search_lines
from copydesk.cli.sizes import readable_size
from copydesk.cli.wiring import NoCache, engine_choice
from copydesk.core.visible import visible
from copydesk.errors import CopydeskError
from copydesk.ports import Locality

if TYPE_CHECKING:
    import argparse
    from collections.abc import Awaitable, Callable, Iterable

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.engines.choose import EngineChoice
    from copydesk.ports import Engine, ModelFacts, Places
    from copydesk.settings import Settings


async def diagnose(choice: EngineChoice, search: Callable[[], Places] | None = None) -> str:
    """Return a report for people; whatever fails is a line of it. `search` gives the places to look things up."""
    # Not platform.platform(), which asks the first program called `uname` on the path.
    machine = " ".join((platform.system(), platform.release(), platform.machine()))
    sections = [f"copydesk {__version__}, Python {platform.python_version()}, {machine}\n  {sys.executable}"]
    sections.append(await _section("Ollama", lambda: ollama_engine(choice)))
    if choice.kind == "openai":
        sections.append(await _section("OpenAI-compatible server", lambda: openai_engine(choice)))
    sections.append(await _section("Embedded engine", lambda: embedded_engine(choice)))
    sections.append(await _guarded("What would be used", _verdict(choice)))
    if search is not None:
        sections.append(await _guarded("Search", search_lines(search)))
    sections.append(await _guarded("Log of the language server", _log()))
    return visible("\n\n".join(sections))  # a server names its models as it likes


async def _section(title: str, build: Callable[[], Engine]) -> str:
    return await _guarded(title, _examine(build))


async def _guarded(title: str, lines: Awaitable[list[str]]) -> str:
    try:
        found = await lines
    except CopydeskError as error:
        found = [str(error), *([f"Next: {error.remedy}"] if error.remedy else [])]
    except Exception as error:  # a report must not end with a traceback
        found = [f"This could not be examined ({type(error).__name__}). Please report it."]
    return "\n".join([title, *(f"  {line}" for line in found)])


async def _examine(build: Callable[[], Engine]) -> list[str]:
    engine = build()
    try:
        facts = await engine.facts()
        where = "on this machine" if facts.locality is Locality.LOCAL else "on another machine: your text is sent there"
        if facts.kind == "embedded":
            lines = [f"xllamacpp {facts.version} is installed; it starts when first needed, {where}"]
        else:
            version = f", version {facts.version}" if facts.version else ""
            lines = [f"answers at {facts.host}{version}, {where}"]
        lines += [await _model_line(engine, model) for model in facts.models]
        return lines if facts.models else [*lines, "no models"]
    finally:
        await engine.close()


async def _model_line(engine: Engine, listed: ModelFacts) -> str:
    try:
        model = await engine.model_facts(listed.name)
    except CopydeskError as error:
        return f"{listed.name}: {error}"
    facts = [
        readable_size(model.size),
        model.parameters or "parameters unknown",
        f"context {model.context}" if model.context else "context unknown",
        f"licence {model.licence}" if model.licence else "licence unknown",
        "local" if model.locality is Locality.LOCAL else "runs elsewhere",
    ]
    return f"{model.name}: {', '.join(facts)}"


async def _verdict(choice: EngineChoice) -> list[str]:
    chosen = await choose(choice)
    try:
        return [f"{chosen.model}", chosen.reason, "Next: copydesk critique FILE"]
    finally:
        await chosen.engine.close()


async def _log() -> list[str]:
    return [str(log_file())]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser("doctor", help="say what answers, what would be used and why, and what to do next")
    add_engine_flags(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Print the report; 0 always, for a report is what was asked for."""
    root = find_root(Path.cwd() / "document")
    settings, problems = settings_of(root, args)
    with guarded() as egress:
        print(asyncio.run(report(settings, [str(problem) for problem in problems], root, egress)))
    return 0


async def report(settings: Settings, problems: Iterable[str], root: Path | None, egress: Egress) -> str:
    """Return what `run` prints: what is wrong with the settings of a project, and what they lead to."""

    def search() -> Places:
        from copydesk.cli.searching import places

        return places(settings.search, root, NoCache(), egress)  # nothing is searched for, so nothing is kept

    told = [f"settings: {visible(problem)}" for problem in problems]
    return "\n".join([*told, await diagnose(engine_choice(settings, egress), search)])
