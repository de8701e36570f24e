"""How long an engine may be silent."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from copydesk.errors import EngineTimeout

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits in seconds: to connect, for a question about the server, to the first token, and between tokens.

    The first token may have to wait for a model to be loaded from disk and a long prompt to be read without a GPU.
    """

    connect: float = 5.0
    facts: float = 10.0
    first: float = 300.0
    between: float = 60.0


async def paced(stream: AsyncGenerator[T], patience: Patience, name: str) -> AsyncGenerator[T]:
    """Yield what a stream yields; raise `EngineTimeout` where it is silent for too long, and close it in every case."""
    limit = patience.first
    async with aclosing(stream):
        while True:
            try:
                async with asyncio.timeout(limit):
                    item = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise _too_long(name, limit) from error
            yield item
            limit = patience.between


async def within(seconds: float, work: Awaitable[T], name: str) -> T:
    """Return the result of some work, or raise `EngineTimeout`."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError as error:
        raise _too_long(name, seconds) from error


def _too_long(name: str, seconds: float) -> EngineTimeout:
    return EngineTimeout(
        f"{name} was silent for {seconds:g} seconds.",
        "It may be busy or too slow for this model; try again, or choose a smaller model.",
    )
