"""Citations of files beside a document, checked though nobody researched or stored anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.adapters.evidence_files import known_sources
from copydesk.adapters.local_sources import LARGEST_TOGETHER, MOST_FILES, LocalFiles, places_of
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Text

PLAQUE = "# Plaque\n\nThe Lund canal was opened in 1912 by the town council. It is 40 kilometres long.\n"
RIGHT = "“The Lund canal was opened in 1912 by the town council.”"
WRONG = RIGHT.replace("1912", "1914")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "work"
    (root / "sources").mkdir(parents=True)
    (root / "copydesk.toml").write_text('[search]\nlibrary = ["sources"]\n')
    (root / "sources" / "plaque.md").write_text(PLAQUE, "utf-8")
    return root


def cites(address: str, quote: str = WRONG) -> str:
    return f"It was opened long ago.[^p]\n\n[^p]: {quote} [Plaque]({address})\n"


def codes(
    source: str, path: Path, library: tuple[str, ...] = ("sources",), files: LocalFiles | None = None
) -> list[str]:
    document = read(Text(source))
    places = places_of(path.parent, library)
    known = known_sources(document, path, None, local=(files or LocalFiles(), places))
    return [note.code for note in instant(document, known_sources=known).notes]


@pytest.mark.parametrize(("quote", "found"), [(RIGHT, []), (WRONG, ["CD602"])])
def test_a_quote_of_a_cited_file_is_compared_with_it(project: Path, quote: str, found: list[str]) -> None:
    path = project / "post.md"
    for address in ("sources/plaque.md", "./sources/../sources/plaque.md#top", "sources/plaque%2Emd"):
        assert codes(cites(address, quote), path) == found


def test_a_figure_is_compared_with_the_cited_file(project: Path) -> None:
    source = "The canal is {} kilometres long.[^p]\n\n[^p]: [Plaque](sources/plaque.md)\n"
    assert codes(source.format(40), project / "post.md") == []
    assert codes(source.format(90), project / "post.md") == ["CD604"]


def test_a_file_of_the_project_and_of_the_users_library_elsewhere_is_known(project: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "plaque.txt").write_text(PLAQUE, "utf-8")
    (project / "plaque.md").write_text(PLAQUE, "utf-8")
    assert codes(cites("plaque.md"), project / "post.md", ()) == ["CD602"]
    address = "../library/plaque.txt"
    assert codes(cites(address), project / "post.md", (str(library),)) == ["CD602"]
    assert codes(cites(address), project / "post.md") == []


def test_R16_what_lies_elsewhere_is_hidden_or_is_no_text_is_not_read(project: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(PLAQUE, "utf-8")
    (project / ".private.md").write_text(PLAQUE, "utf-8")
    (project / ".git").mkdir()
    (project / ".git" / "plaque.md").write_text(PLAQUE, "utf-8")
    (project / "plaque.py").write_text(PLAQUE, "utf-8")
    (project / "folder.md").mkdir()
    (project / "binary.md").write_bytes(b"\0" + PLAQUE.encode())
    (project / "post.md").write_text(PLAQUE, "utf-8")
    here = (
        "../secret.md",
        ".private.md",
        ".git/plaque.md",
        "plaque.py",
        "folder.md",
        "binary.md",
        "post.md",
        "none.md",
    )
    elsewhere = ((tmp_path / "secret.md").as_posix(), "//host/plaque.md", "%00.md", "sources", "/", "\\\\host\\x.md")
    for address in (*here, *elsewhere):
        assert codes(cites(address), project / "post.md") == []


def test_R16_a_link_out_of_the_project_is_not_followed(project: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(PLAQUE, "utf-8")
    (project / "linked.md").symlink_to(tmp_path / "secret.md")
    (project / "inside.md").symlink_to(project / "sources" / "plaque.md")
    assert codes(cites("linked.md"), project / "post.md") == []
    assert codes(cites("inside.md"), project / "post.md") == ["CD602"]


def test_a_file_that_changed_is_read_again_and_others_are_not(project: Path) -> None:
    path, plaque, files = project / "post.md", project / "sources" / "plaque.md", LocalFiles()
    assert codes(cites("sources/plaque.md"), path, files=files) == ["CD602"]
    document, places = read(Text(cites("sources/plaque.md"))), places_of(project, ("sources",))
    (first,), (again,) = (known_sources(document, path, None, local=(files, places)).sources for _ in range(2))
    assert first is again
    plaque.write_text(PLAQUE.replace("1912", "1914") + "\n", "utf-8")
    assert codes(cites("sources/plaque.md"), path, files=files) == []
    plaque.unlink()
    assert codes(cites("sources/plaque.md"), path, files=files) == []


def test_only_so_many_files_of_so_many_bytes_are_read(project: Path) -> None:
    for number in range(MOST_FILES + 1):
        (project / f"{number:03}.md").write_text(f"{PLAQUE}{number}", "utf-8")
    source = "\n".join(f"[{number}]({number:03}.md)" for number in range(MOST_FILES + 1))
    local = (LocalFiles(), places_of(project, ()))
    known = known_sources(read(Text(source)), project / "post.md", None, local=local)
    assert len(known.sources) == MOST_FILES
    large = LARGEST_TOGETHER // 4
    for number in range(5):
        (project / f"{number:03}.md").write_bytes(b"a" * large)
    known = known_sources(read(Text(source)), project / "post.md", None, local=local)
    assert len(known.sources) < MOST_FILES
