"""Running the commands on a sample, each with its witness, and what was seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copydesk.adapters.ledger import default_ledger_path, read_ledger
from copydesk.cli.verifying.editor import use
from copydesk.cli.verifying.engine import MODEL, SampleEngine

if TYPE_CHECKING:
    from pathlib import Path

    from copydesk.adapters.ledger import Entry
    from copydesk.cli.verifying.sample import Sample

_SECONDS = 180
FINE = frozenset({0, 1})
"""Statuses of commands that could run; the failing engine's are 2."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that was run: its words, its exit status, and what its witness heard, as (what, where, port)."""

    name: str
    status: int
    heard: tuple[tuple[str, str, int], ...]
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """All that was seen. `engines` are the ports of the sample's engines; an `empty` network has no way out."""

    ran: tuple[Ran, ...]
    entries: tuple[Entry, ...]
    engines: frozenset[int]
    interfaces: tuple[str, ...] = field(default=())
    empty: bool = False


def tried(sample: Sample) -> tuple[tuple[Ran, ...], tuple[Entry, ...], frozenset[int]]:
    """Run every command that reads a document, and the language server; return what was seen."""
    engine, failing = SampleEngine(sample.secret), SampleEngine(sample.secret, failing=True)
    try:
        ran = [_ran(sample, name, words) for name, words in _commands(sample, engine.url)]
        ran.append(_served(sample, engine.url, "serve (the language server)"))
        broken = ("critique", str(sample.document), *_engine(failing.url))
        ran.append(_ran(sample, "critique, the engine failing", broken, broken=True))
        ran.append(_served(sample, failing.url, "serve, the engine failing", broken=True))
        ran += [_ran(sample, " ".join(words), words) for words in _LOOKING]
    finally:
        for server in (engine, failing):
            server.shutdown()
            server.server_close()
    path = default_ledger_path()
    entries = read_ledger(path) if path is not None else ()
    return tuple(ran), entries, frozenset((engine.server_port, failing.server_port))


_LOOKING = (
    ("ledger",),
    ("dismissals", "list"),
    ("drafts", "list"),
    ("sources", "list"),
    ("cache", "stats"),
    ("model", "list"),
    ("clear",),
)


def _engine(url: str) -> tuple[str, ...]:
    return "--engine", "openai", "--model", MODEL, "--host", url


def _commands(sample: Sample, url: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    document, library, engine = str(sample.document), ("--library", str(sample.library)), _engine(url)
    return (
        # By any other name of an engine it would look for an Ollama where one listens by default.
        ("doctor", ("doctor", "--engine", "ollama", "--host", url)),
        ("critique", ("critique", document, "--unproven", "--all", *engine)),
        ("critique --instant", ("critique", document, "--instant")),
        ("research", ("research", document, *library, *engine)),
        ("draft", ("draft", document, "--heading", "The mill", "--rounds", "1", "--write", *library, *engine)),
        ("provenance", ("provenance", document)),
        ("sources check", ("sources", "check", document)),
    )


def _start(sample: Sample, words: tuple[str, ...]) -> tuple[list[str], Path]:
    report = sample.folder / f"witness.{os.urandom(8).hex()}.jsonl"
    return [sys.executable, "-I", "-B", "-m", "copydesk.cli.verifying.watched", str(report), *words], report


def _ran(sample: Sample, name: str, words: tuple[str, ...], *, broken: bool = False) -> Ran:
    command, report = _start(sample, words)
    done = subprocess.run(command, cwd=sample.project, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS)
    return Ran(name, done.returncode, _heard(report), broken)


def _served(sample: Sample, url: str, name: str, *, broken: bool = False) -> Ran:
    command, report = _start(sample, ("serve",))
    engine = {"kind": "openai", "base_url": url, "model": MODEL}
    search = {"providers": ["library"], "library": [str(sample.library)]}
    # Editors write what it says there into logs of their own, so it counts as a file.
    with (
        (sample.folder / f"{report.stem}.stderr").open("wb") as errors,
        subprocess.Popen(
            command, cwd=sample.project, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        ) as server,
    ):
        try:
            use(server, sample, {"engine": engine, "search": search, "critique": {"unproven": True}})
            status = server.wait(_SECONDS)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            server.kill()
            status = 2
    return Ran(name, status, _heard(report), broken)


def _heard(report: Path) -> tuple[tuple[str, str, int], ...]:
    lines = report.read_text("utf-8").splitlines() if report.exists() else []
    return tuple((str(what), str(where), int(port)) for what, where, port in map(json.loads, lines))
