"""`python -m bench [--model-path FILE] [--only PART …]`: measure, print, and write docs/performance.md."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench import ROOT, calls, peer, places, real_model, responsiveness, scoring, starting, typing_speed
from bench.machine import machine, versions
from bench.rows import HEAD, Part, markdown_table, terminal_table
from bench.scripted_model import ScriptedModel
from copydesk.errors import CopydeskError
from harness.editor import RefusedRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = ROOT / "docs" / "performance.md"
SCRIPTED = {
    "starting": starting,
    "responsiveness": responsiveness,
    "calls": calls,
    "places": places,
    "typing": typing_speed,
}
ON_MODEL = {"critique": real_model, "scoring": scoring}
PART_SECONDS = 240
"""The bound of each part."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and return 0, or 1 where a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and write docs/performance.md.")
    parser.add_argument("--model-path", type=Path, help="a GGUF file instead of the starter model")
    parser.add_argument(
        "--only", nargs="+", choices=[*SCRIPTED, *ON_MODEL], metavar="PART", help="print these parts, write nothing"
    )
    args = parser.parse_args(arguments)
    began = time.monotonic()
    parts, model = asyncio.run(_measured(args.only or [*SCRIPTED, *ON_MODEL], args.model_path))
    seconds = time.monotonic() - began
    for part in parts:
        print(_for_terminal(part))
    rows = [row for part in parts for row in part.rows if row.met is not None]
    missed = [row.name for row in rows if not row.met] + [part.title for part in parts if part.failed]
    print(f"{len(rows) - len(missed)} of {len(rows)} targets met in {seconds:.0f} s.", *missed, sep="\n  missed: ")
    if args.only is None:
        PAGE.write_text(_page(parts, model, seconds), encoding="utf-8")
    return 1 if missed else 0


async def _measured(names: Sequence[str], model_path: Path | None) -> tuple[list[Part], Path | None]:
    program = peer.install()
    model = real_model.found(model_path)
    parts: list[Part] = []
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-", ignore_cleanup_errors=True) as scratch:
        for name in names:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            # A model that somebody names may be a large one.
            seconds = PART_SECONDS if model_path is None or name in SCRIPTED else PART_SECONDS * 20
            try:
                async with asyncio.timeout(seconds):
                    parts.append(await _part(name, Path(scratch) / name, program, model))
            except (OSError, RuntimeError, RefusedRequest, CopydeskError) as error:
                reason = str(error) or "it took too long"
                parts.append(Part(f"Not measured: {name}", remarks=(f"{reason.rstrip('.')}.",), failed=True))
    return parts, model


async def _part(name: str, scratch: Path, program: Path | None, model: Path | None) -> Part:
    if name in ON_MODEL:
        return await ON_MODEL[name].measure(model)
    async with ScriptedModel() as scripted:
        return await SCRIPTED[name].measure(scripted, scratch, program)


def _for_terminal(part: Part) -> str:
    blocks = [part.title]
    if part.rows:
        blocks.append(terminal_table(HEAD, [row.cells for row in part.rows]))
    if part.table:
        blocks.append(terminal_table(part.head, part.table))
    return "\n".join([*blocks, *(f"  {remark}" for remark in part.remarks), ""])


def _page(parts: Sequence[Part], model: Path | None, seconds: float) -> str:
    blocks = [
        "# Performance",
        "`make bench` measures this page and writes it. All values are from one run on one machine, so trust the "
        "ratios before the milliseconds; what misses its target says so.",
        f"- Measured on {datetime.now(UTC):%Y-%m-%d} in {seconds:.0f} seconds\n"
        f"- {machine()}\n"
        f"- {versions()}\n"
        f"- Beside textLSP {peer.VERSION}, the nearest peer that can be installed from PyPI, as a process of its own\n"
        f"- Model: {model.stem if model else 'none; the parts that need one were not run'}",
    ]
    for part in parts:
        blocks.append(f"## {part.title}")
        if part.rows:
            blocks.append(markdown_table(HEAD, [row.cells for row in part.rows]))
        if part.table:
            blocks.append(markdown_table(part.head, part.table))
        blocks.extend(part.remarks)
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    sys.exit(main())
