"""The library as a place to look things up: what is found and read, and what is left out."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from copydesk.adapters.extraction.unreadable import NotTried
from copydesk.adapters.library.library import Library
from copydesk.core.document import Format
from copydesk.core.evidence import Skipped
from copydesk.errors import PageUnusable, SearchUnavailable
from copydesk.ports import Hit
from harness.library import FILES, HOUR, Clocks, ScriptedWorker, library, names, skipped, written


async def test_each_kind_of_file_is_found_and_read(tmp_path: Path) -> None:
    written(tmp_path, FILES)
    worker = ScriptedWorker()
    expected = {
        "When did the harbour open?": ("harbour.md", "The harbour", Format.MARKDOWN),
        "trams in town": ("trams.txt", "trams", Format.PLAIN),
        "green lamps": ("page.html", "A page", Format.PLAIN),
        "cars on a ferry": ("paper.pdf", "A paper", Format.PLAIN),
        "mill burnt": ("chapter.qmd", "A chapter", Format.QUARTO),
        "painting bridges": ("post.mdx", "A post", Format.MDX),
    }
    async with library(tmp_path, worker=worker) as opened:
        assert opened.name == "library"
        for query, (name, title, format) in expected.items():
            hit = (await opened.find(query, 1)).hits[0]
            path = next((tmp_path / "notes").rglob(name)).resolve()
            assert hit == Hit("library", title, path.as_uri())
            page = await opened.read(hit)
            assert (page.format, page.site, page.source.url, page.source.title) == (format, hit.url, hit.url, title)
            assert page.source.sha256 == hashlib.sha256(page.text.encode()).hexdigest()
            if path.suffix not in {".html", ".pdf"}:
                assert page.text == path.read_bytes().decode()
    assert sorted(worker.asked) == ["page.html", "paper.pdf"]


async def test_a_page_tells_of_hidden_text(tmp_path: Path) -> None:
    written(tmp_path, {"notes/page.html": "A page\nThe lighthouse has a green lamp."})
    worker = ScriptedWorker()
    worker.hidden = True
    for _ in range(2):
        async with library(tmp_path, worker=worker) as opened:
            assert (await opened.read((await opened.find("lighthouse", 1)).hits[0])).hidden
    assert worker.asked == ["page.html"]


async def test_at_most_as_many_as_asked_for_and_nothing_for_no_words(tmp_path: Path) -> None:
    written(tmp_path, {f"notes/{number}.txt": f"The harbour, number {number}." for number in range(9)})
    async with library(tmp_path) as opened:
        assert await names(opened, "harbour", 4) == ["0.txt", "1.txt", "2.txt", "3.txt"]
        assert len(await names(opened, "harbour", 100)) == 9
        for query, limit in (("", 5), ("?!", 5), ("harbour", 0), ("harbour", -1), ("unheard", 5)):
            assert await names(opened, query, limit) == []


async def test_copies_of_one_text_count_once_and_a_long_document_once(tmp_path: Path) -> None:
    long = "\n\n".join(f"The harbour in year {year}. " + "Ships came and went. " * 40 for year in range(20))
    written(tmp_path, {"notes/b.txt": "The harbour.", "notes/a.txt": "The harbour.", "notes/long.txt": long})
    async with library(tmp_path) as opened:
        assert await names(opened, "harbour") == ["a.txt", "long.txt"]


async def test_a_long_document_is_found_by_its_best_part(tmp_path: Path) -> None:
    filler = "\n\n".join("The committee met again and talked of other things at length. " * 20 for _ in range(30))
    short = "A note on zeppelins and on much besides, such as trains, boats, carts and trams, and no figures."
    written(tmp_path, {"notes/long.txt": f"{filler}\n\nThe zeppelin landed at dawn.\n\n{filler}", "notes/b.txt": short})
    async with library(tmp_path) as opened:
        assert (await names(opened, "The zeppelin landed at dawn."))[0] == "long.txt"


async def test_words_in_the_title_weigh_more(tmp_path: Path) -> None:
    other = {f"notes/{number}.md": f"# Number {number}\n\nNothing of note.\n" for number in range(6)}
    text = "A walk along the quay, with a lighthouse on the right and shops on the left.\n"
    written(tmp_path, {**other, "notes/a.md": f"# A walk\n\n{text}", "notes/b.md": f"# The lighthouse\n\n{text}"})
    async with library(tmp_path) as opened:
        assert await names(opened, "lighthouse") == ["b.md", "a.md"]


async def test_what_is_found_does_not_depend_on_the_order_of_reading(tmp_path: Path) -> None:
    queries = ("harbour", "old harbour quay", "the town of trams")
    files = {
        f"notes/{number}.txt": f"The harbour {'quay ' * (number % 3)}of town {number % 2}." for number in range(20)
    }
    async with library(written(tmp_path / "once", files)) as opened:
        at_once = [await names(opened, query) for query in queries]
    bit_by_bit = tmp_path / "bits"
    async with library(written(bit_by_bit, {"notes/19.txt": "Something else.", "notes/gone.txt": "harbour"})) as opened:
        for name in reversed(files):
            written(bit_by_bit, {name: files[name]})
            await opened.find("harbour", 1)
        (bit_by_bit / "notes" / "gone.txt").unlink()
        assert [await names(opened, query) for query in queries] == at_once


@pytest.mark.parametrize(
    ("folders", "message", "remedy"),
    [
        ((), "No library folder is set.", "[search]"),
        (("none",), "No library folder can be used. none: It does not exist.", "--library"),
        (("empty",), "The library is empty.", "Put Markdown"),
        (("../out",), "No library folder can be used. ../out: The folder lies outside the project", "--library"),
        (("bad",), "The library is empty. bad/a.txt: A binary file.", "Put Markdown"),
        (("a\0b",), "No library folder can be used.", "--library"),
    ],
)
async def test_without_documents_search_is_unavailable(
    tmp_path: Path, folders: tuple[str, ...], message: str, remedy: str
) -> None:
    root = written(tmp_path / "root", {"empty/README": "x", "bad/a.txt": b"\0\1", "../out/a.txt": "quay"})
    opened = Library(folders, root, ScriptedWorker(), directory=None)
    for _ in range(2):
        with pytest.raises(SearchUnavailable) as raised:
            await opened.find("quay", 1)
        assert str(raised.value).startswith(message)
        assert remedy in raised.value.remedy
    await opened.close()
    with pytest.raises(SearchUnavailable):
        await opened.find("quay", 1)


async def test_its_state_says_how_much_there_is_and_reads_nothing(tmp_path: Path) -> None:
    worker = ScriptedWorker()
    async with library(written(tmp_path, FILES), "notes", "none", worker=worker) as opened:
        assert await opened.state() == "6 documents in notes, none"
    assert worker.asked == []
    assert list((tmp_path / "index").glob("*")) == []
    for folders in ((), ("none",), ("index",)):
        opened = Library(folders, tmp_path, worker, directory=None)
        with pytest.raises(SearchUnavailable):
            await opened.state()
        await opened.close()


async def test_a_missing_folder_beside_another_is_skipped(tmp_path: Path) -> None:
    written(tmp_path, {"notes/a.txt": "The quay."})
    async with library(tmp_path, "notes", "none") as opened:
        found = await opened.find("quay", 5)
        assert len(found.hits) == 1
        assert found.skipped == (Skipped("none", "It does not exist."),)


async def test_only_what_is_in_the_library_is_read(tmp_path: Path) -> None:
    root = written(tmp_path, {"notes/a.txt": "The quay.", "secret.txt": "A secret.", "notes/bad.txt": b"\xff\xfe\xff"})
    async with library(root) as opened:
        hit = (await opened.find("quay", 1)).hits[0]
        others = [
            (root / "secret.txt").as_uri(),
            (root / "notes").as_uri(),
            f"{(root / 'notes').as_uri()}/../secret.txt",
            hit.url.replace("a.txt", "%2e%2e/secret.txt"),
            hit.url.replace("file://", "https://"),
            "/etc/passwd",
            "",
        ]
        for url in others:
            with pytest.raises(PageUnusable, match="not in the library"):
                await opened.read(Hit("library", "A title", url))
        with pytest.raises(PageUnusable, match="not in the library"):
            await opened.read(Hit("wikipedia", hit.title, hit.url))
        with pytest.raises(PageUnusable, match="Not valid UTF-16"):
            await opened.read(Hit("library", "Bad", (root / "notes" / "bad.txt").resolve().as_uri()))
        (root / "notes" / "a.txt").unlink()
        written(root, {"notes/b.txt": "Another."})
        with pytest.raises(PageUnusable, match="not in the library"):
            await opened.read(hit)


async def test_what_the_worker_cannot_read_is_skipped_and_tried_again_in_a_day(tmp_path: Path) -> None:
    written(tmp_path, {"notes/a.pdf": "%PDFA\nThe ferry.", "notes/b.pdf": "no", "notes/c.pdf": "%PDF\n  \n"})
    worker, clocks = ScriptedWorker(), Clocks()
    worker.failures["a.pdf"] = PageUnusable("It took too long to read.", "Leave it out.")
    written(tmp_path, {"notes/d.txt": "The quay."})
    expected = {
        "notes/a.pdf": "It took too long to read. Leave it out.",
        "notes/b.pdf": "It is not a PDF file.",
        "notes/c.pdf": "No text was found in it; it may hold pictures of pages.",
    }
    for _ in range(2):
        async with library(tmp_path, worker=worker, clocks=clocks) as opened:
            assert await skipped(opened) == expected
    assert worker.asked == ["a.pdf", "c.pdf"]
    worker.failures.clear()
    clocks.now += 25 * HOUR
    async with library(tmp_path, worker=worker, clocks=clocks) as opened:
        assert await names(opened, "ferry") == ["a.pdf"]
        assert sorted(await skipped(opened)) == ["notes/b.pdf", "notes/c.pdf"]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (NotTried("It was not read.", "Install copydesk[web]."), "It was not read. Install copydesk[web]."),
        (OSError(11, "Resource temporarily unavailable"), "It cannot be opened (Resource temporarily unavailable)."),
    ],
)
async def test_what_is_not_the_files_fault_is_tried_again_in_the_next_run(
    tmp_path: Path, error: Exception, why: str
) -> None:
    written(tmp_path, {"notes/a.html": "A\nThe ferry.", "notes/d.txt": "The quay."})
    worker = ScriptedWorker()
    worker.failures["a.html"] = error
    async with library(tmp_path, worker=worker) as opened:
        for _ in range(3):
            assert await skipped(opened) == {"notes/a.html": why}
    assert worker.asked == ["a.html"]
    worker.failures.clear()
    async with library(tmp_path, worker=worker) as opened:
        assert await names(opened, "ferry") == ["a.html"]
        assert await skipped(opened) == {}


async def test_many_skipped_files_are_counted(tmp_path: Path) -> None:
    written(tmp_path, {"notes/a.txt": "The quay.", **{f"notes/{number}.md": b"\0" for number in range(130)}})
    async with library(tmp_path) as opened:
        found = (await opened.find("quay", 1)).skipped
    assert len(found) == 101
    assert found[-1] == Skipped("30 more files", "They could not be read either.")
