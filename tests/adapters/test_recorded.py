"""The recording transport: an entry for each request with what went each way, and nothing held up by it."""

from __future__ import annotations

import asyncio
import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from copydesk.adapters.egress import Egress
from copydesk.adapters.ledger import read_ledger
from copydesk.adapters.recorded import RecordedTransport, transport_to
from harness.recording import only, text
from harness.scripted_http import Exchange, ScriptedHttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.slow


@asynccontextmanager
async def client_of(egress: Egress, url: str, **options: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=transport_to(egress, url, "test"), **options) as client:
        yield client


@asynccontextmanager
async def counting_server(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve one fixed answer to each connection, and keep every byte that came."""
    received: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        received.append(head + await reader.readexactly(int(length[0]) if length else 0))
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", received


@pytest.mark.parametrize("body", [b"", b"text " * 5000], ids=["without a body", "with a body"])
async def test_bytes_are_counted_as_they_are_on_the_wire(egress: Egress, path: Path, body: bytes) -> None:
    packed = gzip.compress(b"an answer " * 1000)
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(packed), packed)
    async with counting_server(answer) as (url, received):
        async with client_of(egress, url) as client:
            found = await client.request("POST" if body else "GET", f"{url}/secret-path?secret", content=body or None)
            assert found.text == "an answer " * 1000
        entry = only(path)
        assert f"{entry.host}:{entry.port}" == url.removeprefix("http://")
        assert (entry.sent, entry.received) == (len(received[0]), len(answer))
        assert (entry.purpose, entry.outcome) == ("test", "done")
    assert "secret" not in text(path)


async def test_each_request_of_one_connection_has_its_entry(egress: Egress, path: Path) -> None:
    async with ScriptedHttp(lambda request: Exchange((b"yes",))) as server, client_of(egress, server.url) as client:
        for _ in range(3):
            await client.get(server.url)
    assert [entry.outcome for entry in read_ledger(path)] == ["done", "done", "done"]


ENDINGS: list[tuple[str, Exchange, str]] = [
    ("a complete answer", Exchange((b"yes",)), "done"),
    ("an error status", Exchange((b"no",), status=500), "done"),
    ("a connection closed in the middle", Exchange((b"ye",), ending="close"), "failed"),
    ("a connection reset in the middle", Exchange((b"ye",), ending="reset"), "failed"),
    ("a connection closed before the answer", Exchange(ending="close"), "failed"),
    ("silence", Exchange(ending="hang"), "failed"),
    ("silence in the middle", Exchange((b"ye",), ending="hang"), "failed"),
]


@pytest.mark.parametrize(("exchange", "outcome"), [row[1:] for row in ENDINGS], ids=[row[0] for row in ENDINGS])
async def test_how_it_ended(egress: Egress, path: Path, exchange: Exchange, outcome: str) -> None:
    async with ScriptedHttp(lambda request: exchange) as server:
        async with client_of(egress, server.url, timeout=0.3 if exchange.ending == "hang" else 5) as client:
            try:
                await client.get(server.url)
                assert outcome == "done"
            except httpx.TransportError:
                assert outcome == "failed"
        entry = only(path)
        assert entry.outcome == outcome
        assert entry.sent
        assert bool(entry.received) is bool(exchange.chunks)


async def test_nothing_listens(egress: Egress, path: Path, unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with client_of(egress, url) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(url)
    assert (only(path).outcome, only(path).sent, only(path).received) == ("failed", 0, 0)


async def test_an_answer_that_is_read_as_far_as_wanted_is_done(egress: Egress, path: Path) -> None:
    async with ScriptedHttp(lambda request: Exchange((b"a" * 10, b"b"), ending="hang")) as server:
        async with client_of(egress, server.url) as client, client.stream("GET", server.url) as answer:
            async for _ in answer.aiter_raw():
                break
        await server.hung_up()
    assert only(path).outcome == "done"


@pytest.mark.parametrize("chunks", [(), (b"a",)], ids=["before the answer", "in the middle"])
async def test_cancelling_closes_the_socket_however_slow_the_disk_is(
    egress: Egress, path: Path, chunks: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, append = threading.Event(), egress.ledger.append
    monkeypatch.setattr(egress.ledger, "append", lambda entry: (disk.wait(30), append(entry)))
    hanging = Exchange(chunks, ending="hang")
    async with ScriptedHttp(lambda request: hanging) as server, client_of(egress, server.url) as client:
        task = asyncio.create_task(client.get(server.url))
        await server.seen(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.hung_up()
        assert text(path) == ""
        disk.set()
    assert only(path).outcome == "cancelled"


async def test_giving_up_after_a_while_is_a_cancellation(egress: Egress, path: Path) -> None:
    hanging = Exchange((b"a",), ending="hang")
    async with ScriptedHttp(lambda request: hanging) as server, client_of(egress, server.url) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await client.get(server.url)
        await server.hung_up()
    assert only(path).outcome == "cancelled"


async def test_entries_are_not_lost_when_closing_is_cancelled(
    egress: Egress, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, append = threading.Event(), egress.ledger.append
    monkeypatch.setattr(egress.ledger, "append", lambda entry: (disk.wait(30), append(entry)))
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))  # two of the entries have to wait
    async with ScriptedHttp(lambda request: Exchange((b"yes",))) as server:
        transport = transport_to(egress, server.url, "test")
        client = httpx.AsyncClient(transport=transport)
        for _ in range(3):
            await client.get(server.url)
        closing = asyncio.create_task(client.aclose())
        for _ in range(20):
            await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        disk.set()
        await transport.aclose()
    assert len(read_ledger(path)) == 3


async def test_R33_a_redirect_to_what_is_not_allowed_is_refused(egress: Egress, path: Path) -> None:
    async with ScriptedHttp(lambda request: Exchange((b"secret",))) as other:
        away = Exchange(status=307, headers={"location": f"{other.url}/steal"})
        async with (
            ScriptedHttp(lambda request: away) as server,
            client_of(egress, server.url, follow_redirects=True) as client,
        ):
            with pytest.raises(httpx.ConnectError, match="which no setting names"):
                await client.post(server.url, content=b"the draft")
        assert other.requests == []
    done, refused = read_ledger(path)
    assert (done.outcome, refused.outcome) == ("done", "refused")
    assert f":{refused.port}" in other.url
    assert refused.sent is None


async def test_a_permission_ends_with_its_client(egress: Egress, unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with client_of(egress, url):
        assert egress.allows("127.0.0.1", unused_tcp_port)
        async with client_of(egress, url):
            pass
        assert egress.allows("127.0.0.1", unused_tcp_port)
    assert not egress.allows("127.0.0.1", unused_tcp_port)


async def test_a_page_at_a_checked_address_is_named_by_its_host(egress: Egress, path: Path) -> None:
    async with ScriptedHttp(lambda request: Exchange((b"page",))) as server:
        port = int(server.url.rpartition(":")[2])
        async with httpx.AsyncClient(transport=RecordedTransport(httpx.AsyncHTTPTransport(), egress, "page")) as client:
            with egress.visiting("127.0.0.1", port, "blog.example"):
                await client.get(f"{server.url}/post", headers={"Host": f"blog.example:{port}"})
    assert (only(path).host, only(path).port, only(path).purpose) == ("blog.example", port, "page")
