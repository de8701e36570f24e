"""R59, F7: a clock that jumps loses no draft and keeps nothing alive that is to go."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.disk import DiskCache
from copydesk.adapters.drafts import DAY, FINISHED_DAYS, UNFINISHED_DAYS, tidy
from copydesk.adapters.journal import JournalIdentity, open_journal

if TYPE_CHECKING:
    from pathlib import Path

NOW, HOUR, YEAR = 1_800_000_000.0, 3600.0, 365 * 86_400.0
JUMPS = {
    "a year back": -YEAR,
    "an hour on": HOUR + 1,
    "twenty years on": 20 * YEAR,
    "to the beginning of time": -NOW,
    "to the end of 32 bits": 2**31 - 1 - NOW,
}
jumps = pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())


async def kept(folder: Path, name: str, at: float) -> Path:
    """Return the file of an unfinished draft, last changed at a time."""
    identity = JournalIdentity(f"file:///{name}.md", ("Canals",), name)
    journal = open_journal(folder, identity)
    await journal.record("step", b"what was finished")
    journal.close()
    path = folder / f"{identity.id}.journal"
    os.utime(path, (at, at))
    return path


@jumps
async def test_F7_R14_no_draft_is_lost_to_a_clock_that_jumps(tmp_path: Path, jump: float) -> None:
    folder = tmp_path / "drafts"
    yesterday = await kept(folder, "yesterday", NOW - DAY)
    tidy(folder, NOW + jump)
    tidy(folder, NOW)
    assert yesterday.exists()


@jumps
async def test_F7_what_is_old_goes_once_the_clock_is_right_again(tmp_path: Path, jump: float) -> None:
    folder = tmp_path / "drafts"
    old = await kept(folder, "old", NOW - (UNFINISHED_DAYS + FINISHED_DAYS) * DAY)
    tidy(folder, NOW + jump)
    tidy(folder, NOW)
    assert not old.exists()


@jumps
async def test_F7_R59_nothing_outlives_its_hour_whatever_the_clock_said(tmp_path: Path, jump: float) -> None:
    now = [NOW]

    async def seen(key: str) -> bytes | None:
        cache = DiskCache(tmp_path / "cache", clock=lambda: now[0])
        try:
            return await cache.get(key)
        finally:
            await cache.close()

    for at, key in ((NOW, "before"), (NOW + jump, "while wrong")):
        now[0] = at
        cache = DiskCache(tmp_path / "cache", clock=lambda: now[0])
        await cache.put(key, b"value", HOUR)
        await cache.close()
        assert await seen(key) == b"value"
    now[0] = NOW + jump
    assert await seen("before") is None
    for later in (NOW + HOUR, NOW + 25 * HOUR):
        now[0] = later
        assert await seen("before") is None
    now[0] = NOW + 25 * HOUR
    assert await seen("while wrong") is None
