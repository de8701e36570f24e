"""`copydesk draft` as a user runs it: what is printed and written."""

from __future__ import annotations

import shutil
import stat

import pytest

from harness.draft_models import FACTS
from harness.drafting_user import HEADING, Desk
from harness.served import POST

pytestmark = pytest.mark.slow


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


async def test_without_an_engine_nothing_is_drafted(desk: Desk) -> None:
    desk.ollama.installed = []
    done = await desk.run("draft", "post.md", *HEADING, "--write", "--format", "json")
    assert done.status == 2
    assert done.json["draft"] is None
    assert done.json["problem"] and done.json["problem"] in done.err
    assert desk.post.read_text() == POST
    assert desk.journals == []


async def test_a_folder_that_does_not_exist_is_told_of_before_anything_else(desk: Desk) -> None:
    done = await desk.run("draft", "post.md", *HEADING, "--library", "nope")
    assert (done.status, done.out) == (2, "")
    assert done.err == "copydesk: There is no folder nope. Check what --library names.\n"
    assert desk.ollama.requests == [] and desk.journals == []


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
