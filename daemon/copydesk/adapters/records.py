"""Records of a journal's file: a line each, with a checksum, so that a torn or damaged one is told from the others.

    CHECKSUM KIND NAME VALUE

The checksum is the first 16 hexadecimal digits of the SHA-256 of what follows it, the value is in base64. A line that
is not what its checksum says is skipped, whatever spoilt it; a damaged line end costs the line after it too.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = re.compile(rb"([0-9a-f]{16}) ((head|step|keep) ([0-9A-Za-z_-]+) ([0-9A-Za-z+/=]*))")


class Kind(StrEnum):
    """What a record holds: what the journal is about, a finished step, or the latest value under a name."""

    HEAD = "head"
    STEP = "step"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Record:
    """One record; its name is of letters, digits, `-` and `_`."""

    kind: Kind
    name: str
    value: bytes


def line_of(record: Record) -> bytes:
    """Return a record as a line with its end."""
    body = f"{record.kind} {record.name} ".encode("ascii") + base64.b64encode(record.value)
    return _checksum(body) + b" " + body + b"\n"


def records_in(content: bytes) -> Iterator[Record]:
    """Yield the records of a file's content that are whole, in order."""
    for line in content.split(b"\n"):
        record = _record(line)
        if record is not None:
            yield record


def _record(line: bytes) -> Record | None:
    match = _LINE.fullmatch(line)
    if match is None or _checksum(match[2]) != match[1]:
        return None
    try:
        return Record(
            Kind(match[3].decode("ascii")), match[4].decode("ascii"), base64.b64decode(match[5], validate=True)
        )
    except binascii.Error:
        return None


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode("ascii")
