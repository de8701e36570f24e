"""`copydesk draft`, `drafts` and `provenance` as a user runs them: what is printed, written and kept."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from copydesk.adapters.journal_files import taken
from copydesk.adapters.records import Kind, records_in
from copydesk.cli.main import main
from copydesk.core.draft.stored import decoded
from harness.commands import Done
from harness.draft_models import FACTS, PAGES, Competent, Question, competent, conforms, role_of
from harness.ollama_server import OllamaServer, Turn
from harness.served import POST

pytestmark = pytest.mark.slow

HEADING = ("--heading", "The Lund canal")


@dataclass
class Desk:
    """A home, a folder with a post and a library, a scripted Ollama, and the command that is run there."""

    folder: Path
    ollama: OllamaServer
    model: Competent = field(default_factory=competent)
    kill_at: int = -1
    """The number of the call at which the command is killed, from 0 on."""
    with_signal: int = signal.SIGKILL
    before_answer: Callable[[int], object] = lambda number: None
    asked: list[str] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None

    @property
    def post(self) -> Path:
        return self.folder / "work" / "post.md"

    @property
    def journals(self) -> list[Path]:
        return sorted((self.folder / "state" / "copydesk" / "drafts").glob("*.journal"))

    async def run(self, *arguments: str) -> Done:
        """Run a command: one that drafts in a process of its own, which may be killed, any other here."""
        if arguments[0] != "draft":
            out, err = StringIO(), StringIO()
            with redirect_stdout(out), redirect_stderr(err):
                status = main(arguments)
            return Done(status, out.getvalue(), err.getvalue())
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "copydesk", *arguments),
            *("--library", "library", "--engine", "ollama", "--host", self.ollama.url),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said = await asyncio.wait_for(self.process.communicate(), 90)
        return Done(self.process.returncode or 0, *(each.decode() for each in said))

    def forget_answers(self) -> None:
        """Remove the cache, so that nothing but a journal can know of an earlier call."""
        shutil.rmtree(self.folder / "cache", ignore_errors=True)

    def answer(self, chat: dict[str, Any]) -> Turn:
        """Answer as a model that can, or end the command that asks."""
        words, schema = chat["messages"][-1]["content"], chat["format"]
        self.before_answer(len(self.asked))
        if len(self.asked) == self.kill_at:
            self.kill_at = -1
            assert self.process is not None
            self.process.send_signal(self.with_signal)
            return Turn(ending="hang")
        self.asked.append(words)
        role = role_of(schema)
        assert role is not None
        answer = self.model(Question(role, words, schema))
        conforms(answer, schema)
        return Turn(pieces=(json.dumps(answer),))


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("cache", "config", "data", "state"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    async with OllamaServer() as server:
        desk = Desk(tmp_path, server)
        server.usual = desk.answer
        library = tmp_path / "work" / "library"
        library.mkdir(parents=True)
        for name, text in PAGES.items():
            (library / f"{name}.md").write_text(text)
        desk.post.write_bytes(POST.encode())
        monkeypatch.chdir(tmp_path / "work")
        yield desk


async def test_a_section_is_printed_and_how_it_went_is_said(desk: Desk) -> None:
    done = await desk.run("draft", "post.md", *HEADING)
    assert done.status == 0
    for sentence in FACTS.values():
        assert done.out.count(sentence) == 1
    assert done.out.count("\n[^annals-of-lund]: ") == 1 and "“The Lund canal was opened to boats in 1825.”" in done.out
    lines = done.err.splitlines()
    assert lines[0].startswith("draft of “The Lund canal”: ") and lines[0].endswith(" in 4 sentences; 2 sources cited")
    assert "status: clean, nothing is left to mend" in lines
    assert any(line.startswith("round 1: 4 sentences stand, 0 refused; faults: 0 blocking, 0 lesser") for line in lines)
    assert sum(line.startswith("source: ") for line in lines) == 2
    assert any(line.startswith("searched for: ") for line in lines)
    assert any(line.startswith("cost: 5 model calls") for line in lines)
    assert lines[-1].startswith("kept as ")
    assert desk.post.read_text() == POST


async def test_as_json_it_is_what_the_contract_says(desk: Desk) -> None:
    done = await desk.run("draft", "post.md", *HEADING, "--format", "json")
    assert (done.status, done.err) == (0, "")
    result = done.json
    assert result["version"] == 1
    assert result["engine"]["model"] == "llama3.1:8b"
    (document,) = result["documents"]
    (note,) = document["notes"]
    assert (document["path"], note["code"], note["quote"]) == ("post.md", "CD701", "## The Lund canal")
    draft = result["draft"]
    assert (draft["status"], draft["rounds"], len(draft["log"])) == ("clean", 2, 2)
    assert (draft["written"], draft["resumed"], draft["unsourced"]) == (False, False, False)
    span = draft["place"]["span"]
    assert POST[span["start"] : span["end"]] == draft["original"] == "\n"
    assert draft["place"]["range"]["start"] == {"line": 10, "character": 0}
    stored = {path.as_uri(): path.read_text() for path in (desk.folder / "work" / "library").iterdir()}
    for sentence in draft["sentences"]:
        place = sentence["span"]
        assert draft["markdown"][place["start"] : place["end"]].startswith(sentence["text"])
        made = sentence["provenance"]
        assert (made["agent"], made["round"], made["model"]) == ("writer", 1, "llama3.1:8b")
        assert len(made["digest"]) == 64
        for one in sentence["evidence"]:
            assert stored[one["source"]["url"]][one["start"] : one["end"]] == one["quote"]
    assert result["stats"]["model_calls"] == 5
    assert result["problem"] is None


@pytest.mark.parametrize(("bom", "end"), [("", "\n"), ("\ufeff", "\n"), ("", "\r\n"), ("\ufeff", "\r\n")])
async def test_R7_R9_written_into_the_file_nothing_else_of_it_changes(desk: Desk, bom: str, end: str) -> None:
    before = (bom + POST).replace("\n", end).encode()
    desk.post.write_bytes(before)
    desk.post.chmod(0o640)
    done = await desk.run("draft", "post.md", *HEADING, "--write")
    assert (done.status, done.out) == (0, "")
    assert done.err.splitlines()[-1] == "written into post.md"
    after = desk.post.read_bytes()
    head, tail = before.split(b"## Afterwards")
    assert after.startswith(head.rstrip(b"\r\n")) and after.endswith(b"## Afterwards" + tail)
    assert all(sentence.encode() in after for sentence in FACTS.values())
    assert after.count(b"\n") == after.count(end.encode())
    assert stat.S_IMODE(desk.post.stat().st_mode) == 0o640
    assert {path.name for path in desk.post.parent.iterdir()} == {"post.md", "library"}


async def test_what_is_written_is_recorded_and_its_sources_stored(desk: Desk) -> None:
    assert (await desk.run("draft", "post.md", *HEADING, "--write")).status == 0
    listed = (await desk.run("sources", "list", "--format", "json")).json["sources"]
    assert sorted(Path(one["url"]).name for one in listed) == ["Annals.md", "Survey.md"]
    assert (await desk.run("sources", "check", "post.md")).status == 0
    told = await desk.run("provenance", "post.md")
    assert told.status == 0
    words = sum(len(sentence.split()) for sentence in FACTS.values())
    own = 5 + 4
    share = f"{round(100 * words / (words + own))} %"
    assert told.out.splitlines()[0] == f"post.md: {share} of its {words + own} words stand as they were drafted"
    assert told.out.splitlines()[1].endswith(f"): {words} words in 4 sentences")
    line = (await desk.run("provenance", "post.md", "--disclosure")).out
    assert line == f"Parts of this text ({share} of its words) were drafted with llama3.1:8b.\n"
    desk.post.write_text("A new opening.\n\n" + desk.post.read_text().replace("spades", "shovels"))
    changed = (await desk.run("provenance", "post.md", "--format", "json")).json
    assert (changed["changed"], changed["models"][0]["sentences"]) == (1, 3)
    assert changed["disclosure"].endswith("were drafted with llama3.1:8b and edited by the author.")
    text = desk.post.read_text()
    for one in changed["sentences"]:
        if one["verbatim"]:
            assert text[one["span"]["start"] : one["span"]["end"]] == one["words"]
            assert one["sources"] and one["provenance"]["agent"] == "writer"
    desk.post.rename(desk.post.with_name("renamed.md"))
    assert (await desk.run("provenance", "renamed.md", "--format", "json")).json["changed"] == 1
    assert (await desk.run("provenance", "clear")).status == 2
    assert (await desk.run("provenance", "clear", "--yes")).out == "The records of 1 document removed\n"
    assert (await desk.run("provenance", "renamed.md")).out == (
        "renamed.md: nothing of it is known to have been drafted.\n"
    )
    assert (await desk.run("provenance", "renamed.md", "--disclosure")).out == ""


async def test_a_file_that_changed_meanwhile_is_not_written_to_and_the_draft_is_kept(desk: Desk) -> None:
    mine = POST.replace("railway", "first railway").encode()
    desk.before_answer = lambda number: desk.post.write_bytes(mine) if number == 3 else None
    done = await desk.run("draft", "post.md", *HEADING, "--write")
    assert done.status == 2
    assert desk.post.read_bytes() == mine
    assert (
        "post.md changed in the meantime, so nothing was written. Run the command again. The draft is kept." in done.err
    )
    assert FACTS["The Lund canal was opened to boats in 1825."] in done.out
    listed = await desk.run("drafts")
    assert "finished" in listed.out
    asked = len(desk.asked)
    desk.before_answer = lambda number: None
    again = await desk.run("draft", "post.md", *HEADING, "--write")
    assert again.status == 0
    assert "first railway" in desk.post.read_text() and "since 1825" in desk.post.read_text()
    # The neighbouring sentence is in the prompts, so they are others now; but the pages are not searched for again.
    assert len(desk.asked) > asked


async def test_a_link_to_the_document_stays_one(desk: Desk) -> None:
    link = desk.post.with_name("link.md")
    link.symlink_to("post.md")
    assert (await desk.run("draft", "link.md", *HEADING, "--write")).status == 0
    assert link.is_symlink() and "since 1825" in desk.post.read_text()


async def test_R14_F3_killed_at_any_call_the_same_command_repeats_none_and_ends_alike(desk: Desk) -> None:
    whole = await desk.run("draft", "post.md", *HEADING, "--format", "json")
    asked = list(desk.asked)
    assert len(asked) == 5
    for at in range(5):
        assert (await desk.run("drafts", "clear", "--yes")).out == "1 draft removed\n"
        desk.forget_answers()
        desk.asked.clear()
        desk.kill_at = at
        killed = await desk.run("draft", "post.md", *HEADING)
        assert killed.status == -signal.SIGKILL
        assert desk.asked == asked[:at]
        assert desk.post.read_text() == POST
        drafts = (await desk.run("drafts", "list", "--format", "json")).json["drafts"]
        assert [(one["state"], one["resumable"]) for one in drafts] == [("unfinished", True)] * (at > 0)
        assert all(one["document"] == desk.post.as_uri() for one in drafts)
        desk.forget_answers()
        done = await desk.run("draft", "post.md", *HEADING, "--format", "json")
        assert desk.asked == asked, f"killed at call {at}, a finished call was repeated, or one was left out"
        assert ("This goes on from a run that began" in done.err) is done.json["draft"]["resumed"] is (at > 0)
        assert alike(done) == alike(whole), f"killed at call {at}"


def alike(done: Done) -> dict[str, Any]:
    """Return what two runs have in common: all but when files were read, and which run it was."""
    timeless = json.loads(re.sub(r'"retrieved": "[^"]*"', '"retrieved": ""', done.out))["draft"]
    return {name: value for name, value in timeless.items() if name != "resumed"}


async def test_R14_all_finished_sentences_of_a_killed_draft_can_be_shown(desk: Desk) -> None:
    desk.kill_at = 3
    assert (await desk.run("draft", "post.md", *HEADING)).status == -signal.SIGKILL
    (listed,) = (await desk.run("drafts", "list", "--format", "json")).json["drafts"]
    done = await desk.run("drafts", "show", listed["id"][:6])
    assert done.status == 0
    assert sum(sentence in done.out for sentence in FACTS.values()) == 2
    assert "unfinished" in done.err
    shown = (await desk.run("drafts", "show", listed["id"], "--format", "json")).json
    assert len(shown["draft"]["sentences"]) == 2
    assert shown["id"] == listed["id"]


async def test_a_finished_draft_is_not_made_twice_unless_that_is_asked_for(desk: Desk) -> None:
    first = await desk.run("draft", "post.md", *HEADING)
    desk.forget_answers()
    second = await desk.run("draft", "post.md", *HEADING)
    assert (second.status, second.out, len(desk.asked)) == (0, first.out, 5)
    desk.forget_answers()
    third = await desk.run("draft", "post.md", *HEADING, "--again")
    assert (third.status, third.out, len(desk.asked)) == (0, first.out, 10)
    assert "goes on" not in third.err
    assert len(desk.journals) == 1


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
async def test_F14_told_to_end_it_ends_in_order_and_prints_what_is_finished(desk: Desk, name: str) -> None:
    desk.kill_at, desk.with_signal = 3, getattr(signal, name)
    done = await desk.run("draft", "post.md", *HEADING, "--write")
    assert done.status == 130
    assert "copydesk: Stopping; what is finished is kept. Once more ends it at once." in done.err
    assert "status: cancelled, you cancelled it" in done.err
    assert "Nothing was written into post.md: the draft is not finished." in done.err
    assert sum(sentence in done.out for sentence in FACTS.values()) == 2
    assert "Traceback" not in done.err
    assert desk.post.read_text() == POST
    (journal,) = desk.journals
    kept = [one for one in records_in(journal.read_bytes()) if one.kind is Kind.KEEP]
    draft = decoded(kept[-1].value)
    assert draft is not None and len(draft.sentences) == 2
    assert journal.read_bytes().endswith(b"\n")
    desk.forget_answers()
    again = await desk.run("draft", "post.md", *HEADING, "--write")
    assert (again.status, len(desk.asked)) == (0, 5)


async def test_a_second_copydesk_on_the_same_section_is_told(desk: Desk) -> None:
    desk.kill_at = 3
    await desk.run("draft", "post.md", *HEADING)
    descriptor = taken(desk.journals[0])
    try:
        done = await desk.run("draft", "post.md", *HEADING)
        assert done.status == 2
        assert done.err == (
            "copydesk: Another copydesk is drafting this section. Wait for it, or end it; what it finished is kept.\n"
        )
        assert "under way" in (await desk.run("drafts")).out
    finally:
        os.close(descriptor)


async def test_R12_an_engine_that_fails_halfway_writes_nothing_and_the_next_run_goes_on(desk: Desk) -> None:
    real = desk.ollama.usual
    failing = Turn(status=500, body=json.dumps({"error": "out of luck"}))
    desk.ollama.usual = lambda chat: failing if len(desk.asked) >= 3 else desk.answer(chat)
    done = await desk.run("draft", "post.md", *HEADING, "--write")
    assert done.status == 2
    assert desk.post.read_text() == POST
    assert "status: engine error, the engine failed" in done.err
    assert "Nothing was written into post.md: the draft is not finished." in done.err
    assert sum(sentence in done.out for sentence in FACTS.values()) == 2
    desk.ollama.usual = real
    desk.forget_answers()
    again = await desk.run("draft", "post.md", *HEADING, "--write")
    assert (again.status, len(desk.asked)) == (0, 5)


async def test_without_an_engine_nothing_is_drafted(desk: Desk) -> None:
    desk.ollama.installed = []
    done = await desk.run("draft", "post.md", *HEADING, "--write", "--format", "json")
    assert done.status == 2
    assert done.json["draft"] is None
    assert done.json["problem"] and done.json["problem"] in done.err
    assert desk.post.read_text() == POST
    assert desk.journals == []


async def test_faults_that_are_left_are_status_1(desk: Desk) -> None:
    desk.post.write_text(POST.replace("about 40 words", "about 500 words"))
    done = await desk.run("draft", "post.md", *HEADING)
    assert done.status == 1
    assert "left to mend: " in done.err
    assert "status: no progress, a further round improved nothing" in done.err


async def test_without_sources_it_says_so_and_cites_nothing(desk: Desk) -> None:
    shutil.rmtree(desk.post.parent / "library")
    (desk.post.parent / "library").mkdir()
    done = await desk.run("draft", "post.md", *HEADING, "--format", "json", "--words", "40")
    draft = done.json["draft"]
    assert draft["unsourced"] is True and draft["sources"] == []
    assert "[^" not in draft["markdown"]
    if draft["sentences"]:
        (note,) = done.json["documents"][0]["notes"]
        assert (note["code"], note["severity"]) == ("CD608", "warning")


async def test_rounds_and_words_are_what_the_flags_say(desk: Desk) -> None:
    done = await desk.run("draft", "post.md", *HEADING, "--rounds", "1", "--words", "120", "--format", "json")
    draft = done.json["draft"]
    assert (draft["status"], draft["rounds"]) == ("round_cap", 1)
    assert "120 words" in desk.asked[0]
    asked = len(desk.asked)
    desk.forget_answers()
    more = await desk.run("draft", "post.md", *HEADING, "--words", "120", "--format", "json")
    assert more.json["draft"]["rounds"] > 1
    assert desk.asked[:asked].count(desk.asked[0]) == 1, "more rounds go on from those that were"


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Lund", "post.md has no heading “Lund”. It has these:"),
        ("Notes", "post.md has 2 headings “Notes”. Name one by its path"),
        ("", "post.md has no heading “”. It has these:"),
    ],
)
async def test_a_heading_that_is_none_or_several_is_an_error_that_lists_them(
    desk: Desk, heading: str, said: str
) -> None:
    desk.post.write_text(POST + "\n### Notes\n\n# Rivers\n\n## Notes\n")
    done = await desk.run("draft", "post.md", "--heading", heading)
    assert (done.status, done.out, desk.asked) == (2, "", [])
    assert done.err.startswith(f"copydesk: {said}")
    assert "    line 6: Canals\n    line 10: Canals > The Lund canal\n    line 12: Canals > Afterwards\n" in done.err
    assert "    line 20: Rivers > Notes" in done.err


@pytest.mark.parametrize(
    "heading", ["the lund  CANAL", "## The Lund canal", "Canals > The Lund canal", "canals > the lund canal"]
)
async def test_a_heading_is_known_by_its_words_or_its_path(desk: Desk, heading: str) -> None:
    done = await desk.run("draft", "post.md", "--heading", heading, "--format", "json")
    assert done.json["draft"]["heading"] == ["Canals", "The Lund canal"]


async def test_notes_under_the_heading_become_sentences_and_prose_stays(desk: Desk) -> None:
    notes = "The canal has stood the test of time.\n\n- boats since 1825\n"
    desk.post.write_text(POST.replace("Lund canal\n", f"Lund canal\n\n{notes}"))
    desk.model.paraphrases = dict(FACTS) | {"boats since 1825": "There have been boats on it since 1825."}
    done = await desk.run("draft", "post.md", *HEADING, "--format", "json")
    draft = done.json["draft"]
    assert draft["mode"] == "expand"
    assert "The canal has stood the test of time." in draft["markdown"]
    assert "The canal has stood the test of time." in draft["original"]


async def test_drafts_are_listed_discarded_and_cleared(desk: Desk) -> None:
    assert (await desk.run("drafts")).out == "0 drafts, 0 kB\n"
    await desk.run("draft", "post.md", *HEADING)
    await desk.run("draft", "post.md", *HEADING, "--words", "60")
    lines = (await desk.run("drafts")).out.splitlines()
    assert len(lines) == 5 and lines[-1].startswith("2 drafts, ")
    assert f"    {desk.post}, “Canals > The Lund canal”, with llama3.1:8b" in lines
    id = lines[0].split()[0]
    assert (await desk.run("drafts", "discard", id[:8])).out.endswith(f"draft {id} removed\n")
    assert (await desk.run("drafts", "discard", id)).status == 2
    assert (await desk.run("drafts", "show", "zz")).status == 2
    kept = await desk.run("drafts", "clear")
    assert (kept.status, kept.err) == (2, "copydesk: 1 draft would be removed. Confirm with --yes.\n")
    assert (await desk.run("drafts", "clear", "--yes")).out == "1 draft removed\n"
    assert desk.journals == []


async def test_R20_R14_what_is_kept_is_the_users_alone_and_outside_of_the_workspace(desk: Desk) -> None:
    await desk.run("draft", "post.md", *HEADING, "--write")
    (journal,) = desk.journals
    (record,) = (desk.folder / "data" / "copydesk" / "provenance").iterdir()
    for path in (journal, record):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {path.name for path in desk.post.parent.iterdir()} == {"post.md", "library"}


async def test_R58_a_place_that_cannot_be_written_costs_one_warning(desk: Desk) -> None:
    (desk.folder / "state").mkdir()
    (desk.folder / "state" / "copydesk").write_text("in the way")
    done = await desk.run("draft", "post.md", *HEADING, "--write")
    assert done.status == 0
    assert done.err.count("The draft's steps cannot be kept on disk (") == 1
    assert "since 1825" in desk.post.read_text()
