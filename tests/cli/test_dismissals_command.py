"""`copydesk dismissals` as a user runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.dismissals import add_dismissal, read_dismissals
from copydesk.cli.main import main
from copydesk.core.suppress import Dismissal, Scope

if TYPE_CHECKING:
    from pathlib import Path

NOTE = Dismissal("CD102", Scope.NOTE, "posts/a.md", "Studies show \x1b[2Jmuch.", "it is a joke")
DOCUMENT = Dismissal("CD101", Scope.DOCUMENT, "posts/b.md")
PROJECT = Dismissal("CD402", Scope.PROJECT)
UNKNOWN = Dismissal("CD999", Scope.DOCUMENT, "posts/b.md")
ALL = (PROJECT, NOTE, DOCUMENT, UNKNOWN)
LISTED = f"""\
{PROJECT.id}  CD402 (vague hedge), all in the project
{NOTE.id}  CD102 (missing citation) in posts/a.md: “Studies show \\x1b[2Jmuch.”
    why: it is a joke
{DOCUMENT.id}  CD101 (unsupported statistic), all in posts/b.md
{UNKNOWN.id}  CD999, all in posts/b.md
4 dismissals, recorded in """


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with dismissals, which is the current folder."""
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "a.md").write_text("Studies show much.\n")
    for one in ALL:
        add_dismissal(tmp_path, one)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", [(), ("list",), ("list", "posts")])
def test_a_project_s_dismissals_are_listed(
    project: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert main(["dismissals", *words]) == 0
    path = project / ".copydesk" / "dismissed.jsonl"
    assert capsys.readouterr().out == f"{LISTED}{path}\n"


def test_a_document_s_are_its_own_and_the_project_s(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dismissals", "list", "posts/a.md", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["dismissals"]
    assert [one["id"] for one in found] == [PROJECT.id, NOTE.id]
    assert found[1] == {
        "id": NOTE.id,
        "code": "CD102",
        "scope": "note",
        "path": "posts/a.md",
        "words": NOTE.words,
        "reason": "it is a joke",
    }


def test_dismissals_are_taken_back_by_what_their_ids_begin_with(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "posts")
    assert main(["dismissals", "restore", NOTE.id[:6], PROJECT.id]) == 0
    assert capsys.readouterr().out.count(": taken back\n") == 2
    assert read_dismissals(project)[0] == (DOCUMENT, UNKNOWN)
    monkeypatch.chdir(project.parent)
    assert main(["dismissals", "restore", DOCUMENT.id, "--project", str(project)]) == 0
    assert read_dismissals(project)[0] == (UNKNOWN,)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("restore", NOTE.id, "zzz"), "There is no dismissal whose id begins with zzz."),
        (("restore", ""), "There are several dismissals"),
        (("list", "nowhere.md"), "nowhere.md does not exist."),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_changed(
    project: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], reason: str
) -> None:
    assert main(["dismissals", *words]) == 2
    assert reason in capsys.readouterr().err
    assert read_dismissals(project)[0] == ALL


def test_a_project_without_any_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["dismissals"]) == 0
    assert capsys.readouterr().out == "Nothing was dismissed.\n"


def test_a_line_that_cannot_be_read_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = project / ".copydesk" / "dismissed.jsonl"
    file.write_bytes(b"<<<<<<< HEAD\n" + file.read_bytes())
    assert main(["dismissals"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(LISTED)
    assert "not a dismissal" in printed.err
