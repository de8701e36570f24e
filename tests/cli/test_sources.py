"""`copydesk sources` as a user runs it, and a critique that knows the stored sources."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from copydesk.adapters.sources import SourceStore
from copydesk.core.document import Format
from copydesk.core.evidence import Source
from copydesk.ports import Page

pytestmark = pytest.mark.slow

TEXT = "In all, a third of the pumps failed. It was the worst winter on record."
URL = "https://example.org/audit"
SOUND = "Many failed.[^a]\n\n[^a]: “A third of the pumps failed.” [Audit](https://example.org/audit)\n"
ALTERED = SOUND.replace("third", "tenth")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> SourceStore:
    """The store of the user who runs the commands."""
    return SourceStore(home / "data" / "copydesk" / "sources")


@pytest.fixture
def run(tmp_path: Path, home: Path):
    """Run a command in a home of its own, from a folder of its own."""
    work = tmp_path / "work"
    work.mkdir()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "OLLAMA", "COPYDESK"))
    }
    environment |= {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "NO_COLOR": "1", "COLUMNS": "100"}

    def run_it(*arguments: str, write: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        for name, content in (write or {}).items():
            (work / name).write_text(content, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-m", "copydesk", *arguments],
            cwd=work, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip

    return run_it


def test_without_an_action_it_lists(run) -> None:
    done = run("sources")
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 sources, 0 kB\n", "")


def page(text: str = TEXT, url: str = URL, title: str = "Audit") -> Page:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Page(Source(title, url, "2026-01-02T00:00:00Z", digest), text, Format.PLAIN, "example.org")


def test_what_is_stored_is_listed(run, store: SourceStore) -> None:
    assert run("sources", "list").stdout == "0 sources, 0 kB\n"
    store.pin(page(title="Audit \x1b[31m of the pumps"))
    done = run("sources", "list")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:2] == [
        f"2026-01-02  {page().source.sha256[:12]}  Audit \\x1b[31m of the pumps",
        "    https://example.org/audit",
    ]
    listed = json.loads(run("sources", "list", "--format", "json").stdout)
    assert listed["version"] == 1
    assert [(one["url"], one["sha256"]) for one in listed["sources"]] == [(URL, page().source.sha256)]


@pytest.mark.parametrize(
    ("text", "status", "codes"), [(SOUND, 0, []), (ALTERED, 1, ["CD602"]), (f"X.[^b]\n\n{SOUND}", 1, ["CD601"])]
)
def test_citations_alone_are_checked(run, store: SourceStore, text: str, status: int, codes: list[str]) -> None:
    store.pin(page())
    flawed = f"Studies show that shops overpay.\n\n{text}"
    done = run("sources", "check", "post.md", "--format", "json", write={"post.md": flawed})
    assert done.returncode == status
    (document,) = json.loads(done.stdout)["documents"]
    assert [note["code"] for note in document["notes"]] == codes
    assert run("sources", "check", "post.md", "--fail-on", "never").returncode == 0


def test_the_text_output_names_place_code_and_words(run, store: SourceStore) -> None:
    store.pin(page())
    done = run("sources", "check", "post.md", write={"post.md": ALTERED})
    assert done.stdout.splitlines()[:2] == [
        "post.md:3:8: warning CD602 “A tenth of the pumps failed.” is not word for word what “Audit” says, which is "
        "“a third of the pumps failed”. Quote it exactly.",
        "    > “A tenth of the pumps failed.”",
    ]


def test_a_quote_of_a_file_in_the_library_is_checked_though_nothing_was_researched(run, tmp_path: Path) -> None:
    library = tmp_path / "work" / "sources"
    library.mkdir()
    (library / "audit.md").write_text(f"# Audit\n\n{TEXT}\n", "utf-8")
    written = {
        "sound.md": SOUND.replace(URL, "sources/audit.md"),
        "post.md": ALTERED.replace(URL, "sources/audit.md"),
        "copydesk.toml": '[search]\nlibrary = ["sources"]\n',
    }
    for command in (("sources", "check"), ("critique", "--instant")):
        done = run(*command, "sound.md", "post.md", "--format", "json", write=written)
        assert done.returncode == 1, done.stderr
        found = [[note["code"] for note in one["notes"]] for one in json.loads(done.stdout)["documents"]]
        assert found == [[], ["CD602"]]


def test_what_the_writer_does_not_want_to_hear_is_not_told(run, store: SourceStore) -> None:
    store.pin(page())
    off = {"post.md": f"<!-- copydesk-disable-file CD602 -->\n\n{ALTERED}"}
    assert run("sources", "check", "post.md", write=off).returncode == 0
    settings = {"post.md": ALTERED, "copydesk.toml": '[critique]\ndisable = ["CD602"]\n'}
    assert run("sources", "check", "post.md", write=settings).returncode == 0


def test_a_document_that_cannot_be_read_is_status_2(run) -> None:
    done = run("sources", "check", "none.md")
    assert done.returncode == 2
    assert "none.md does not exist" in done.stderr
    assert run("sources", "check", ".").returncode == 2


def test_a_critique_knows_the_stored_sources_too(run, store: SourceStore) -> None:
    store.pin(page())
    done = run("critique", "post.md", "--instant", "--format", "json", write={"post.md": ALTERED})
    assert done.returncode == 1
    (note,) = json.loads(done.stdout)["documents"][0]["notes"]
    assert note["code"] == "CD602"
    (evidence,) = note["evidence"]
    assert evidence["quote"] == TEXT[evidence["start"] : evidence["end"]]
    assert evidence["source"]["url"] == URL


def test_the_bundle_lets_a_colleague_without_a_store_check_the_same(run, store: SourceStore, home: Path) -> None:
    store.pin(page())
    done = run("sources", "export", "post.md", write={"post.md": SOUND})
    assert done.returncode == 0
    assert done.stdout == "1 source written to post.md.sources.json\n"
    assert store.clear() == 1
    assert run("sources", "check", "post.md").returncode == 0
    assert run("sources", "check", "post.md", write={"post.md": ALTERED}).returncode == 1
    assert run("sources", "export", "post.md", "--output", "other.json", write={"post.md": SOUND}).returncode == 0
    work = home.parent / "work"
    assert (work / "other.json").read_bytes() == (work / "post.md.sources.json").read_bytes()


def test_a_bundle_that_was_tampered_with_is_told_and_not_used(run, store: SourceStore, home: Path) -> None:
    store.pin(page())
    run("sources", "export", "post.md", write={"post.md": ALTERED})
    bundle = home.parent / "work" / "post.md.sources.json"
    bundle.write_text(bundle.read_text(encoding="utf-8").replace("a third", "a tenth"), encoding="utf-8")
    store.clear()
    done = run("sources", "check", "post.md", "--format", "json")
    assert "post.md.sources.json: the text of a source is not the one that was stored" in done.stderr
    assert [note["code"] for note in json.loads(done.stdout)["documents"][0]["notes"]] == ["CD601"]


def test_nothing_to_export_is_status_2(run) -> None:
    done = run("sources", "export", "post.md", write={"post.md": SOUND})
    assert done.returncode == 2
    assert "No source that post.md cites is stored." in done.stderr


def test_stored_sources_are_removed_only_when_that_is_meant(run, store: SourceStore) -> None:
    assert run("sources", "clear").stdout == "0 sources removed\n"
    store.pin(page())
    done = run("sources", "clear")
    assert done.returncode == 2
    assert "Confirm with --yes." in done.stderr
    assert len(store.at(URL)) == 1
    done = run("sources", "clear", "--yes")
    assert (done.returncode, done.stdout) == (0, "1 source removed\n")
    assert store.at(URL) == ()
