"""The bundle of cited sources beside a document: what a colleague can check with it, and what is not believed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from copydesk.adapters.evidence_files import (
    bundle_path,
    cited_addresses,
    document_address,
    export_bundle,
    known_sources,
)
from copydesk.adapters.sources import SourceStore
from copydesk.core.citations.bundle import LARGEST_BUNDLE, read_bundle
from copydesk.core.document import Format
from copydesk.core.instant import instant
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.errors import StoreError
from harness.stored_sources import DOCUMENT, TEXT, URL, page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
