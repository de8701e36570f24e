"""Writes to a journal in a process of its own, which its test ends as it likes.

`steps FOLDER SIZE` records one step after another and says so on standard output, one line for each that is finished;
`hold FOLDER` opens the journal, says `held` and waits. `tmpfs FOLDER`, `read-only FOLDER` and `limit FOLDER` fill the
disk under a journal and empty it again, and print what became of it as one line of JSON; the first two need a mount
namespace of their own. Run as `python -m harness.journal_traffic`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from copydesk.adapters.journal import FileJournal, JournalIdentity, open_journal
from harness.full_disk import SIZE, empty, fill, mount

IDENTITY = JournalIdentity("file:///home/ann/post.md", ("Canals", "The Lund canal"), "d" * 64)


def key(number: int) -> str:
    return f"{number:064x}"


def value(number: int, size: int) -> bytes:
    return json.dumps({"number": number, "answer": "x" * size}).encode()


async def steps(folder: Path, size: int) -> None:
    journal = open_journal(folder, IDENTITY)
    for number in range(1000):
        await journal.record(key(number), value(number, size))
        print(number, flush=True)
        await journal.keep("draft", value(number, size))


async def run(kind: str, folder: Path) -> dict[str, object]:
    warnings: list[str] = []
    journal = open_journal(folder / "drafts", IDENTITY, warn=warnings.append)
    await journal.record("before", b"kept")
    if kind == "read-only":  # a file that is open for writing keeps its file system writable
        journal.close()
        journal = open_journal(folder / "drafts", IDENTITY, warn=warnings.append)
        journal.close()
    fill(kind, folder)
    if kind == "read-only":
        journal = open_journal(folder / "drafts", IDENTITY, warn=warnings.append)
    for number in range(40):
        await journal.record(key(number), bytes(40_000))
    recalled = await journal.recall(key(3)) == bytes(40_000)
    empty(kind, folder)
    await journal.record("after", b"new")
    journal.close()
    again = open_journal(folder / "drafts", IDENTITY, warn=warnings.append)
    found = [await again.recall(each) is not None for each in ("before", *map(key, range(40)), "after")]
    again.close()
    return {"warnings": warnings, "recalled while full": recalled, "lost": found.count(False)}


def hold(folder: Path) -> FileJournal:
    journal = open_journal(folder, IDENTITY)
    print("held", flush=True)
    sys.stdin.read()
    return journal


if __name__ == "__main__":
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "steps":
        asyncio.run(steps(folder, int(sys.argv[3])))
    elif what == "hold":
        hold(folder)
    else:
        if what != "limit":
            mount("-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder))
        print(json.dumps(asyncio.run(run(what, folder))))
