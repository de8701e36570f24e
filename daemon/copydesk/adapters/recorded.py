"""An httpx transport that goes only where the egress allows, and writes an entry of the ledger for each request.

Bytes sent are those of the request's head and body as HTTP/1.1 spells them, counted once the connection stands; bytes
received are the answer's head and its body as it comes off the wire, compressed if it was sent so. TLS, chunk sizes and
TCP are not counted. Several requests may share one connection; each has an entry.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from copydesk.adapters.egress import DestinationRefused, counted
from copydesk.adapters.ledger import Outcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.ledger import Entry

_PORTS = {"http": 80, "https": 443}


def transport_to(egress: Egress | None, url: str, purpose: str, **options: Any) -> httpx.AsyncBaseTransport:
    """Return a transport for one server of the settings, allowed until the transport is closed.

    `options` are those of `httpx.AsyncHTTPTransport`. Without an egress nothing is recorded or refused.
    """
    inner = httpx.AsyncHTTPTransport(**options)
    if egress is None:
        return inner
    parts = urlsplit(url)
    withdraw = egress.allow(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0), purpose)
    return RecordedTransport(inner, egress, purpose, closed=withdraw)


class RecordedTransport(httpx.AsyncBaseTransport):
    """Records what goes through `inner` for `purpose`; `closed` is called when the transport is closed.

    A request to what the egress does not allow fails with `httpx.ConnectError` before anything is looked up. Entries
    are written in worker threads, and all are written when the transport has been closed. A request's outcome is
    "done" where its answer was read as far as it was wanted, "cancelled" where the task was cancelled meanwhile.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        egress: Egress,
        purpose: str,
        *,
        closed: Callable[[], None] = lambda: None,
    ) -> None:
        self._inner = inner
        self._egress = egress
        self._purpose = purpose
        self._closed = closed
        self._writing: set[asyncio.Future[None]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its entry is written when the response is closed."""
        host, port = request.url.raw_host.decode("ascii"), request.url.port or _PORTS.get(request.url.scheme, 0)
        if not self._egress.allows(host, port):
            self._refuse(request, host, port)
        exchange = _Exchange(self._egress.ledger.entry(_named_host(request) or host, port, self._purpose), self._write)
        sent = httpx.Request(
            request.method,
            request.url,
            headers=request.headers,
            stream=_Sent(request, exchange),
            extensions=request.extensions,
        )
        token = counted.set(True)
        try:
            response = await self._inner.handle_async_request(sent)
        except BaseException as error:
            exchange.end(Outcome.CANCELLED if _is_cancelled(error) else Outcome.FAILED)
            raise
        finally:
            counted.reset(token)
        exchange.received += len(response.http_version) + len(response.reason_phrase) + 7 + _size(response.headers)
        response.stream = _Received(response.stream, exchange)
        return response

    async def aclose(self) -> None:
        """Close the connections, take the permission back, and wait for the entries to be written."""
        try:
            await self._inner.aclose()
        finally:
            self._closed()
        if self._writing:
            await asyncio.wait(self._writing)  # unlike gather it leaves them be when it is cancelled

    def _refuse(self, request: httpx.Request, host: str, port: int) -> None:
        try:
            self._egress.refuse(host, port, self._purpose)
        except DestinationRefused as refusal:
            raise httpx.ConnectError(str(refusal), request=request) from refusal

    def _write(self, entry: Entry) -> None:
        """Write an entry without waiting: a slow disk must not hold up an event loop, nor a cancellation."""
        append = self._egress.ledger.append
        try:
            writing = asyncio.get_running_loop().run_in_executor(None, append, entry)
        except RuntimeError:  # the loop is ending and takes no more work
            append(entry)
        else:
            self._writing.add(writing)
            writing.add_done_callback(self._writing.discard)


class _Exchange:
    """One request and its answer while they pass; ends once, whoever tells it first how."""

    def __init__(self, entry: Entry, write: Callable[[Entry], None]) -> None:
        self.sent = 0
        self.received = 0
        self._entry = entry
        self._write: Callable[[Entry], None] | None = write

    def end(self, outcome: Outcome) -> None:
        if self._write is not None:
            write, self._write = self._write, None
            write(replace(self._entry, sent=self.sent, received=self.received, outcome=outcome))


class _Sent(httpx.AsyncByteStream):
    """The body of a request. httpx begins to read it when the head has been sent, and reads an empty one too."""

    def __init__(self, request: httpx.Request, exchange: _Exchange) -> None:
        self._request = request
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        request = self._request
        self._exchange.sent += len(request.method) + len(request.url.raw_path) + 12 + _size(request.headers)
        assert isinstance(request.stream, httpx.AsyncByteStream)
        async for chunk in request.stream:
            self._exchange.sent += len(chunk)
            yield chunk


class _Received(httpx.AsyncByteStream):
    """The body of an answer."""

    def __init__(self, inner: Any, exchange: _Exchange) -> None:
        self._inner = inner
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inner:
                self._exchange.received += len(chunk)
                yield chunk
        except (Exception, asyncio.CancelledError) as error:
            self._exchange.end(Outcome.CANCELLED if _is_cancelled(error) else Outcome.FAILED)
            raise
        self._exchange.end(Outcome.DONE)

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            self._exchange.end(Outcome.CANCELLED if _is_cancelled(None) else Outcome.DONE)


def _is_cancelled(error: BaseException | None) -> bool:
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) or (task is not None and task.cancelling() > 0)


def _named_host(request: httpx.Request) -> str | None:
    """Return the host that was asked for, also where the connection goes to its address."""
    return urlsplit(f"//{request.headers.get('host', '')}").hostname


def _size(headers: httpx.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw) + 2
