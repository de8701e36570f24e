"""Which places are searched: from settings to providers, each of them named there, none in place of another.

A name that is not known is an error, and so are settings of which no provider can be asked. One of several that lacks
its address, or has one that is none, stays in its place and says so whenever it is asked; the others still work.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.adapters.search.asking import PURPOSE
from copydesk.adapters.search.cached import CachedSearch
from copydesk.adapters.search.provider import Unusable
from copydesk.adapters.web.addresses import parsed_address
from copydesk.core.visible import shortened
from copydesk.errors import PageUnusable, SearchNotSetUp, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from copydesk.adapters.ledger import Ledger
    from copydesk.adapters.search.asking import Fetching, Reading
    from copydesk.adapters.search.provider import Provider
    from copydesk.adapters.web.addresses import Address
    from copydesk.ports import Cache
    from copydesk.settings import SearchSettings

LIBRARY = "library"
NAMES = (LIBRARY, "kiwix", "searxng", "wikipedia", "ddg")
"""Every provider there is, by its name in settings."""


@dataclass(frozen=True, slots=True)
class Means:
    """What providers are made of.

    `library` builds the one provider that is offline, from its folders and the project's. `allow` names a destination
    (host, port, purpose) to the guard of connections and returns what takes that back. `clock` is wall-clock time and
    `monotonic` monotonic time, in seconds.
    """

    fetcher: Fetching
    pages: Reading
    cache: Cache
    library: Callable[[tuple[str, ...], Path | None], Provider]
    allow: Callable[[str, int, str], Callable[[], None]]
    ledger: Ledger | None = None
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic


def providers(settings: SearchSettings, root: Path | None, means: Means) -> tuple[Provider, ...]:
    """Return the providers of the settings in their order, each once; whoever calls closes them.

    `root` is the project's folder. Raises `SettingsError` for a name that is not known and where
    none of them can be asked, and its `SearchNotSetUp` where none is named.
    """
    names = tuple(dict.fromkeys(settings.providers))
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise SettingsError(
            f"There is no search provider named {shortened(unknown[0], 40)}.",
            f"Under [search] in your user settings, providers may hold {', '.join(NAMES[:-1])} and {NAMES[-1]}.",
        )
    if not names:
        raise SearchNotSetUp(
            "Nothing is switched on to look claims up in.",
            'Set providers = ["library"] under [search] in your user settings, and library to a folder of sources.',
        )
    unusable = faults(settings)
    if len(unusable) == len(names):
        raise next(iter(unusable.values()))
    return tuple(_provider(name, settings, root, means, unusable.get(name)) for name in names)


def faults(settings: SearchSettings) -> dict[str, SettingsError]:
    """Return what is wrong with the settings of providers that are switched on, by their names."""
    found: dict[str, SettingsError] = {}
    for name in settings.providers:
        written = _written(name, settings)
        if written == "":
            found[name] = SettingsError(
                f"{name} is switched on and has no address.",
                f"Set {name} under [search] in your user settings, or take it out of providers.",
            )
        elif written is not None and _address(written) is None:
            found[name] = SettingsError(
                f"{shortened(written, 100)} is not the address of a server.",
                f"Write {name} under [search] like http://127.0.0.1:8080.",
            )
    return found


def _written(name: str, settings: SearchSettings) -> str | None:
    """Return a provider's address as settings have it, None for one that needs none."""
    written = {"kiwix": settings.kiwix, "searxng": settings.searxng, "wikipedia": settings.wikipedia}
    return written.get(name)


def whereabouts(settings: SearchSettings, root: Path | None) -> tuple[str, ...]:
    """Return where the providers of the settings look, one string each: their names with folders or address."""
    library = (str(root) if root is not None else "", *settings.library)
    addresses = {"kiwix": settings.kiwix, "searxng": settings.searxng, "wikipedia": settings.wikipedia}
    places = {LIBRARY: library} | {name: (address,) for name, address in addresses.items()}
    return tuple("\0".join((name, *places.get(name, ()))) for name in dict.fromkeys(settings.providers))


def _provider(
    name: str, settings: SearchSettings, root: Path | None, means: Means, fault: SettingsError | None
) -> Provider:
    if fault is not None:
        return Unusable(name, f"Search unavailable: {fault}", fault.remedy)
    if name == LIBRARY:
        return means.library(settings.library, root)
    if name == "ddg":
        return _ddg(settings, means)
    address = _address(_written(name, settings) or "")
    assert address is not None
    url = address.url.rstrip("/")
    withdraw = _allowed(settings, means, address.host, address.port)
    return _kept(_asking(name, url, means), url, settings, means, withdraw)


def _asking(name: str, url: str, means: Means) -> Provider:
    if name == "kiwix":
        from copydesk.adapters.search.kiwix import KiwixSearch

        return KiwixSearch(url, means.fetcher, means.pages, means.monotonic)
    if name == "searxng":
        from copydesk.adapters.search.searxng import SearxngSearch

        return SearxngSearch(url, means.fetcher, means.pages, means.monotonic)
    from copydesk.adapters.search.wikipedia import WikipediaSearch

    return WikipediaSearch(url, means.fetcher, means.pages, means.monotonic)


def _ddg(settings: SearchSettings, means: Means) -> Provider:
    from copydesk.adapters.search.ddg import HOST, PORT, DuckDuckGoSearch

    inner = DuckDuckGoSearch(means.pages, means.ledger, means.monotonic)
    return _kept(inner, HOST, settings, means, _allowed(settings, means, HOST, PORT))


def _allowed(settings: SearchSettings, means: Means, host: str, port: int) -> Callable[[], None]:
    """Name a destination, but none while offline: then the guard refuses what should never be tried."""
    return means.allow(host, port, PURPOSE) if not settings.offline else lambda: None


def _kept(
    inner: Provider, address: str, settings: SearchSettings, means: Means, withdraw: Callable[[], None]
) -> CachedSearch:
    return CachedSearch(
        inner, means.cache, address=address, offline=settings.offline, clock=means.clock, when_closed=withdraw
    )


def _address(written: str) -> Address | None:
    """Return an address as people write it, which may lack `http://`; None for what is none, or has a query."""
    try:
        address = parsed_address(written if "://" in written else f"http://{written}", ports=None)
    except PageUnusable:
        return None
    return None if "?" in address.target else address
