"""What an address on the web means: spelled one way, read by one parser, and whether it leads out to the internet.

An address is checked here once. Everything after works with the parts of `Address`, never with the text that they came
from, because two parsers that read one text differently are how a checked address comes to lead elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

from copydesk.adapters.web.reasons import Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST_ADDRESS = 2000
"""Characters of an address, as given and as sent."""
WEB_PORTS = frozenset({80, 443})
DEFAULT_PORTS = {"http": 80, "https": 443}

_PARTS = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = f"{_PATH_SAFE}?[]"

_NOT_THE_INTERNET = tuple(
    ip_network(each)
    for each in (
        # IANA's registries of special-purpose addresses, and multicast. `is_global` alone takes some of these for
        # global: 192.0.0.8, 224.0.0.1 and ff02::1 among them (Python 3.11.7).
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        # An address that only machines in Azure reach, and there answers with what belongs to the machine.
        "168.63.129.16/32",
        *("2001::/23", "2001:db8::/32", "3fff::/20"),
    )
)
_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ip_network("2002::/16")

_LOCAL_NAMES = frozenset(
    # RFC 6761, 6762 with its appendix G, 7686, 8375, 9476, and `internal`, which ICANN keeps for private use.
    (
        *("localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa"),
        *("onion", "alt", "invalid"),
    )
)
_SECOND_LEVELS = frozenset(
    ("ac", "co", "com", "edu", "gob", "gov", "go", "mil", "ne", "net", "nom", "or", "org", "sch")
)


@dataclass(frozen=True, slots=True)
class Address:
    """A web address in parts. `host` is lower-case ASCII: a name (foreign letters in punycode) or an IP address.

    `target` is path and query as they are sent, ASCII. `ip` is set where the host is an IP address.
    """

    scheme: str
    host: str
    port: int
    target: str
    ip: IPv4Address | IPv6Address | None = None

    @property
    def authority(self) -> str:
        """Return host and port as a Host header has them: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if isinstance(self.ip, IPv6Address) else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Return scheme, host and port."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """Return the address spelled in the one way, without a fragment."""
        return f"{self.origin}{self.target}"


def parsed_address(url: str, *, ports: Collection[int] | None = WEB_PORTS) -> Address:
    """Return the parts of an http(s) address; raises `Refused` for any other and for every doubtful spelling.

    `ports` are those allowed, None for any. Refused are a user name or password, backslashes, control characters,
    spaces, more than 2,000 characters, and IP addresses written otherwise than in their plain form (127.1, 0x7f.1,
    2130706433, full-width digits).
    """
    if len(url) > LONGEST_ADDRESS:
        raise Refused(Reason.LONG_ADDRESS, most=LONGEST_ADDRESS)
    if any(character in ' \\"<>' or not character.isprintable() for character in url):
        raise Refused(Reason.CHARACTERS)
    parts = _PARTS.fullmatch(url)
    if parts is None:
        raise Refused(Reason.SCHEME)
    scheme = parts[1].lower()
    if "@" in parts[2]:
        raise Refused(Reason.USERINFO)
    authority = _AUTHORITY.fullmatch(parts[2])
    if authority is None:
        raise Refused(Reason.HOST)
    host, ip = _host(authority[1])
    port = int(authority[2] or DEFAULT_PORTS[scheme])
    if not 0 < port < 1 << 16 or (ports is not None and port not in ports):
        raise Refused(Reason.PORT)
    target = quote(parts[3] or "/", safe=_PATH_SAFE) + quote(parts[4] or "", safe=_QUERY_SAFE)
    if len(target) > LONGEST_ADDRESS:
        raise Refused(Reason.LONG_ADDRESS, most=LONGEST_ADDRESS)
    return Address(scheme, host, port, target, ip)


def redirected(base: Address, location: str, *, ports: Collection[int] | None = WEB_PORTS) -> Address:
    """Return where a redirect leads; raises `Refused` as `parsed_address` does, which alone decides."""
    # Joining would silently drop some of these.
    if any(character == "\\" or not character.isprintable() for character in location):
        raise Refused(Reason.CHARACTERS)
    if not location:
        raise Refused(Reason.NOWHERE)
    try:
        return parsed_address(urljoin(base.url, location), ports=ports)
    except ValueError as error:
        raise Refused(Reason.HOST) from error


def _host(written: str) -> tuple[str, IPv4Address | IPv6Address | None]:
    if written.startswith("["):
        try:
            ip = IPv6Address(written[1:-1])
        except ValueError as error:
            raise Refused(Reason.HOST) from error
        if ip.scope_id is not None:
            raise Refused(Reason.HOST)
        return str(ip), ip
    name = (written if written.isascii() else _punycode(written)).lower().removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused(Reason.HOST)
    if not _NUMBER.fullmatch(labels[-1]):
        return name, None
    # A last label that is a number makes an IPv4 address of the whole, in one of many spellings (WHATWG URL, 3.5).
    try:
        ip4 = IPv4Address(name)
    except ValueError as error:
        raise Refused(Reason.HOST) from error
    if name != written:
        raise Refused(Reason.HOST)
    return name, ip4


def _punycode(name: str) -> str:
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except ValueError as error:
        raise Refused(Reason.HOST) from error


def is_local_name(host: str) -> bool:
    """Tell whether a host's name belongs to this computer or a private network by its form, without looking it up."""
    labels = host.split(".")
    return len(labels) < 2 or labels[-1] in _LOCAL_NAMES or ".".join(labels[-2:]) in _LOCAL_NAMES


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is global unicast: one that a page on the internet may have.

    An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is judged as itself. Of the other forms that hold one,
    IPv4-compatible, Teredo and local NAT64 addresses are never public: no page has them.
    """
    if isinstance(ip, IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            return is_public(inner)
        if ip not in _GLOBAL_UNICAST or ip.scope_id is not None:
            return False
    return ip.is_global and not any(ip in network for network in _NOT_THE_INTERNET if network.version == ip.version)


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    if ip in _SIX_TO_FOUR:
        return IPv4Address(int(ip) >> 80 & 0xFFFF_FFFF)
    return None


def registrable_domain(host: str) -> str:
    """Return the domain that somebody registered, which is what has one vote: `en.wikipedia.org` is `wikipedia.org`.

    By the public suffix list with its private part, so that `a.github.io` and `b.github.io` are two. Without the list
    (the extra `web` brings it): the last two labels, or three where the last is a country and the one before it is
    general, as in `example.co.uk`. An IP address or a suffix stands for itself.
    """
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        labels = host.lower().rstrip(".").split(".")
    suffix = _suffix_length(labels)
    return ".".join(labels[-suffix - 1 :])


def _suffix_length(labels: list[str]) -> int:
    """Return how many labels the longest public suffix has (publicsuffix.org, "Algorithm")."""
    rules = _public_suffixes()
    if not rules:
        general = len(labels[-1]) == 2 and len(labels) > 2 and labels[-2] in _SECOND_LEVELS
        return 2 if general else 1
    names = [_unicode(label) for label in labels]
    for start in range(len(names)):
        rest = names[start:]
        if "!" + ".".join(rest) in rules:
            return len(rest) - 1
        if ".".join(rest) in rules or ".".join(["*", *rest[1:]]) in rules:
            return len(rest)
    return 1


def _unicode(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    import idna

    try:
        return idna.decode(label)
    except ValueError:
        return label


@cache
def _public_suffixes() -> frozenset[str]:
    """Return the rules of the list that comes with `tld`: read as a file, since its own code may fetch a newer one."""
    found = find_spec("tld")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "res" / "effective_tld_names.dat.txt"
        if path.is_file():
            lines = path.read_text(encoding="utf-8").splitlines()
            return frozenset(line.split()[0] for line in lines if line.strip() and not line.startswith("//"))
    return frozenset()
