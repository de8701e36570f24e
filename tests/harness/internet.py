"""An internet of one's own: names that resolve as a test says, and addresses that all lead to one loopback server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from copydesk.adapters.web.fetch import Fetcher
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.values import PAGE_TYPES, Response

if TYPE_CHECKING:
    import ssl

    from harness.hostile_http import HostileHttp

PUBLIC, ALSO_PUBLIC = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


@dataclass(frozen=True, slots=True)
class Visit:
    """A connection that was wanted: to which address and port, and under which name."""

    ip: str
    port: int
    host: str
    server_name: str


@dataclass(slots=True)
class Hands:
    """A clock that moves when somebody sleeps."""

    now: float = 1000.0
    naps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.naps.append(seconds)
        self.now += seconds


@dataclass(slots=True)
class Internet:
    """Names have `addresses`; a list of lists is answered one after the other. Unknown names have the usual one.

    Of the `down` addresses nothing answers. `asked` are the look-ups, `visits` the connections.
    """

    server: HostileHttp
    addresses: dict[str, list[list[str]]] = field(default_factory=dict)
    down: frozenset[str] = frozenset()
    context: ssl.SSLContext | None = None
    asked: list[str] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    hands: Hands = field(default_factory=Hands)

    async def resolve(self, host: str, port: int) -> list[str]:
        """Return a name's addresses."""
        self.asked.append(host)
        answers = self.addresses.get(host, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def fetcher(self, **options: Any) -> Fetcher:
        """Return a fetcher with the real rules, in this internet."""
        return Fetcher(
            **{
                "resolver": self.resolve,
                "transport": lambda: _Door(self),
                "clock": self.hands,
                "sleep": self.hands.sleep,
                **options,
            }
        )


class _Door(httpx.AsyncHTTPTransport):
    """Connects to the loopback server whatever the address, and keeps the names as they are."""

    def __init__(self, internet: Internet) -> None:
        super().__init__(verify=internet.context or False, trust_env=False)
        self._internet = internet

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        name = request.extensions["sni_hostname"]
        self._internet.visits.append(Visit(url.host, port, request.headers["host"], name))
        if url.host in self._internet.down:
            raise httpx.ConnectError("down", request=request)
        request.url = url.copy_with(host="127.0.0.1", port=self._internet.server.port)
        return await super().handle_async_request(request)


async def got(internet: Internet, path: str, host: str = "good.example", **options: object) -> Response:
    """Return what a path of a host answers."""
    fetcher = internet.fetcher(**options)
    return await fetcher.get(f"http://{host}{path}", purpose="test", accept=PAGE_TYPES)


async def reason(internet: Internet, path: str, host: str = "good.example", **options: object) -> Reason:
    """Return why a path of a host is not read."""
    with pytest.raises(Refused) as caught:
        await got(internet, path, host, **options)
    return caught.value.reason
