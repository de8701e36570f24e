"""What an address on the web means, in every spelling that somebody may try."""

from __future__ import annotations

import importlib.util
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.adapters.web import addresses
from copydesk.adapters.web.addresses import is_local_name, is_public, parsed_address, redirected, registrable_domain
from copydesk.adapters.web.reasons import Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

SPELLED = {
    "https://example.com": "https://example.com/",
    "HTTP://Example.COM:80": "http://example.com/",
    "https://example.com.:443/a b".replace(" ", "%20"): "https://example.com/a%20b",
    "https://example.com/a?b=[1]&c=d#e": "https://example.com/a?b=[1]&c=d",
    "https://example.com?q": "https://example.com/?q",
    "https://de.wikipedia.org/wiki/Café_(Begriffsklärung)": (
        "https://de.wikipedia.org/wiki/Caf%C3%A9_(Begriffskl%C3%A4rung)"
    ),
    "https://example.com/{a}|^`": "https://example.com/%7Ba%7D%7C%5E%60",
    "https://bücher.example/": "https://xn--bcher-kva.example/",
    "https://ｅｘａｍｐｌｅ。com/": "https://example.com/",
    "http://93.184.216.34:443/": "http://93.184.216.34:443/",
    "https://[2606:4700::0001]/": "https://[2606:4700::1]/",
}
REFUSED = {
    "http://good.com@127.0.0.1/": Reason.USERINFO,
    "http://user:secret@good.com/": Reason.USERINFO,
    "http://good.com%2f@127.0.0.1/": Reason.USERINFO,
    "http://good.com\\@127.0.0.1/": Reason.CHARACTERS,
    "http:\\\\127.0.0.1\\": Reason.CHARACTERS,
    "http://good.com/\tpath": Reason.CHARACTERS,
    "http://good.com\n.evil.com/": Reason.CHARACTERS,
    "http://good.com/\r\nHost: evil": Reason.CHARACTERS,
    "http://good.com/\0": Reason.CHARACTERS,
    "http://good.com/a b": Reason.CHARACTERS,
    "http://good.com/\u2028": Reason.CHARACTERS,
    "http://good.com/\u202e": Reason.CHARACTERS,
    "http://good.com/\ud800": Reason.CHARACTERS,
    " http://good.com/": Reason.CHARACTERS,
    "http://good.com/" + "a" * 9000: Reason.LONG_ADDRESS,
    "http://good.com/" + "é" * 1500: Reason.LONG_ADDRESS,
    "ftp://good.com/": Reason.SCHEME,
    "file:///etc/passwd": Reason.SCHEME,
    "gopher://good.com/": Reason.SCHEME,
    "javascript:alert(1)": Reason.SCHEME,
    "//good.com/": Reason.SCHEME,
    "http:good.com": Reason.SCHEME,
    "good.com": Reason.SCHEME,
    "": Reason.SCHEME,
    "http://good.com:8080/": Reason.PORT,
    "http://good.com:22/": Reason.PORT,
    "http://good.com:0/": Reason.PORT,
    "http://good.com:99999/": Reason.PORT,
    "http://good.com:8o/": Reason.HOST,
    "http://good.com:80:80/": Reason.HOST,
    "http:///path": Reason.HOST,
    "http://good..com/": Reason.HOST,
    "http://.good.com/": Reason.HOST,
    "http://good.com../": Reason.HOST,
    "http://-good.com/": Reason.HOST,
    "http://good%2ecom/": Reason.HOST,
    "http://go!od.com/": Reason.HOST,
    "http://" + "a" * 64 + ".com/": Reason.HOST,
    "http://" + "a." * 130 + "com/": Reason.HOST,
    "http://[::1/": Reason.HOST,
    "http://[::1]x/": Reason.HOST,
    "http://[fe80::1%25eth0]/": Reason.HOST,
    "http://[127.0.0.1]/": Reason.HOST,
    "http://exam\u00adple\u200b.com\u3000/": Reason.CHARACTERS,
    "http://\u2488\u2488.com/": Reason.HOST,
}
"""Doubtful spellings; those of IP addresses are below."""
TRICKS = [
    *("127.1", "2130706433", "0x7f000001", "0x7f.1", "0", "017700000001", "127.0.0.01", "0127.0.0.1", "127.0.0.1."),
    *("127。0。0。1", "１２７.0.0.1", "⑫⑦.0.0.1", "127.0.0.256", "1.2.3.4.5", "0x", "a.0x1", "256", "[::127.0.0.1%1]"),
]
"""IP addresses that some parser would take for one, and spelled otherwise than plainly."""
NOT_PUBLIC = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.8", "192.0.0.9", "192.0.2.1", "192.88.99.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1"),
    *("255.255.255.255", "168.63.129.16"),
    *("::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::8.8.8.8", "64:ff9b::7f00:1"),
    *("64:ff9b::a00:1", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:808:808::1"),
    *("fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1", "100::1", "2001:db8::1"),
    *("2001:2::1", "2001:10::1", "2001:20::1", "3fff::1", "5f00::1", "4000::1", "2606:4700::1%2"),
]
PUBLIC = [
    *("8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "192.0.1.1", "223.255.255.255", "168.63.129.17"),
    *("2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"),
    *("2002:808:808::1", "2400:cb00::1"),
]
SITES = {
    "en.wikipedia.org": "wikipedia.org",
    "wikipedia.org": "wikipedia.org",
    "www.bbc.co.uk": "bbc.co.uk",
    "a.b.example.com.au": "example.com.au",
    "one.github.io": "one.github.io",
    "a.one.github.io": "one.github.io",
    "github.io": "github.io",
    "www.ck": "www.ck",
    "a.b.example.ck": "b.example.ck",
    "a.city.kawasaki.jp": "city.kawasaki.jp",
    "a.b.c.kawasaki.jp": "b.c.kawasaki.jp",
    "www.example.xn--55qx5d.cn": "example.xn--55qx5d.cn",
    "www.xn--bcher-kva.de": "xn--bcher-kva.de",
    "a.b.nosuchsuffix": "b.nosuchsuffix",
    "Www.Example.Com.": "example.com",
    "localhost": "localhost",
    "93.184.216.34": "93.184.216.34",
    "2606:4700::1": "2606:4700::1",
    "xn--zzzzzzz--.example.com": "example.com",
}


def reason(url: str, **options: object) -> Reason:
    with pytest.raises(Refused) as caught:
        parsed_address(url, **options)  # type: ignore[arg-type]
    return caught.value.reason


@pytest.mark.parametrize(("written", "spelled"), SPELLED.items(), ids=ascii)
def test_an_address_has_one_spelling(written: str, spelled: str) -> None:
    assert parsed_address(written).url == spelled
    assert parsed_address(spelled).url == spelled


@pytest.mark.parametrize(("written", "why"), REFUSED.items(), ids=lambda value: ascii(value)[:60])
def test_F8_R34_doubtful_spellings_are_refused(written: str, why: Reason) -> None:
    assert reason(written) is why


def test_R34_a_foreign_host_is_shown_in_punycode() -> None:
    address = parsed_address("https://аpple.com/")  # the first letter is Cyrillic
    assert (address.host, address.authority) == ("xn--pple-43d.com", "xn--pple-43d.com")


@pytest.mark.parametrize("host", TRICKS, ids=ascii)
def test_R31_an_ip_address_in_disguise_is_refused(host: str) -> None:
    assert reason(f"http://{host}/") is Reason.HOST
    assert reason(f"http://{host}:8080/", ports=None) is Reason.HOST


@pytest.mark.parametrize("ip", NOT_PUBLIC)
def test_R31_an_address_that_is_not_global_unicast_is_not_public(ip: str) -> None:
    assert not is_public(ip_address(ip))


@pytest.mark.parametrize("ip", PUBLIC)
def test_R31_a_global_unicast_address_is_public(ip: str) -> None:
    assert is_public(ip_address(ip))


@given(st.ip_addresses(v=4))
def test_R31_an_ipv4_address_is_judged_alike_in_each_ipv6_form(ip: object) -> None:
    number = int(ip)  # type: ignore[call-overload]
    forms = [(0xFFFF << 32) + number, (0x64FF9B << 96) + number, (0x2002 << 112) + (number << 80)]
    assert {is_public(ip_address(form)) for form in forms} == {is_public(ip_address(number))}


@pytest.mark.parametrize(
    "host", ["localhost", "a.localhost", "metadata.google.internal", "printer.local", "nas", "x.home.arpa", "a.onion"]
)
def test_R31_names_of_private_networks_are_known_without_a_look_up(host: str) -> None:
    assert is_local_name(parsed_address(f"http://{host}./").host)


@pytest.mark.parametrize("host", ["example.com", "local.example.com", "internal.org"])
def test_other_names_are_looked_up(host: str) -> None:
    assert not is_local_name(host)


@given(st.text(max_size=60), st.sampled_from(["http://", "https://", "http://a.example/", "http://a.example:", ""]))
def test_R34_what_is_read_can_be_read_again_to_the_same(text: str, start: str) -> None:
    try:
        address = parsed_address(start + text)
    except Refused:
        return
    assert parsed_address(address.url) == address
    assert address.url.isascii() and address.url.isprintable() and " " not in address.url


REDIRECTS = {
    "/b": "http://one.example/b",
    "b": "http://one.example/a/b",
    "../b?c#d": "http://one.example/b?c",
    "?q": "http://one.example/a/page?q",
    "//two.example/": "http://two.example/",
    "https://two.example": "https://two.example/",
    "/é": "http://one.example/%C3%A9",
}
NO_REDIRECTS = {
    "": Reason.NOWHERE,
    "file:///etc/passwd": Reason.SCHEME,
    "gopher://one.example/": Reason.SCHEME,
    "javascript:alert(1)": Reason.SCHEME,
    "http://one.example:8080/": Reason.PORT,
    "//user@two.example/": Reason.USERINFO,
    "/\\two.example": Reason.CHARACTERS,
    "/\ttwo.example": Reason.CHARACTERS,
    "http://[::1": Reason.HOST,
    "http://127.1/": Reason.HOST,
}


@pytest.mark.parametrize(("location", "leads"), REDIRECTS.items())
def test_a_redirect_is_read_from_where_it_stands(location: str, leads: str) -> None:
    assert redirected(parsed_address("http://one.example/a/page"), location).url == leads


@pytest.mark.parametrize(("location", "why"), NO_REDIRECTS.items(), ids=ascii)
def test_R33_a_redirect_is_read_as_strictly_as_an_address(location: str, why: Reason) -> None:
    with pytest.raises(Refused) as caught:
        redirected(parsed_address("http://one.example/a/page"), location)
    assert caught.value.reason is why


@pytest.mark.parametrize(("host", "site"), SITES.items())
def test_a_site_is_what_somebody_registered(host: str, site: str) -> None:
    assert registrable_domain(host) == site


@pytest.fixture
def no_list(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(addresses, "find_spec", lambda name: None)
    addresses._public_suffixes.cache_clear()
    yield
    addresses._public_suffixes.cache_clear()


@pytest.mark.usefixtures("no_list")
def test_without_the_list_of_suffixes_the_common_ones_are_known() -> None:
    sites = {"en.wikipedia.org": "wikipedia.org", "www.bbc.co.uk": "bbc.co.uk", "co.uk": "co.uk", "a.de": "a.de"}
    assert {host: registrable_domain(host) for host in sites} == sites


def test_the_list_of_suffixes_is_there_with_the_extra() -> None:
    assert importlib.util.find_spec("tld") is not None
    assert len(addresses._public_suffixes()) > 5000
