"""Where this process may connect to: what the settings name, pages that were checked, and nothing else.

The guard is an audit hook (PEP 578). CPython raises an event before each `connect`, `connect_ex`, `sendto`, `sendmsg`
and look-up of a name, in threads and on event loops alike; the hook refuses by raising. What it cannot see:

- native code with sockets of its own: the client that the package `ddgs` brings, llama.cpp, libcurl, `ctypes`;
- child processes: the embedded engine (loopback only, no model downloads), pip, workers that read pages;
- the look-up in `socket.connect((name, port))` itself, which CPython does before the event; the connection is refused
  all the same. Libraries look a name up first and connect to an address.
- asyncio on Windows, which connects without an event; the guard therefore raises it there in CPython's place.

It is a guard against mistakes, redirects and libraries that do more than they say. It is no sandbox: code in this
process that means to get around it can.
"""

from __future__ import annotations

import errno
import socket
import sys
import threading
from collections import Counter
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from copydesk.adapters.destination import address as ip_address
from copydesk.adapters.destination import canonical, is_this_machine
from copydesk.adapters.ledger import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from copydesk.adapters.ledger import Ledger

counted: ContextVar[bool] = ContextVar("counted", default=False)
"""Set while a transport connects that writes an entry of its own."""

LOOK_UP = "look-up"
PAGE = "page"
UNKNOWN = "unknown"

_REMEMBERED = 64
"""Addresses of one name that are remembered; names of large sites have another set every minute."""
_LOCALHOST = {"localhost": ("127.0.0.1", "::1")}
_NETWORKS = frozenset({socket.AF_INET, socket.AF_INET6})
_NO_NETWORK = getattr(socket, "AF_UNIX", None)
# Where a system has no socket pairs, as Windows, Python makes one of two ends of a loopback connection.
_PAIR_MAKERS = frozenset(
    maker.__code__ for name in ("socketpair", "_fallback_socketpair") if (maker := getattr(socket, name, None))
)

K = TypeVar("K")
Place = tuple[str, int]
"""A host as `canonical` spells it, and a port."""


class DestinationRefused(PermissionError):
    """A connection or look-up that no setting allows; it was not made."""


