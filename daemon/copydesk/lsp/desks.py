"""The desk in use: built when first needed, built anew when settings change, closed when its last user is done."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from copydesk.lsp.ports import Configuration, Desk


@dataclass(slots=True, eq=False)
class _Held:
    configuration: Configuration
    built: asyncio.Future[Desk]
    users: int = 0


class Desks:
    """Lends the desk that fits a configuration."""

    def __init__(self, build: Callable[[Configuration], Awaitable[Desk]]) -> None:
        self._build = build
        self._held: _Held | None = None

    @property
    def configuration(self) -> Configuration | None:
        """Return the configuration that the desk in use was built for."""
        return self._held.configuration if self._held is not None else None

    def held(self, configuration: Configuration) -> Desk | None:
        """Return the desk that fits a configuration, if it is there already."""
        held = self._held
        if held is None or held.configuration.engine != configuration.engine or not held.built.done():
            return None
        return None if held.built.cancelled() or held.built.exception() else held.built.result()

    @asynccontextmanager
    async def lent(self, configuration: Configuration) -> AsyncIterator[Desk]:
        """Lend a desk; raises `CopydeskError` when it cannot be built, and tries anew next time."""
        held = self._held
        if held is None or held.configuration.engine != configuration.engine:
            before, held = held, _Held(configuration, asyncio.ensure_future(self._build(configuration)))
            self._held = held
        else:
            before = None
        held.users += 1
        try:
            if before is not None and not before.users:
                await _closed(before)
            # Shielded: others may wait for the same desk when this user is cancelled.
            yield await asyncio.shield(held.built)
        finally:
            held.users -= 1
            if held.built.done() and (held.built.cancelled() or held.built.exception()) and self._held is held:
                self._held = None
            if self._held is not held and not held.users:
                await _closed(held)

    async def close(self) -> None:
        """Close the desk in use."""
        held, self._held = self._held, None
        if held is not None:
            await _closed(held)


async def _closed(held: _Held) -> None:
    if not held.built.done():
        held.built.cancel()
    elif not held.built.cancelled() and held.built.exception() is None:
        await held.built.result().close()
