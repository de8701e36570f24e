"""The journal of a draft on disk: nothing finished is lost, whatever happens to the process, the disk or the file."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from copydesk.adapters.journal import FileJournal, JournalBusy, JournalIdentity, identity_of, open_journal
from copydesk.adapters.records import Kind, Record, line_of, records_in
from copydesk.core.brief import Brief
from copydesk.core.markdown import read
from copydesk.core.text import Text
from harness.draft_models import POST
from harness.journal_traffic import IDENTITY, key, value

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent.parent
posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "drafts"


def file_of(folder: Path) -> Path:
    return folder / f"{IDENTITY.id}.journal"


def traffic(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "harness.journal_traffic", *arguments]
    return subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True, **options)


def private(path: Path) -> Path:
    path.mkdir(parents=True, mode=0o700)
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def filled(folder: Path, steps: int) -> FileJournal:
    journal = open_journal(folder, IDENTITY)
    for number in range(steps):
        await journal.record(key(number), value(number, 20))
        await journal.keep("draft", value(number, 30))
    return journal


async def found(folder: Path, steps: int) -> list[int]:
    """Return which of so many steps a new process would find, with their values."""
    journal = open_journal(folder, IDENTITY)
    try:
        return [number for number in range(steps) if await journal.recall(key(number)) == value(number, 20)]
    finally:
        journal.close()


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


def test_a_second_process_is_told_and_the_journal_is_free_once_the_first_is_killed(folder: Path) -> None:
    with traffic("hold", str(folder), stdin=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        with pytest.raises(JournalBusy) as caught:
            open_journal(folder, IDENTITY)
        assert caught.value.sentence == (
            "Another copydesk is drafting this section. Wait for it, or end it; what it finished is kept."
        )
        open_journal(folder, replace(IDENTITY, heading=("Canals",))).close()
        process.kill()
    open_journal(folder, IDENTITY).close()


async def test_two_journals_of_one_process_do_not_share_a_file_either(folder: Path) -> None:
    first = await filled(folder, 1)
    with pytest.raises(JournalBusy):
        open_journal(folder, IDENTITY)
    first.close()
    assert await found(folder, 1) == [0]


async def test_a_journal_that_is_dropped_without_being_closed_keeps_nobody_out(folder: Path) -> None:
    journal = await filled(folder, 1)
    del journal
    gc.collect()
    assert await found(folder, 1) == [0]


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


@posix
async def test_R20_only_the_user_can_read_it(folder: Path) -> None:
    before = os.umask(0o022)
    try:
        journal = await filled(folder, 1)
    finally:
        os.umask(before)
    assert mode(folder) == 0o700
    assert mode(file_of(folder)) == 0o600
    journal.close()
    file_of(folder).chmod(0o644)
    os.chmod(folder, 0o755)  # noqa: PTH101
    open_journal(folder, IDENTITY).close()
    assert mode(folder) == 0o700
    assert mode(file_of(folder)) == 0o600


@posix
@pytest.mark.parametrize("what", ["directory", "file"])
async def test_R20_a_link_is_not_written_to_and_the_draft_goes_on(folder: Path, tmp_path: Path, what: str) -> None:
    target = tmp_path / "elsewhere"
    if what == "directory":
        target.mkdir()
        (private(folder.parent) / folder.name).symlink_to(target)
    else:
        target.write_bytes(b"mine\n")
        private(folder)
        file_of(folder).symlink_to(target)
    warnings: list[str] = []
    journal = open_journal(folder, IDENTITY, warn=warnings.append)
    await journal.record(key(0), b"one")
    await journal.record(key(1), b"two")
    assert await journal.recall(key(1)) == b"two"
    journal.close()
    assert len(warnings) == 1
    assert "is a link or of the wrong kind" in warnings[0]
    assert list(target.iterdir()) == [] if what == "directory" else target.read_bytes() == b"mine\n"


async def test_without_a_place_for_it_the_journal_lasts_as_long_as_its_run() -> None:
    warnings: list[str] = []
    journal = open_journal(None, IDENTITY, warn=warnings.append)
    await journal.record(key(0), b"one")
    assert await journal.recall(key(0)) == b"one"
    journal.close()
    assert warnings == [
        "The draft's steps cannot be kept on disk (this system has no place for them). Work goes on without that."
    ]


async def test_a_journal_that_is_full_says_so_once_and_the_draft_goes_on(folder: Path) -> None:
    warnings: list[str] = []
    journal = open_journal(folder, IDENTITY, warn=warnings.append, largest=2000)
    for number in range(9):
        await journal.record(key(number), bytes(700))
    assert await journal.recall(key(8)) == bytes(700)
    journal.close()
    assert len(warnings) == 1 and "its journal is full" in warnings[0]
    assert file_of(folder).stat().st_size <= 2000


async def test_nothing_is_left_of_a_journal_in_which_nothing_was_recorded(folder: Path) -> None:
    open_journal(folder, IDENTITY).close()
    assert os.listdir(folder) == []  # noqa: PTH208


def can_mount(folder: Path) -> bool:
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, timeout=30).returncode == 0
    except OSError:
        return False


@posix
@pytest.mark.parametrize("kind", ["tmpfs", "read-only", "limit"])
def test_R58_a_full_or_read_only_disk_costs_one_warning_and_nothing_once_there_is_room(
    tmp_path: Path, kind: str
) -> None:
    if kind != "limit" and not can_mount(tmp_path):
        pytest.skip("NOT TESTED: this system lets nobody mount a small disk of their own (unshare -rm)")
    own = [] if kind == "limit" else ["unshare", "-rm"]
    command = [*own, sys.executable, "-m", "harness.journal_traffic", kind, str(tmp_path)]
    done = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    outcome = json.loads(done.stdout)
    assert outcome["recalled while full"] is True
    assert outcome["lost"] == 0, "what could not be written is written once there is room"
    assert len(outcome["warnings"]) == 1
    assert outcome["warnings"][0].startswith("The draft's steps cannot be kept on disk (")


def test_the_same_command_finds_its_journal_and_another_does_not() -> None:
    document, here = read(Text(POST)), POST.index("## The Lund")
    one = identity_of(document, here, "file:///post.md", Brief(style="short"))
    assert one is not None and one.heading == ("Canals", "The Lund canal")
    elsewhere = read(Text(POST.replace("railway", "first railway")))
    assert identity_of(elsewhere, here, "file:///post.md", Brief(style="short")) == one
    inside = read(Text(POST.replace("Lund canal\n", "Lund canal\n\nIt is old.\n")))
    others = [
        identity_of(document, here, "file:///other.md", Brief(style="short")),
        identity_of(document, here, "file:///post.md", Brief(style="long")),
        identity_of(document, here, "file:///post.md", Brief(style="short"), "link"),
        identity_of(document, here, "file:///post.md", Brief(style="short"), words=200),
        identity_of(document, POST.index("## After"), "file:///post.md", Brief(style="short")),
        identity_of(inside, here, "file:///post.md", Brief(style="short")),
    ]
    assert len({other.id for other in others if other is not None} | {one.id}) == 7
    assert identity_of(read(Text("No heading.\n")), 0, "file:///post.md", Brief()) is None


def test_one_file_is_one_document_however_its_uri_is_spelt() -> None:
    document, here = read(Text(POST)), POST.index("## The Lund")
    spellings = ("file:///home/a%20b/%28post%29.md", "file:///home/a%20b/(post).md", "file:///home/a b/(post).md")
    identities = {identity_of(document, here, uri, Brief()) for uri in spellings}
    assert len(identities) == 1
    assert identity_of(document, here, "untitled:Untitled-1", Brief()) not in identities


def test_drafts_whose_time_is_up_are_removed_when_another_begins(folder: Path) -> None:
    old = open_journal(folder, IDENTITY)
    asyncio.run(old.record(key(0), b"one"))
    old.close()
    a_year_ago = time.time() - 365 * 86_400
    os.utime(file_of(folder), (a_year_ago, a_year_ago))
    open_journal(folder, replace(IDENTITY, digest="e")).close()
    assert not file_of(folder).exists()


def test_identities_are_told_apart_whatever_their_parts_hold() -> None:
    one, other = JournalIdentity("a", ("b", "c"), "d"), JournalIdentity("a", ("b\0c",), "d")
    assert one.id != other.id
