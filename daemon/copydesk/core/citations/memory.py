"""What checks worked out before, so that an edit costs only what it touched."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

V = TypeVar("V")
Key = tuple[str, ...]


class Memory(Generic[V]):
    """Results by all that they depend on: those of the reading before, and those that this one used."""

    def __init__(self, known: Mapping[Key, V] = MappingProxyType({})) -> None:
        self._known = known
        self._used: dict[Key, V] = {}

    def of(self, key: Key, make: Callable[[], V]) -> V:
        """Return the result for a key, made only if it was not made before."""
        if key not in self._used:
            self._used[key] = self._known[key] if key in self._known else make()
        return self._used[key]

    @property
    def kept(self) -> Mapping[Key, V]:
        """Return the results that were asked for."""
        return MappingProxyType(self._used)
