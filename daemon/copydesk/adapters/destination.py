"""How a host is spelled: one spelling for each, read as CPython and the system's resolver read it."""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, ip_address
from typing import Any


def canonical(host: Any, scope: int = 0) -> str:
    """Return the one spelling of a host as sockets are given it, empty for what is none.

    An address is compressed and freed of its IPv4-in-IPv6 form; a link-local one keeps its interface, by number,
    which is `scope` where the host does not name it. A name is ASCII in lower case, without a dot at its end. What
    only the resolver takes for an address (127.1, 2130706433) is a name.
    """
    text = _decoded(host)
    if (known := address(text, scope)) is not None:
        return known
    try:
        name = text.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    plain = name.lower().removesuffix(".")
    # Full-width digits have become an address, as in CPython; one with a dot at its end is looked up as a name.
    return plain if address(plain) is None else name


def address(text: str, scope: int = 0) -> str | None:
    """Return an IP address as `canonical` spells it, None for a name."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    plain = str(IPv6Address(int(found)))
    return f"{plain}%{scope or _interface(found.scope_id)}" if found.is_link_local else plain


def is_this_machine(host: str) -> bool:
    """Tell whether a host is this machine: `localhost` or a loopback address."""
    known = address(canonical(host))
    if known is None:
        return canonical(host) == "localhost"
    return ip_address(known.partition("%")[0]).is_loopback


def _decoded(host: Any) -> str:
    if isinstance(host, str):
        return host
    # Bytes go to the resolver as they are; those beyond ASCII are no name that a setting could hold.
    return host.decode("ascii") if isinstance(host, bytes | bytearray) and host.isascii() else ""


def _interface(zone: str | None) -> int:
    if zone is None or zone.isdecimal():
        return int(zone or 0)
    try:
        return socket.if_nametoindex(zone)
    except OSError:
        return 0
