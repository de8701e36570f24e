"""The record of drafted sentences on disk: found again where a document is, and after it was moved or renamed."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.adapters.provenance import ProvenanceStore, default_provenance_directory
from copydesk.core.document import Document
from copydesk.core.draft.statement import Origin
from copydesk.core.evidence import Source
from copydesk.core.markdown import read
from copydesk.core.note import anchored
from copydesk.core.provenance import DraftProvenance
from copydesk.core.running import running
from copydesk.core.text import Span, Text
from copydesk.errors import StoreError

SENTENCES = (
    "The mill at Lund was built by Anna Berg.",
    "It has four wheels.",
    "Nobody has worked in the old mill for years now.",
)
TEXT = f"# Mills\n\nMine is this.\n\n{' '.join(SENTENCES)}\n"
ORIGIN = Origin("writer", 1, "llama3.1:8b", "a" * 64, "p")
SOURCE = Source("Mills \udcff", "file:///library/mills.md", "2026-01-01T00:00:00Z", "b" * 64)
posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX")


def doc(source: str = TEXT) -> Document:
    return read(Text(source))


def made(*sentences: str, source: str = TEXT) -> tuple[DraftProvenance, ...]:
    text = running(doc(source))
    found = []
    for words in sentences or SENTENCES:
        start = source.index(words)
        anchor = anchored(text.text, text.inner(Span(start, start + len(words))))
        found.append(DraftProvenance(anchor, ORIGIN, (SOURCE,), ("a jotting",)))
    return tuple(found)


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, warnings: list[str]) -> ProvenanceStore:
    return ProvenanceStore(tmp_path / "data" / "provenance", warnings.append, clock=lambda: 1_800_000_000.0)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "posts").mkdir(parents=True)
    (folder / "copydesk.toml").write_text("")
    return folder


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "data" / "provenance").iterdir())


def words(found: tuple[DraftProvenance, ...]) -> list[str]:
    return [one.words for one in found]


def test_what_is_recorded_is_loaded_with_all_that_made_it(store: ProvenanceStore, project: Path) -> None:
    path = project / "posts" / "mill.md"
    assert store.load(path, (), doc()) == ()
    store.record(path, (), doc(), made())
    assert store.load(path, (), doc()) == tuple(replace(one, accepted="2027-01-15T08:00:00Z") for one in made())
    assert store.load(path, (), doc("# Quite another text\n")) == store.load(path, (), doc())
    assert store.load(project / "posts" / "other.md", (), doc("Another.\n")) == ()
    assert store.documents() == 1


def test_nothing_accepted_is_nothing_recorded(store: ProvenanceStore, project: Path) -> None:
    store.record(project / "mill.md", (), doc(), ())
    assert store.documents() == 0


def test_later_acceptances_are_added_and_each_sentence_is_there_once(store: ProvenanceStore, project: Path) -> None:
    path = project / "mill.md"
    store.record(path, (), doc(), made(SENTENCES[0]))
    store.record(path, (), doc(), made(*SENTENCES[:2]))
    store.record(path, (), doc(), made(SENTENCES[2]))
    assert words(store.load(path, (), doc())) == list(SENTENCES)
    assert store.documents() == 1


@pytest.mark.parametrize(
    ("move", "text", "kept"),
    [
        ("project", TEXT, True),
        ("project", TEXT.replace(SENTENCES[0], "Mine.").replace(SENTENCES[1], "Mine too."), True),
        ("project", "# Nothing of it is left\n", False),
        ("rename", TEXT, True),
        ("rename", TEXT.replace(SENTENCES[0], "Mine."), True),
        ("rename", TEXT.replace(SENTENCES[0], "Mine.").replace(SENTENCES[1], "Mine too."), False),
        ("both", TEXT, True),
    ],
)
def test_a_document_that_was_moved_or_renamed_is_known_by_its_sentences(
    store: ProvenanceStore, project: Path, tmp_path: Path, move: str, text: str, kept: bool
) -> None:
    store.record(project / "posts" / "mill.md", (), doc(), made())
    store.record(project / "posts" / "other.md", (), doc(), made(SENTENCES[2]))
    root = project if move == "rename" else project.rename(tmp_path / "elsewhere")
    path = root / "posts" / ("mill.md" if move == "project" else "renamed.md")
    found = store.load(path, (), doc(text))
    assert words(found) == (list(SENTENCES) if kept else [])
    assert store.documents() == 2, "loading writes nothing"


def test_what_a_moved_document_had_is_kept_when_more_is_accepted(
    store: ProvenanceStore, project: Path, tmp_path: Path
) -> None:
    store.record(project / "posts" / "mill.md", (), doc(), made(*SENTENCES[:2]))
    root = project.rename(tmp_path / "elsewhere")
    store.record(root / "posts" / "mill.md", (), doc(), made(SENTENCES[2]))
    assert words(store.load(root / "posts" / "mill.md", (), doc("All is rewritten.\n"))) == list(SENTENCES)


def test_a_project_that_gets_a_root_of_its_own_later_keeps_its_records(store: ProvenanceStore, tmp_path: Path) -> None:
    path = tmp_path / "site" / "posts" / "mill.md"
    path.parent.mkdir(parents=True)
    store.record(path, (), doc(), made())
    (tmp_path / "site" / ".git").mkdir()
    assert words(store.load(path, (), doc())) == list(SENTENCES)
    assert words(store.load(path, (tmp_path / "site",), doc())) == list(SENTENCES)


def test_records_can_be_removed_for_one_document_or_for_all(store: ProvenanceStore, project: Path) -> None:
    first, second = project / "mill.md", project / "other.md"
    for path in (first, second):
        store.record(path, (), doc(), made())
    assert store.forget(first, ())
    assert not store.forget(first, ())
    assert store.documents() == 1
    assert store.clear() == 1
    assert store.clear() == 0
    assert store.load(second, (), doc()) == ()


@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "another version", "not a record", "wrong types", "deep"])
def test_a_damaged_line_costs_what_it_held(
    store: ProvenanceStore, project: Path, tmp_path: Path, damage: str, warnings: list[str]
) -> None:
    path = project / "mill.md"
    store.record(path, (), doc(), made(SENTENCES[0]))
    store.record(path, (), doc(), made(SENTENCES[1]))
    (file,) = files(tmp_path)
    _, first, _, second, _ = file.read_bytes().split(b"\n")
    broken = {
        "cut": second[:-20],
        "noise": b"\0\xff\x80" * 30,
        "empty": b"",
        "another version": second.replace(b'"version": 1', b'"version": 2'),
        "not a record": b"[1, 2]",
        "wrong types": second.replace(b'"round": 1', b'"round": []'),
        "deep": b"[" * 100_000,
    }[damage]
    file.write_bytes(first + b"\n" + broken)
    store.record(path, (), doc(), made(SENTENCES[2]))
    assert words(store.load(path, (), doc())) == [SENTENCES[0], SENTENCES[2]]
    assert warnings == []


def test_writers_at_the_same_time_lose_nothing(store: ProvenanceStore, project: Path) -> None:
    path = project / "mill.md"
    sentences = [f"This is sentence number {number} of a long text." for number in range(24)]
    text = f"# Mills\n\n{' '.join(sentences)}\n"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: store.record(path, (), doc(text), made(one, source=text)), sentences))
    assert sorted(words(store.load(path, (), doc(text)))) == sorted(sentences)


@posix
def test_R20_only_the_user_can_read_it(store: ProvenanceStore, project: Path, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store.record(project / "mill.md", (), doc(), made())
    finally:
        os.umask(before)
    (file,) = files(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@posix
def test_R20_a_link_in_place_of_the_folder_is_neither_read_nor_written(
    store: ProvenanceStore, project: Path, tmp_path: Path, warnings: list[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "provenance").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="is a link"):
        store.record(project / "mill.md", (), doc(), made())
    assert store.load(project / "mill.md", (), doc()) == ()
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert len(warnings) == 1


@posix
def test_R58_a_full_disk_is_one_sentence(
    store: ProvenanceStore, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "write", lambda descriptor, data: 3)
    with pytest.raises(StoreError) as caught:
        store.record(project / "mill.md", (), doc(), made())
    assert caught.value.sentence == (
        "Who drafted which sentence could not be recorded (no space is left). "
        "Check that the disk has room and that the folder is yours."
    )


def test_the_format_is_what_the_module_says(store: ProvenanceStore, project: Path, tmp_path: Path) -> None:
    store.record(project / "posts" / "mill.md", (), doc(), made(SENTENCES[0]))
    (file,) = files(tmp_path)
    entry = json.loads(file.read_bytes())
    assert (entry["version"], entry["root"], entry["path"]) == (1, str(project), "posts/mill.md")
    (sentence,) = entry["sentences"]
    assert sentence["words"] == SENTENCES[0]
    assert (sentence["agent"], sentence["round"], sentence["model"]) == ("writer", 1, "llama3.1:8b")


def test_the_users_own_folder_is_outside_the_workspace() -> None:
    directory = default_provenance_directory()
    assert directory is not None
    assert directory.is_absolute()
    assert directory.name == "provenance"
