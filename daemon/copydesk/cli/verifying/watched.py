"""A command with a witness of its own: `python -m copydesk.cli.verifying.watched REPORT COMMAND…`.

REPORT gets a line of JSON for each connection, look-up, file opened for writing and process started, by an audit hook
that knows nothing of copydesk's guard. It hears what the guard refuses as well, which is heard before.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOKING_UP = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


def main() -> int:
    """Run the command and return its status."""
    descriptor = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        heard = _heard(event, arguments)
        if heard is not None:
            os.write(descriptor, json.dumps(heard).encode() + b"\n")

    sys.addaudithook(hear)
    from copydesk.cli.main import main as command

    return command(sys.argv[2:])


def _heard(event: str, arguments: tuple[Any, ...]) -> tuple[str, str, int] | None:
    if event in _CONNECTING and isinstance(arguments[1], tuple):
        return "connection", str(arguments[1][0]), int(arguments[1][1])
    if event in _LOOKING_UP and arguments[0]:
        return "look-up", str(arguments[0]), 0
    if event == "open" and isinstance(arguments[0], str | bytes) and (arguments[2] or 0) & _WRITING:
        return "file", str(Path(os.fsdecode(arguments[0])).absolute()), 0
    if event == "sqlite3.connect":
        return "file", str(Path(os.fsdecode(arguments[0])).absolute()), 0
    if event == "subprocess.Popen":
        return "process", str(arguments[0]), 0
    return None


if __name__ == "__main__":
    sys.exit(main())
