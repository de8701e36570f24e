"""Answers that a hostile web server gives, one way of misbehaving for each path, within bounds of bytes."""

from __future__ import annotations

import asyncio
import gzip
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

MEBIBYTE = 1 << 20
MOST_BYTES = 64 * MEBIBYTE
"""What one answer sends at most, whoever reads it."""
PAGE = b"<!doctype html><title>Bridges</title><p>The bridge opened in 1932.</p>"
HTML = "text/html; charset=utf-8"
_START = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n"
_CHUNKED = _START + b"transfer-encoding: chunked\r\n\r\n"
_CHUNK = b"8000\r\n" + b"a" * 0x8000 + b"\r\n"
_CAPTCHA = b"<title>Just a moment...</title><p>Verify you are human by completing the captcha.</p>"
_PACKED = gzip.compress(PAGE)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked; header names in lower case."""

    target: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """Return the path."""
        return urlsplit(self.target).path

    def value(self, name: str) -> str:
        """Return a value of the query."""
        return parse_qs(urlsplit(self.target).query).get(name, [""])[0]


@dataclass(slots=True)
class Answering:
    """One answer under way; counts what went out."""

    request: Request
    writer: asyncio.StreamWriter
    sent: int = 0

    async def send(self, data: bytes) -> None:
        """Send bytes, up to the bound."""
        if self.sent + len(data) > MOST_BYTES:
            raise ConnectionAbortedError
        self.writer.write(data)
        await self.writer.drain()
        self.sent += len(data)

    async def whole(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """Send a complete answer; an underscore in a header's name is a hyphen."""
        named = {"content_length": str(len(body)), "connection": "close", "content_type": HTML, **headers}
        lines = [f"HTTP/1.1 {status} Scripted", *(f"{name.replace('_', '-')}: {each}" for name, each in named.items())]
        await self.send("\r\n".join([*lines, "", ""]).encode("utf-8") + body)

    async def drip(self, data: bytes) -> None:
        """Send a byte at a time, for ever."""
        while True:
            for place in range(len(data)):
                await self.send(data[place : place + 1])
                await asyncio.sleep(0.01)


def bomb(mebibytes: int) -> bytes:
    """Return gzip that inflates to so many MiB of zeros, about 1 KB for each."""
    zeros = bytes(MEBIBYTE)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)  # stands alone, so it can be repeated
    checksum = 0
    for _ in range(mebibytes):
        checksum = zlib.crc32(zeros, checksum)
    end = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    trailer = struct.pack("<II", checksum, mebibytes * MEBIBYTE & 0xFFFF_FFFF)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + piece * mebibytes + end + trailer


def _body(body: bytes, kind: str = HTML, **headers: str) -> Callable[[Answering], Awaitable[None]]:
    async def answer(answering: Answering) -> None:
        await answering.whole(body, content_type=kind, **headers)

    return answer


def _status(status: int, body: bytes = b"", **headers: str) -> Callable[[Answering], Awaitable[None]]:
    async def answer(answering: Answering) -> None:
        await answering.whole(body, status, **headers)

    return answer


def _raw(
    *pieces: bytes, then: Callable[[Answering], Awaitable[None]] | None = None
) -> Callable[[Answering], Awaitable[None]]:
    async def answer(answering: Answering) -> None:
        for piece in pieces:
            await answering.send(piece)
        if then is not None:
            await then(answering)

    return answer


def _forever(piece: bytes) -> Callable[[Answering], Awaitable[None]]:
    async def answer(answering: Answering) -> None:
        while True:
            await answering.send(piece)

    return answer


async def _hang(_: Answering) -> None:
    await asyncio.Event().wait()


async def _bomb(answering: Answering) -> None:
    await answering.whole(bomb(int(answering.request.value("mebibytes"))), content_encoding="gzip")


async def _redirect(answering: Answering) -> None:
    status = int(answering.request.value("status") or 302)
    await answering.whole(b"", status, location=answering.request.value("to"))


async def _hops(answering: Answering) -> None:
    left, pause = int(answering.request.value("left")), float(answering.request.value("pause") or 0)
    await asyncio.sleep(pause)
    if left:
        await answering.whole(b"", 302, location=f"/hops?left={left - 1}&pause={pause}")
    else:
        await answering.whole(PAGE)


async def _typed(answering: Answering) -> None:
    await answering.whole(PAGE, content_type=answering.request.value("type"))


async def _validated(answering: Answering) -> None:
    """Answer 304 to a client that has the page, by either validator."""
    headers = {"etag": '"one"', "last_modified": "Mon, 02 Nov 2026 10:00:00 GMT"}
    asked = answering.request.headers
    if asked.get("if-none-match") == '"one"' or asked.get("if-modified-since") == headers["last_modified"]:
        await answering.whole(b"", 304, **headers)
    else:
        await answering.whole(PAGE, **headers)


async def _rests(answering: Answering) -> None:
    given = {name: value for name in ("retry_after", "date") if (value := answering.request.value(name))}
    await answering.whole(b"", int(answering.request.value("status")), **given)


