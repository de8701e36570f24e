"""A loopback web server that misbehaves in one way for each path, within bounds of bytes and time."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from harness.hostile_answers import HTML, PATHS, Answering, Request

MOST_SECONDS = 20.0
TLS = Path(__file__).parent / "tls"
"""A certificate for good.example and the authority that signed it, valid from 2020 to 2120; of no use elsewhere."""


@dataclass(slots=True)
class HostileHttp:
    """Answers by `PATHS`, else by `pages`, else with 404. `requests` are all that came, `sent` bytes by path.

    `tls` is for good.example. `pages` are complete answers by path: a body, or a status;
    `redirects` lead from a path elsewhere.
    """

    tls: bool = False
    pages: dict[str, bytes | int] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    port: int = 0
    at_once: int = 0
    most_at_once: int = 0
    _server: asyncio.Server | None = None
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _handlers: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        context = None
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(TLS / "good.example.pem")
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for handler in self._handlers:
            handler.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)

    def count(self, path: str) -> int:
        """Return how many requests there were for a path."""
        return sum(request.path == path for request in self.requests)

    async def seen(self, path: str) -> None:
        """Wait until a path was asked for."""
        async with asyncio.timeout(MOST_SECONDS):
            while not self.count(path):
                self._came.clear()
                await self._came.wait()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        task.add_done_callback(self._handlers.discard)
        self.connections += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        # asyncio reports a handler that ends as cancelled, which is how a test's end leaves those that hang.
        with suppress(asyncio.CancelledError, OSError, EOFError, TimeoutError):
            try:
                async with asyncio.timeout(MOST_SECONDS):
                    await self._answer(await _read(reader), writer)
            finally:
                self.at_once -= 1
                writer.close()
                await writer.wait_closed()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.requests.append(request)
        self._came.set()
        answering = Answering(request, writer)
        try:
            if (page := self.pages.get(request.path)) is not None:
                status, body = (page, b"") if isinstance(page, int) else (200, page)
                kind = "text/plain" if request.path.endswith(".txt") else HTML
                await answering.whole(body, status, content_type=kind)
            elif location := self.redirects.get(request.path):
                await answering.whole(b"", 302, location=location)
            elif behaviour := PATHS.get(request.path):
                await behaviour(answering)
            else:
                await answering.whole(b"no such page", 404)
        finally:
            self.sent[request.path] = self.sent.get(request.path, 0) + answering.sent


async def _read(reader: asyncio.StreamReader) -> Request:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    _, target, _ = lines[0].split(" ", 2)
    pairs = (line.partition(":") for line in lines[1:] if line)
    return Request(target, {name.lower(): value.strip() for name, _, value in pairs})
