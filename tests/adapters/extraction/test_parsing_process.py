"""The real parsing process: what it reads, what it refuses, and that nothing makes it outlive its limits."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from copydesk.adapters.extraction.frames import LENGTHS, Request, frame
from copydesk.adapters.extraction.unreadable import Fault
from copydesk.adapters.extraction.values import Extracted
from copydesk.adapters.extraction.worker import Limits, ParseWorker
from copydesk.adapters.interpreter import isolated_python
from copydesk.errors import PageUnusable
from harness.cases import CASES
from harness.pdf_file import bomb_pdf, encrypted_pdf, pdf, scanned_pdf

pytestmark = pytest.mark.slow

ARTICLE = (CASES / "pages" / "article.html").read_bytes()
CHILD = isolated_python("-m", "copydesk.adapters.extraction.child")
MANY_ATTRIBUTES = ("<p " + " ".join(f"a{number}=1" for number in range(180_000)) + ">words").encode()
"""A tag on which much time is spent: each attribute is compared with all before it."""


@pytest_asyncio.fixture
async def worker() -> AsyncIterator[ParseWorker]:
    """A worker of more patience, since machines that run tests are busy."""
    worker = ParseWorker(Limits(html_seconds=60, pdf_seconds=60))
    yield worker
    await worker.close()


async def read_article(worker: ParseWorker) -> Extracted:
    return await worker.html(ARTICLE, "https://gazette.example/bridge", "utf-8")


async def fault_of(worker: ParseWorker, page: bytes) -> str:
    try:
        await worker.html(page, "https://example.org/", None)
    except PageUnusable as unusable:
        return str(unusable)
    return ""


async def test_pages_and_files_are_read_by_one_process(worker: ParseWorker) -> None:
    assert (await read_article(worker)).title == "A bridge that took eleven years"
    pid = worker.pid
    assert (await worker.pdf(pdf([["The bridge fell."]], "The Fall"), "file:///a.pdf")) == Extracted(
        "The bridge fell.\n", "The Fall", hidden=False
    )
    assert worker.pid == pid


async def test_the_same_bytes_give_the_same_text_in_every_process() -> None:
    alone, after_others = ParseWorker(), ParseWorker()
    for body in (b"<p>Something else, and nothing more.</p>", ARTICLE.replace(b"bridge", b"tunnel"), ARTICLE):
        await after_others.html(body, "https://example.org/", None)
    assert await read_article(alone) == await read_article(after_others)
    await asyncio.gather(alone.close(), after_others.close())


@pytest.mark.parametrize(
    "page",
    [
        b"<p>words</p>" * 170_000,
        b"<table><tr><td>x</table>" * 60_000,
        MANY_ATTRIBUTES,
        b"<style>i~i~i~b{display:none}</style>" + b"<i>a</i>" * 20_000 + b"<b>c</b>" * 2_000,
    ],
    ids=["2 MB of paragraphs", "60,000 tables", "180,000 attributes", "selectors"],
)
async def test_R42_hostile_pages_are_ended_while_the_loop_goes_on(page: bytes) -> None:
    worker = ParseWorker(Limits(html_seconds=2))
    reading = asyncio.create_task(fault_of(worker, b"<html><body>" + page))
    turns = 0
    while not reading.done():
        await asyncio.wait([reading], timeout=0.01)
        turns += 1
    assert await reading == "It took too long to read."
    assert turns > 1
    assert "bridge" in (await read_article(worker)).text
    await worker.close()


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        (b"<div>" * 20_000 + b"deep" + b"</div>" * 20_000, Fault.NESTED),
        (b"<b><i>" * 200 + b"deep", Fault.NESTED),
        (b"<table><tr><td>x" * 60_000, Fault.NESTED),
        (b"<p>words of a flat page</p>" * 400_000, Fault.LARGE),
        (b"<p>" + b"&amp;lt; &Aacute; " * 20_000, None),
        (b"<style>" + b"/*{" * 100_000 + b"</style><p>words", None),
    ],
    ids=["20,000 levels", "unclosed tags", "unclosed tables", "10 MB", "entities", "comments in a style sheet"],
)
async def test_R42_hostile_pages_are_refused_or_read(worker: ParseWorker, page: bytes, fault: Fault | None) -> None:
    assert await fault_of(worker, b"<html><body>" + page) == (fault.value if fault else "")
    assert "bridge" in (await read_article(worker)).text


async def test_R42_nested_entities_are_not_expanded(worker: ParseWorker) -> None:
    inner = "".join(f'<!ENTITY {new} "{10 * f"&{old};"}">' for old, new in pairwise("abcdefghijkl"))
    page = f'<!DOCTYPE html [<!ENTITY a "{"A" * 10}">{inner}]><html><body><p>Words &l; here.</p>'
    assert len((await worker.html(page.encode(), "", None)).text) < 100


async def test_R42_memory_is_bounded_where_the_system_can() -> None:
    worker = ParseWorker(Limits(memory=256 << 20))
    body = b"<style>" + b"{" * 2_000_000 + b"</style><p>words"
    if sys.platform == "linux":
        with pytest.raises(PageUnusable, match="needs too much memory"):
            await worker.html(body, "", None)
    assert "bridge" in (await read_article(worker)).text
    await worker.close()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (encrypted_pdf([["The bridge fell."]], "sesame"), "It is an encrypted PDF."),
        (scanned_pdf(), "It is a PDF without text (scanned?)."),
        (b"%PDF-1.7\nnothing", "It cannot be read (damaged PDF)."),
    ],
)
async def test_a_file_that_cannot_be_read_says_why(worker: ParseWorker, body: bytes, message: str) -> None:
    with pytest.raises(PageUnusable) as raised:
        await worker.pdf(body, "file:///a.pdf")
    assert str(raised.value) == message
    assert raised.value.remedy


async def test_R42_a_file_that_unpacks_without_end_ends_within_limits(worker: ParseWorker) -> None:
    with pytest.raises(PageUnusable):
        await worker.pdf(bomb_pdf(300), "file:///bomb.pdf")
    assert (await worker.pdf(pdf([["The bridge fell."]]), "file:///a.pdf")).text == "The bridge fell.\n"


async def test_text_without_end_is_refused() -> None:
    worker = ParseWorker(Limits(text_bytes=100))
    with pytest.raises(PageUnusable, match="too much text"):
        await worker.pdf(pdf([["The bridge fell."] * 50]), "file:///a.pdf")
    await worker.close()


async def test_R26_modules_of_the_workspace_are_not_imported(
    worker: ParseWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("typing_extensions", "lxml", "trafilatura", "copydesk", "sitecustomize", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the workspace')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "bridge" in (await read_article(worker)).text


async def test_without_the_extra_it_says_what_to_install() -> None:
    blocked = (
        "import sys; sys.modules['trafilatura'] = None; from copydesk.adapters.extraction.child import main; main()"
    )
    worker = ParseWorker(command=isolated_python("-c", blocked))
    with pytest.raises(PageUnusable) as raised:
        await read_article(worker)
    assert "'.[web]'" in raised.value.remedy
    assert (await worker.pdf(pdf([["The bridge fell."]]), "file:///a.pdf")).text == "The bridge fell.\n"
    await worker.close()


def test_the_process_ends_when_nothing_more_can_come() -> None:
    done = subprocess.run(CHILD, input=b"", capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, b"")
    done = subprocess.run(CHILD, input=LENGTHS.pack(5, 5) + b"cut", capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, b"")


def test_R42_a_process_that_nobody_kills_ends_itself() -> None:
    request = Request("html", None, seconds=0.5, memory=512 << 20, longest=1000)
    with subprocess.Popen(CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        said, _ = process.communicate(frame(request, MANY_ATTRIBUTES), timeout=60)
    assert said == frame({"ready": True})
    assert process.returncode != 0


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.getaddrinfo('example.org', 80)",
        "subprocess.run(['true'])",
        "os.system('true')",
        "os.posix_spawn('/bin/true', ['true'], {}) if hasattr(os, 'posix_spawn') else os.startfile('x')",
        "open(os.devnull, 'w')",
        "os.open(os.devnull, os.O_RDWR)",
        "os.remove('nothing')",
    ],
)
def test_R38_the_process_opens_no_connection_no_process_and_no_file_for_writing(attempt: str) -> None:
    script = (
        "import os, socket, subprocess, sys\n"
        "from copydesk.adapters.extraction import child\n"
        "child._next = lambda stream: None\n"
        "child.os._exit = lambda code: None\n"
        "child.main()\n"
        f"try: {attempt}\n"
        "except PermissionError as error: sys.stderr.write(str(error))\n"
    )
    done = subprocess.run(isolated_python("-c", script), capture_output=True, encoding="utf-8", timeout=60)
    assert done.stderr.startswith("the parsing process may not")


def test_the_daemons_side_imports_no_parser() -> None:
    script = (
        "import sys; import copydesk.adapters.extraction.worker\n"
        "print(*sorted({'trafilatura', 'lxml', 'pypdf', 'justext', 'dateparser'} & set(sys.modules)))"
    )
    done = subprocess.run(isolated_python("-c", script), capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert done.stdout.split() == []
