"""Which files belong to a library: kinds, sizes, links, and folders that lead elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from copydesk.adapters.library import folders as folders_module
from copydesk.adapters.library import reading
from copydesk.adapters.library.folders import places, scan
from harness.library import library, names, skipped, written

posix = pytest.mark.skipif(os.name != "posix", reason="not every file system has links and pipes")


def seen(root: Path, *folders: str) -> tuple[list[str], dict[str, str]]:
    """Return the names of the library's files and what was left out."""
    found, refused = places(folders or ("notes",), root)
    now = scan(found)
    return [entry.name for entry in now.entries.values()], {one.what: one.why for one in refused + now.skipped}


def test_kinds_of_files_and_folders_that_programs_make(tmp_path: Path) -> None:
    counted = ["A.MD", "b.markdown", "c.mkd", "d.mdown", "e.mdx", "f.qmd", "g.Rmd", "h.txt", "i.TEXT", "j.rst"]
    counted += ["k.html", "l.htm", "m.xhtml", "n.PDF", "deep/er/o.md", "with space & ü 港.md", "~p.md"]
    others = ["README", "a.py", "b.docx", "c.md.bak", ".hidden.md", "._mac.md", ".git/a.md", "deep/.obsidian/b.md"]
    others += ["node_modules/x/README.md", "deep/__pycache__/a.txt", "dist/a.html"]
    written(tmp_path, {f"notes/{name}": "x" for name in counted + others})
    found, left_out = seen(tmp_path)
    assert sorted(found) == sorted(f"notes/{name}" for name in counted)
    assert left_out == {}


def test_names_come_from_the_project_or_else_from_the_folder(tmp_path: Path) -> None:
    root = written(tmp_path / "root", {"a.md": "x", "sub/b.md": "x", "../papers/c.md": "x", "../papers/d/e.md": "x"})
    assert seen(root, ".") == (["a.md", "sub/b.md"], {})
    assert seen(root, "sub") == (["sub/b.md"], {})
    assert seen(root, "sub", str(tmp_path / "papers")) == (["sub/b.md", "papers/c.md", "papers/d/e.md"], {})


def test_a_file_named_as_a_folder_is_a_document(tmp_path: Path) -> None:
    root = written(tmp_path, {"notes/a.md": "x", "b.txt": "x", "c.docx": "x"})
    assert seen(root, "notes/a.md", "notes", "b.txt", "c.docx") == (
        ["notes/a.md", "b.txt"],
        {"c.docx": "Neither Markdown, text, HTML nor PDF."},
    )


def test_a_file_counts_once_however_often_it_is_named(tmp_path: Path) -> None:
    root = written(tmp_path, {"notes/a.md": "x", "notes/deep/b.md": "x"})
    folders = ("notes/deep", "notes", "./notes/", str(root / "notes"), "notes/../notes/a.md")
    assert seen(root, *folders) == (["notes/deep/b.md", "notes/a.md"], {})


def test_the_users_own_folder_may_begin_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME" if os.name == "posix" else "USERPROFILE", str(tmp_path / "home"))
    written(tmp_path, {"home/papers/a.md": "x", "root/x": ""})
    assert seen(tmp_path / "root", "~/papers") == (["papers/a.md"], {})


def test_without_a_project_relative_folders_are_refused(tmp_path: Path) -> None:
    written(tmp_path, {"notes/a.md": "x"})
    found, refused = places(("notes", str(tmp_path / "notes")), None)
    assert [place.path for place in found] == [(tmp_path / "notes").resolve()]
    assert [(one.what, one.why) for one in refused] == [("notes", "There is no project around it.")]


def test_R16_a_relative_folder_does_not_leave_the_project(tmp_path: Path) -> None:
    root = written(tmp_path / "root", {"notes/a.md": "x", "../secret/b.md": "x"})
    outside = "The folder lies outside the project, so it is not read."
    escapes = ["../secret", "notes/../../secret", "..", "notes/../.."]
    if os.name == "posix":
        (root / "link").symlink_to(tmp_path / "secret")
        (root / "sub").mkdir()
        (root / "sub" / "deep").symlink_to("../../secret")
        escapes += ["link", "sub/deep", "link/b.md"]
    for escape in escapes:
        assert seen(root, escape, "notes")[0] == ["notes/a.md"]
        assert seen(root, escape, "notes")[1][escape] == outside
    # A project that is itself reached by a link is still one.
    if os.name == "posix":
        (tmp_path / "way").symlink_to(root)
        assert seen(tmp_path / "way", "notes")[0] == ["notes/a.md"]


@posix
def test_R16_links_do_not_lead_out_of_the_library(tmp_path: Path) -> None:
    root = written(
        tmp_path, {"notes/a.md": "x", "secret/b.md": "x", "notes/.annex/objects/c.md": "x", "other/d.md": "x"}
    )
    notes = root / "notes"
    for name, target in {
        "out.md": "../secret/b.md",
        "out": "../secret",
        "absolute.md": str(root / "secret" / "b.md"),
        "dead.md": "nowhere.md",
        "round.md": "round.md",
        "ping": "pong",
        "pong": "ping",
        "loop": ".",
        "up": "../notes",
        "again.md": "a.md",
        "annexed.md": ".annex/objects/c.md",
        "elsewhere.md": "../other/d.md",
        "passwd.txt": "/etc/passwd",
        "folder.md": ".annex",
    }.items():
        (notes / name).symlink_to(target)
    out, dead = "A link that leads out of the library's folders is not followed.", "A link that leads nowhere."
    found, left_out = seen(root, "notes")
    assert found == ["notes/a.md", "notes/annexed.md"]
    outward = ("absolute.md", "elsewhere.md", "out", "out.md", "passwd.txt")
    assert left_out == {
        **{f"notes/{name}": out for name in outward},
        **{f"notes/{name}": dead for name in ("dead.md", "round.md")},
    }
    assert seen(root, "notes", "other")[0] == ["notes/a.md", "other/d.md", "notes/annexed.md"]