class Egress:
    """The destinations that are allowed at the moment, and the ledger that entries go to. Safe in threads."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        # What the hook goes through is replaced and never changed, so that it needs no lock.
        self._allowed: dict[Place, tuple[str, ...]] = {}
        self._addresses: dict[str, tuple[str, ...]] = dict(_LOCALHOST)
        self._visited: Counter[Place] = Counter()
        self._visited_names: Counter[Place] = Counter()
        self._looked_up: Counter[str] = Counter()
        self._changing = threading.Lock()
        self._guarding = False
        self._checks: dict[str, Callable[..., None]] = {
            "socket.connect": self._check_connection,
            "socket.sendto": self._check_connection,
            "socket.sendmsg": self._check_connection,
            "socket.getaddrinfo": self._check_look_up,
            "socket.gethostbyname": self._check_look_up,
            "socket.gethostbyaddr": self._check_reverse,
            "socket.getnameinfo": self._check_reverse,
        }

    def allow(self, host: str, port: int, purpose: str) -> Callable[[], None]:
        """Allow a destination of the settings, a name or an address; return what takes the permission back, once."""
        place = (canonical(host), port)
        with self._changing:
            self._allowed = {**self._allowed, place: (*self._allowed.get(place, ()), purpose)}
        given = [purpose]

        def withdraw() -> None:
            with self._changing:
                if given:
                    left = list(self._allowed[place])
                    left.remove(given.pop())
                    others = {known: purposes for known, purposes in self._allowed.items() if known != place}
                    self._allowed = {**others, place: tuple(left)} if left else others

        return withdraw

    def allows(self, host: str, port: int) -> bool:
        """Tell whether a host may be connected to, also under the name of a page that is being visited."""
        place = (canonical(host), port)
        return place in self._visited_names or self._purpose(place) is not None

    @contextmanager
    def visiting(self, address: str, port: int, host: str) -> Iterator[None]:
        """Allow connections to one address that was checked, of a page at `host`, for the length of the block.

        The name is allowed to transports that ask, never to the hook: it could lead to another address.
        """
        name = (canonical(host), port)
        with self._counting(self._visited, (canonical(address), port)), self._counting(self._visited_names, name):
            yield

    @contextmanager
    def looking_up(self, host: str) -> Iterator[None]:
        """Allow look-ups of a name, and no connection to what they find, for the length of the block."""
        with self._counting(self._looked_up, canonical(host)):
            yield

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Refuse whatever is not allowed, in the whole process, for the length of the block: a command's life.

        An audit hook cannot be taken away; it is left behind, idle.
        """
        sys.addaudithook(self._hear)
        with ExitStack() as replaced:
            replaced.enter_context(_replaced(socket, "getaddrinfo", self._learning))
            if sys.platform == "win32":
                replaced.enter_context(announcing(import_module("asyncio.windows_events").IocpProactor))
            self._guarding = True
            try:
                yield
            finally:
                self._guarding = False

    def refuse(self, host: str, port: int, purpose: str) -> NoReturn:
        """Note a refusal and raise `DestinationRefused`."""
        self.ledger.append(replace(self.ledger.entry(host, port, purpose), outcome=Outcome.REFUSED))
        what = f"does not look up {host}" if purpose == LOOK_UP else f"does not connect to {host} port {port}"
        raise DestinationRefused(errno.EACCES, f"copydesk {what}, which no setting names")

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        check = self._checks.get(event)  # of a hundred events one is about a socket
        if check is not None and self._guarding:
            check(*arguments)

    def _check_connection(self, sock: socket.socket, address: Any = None, *_: object) -> None:
        if address is None or sock.family == _NO_NETWORK:  # a message on a connected socket has no address
            return
        if sock.family not in _NETWORKS or not isinstance(address, tuple) or len(address) < 2:
            self.refuse(str(address), 0, UNKNOWN)
        host, port = address[:2]
        place = (canonical(host, address[3] if len(address) > 3 else 0), port)
        purpose = self._purpose(place)
        if purpose is None:
            if not (is_this_machine(place[0]) and sys._getframe(2).f_code in _PAIR_MAKERS):
                self.refuse(str(host), port, UNKNOWN)
        elif not counted.get():
            self.ledger.append(self.ledger.entry(str(host), port, purpose))

    def _check_look_up(self, host: Any, *_: object) -> None:
        name = canonical(host) if host else ""
        if not host or ip_address(name) is not None:  # nothing is asked of anyone
            return
        if name not in self._looked_up and not self._names(name):
            self.refuse(str(host), 0, LOOK_UP)
        if name not in _LOCALHOST:
            self.ledger.append(self.ledger.entry(name, 0, LOOK_UP))

    def _check_reverse(self, address: Any, *_: object) -> None:
        host = address[0] if isinstance(address, tuple) else address
        if not self._names(canonical(host)):
            self.refuse(str(host), 0, LOOK_UP)

    def _names(self, host: str) -> bool:
        return any(host == name for name, _ in self._allowed)

    def _purpose(self, place: Place) -> str | None:
        if place in self._allowed:
            return self._allowed[place][0]
        if place in self._visited:
            return PAGE
        host, port = place
        for (name, its_port), purposes in self._allowed.items():
            if port == its_port and host in self._addresses.get(name, ()):
                return purposes[0]
        return None

    @contextmanager
    def _counting(self, counter: Counter[K], key: K) -> Iterator[None]:
        with self._changing:
            counter[key] += 1
        try:
            yield
        finally:
            with self._changing:
                counter[key] -= 1
                if not counter[key]:
                    del counter[key]

    def _learning(self, resolve: Callable[..., Any]) -> Callable[..., Any]:
        """Return `socket.getaddrinfo` that remembers what it found for an allowed name: the next connection's address.

        Asking the resolver once more in the hook would block an event loop, and might be told other addresses.
        """

        def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
            found = resolve(host, *arguments, **named)
            name = canonical(host) if host else ""
            if self._names(name):
                addresses = [canonical(place[0], place[3] if len(place) > 3 else 0) for *_, place in found]
                with self._changing:
                    known = dict.fromkeys((*addresses, *self._addresses.get(name, ())))
                    self._addresses = {**self._addresses, name: tuple(known)[:_REMEMBERED]}
            return found

        return getaddrinfo


@contextmanager
def announcing(proactor: type[Any]) -> Iterator[None]:
    """Let Windows' asyncio raise the audit events that its own connect and sendto do not, for the length of the block.

    They call ConnectEx, WSAConnect and WSASendTo in `_overlapped`, which has no audit events (CPython 3.11 to 3.14).
    """

    def connecting(connect: Callable[..., Any]) -> Callable[..., Any]:
        def announced(self: Any, conn: Any, address: Any) -> Any:
            sys.audit("socket.connect", conn, address)
            return connect(self, conn, address)

        return announced

    def sending(sendto: Callable[..., Any]) -> Callable[..., Any]:
        def announced(self: Any, conn: Any, buffer: Any, flags: int = 0, addr: Any = None) -> Any:
            sys.audit("socket.sendto", conn, addr)
            return sendto(self, conn, buffer, flags, addr)

        return announced

    with _replaced(proactor, "connect", connecting), _replaced(proactor, "sendto", sending):
        yield


@contextmanager
def _replaced(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, make(original))
    try:
        yield
    finally:
        setattr(owner, name, original)
