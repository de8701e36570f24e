"""The library as the files change: it is always as they are, and reads no more of them than it has to."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.library import updating
from copydesk.errors import SearchUnavailable
from harness.library import FILES, HOUR, Clocks, ScriptedWorker, everything, library, moved_in_time, names, written

if TYPE_CHECKING:
    from copydesk.adapters.library.folders import Entry


async def test_added_changed_renamed_and_deleted_files_are_noticed(tmp_path: Path) -> None:
    notes = written(tmp_path, {"notes/a.md": "The harbour is old.\n"}) / "notes"
    async with library(tmp_path) as opened:
        assert await names(opened, "harbour") == ["a.md"]
        (notes / "b.md").write_text("The harbour has a new quay.\n")
        assert await names(opened, "quay") == ["b.md"]
        (notes / "b.md").write_text("The harbour has a new crane.\n")
        assert (await names(opened, "quay"), await names(opened, "crane")) == ([], ["b.md"])
        (notes / "b.md").rename(notes / "c.md")
        assert await names(opened, "crane") == ["c.md"]
        (notes / "c.md").unlink()
        assert (await names(opened, "crane"), await names(opened, "harbour")) == ([], ["a.md"])
        shutil.rmtree(notes)
        with pytest.raises(SearchUnavailable, match="No library folder can be used"):
            await opened.find("harbour", 1)


async def test_a_change_that_keeps_length_and_time_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path, {"notes/a.txt": "The old quay."}) / "notes" / "a.txt"
    for clocks in (Clocks(), Clocks(wall=path.stat().st_mtime)):
        path.write_text("The old quay.")
        before = path.stat()
        async with library(tmp_path, clocks=clocks) as opened:
            assert await names(opened, "quay") == ["a.txt"]
            path.write_text("The new pier.")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            assert (await names(opened, "quay"), await names(opened, "pier")) == ([], ["a.txt"])


async def test_unchanged_files_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, FILES)
    opened_files: list[str] = []
    read = updating.content_of

    def counted(entry: Entry) -> bytes:
        opened_files.append(Path(entry.path).name)
        return read(entry)

    monkeypatch.setattr(updating, "content_of", counted)
    for _ in range(3):
        async with library(tmp_path) as opened:
            await everything(opened, "harbour", "lighthouse")
    assert sorted(opened_files) == sorted(Path(name).name for name in FILES)
    (tmp_path / "notes" / "harbour.md").write_text("The harbour is closed.\n")
    async with library(tmp_path) as opened:
        await everything(opened, "harbour")
    assert opened_files[len(FILES) :] == ["harbour.md"]


async def test_a_file_just_written_is_read_again_until_its_time_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, {"notes/a.txt": "The old quay."}) / "notes" / "a.txt"
    clocks = Clocks(wall=path.stat().st_mtime + 1)
    count = 0
    read = updating.content_of

    def counted(entry: Entry) -> bytes:
        nonlocal count
        count += 1
        return read(entry)

    monkeypatch.setattr(updating, "content_of", counted)
    async with library(tmp_path, clocks=clocks) as opened:
        for seconds, times in ((0, 1), (0, 2), (5, 3), (5, 3), (500, 3)):
            clocks.now += seconds
            await opened.find("quay", 1)
            assert count == times


async def test_touching_a_file_changes_nothing(tmp_path: Path) -> None:
    written(tmp_path, FILES)
    worker, clocks = ScriptedWorker(), Clocks()
    async with library(tmp_path, worker=worker, clocks=clocks) as opened:
        before = await everything(opened, "harbour", "ferry")
        clocks.now += HOUR
        for path in (tmp_path / "notes").rglob("*.*"):
            moved_in_time(path, 60)
        assert await everything(opened, "harbour", "ferry") == before
    assert sorted(worker.asked) == ["page.html", "paper.pdf"]


async def test_a_second_run_gives_the_same_down_to_the_time_of_reading(tmp_path: Path) -> None:
    written(tmp_path, FILES)
    clocks = Clocks(wall=datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC).timestamp())
    runs = []
    for _ in range(2):
        async with library(tmp_path, clocks=clocks) as opened:
            runs.append(await everything(opened, "harbour", "mill", "the ferry and the lighthouse"))
        clocks.now += HOUR
    assert runs[0] == runs[1]
    page = runs[0][1]
    assert page.source.retrieved == "2026-02-03T04:05:06Z"  # type: ignore[attr-defined]
    (tmp_path / "notes" / "harbour.md").write_text("# The harbour\n\nThe harbour is closed.\n")
    async with library(tmp_path, clocks=clocks) as opened:
        page = await opened.read((await opened.find("harbour", 1)).hits[0])
    assert page.source.retrieved == "2026-02-03T06:05:06Z"


async def test_folders_are_looked_at_every_two_seconds_only(tmp_path: Path) -> None:
    notes = written(tmp_path, {"notes/a.txt": "The quay."}) / "notes"
    clocks = Clocks(step=0)
    async with library(tmp_path, clocks=clocks) as opened:
        assert await names(opened, "quay") == ["a.txt"]
        (notes / "b.txt").write_text("Another quay.")
        clocks.steady_now += 1.9
        assert await names(opened, "quay") == ["a.txt"]
        clocks.steady_now += 0.2
        assert await names(opened, "quay") == ["a.txt", "b.txt"]


async def test_searches_at_the_same_time_read_each_file_once(tmp_path: Path) -> None:
    written(tmp_path, FILES)
    worker = ScriptedWorker()
    async with library(tmp_path, worker=worker, clocks=Clocks(step=0)) as opened:
        found = await asyncio.gather(*(names(opened, "ferry") for _ in range(10)))
    assert found == [["paper.pdf"]] * 10
    assert len(worker.asked) == 2


async def test_a_cancelled_search_keeps_what_it_read(tmp_path: Path) -> None:
    written(tmp_path, {f"notes/{number}.pdf": f"%PDFPaper {number}\nThe ferry {number}." for number in range(4)})
    reached = asyncio.Event()

    class Slow(ScriptedWorker):
        async def pdf(self, body: bytes, url: str) -> object:  # type: ignore[override]
            if "2.pdf" in url and not reached.is_set():
                reached.set()
                await asyncio.Event().wait()
            return await super().pdf(body, url)

    worker = Slow()
    async with library(tmp_path, worker=worker) as opened:
        search = asyncio.create_task(opened.find("ferry", 10))
        await reached.wait()
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search
        assert len(await names(opened, "ferry")) == 4
    assert worker.asked == ["0.pdf", "1.pdf", "2.pdf", "3.pdf"]


async def test_nothing_is_done_in_the_event_loops_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, FILES)
    threads: set[int] = set()
    for name in ("content_of", "scan"):
        real = getattr(updating, name)

        def seen(*arguments: object, real: object = real) -> object:
            threads.add(threading.get_ident())
            return real(*arguments)  # type: ignore[operator]

        monkeypatch.setattr(updating, name, seen)
    async with library(tmp_path) as opened:
        await everything(opened, "harbour", "ferry")
    assert len(threads) == 1
    assert threading.get_ident() not in threads
