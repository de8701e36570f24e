"""What the fetcher may reach by the settings, and that the guard is told before each look-up and connection."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.egress import Egress
from copydesk.adapters.ledger import Ledger, read_ledger
from copydesk.adapters.web.fetch import Fetcher
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.values import PAGE_TYPES
from harness.hostile_http import HostileHttp
from harness.internet import PUBLIC, Internet, Visit, reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow


async def test_what_settings_name_may_be_private_and_on_any_port(internet: Internet) -> None:
    internet.addresses["searx.lan"] = [["192.168.1.5"]]
    fetcher = internet.fetcher()
    for url in ("http://searx.lan:8888/json", "http://127.0.0.1:8080/json", "http://localhost/json", "http://nas/json"):
        answer = await fetcher.get(url, purpose="test", accept=("application/json",), named=True)
        assert answer.body == b'{"opened": 1932}'
    assert internet.hands.naps == []
    assert internet.visits[0] == Visit("192.168.1.5", 8888, "searx.lan:8888", "searx.lan")


@pytest.mark.parametrize(
    "target",
    ["http://other.example/page", "http://good.example/page", "https://good.example:8080/", "//127.0.0.1/page"],
)
async def test_what_settings_name_may_not_lead_elsewhere(internet: Internet, target: str) -> None:
    fetcher = internet.fetcher()
    url = "http://good.example:8080/redirect?to="
    assert (await fetcher.get(f"{url}/page", purpose="test", named=True)).status == 200
    with pytest.raises(Refused) as caught:
        await fetcher.get(f"{url}{target}", purpose="test", named=True)
    assert caught.value.reason is Reason.ELSEWHERE
    assert len(internet.visits) == 3


async def test_what_a_named_server_says_of_an_error_is_read(internet: Internet) -> None:
    fetcher = internet.fetcher()
    for named, body in ((True, b"<p>traceback"), (False, b"")):
        answer = await fetcher.get("http://one.example/error", purpose="test", accept=PAGE_TYPES, named=named)
        assert (answer.status, answer.body) == (500, body)
    other = await fetcher.get("http://one.example/error", purpose="test", accept=("application/json",), named=True)
    assert (other.status, other.body) == (500, b"")


class Watched(Egress):
    """An egress that notes what it is told."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Ledger(folder / "own" / "ledger.jsonl"))
        self.path = folder / "own" / "ledger.jsonl"
        self.told: list[tuple[object, ...]] = []

    @contextmanager
    def looking_up(self, host: str) -> Iterator[None]:
        self.told.append((host,))
        with super().looking_up(host):
            yield

    @contextmanager
    def visiting(self, address: str, port: int, host: str) -> Iterator[None]:
        self.told.append((address, port, host))
        with super().visiting(address, port, host):
            yield


async def test_every_look_up_and_connection_is_told_before_it_is_made(internet: Internet, tmp_path: Path) -> None:
    egress = Watched(tmp_path)
    internet.addresses["other.example"] = [["10.0.0.1"]]
    assert await reason(internet, "/redirect?to=http://other.example/", egress=egress) is Reason.PRIVATE
    assert egress.told == [("good.example",), (PUBLIC, 80, "good.example"), ("other.example",)]
    assert not egress.allows(PUBLIC, 80)
    (entry,) = read_ledger(egress.path)
    assert (entry.host, entry.port, entry.purpose, entry.outcome) == ("good.example", 80, "test", "done")
    assert entry.sent and entry.received


async def test_what_settings_name_is_allowed_by_them_alone(internet: Internet, tmp_path: Path) -> None:
    egress = Watched(tmp_path)
    fetcher = internet.fetcher(egress=egress)
    url = "http://searx.lan:8080/page"
    internet.addresses["searx.lan"] = [["192.168.1.5"]]
    with pytest.raises(Refused):
        await fetcher.get(url, purpose="search", named=True)
    assert (egress.told, internet.visits) == ([], [])
    egress.allow("searx.lan", 8080, "search")
    assert (await fetcher.get(url, purpose="search", named=True)).status == 200
    with pytest.raises(Refused):
        await fetcher.get("http://searx.lan:8081/page", purpose="search", named=True)
    assert [entry.outcome for entry in read_ledger(egress.path)] == ["refused", "done", "refused"]


async def test_R72_pages_and_named_servers_pass_the_guard_and_nothing_else_does(tmp_path: Path) -> None:
    egress = Watched(tmp_path)
    fetcher = Fetcher(egress, allows=lambda ip: True, ports=None)
    async with HostileHttp() as server:
        withdraw = egress.allow("localhost", server.port, "search")
        with egress.guard():
            url = f"http://localhost:{server.port}/page"
            assert (await fetcher.get(f"http://127.0.0.1:{server.port}/page", purpose="page")).status == 200
            assert (await fetcher.get(url, purpose="search", named=True)).status == 200
            withdraw()
            with pytest.raises(Refused):
                await fetcher.get(url, purpose="search", named=True)
            with pytest.raises(PermissionError), socket.socket() as stray:
                stray.connect(("127.0.0.1", server.port))
    assert server.count("/page") == 2
    entries = [(entry.host, entry.purpose, entry.outcome) for entry in read_ledger(egress.path)]
    assert entries[:2] == [("127.0.0.1", "page", "done"), ("localhost", "search", "done")]
    assert {outcome for *_, outcome in entries[2:]} == {"refused"}
