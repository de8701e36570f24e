"""`copydesk clear`: nothing of the user's is left where copydesk keeps things, and nothing else is touched."""

from __future__ import annotations

import hashlib
import logging
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import pytest

from copydesk.adapters.disk import DiskCache, default_directory
from copydesk.adapters.engines.model_files import models_folder
from copydesk.adapters.journal import JournalIdentity, default_drafts_directory, open_journal
from copydesk.adapters.ledger import Ledger, default_ledger_path, older_file
from copydesk.adapters.library import upkeep
from copydesk.adapters.provenance import ProvenanceStore, default_provenance_directory
from copydesk.adapters.sources import SourceStore, default_sources_directory
from copydesk.adapters.user_data import kinds
from copydesk.cli import serve
from copydesk.cli.clear import NAMES, cleared
from copydesk.cli.log_file import log_file
from copydesk.cli.main import main
from copydesk.core.document import Format
from copydesk.core.draft.statement import Origin
from copydesk.core.evidence import Source
from copydesk.core.markdown import read
from copydesk.core.note import anchored
from copydesk.core.provenance import DraftProvenance
from copydesk.core.running import running
from copydesk.core.text import Span, Text
from copydesk.lsp.log import start_log
from copydesk.ports import Page
from copydesk.user_folders import LOG_FILE
from harness.library import Clocks, library, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow

