"""The fetcher: to which address it connects and under which name, and where it follows."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.web.fetch import Fetcher
from copydesk.adapters.web.reasons import Reason, Refused
from copydesk.adapters.web.values import PAGE_TYPES, Known, Limits
from harness.hostile_answers import PAGE
from harness.hostile_http import TLS, HostileHttp
from harness.internet import ALSO_PUBLIC, PUBLIC, Internet, Visit, got, reason

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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


async def test_whether_a_page_changed_can_be_asked(internet: Internet) -> None:
    fetcher = internet.fetcher()
    first = await fetcher.get("http://one.example/validated", purpose="test", accept=PAGE_TYPES)
    for known in (first.known, Known(etag='"one"'), Known(modified=first.headers["last-modified"])):
        again = await fetcher.get("http://one.example/validated", purpose="test", accept=PAGE_TYPES, conditional=known)
        assert (again.status, again.body) == (304, b"")
    assert (await fetcher.get("http://one.example/odd-etag", purpose="test")).known == Known()


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
