"""The guard: what the settings name is reached, and nothing else, however it is spelled and whoever connects."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters.destination import canonical, is_this_machine
from copydesk.adapters.ledger import Entry, read_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent.parent


@dataclass
class Trial:
    """What a guarded process reported, what its ledger says, and who connected where."""

    found: dict[str, str]
    entries: tuple[Entry, ...]
    allowed: int
    other: int
    arrived: Counter[int] = field(default_factory=Counter)
    ledger_text: str = ""


class Server(ThreadingHTTPServer):
    """Answers everything, and sends `/redirect` on to another port."""

    def __init__(self, arrived: Counter[int], target: int = 0) -> None:
        self.arrived = arrived
        self.target = target
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def get_request(self) -> Any:
        self.arrived[self.server_port] += 1
        return super().get_request()


class Handler(BaseHTTPRequestHandler):
    """Says hi."""

    server: Server

    def do_GET(self) -> None:
        self.send_response(302 if self.path == "/redirect" else 200)
        self.send_header("location", f"http://127.0.0.1:{self.server.target}/")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"hi")

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp("egress")
    arrived: Counter[int] = Counter()
    other = Server(arrived)
    allowed = Server(arrived, other.server_port)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other_datagrams,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        datagrams.bind(("127.0.0.1", 0))
        other_datagrams.bind(("127.0.0.1", other.server_port))
        other_datagrams.setblocking(False)
        unix.bind(str(folder / "unix"))
        unix.listen()
        given = {
            "ledger": str(folder / "ledger.jsonl"),
            "allowed": allowed.server_port,
            "other": other.server_port,
            "datagrams": datagrams.getsockname()[1],
            "unix": str(folder / "unix"),
        }
        done = subprocess.run(
            [sys.executable, "-m", "harness.guarded"], cwd=TESTS,
            input=json.dumps(given), capture_output=True, encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        with suppress(BlockingIOError):
            while other_datagrams.recv(1):
                arrived[other.server_port] += 1
    for server in (allowed, other):
        server.shutdown()
        server.server_close()
    ledger = folder / "ledger.jsonl"
    yield Trial(
        json.loads(done.stdout),
        read_ledger(ledger),
        allowed.server_port,
        other.server_port,
        arrived,
        ledger.read_text("utf-8"),
    )


WAYS = [
    "create_connection", "connect", "connect_ex", "in_a_thread", "asyncio_streams", "asyncio_sock_connect", "anyio_tcp",
    "http_client", "urllib_request", "httpx_sync", "httpx_async", "udp_sendto", "udp_sendmsg", "udp_connect",
    "asyncio_datagrams",
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_R72_an_allowed_destination_is_reached_and_another_refused(trial: Trial, way: str) -> None:
    assert (trial.found[f"{way} allowed"], trial.found[f"{way} other"]) == ("done", "refused")


def test_R72_no_spelling_of_this_machine_leads_to_another_port(trial: Trial) -> None:
    tried = {name: found for name, found in trial.found.items() if " as " in name and not name.startswith("allowed")}
    assert len(tried) == 47
    # What CPython itself cannot read never becomes a connection either.
    invalid = {name for name, found in tried.items() if found != "refused"}
    assert {trial.found[name] for name in invalid} <= {"gaierror", "OSError", "TypeError"}
    assert {name.split(" as ")[1] for name in invalid} <= {"''", "'127.0.0.1%lo'", "'::1%1'", "bytearray(b'localhost')"}


def test_R72_a_name_that_nothing_allows_is_not_looked_up(trial: Trial) -> None:
    tried = {name: found for name, found in trial.found.items() if "look-up of" in name}
    assert len(tried) == 32
    # CPython refuses some of them itself, before it would raise the event.
    invalid = {name: found for name, found in tried.items() if found != "refused"}
    assert set(invalid.values()) <= {"UnicodeError", "UnicodeEncodeError", "ValueError", "TypeError"}
    assert len(invalid) < 9


WHAT = {
    "allowed as '::ffff:127.0.0.1'": "done",
    "allowed as '127。0。0。1'": "done",
    "allowed as '127.0.0.1'": "done",
    "names": "ConnectionRefusedError",  # its address was tried, and nothing listens there
    "name in capitals": "done",
    "name, other port": "refused",
    "name whose address moves": "ConnectionRefusedError",
    "name whose address moved": "ConnectionRefusedError",
    "address of a name, other port": "refused",
    "reverse look-up": "refused",
    "name of an address": "refused",
    "redirect": "refused",
    "proxy": "refused",
    "unix": "done",
    "another family": "refused",
    "asyncio on Windows": "refused",
    "page, no look-up": "refused",
    "page, look-up": "done",
    "page looked up only": "refused",
    "page visited": "done",
    "page visited by name": "refused",
    "page connected to by name": "refused",
    "page, other address": "refused",
    "page through a transport": "done",
    "page left": "refused",
    "page left, through a transport": "refused",
    "localhost by name": "done",
    "localhost by address": "done",
    "localhost no longer": "refused",
    "while a permission stands": "done",
    "after it was taken back": "refused",
    "resolver restored": "done",
    "after the guard": "done",
}


@pytest.mark.parametrize("what", WHAT)
def test_F12_R72_the_guard_holds(trial: Trial, what: str) -> None:
    assert trial.found[what] == WHAT[what]


def test_R72_nothing_arrived_but_what_was_allowed(trial: Trial) -> None:
    # A page visited, that page through a transport, twice localhost, while a permission stood, and after the guard.
    assert trial.arrived[trial.other] == 6


def test_R72_refusals_are_in_the_ledger(trial: Trial) -> None:
    refused = [entry for entry in trial.entries if entry.outcome == "refused"]
    # One more: what asyncio on Windows was not to connect to, it was not to send to either.
    assert len(refused) == 1 + len([found for found in trial.found.values() if found == "refused"])
    assert {entry.purpose for entry in refused} == {"unknown", "look-up", "page"}
    assert {(entry.sent, entry.received) for entry in refused} == {(None, None)}
    assert ("evil.example", 0, "look-up") in {(entry.host, entry.port, entry.purpose) for entry in refused}
    assert ("127.0.0.1", trial.other, "unknown") in {(entry.host, entry.port, entry.purpose) for entry in refused}


def test_R72_connections_of_libraries_that_do_not_count_are_in_the_ledger_too(trial: Trial) -> None:
    opened = [entry for entry in trial.entries if entry.outcome == "opened" and entry.port == trial.allowed]
    # Each kind of stream, three spellings, two names (one tried twice), the redirect and asyncio on Windows.
    assert len(opened) == 11 + 3 + 3 + 1 + 1
    assert {(entry.purpose, entry.sent) for entry in opened} == {("engine", None)}
    # Through our transport the page is "done".
    others = [entry.purpose for entry in trial.entries if entry.outcome == "opened" and entry.port == trial.other]
    assert others == ["page", *["engine"] * len(others[1:])]
    assert len(others) >= 4  # localhost may have two addresses, and both be tried


def test_R72_look_ups_are_in_the_ledger(trial: Trial) -> None:
    made = [entry.host for entry in trial.entries if entry.purpose == "look-up" and entry.outcome == "opened"]
    # One name is looked up for another port as well, and one twice.
    assert made == ["engine.example", "engine.example", "moving.example", "moving.example", "page.example"]


def test_a_page_is_in_the_ledger_under_its_name_and_once(trial: Trial) -> None:
    (page,) = [entry for entry in trial.entries if entry.outcome == "done"]
    assert (page.host, page.port, page.purpose) == ("page.example", trial.other, "page")
    assert page.sent
    assert page.received


def test_R71_no_path_and_no_query_is_in_the_ledger(trial: Trial) -> None:
    assert "secret" not in trial.ledger_text
    assert "redirect" not in trial.ledger_text


def test_without_socket_pairs_event_loops_still_start(trial: Trial, tmp_path: Path) -> None:
    """Windows makes a pair of a loopback connection; so does Python where the system's own are taken away."""
    script = f"""if True:
        import _socket
        del _socket.socketpair
        import asyncio, socket
        from pathlib import Path
        from copydesk.adapters.egress import DestinationRefused, Egress
        from copydesk.adapters.ledger import Ledger
        with Egress(Ledger(Path({str(tmp_path / "ledger.jsonl")!r}))).guard():
            asyncio.run(asyncio.sleep(0))
            for pair in (socket.socketpair(), socket.socketpair(socket.AF_INET6)):
                assert pair[0].family != socket.AF_UNIX
            with socket.create_server(("127.0.0.1", 0)) as server:
                try:
                    socket.create_connection(server.getsockname())
                except DestinationRefused:
                    print("refused")
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", timeout=60)
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr


CANONICAL: list[tuple[Any, int, str]] = [
    ("127.0.0.1", 0, "127.0.0.1"),
    ("::FFFF:127.0.0.1", 0, "127.0.0.1"),
    ("0:0::1", 0, "::1"),
    ("::1", 3, "::1"),
    ("fe80::1", 2, "fe80::1%2"),
    ("fe80::1%2", 0, "fe80::1%2"),
    ("fe80::1%1", 2, "fe80::1%2"),
    ("fe80::1%lo", 0, "fe80::1%1"),
    ("fe80::1%nosuch", 0, "fe80::1%0"),
    ("Example.ORG.", 0, "example.org"),
    ("bücher.example", 0, "xn--bcher-kva.example"),
    (b"Example.org", 0, "example.org"),
    (b"b\xfccher.example", 0, ""),
    ("127.1", 0, "127.1"),
    ("127.0.0.1.", 0, "127.0.0.1."),
    ("１２７。0。0。1", 0, "127.0.0.1"),
    ("a..b", 0, ""),
    ("x" * 64, 0, ""),
    ("", 0, ""),
    (None, 0, ""),
    (7, 0, ""),
]


@pytest.mark.parametrize(("host", "scope", "expected"), CANONICAL)
def test_a_host_has_one_spelling(host: Any, scope: int, expected: str) -> None:
    assert canonical(host, scope) == expected


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("LocalHost.", True), ("127.8.9.1", True), ("::1", True), ("::ffff:127.0.0.1", True),
     ("localhost.example", False), ("0.0.0.0", False), ("192.168.0.1", False), ("127.1", False), ("", False)],
)  # fmt: skip
def test_this_machine_is_told_from_others(host: str, here: bool) -> None:
    assert is_this_machine(host) is here
