"""Where a journal lies, who may use it, and what becomes of it when there is no room or its time is up."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.adapters.journal import JournalBusy, JournalIdentity, identity_of, open_journal
from copydesk.core.brief import Brief
from copydesk.core.markdown import read
from copydesk.core.text import Text
from harness.draft_models import POST
from harness.full_disk import can_mount
from harness.journal import TESTS, file_of, filled, found, mode, private, traffic
from harness.journal_traffic import IDENTITY, key

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX")


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
