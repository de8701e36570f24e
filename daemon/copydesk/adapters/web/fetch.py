"""The one way to the web: an address is checked, looked up, checked again, asked politely and read within bounds.

Every request goes to an IP address that was checked just before, with the host's name only in the Host header and in
the TLS handshake, so that a name which changes its address between look-up and connection leads nowhere else. No
cookies, no proxies from the environment, no connection used twice, and every redirect starts from the beginning.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from ipaddress import ip_address
from typing import TYPE_CHECKING

from copydesk.adapters.web.addresses import WEB_PORTS, is_local_name, is_public, parsed_address, redirected
from copydesk.adapters.web.pace import Pace
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.resolving import looked_up
from copydesk.adapters.web.values import Known, Limits, Question

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from ipaddress import IPv4Address, IPv6Address

    import httpx

    from copydesk.adapters.egress import Egress
    from copydesk.adapters.web.addresses import Address
    from copydesk.adapters.web.values import Response

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_ADDRESSES = 4
"""How many of a host's addresses are tried."""


class Fetcher:
    """Gets addresses, one at a time for each host. For one event loop.

    `egress` is told of every look-up and connection before it is made, and keeps the ledger of them. `allows` and
    `ports` say where pages may be. `transport` makes what one request goes through; it, `resolver`, `clock` (monotonic
    seconds) and `sleep` are for tests. What the user's settings name is fetched with `named`: from any address and
    port, but with no redirect to another origin.
    """

    def __init__(
        self,
        egress: Egress | None = None,
        *,
        limits: Limits | None = None,
        allows: Callable[[IPv4Address | IPv6Address], bool] = is_public,
        ports: Collection[int] | None = WEB_PORTS,
        resolver: Callable[[str, int], Awaitable[Sequence[str]]] = looked_up,
        transport: Callable[[], httpx.AsyncBaseTransport] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._egress = egress
        self._limits = limits or Limits()
        self._allows = allows
        self._ports = ports
        self._resolver = resolver
        self._transport = transport
        self._pace = Pace(self._limits.apart, clock, sleep)
        self._tls: ssl.SSLContext | None = None

    async def get(
        self,
        url: str,
        *,
        purpose: str,
        accept: Collection[str] = (),
        named: bool = False,
        conditional: Known | None = None,
        permit: Callable[[Address], Awaitable[None]] | None = None,
        first: int | None = None,
    ) -> Response:
        """Return what an address answers, whatever its status; raises `Refused`, which is a `PageUnusable`.

        `purpose` is for the ledger. `accept` are the media types that are read, none for any. `permit` is awaited
        with each address, those that redirects lead to included, and raises to stop. With `first`, that many bytes
        of the body are enough and the rest is left. Waiting for a host's turn does not count towards the deadline.
        """
        ports = None if named else self._ports
        address = parsed_address(url, ports=ports)
        question = Question(purpose, tuple(accept), named, conditional or Known(), first)
        if self._tls is None:  # half a second, in which an editor must be answered and no page is late
            self._tls = await asyncio.to_thread(_prepared)
        seen = {address}
        left = self._limits.seconds
        for _ in range(self._limits.redirects + 1):
            if permit is not None:
                await permit(address)
            async with self._turn(address, named=named):
                started = time.monotonic()
                response = await self._within(left, address, question)
                left -= time.monotonic() - started
            if response.status not in _REDIRECTS:
                return response
            target = redirected(address, response.headers.get("location", ""), ports=ports)
            if named and target.origin != address.origin:
                raise Refused(Reason.ELSEWHERE)
            if target in seen:
                raise Refused(Reason.CIRCLE)
            seen.add(target)
            address = target
        raise Refused(Reason.MANY_REDIRECTS, most=self._limits.redirects)

    def _turn(self, address: Address, *, named: bool) -> AbstractAsyncContextManager[None]:
        if named:
            self._pace.require_awake(address.authority)
            return nullcontext()
        return self._pace.turn(address.authority)

    async def _within(self, seconds: float, address: Address, question: Question) -> Response:
        # httpx's own timeouts are for each read, so that a byte now and then keeps a connection for ever.
        try:
            async with asyncio.timeout(seconds):
                response = await self._answer(address, question)
        except TimeoutError as error:
            raise Refused(Reason.SLOW, seconds=self._limits.seconds) from error
        self._pace.note(address.authority, response.status, response.headers)
        return response

    async def _answer(self, address: Address, question: Question) -> Response:
        from copydesk.adapters.web.exchange import exchange

        for ip in await self._checked(address, named=question.named):
            try:
                with self._visiting(address, ip, named=question.named):
                    async with self._connection(question.purpose) as transport:
                        return await exchange(transport, address, ip, question, self._limits)
            except Refused as refusal:
                if refusal.reason is not Reason.UNREACHABLE:
                    raise
        raise Refused(Reason.UNREACHABLE)

    async def _checked(self, address: Address, *, named: bool) -> list[IPv4Address | IPv6Address]:
        """Return the IP addresses to try, once every one of the host's is allowed."""
        if not named and address.ip is None and is_local_name(address.host):
            raise Refused(Reason.PRIVATE)
        ips = [address.ip] if address.ip is not None else await self._looked_up(address, named=named)
        if not ips:
            raise Refused(Reason.UNKNOWN_HOST)
        if not named and not all(self._allows(ip) for ip in ips):
            raise Refused(Reason.PRIVATE)
        return ips[:_MOST_ADDRESSES]

    async def _looked_up(self, address: Address, *, named: bool) -> list[IPv4Address | IPv6Address]:
        with self._egress.looking_up(address.host) if self._egress and not named else nullcontext():
            found = await self._resolver(address.host, address.port)
        return [ip_address(each) for each in found]

    def _visiting(
        self, address: Address, ip: IPv4Address | IPv6Address, *, named: bool
    ) -> AbstractContextManager[object]:
        # What settings name, they allow; allowing more here would let any caller name it.
        if self._egress is None or (named and not self._egress.allows(address.host, address.port)):
            return nullcontext()
        return self._egress.visiting(str(ip), address.port, address.host)

    def _connection(self, purpose: str) -> httpx.AsyncBaseTransport:
        from copydesk.adapters.web.exchange import direct_transport

        assert self._tls is not None
        inner = self._transport() if self._transport is not None else direct_transport(self._tls)
        if self._egress is None:
            return inner
        from copydesk.adapters.recorded import RecordedTransport

        return RecordedTransport(inner, self._egress, purpose)


def _prepared() -> ssl.SSLContext:
    """Import httpx, and return the context for TLS."""
    from copydesk.adapters.web.exchange import tls_context

    return tls_context()
