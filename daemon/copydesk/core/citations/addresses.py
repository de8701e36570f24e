"""Addresses in citations: which of them mean the same source, and how one is written into a document."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin, urlsplit

WEB = ("http", "https")
STEPS_UP = 3
"""How many folders up a file may lie that a document still points to by a relative path."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30}):")
_DRIVE = re.compile(r"[A-Za-z]:")
_WINDOWS = re.compile(r"^/([A-Za-z])(?::|%3[Aa])(?=/)")
_PORTS = {"http": 80, "https": 443}
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE_PATH = "/:@!&'()*+,;=~-._%"
_SAFE_QUERY = f"{_SAFE_PATH}?"
_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]")


def scheme_of(address: str) -> str:
    """Return an address's scheme in lower case, empty for a relative path; a Windows drive is no scheme."""
    match = _SCHEME.match(address)
    return match[1].lower() if match else ""


def is_web(address: str) -> bool:
    """Tell whether an address leads to a page on the web."""
    return scheme_of(address) in WEB


@lru_cache(maxsize=8192)
def same_source_key(address: str, base: str = "") -> str:
    """Return what all spellings of an address have in common; empty for what names no source.

    `base` is the `file:` URI of the document, to which relative paths relate. Scheme (http or https), case of the host,
    default port, fragment, a slash at the end and needless percent signs tell no sources apart.
    """
    address = address.strip()
    if address.startswith("#") or not address:
        return ""
    if not scheme_of(address):
        if address.startswith("//"):
            address = f"https:{address}"
        elif base:
            address = urljoin(base, address)
        else:
            return f"path:{_same_path(address.partition('#')[0])}"
    try:
        parts = urlsplit(address)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:
        return ""
    if scheme == "file":
        return f"file://{parts.netloc.lower()}{_same_path(_path_of(parts.path))}"
    if scheme not in WEB or not host:
        return ""
    place = _ascii_host(host) + (f":{port}" if port not in (None, _PORTS[scheme]) else "")
    query = f"?{_same_path(parts.query, slashes=True)}" if parts.query else ""
    return f"//{place}{_same_path(parts.path)}{query}"


def _path_of(path: str) -> str:
    """Return a file's path with a drive's letter in lower case, as some editors write it."""
    return _WINDOWS.sub(lambda match: f"/{match[1].lower()}:", path)


def _same_path(path: str, *, slashes: bool = False) -> str:
    path = quote(unquote(path), safe="/:@!$&'()*+,;=~-._?", errors="replace")
    return path if slashes else path.rstrip("/")


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host.casefold()


def relative_path(file: str, document: str) -> str | None:
    """Return the path from a document to a file near it, both as `file:` URIs; None where it lies far away.

    Far is more than `STEPS_UP` folders up, another drive, or too little in common, such as the folder of all homes.
    """
    if scheme_of(file) != "file" or scheme_of(document) != "file":
        return None
    one, other = urlsplit(file), urlsplit(document)
    target, here = unquote(_path_of(one.path)).split("/"), unquote(_path_of(other.path)).split("/")[:-1]
    if one.netloc != other.netloc or not target[-1]:
        return None
    shared = 0
    while shared < min(len(target) - 1, len(here)) and target[shared] == here[shared]:
        shared += 1
    ups = len(here) - shared
    # The part before the first slash is empty, and on Windows the next is the drive.
    common = shared - (2 if len(here) > 1 and _DRIVE.fullmatch(here[1]) else 1)
    if ups > STEPS_UP or (ups and common < 1) or (ups == STEPS_UP and common < 2):
        return None
    return "/".join([*[".."] * ups, *target[shared:]])


def destination(address: str) -> str | None:
    """Return an http(s) address or a relative path as it is written between a link's parentheses; None for others.

    What comes out is ASCII, has no space, and means the same address to every parser (CommonMark 0.31, "Links").
    """
    address = address.strip()
    if is_web(address):
        written = _web_destination(address)
    elif not scheme_of(address) and not _DRIVE.match(address) and not address.startswith(("/", "\\", "#", "?")):
        written = quote(_CONTROL.sub(lambda match: match[0] if match[0] == " " else "", address), safe=_PATH_SAFE)
    else:
        written = None
    if not written:
        return None
    return _parenthesised(written.replace("&", "\\&") if re.search(r"&\w+;|&#\w+;", written) else written)


_PATH_SAFE = "/@!&'()*+,;=~-._"
"""What a relative path keeps; a colon in it could be taken for a scheme, a percent sign is one of its own name."""


def _web_destination(address: str) -> str | None:
    try:
        parts = urlsplit(_CONTROL.sub(lambda match: quote(match[0]), address))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or "@" in parts.netloc:
        return None
    name = _ascii_host(host)
    if not name.isascii() or re.search(r"[^A-Za-z0-9._:-]", name):
        return None
    place = f"[{name}]" if ":" in name else name
    place += f":{port}" if port is not None else ""
    path, query, fragment = (
        quote(_PERCENT.sub("%25", part), safe=safe, errors="replace")
        for part, safe in ((parts.path, _SAFE_PATH), (parts.query, _SAFE_QUERY), (parts.fragment, _SAFE_QUERY))
    )
    return f"{parts.scheme}://{place}{path}" + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def _parenthesised(written: str) -> str:
    """Return an address whose parentheses cannot end the link that it stands in."""
    depth = 0
    for character in written:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
    return written if depth == 0 else re.sub(r"([()])", r"\\\1", written)
