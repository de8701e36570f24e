"""The ledger: what it holds, that people and programs can read it, and that it never gets in the way."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
import threading
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.adapters import ledger as module
from copydesk.adapters.ledger import (
    Entry,
    Ledger,
    Outcome,
    clear_ledger,
    default_ledger_path,
    older_file,
    read_ledger,
)
from copydesk.cause import command
from copydesk.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

HARNESS = Path(__file__).parent.parent / "harness"
NOON = 1_795_000_000.123
posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log" / "ledger.jsonl"


def noted(ledger: Ledger, host: str, **more: Any) -> Entry:
    entry = replace(ledger.entry(host, 443, "test"), **{"outcome": Outcome.DONE, **more})
    ledger.append(entry)
    return entry


def test_an_entry_is_one_line_with_its_keys_spelled_out(path: Path) -> None:
    ledger = Ledger(path, clock=lambda: NOON)
    token = command.set("copydesk critique")
    try:
        noted(ledger, "127.0.0.1", port=11434, purpose="engine", sent=2134, received=310)
    finally:
        command.reset(token)
    assert path.read_text("ascii") == (
        '{"time": "2026-11-18T11:06:40.123Z", "host": "127.0.0.1", "port": 11434, "purpose": "engine", '
        '"sent": 2134, "received": 310, "command": "copydesk critique", "outcome": "done"}\n'
    )


def test_what_was_appended_is_read_oldest_first(path: Path) -> None:
    times = iter([NOON + 2, NOON, NOON + 1])
    ledger = Ledger(path, clock=lambda: next(times))
    last, first, middle = (noted(ledger, f"{name}.example") for name in ("c", "a", "b"))
    assert read_ledger(path) == (first, middle, last)


def test_nothing_is_read_where_there_is_nothing(path: Path) -> None:
    assert read_ledger(path) == ()
    assert clear_ledger(path) == 0


def test_without_a_place_nothing_is_kept(tmp_path: Path) -> None:
    noted(Ledger(None, warn=pytest.fail), "a.example")
    assert list(tmp_path.iterdir()) == []


def test_there_is_no_place_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    assert default_ledger_path() == Path(platformdirs.user_log_dir("copydesk", appauthor=False)) / "ledger.jsonl"
    monkeypatch.setattr(platformdirs, "user_log_dir", lambda *_, **__: "copydesk/log")
    assert default_ledger_path() is None


@posix
def test_R20_only_its_owner_can_read_it(path: Path) -> None:
    before = os.umask(0)
    try:
        ledger = Ledger(path, largest=400)
        for number in range(5):
            noted(ledger, f"{number}.example")
        path.chmod(0o644)
        noted(ledger, "again.example")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["ledger.1.jsonl", "ledger.jsonl", "ledger.lock"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600] * 3


@posix
@pytest.mark.parametrize("planted", ["folder", "file"])
def test_R20_a_link_is_not_followed(path: Path, tmp_path: Path, planted: str) -> None:
    victim = tmp_path / "victim"
    if planted == "folder":
        victim.mkdir()
        path.parent.symlink_to(victim, target_is_directory=True)
    else:
        victim.write_text("precious\n")
        path.parent.mkdir()
        path.symlink_to(victim)
    warnings: list[str] = []
    noted(Ledger(path, warn=warnings.append), "a.example")
    assert len(warnings) == 1
    assert list(victim.iterdir()) == [] if planted == "folder" else victim.read_text() == "precious\n"


def test_it_is_bounded_and_the_newest_entries_stay(path: Path) -> None:
    ledger = Ledger(path, largest=2000)
    entries = [noted(ledger, f"{number:03}.example") for number in range(60)]
    kept = read_ledger(path)
    assert kept == tuple(entries[-len(kept) :])
    assert 10 < len(kept) < 30
    assert max(path.stat().st_size, older_file(path).stat().st_size) <= 2000


def test_the_usual_bound_is_five_megabytes(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"x" * 4_999_999)
    noted(Ledger(path), "a.example")
    assert older_file(path).stat().st_size == 4_999_999
    assert [entry.host for entry in read_ledger(path)] == ["a.example"]


def test_a_ledger_that_another_process_turns_over_is_still_appended_to(path: Path) -> None:
    ledger = Ledger(path, largest=300)
    noted(ledger, "a.example")
    with module._sole(path.with_suffix(".lock")):
        noted(ledger, "b.example")
    assert [entry.host for entry in read_ledger(path)] == ["a.example", "b.example"]
    noted(ledger, "c.example")
    assert [entry.host for entry in read_ledger(path)] == ["a.example", "b.example", "c.example"]
    assert older_file(path).exists()


def test_a_ledger_that_can_never_be_turned_over_stops_at_twice_its_bound(path: Path) -> None:
    warnings: list[str] = []
    ledger = Ledger(path, largest=1000, warn=warnings.append)
    noted(ledger, "a.example")
    with module._sole(path.with_suffix(".lock")):
        for _ in range(30):
            noted(ledger, "b.example")
    assert path.stat().st_size < 2400
    assert len(warnings) == 1
    noted(ledger, "c.example")
    assert read_ledger(path)[-1].host == "c.example"


@pytest.mark.parametrize("largest", [5_000_000, 100_000], ids=["never full", "often full"])
def test_several_processes_append_without_spoiling_a_line(path: Path, largest: int) -> None:
    command_line = [sys.executable, str(HARNESS / "ledger_traffic.py"), str(path)]
    running = [
        subprocess.Popen([*command_line, f"p{number}", "400", str(largest)], stdout=subprocess.PIPE)
        for number in range(4)
    ]
    assert [json.loads(process.communicate(timeout=60)[0]) for process in running] == [[], [], [], []]
    lines = [line for file in (older_file(path), path) if file.exists() for line in file.read_bytes().splitlines()]
    kept = read_ledger(path)
    assert len(kept) == len(lines)
    if largest == 5_000_000:
        wanted = {f"p{number}-{index}.example" for number in range(4) for index in range(400)}
        assert {entry.host for entry in kept} == wanted
    else:
        # Whoever turns it over may be kept from going on for a while, and the others do not wait; each may also find
        # room for a line before any of them has written it.
        assert max(path.stat().st_size, older_file(path).stat().st_size) <= 2 * 100_000 + 3 * 200
        # Had two processes turned it over at once, the older file would have been lost to a nearly empty one.
        assert older_file(path).stat().st_size > 99_000


def test_threads_append_without_losing_a_line(path: Path) -> None:
    ledger = Ledger(path)
    threads = [
        threading.Thread(target=lambda name=name: [noted(ledger, f"{name}-{n}.example") for n in range(100)])
        for name in "abcd"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_ledger(path)) == 400


GOOD = {
    "time": "2026-11-18T11:06:40.123Z",
    "host": "a.example",
    "port": 443,
    "purpose": "page",
    "sent": 1,
    "received": None,
    "command": "copydesk",
    "outcome": "done",
}

DAMAGED = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"17",
    b"[" * 100_000,
    json.dumps({**GOOD, "port": "443"}).encode(),
    json.dumps({**GOOD, "port": True}).encode(),
    json.dumps({**GOOD, "sent": 1.5}).encode(),
    json.dumps({**GOOD, "host": None}).encode(),
    json.dumps({key: value for key, value in GOOD.items() if key != "outcome"}).encode(),
    json.dumps(GOOD).encode()[:-20] + json.dumps(GOOD).encode(),
]


@pytest.mark.parametrize("line", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_line_is_skipped(path: Path, line: bytes) -> None:
    path.parent.mkdir()
    good = json.dumps({**GOOD, "added by a later version": 1}).encode()
    path.write_bytes(good + b"\n" + line + b"\r\n" + good + b"\n" + line)
    assert [asdict(entry) for entry in read_ledger(path)] == [GOOD, GOOD]


def test_an_entry_read_while_the_ledger_is_turned_over_counts_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(path)
    entry = noted(ledger, "a.example")
    content = path.read_bytes()
    contents = iter([content, content + content])
    monkeypatch.setattr(module, "_content", lambda file: next(contents))
    assert read_ledger(path) == (entry, entry)


def test_R58_a_full_disk_costs_the_entry_and_one_warning(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    ledger = Ledger(path, warn=warnings.append)
    noted(ledger, "before.example")
    write = os.write
    room = iter([None, None, 30])

    def full(descriptor: int, data: bytes) -> int:
        left = next(room)
        if left is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data[:left])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        for _ in range(3):
            noted(ledger, "lost.example")
    noted(ledger, "after.example")
    assert [entry.host for entry in read_ledger(path)] == ["before.example", "after.example"]
    assert len(warnings) == 2  # without room, and with room for half a line
    assert all(str(path) in warning for warning in warnings)


@pytest.fixture
def in_the_way(path: Path) -> Iterator[Path]:
    path.parent.mkdir()
    (path / "in the way").mkdir(parents=True)
    yield path


def test_R58_a_place_that_cannot_be_used_costs_the_entry_and_one_warning(in_the_way: Path) -> None:
    warnings: list[str] = []
    ledger = Ledger(in_the_way, warn=warnings.append)
    noted(ledger, "a.example")
    noted(ledger, "b.example")
    assert len(warnings) == 1
    assert "Work goes on" in warnings[0]


def test_a_ledger_that_cannot_be_read_says_so(in_the_way: Path) -> None:
    for use in (read_ledger, clear_ledger):
        with pytest.raises(StoreError) as caught:
            use(in_the_way)
        assert str(in_the_way) in caught.value.remedy


def test_R74_clearing_removes_every_file(path: Path) -> None:
    ledger = Ledger(path, largest=1000)
    for number in range(12):
        noted(ledger, f"{number}.example")
    kept = len(read_ledger(path))
    assert len(list(path.parent.iterdir())) == 3
    assert clear_ledger(path) == kept
    assert list(path.parent.iterdir()) == []
    noted(ledger, "new.example")
    assert [entry.host for entry in read_ledger(path)] == ["new.example"]


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        ("x" * 400, "x" * 254 + "…"),
        ("a\r\n\x1b[31mb", "a\\x0d \\x1b[31mb"),
        ("\u202egnp.elpmaxe", "\\u202egnp.elpmaxe"),
    ],
)
def test_R45_a_host_is_one_line_that_can_be_shown(path: Path, host: str, kept: str) -> None:
    noted(Ledger(path), host)
    assert len(path.read_bytes().splitlines()) == 1
    (entry,) = read_ledger(path)
    assert entry.host.endswith(kept[-20:])
    assert len(entry.host) <= 255
    assert entry.host.isprintable()
