"""Who is served when: by priority, in order, at most so many at once."""

from __future__ import annotations

import asyncio

import pytest

from copydesk.turns import Priority, Turns, abreast


async def test_what_a_writer_waits_for_goes_first() -> None:
    turns, served, gate = Turns(), [], asyncio.Event()

    async def work(name: str, priority: Priority) -> None:
        async with turns.take(priority):
            served.append(name)
            await gate.wait()

    tasks = [asyncio.create_task(work("first", Priority.BACKGROUND))]
    await asyncio.sleep(0)
    for name, priority in (
        ("late", Priority.BACKGROUND),
        ("urgent", Priority.INTERACTIVE),
        ("later", Priority.BACKGROUND),
    ):
        tasks.append(asyncio.create_task(work(name, priority)))
        await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks)
    assert served == ["first", "urgent", "late", "later"]


async def test_a_cancelled_waiter_leaves_the_queue() -> None:
    turns = Turns()
    async with turns.take(Priority.BACKGROUND):
        waiting = asyncio.create_task(turns.take(Priority.INTERACTIVE).__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with asyncio.timeout(1), turns.take(Priority.BACKGROUND):
        pass


async def test_a_turn_given_to_a_cancelled_waiter_is_passed_on() -> None:
    turns = Turns()
    async with turns.take(Priority.BACKGROUND):
        waiting = asyncio.create_task(turns.take(Priority.INTERACTIVE).__aenter__())
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with asyncio.timeout(1), turns.take(Priority.BACKGROUND):
        pass


async def test_at_most_so_many_begin() -> None:
    begun, gate = [], asyncio.Event()

    async def work(item: int) -> int:
        begun.append(item)
        await gate.wait()
        return item * 2

    results = abreast(range(5), work, 2)
    first = asyncio.create_task(anext(results))
    for _ in range(5):
        await asyncio.sleep(0)
    assert begun == [0, 1]
    gate.set()
    gathered = [await first, *[pair async for pair in results]]
    assert sorted(gathered) == [(item, item * 2) for item in range(5)]


async def test_the_first_error_cancels_the_rest() -> None:
    cancelled = []

    async def work(item: int) -> None:
        if item == 0:
            raise ValueError
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(item)
            raise

    with pytest.raises(ValueError):
        async for _ in abreast(range(3), work, 3):
            pass
    assert cancelled == [1, 2]
