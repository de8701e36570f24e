"""What is kept of a draft: by whoever is killed, told to end, disturbed or done, and how it is listed and removed."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
from pathlib import Path
from typing import Any

import pytest

from copydesk.adapters.journal_files import taken
from copydesk.adapters.records import Kind, records_in
from copydesk.core.draft.stored import decoded
from harness.commands import Done
from harness.draft_models import FACTS
from harness.drafting_user import HEADING, Desk
from harness.ollama_server import Turn
from harness.served import POST

pytestmark = pytest.mark.slow


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
