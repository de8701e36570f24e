"""What the library's files say: text exactly as decoded, and titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from copydesk.core.text import Text
from harness.library import ScriptedWorker, library, skipped, written

if TYPE_CHECKING:
    from pathlib import Path

PROSE = "Das Café öffnet um acht.\r\nEin „Zitat“.\u2028Zeile\u0085 und 港口 🚢 e\u0301\r"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    ("before", "encoding"),
    [
        (b"", "utf-8"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe\0\0", "utf-32-le"),
        (b"\0\0\xfe\xff", "utf-32-be"),
    ],
    ids=["UTF-8", "UTF-8 with mark", "UTF-16 LE", "UTF-16 BE", "UTF-32 LE", "UTF-32 BE"],
)
async def test_text_is_stored_exactly_as_decoded(tmp_path: Path, name: str, before: bytes, encoding: str) -> None:
    written(tmp_path, {f"notes/{name}": before + PROSE.encode(encoding)})
    for _ in range(2):
        async with library(tmp_path) as opened:
            page = await opened.read((await opened.find("Café", 1)).hits[0])
        assert page.text == PROSE
        assert Text(page.text).source == PROSE


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("Das Café öffnet.".encode("latin-1"), "Not valid UTF-8; save it as UTF-8."),
        ("港口の灯台".encode("shift-jis"), "Not valid UTF-8; save it as UTF-8."),
        ("The harbour".encode("utf-16-le"), "A binary file."),
        (b"\xff\xfeabc", "Not valid UTF-16; save it as UTF-8."),
        (b"\xff\xfe\x00\xd8a\x00", "Not valid UTF-16; save it as UTF-8."),
        (b"\xff\xfea\x00\x00\x00b\x00", "A binary file."),
        (b"\xff\xfe\0\0\xff\xff\xff\xff", "Not valid UTF-32; save it as UTF-8."),
        (b"text\0text", "A binary file."),
        (b"\xed\xa0\xbd\xed\xb2\xa9", "Not valid UTF-8; save it as UTF-8."),
        (b"PK\x03\x04\x01\x02\x05 zip", "A binary file."),
        (b"\x89PNG\r\n\x1a\n\0\0", "A binary file."),
        (b"\xef\xbb\xbf", "It is empty."),
    ],
)
async def test_R41_what_is_no_text_is_skipped_with_a_reason(tmp_path: Path, content: bytes, why: str) -> None:
    written(tmp_path, {"notes/a.md": content, "notes/b.txt": content, "notes/c.txt": "The quay."})
    async with library(tmp_path) as opened:
        assert await skipped(opened) == {"notes/a.md": why, "notes/b.txt": why}


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("# The harbour\n", "The harbour"),
        ("intro\n\n## The *old* `quay` of [Cork](http://x) ##\n", "The old quay of Cork"),
        ("The harbour\n===========\n", "The harbour"),
        ("The harbour\r\n-----------\r\n", "The harbour"),
        ("\ufeff# The harbour\n", "The harbour"),
        ("```\n# no\n```\n\n# Yes\n", "Yes"),
        ("~~~~\n~~~\n# no\n~~~~\n# Yes {#id .x}\n", "Yes"),
        ("- a\n---\n\n# Yes\n", "Yes"),
        ("| a |\n---\n\n# Yes\n", "Yes"),
        ("snake_case\n\n# The snake_case `_name`\n", "The snake_case name"),
        ("---\ntitle: The harbour\n---\n# No\n", "The harbour"),
        ('---\ndate: 1\ntitle: "The: harbour"\n---\n# No\n', "The: harbour"),
        ("---\ntitle: 'The harbour'\n...\n# No\n", "The harbour"),
        ("---\ntitle: >\n  folded\n---\n# Yes\n", "Yes"),
        ("---\nsubtitle: no\n---\n# Yes\n", "Yes"),
        ("---\nauthor: a\n---\n\nNo heading.\n", "a_file"),
        ('+++\ntitle = "The harbour"\n+++\n# No\n', "The harbour"),
        ("#hashtag\n\nNo heading.\n", "a_file"),
        ("# \x1b[31mRed\u202e\n", "\\x1b[31mRed\\u202e"),
        ("# " + "long " * 100 + "\n", "long " * 39 + "long…"),
    ],
)
async def test_titles_of_markdown(tmp_path: Path, content: str, title: str) -> None:
    written(tmp_path, {"notes/a_file.md": content + "\nThe lighthouse.\n"})
    async with library(tmp_path) as opened:
        assert [hit.title for hit in (await opened.find("lighthouse", 1)).hits] == [title]


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.txt", "The lighthouse\n", "a"),
        ("Vande_Bharat 港.txt", "The lighthouse\n", "Vande_Bharat 港"),
        ("a.rst", "==========\nThe harbour\n==========\n\nThe lighthouse\n", "The harbour"),
        ("a.rst", "The harbour\n~~~~~~~~~~~\n\nThe lighthouse\n", "The harbour"),
        ("a.html", "The page\nThe lighthouse", "The page"),
        ("a b.html", "\nThe lighthouse", "a b"),
        ("a.pdf", "%PDFThe\tpaper\x07\nThe lighthouse", "The paper\\x07"),
    ],
)
async def test_titles_of_other_files(tmp_path: Path, name: str, content: str, title: str) -> None:
    written(tmp_path, {f"notes/{name}": content})
    async with library(tmp_path) as opened:
        assert [hit.title for hit in (await opened.find("lighthouse", 1)).hits] == [title]


async def test_R64_what_cannot_be_stored_is_replaced_in_extracted_text(tmp_path: Path) -> None:
    class Odd(ScriptedWorker):
        async def pdf(self, body: bytes, url: str) -> object:  # type: ignore[override]
            extracted = await super().pdf(body, url)
            return type(extracted)(f"\ud800 lighthouse \0 {extracted.text}", "A \udfff title", False)

    written(tmp_path, {"notes/a.pdf": "%PDFx\nThe ferry."})
    async with library(tmp_path, worker=Odd()) as opened:
        page = await opened.read((await opened.find("lighthouse", 1)).hits[0])
    assert page.text == "\ufffd lighthouse \ufffd The ferry."
    assert page.source.title == "A \ufffd title"
