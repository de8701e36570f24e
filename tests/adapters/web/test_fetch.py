"""The fetcher: to which address it connects and under which name, where it follows, and how often it asks."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.egress import Egress
from copydesk.adapters.ledger import Ledger, read_ledger
from copydesk.adapters.web.fetch import Fetcher
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.values import PAGE_TYPES, Known, Limits
from harness.hostile_http import PAGE, TLS, HostileHttp
from harness.internet import ALSO_PUBLIC, PUBLIC, Internet, Visit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from copydesk.adapters.web.values import Response

pytestmark = pytest.mark.slow

LITERALS = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]"),
    *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "127。0。0。1", "169.254.169.254", "[fd00:ec2::254]", "100.64.0.1"),
    *("192.0.0.8", "224.0.0.1", "[ff02::1]", "localhost.", "metadata.google.internal", "localhost", "printer"),
]
REDIRECTS = {
    "http://127.0.0.1/": Reason.PRIVATE,
    "http://[::1]/": Reason.PRIVATE,
    "http://localhost/": Reason.PRIVATE,
    "http://inside.example/": Reason.PRIVATE,
    "http://169.254.169.254/latest/meta-data/": Reason.PRIVATE,
    "http://2130706433/": Reason.HOST,
    "file:///etc/passwd": Reason.SCHEME,
    "gopher://good.example/": Reason.SCHEME,
    "ftp://good.example/": Reason.SCHEME,
    "http://good.example:8080/": Reason.PORT,
    "https://good.example:80443/": Reason.PORT,
    "http://user:password@good.example/": Reason.USERINFO,
    "/loop": Reason.CIRCLE,
    "/hops?left=5": Reason.MANY_REDIRECTS,
    "": Reason.NOWHERE,
}


async def got(internet: Internet, path: str, host: str = "good.example", **options: object) -> Response:
    fetcher = internet.fetcher(**options)
    return await fetcher.get(f"http://{host}{path}", purpose="test", accept=PAGE_TYPES)


async def reason(internet: Internet, path: str, host: str = "good.example", **options: object) -> Reason:
    with pytest.raises(Refused) as caught:
        await got(internet, path, host, **options)
    return caught.value.reason


@pytest.mark.parametrize("host", LITERALS, ids=ascii)
async def test_F8_R31_a_private_host_gets_no_packet(internet: Internet, host: str) -> None:
    assert await reason(internet, "/page", host) in {Reason.PRIVATE, Reason.HOST}
    assert (internet.asked, internet.visits, internet.server.connections) == ([], [], 0)


@pytest.mark.parametrize("private", ["127.0.0.1", "10.1.2.3", "::1", "::ffff:192.168.0.1", "64:ff9b::a00:1", "0.0.0.0"])
async def test_R32_one_private_address_refuses_the_whole_host(internet: Internet, private: str) -> None:
    for addresses in ([private], [PUBLIC, private], [ALSO_PUBLIC, PUBLIC, private]):
        internet.addresses["good.example"] = [addresses]
        assert await reason(internet, "/page") is Reason.PRIVATE
    assert internet.visits == []


async def test_F8_R32_the_address_that_was_checked_is_the_one_connected_to(internet: Internet) -> None:
    internet.addresses["good.example"] = [[PUBLIC], ["127.0.0.1"]]
    assert (await got(internet, "/page")).body == PAGE
    assert internet.asked == ["good.example"]
    assert internet.visits == [Visit(PUBLIC, 80, "good.example", "good.example")]
    assert internet.server.requests[0].headers["host"] == "good.example"


async def test_R32_each_redirect_is_looked_up_and_checked_again(internet: Internet) -> None:
    internet.addresses["good.example"] = [[PUBLIC], ["127.0.0.1"]]
    assert await reason(internet, "/redirect?to=/page") is Reason.PRIVATE
    assert internet.server.count("/page") == 0


async def test_a_host_without_an_address_is_said_to_be_unknown(internet: Internet) -> None:
    internet.addresses["good.example"] = [[]]
    assert await reason(internet, "/page") is Reason.UNKNOWN_HOST


async def test_the_next_address_is_tried_where_one_does_not_answer(internet: Internet) -> None:
    internet.addresses["good.example"] = [[ALSO_PUBLIC, PUBLIC]]
    internet.down = frozenset({ALSO_PUBLIC})
    assert (await got(internet, "/page")).status == 200
    assert [visit.ip for visit in internet.visits] == [ALSO_PUBLIC, PUBLIC]
    internet.down = frozenset({ALSO_PUBLIC, PUBLIC})
    assert await reason(internet, "/page") is Reason.UNREACHABLE


@pytest.mark.parametrize(("target", "why"), REDIRECTS.items())
async def test_F8_R33_a_redirect_is_checked_like_an_address(internet: Internet, target: str, why: Reason) -> None:
    internet.addresses["inside.example"] = [["192.168.1.1"]]
    escaped = target.replace("?", "%3F").replace("=", "%3D")
    assert await reason(internet, f"/redirect?to={escaped}") is why
    assert {visit.ip for visit in internet.visits} == {PUBLIC}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_R33_five_redirects_are_followed_and_the_last_address_is_told(internet: Internet, status: int) -> None:
    answer = await got(internet, f"/redirect?status={status}&to=http://other.example/hops%3Fleft=4")
    assert (answer.status, answer.body) == (200, PAGE)
    assert answer.url == "http://other.example/hops?left=0&pause=0.0"


async def test_a_redirect_carries_no_cookie_and_no_referrer(internet: Internet) -> None:
    await got(internet, "/cookie")
    assert not {"cookie", "referer", "authorization"} & {
        name for each in internet.server.requests for name in each.headers
    }


async def test_R47_the_user_agent_is_honest(internet: Internet) -> None:
    await got(internet, "/page")
    agent = internet.server.requests[0].headers["user-agent"]
    assert agent.startswith("copydesk/") and "mozilla" not in agent.lower() and "http" not in agent


@pytest.fixture
async def secure() -> AsyncIterator[Internet]:
    async with HostileHttp(tls=True) as server:
        yield Internet(server, context=ssl.create_default_context(cafile=str(TLS / "authority.pem")))


async def test_R32_the_certificate_must_be_for_the_name_not_the_address(secure: Internet) -> None:
    fetcher = secure.fetcher()
    answer = await fetcher.get("https://good.example/page", purpose="test", accept=PAGE_TYPES)
    assert answer.body == PAGE
    assert secure.visits == [Visit(PUBLIC, 443, "good.example", "good.example")]
    with pytest.raises(Refused) as caught:
        await fetcher.get("https://other.example/page", purpose="test", accept=PAGE_TYPES)
    assert caught.value.reason is Reason.CERTIFICATE
    assert len(secure.server.requests) == 1


async def test_an_authority_that_is_not_known_is_not_believed(secure: Internet) -> None:
    secure.context = ssl.create_default_context()
    with pytest.raises(Refused) as caught:
        await secure.fetcher().get("https://good.example/page", purpose="test")
    assert caught.value.reason is Reason.CERTIFICATE


async def test_R22_the_environment_chooses_neither_proxy_nor_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    async with HostileHttp() as server, HostileHttp() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
        fetcher = Fetcher(allows=lambda ip: True, ports=None)
        answer = await fetcher.get(f"http://127.0.0.1:{server.port}/page", purpose="test", accept=PAGE_TYPES)
        assert (answer.body, proxy.connections) == (PAGE, 0)


async def test_F8_R47_one_request_at_a_time_and_a_second_apart(internet: Internet) -> None:
    fetcher = internet.fetcher()
    urls = [f"http://{host}/page" for host in ("one.example", "one.example", "two.example", "one.example")]
    await asyncio.gather(*(fetcher.get(url, purpose="test", accept=PAGE_TYPES) for url in urls))
    assert internet.hands.naps == [1.0, 1.0]


async def test_R47_hosts_do_not_wait_for_each_other(internet: Internet) -> None:
    fetcher = internet.fetcher(limits=Limits(seconds=5))
    stalled = asyncio.create_task(fetcher.get("http://one.example/stall", purpose="test"))
    await internet.server.seen("/stall")
    waiting = asyncio.create_task(fetcher.get("http://one.example/page", purpose="test"))
    answer = await fetcher.get("http://two.example/page", purpose="test")
    assert answer.status == 200
    assert internet.server.count("/page") == 1
    stalled.cancel()
    assert (await waiting).status == 200
    await asyncio.gather(stalled, return_exceptions=True)


async def test_waiting_for_a_turn_does_not_count_as_slowness(internet: Internet) -> None:
    fetcher = internet.fetcher(limits=Limits(seconds=0.3))
    first = asyncio.create_task(fetcher.get("http://one.example/stall", purpose="test"))
    await internet.server.seen("/stall")
    assert (await fetcher.get("http://one.example/page", purpose="test")).status == 200
    with pytest.raises(Refused):
        await first


RESTS = {
    "status=429&retry_after=30": 30,
    "status=503&retry_after=30": 30,
    "status=429": 60,
    "status=429&retry_after=soon": 60,
    "status=429&retry_after=-5": 60,
    "status=429&retry_after=999999999999999": 86_400,
    "status=429&date=Thu,%2026%20Nov%202026%2010:00:00%20GMT&retry_after=Thu,%2026%20Nov%202026%2010:02:00%20GMT": 120,
}


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(("answer", "seconds"), RESTS.items())
async def test_R48_a_host_that_asks_for_peace_is_left_alone(
    internet: Internet, answer: str, seconds: int, named: bool
) -> None:
    fetcher = internet.fetcher()
    url = f"http://one.example/rests?{answer}"
    assert (await fetcher.get(url, purpose="test", named=named)).status in {429, 503}
    internet.hands.now += seconds - 1
    with pytest.raises(Refused, match=r"left alone for another 1 s\."):
        await fetcher.get("http://one.example/page", purpose="test", named=named)
    assert internet.server.count("/page") == 0
    assert (await fetcher.get("http://two.example/page", purpose="test", named=named)).status == 200
    internet.hands.now += 1
    assert (await fetcher.get("http://one.example/page", purpose="test", named=named)).status == 200


async def test_R48_an_outage_without_a_time_is_no_request_for_peace(internet: Internet) -> None:
    fetcher = internet.fetcher()
    assert (await fetcher.get("http://one.example/rests?status=503", purpose="test")).status == 503
    assert (await fetcher.get("http://one.example/page", purpose="test")).status == 200


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


async def test_whether_a_page_changed_can_be_asked(internet: Internet) -> None:
    fetcher = internet.fetcher()
    first = await fetcher.get("http://one.example/validated", purpose="test", accept=PAGE_TYPES)
    for known in (first.known, Known(etag='"one"'), Known(modified=first.headers["last-modified"])):
        again = await fetcher.get("http://one.example/validated", purpose="test", accept=PAGE_TYPES, conditional=known)
        assert (again.status, again.body) == (304, b"")
    assert (await fetcher.get("http://one.example/odd-etag", purpose="test")).known == Known()


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


async def test_R40_a_look_up_that_hangs_counts_towards_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        release.wait(20)
        raise socket.gaierror

    fetcher = Fetcher(limits=Limits(seconds=0.2))
    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with pytest.raises(Refused) as caught:
        await fetcher.get("http://good.example/", purpose="test")
    release.set()
    assert caught.value.reason is Reason.SLOW
    with pytest.raises(Refused) as caught:
        await fetcher.get("http://other.example/", purpose="test")
    assert caught.value.reason is Reason.UNKNOWN_HOST


async def test_the_system_resolver_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with HostileHttp() as server:
        asked: list[str] = []

        def answer(host: str, port: int, **_: object) -> list[object]:
            asked.append(host)
            return [(0, 0, 0, "", ("127.0.0.1", port))] * 2

        monkeypatch.setattr(socket, "getaddrinfo", answer)
        fetcher = Fetcher(allows=lambda ip: True, ports=None)
        answered = await fetcher.get(f"http://good.example:{server.port}/page", purpose="test", accept=PAGE_TYPES)
        assert (answered.body, asked) == (PAGE, ["good.example"])