PATHS: dict[str, Callable[[Answering], Awaitable[None]]] = {
    "/page": _body(PAGE),
    "/other": _body(PAGE.replace(b"1932", b"1933")),
    # compressed
    "/gzip": _body(_PACKED, content_encoding="gzip"),
    "/gzip-members": _body(gzip.compress(PAGE[:30]) + gzip.compress(PAGE[30:]), content_encoding="x-gzip"),
    "/bomb": _bomb,
    "/double-gzip": _body(gzip.compress(_PACKED), content_encoding="gzip, gzip"),
    "/double-gzip-once-said": _body(gzip.compress(bomb(64)), content_encoding="gzip"),
    "/brotli": _body(b"\x8b\x01\x80x\x03", content_encoding="br"),
    "/zstd": _body(b"\x28\xb5\x2f\xfd\x00\x58\x01\x00\x00x", content_encoding="zstd"),
    "/deflate": _body(zlib.compress(PAGE), content_encoding="deflate"),
    "/not-gzip": _body(PAGE, content_encoding="gzip"),
    "/cut-gzip": _body(_PACKED[:-9], content_encoding="gzip"),
    "/empty-members": _raw(_START + b"content-encoding: gzip\r\n\r\n", then=_forever(gzip.compress(b"") * 1000)),
    "/empty-blocks": _raw(
        _START + b"content-encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff",
        then=_forever(b"\0\0\0\xff\xff" * 1000),
    ),
    # slow and endless
    "/stall": _hang,
    "/stall-in-body": _raw(_START + b"content-length: 100\r\n\r\n<p>", then=_hang),
    "/drip-body": _raw(_CHUNKED, then=lambda answering: answering.drip(b"1\r\na\r\n")),
    "/drip-header": _raw(_START, then=lambda answering: answering.drip(b"x-a: b\r\n")),
    "/continue": _raw(b"HTTP/1.1 100 Continue\r\n\r\n", then=_hang),
    "/continues": _forever(b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "/endless": _raw(_CHUNKED, then=_forever(_CHUNK)),
    "/endless-unframed": _raw(_START + b"\r\n", then=_forever(b"a" * 0x8000)),
    # broken
    "/says-more": _raw(_START + b"content-length: 1000\r\n\r\n" + PAGE),
    "/says-less": _raw(_START + b"content-length: 20\r\n\r\n" + PAGE),
    "/says-huge": _raw(_START + b"content-length: 99999999999\r\n\r\n" + PAGE),
    "/says-twice": _raw(_START + b"content-length: 5\r\ncontent-length: 70\r\n\r\n" + PAGE),
    "/bad-chunk": _raw(_CHUNKED + b"zz\r\n<p>"),
    "/big-header": _raw(_START + b"x-big: ", *([b"a" * 0x8000] * 64), b"\r\n\r\n" + PAGE),
    "/many-headers": _raw(_START, *([b"x-many: header\r\n" * 2000] * 64), b"\r\n" + PAGE),
    "/endless-header": _raw(_START + b"x-big: ", then=_forever(b"a" * 0x8000)),
    "/garbage": _raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"),
    "/hang-up": _raw(),
    # redirects
    "/redirect": _redirect,
    "/loop": _status(302, location="/loop-back"),
    "/loop-back": _status(302, location="/loop"),
    "/hops": _hops,
    "/redirect-nowhere": _status(302),
    # kinds of content
    "/type": _typed,
    "/no-type": _raw(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + PAGE),
    "/pdf": _body(b"%PDF-1.4 scripted", "application/pdf"),
    "/endless-pdf": _raw(_CHUNKED.replace(b"text/html", b"application/pdf"), then=_forever(_CHUNK)),
    "/pdf-as-html": _body(b"%PDF-1.4 scripted"),
    "/picture-as-html": _body(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8),
    "/noise-as-html": _body(bytes(range(256)) * 32),
    "/unsaid-gzip": _body(_PACKED),
    "/nul": _body(PAGE.replace(b"bridge", b"bri\0dge")),
    "/utf-16": _body(PAGE.decode().encode("utf-16"), "text/html"),
    "/utf-16-said": _body(PAGE.decode().encode("utf-16-le"), "text/html; charset=utf-16le"),
    "/gb18030": _body("<p>这座桥建于1932年。</p>".encode("gb18030"), "text/html; charset=gb18030"),
    "/lying": _body("<p>Das Café öffnet.</p>".encode("latin-1"), "text/html; charset=utf-8"),
    "/no-charset": _body(PAGE, "text/html; charset=rot13"),
    "/text": _body(b"The caf\xe9 \x1b[31mopened\xe2\x80\xae in 1932.\n", "text/plain; charset=utf-8"),
    "/text-hiding": _body("Opened\U000e0069\U000e0067\U000e006e in 1932.".encode(), "text/plain; charset=utf-8"),
    "/markdown": _body(b"# Bridges\n\nThe bridge opened in *1932*.\n", "text/markdown"),
    "/empty": _body(b" \n", "text/plain"),
    "/json": _body(b'{"opened": 1932}', "application/json"),
    # states
    "/validated": _validated,
    "/odd-etag": _body(PAGE, etag='"\u2026"'),
    "/unasked-304": _status(304),
    "/rests": _rests,
    "/error": _status(500, b"<p>traceback"),
    "/gone": _status(410),
    "/captcha": _status(403, _CAPTCHA),
    "/challenge": _status(403, _CAPTCHA, cf_mitigated="challenge"),
    "/cookie": _status(302, location="/page", set_cookie="a=b"),
}
