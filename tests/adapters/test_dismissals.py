"""The project's file of dismissals: reviewable, mergeable, never losing a line."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.dismissals import ProjectDismissals, add_dismissal, read_dismissals, remove_dismissal
from copydesk.adapters.project import find_root, project_path
from copydesk.core.note import Note, Severity, anchored
from copydesk.core.suppress import Dismissal, Scope
from copydesk.core.text import Span, Text
from copydesk.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

MARKS = ["copydesk.toml", ".git", ".copydesk"]
NOTE = Dismissal("CD403", Scope.NOTE, "posts/a.md", "It was « done » 🙂 by them", "house style")
DOCUMENT = Dismissal("CD101", Scope.DOCUMENT, "posts/b.md")
PROJECT = Dismissal("CD402", Scope.PROJECT, reason="we like hedges")

FILE = """\
{"code": "CD402", "reason": "we like hedges", "scope": "project"}
{"code": "CD403", "path": "posts/a.md", "reason": "house style", "scope": "note", "words": "It was « done » 🙂 by them"}
{"code": "CD101", "path": "posts/b.md", "scope": "document"}
"""


def content(root: Path) -> str:
    return (root / ".copydesk" / "dismissed.jsonl").read_bytes().decode()


def written(root: Path, text: str) -> Path:
    (root / ".copydesk").mkdir()
    (root / ".copydesk" / "dismissed.jsonl").write_bytes(text.encode())
    return root


@pytest.mark.parametrize("order", [(NOTE, DOCUMENT, PROJECT), (PROJECT, DOCUMENT, NOTE), (DOCUMENT, NOTE, PROJECT)])
def test_the_file_is_the_same_whatever_the_order_and_reads_back(tmp_path: Path, order: tuple[Dismissal, ...]) -> None:
    for one in order:
        add_dismissal(tmp_path, one)
    assert content(tmp_path) == FILE
    assert read_dismissals(tmp_path) == ((PROJECT, NOTE, DOCUMENT), ())
    assert [path.name for path in (tmp_path / ".copydesk").iterdir()] == ["dismissed.jsonl"]


def test_adding_twice_changes_nothing_and_removing_takes_one_line(tmp_path: Path) -> None:
    written(tmp_path, FILE)
    add_dismissal(tmp_path, Dismissal("CD403", Scope.NOTE, "posts/a.md", "it was « done » 🙂 BY them", "other reason"))
    assert content(tmp_path) == FILE
    assert remove_dismissal(tmp_path, Dismissal("CD101", Scope.DOCUMENT, "posts/b.md"))
    assert not remove_dismissal(tmp_path, DOCUMENT)
    assert content(tmp_path) == "".join(FILE.splitlines(keepends=True)[:2])


BROKEN = [
    "<<<<<<< HEAD",
    "{",
    "[]",
    '"text"',
    "{}",
    '{"code": "CD403", "scope": "galaxy"}',
    '{"code": "CD403", "scope": "note", "path": "a.md"}',
    '{"code": "CD403", "scope": "document"}',
    '{"code": 1, "scope": "project"}',
    '{"code": "CD403", "scope": ["project"]}',
    '{"code": "CD403", "scope": "project", "reason": 1}',
    "[" * 100_000,
]


@pytest.mark.parametrize("line", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_line_is_reported_by_number_and_kept(tmp_path: Path, line: str) -> None:
    before = f'\n{line}\n{{"scope":"project" , "code":"CD402", "since": 2026}}'
    written(tmp_path, before)
    found, problems = read_dismissals(tmp_path)
    assert found == (Dismissal("CD402", Scope.PROJECT),)
    assert [(problem.source, problem.line) for problem in problems] == [(".copydesk/dismissed.jsonl", 2)]
    add_dismissal(tmp_path, DOCUMENT)
    assert content(tmp_path) == before + '\n{"code": "CD101", "path": "posts/b.md", "scope": "document"}\n'


def test_each_broken_line_is_told_once_and_the_others_count(tmp_path: Path) -> None:
    warnings: list[str] = []
    written(tmp_path, FILE + "<<<<<<< HEAD\n")
    store = ProjectDismissals(warnings.append)
    for _ in range(2):
        assert store.load(tmp_path / "x.md", ()).covers(Note("CD402", Severity.HINT, note("words").anchor, "message"))
    assert warnings == [".copydesk/dismissed.jsonl, line 4: not a dismissal; the line is kept and has no effect"]


def test_bytes_that_are_no_text_are_a_broken_line(tmp_path: Path) -> None:
    written(tmp_path, "")
    (tmp_path / ".copydesk" / "dismissed.jsonl").write_bytes(b"\xff\xfe\n")
    assert [problem.line for problem in read_dismissals(tmp_path)[1]] == [1]


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    written(tmp_path, FILE.replace("\n", "\r\n"))
    add_dismissal(tmp_path, Dismissal("CD999", Scope.PROJECT))
    assert content(tmp_path).count("\r\n") == content(tmp_path).count("\n") == 4


def test_what_a_colleague_writes_meanwhile_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "")
    fsync, colleague = os.fsync, [Dismissal("CD777", Scope.PROJECT)]

    def interrupted(descriptor: int) -> None:
        fsync(descriptor)
        if colleague:
            add_dismissal(tmp_path, colleague.pop())

    monkeypatch.setattr(os, "fsync", interrupted)
    add_dismissal(tmp_path, DOCUMENT)
    assert [one.code for one in read_dismissals(tmp_path)[0]] == ["CD777", "CD101"]


def test_threads_of_one_daemon_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    store = ProjectDismissals()
    notes = [note(f"Sentence number {index} is long enough.") for index in range(20)]
    threads = [threading.Thread(target=store.add, args=(tmp_path / "a.md", (), one, "note", None)) for one in notes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(read_dismissals(tmp_path)[0]) == len(notes)


def note(source: str) -> Note:
    return Note("CD403", Severity.WARNING, anchored(Text(source), Span(0, len(source))), "message")


@pytest.mark.parametrize("scope", Scope)
def test_a_dismissal_survives_a_restart(tmp_path: Path, scope: Scope) -> None:
    (tmp_path / "copydesk.toml").touch()
    document = tmp_path / "posts" / "a.md"
    one = note("This sentence was dismissed by me.")
    ProjectDismissals().add(document, (), one, scope, "because")
    assert ProjectDismissals().load(document, ()).covers(one)
    elsewhere = "import sys, pathlib; from copydesk.adapters.dismissals import read_dismissals as read; "
    code = elsewhere + "print(read(pathlib.Path(sys.argv[1]))[0][0].reason)"
    run = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "because"


def test_a_file_in_the_place_of_the_folder_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".copydesk").write_text("mine")
    with pytest.raises(StoreError) as refused:
        add_dismissal(tmp_path, PROJECT)
    assert refused.value.sentence == ".copydesk is a file. Move it away, and try again."
    assert read_dismissals(tmp_path) == ((), ())
    assert (tmp_path / ".copydesk").read_text() == "mine"


@pytest.mark.skipif(os.name != "posix", reason="links need no permission on POSIX only")
def test_links_out_of_the_project_are_refused(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (root / ".copydesk").symlink_to(outside)
    with pytest.raises(StoreError, match="is a link"):
        add_dismissal(root, PROJECT)
    (root / ".copydesk").unlink()
    (root / ".copydesk").mkdir()
    (outside / "secret").write_text("secret")
    (root / ".copydesk" / "dismissed.jsonl").symlink_to(outside / "secret")
    with pytest.raises(StoreError, match="is not a file"):
        read_dismissals(root)
    assert [path.read_text() for path in outside.iterdir()] == ["secret"]


def test_what_cannot_be_written_is_one_plain_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="cannot be written") as error:
        add_dismissal(tmp_path, PROJECT)
    assert error.value.remedy
    assert list((tmp_path / ".copydesk").iterdir()) == []


@pytest.mark.parametrize("mark", MARKS)
def test_the_nearest_sign_of_a_project_is_its_root(tmp_path: Path, mark: str) -> None:
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "docs" / "site"
    inner.mkdir(parents=True)
    (inner / mark).touch()
    document = inner / "posts" / "a.md"
    assert find_root(document, [tmp_path / "docs"]) == inner
    assert find_root(tmp_path / "docs" / "x.md", [tmp_path / "docs"]) == tmp_path
    assert project_path(inner / "x" / ".." / "posts" / "a.md", inner) == "posts/a.md"


def test_without_a_sign_it_is_the_innermost_workspace_folder_or_the_documents_own(tmp_path: Path) -> None:
    document = tmp_path / "a" / "b" / "c.md"
    assert find_root(document, [tmp_path, tmp_path / "a", tmp_path / "z"]) == tmp_path / "a"
    assert find_root(document, [tmp_path / "z"]) == tmp_path / "a" / "b"
    assert project_path(document, tmp_path / "z") == "c.md"
