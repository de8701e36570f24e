"""`copydesk research` as a user runs it: what is printed, what is asked, and the exit status."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from math import log
from pathlib import Path
from typing import Any

import pytest

from copydesk.core.evidence import Stance
from harness.claims import chosen, labelled
from harness.commands import Done
from harness.ollama_server import OllamaServer, Turn
from harness.pdf_file import pdf

pytestmark = pytest.mark.slow

MILLS = "# Mills\n\nThe mill at Lund was built in 1790 by Anna Berg. The mill at Lund has four wheels.\n"
OTHER = "# Boats\n\nThe boat at Lund has two sails.\n"
POST = "# Mills\n\nThe mill at Lund was built in 1790.\n\nThe mill at Lund has nine wheels. I love it.\n"


def opinion(excerpt: str, claim: str) -> Stance:
    """Answer as a model that reads: the year is right, the wheels are wrong."""
    known = labelled(claim)
    if known is not None:
        return known
    if "mill" not in claim or "mill" not in excerpt:
        return Stance.IRRELEVANT
    return Stance.REFUTES if "nine" in claim else Stance.SUPPORTS


def behaved(chat: dict[str, Any]) -> Turn:
    """Answer a question of research, or plan nothing of its own."""
    words = chat["messages"][-1]["content"]
    if not chat.get("logprobs"):
        return Turn(pieces=("{}", ""))
    answer = chosen(words, opinion)
    options = ["A", "B", "C"] if answer.isalpha() else [str(number) for number in range(1, 10)]
    return Turn(pieces=(answer,), top={option: log(0.9 if option == answer else 0.05) for option in options})


Run = Callable[..., Awaitable[Done]]


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaServer]:
    """Run a scripted Ollama."""
    async with OllamaServer() as server:
        server.usual = behaved
        yield server


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command in an empty home, from a folder with a post and a library."""
    (tmp_path / "home").mkdir()
    work = tmp_path / "work"
    (work / "library").mkdir(parents=True)
    (work / "post.md").write_text(POST)
    (work / "library" / "mills.md").write_text(MILLS)
    (work / "library" / "boats.txt").write_text(OTHER)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "OLLAMA", "COPYDESK"))}
    environment = kept | {"HOME": str(tmp_path / "home"), "NO_COLOR": "1"}

    async def run_it(*arguments: str, host: str = "http://127.0.0.1:9") -> Done:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "copydesk", "research", *arguments, "--engine", "ollama", "--host", host,
            cwd=work, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(), 90)
        return Done(process.returncode or 0, out.decode(), err.decode())

    return run_it


async def test_a_line_is_researched_and_every_quote_is_in_its_file(
    run: Run, ollama: OllamaServer, tmp_path: Path
) -> None:
    done = await run("post.md", "--line", "5", "--library", "library", "--format", "json", host=ollama.url)
    assert (done.status, done.err) == (1, "")
    result = done.json
    refuted, turned_away = result["claims"]
    assert (refuted["verdict"], refuted["status"]) == ("refuted", "judged")
    assert (turned_away["text"], turned_away["verdict"]) == ("I love it.", "not_checkable")
    (note,) = result["documents"][0]["notes"]
    assert (note["code"], note["severity"], note["quote"]) == ("CD501", "error", "The mill at Lund has nine wheels.")
    assert note["provenance"]["agent"] == "verifier"
    (evidence,) = note["evidence"]
    source = evidence["source"]
    path = tmp_path / "work" / "library" / "mills.md"
    assert source["url"] == path.as_uri()
    assert evidence["quote"] == "The mill at Lund has four wheels."
    assert path.read_text()[evidence["start"] : evidence["end"]] == evidence["quote"]
    assert len(source["sha256"]) == 64
    assert 1 <= len(refuted["queries"]) <= 3


