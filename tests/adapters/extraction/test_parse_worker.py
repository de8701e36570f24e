"""The daemon outlives whatever a document does to the process that parses it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from copydesk.adapters.extraction.frames import LENGTHS, frame
from copydesk.adapters.extraction.unreadable import Fault
from copydesk.adapters.extraction.worker import Limits, ParseWorker
from copydesk.adapters.interpreter import isolated_python
from copydesk.errors import PageUnusable
from harness import scripted_parser

pytestmark = pytest.mark.slow

SCRIPTED = isolated_python(scripted_parser.__file__)


@pytest_asyncio.fixture
async def worker() -> AsyncIterator[ParseWorker]:
    """A worker whose process does what the document says."""
    worker = ParseWorker(Limits(html_seconds=30), SCRIPTED)
    yield worker
    await worker.close()
    assert worker.pid is None


async def said(worker: ParseWorker, body: str) -> str:
    return (await worker.html(body.encode(), "https://example.org/", None)).text


async def fault_of(worker: ParseWorker, body: str) -> str:
    with pytest.raises(PageUnusable) as raised:
        await said(worker, body)
    assert raised.value.remedy
    return str(raised.value)


@dataclass(frozen=True, slots=True)
class Call:
    """A document that says `call PORT …` has `begun`, and waits until it may `go_on`."""

    port: int
    begun: asyncio.Event
    go_on: asyncio.Event


@contextlib.asynccontextmanager
async def call() -> AsyncIterator[Call]:
    """Listen to what documents tell of themselves."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def heard(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.set()
        await go_on.wait()
        writer.close()

    async with await asyncio.start_server(heard, "127.0.0.1", 0) as server:
        yield Call(server.sockets[0].getsockname()[1], begun, go_on)
        go_on.set()


async def test_one_process_reads_many_documents(worker: ParseWorker) -> None:
    assert worker.pid is None
    assert await said(worker, "say one") == "one"
    pid = worker.pid
    assert await said(worker, "say two") == "two"
    assert worker.pid == pid is not None


async def test_documents_are_read_one_at_a_time(worker: ParseWorker) -> None:
    texts = await asyncio.gather(*(said(worker, f"say {number}") for number in range(20)))
    assert texts == [str(number) for number in range(20)]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("die 0", Fault.BROKEN),
        ("die 1", Fault.BROKEN),
        ("fault SCANNED", Fault.SCANNED),
        ("fault HUNGRY", Fault.HUNGRY),
        ("fault unheard-of", Fault.BROKEN),
        ("bytes " + LENGTHS.pack(1 << 30, 0).hex(), Fault.BROKEN),
        ("bytes " + LENGTHS.pack(2, 1 << 31).hex() + b"{}".hex(), Fault.BROKEN),
        ("bytes " + LENGTHS.pack(3, 0).hex() + b"not".hex(), Fault.BROKEN),
        ("bytes " + LENGTHS.pack(2, 0).hex() + b"[]".hex(), Fault.BROKEN),
        ("bytes " + frame({"title": 1, "hidden": False}).hex(), Fault.BROKEN),
        ("bytes " + frame({"title": "a"}).hex(), Fault.BROKEN),
        ("bytes " + LENGTHS.pack(0, 0).hex(), Fault.BROKEN),
    ],
)
async def test_a_process_that_fails_is_replaced(worker: ParseWorker, body: str, fault: Fault) -> None:
    assert await fault_of(worker, body) == fault.value
    assert await said(worker, "say more") == "more"


async def test_R42_a_document_that_hangs_is_ended_by_the_clock_and_others_go_on() -> None:
    stuck, other = ParseWorker(Limits(html_seconds=0.5), SCRIPTED), ParseWorker(Limits(html_seconds=30), SCRIPTED)
    hanging = asyncio.create_task(fault_of(stuck, "hang"))
    for _ in range(3):
        assert await said(other, "say done") == "done"
    assert await hanging == "It took too long to read."
    assert stuck.pid is None
    assert await said(stuck, "say again") == "again"
    await asyncio.gather(stuck.close(), other.close())


