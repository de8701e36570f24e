"""A loopback HTTP server that says exactly what a test tells it to, and sees when a client hangs up."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PATIENCE = 60.0
"""Seconds after which a wait of the harness fails the test."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer: its chunks, `delay` seconds before each, and how it ends.

    "complete" ends as HTTP wants, "close" hangs up in the middle, "reset" as a killed process does, "hang" never ends.
    A `gate` is awaited after the first chunk. With `keeps_open` the connection is promised to stay, but ends when the
    client uses it again: what llama.cpp's server does after a stream.
    """

    chunks: tuple[bytes, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Literal["complete", "close", "reset", "hang"] = "complete"
    delay: float = 0.0
    gate: asyncio.Event | None = None
    keeps_open: bool = False


class ScriptedHttp:
    """Serves what `route` returns for each request, one request per connection."""

    def __init__(self, route: Callable[[Request], Exchange]) -> None:
        self.requests: list[Request] = []
        self.running = 0
        self.most_at_once = 0
        self.disconnects = 0
        self._route = route
        self._changed = asyncio.Condition()
        self.url = ""
        self._handlers: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=1 << 24)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.die()

    async def come_back(self) -> None:
        """Serve again at the same port, after `die`."""
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", int(self.url.rpartition(":")[2]), limit=1 << 24
        )

    async def die(self) -> None:
        """Hang up on everyone, and answer no more."""
        # Whoever was just let in is served first: a server that is closed meanwhile forgets to close the connection
        # (CPython 3.11, `Server._attach`), as does a handler that is cancelled before it began.
        for listening in self._server.sockets:
            asyncio.get_running_loop().remove_reader(listening.fileno())
        for _ in range(10):
            await asyncio.sleep(0)
        self._server.close()
        for handler in self._handlers:
            handler.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)

    async def seen(self, count: int, path: str = "") -> None:
        """Wait until so many requests whose path begins so have come."""
        await self._until(lambda: len([each for each in self.requests if each.path.startswith(path)]) >= count)

    async def idle(self) -> None:
        """Wait until no request is being answered."""
        await self._until(lambda: self.running == 0)

    async def hung_up(self, count: int = 1) -> None:
        """Wait until so many clients have hung up before their answer was complete."""
        await self._until(lambda: self.disconnects >= count)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(condition)

    async def _note(self, *, running: int = 0, disconnects: int = 0, request: Request | None = None) -> None:
        async with self._changed:
            self.running += running
            self.most_at_once = max(self.most_at_once, self.running)
            self.disconnects += disconnects
            if request:
                self.requests.append(request)
            self._changed.notify_all()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._handlers.add(task)
        task.add_done_callback(self._handlers.discard)
        # asyncio reports a handler that ends as cancelled, which is how a test's end leaves those that hang.
        with suppress(asyncio.CancelledError, OSError):
            try:
                request = await _read(reader)
                if request is not None:
                    await self._note(running=1, request=request)
                    exchange = self._route(request)
                    try:
                        await self._serve(exchange, reader, writer)
                    finally:
                        await self._note(running=-1)
                    if exchange.keeps_open:
                        await reader.read(1)
            finally:
                writer.close()
                await writer.wait_closed()

    async def _serve(self, exchange: Exchange, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sending = asyncio.ensure_future(_send(exchange, writer))
        leaving = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done() or sending.exception():
                await self._note(disconnects=1)
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in fields}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = head[0].split(" ", 2)
    return Request(method, path, headers, body)


async def _send(exchange: Exchange, writer: asyncio.StreamWriter) -> None:
    lines = [f"HTTP/1.1 {exchange.status} Scripted", "transfer-encoding: chunked"]
    lines += [] if exchange.keeps_open else ["connection: close"]
    lines += [f"{name}: {value}" for name, value in exchange.headers.items()]
    if exchange.chunks or exchange.ending == "complete":
        writer.write("\r\n".join([*lines, "", ""]).encode())
    for number, chunk in enumerate(exchange.chunks):
        if number == 1 and exchange.gate:
            await exchange.gate.wait()
        if exchange.delay:
            await asyncio.sleep(exchange.delay)
        writer.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        await writer.drain()
    if exchange.ending == "hang":
        await asyncio.Event().wait()
    if exchange.ending == "complete":
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    if exchange.ending == "reset":
        writer.transport.abort()
