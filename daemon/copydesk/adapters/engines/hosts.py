"""Addresses of engines: one spelling for each, and whether it is this machine."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from copydesk.errors import EngineRefused, SettingsError
from copydesk.ports import Locality

OLLAMA_PORT = 11434


def base_url(host: str, default_port: int = OLLAMA_PORT) -> str:
    """Return `scheme://name:port/path` for what people write in OLLAMA_HOST and in settings.

    A scheme without a port means 80 or 443, as Ollama reads it; an address to listen on (0.0.0.0) becomes the one to
    connect to. Raises `SettingsError` for anything that is not an http address.
    """
    parts, port = _split(host.strip())
    if port is None and "://" in host:
        port = {"http": 80, "https": 443}[parts.scheme]
    name = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(parts.hostname or "", parts.hostname or "")
    bracketed = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{bracketed}:{port or default_port}{parts.path.rstrip('/')}"


def _split(host: str) -> tuple[SplitResult, int | None]:
    try:
        spelled = f"[{host}]" if isinstance(ip_address(host), IPv6Address) else host
    except ValueError:
        spelled = host
    try:
        parts = urlsplit(spelled if "://" in spelled else f"http://{spelled}")
        port = parts.port
    except ValueError as error:
        raise _not_an_address(host) from error
    if parts.scheme not in {"http", "https"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise _not_an_address(host)
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in host):
        raise _not_an_address(host)
    return parts, port


def _not_an_address(host: str) -> SettingsError:
    return SettingsError(f"{host!r} is not the address of an engine.", f"Write it like http://127.0.0.1:{OLLAMA_PORT}.")


def locality(url: str) -> Locality:
    """Tell whether an address from `base_url` is this machine; a name that must be looked up is not."""
    name = (urlsplit(url).hostname or "").rstrip(".")
    if name == "localhost":
        return Locality.LOCAL
    try:
        address = ip_address(name)
    except ValueError:
        return Locality.REMOTE
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return Locality.LOCAL if address.is_loopback else Locality.REMOTE


def require_permission(url: str, *, allow_remote: bool) -> None:
    """Raise `EngineRefused` for an address elsewhere that the user did not allow."""
    if locality(url) is Locality.REMOTE and not allow_remote:
        raise EngineRefused(
            f"The engine at {url} is not on this machine, so your text would leave it.",
            "Set allow_remote = true under [engine] in your user settings if that is what you want.",
        )
