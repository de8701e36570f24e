"""A provider as the choice and the doctor see it: a `Search` that can also tell how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from copydesk.errors import PageUnusable, SearchUnavailable
from copydesk.ports import Search

if TYPE_CHECKING:
    from copydesk.ports import Found, Hit, Page


@runtime_checkable
class Provider(Search, Protocol):
    """A place to look things up that can tell how it is, for people who set it up."""

    async def state(self) -> str:
        """Return in words what it has or that it answers, searching for nothing; raises `SearchUnavailable`."""
        ...


class Unusable:
    """A provider that cannot be asked, and says why each time. Implements `Provider`."""

    def __init__(self, name: str, message: str, remedy: str) -> None:
        self._name = name
        self._message = message
        self._remedy = remedy

    @property
    def name(self) -> str:
        """Return the provider's name in settings."""
        return self._name

    async def find(self, query: str, limit: int) -> Found:
        """Raise `SearchUnavailable`."""
        raise self._error()

    async def read(self, hit: Hit) -> Page:
        """Raise `PageUnusable`."""
        raise PageUnusable(self._message, self._remedy)

    async def state(self) -> str:
        """Raise `SearchUnavailable`."""
        raise self._error()

    async def close(self) -> None:
        """Do nothing."""

    def _error(self) -> SearchUnavailable:
        return SearchUnavailable(self._message, self._remedy)
