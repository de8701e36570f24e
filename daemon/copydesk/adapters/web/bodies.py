"""The body of an answer: inflated within bounds, and looked at before it is taken for text."""

from __future__ import annotations

import codecs
import zlib

from copydesk.adapters.web.reasons import Reason, Refused

MEBIBYTE = 1 << 20
SNIFFED_BYTES = 4096
"""How much of a body is looked at."""

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_NAMES = frozenset({"gzip", "x-gzip"})
_SLACK = 1 << 16
"""By how much gzip may be larger than what is in it, more than it ever honestly is."""
_MOST_MEMBERS = 100
"""How many gzip streams may follow each other; each costs time, whatever is in it."""
_FEW = 50
"""One byte in so many may be a stray control character."""
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\r\f\x1b"})
_SIGNATURES = (
    *(b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"),
    *(b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"OggS", b"ID3", b"\x00asm", b"SQLite format 3"),
)
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class Body:
    """Gathers at most `limit` bytes of an answer, counted once inflated; more is refused, or left out if `first`.

    `encoding` is the Content-Encoding as sent. Only gzip, once, is accepted: it is what was asked for. Compressed
    bytes are bounded too, since a stream can also inflate to nothing for ever.
    """

    def __init__(self, encoding: str, limit: int, *, first: bool = False) -> None:
        named = encoding.strip().lower()
        if named not in {"", "identity", *_GZIP_NAMES}:
            raise Refused(Reason.ENCODING)
        self._inflating = zlib.decompressobj(_GZIP) if named in _GZIP_NAMES else None
        self._limit = limit
        self._first = first
        self._members = 1
        self._raw = 0
        self._size = 0
        self._parts: list[bytes] = []

    @property
    def full(self) -> bool:
        """Tell whether no more bytes are wanted."""
        return self._first and (self._size >= self._limit or self._raw > self._limit + _SLACK)

    def feed(self, raw: bytes) -> None:
        """Take bytes as they came over the wire; raises `Refused` beyond the limit and for damaged gzip."""
        self._raw += len(raw)
        if self._inflating is None:
            self._take(raw)
            return
        if self._raw > self._limit + _SLACK and not self._first:
            raise Refused(Reason.LARGE, mebibytes=self._limit / MEBIBYTE)
        try:
            self._inflate(raw)
        except zlib.error as error:
            raise Refused(Reason.DAMAGED) from error

    def finished(self) -> bytes:
        """Return the whole body once the answer has ended."""
        if self._inflating is not None and self._raw and not self._inflating.eof and not self.full:
            raise Refused(Reason.DAMAGED)
        return b"".join(self._parts)

    def _inflate(self, raw: bytes) -> None:
        assert self._inflating is not None
        while raw and not self.full:
            if self._inflating.eof:  # RFC 1952, 2.2: members follow each other
                self._members += 1
                if self._members > _MOST_MEMBERS:
                    raise Refused(Reason.DAMAGED)
                self._inflating = zlib.decompressobj(_GZIP)
            # One byte more than the limit tells a body that is too large from one that fits exactly.
            self._take(self._inflating.decompress(raw, self._limit - self._size + 1))
            raw = self._inflating.unused_data if self._inflating.eof else self._inflating.unconsumed_tail

    def _take(self, decoded: bytes) -> None:
        room = self._limit - self._size
        if len(decoded) > room:
            if not self._first:
                raise Refused(Reason.LARGE, mebibytes=self._limit / MEBIBYTE)
            decoded = decoded[:room]
        self._size += len(decoded)
        if decoded:
            self._parts.append(decoded)


def is_binary(body: bytes, charset: str) -> bool:
    """Tell whether bytes labelled as text are something else, by their beginning.

    Something else begins with the signature of a file format, or is full of control characters and in neither of the
    encodings that have them (UTF-16 and UTF-32, by mark or by label).
    """
    start = body[:SNIFFED_BYTES]
    if start.startswith(_SIGNATURES):
        return True
    if start.startswith(_WIDE) or charset.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
        return False
    return (len(start) - len(start.translate(None, _CONTROLS))) * _FEW > len(start)