CANARY = "Quillonprecious"
WORDS = f"The {CANARY} was opened in 1832."


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home of its own, with all that copydesk keeps in it."""
    home = tmp_path / "home"
    for name in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    return home


def place(folder: Path | None) -> Path:
    assert folder is not None
    return folder


async def fill(tmp_path: Path) -> None:
    """Keep something of every kind, as commands do."""
    cache = DiskCache(place(default_directory()))
    await cache.put("key", WORDS.encode(), 1e6)
    await cache.close()
    notes = written(tmp_path / "project", {"notes/canal.md": f"# Canal\n\n{WORDS}\n"})
    async with library(notes, directory=place(upkeep.default_directory()), clocks=Clocks()) as opened:
        await opened.find(CANARY, 1)
    journal = open_journal(default_drafts_directory(), JournalIdentity("file:///post.md", (CANARY,), "0" * 64))
    await journal.record("call", WORDS.encode())
    journal.close()
    source = Source(
        "Canal", "https://example.org/canal", "2026-01-02T00:00:00Z", hashlib.sha256(WORDS.encode()).hexdigest()
    )
    SourceStore(place(default_sources_directory())).pin(Page(source, WORDS, Format.PLAIN, "example.org"))
    document = read(Text(f"# Canal\n\n{WORDS}\n"))
    text = running(document)
    anchor = anchored(text.text, text.inner(Span(9, 9 + len(WORDS))))
    made = DraftProvenance(anchor, Origin("Writer", 1, "llama", "0" * 64, "1"), (source,), ())
    ProvenanceStore(place(default_provenance_directory())).record(tmp_path / "post.md", (), document, [made])
    ledger = Ledger(place(default_ledger_path()), largest=400)
    for _ in range(4):
        ledger.append(replace(ledger.entry(f"{CANARY}.example", 443, "page"), outcome="done"))
    start_log(place(default_ledger_path()).parent / LOG_FILE)
    logging.getLogger("copydesk").warning("a fault at %s", CANARY)
    start_log(None)
    models_folder().mkdir(parents=True)
    (models_folder() / "own.gguf").write_bytes(b"GGUF")


@pytest.fixture
async def filled(home: Path, tmp_path: Path) -> Path:
    await fill(tmp_path)
    assert {kind.name for kind in kinds(pytest.fail) if kind.amount()[0]} == set(NAMES)
    return home


def everything(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        yield from (Path(where, name) for name in (*folders, *files))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in everything(folder) if path.is_file()}


def test_R74_without_a_word_of_consent_nothing_goes(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = snapshot(filled)
    assert main(["clear"]) == 2
    shown = capsys.readouterr()
    assert snapshot(filled) == before
    for kind in kinds(pytest.fail):
        assert (f"  {kind.name}: " in shown.out) == kind.personal
        assert not kind.personal or f"      {kind.folder}\n      {kind.lost}\n" in shown.out
    assert "--yes" in shown.err


def test_R74_nothing_of_the_users_is_left(filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = written(filled, {"config/copydesk/config.toml": "[engine]\n"}) / "config" / "copydesk" / "config.toml"
    project = snapshot(tmp_path / "project")
    assert main(["clear", "--yes"]) == 0
    assert set(snapshot(filled)) == {str(own), str(models_folder() / "own.gguf")}
    assert {path for path in everything(filled) if path.name == "copydesk"} == {own.parent, models_folder().parent}
    assert not any(CANARY.encode() in content for content in snapshot(filled).values())
    assert snapshot(tmp_path / "project") == project
    said = capsys.readouterr()
    assert said.err == ""
    assert [line.partition(":")[0] for line in said.out.splitlines()] == [name for name in NAMES if name != "models"]
    assert main(["clear"]) == main(["clear", "--yes"]) == 0
    assert capsys.readouterr().out == "Nothing is kept.\nNothing was kept.\n"


@pytest.mark.parametrize("name", NAMES)
def test_R74_one_kind_goes_alone(filled: Path, name: str) -> None:
    assert main(["clear", name, "--yes"]) == 0
    assert {kind.name for kind in kinds(pytest.fail) if not kind.amount()[0]} == {name}


@pytest.mark.parametrize("name", NAMES)
def test_R74_a_folder_that_is_a_link_is_left_alone(
    filled: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = next(place(kind.folder) for kind in kinds(pytest.fail) if kind.name == name)
    elsewhere = tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere, target_is_directory=True)
    before = snapshot(elsewhere)
    assert main(["clear", name, "--yes"]) == 2
    assert snapshot(elsewhere) == before
    assert str(folder) in capsys.readouterr().err


LINKS: dict[str, Callable[[], Path]] = {
    "answers": lambda: place(default_directory()) / "cache.db.broken",
    "library": lambda: place(upkeep.default_directory()) / f"{'0' * 32}.db.broken",
    "log": lambda: place(default_ledger_path()).parent / f"{LOG_FILE}.1",
    "ledger": lambda: older_file(place(default_ledger_path())),
    "drafts": lambda: place(default_drafts_directory()) / f"{'0' * 16}.journal",
    "sources": lambda: place(default_sources_directory()) / ("0" * 32),
    "provenance": lambda: place(default_provenance_directory()) / f"{'0' * 32}.jsonl",
    "models": lambda: models_folder() / "linked",
}
"""Where a link may have been planted, by a name that copydesk gives files or folders."""


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_R74_what_a_planted_link_leads_to_is_not_touched(filled: Path, tmp_path: Path, name: str, kind: str) -> None:
    victim = written(tmp_path, {"victim/precious.json": "precious", "victim/cache.db": "precious"}) / "victim"
    link = LINKS[name]()
    link.unlink(missing_ok=True)
    link.symlink_to(victim if kind == "folder" else victim / "precious.json")
    main(["clear", name, "--yes"])
    assert snapshot(victim) == dict.fromkeys(map(str, victim.iterdir()), b"precious")
    assert len(list(victim.iterdir())) == 2


async def test_R74_what_another_process_has_open_is_emptied_and_counts_no_more(filled: Path) -> None:
    cache = DiskCache(place(default_directory()))
    await cache.put("other", WORDS.encode(), 1e6)
    assert main(["clear", "answers", "--yes"]) == 0
    assert (place(default_directory()) / "cache.db").exists()
    assert {kind.name for kind in kinds(pytest.fail) if not kind.amount()[0]} == {"answers"}
    assert not any(CANARY.encode() in found for found in snapshot(place(default_directory())).values())
    await cache.put("later", b"value", 1e6)
    assert await cache.get("later") == b"value"
    await cache.close()


def test_R74_a_draft_under_way_stays_and_is_told_of(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = open_journal(default_drafts_directory(), JournalIdentity("file:///other.md", ("Mill",), "0" * 64))
    try:
        assert main(["clear", "--yes"]) == 2
        assert {kind.name for kind in kinds(pytest.fail) if kind.amount()[0]} == {"drafts", "models"}
    finally:
        journal.close()
    assert "drafts: Removed: 1. Not removed: 1. " in capsys.readouterr().err


def test_R74_the_log_that_is_cleared_is_the_one_that_the_server_writes(home: Path) -> None:
    assert log_file() == place(default_ledger_path()).parent / LOG_FILE
    assert main(["clear", "log", "--yes"]) == 0
    assert not (place(default_ledger_path()).parent / LOG_FILE).exists()


def test_R74_editors_are_told_what_is_kept_and_what_stays(filled: Path, tmp_path: Path) -> None:
    before = {kind["name"]: kind for kind in cleared(())["kinds"]}
    assert set(before) == set(NAMES)
    assert all(kind["files"] and kind["size"] and kind["folder"] for kind in before.values())
    assert not before["models"]["personal"]
    journal = open_journal(default_drafts_directory(), JournalIdentity("file:///other.md", ("Mill",), "0" * 64))
    try:
        found = cleared(("drafts", "ledger", "everything"))
    finally:
        journal.close()
    assert found["removed"] == ["ledger"]
    unknown, busy = found["problems"]
    assert unknown.startswith("There is no everything")
    assert busy.startswith("Removed: 1. Not removed: 1. Another")
    assert {kind["name"] for kind in found["kinds"] if not kind["files"]} == {"ledger"}


def test_R74_places_are_documented(home: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text("utf-8")
    assert "`copydesk clear`" in page
    for kind in kinds(pytest.fail):
        told = (
            "ledger.jsonl" if kind.name == "ledger" else "| Log |" if kind.name == "log" else f"copydesk/{kind.name}`"
        )
        assert told in page, kind.name


def test_R74_no_place_is_forgotten(home: Path) -> None:
    """A place that is new has to be cleared as well, or be the user's own file."""
    package = Path(serve.__file__).parents[1]
    uses = [
        re.findall(r'user_folder\("(\w+)"(?:, "([\w.]+)")?\)', file.read_text("utf-8"))
        for file in package.rglob("*.py")
    ]
    places = {(kind, name) for found in uses for kind, name in found}
    cleared_too = {place(kind.folder).name for kind in kinds(pytest.fail)}
    own, of_the_log = {("config", "config.toml")}, {("log", ""), ("log", "ledger.jsonl")}
    assert {name for _, name in places - own - of_the_log} <= cleared_too
    assert own | of_the_log < places
    elsewhere = re.compile(r"platformdirs|Path\.home\(|expanduser\(|gettempdir|mkdtemp|NamedTemporary")
    found = {file.name for file in package.rglob("*.py") if elsewhere.search(file.read_text("utf-8"))}
    # The latter two expand what the user named, to read it.
    assert found == {"user_folders.py", "model_files.py", "folders.py"}


def test_without_a_home_there_is_nothing_to_clear(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nowhere(*_: object, **__: object) -> str:
        raise RuntimeError("no home")

    for kind in ("cache", "config", "data", "log", "state"):
        monkeypatch.setattr(platformdirs, f"user_{kind}_dir", nowhere)
    assert main(["clear"]) == main(["clear", "--yes"]) == 0
    assert capsys.readouterr().out == "Nothing is kept.\nNothing was kept.\n"