async def test_a_whole_document_and_a_second_run(run: Run, ollama: OllamaServer) -> None:
    first = await run("post.md", "--library", "library", "--format", "json", host=ollama.url)
    assert [claim["verdict"] for claim in first.json["claims"]] == ["supported", "refuted"]
    asked = len(ollama.chats)
    second = await run("post.md", "--library", "library", "--format", "json", host=ollama.url)
    assert len(ollama.chats) == asked
    assert second.json["claims"] == first.json["claims"]
    assert second.json["stats"]["model_calls"] == 0


async def test_a_claim_of_the_command_line(run: Run, ollama: OllamaServer) -> None:
    done = await run("--claim", "The mill at Lund was built in 1790.", "--library", "library", host=ollama.url)
    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[0] == "supported CD504"
    assert "    claim: The mill at Lund was built in 1790." in lines
    assert "    supports: “The mill at Lund was built in 1790 by Anna Berg.”" in lines
    assert any(line.startswith("        Mills, file://") and ", read 20" in line for line in lines)
    assert any(line.startswith("    searched for: ") for line in lines)
    assert any(line.startswith("model: llama3.1:8b") for line in lines)


async def test_without_a_model_the_quotes_are_shown_and_the_claim_is_not_checked(run: Run) -> None:
    done = await run("--claim", "The mill at Lund was built in 1790.", "--library", "library", "--format", "json")
    assert done.status == 2
    (claim,) = done.json["claims"]
    assert (claim["status"], claim["verdict"]) == ("unavailable", None)
    assert claim["evidence"][0]["quote"] == "The mill at Lund was built in 1790 by Anna Berg."
    assert claim["evidence"][0]["stance"] is None
    assert done.json["documents"][0]["notes"][0]["code"] == "CD902"
    assert "ollama" in done.err.casefold()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--claim", "The mill is old and grey."], "No library folder is set."),
        (["--claim", "The mill is old and grey.", "--library", "empty"], "The library is empty"),
    ],
)
async def test_R48_nothing_to_search_is_not_checked(
    run: Run, ollama: OllamaServer, tmp_path: Path, arguments: list[str], reason: str
) -> None:
    (tmp_path / "work" / "empty").mkdir()
    done = await run(*arguments, "--format", "json", host=ollama.url)
    (claim,) = done.json["claims"]
    assert (done.status, claim["status"], claim["verdict"]) == (2, "unavailable", None)
    assert reason in claim["reason"]
    assert done.json["documents"][0]["notes"][0]["code"] == "CD901"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name a document, or give one claim with --claim."),
        (["post.md", "--claim", "Both."], "Name a document or give a claim with --claim, not both."),
        (["--claim", "Iron rusts in air.", "--line", "3"], "--line goes with a document."),
        (["post.md", "--line", "99"], "post.md has no line 99."),
        (["post.md", "--line", "0"], "post.md has no line 0."),
        (["post.md", "--line", "2"], "There is no claim to check on line 2 of post.md. Name a line with a sentence."),
        (["gone.md"], "gone.md does not exist."),
        (["--claim", "   "], "There is no claim to check here. Give a sentence with --claim."),
    ],
)
async def test_what_makes_no_sense_is_said_in_one_line(run: Run, arguments: list[str], sentence: str) -> None:
    done = await run(*arguments)
    assert done.status == 2
    assert sentence in done.err
    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) == 1


async def test_an_unknown_provider_is_an_error_and_nothing_takes_its_place(
    run: Run, ollama: OllamaServer, tmp_path: Path
) -> None:
    config = tmp_path / "home" / ".config" / "copydesk"
    config.mkdir(parents=True)
    (config / "config.toml").write_text('[search]\nproviders = ["google", "library"]\n')
    done = await run("--claim", "The mill at Lund is old.", "--library", "library", host=ollama.url)
    assert done.status == 2
    assert "There is no search provider named google." in done.err
    assert done.out == ""


