"""The store of cited sources on disk, and the bundle beside a document."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters import sources as module
from copydesk.adapters.evidence_files import (
    bundle_path,
    cited_addresses,
    document_address,
    export_bundle,
    known_sources,
)
from copydesk.adapters.sources import SourceStore, default_sources_directory
from copydesk.core.citations.bundle import LARGEST_BUNDLE, read_bundle
from copydesk.core.document import Format
from copydesk.core.evidence import Source
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.errors import StoreError
from copydesk.ports import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = "In all, a third of the pumps failed. It was the worst winter on record."
URL = "https://example.org/audit"
DOCUMENT = "Many failed.[^a]\n\n[^a]: “a third of the pumps failed” [Audit](http://example.org/audit/)\n"


def page(text: str = TEXT, url: str = URL, retrieved: str = "2026-01-02T00:00:00Z", title: str = "Audit") -> Page:
    source = Source(title, url, retrieved, hashlib.sha256(text.encode()).hexdigest())
    return Page(source, text, Format.PLAIN, "example.org")


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, warnings: list[str]) -> SourceStore:
    return SourceStore(tmp_path / "data" / "sources", warn=warnings.append)


def records(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "data" / "sources").glob("*/*.json"))


def test_what_is_pinned_is_found_by_any_spelling_of_its_address_and_by_its_text(store: SourceStore) -> None:
    store.pin(page())
    assert store.at("http://EXAMPLE.org/audit/#x") == (page(),)
    assert store.with_digest(page().source.sha256) == page()
    assert store.at("https://example.org/other") == ()
    assert store.with_digest("0" * 64) is None
    assert store.with_digest("../../../etc/passwd") is None
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


def exported(store: SourceStore, tmp_path: Path, source: str = DOCUMENT) -> Path:
    path = tmp_path / "blog" / "post.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(source, encoding="utf-8")
    document = read(Text(source))
    target, _ = export_bundle(document, path, known_sources(document, path, store))
    return target


def codes(source: str, path: Path, warnings: list[str] | None = None) -> list[str]:
    """Return what a colleague, who has no store, is told of a document."""
    document = read(Text(source))
    known = known_sources(document, path, None, (warnings if warnings is not None else []).append)
    return [note.code for note in instant(document, known_sources=known).notes]


def test_a_colleague_checks_the_quotes_with_the_bundle_alone(store: SourceStore, tmp_path: Path) -> None:
    store.pin(page())
    store.pin(page("Not cited here.", "https://example.org/other"))
    target = exported(store, tmp_path)
    path = tmp_path / "blog" / "post.md"
    assert target == bundle_path(path)
    assert target.name == "post.md.sources.json"
    whole = json.loads(target.read_text(encoding="utf-8"))
    assert whole["document"] == "post.md"
    assert [source["url"] for source in whole["sources"]] == [URL]
    digest = page().source.sha256
    assert whole["citations"] == [{"name": "a", "sources": [digest], "quotes": ["a third of the pumps failed"]}]
    assert codes(DOCUMENT, path) == []
    assert codes(DOCUMENT.replace("third", "fourth"), path) == ["CD602"]


def test_the_bundle_is_the_same_for_the_same_document_and_survives_being_exported_from_itself(
    store: SourceStore, tmp_path: Path
) -> None:
    store.pin(page())
    content = exported(store, tmp_path).read_bytes()
    assert exported(store, tmp_path).read_bytes() == content
    assert exported(SourceStore(tmp_path / "none"), tmp_path).read_bytes() == content
    assert content.endswith(b"}\n")
    assert b"\r" not in content


def test_a_files_path_in_the_bundle_is_the_documents_and_not_the_machines(store: SourceStore, tmp_path: Path) -> None:
    file = tmp_path / "blog" / "notes" / "a b.md"
    source = "Many failed.[^a]\n\n[^a]: “a third of the pumps failed” [Audit](notes/a%20b.md)\n"
    store.pin(replace(page(url=document_address(file)), format=Format.MARKDOWN))
    target = exported(store, tmp_path, source)
    assert str(tmp_path) not in target.read_text(encoding="utf-8")
    moved = tmp_path / "elsewhere" / "post.md"
    moved.parent.mkdir()
    target.rename(bundle_path(moved))
    assert codes(source, moved) == []
    assert codes(source.replace("third", "tenth"), moved) == ["CD602"]


def test_without_stored_sources_nothing_is_written(store: SourceStore, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No source"):
        exported(store, tmp_path)
    assert not bundle_path(tmp_path / "blog" / "post.md").exists()


def test_the_users_own_texts_are_known_beside_the_bundles(store: SourceStore, tmp_path: Path) -> None:
    store.pin(page())
    exported(store, tmp_path)
    path = tmp_path / "blog" / "post.md"
    other = SourceStore(tmp_path / "other")
    other.pin(page("A fourth of the pumps failed.", retrieved="2026-05-06T00:00:00Z"))
    known = known_sources(read(Text(DOCUMENT)), path, other)
    assert [(one.bundled, one.text) for one in known.sources] == [
        (False, "A fourth of the pumps failed."),
        (True, TEXT),
    ]


HOSTILE: dict[str, Callable[[dict[str, object]], object]] = {
    "its text changed": lambda entry: entry | {"text": TEXT.replace("third", "tenth")},
    "its digest changed": lambda entry: entry | {"sha256": "0" * 64},
    "an absolute path": lambda entry: entry | {"url": "/etc/passwd"},
    "a file": lambda entry: entry | {"url": "file:///etc/passwd"},
    "a script": lambda entry: entry | {"url": "javascript:alert(1)"},
    "no text": lambda entry: {key: value for key, value in entry.items() if key != "text"},
    "a number for a title": lambda entry: entry | {"title": 7},
    "a long title": lambda entry: entry | {"title": "x" * 10_000},
    "another format": lambda entry: entry | {"format": "exe"},
    "another time": lambda entry: entry | {"retrieved": "<script>"},
    "a surrogate": lambda entry: entry | {"text": "\ud83d"},
    "a list": lambda entry: [entry],
}


@pytest.mark.parametrize("change", HOSTILE)
def test_a_bundle_supplies_texts_that_are_what_they_say_and_nothing_else(
    store: SourceStore, tmp_path: Path, change: str
) -> None:
    store.pin(page())
    target = exported(store, tmp_path)
    whole = json.loads(target.read_text(encoding="utf-8"))
    whole["sources"] = [HOSTILE[change](whole["sources"][0])]
    target.write_text(json.dumps(whole), encoding="utf-8")
    warnings: list[str] = []
    document = read(Text(DOCUMENT))
    known = known_sources(document, tmp_path / "blog" / "post.md", None, warnings.append)
    assert known.sources == ()
    assert len(warnings) == 1
    assert warnings[0].startswith(str(target))
    assert "!" not in warnings[0]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"version": 2, "sources": []}', b'{"version": 1, "sources": 7}',
     b" " * (LARGEST_BUNDLE + 1)],
    ids=["empty", "list", "object", "bytes", "deep", "version", "number", "large"],
)  # fmt: skip
def test_what_is_no_bundle_is_told_and_ignored(content: bytes) -> None:
    bundle = read_bundle(content)
    assert bundle.sources == ()
    assert len(bundle.problems) == 1


def test_a_folder_in_the_bundles_place_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "post.md"
    bundle_path(path).mkdir()
    assert codes(DOCUMENT, path) == []


def test_what_a_document_cites_is_told_by_its_addresses() -> None:
    document = read(Text(f"{DOCUMENT}\nSee [it](notes/x.md), [here](#y), ![z](p.png) and `https://code.example`.\n"))
    assert cited_addresses(document) == {"http://example.org/audit/", "notes/x.md"}


def test_an_unsaved_document_has_no_place_of_its_own(store: SourceStore) -> None:
    store.pin(page())
    assert [one.text for one in known_sources(read(Text(DOCUMENT)), None, store).sources] == [TEXT]
