"""The journal of a draft on disk: nothing finished is lost, whatever happens to the process or the file."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from copydesk.adapters.journal import open_journal
from copydesk.adapters.records import Kind, Record, line_of, records_in
from harness.journal import file_of, filled, found, private, traffic
from harness.journal_traffic import IDENTITY, key, value

pytestmark = pytest.mark.slow


async def test_what_is_recorded_is_recalled_by_the_next_run(folder: Path) -> None:
    journal = await filled(folder, 3)
    assert not journal.resumed
    assert [await journal.recall(key(number)) for number in (0, 2, 3)] == [value(0, 20), value(2, 20), None]
    journal.close()
    journal.close()
    again = open_journal(folder, IDENTITY)
    assert again.resumed
    assert again.began == journal.began
    assert [await again.recall(key(number)) for number in range(3)] == [value(number, 20) for number in range(3)]
    assert again.kept("draft") == value(2, 30)
    assert again.kept("other") is None
    again.close()


async def test_values_may_be_any_bytes_and_long(folder: Path) -> None:
    values = {key(0): bytes(range(256)) * 4000, key(1): b"", key(2): b"\n\0\r\n" * 9}
    journal = open_journal(folder, IDENTITY)
    for name, one in values.items():
        await journal.record(name, one)
    journal.close()
    journal = open_journal(folder, IDENTITY)
    assert {name: await journal.recall(name) for name in values} == values
    journal.close()


async def test_a_step_is_recorded_once_and_the_file_only_grows(folder: Path) -> None:
    journal = await filled(folder, 2)
    before = file_of(folder).read_bytes()
    await journal.record(key(0), b"another")
    await journal.keep("draft", value(1, 30))
    assert await journal.recall(key(0)) == value(0, 20)
    assert file_of(folder).read_bytes() == before
    await journal.keep("draft", b"later")
    assert file_of(folder).read_bytes().startswith(before)
    journal.close()


def test_R14_killed_after_any_record_no_finished_step_is_lost(tmp_path: Path) -> None:
    for point in range(10):
        folder, finished = tmp_path / str(point), 0
        with traffic("steps", str(folder), "5000") as process:
            assert process.stdout is not None
            for line in process.stdout:
                finished = int(line) + 1
                if finished == 3 * point + 1:
                    process.kill()
        journal = open_journal(folder, IDENTITY)
        assert finished > 3 * point
        for number in range(finished):
            assert asyncio.run(journal.recall(key(number))) == value(number, 5000)
        kept = journal.kept("draft")
        assert kept in [value(number, 5000) for number in range(finished - 2, finished + 1)] or finished == 1
        journal.close()


async def test_R14_a_tail_torn_anywhere_costs_only_its_own_record(folder: Path) -> None:
    (await filled(folder, 3)).close()
    whole = file_of(folder).read_bytes()
    ends = [len(line_of(one)) for one in records_in(whole)]
    for cut in range(len(whole)):
        file_of(folder).write_bytes(whole[:cut])
        complete, total = 0, 0
        for size in ends:
            total += size
            complete += total - 1 <= cut  # a record that only lacks its line end is whole
        kept = list(records_in(whole))[:complete]
        steps = sum(one.kind is Kind.STEP for one in kept)
        assert await found(folder, 3) == list(range(steps)), f"cut at {cut}"


async def test_R14_what_is_recorded_after_a_torn_tail_is_found(folder: Path) -> None:
    (await filled(folder, 2)).close()
    whole = file_of(folder).read_bytes()
    for cut in (5, len(whole) // 2, len(whole) - 1, len(whole) - 20):
        file_of(folder).write_bytes(whole[:cut])
        journal = open_journal(folder, IDENTITY)
        await journal.record(key(7), b"new")
        journal.close()
        journal = open_journal(folder, IDENTITY)
        assert await journal.recall(key(7)) == b"new", f"cut at {cut}"
        journal.close()


async def test_R14_a_flipped_bit_anywhere_costs_its_record_and_never_a_wrong_value(folder: Path) -> None:
    (await filled(folder, 3)).close()
    whole = file_of(folder).read_bytes()
    for at in range(len(whole)):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << at % 8
        file_of(folder).write_bytes(flipped)
        journal = open_journal(folder, IDENTITY)
        values = [await journal.recall(key(number)) for number in range(3)]
        journal.close()
        assert all(one in (None, value(number, 20)) for number, one in enumerate(values)), f"bit at {at}"
        # A line end that is gone joins two records.
        assert values.count(None) <= (1 if whole[at : at + 1] != b"\n" else 2), f"bit at {at}"


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, b"x" * 100_000, b"{}\n" * 100, bytes(range(256)) * 50])
async def test_a_file_of_anything_is_an_empty_journal_that_works(folder: Path, content: bytes) -> None:
    private(folder)
    file_of(folder).write_bytes(content)
    (await filled(folder, 2)).close()
    assert await found(folder, 2) == [0, 1]


@pytest.mark.parametrize(
    "other",
    [
        Record(Kind.STEP, "a" * 64, b"1"),
        Record(Kind.KEEP, "draft", b""),
        Record(Kind.HEAD, "0" * 16, bytes(range(256))),
    ],
)
def test_records_come_back_as_they_were(other: Record) -> None:
    line = line_of(other)
    assert list(records_in(line)) == [other]
    assert list(records_in(line[:-2])) == []
    assert list(records_in(b"x" + line)) == []
    assert list(records_in(b"torn" + b"\n" + line + line)) == [other, other]


async def test_R60_every_record_is_forced_to_the_disk_before_it_counts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = await filled(folder, 1)
    forced: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        forced.append(os.fstat(descriptor).st_size)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    for number in range(1, 4):
        await journal.record(key(number), value(number, 20))
        assert forced[number - 1 :] == [file_of(folder).stat().st_size]
    journal.close()


async def test_a_closed_journal_forgets_what_is_recorded_later(folder: Path) -> None:
    journal = await filled(folder, 1)
    journal.close()
    await journal.record(key(1), value(1, 20))
    assert await found(folder, 2) == [0]


async def test_a_step_recorded_by_a_cancelled_task_is_kept(folder: Path) -> None:
    journal = await filled(folder, 1)
    task = asyncio.ensure_future(journal.record(key(1), value(1, 20)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    journal.close()
    assert await found(folder, 2) == [0, 1]
