"""The store of cited sources on disk."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters import sources as module
from copydesk.adapters.evidence_files import known_sources
from copydesk.adapters.sources import SourceStore, default_sources_directory
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.errors import StoreError
from copydesk.ports import Page
from harness.stored_sources import DOCUMENT, TEXT, URL, page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def records(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "data" / "sources").glob("*/*.json"))


def test_what_is_pinned_is_found_by_any_spelling_of_its_address(store: SourceStore) -> None:
    store.pin(page())
    assert store.at("http://EXAMPLE.org/audit/#x") == (page(),)
    assert store.at("https://example.org/other") == ()
    assert [kept.page for kept in store.all()] == [page()]


def test_what_is_pinned_never_changes(store: SourceStore, tmp_path: Path) -> None:
    store.pin(page())
    (before,) = records(tmp_path)
    content = before.read_bytes()
    store.pin(replace(page(), source=replace(page().source, title="Another title", retrieved="2027-01-01T00:00:00Z")))
    assert before.read_bytes() == content
    store.pin(page("A fourth of the pumps failed.", retrieved="2026-05-06T00:00:00Z"))
    assert [one.text for one in store.at(URL)] == [TEXT, "A fourth of the pumps failed."]
    assert before.read_bytes() == content


@pytest.mark.parametrize(
    "bad",
    [
        replace(page(), text="Not what was read."),
        replace(page(), text="\ud83d", source=replace(page().source, sha256="0" * 64)),
        page(url="javascript:x"),
        page(url=""),
    ],
    ids=["digest", "surrogate", "scheme", "none"],
)
def test_what_no_citation_could_name_is_not_stored(store: SourceStore, bad: Page, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        store.pin(bad)
    assert records(tmp_path) == []


def test_R20_only_the_user_can_read_the_store(store: SourceStore, tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        store.pin(page())
    finally:
        os.umask(old)
    folder = tmp_path / "data" / "sources"
    (record,) = records(tmp_path)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, record.parent, record)] == [0o700, 0o700, 0o600]
    folder.chmod(0o755)
    store.at(URL)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_R20_a_link_in_its_place_is_not_used(tmp_path: Path, warnings: list[str]) -> None:
    elsewhere = tmp_path / "elsewhere"
    SourceStore(elsewhere).pin(page())
    (tmp_path / "sources").symlink_to(elsewhere)
    store = SourceStore(tmp_path / "sources", warn=warnings.append)
    assert store.at(URL) == ()
    assert len(warnings) == 1
    with pytest.raises(StoreError):
        store.pin(page("Another text."))


def test_R20_a_record_that_is_a_link_is_not_read(store: SourceStore, tmp_path: Path, warnings: list[str]) -> None:
    store.pin(page())
    (record,) = records(tmp_path)
    record.rename(tmp_path / "moved.json")
    record.symlink_to(tmp_path / "moved.json")
    assert store.at(URL) == ()
    assert len(warnings) == 1


def test_the_users_own_folder_is_outside_the_workspace() -> None:
    directory = default_sources_directory()
    assert directory is not None
    assert directory.is_absolute()
    assert directory.name == "sources"


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "noise": lambda content: b"\0\xff" * 40,
    "a word changed": lambda content: content.replace(b"third", b"tenth"),
    "another address": lambda content: content.replace(b"example.org/audit", b"example.org/other"),
    "another format": lambda content: content.replace(b'"plain"', b'"exe"'),
    "another type": lambda content: content.replace(b'"Audit"', b"7"),
    "a list": lambda content: b"[1]",
    "deep": lambda content: b"[" * 100_000,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_ignored_named_once_and_told_as_lost(
    store: SourceStore, tmp_path: Path, warnings: list[str], damage: str
) -> None:
    store.pin(page())
    (record,) = records(tmp_path)
    record.write_bytes(DAMAGE[damage](record.read_bytes()))
    assert store.at(URL) == ()
    assert store.at(URL) == ()
    assert len(warnings) == 1
    known = known_sources(read(Text(DOCUMENT)), tmp_path / "post.md", store)
    assert [note.code for note in instant(read(Text(DOCUMENT)), known_sources=known).notes] == ["CD601"]
    store.pin(page())
    assert store.at(URL) == (page(),)


def test_what_an_address_holds_now_is_noted_only_where_something_is_pinned(store: SourceStore, tmp_path: Path) -> None:
    now = page("A fourth of the pumps failed.", retrieved="2026-05-06T00:00:00Z")
    store.seen(now)
    assert records(tmp_path) == []
    store.pin(page())
    store.seen(page(retrieved="2026-03-03T00:00:00Z"))
    assert [one.newest for one in store.known([URL]).sources] == [None]
    store.seen(now)
    (known,) = store.known([URL]).sources
    assert (known.text, known.newest, known.newest_retrieved) == (TEXT, now.text, "2026-05-06T00:00:00Z")
    assert store.at(URL) == (page(),)
    store.seen(page("Older words.", retrieved="2026-04-04T00:00:00Z"))
    assert store.known([URL]).sources[0].newest == now.text
    store.seen(page(retrieved="2026-07-08T00:00:00Z"))
    assert [one.newest for one in store.known([URL]).sources] == [None]


def test_a_later_text_that_is_pinned_too_is_the_newest(store: SourceStore) -> None:
    store.pin(page())
    store.pin(page("A fourth of the pumps failed.", retrieved="2026-05-06T00:00:00Z"))
    assert [one.newest for one in store.known([URL]).sources] == ["A fourth of the pumps failed.", None]


def test_clearing_removes_all_and_nothing_else(store: SourceStore, tmp_path: Path) -> None:
    store.pin(page())
    store.pin(page("Another text.", "https://example.org/other"))
    store.seen(page("Changed.", retrieved="2027-01-01T00:00:00Z"))
    mine = tmp_path / "data" / "sources" / "notes.txt"
    mine.write_text("mine", encoding="utf-8")
    assert store.clear() == 2
    assert records(tmp_path) == []
    assert mine.read_text(encoding="utf-8") == "mine"
    assert store.clear() == 0


def test_R58_a_full_disk_is_told_and_leaves_nothing_half_written(
    store: SourceStore, tmp_path: Path, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.pin(page())

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module.os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            store.pin(page("Another text."))
        store.seen(page("Changed.", retrieved="2027-01-01T00:00:00Z"))
    assert len(warnings) == 1
    assert len(records(tmp_path)) == 1
    assert not list((tmp_path / "data").rglob("*.tmp"))
    store.pin(page("Another text."))
    assert len(store.at(URL)) == 2


def _pin_all(directory: Path) -> int:
    store = SourceStore(directory)
    for number in range(40):
        store.pin(page(f"Text number {number} of the audit.", retrieved=f"2026-01-01T00:00:{number:02}Z"))
        store.seen(page("What it holds now.", retrieved="2026-02-02T00:00:00Z"))
        assert all(one.text for one in store.at(URL))
    return len(store.at(URL))


def test_several_processes_share_a_store(tmp_path: Path) -> None:
    directory = tmp_path / "sources"
    with ProcessPoolExecutor(3) as pool:
        assert list(pool.map(_pin_all, [directory] * 3)) == [40] * 3
    assert not list(directory.rglob("*.tmp"))
    assert [one.newest for one in SourceStore(directory).known([URL]).sources] == ["What it holds now."] * 40


# The bundle.
