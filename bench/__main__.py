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

from bench import (
    ROOT,
    calls,
    drafting,
    evidence,
    guard,
    library,
    loads,
    peer,
    places,
    quotes,
    real_model,
    responsiveness,
    scoring,
    soak,
    starting,
    typing_speed,
    verdicts,
)
from bench.machine import machine, versions
from bench.rows import HEAD, Part, markdown_table, terminal_table
from bench.scripted_model import ScriptedModel
from copydesk.errors import CopydeskError
from harness.editor import RefusedRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

PAGE = ROOT / "docs" / "performance.md"
SCRIPTED: dict[str, Callable[[ScriptedModel, Path, Path | None], Awaitable[Part]]] = {
    "starting": starting.measure,
    "responsiveness": responsiveness.measure,
    "calls": calls.measure,
    "places": places.measure,
    "typing": typing_speed.measure,
    "library": library.measure,
    "quotes": quotes.measure,
    "guard": guard.measure,
    "loads": loads.measure,
    "evidence": evidence.measure,
}
ON_MODEL: dict[str, Callable[[Path | None], Awaitable[Part]]] = {
    "critique": real_model.measure,
    "scoring": scoring.measure,
    "drafting": drafting.measure,
    "verdicts": verdicts.measure,
}
SOAK = "soak"
"""The part that takes as long as it is told to, so it is measured only when it is named."""

RECORDED = Path(__file__).with_name("recorded.md")
"""What took too long to be measured in each run; the page ends with it."""

PART_SECONDS = 240
"""The bound of each part."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and return 0, or 1 where a part could not be measured; a missed target is a result like any other."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and write docs/performance.md.")
    parser.add_argument("--model-path", type=Path, help="a GGUF file instead of the starter model")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[*SCRIPTED, *ON_MODEL, SOAK],
        metavar="PART",
        help="print these parts, write nothing",
    )
    parser.add_argument("--minutes", type=float, default=soak.MINUTES, help="how long --only soak takes (default: 20)")
    args = parser.parse_args(arguments)
    if args.model_path is not None and not args.model_path.is_file():
        parser.error(f"there is no file {args.model_path}")
    began = time.monotonic()
    parts, program, model = asyncio.run(_measured(args.only or [*SCRIPTED, *ON_MODEL], args.model_path, args.minutes))
    seconds = time.monotonic() - began
    for part in parts:
        print(_for_terminal(part))
    rows = [row for part in parts for row in part.rows if row.met is not None]
    missed = [row.name for row in rows if not row.met] + [part.title for part in parts if part.failed]
    print(f"{len(rows) - len(missed)} of {len(rows)} targets met in {seconds:.0f} s.", *missed, sep="\n  missed: ")
    if args.only is None:
        PAGE.write_text(_page(parts, program, model, seconds), encoding="utf-8")
    return 1 if any(part.failed for part in parts) else 0


async def _measured(
    names: Sequence[str], model_path: Path | None, minutes: float
) -> tuple[list[Part], Path | None, Path | None]:
    """Return the parts, textLSP's program and the model; either may be missing."""
    program = peer.install()
    model = real_model.found(model_path)
    parts: list[Part] = []
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-", ignore_cleanup_errors=True) as scratch:
        for name in names:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            # A model that somebody names may be a large one.
            seconds = PART_SECONDS if model_path is None or name in SCRIPTED else PART_SECONDS * 20
            seconds += 60 * minutes if name == SOAK else 0
            try:
                async with asyncio.timeout(seconds):
                    own = Path(scratch) / name
                    parts.append(
                        await (soak.measure(minutes, own) if name == SOAK else _part(name, own, program, model))
                    )
            except (OSError, RuntimeError, RefusedRequest, CopydeskError) as error:
                reason = str(error) or "it took too long"
                parts.append(Part(f"Not measured: {name}", remarks=(f"{reason.rstrip('.')}.",), failed=True))
    return parts, program, model


async def _part(name: str, scratch: Path, program: Path | None, model: Path | None) -> Part:
    if name in ON_MODEL:
        return await ON_MODEL[name](model)
    async with ScriptedModel() as scripted:
        return await SCRIPTED[name](scripted, scratch, program)


def _for_terminal(part: Part) -> str:
    blocks = [part.title]
    if part.rows:
        blocks.append(terminal_table(HEAD, [row.cells for row in part.rows]))
    if part.table:
        blocks.append(terminal_table(part.head, part.table))
    return "\n".join([*blocks, *(f"  {remark}" for remark in part.remarks), ""])


def _page(parts: Sequence[Part], program: Path | None, model: Path | None, seconds: float) -> str:
    beside = (
        f"Beside textLSP {peer.VERSION}, the nearest peer that can be installed from PyPI, as a process of its own"
        if program is not None
        else "Without textLSP, which could not be installed"
    )
    blocks = [
        "# Performance",
        "`make bench` measures this page and writes it. All values are from one run on one machine, so trust the "
        "ratios before the milliseconds; what misses its target says so.",
        f"- Measured on {datetime.now(UTC):%Y-%m-%d} in {seconds:.0f} seconds\n"
        f"- {machine()}\n"
        f"- {versions()}\n"
        f"- {beside}\n"
        f"- Model: {model.stem if model else 'none; the parts that need one were not run'}",
    ]
    for part in parts:
        blocks.append(f"## {part.title}")
        if part.rows:
            blocks.append(markdown_table(HEAD, [row.cells for row in part.rows]))
        if part.table:
            blocks.append(markdown_table(part.head, part.table))
        blocks.extend(part.remarks)
    blocks.append(RECORDED.read_text(encoding="utf-8").strip())
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    sys.exit(main())
