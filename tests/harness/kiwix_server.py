"""The real kiwix-serve on loopback, with the ZIM files that a test gives it.

with kiwix_server([zim]) as url:
    …
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PROGRAM = "kiwix-serve"
_PATIENCE = 60.0
"""Seconds after which a server that does not say that it runs is ended."""


@contextmanager
def kiwix_server(arguments: Sequence[str | Path]) -> Iterator[str]:
    """Start the server, give its address, and end it; `arguments` are ZIM files and further options."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise RuntimeError(f"{PROGRAM} is missing; `python tests/debian.py {PROGRAM}=kiwix-tools` gets it")
    for _ in range(5):
        port = _free_port()
        command = [program, "--address=127.0.0.1", f"--port={port}", *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            if _runs(process):
                yield f"http://127.0.0.1:{port}"
                return
        finally:
            process.kill()
            process.communicate()
    raise RuntimeError(f"{PROGRAM} does not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _runs(process: subprocess.Popen[str]) -> bool:
    """Tell whether the server says that it runs; False where it ends instead, such as for a port taken meanwhile."""
    assert process.stdout
    impatience = threading.Timer(_PATIENCE, process.kill)
    impatience.start()
    try:
        return any("server is running" in line for line in process.stdout)
    finally:
        impatience.cancel()