@posix
async def test_R16_a_file_that_becomes_a_link_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = written(tmp_path, {"notes/a.txt": "The quay.", "notes/b.txt": "The pier.", "secret.txt": "The vault."})
    real = os.open

    def swapped(path: str, *arguments: int, **options: int) -> int:
        file = Path(path)
        if file.name == "a.txt" and not file.is_symlink():
            file.unlink()
            file.symlink_to(root / "secret.txt")
        return real(path, *arguments, **options)

    monkeypatch.setattr(reading.os, "open", swapped)
    async with library(root) as opened:
        assert await names(opened, "vault quay") == []
        assert "notes/a.txt" in await skipped(opened)


@posix
async def test_pipes_and_devices_are_not_opened(tmp_path: Path) -> None:
    root = written(tmp_path, {"notes/a.txt": "The quay."})
    os.mkfifo(root / "notes" / "pipe.md")
    async with library(root) as opened:
        assert await skipped(opened) == {"notes/pipe.md": "Not a regular file."}


async def test_large_and_empty_files_are_skipped_unread(tmp_path: Path) -> None:
    root = written(tmp_path, {"notes/a.txt": "The quay.", "notes/empty.md": "", "notes/blank.txt": " \n\t\n"})
    for name, size in {
        "huge.pdf": 50_000_000,
        "huge.md": 50_000_000,
        "long.txt": 5_000_001,
        "page.html": 10_000_000,
    }.items():
        with (root / "notes" / name).open("wb") as file:
            file.truncate(size)
    async with library(root) as opened:
        assert await names(opened, "quay") == ["a.txt"]
        assert await skipped(opened) == {
            "notes/huge.pdf": "Larger than 50 MB.",
            "notes/huge.md": "Larger than 50 MB.",
            "notes/long.txt": "Larger than 5 MB, which is much for text.",
            "notes/page.html": "Larger than 5 MB, which is much for text.",
            "notes/empty.md": "It is empty.",
            "notes/blank.txt": "It is empty.",
        }


async def test_a_file_that_cannot_be_opened_is_skipped_and_no_longer_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = written(tmp_path, {"notes/a.txt": "The quay.", "notes/b.txt": "The pier near the quay."})
    real, denied = os.open, False

    def guarded(path: str, *arguments: int, **options: int) -> int:
        if denied and str(path).endswith("a.txt"):
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(reading.os, "open", guarded)
    async with library(root) as opened:
        assert await names(opened, "quay", 1) == ["a.txt"]
        denied = True
        (root / "notes" / "a.txt").write_text("Another quay.")
        for _ in range(2):
            assert await names(opened, "quay", 1) == ["b.txt"]
            assert await skipped(opened) == {"notes/a.txt": "It cannot be opened (Permission denied)."}
        denied = False
        assert await names(opened, "quay", 1) == ["a.txt"]
        assert await skipped(opened) == {}


def test_a_folder_that_cannot_be_opened_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = written(tmp_path, {"notes/a.md": "x", "notes/shut/b.md": "x"})
    real = os.scandir

    def guarded(path: Path) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(folders_module.os, "scandir", guarded)
    assert seen(root) == (["notes/a.md"], {"notes/shut": "It cannot be opened (Permission denied)."})


def test_a_whole_disk_is_no_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders_module, "MOST_LOOKED_AT", 12)
    monkeypatch.setattr(folders_module, "MOST_DOCUMENTS", 4)
    root = written(tmp_path, {f"notes/{number}.md": "x" for number in range(6)})
    assert seen(root)[1] == {"2 more documents": "A library has at most 4."}
    written(root, {f"notes/deep/{number}.md": "x" for number in range(9)})
    found, left_out = seen(root)
    assert found == [f"notes/{number}.md" for number in range(4)]
    assert left_out["notes"] == "Only its first 12 files were looked at."


@posix
def test_a_name_that_is_not_text_is_skipped(tmp_path: Path) -> None:
    root = written(tmp_path, {"notes/a.md": "x"})
    try:
        Path(os.fsdecode(os.fsencode(root) + b"/notes/\xff.md")).write_bytes(b"x")
    except OSError:  # a file system that takes only text
        return
    assert seen(root) == (["notes/a.md"], {"notes/?.md": "Its name is not valid text."})


def test_R45_names_are_shown_without_control_characters(tmp_path: Path) -> None:
    if os.name != "posix":
        return
    root = written(tmp_path, {"notes/\x1b[31m\n\u202e.md": b""})
    assert seen(root)[1] == {"notes/\\x1b[31m \\u202e.md": "It is empty."}


def test_what_was_not_written_to_is_what_it_was_found_to_be_earlier(tmp_path: Path) -> None:
    root = written(tmp_path, {"notes/a.md": "one", "notes/b.md": "two", "notes/c.md": "three"})
    found, _ = places(("notes",), root)
    before = scan(found).entries
    assert all(one is before[uri] for uri, one in scan(found, before).entries.items())
    (root / "notes" / "b.md").write_text("other words", "utf-8")
    (root / "notes" / "c.md").unlink()
    written(root, {"notes/d.md": "four"})
    after = scan(found, before).entries
    assert dict(after) == dict(scan(found).entries)
    assert [one.name for uri, one in after.items() if one is before.get(uri)] == ["notes/a.md"]
