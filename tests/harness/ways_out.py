"""Ways out of a process: each connects to a port of a host, or fails."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import urllib.request
from typing import TYPE_CHECKING, Any

import anyio
import httpx

if TYPE_CHECKING:
    from collections.abc import Callable


def create_connection(host: Any, port: int) -> None:
    socket.create_connection((host, port), timeout=5).close()


def connect(host: Any, port: int) -> None:
    family = socket.AF_INET6 if isinstance(host, str) and ":" in host else socket.AF_INET
    with socket.socket(family) as sock:
        sock.settimeout(5)
        sock.connect((host, port))


def connect_ex(host: str, port: int) -> None:
    with socket.socket() as sock:
        assert sock.connect_ex((host, port)) == 0


def in_a_thread(host: str, port: int) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            create_connection(host, port)
        except OSError as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


def asyncio_streams(host: str, port: int) -> None:
    async def work() -> None:
        _, writer = await asyncio.open_connection(host, port)
        writer.close()
        await writer.wait_closed()

    asyncio.run(work())


def asyncio_sock_connect(host: str, port: int) -> None:
    async def work() -> None:
        with socket.socket() as sock:
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_connect(sock, (host, port))

    asyncio.run(work())


def anyio_tcp(host: str, port: int) -> None:
    async def work() -> None:
        await (await anyio.connect_tcp(host, port)).aclose()

    anyio.run(work)


def http_client(host: str, port: int) -> None:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    connection.request("GET", "/secret-path?secret-query")
    connection.getresponse().read()
    connection.close()


def urllib_request(host: str, port: int) -> None:
    with urllib.request.urlopen(f"http://{host}:{port}/", timeout=5) as answer:
        answer.read()


def httpx_sync(host: str, port: int) -> None:
    httpx.get(f"http://{host}:{port}/", trust_env=False)


def httpx_async(host: str, port: int) -> None:
    async def work() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(f"http://{host}:{port}/")

    asyncio.run(work())


def udp_sendto(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", (host, port))


def udp_sendmsg(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendmsg([b"x"], [], 0, (host, port))


def udp_connect(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((host, port))
        sock.sendmsg([b"x"])  # no address: it goes to where the socket is connected


def asyncio_datagrams(host: str, port: int) -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(host, port))
        transport.sendto(b"x")  # type: ignore[attr-defined]
        transport.close()

    asyncio.run(work())


def unix(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)


def netlink() -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW) as sock:
        sock.connect((0, 0))


STREAMS: list[Callable[[str, int], None]] = [
    create_connection, connect, connect_ex, in_a_thread, asyncio_streams, asyncio_sock_connect, anyio_tcp, http_client,
    urllib_request, httpx_sync, httpx_async,
]  # fmt: skip
DATAGRAM_WAYS: list[Callable[[str, int], None]] = [udp_sendto, udp_sendmsg, udp_connect, asyncio_datagrams]
