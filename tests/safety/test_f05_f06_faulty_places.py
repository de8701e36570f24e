"""R58, F5, F6: with a full, read-only, damaged, locked or foreign place for what is kept, a command does its work."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from copydesk.lsp.log import start_log
from harness.draft_models import FACTS, PAGES, Question, competent, conforms, role_of
from harness.editor import RefusedRequest
from harness.ollama_server import OllamaServer, Turn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from harness.connection import Connect

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="a disk of one's own is mounted with unshare"),
]

HARNESS = Path(__file__).parents[1] / "harness"
POST = """---
copydesk:
  style: about 40 words
---

# Canals

Canals carry boats over land. They were dug by hand. Many of them are still used by boats, and all of them are very old.

## The Lund canal

## Afterwards

Then came the railway, which was faster than every boat. The canals were forgotten, because nobody needed them.
"""
DRAFT = ("draft", "post.md", "--heading", "The Lund canal", "--library", "library")


@dataclass
class Home:
    """A home with a post, a library and a scripted Ollama; commands run in it as processes."""

    folder: Path
    ollama: OllamaServer
    more: dict[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "copydesk", *arguments, "--engine", "ollama", "--host", self.ollama.url]

    async def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        names = {name: str(self.folder / name) for name in ("cache", "config", "data", "state")}
        own = {f"XDG_{name.upper()}_HOME": path for name, path in names.items()}
        kept = {name: value for name, value in os.environ.items() if name not in self.without}
        environment = kept | {"HOME": str(self.folder), "NO_COLOR": "1"} | own | self.more
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self.folder / "work",
            env={name: value for name, value in environment.items() if name not in self.without},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), 120)
        return subprocess.CompletedProcess(command, process.returncode or 0, out.decode(), err.decode())

    async def on_a_disk(self, kind: str, folder: Path, *arguments: str) -> dict[str, Any]:
        """Run a command on a disk that is full or read-only, and once more when it no longer is."""
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - a moment's work
        script = (sys.executable, str(HARNESS / "small_disk.py"), kind, str(folder))
        done = await self.run(*alone("-m"), *script, *self.command(*arguments))
        assert (done.returncode, done.stderr) == (0, "")
        result: dict[str, Any] = json.loads(done.stdout)
        return result


def answered(chat: dict[str, Any]) -> Turn:
    """Answer as a model that can draft, and that finds no fault."""
    if chat.get("logprobs"):
        return Turn(pieces=("B",), top={"A": -3.0, "B": -0.1})
    schema = chat["format"]
    role = role_of(schema)
    assert role is not None
    answer = competent()(Question(role, chat["messages"][-1]["content"], schema))
    conforms(answer, schema)
    return Turn(pieces=(json.dumps(answer),))


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    library = tmp_path / "work" / "library"
    library.mkdir(parents=True)
    (tmp_path / "work" / "post.md").write_text(POST)
    for name, text in PAGES.items():
        (library / f"{name}.md").write_text(text)
    async with OllamaServer() as server:
        server.usual = answered
        yield Home(tmp_path, server)


def alone(*options: str) -> tuple[str, ...]:
    """Return how a command is run in namespaces of its own; skips the test, loudly, where the system lets nobody."""
    command = ("unshare", "-r", *options)
    try:
        works = subprocess.run([*command, "true"], capture_output=True, timeout=30, check=False).returncode == 0
    except OSError:
        works = False
    if not works:
        pytest.skip(f"NOT TESTED: this system does not allow {' '.join(command)}")
    return command


PLACES = {
    "cache": "cache/copydesk",
    "journal": "state/copydesk/drafts",
    "log and ledger": "state/copydesk/log",
    "sources and provenance": "data/copydesk",
    "temporary files": "tmp",
}


def warnings(errors: str) -> list[str]:
    """Return the lines on standard error that tell of trouble with a place."""
    return [
        line for line in errors.splitlines() if re.search(r"cannot be|damaged|locked|not used|goes on without", line)
    ]


def findings(output: str) -> list[str]:
    """Return what a critique prints, but for what it cost."""
    return [line for line in output.splitlines() if not line.startswith("cost: ")]


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        *(pytest.param(place, "full", id=f"no room for {name}") for name, place in PLACES.items()),
        *(pytest.param(PLACES[name], "read-only", id=f"read-only {name}") for name in ("cache", "journal")),
    ],
)
async def test_F5_R58_a_draft_is_made_on_a_disk_without_room(home: Home, place: str, kind: str) -> None:
    home.more = {"TMPDIR": str(home.folder / "tmp")}
    done = await home.on_a_disk(kind, home.folder / place, *DRAFT)
    for run in ("during", "after"):
        assert done[run]["status"] == 0, done[run]
        assert all(sentence in done[run]["out"] for sentence in FACTS.values())
        assert "Traceback" not in done[run]["err"]
    # The cache's folder holds two stores, the answers and the library's index.
    assert len(warnings(done["during"]["err"])) <= (2 if place == PLACES["cache"] else 1)
    assert warnings(done["after"]["err"]) == []
    assert done["during"]["out"] == done["after"]["out"]
    if place.startswith("state"):
        assert done["kept"] != []


def damaged(content: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    def damage(folder: Path) -> None:
        path = folder / "cache.db"
        path.write_bytes(content(path.read_bytes()))

    return damage


def linked(folder: Path) -> None:
    shutil.move(folder, folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def given_away(folder: Path) -> None:
    for path in (*folder.iterdir(), folder):
        os.chown(path, 4711, 4711)


STATES: dict[str, Callable[[Path], object]] = {
    "garbage header": damaged(lambda content: b"garbage!" * 4 + content[32:]),
    "empty": damaged(lambda content: b""),
    "truncated": damaged(lambda content: content[: len(content) // 2]),
    "scrambled": damaged(lambda content: content[:4096] + content[4096:][::-1]),
    "another database": lambda folder: [
        (folder / "cache.db").unlink(),
        sqlite3.connect(folder / "cache.db").execute("CREATE TABLE Cache (x)").connection.close(),
    ],
    "a link": linked,
    "another user's": given_away,
    "a file": lambda folder: [shutil.rmtree(folder), folder.write_bytes(b"precious")],
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
async def test_F6_R57_R20_a_critique_is_made_whatever_became_of_the_cache(
    home: Home, state: Callable[[Path], object]
) -> None:
    if state is given_away and os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root can give a folder away")
    first = await home.run(*home.command("critique", "post.md", "--fail-on", "never"))
    folder = home.folder / "cache" / "copydesk" / "answers"
    assert (folder / "cache.db").is_file()
    state(folder)
    again = await home.run(*home.command("critique", "post.md", "--fail-on", "never"))
    assert (first.returncode, first.stderr) == (0, "")
    assert again.returncode == 0, again
    assert findings(again.stdout) == findings(first.stdout)
    assert len(again.stderr.splitlines()) == len(warnings(again.stderr)) == (0 if state is STATES["empty"] else 1)
    if state is linked or state is given_away:
        assert "is not used" in again.stderr
    if folder.is_file():
        assert folder.read_bytes() == b"precious"


async def test_F6_R55_a_critique_does_not_wait_for_a_locked_cache(home: Home) -> None:
    await home.run(*home.command("critique", "post.md", "--fail-on", "never"))
    path = home.folder / "cache" / "copydesk" / "answers" / "cache.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        locked = await home.run(*home.command("critique", "post.md", "--fail-on", "never"))
    assert locked.returncode == 0
    (warning,) = locked.stderr.splitlines()
    assert "locked by another process" in warning


async def test_F6_without_a_home_nothing_is_kept_and_the_work_is_done(home: Home) -> None:
    home.without = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    home.more = {"USERPROFILE": "", "PWD": str(home.folder / "work")}
    before = {path for path in (home.folder / "work").rglob("*") if "library" not in path.parts}
    # An identity without an entry among the users, so that no home can be looked up.
    done = await home.run(*alone("--map-user=4711"), *home.command("critique", "post.md", "--fail-on", "never"))
    assert done.returncode == 0, done
    assert "Traceback" not in done.stderr
    assert {path for path in (home.folder / "work").rglob("*") if "library" not in path.parts} == before


async def test_F5_R58_a_log_without_room_disturbs_nothing(connect: Connect) -> None:
    start_log(Path("/dev/full"))
    connection = await connect()
    editor = connection.editor

    @connection.server.command("test.broken")
    def broken(arguments: Any) -> None:
        raise KeyError("canary")

    await editor.initialize()
    with pytest.raises(RefusedRequest) as refused:
        await editor.request("workspace/executeCommand", {"command": "test.broken"})
    assert refused.value.code == -32603
    assert await editor.command("copydesk.jobs") == {"jobs": []}
    assert editor.said == []
