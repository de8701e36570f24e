"""The command line: every command in one place."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from copydesk import __version__
from copydesk.cause import command
from copydesk.cli.speaking import CANCELLED
from copydesk.core.visible import visible
from copydesk.errors import CopydeskError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    *("critique", "dismissals", "research", "draft", "drafts", "provenance", "sources"),
    *("serve", "doctor", "model", "cache", "ledger", "clear", "verify-privacy"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status; 2 where it could not run."""
    parser = argparse.ArgumentParser(
        prog="copydesk", description="An editorial desk for Markdown, on a local open model."
    )
    parser.add_argument("--version", action="version", version=f"copydesk {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    given = list(sys.argv[1:] if arguments is None else arguments)
    # One command's parser is enough to run it, and the language server must start fast.
    for name in given[:1] if given[:1] and given[0] in COMMANDS else COMMANDS:
        module = import_module(f"copydesk.cli.{name.replace('-', '_')}")
        module.add_parser(subparsers).set_defaults(run=module.run)
    args = parser.parse_args(given)
    cause = command.set(f"copydesk {args.command}")
    try:
        status = int(args.run(args))
        sys.stdout.flush()
        return status
    except CopydeskError as error:
        print(f"copydesk: {visible(error.sentence)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("copydesk: Interrupted.", file=sys.stderr)
        return CANCELLED
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has gone.
        _close_output()
        return 0
    except OSError as error:
        print(f"copydesk: this could not be written: {error.strerror}.", file=sys.stderr)
        _close_output()
        return 2
    finally:
        command.reset(cause)


def _close_output() -> None:
    """Let nothing more be written, so that Python does not complain once more while it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
