"""A process that stands in for the parsing one and does what the document says, so that each fault can be had at once.

Run as a program. The document's first word is what to do; see `_do`.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path

from copydesk.adapters.extraction.frames import LENGTHS, frame


def main() -> None:
    served = 0
    while lengths := sys.stdin.buffer.read(LENGTHS.size):
        head, body = LENGTHS.unpack(lengths)
        sys.stdin.buffer.read(head)
        word, _, rest = sys.stdin.buffer.read(body).decode().partition(" ")
        if word == "deaf":
            sys.stdin.buffer.read()
        _say(frame({"ready": True}))
        _do(word, rest, served)
        served += 1


def _do(word: str, rest: str, served: int) -> None:
    if word == "say":
        _say(frame({"title": str(served), "hidden": False}, rest.encode()))
    elif word == "hang":
        sys.stdin.buffer.read()
    elif word == "call":  # tells a listening port that the document is being read, and goes on when that hangs up
        port, _, rest = rest.partition(" ")
        with socket.create_connection(("127.0.0.1", int(port))) as connection:
            connection.recv(1)
        _do(*rest.partition(" ")[::2], served)
    elif word == "die":
        os._exit(int(rest))
    elif word == "kill":
        os.kill(os.getpid(), int(rest))
    elif word == "fault":
        _say(frame({"fault": rest}))
    elif word == "tired":  # fit for nothing once it has read something
        os._exit(1) if served else _say(frame({"title": "", "hidden": False}, b"fresh"))
    elif word == "bytes":
        _say(bytes.fromhex(rest))
        sys.stdin.buffer.read()
    elif word == "place":
        said = {"environment": dict(os.environ), "folder": str(Path.cwd()), "path": sys.path}
        _say(frame({"title": "", "hidden": False}, json.dumps(said).encode()))


def _say(answer: bytes) -> None:
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