@pytest.mark.parametrize("form", ["text", "json"])
async def test_a_document_without_claims_is_done_and_clean(run: Run, tmp_path: Path, form: str) -> None:
    (tmp_path / "work" / "empty.md").write_text("\n")
    done = await run("empty.md", "--format", form)
    assert done.status == 0
    assert done.err == "copydesk: There is no claim to check in empty.md.\n"
    assert form == "text" or done.json["claims"] == []
    assert form == "text" or done.json["documents"] == [{"path": "empty.md", "notes": [], "hidden": 0}]


async def test_a_folder_that_does_not_exist_is_told_of_before_anything_else(run: Run, ollama: OllamaServer) -> None:
    done = await run("--claim", "The mill is old.", "--library", "library", "--library", "nope", host=ollama.url)
    assert (done.status, done.out) == (2, "")
    assert done.err == "copydesk: There is no folder nope. Check what --library names.\n"
    assert ollama.requests == []


@pytest.mark.parametrize(("providers", "status"), [('["searxng"]', 2), ('["searxng", "library"]', 0)])
async def test_a_place_without_an_address_is_told_of_before_the_model_is_asked(
    run: Run, ollama: OllamaServer, tmp_path: Path, providers: str, status: int
) -> None:
    folder = tmp_path / "home" / ".config" / "copydesk"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f"[search]\nproviders = {providers}\nlibrary = ['{tmp_path}/work/library']\n")
    done = await run("--claim", "The mill at Lund was built in 1790.", host=ollama.url)
    assert done.status == status
    first = "copydesk: searxng is switched on and has no address. Set searxng under [search] in your user settings"
    assert done.err.startswith(first)
    assert bool(ollama.requests) is (status == 0)


async def test_R25_a_workspace_cannot_switch_a_provider_on(run: Run, ollama: OllamaServer, tmp_path: Path) -> None:
    (tmp_path / "work" / "copydesk.toml").write_text('[search]\nproviders = ["wikipedia"]\nlibrary = ["library"]\n')
    done = await run("post.md", "--line", "3", "--format", "json", host=ollama.url)
    assert "search.providers: ignored" in done.err
    assert done.json["claims"][0]["verdict"] == "supported"


async def test_a_document_in_its_own_library_is_no_source(run: Run, ollama: OllamaServer, tmp_path: Path) -> None:
    (tmp_path / "work" / "library" / "mills.md").unlink()
    done = await run("post.md", "--line", "3", "--library", ".", "--format", "json", host=ollama.url)
    (claim,) = done.json["claims"]
    assert claim["verdict"] == "not_enough_evidence"
    assert not any("post.md" in one["source"]["url"] for one in claim["evidence"])


async def test_pdf_and_what_cannot_be_read_are_told(run: Run, ollama: OllamaServer, tmp_path: Path) -> None:
    library = tmp_path / "work" / "library"
    (library / "towers.pdf").write_bytes(pdf([["The tower at Lund was built in 1801."]]))
    (library / "broken.pdf").write_bytes(b"%PDF-1.7 nonsense")
    done = await run("--claim", "The tower at Lund was built in 1801.", "--library", "library", "--format", "json")
    (claim,) = done.json["claims"]
    assert claim["evidence"][0]["quote"] == "The tower at Lund was built in 1801."
    assert claim["evidence"][0]["source"]["url"].endswith("/towers.pdf")
    assert [one["what"] for one in claim["skipped"]] == ["library/broken.pdf"]


async def test_offline_opens_nothing_but_the_engine(run: Run, ollama: OllamaServer, tmp_path: Path) -> None:
    config = tmp_path / "home" / ".config" / "copydesk"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(f'[search]\nproviders = ["library", "searxng"]\nsearxng = "{ollama.url}"\n')
    done = await run(
        "--claim", "The mill at Lund was built in 1790.", "--library", "library", "--format", "json", "--offline",
        host=ollama.url,
    )  # fmt: skip
    (claim,) = done.json["claims"]
    assert claim["verdict"] == "supported"
    assert [one["what"] for one in claim["skipped"]] == ["searxng"]
    assert "offline" in claim["skipped"][0]["why"].casefold()
    assert not [request for request in ollama.requests if "search" in request.path]