async def test_a_process_that_never_gets_ready_is_ended_by_the_clock() -> None:
    worker = ParseWorker(Limits(start=0.2), SCRIPTED)
    assert await fault_of(worker, "deaf") == Fault.SLOW.value
    assert worker.pid is None
    await worker.close()


async def test_cancelling_kills_the_process_that_reads_the_document(worker: ParseWorker) -> None:
    await said(worker, "say one")
    pid = worker.pid
    async with call() as document:
        reading = asyncio.create_task(said(worker, f"call {document.port} hang"))
        waiting = asyncio.create_task(said(worker, "say two"))
        await document.begun.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await waiting == "two"
        assert worker.pid != pid


async def test_cancelling_one_who_waits_disturbs_nobody(worker: ParseWorker) -> None:
    async with call() as document:
        reading = asyncio.create_task(said(worker, f"call {document.port} say one"))
        waiting = asyncio.create_task(said(worker, "hang"))
        await document.begun.wait()
        waiting.cancel()
        document.go_on.set()
        assert await reading == "one"
        pid = worker.pid
        assert await said(worker, "say two") == "two"
        assert worker.pid == pid


async def test_a_large_answer_is_let_go_of_when_its_reader_is_cancelled(worker: ParseWorker) -> None:
    async with call() as document:
        reading = asyncio.create_task(said(worker, f"call {document.port} say " + "word " * 300_000))
        await document.begun.wait()
        document.go_on.set()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert worker.pid is None


async def test_a_process_that_failed_for_what_it_read_before_is_asked_anew(worker: ParseWorker) -> None:
    await said(worker, "say something")
    assert await said(worker, "tired") == "fresh"
    assert await fault_of(worker, "die 1") == Fault.BROKEN.value


async def test_an_idle_process_is_let_go() -> None:
    worker = ParseWorker(Limits(idle=0), SCRIPTED)
    await said(worker, "say one")
    pid = worker.pid
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (await worker.html(b"say two", "", None)).title == "0"
    assert worker.pid != pid
    await worker.close()


async def test_closing_ends_what_is_being_read() -> None:
    worker = ParseWorker(Limits(), SCRIPTED)
    async with call() as document:
        reading = asyncio.create_task(fault_of(worker, f"call {document.port} hang"))
        waiting = asyncio.create_task(fault_of(worker, "say one"))
        await document.begun.wait()
        await worker.close()
        assert {await reading, await waiting, await fault_of(worker, "say two")} == {Fault.STOPPED.value}
        assert worker.pid is None


@pytest.mark.parametrize(("kind", "bytes_most"), [("html", 10), ("pdf", 20)])
async def test_a_document_that_is_too_large_reaches_no_parser(worker: ParseWorker, kind: str, bytes_most: int) -> None:
    worker = ParseWorker(Limits(html_bytes=10, pdf_bytes=20), SCRIPTED)
    read = {"html": lambda body: worker.html(body, "", None), "pdf": lambda body: worker.pdf(body, "")}[kind]
    with pytest.raises(PageUnusable, match="too large"):
        await read(b"x" * (bytes_most + 1))
    assert worker.pid is None


async def test_R26_the_process_sees_neither_the_workspace_nor_the_users_environment(
    worker: ParseWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("CANARY", "a secret of the user")
    place = json.loads(await said(worker, "place"))
    assert Path(place["folder"]) == Path(sys.prefix)
    assert str(tmp_path) not in place["path"]
    assert "" not in place["path"]
    assert "CANARY" not in place["environment"]


if sys.platform != "win32":

    @pytest.mark.parametrize(("number", "fault"), [(signal.SIGXCPU, Fault.SLOW), (signal.SIGKILL, Fault.HUNGRY)])
    async def test_R42_what_the_system_kills_for_is_told(worker: ParseWorker, number: int, fault: Fault) -> None:
        assert await fault_of(worker, f"kill {number:d}") == fault.value
        assert await said(worker, "say more") == "more"
