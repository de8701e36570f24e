"""Tries every way out of a guarded process and prints what came of each, as one line of JSON.

Run as `python -m harness.guarded` with JSON on standard input: `ledger` is the ledger's path, `allowed` and `other` are
ports on loopback where something answers HTTP, `datagrams` a port for datagrams, `unix` the path of a listening socket.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from copydesk.adapters.egress import DestinationRefused, Egress, announcing
from copydesk.adapters.ledger import Ledger
from copydesk.adapters.recorded import RecordedTransport
from harness.ways_out import DATAGRAM_WAYS, STREAMS, asyncio_streams, connect, create_connection, netlink, unix

if TYPE_CHECKING:
    from collections.abc import Callable

GIVEN = json.loads(sys.stdin.read())
ALLOWED, OTHER, DATAGRAMS = GIVEN["allowed"], GIVEN["other"], GIVEN["datagrams"]
HERE = "127.0.0.1"
# Where nothing listens, so that a connection which is not refused here fails by itself.
NAMES = {"engine.example": ["127.0.0.5"], "page.example": [HERE], "moving.example": ["127.0.0.3", "127.0.0.4"]}
REAL = socket.getaddrinfo


def resolver(host: Any, port: Any, *more: Any, **named: Any) -> Any:
    """Stand for the resolver, as CPython calls it: the audit event first."""
    if host not in NAMES:
        return REAL(host, port, *more, **named)
    sys.audit("socket.getaddrinfo", host, port, 0, 0, 0)
    addresses = NAMES[host]
    found = addresses[0] if len(addresses) == 1 else addresses.pop(0)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]


SPELLINGS: list[Any] = [
    "127.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "0", "0.0.0.0", "", "::1", "::", "::ffff:127.0.0.1",
    "::127.0.0.1", "::ffff:7f00:1", "127.0.0.2", "127。0。0。1", "１２７.0.0.1", "localhost", "LOCALHOST", "localhost.",
    "127.0.0.1.", "127.0.0.1%lo", "::1%1", "<broadcast>", b"127.0.0.1", bytearray(b"localhost"),
]  # fmt: skip
"""Of this machine, or meant to be taken for it; all of them to the port that is not allowed."""

FOREIGN: list[Any] = [
    "evil.example", "engine.example.evil.example", "engine.example\0.evil.example", "engine.example@evil.example",
    "xengine.example", "engine-example", "engine。example。evil", "ｅｖｉｌ.example", b"engine.example\0.evil.example",
    b"evil.example", "[::1]", "*", "..", "x" * 300, "127.0.0.1 engine.example", "engine.example ",
]  # fmt: skip
"""Names that nothing allows; nobody must be asked for them."""


def outcome(attempt: Callable[[], Any]) -> str:
    """Return what came of an attempt: `done`, `refused`, or the name of another error."""
    try:
        attempt()
    except BaseException as error:
        return "refused" if is_refusal(error) else type(error).__name__
    return "done"


def is_refusal(error: BaseException | None) -> bool:
    """Tell whether a refusal is at the bottom of an error."""
    if isinstance(error, BaseExceptionGroup):
        return any(map(is_refusal, error.exceptions))
    return error is not None and (
        isinstance(error, DestinationRefused) or is_refusal(error.__cause__) or is_refusal(error.__context__)
    )


def tried(egress: Egress) -> dict[str, str]:
    """Try everything under the guard."""
    found: dict[str, str] = {}
    for way in STREAMS:
        for port, which in ((ALLOWED, "allowed"), (OTHER, "other")):
            found[f"{way.__name__} {which}"] = outcome(lambda way=way, port=port: way(HERE, port))
    for way in DATAGRAM_WAYS:
        for port, which in ((DATAGRAMS, "allowed"), (OTHER, "other")):
            found[f"{way.__name__} {which}"] = outcome(lambda way=way, port=port: way(HERE, port))
    for host in SPELLINGS:
        # CPython itself asks for the name that it is to connect to; a test may not ask a name server.
        for way in (create_connection,) if str(host).endswith((".", "%lo")) else (create_connection, connect):
            found[f"{way.__name__} as {host!r}"] = outcome(lambda way=way, host=host: way(host, OTHER))
    for host in FOREIGN:
        found[f"look-up of {host!r}"] = outcome(lambda host=host: create_connection(host, ALLOWED))
        found[f"old look-up of {host!r}"] = outcome(lambda host=host: socket.gethostbyname(host))
    for host in ("::ffff:127.0.0.1", "127。0。0。1", "127.0.0.1"):
        found[f"allowed as {host!r}"] = outcome(lambda host=host: connect(host, ALLOWED))
    found["names"] = outcome(lambda: create_connection("engine.example", ALLOWED))
    found["name in capitals"] = outcome(lambda: egress.allows("ENGINE.example.", ALLOWED) or 1 / 0)
    found["name, other port"] = outcome(lambda: create_connection("engine.example", OTHER))
    found["name whose address moves"] = outcome(lambda: create_connection("moving.example", ALLOWED))
    found["name whose address moved"] = outcome(lambda: create_connection("moving.example", ALLOWED))
    found["address of a name, other port"] = outcome(lambda: connect("127.0.0.5", OTHER))
    found["reverse look-up"] = outcome(lambda: socket.gethostbyaddr("127.0.0.9"))
    found["name of an address"] = outcome(lambda: socket.getnameinfo(("127.0.0.9", 80), 0))
    found["redirect"] = outcome(lambda: httpx.get(f"http://{HERE}:{ALLOWED}/redirect", follow_redirects=True))
    os.environ["HTTP_PROXY"] = os.environ["http_proxy"] = f"http://{HERE}:{OTHER}"
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ""
    found["proxy"] = outcome(lambda: httpx.get(f"http://{HERE}:{ALLOWED}/"))
    found["unix"] = outcome(lambda: unix(GIVEN["unix"]))
    found["another family"] = outcome(netlink)
    found["asyncio on Windows"] = outcome(proactor)
    found |= visits(egress)
    withdraw = egress.allow("localhost", OTHER, "engine")
    found["localhost by name"] = outcome(lambda: create_connection("LocalHost", OTHER))
    found["localhost by address"] = outcome(lambda: asyncio_streams(HERE, OTHER))
    withdraw()
    found["localhost no longer"] = outcome(lambda: create_connection("localhost", OTHER))
    withdraw = egress.allow("127.0.0.1", OTHER, "engine")
    egress.allow("127.0.0.1", OTHER, "search")()
    found["while a permission stands"] = outcome(lambda: connect(HERE, OTHER))
    withdraw()
    withdraw()
    found["after it was taken back"] = outcome(lambda: connect(HERE, OTHER))
    return found


def visits(egress: Egress) -> dict[str, str]:
    """Visit a page, and do more than was allowed."""
    found: dict[str, str] = {}
    found["page, no look-up"] = outcome(lambda: socket.getaddrinfo("page.example", OTHER))
    with egress.looking_up("Page.example."):
        found["page, look-up"] = outcome(lambda: socket.getaddrinfo("page.example", OTHER))
        found["page looked up only"] = outcome(lambda: connect(HERE, OTHER))
    with egress.visiting(HERE, OTHER, "page.example"):
        with egress.visiting(HERE, OTHER, "page.example"):
            pass
        found["page visited"] = outcome(lambda: connect(HERE, OTHER))
        found["page visited by name"] = outcome(lambda: create_connection("page.example", OTHER))
        found["page, other address"] = outcome(lambda: connect("127.0.0.2", OTHER))
        found["page through a transport"] = outcome(lambda: asyncio.run(fetched(egress)))
    with egress.visiting("127.0.0.2", OTHER, "localhost"):
        found["page connected to by name"] = outcome(lambda: connect("localhost", OTHER))
    found["page left"] = outcome(lambda: connect(HERE, OTHER))
    found["page left, through a transport"] = outcome(lambda: asyncio.run(fetched(egress)))
    return found


async def fetched(egress: Egress) -> None:
    """Fetch a page through a recorded transport, at its address and under its name."""
    transport = RecordedTransport(httpx.AsyncHTTPTransport(), egress, "page")
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(f"http://{HERE}:{OTHER}/secret-path?secret-query", headers={"host": "page.example"})


def proactor() -> None:
    """Connect as asyncio does on Windows: without an audit event of its own."""

    class Proactor:
        def connect(self, conn: socket.socket, address: Any) -> str:
            raise AssertionError("connected")

        def sendto(self, conn: socket.socket, buf: bytes, flags: int = 0, addr: Any = None) -> str:
            return "sent"

    with announcing(Proactor), socket.socket() as sock:
        assert Proactor().sendto(sock, b"x", addr=(HERE, ALLOWED)) == "sent"
        with suppress(DestinationRefused):
            Proactor().sendto(sock, b"x", addr=(HERE, OTHER))
            raise AssertionError("sent")
        Proactor().connect(sock, (HERE, OTHER))


def main() -> None:
    """Allow three destinations, try everything, and look whether the guard leaves things as they were."""
    socket.getaddrinfo = resolver
    egress = Egress(Ledger(Path(GIVEN["ledger"])))
    for host, port in ((HERE, ALLOWED), (HERE, DATAGRAMS), ("Engine.Example", ALLOWED), ("moving.example", ALLOWED)):
        egress.allow(host, port, "engine")
    with egress.guard():
        found = tried(egress)
    found["resolver restored"] = outcome(lambda: socket.getaddrinfo is resolver or 1 / 0)
    found["after the guard"] = outcome(lambda: connect(HERE, OTHER))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
