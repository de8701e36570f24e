"""What the daemon and its parsing process say to each other: frames of a small JSON head and a body of bytes.

A frame is the head's length and the body's (4 bytes each, big endian), the head, the body. The daemon sends one
`Request` with the document as the body; the process answers with a frame that says it is ready, and then with the text
(UTF-8) or a fault.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from typing import Any, Literal

LENGTHS = struct.Struct(">II")
LONGEST_HEAD = 65536
"""Bytes of a head at most."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to do with the body of a frame: within so many seconds of processor time, and bytes of memory and text."""

    kind: Literal["html", "pdf"]
    charset: str | None
    seconds: float
    memory: int
    longest: int


def frame(head: dict[str, Any] | Request, body: bytes = b"") -> bytes:
    """Return the bytes of a frame."""
    written = json.dumps(asdict(head) if isinstance(head, Request) else head).encode()
    return LENGTHS.pack(len(written), len(body)) + written + body
