"""`copydesk verify-privacy`: see for yourself what connects where, and where words of a document are kept."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.core.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROXY = "http://192.0.2.1:3128"
"""Of RFC 5737, so nobody's: what copydesk must not ask although the environment says so."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to a command line; the parsed arguments go to `run`."""
    parser = subparsers.add_parser(
        "verify-privacy",
        help="run every command on a sample and say what connected where and what was written",
        description="Run the commands and the language server on a sample document with a secret word in it, in a "
        "folder of their own and with an engine on this machine that only pretends to be a model; on Linux, where "
        "that is allowed, in a network that leads nowhere. A witness in each process hears of connections, look-ups "
        "and files opened for writing. Your own documents and what copydesk keeps of them are not looked at. It "
        "takes a minute at most.",
        epilog="Exit status: 0 everything is as docs/privacy.md says, 1 something is not, 2 it could not be found out.",
    )
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the trial in a process, a home and, if possible, a network of its own; print what it shows."""
    if args.inside is not None:
        return _inside(args.inside)
    from copydesk.cli.verifying.network import empty_network

    print("This takes a minute at most.", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="copydesk-verify-") as made:
        folder = Path(made).resolve()
        command = [*empty_network(), sys.executable, "-I", "-B", "-m", "copydesk", "verify-privacy"]
        return subprocess.run([*command, "--inside", str(folder)], env=_environment(folder)).returncode


def _environment(folder: Path) -> Mapping[str, str]:
    """Return an environment whose folders are all below one, with proxies that must not be asked."""
    home = folder / "home"
    environment = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        environment[f"XDG_{name}_HOME"] = str(home / name.lower())
    for name in ("APPDATA", "LOCAL_APPDATA"):
        environment[f"WIN_PD_OVERRIDE_{name}"] = str(home / name.lower())
    (folder / "tmp").mkdir()
    environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder / "tmp"))
    environment |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), _PROXY)
    return environment | {"HOME": str(home), "USERPROFILE": str(home)}


def _inside(folder: Path) -> int:
    from copydesk.adapters.user_data import kinds
    from copydesk.cli.verifying import network, traces
    from copydesk.cli.verifying.judging import judged
    from copydesk.cli.verifying.sample import made
    from copydesk.cli.verifying.trial import Trial, tried

    names = network.interfaces() if sys.platform == "linux" else ()
    empty = names == ("lo",)
    if empty:
        network.switch_loopback_on()
    sample = made(folder)
    ran, entries, engines = tried(sample)
    trial = Trial(ran, entries, engines, names, empty)
    found = sorted(traces.holding(folder, sample.secret))
    verdict = judged(trial, sample, kinds(lambda sentence: None), found, traces.files(folder))
    print("\n".join(map(visible, verdict.said)))
    for sentence in verdict.wrong:
        print(visible(f"WRONG: {sentence}"))
    if not verdict.wrong:
        print("Everything is as docs/privacy.md says.")
        return 0
    print("Something is not as docs/privacy.md says. Please report the lines above.")
    return 1
