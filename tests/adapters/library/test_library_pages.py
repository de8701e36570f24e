"""HTML and PDF files of a library, read by the real parsing process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.adapters.extraction.worker import ParseWorker
from harness.library import Clocks, library, names, skipped, written
from harness.pdf_file import encrypted_pdf, pdf, scanned_pdf

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """<!doctype html><html><head><title>Lights of the coast</title></head><body><nav>Home Contact</nav>
<article><h1>Lights</h1><p>The lighthouse was lit in 1874, and its lamp has been green ever since.</p>
<p style="display:none">The submarine lies in the harbour.</p></article></body></html>"""
PAPER = pdf([["The ferry carries ninety cars."], ["It was built by Swedish engineers."]], title="A paper on ferries")


async def test_pages_and_papers_are_read_and_others_skipped_with_a_reason(tmp_path: Path) -> None:
    files = {
        "notes/page.html": PAGE,
        "notes/paper.pdf": PAPER,
        "notes/scan.pdf": scanned_pdf(),
        "notes/locked.pdf": encrypted_pdf([["The ferry."]], "secret"),
        "notes/broken.pdf": PAPER[: len(PAPER) // 3],
        "notes/no.pdf": b"no PDF at all",
    }
    written(tmp_path, files)
    worker = ParseWorker()
    try:
        async with library(tmp_path, worker=worker) as opened:
            page = await opened.read((await opened.find("lighthouse lamp", 1)).hits[0])
            assert page.source.title == "Lights of the coast"
            assert "green ever since" in page.text
            assert "submarine" not in page.text
            assert await names(opened, "submarine") == []
            paper = await opened.read((await opened.find("Swedish engineers", 1)).hits[0])
            assert paper.source.title == "A paper on ferries"
            assert "ninety cars" in paper.text
            left_out = await skipped(opened)
    finally:
        await worker.close()
    assert sorted(left_out) == ["notes/broken.pdf", "notes/locked.pdf", "notes/no.pdf", "notes/scan.pdf"]
    assert all(why.endswith(".") for why in left_out.values())


async def test_what_was_not_read_because_all_was_ending_is_read_the_next_time(tmp_path: Path) -> None:
    written(tmp_path, {"notes/paper.pdf": PAPER, "notes/a.txt": "The quay."})
    clocks = Clocks()
    closed, worker = ParseWorker(), ParseWorker()
    await closed.close()
    try:
        async with library(tmp_path, worker=closed, clocks=clocks) as opened:
            assert list(await skipped(opened)) == ["notes/paper.pdf"]
        async with library(tmp_path, worker=worker, clocks=clocks) as opened:
            assert await names(opened, "ferry") == ["paper.pdf"]
            assert await skipped(opened) == {}
    finally:
        await worker.close()
