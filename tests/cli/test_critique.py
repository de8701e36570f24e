"""`copydesk critique` as a user runs it: what is printed, and the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FLAWED = "# A move\n\nStudies show that shops overpay. 👩‍🚀 It is fine.\n"
CROPS = [
    "apples",
    "barley",
    "cherries",
    "dates",
    "figs",
    "grapes",
    "hops",
    "jute",
    "kale",
    "leeks",
    "millet",
    "nuts",
]
CLEAN = "# A move\n\nWe moved our shop last winter. It went well.\n"


@pytest.fixture
def run(tmp_path: Path):
    """Run the command in an empty home, with no engine anywhere, from a folder of its own."""
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "OLLAMA", "COPYDESK"))
    }
    environment |= {"HOME": str(home), "NO_COLOR": "1", "COLUMNS": "100"}

    def run_it(
        *arguments: str, write: dict[str, str | bytes] | None = None, given: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        for name, content in (write or {}).items():
            file = work / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return subprocess.run(
            [sys.executable, "-m", "copydesk", *arguments],
            cwd=work, env=environment, input=given, capture_output=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip

    return run_it


def test_findings_are_printed_as_a_linter_prints_them(run) -> None:
    done = run("critique", "post.md", "--instant", write={"post.md": FLAWED})
    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == [
        "post.md:3:1: warning CD102 “Studies show” names no one, so a reader cannot weigh it. "
        "Name and link the source, or state the claim as your own.",
        "    > Studies show that shops overpay.",
    ]
    assert "1 finding in 1 document" in done.stdout
    assert done.stderr == ""


def test_a_clean_document_ends_with_zero(run) -> None:
    done = run("critique", "post.md", "--instant", write={"post.md": CLEAN})
    assert done.returncode == 0
    assert done.stdout.startswith("0 findings in 1 document")


@pytest.mark.parametrize(
    ("level", "status"), [("error", 0), ("warning", 1), ("information", 1), ("hint", 1), ("never", 0)]
)
def test_the_level_that_fails(run, level: str, status: int) -> None:
    assert run("critique", "post.md", "--instant", "--fail-on", level, write={"post.md": FLAWED}).returncode == status


def test_json(run) -> None:
    done = run("critique", "post.md", "--instant", "--format", "json", write={"post.md": "👩‍🚀 Studies show that.\n"})
    whole = json.loads(done.stdout)
    assert (whole["version"], whole["engine"]) == (1, None)
    (document,) = whole["documents"]
    (note,) = document["notes"]
    assert document["path"] == "post.md"
    assert note["code"] == "CD102"
    assert note["quote"] == "Studies show that."
    assert note["span"] == {"start": 4, "end": 22}
    assert note["range"] == {"start": {"line": 0, "character": 6}, "end": {"line": 0, "character": 24}}
    assert note["provenance"]["agent"] == "instant"
    assert whole["stats"]["model_calls"] == 0


def test_sarif(run) -> None:
    done = run("critique", "a post.md", "--instant", "--format", "sarif", write={"a post.md": FLAWED})
    (sarif,) = json.loads(done.stdout)["runs"]
    (result,) = sarif["results"]
    assert sarif["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "CD102"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20post.md"
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (3, 1)
    assert result["partialFingerprints"]["copydesk/v1"]


def test_github(run) -> None:
    done = run("critique", "post.md", "--instant", "--format", "github", write={"post.md": FLAWED})
    assert done.stdout.startswith("::warning file=post.md,line=3,endLine=3,col=1,title=copydesk CD102::“Studies show”")


def test_a_folder_stands_for_its_documents(run) -> None:
    write = {"docs/a.md": FLAWED, "docs/deep/b.qmd": FLAWED, "docs/c.py": "x", "docs/.git/d.md": FLAWED}
    done = run("critique", "docs", "--instant", "--format", "json", write=write)
    found = [Path(document["path"]).as_posix() for document in json.loads(done.stdout)["documents"]]
    assert found == ["docs/a.md", "docs/deep/b.qmd"]


def test_without_an_engine_instant_checks_work_and_the_next_step_is_said(run) -> None:
    user = "[engine]\nkind = 'ollama'\nhost = 'http://127.0.0.1:9'\n"
    done = run("critique", "post.md", write={"post.md": FLAWED, "../home/.config/copydesk/config.toml": user})
    assert done.returncode == 1
    assert "CD102" in done.stdout
    assert "no model was asked" in done.stdout
    assert "ollama serve" in done.stdout


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_an_engine_that_was_named_must_answer(run, form: str) -> None:
    named = ["--engine", "ollama", "--host", "http://127.0.0.1:9"]
    done = run("critique", "post.md", *named, "--format", form, write={"post.md": CLEAN})
    assert done.returncode == 2
    assert "ollama serve" in done.stdout + done.stderr
    assert ("ollama serve" in done.stderr) is (form != "text")


@pytest.mark.parametrize(
    ("arguments", "content", "says"),
    [
        (["missing.md"], None, "does not exist"),
        (["bad.md"], b"a\x00b", "not text"),
        (["bad.md"], b"\xff\xfea\x00", "is UTF-16"),
        (["bad.md"], "Grüße".encode("latin-1"), "not UTF-8"),
        (["bad.md"], b"a" * (3 << 20), "larger than 2 MiB"),
        (["empty"], None, "does not exist"),
        (["."], None, "No Markdown document"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(run, arguments, content, says: str) -> None:
    done = run("critique", "--instant", *arguments, write={} if content is None else {"bad.md": content})
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["tower.html", "tower.HTM", "tower.xhtml"])
def test_html_is_not_read(run, name: str) -> None:
    done = run("critique", "--instant", name, write={name: "<p>Studies show that shops overpay.</p>"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"copydesk: {name} is HTML, which is not critiqued. Name a Markdown or text file.\n"


def test_a_pipe_is_not_waited_for(run, tmp_path: Path) -> None:
    assert run("--version").returncode == 0
    os.mkfifo(tmp_path / "work" / "post.md")
    done = run("critique", "--instant", "post.md")
    assert done.returncode == 2
    assert done.stderr == "copydesk: post.md is not a file. Name a file; `copydesk critique -` reads standard input.\n"


def test_standard_input_is_read_as_markdown(run) -> None:
    done = run("critique", "--instant", "-", "post.md", given=FLAWED, write={"post.md": CLEAN})
    assert done.returncode == 1
    assert done.stdout.startswith("-:3:1: warning CD102") and "1 finding in 2 documents" in done.stdout
    assert run("critique", "--instant", "-", given="a" * (3 << 20)).stderr.startswith(
        "copydesk: Standard input is larger"
    )
    assert run("critique", "--instant", "-", given="a\0b").stderr.startswith("copydesk: Standard input is not text.")


def test_one_unreadable_document_does_not_stop_the_others(run) -> None:
    done = run("critique", "--instant", "missing.md", "post.md", write={"post.md": FLAWED})
    assert done.returncode == 2
    assert "CD102" in done.stdout


@pytest.mark.parametrize("content", ["", "\n\n", "```\nonly code\n```\n", "a" * 500_000, "\ufeff# x\r\n"], ids=range(5))
def test_odd_documents_work(run, content: str) -> None:
    done = run("critique", "--instant", "post.md", write={"post.md": content})
    assert (done.returncode, done.stderr) == (0, "")


def test_a_broken_project_file_is_one_line_and_everything_works(run) -> None:
    done = run("critique", "--instant", "post.md", write={"post.md": FLAWED, "copydesk.toml": "[critique\n"})
    assert "CD102" in done.stdout
    assert done.stderr.count("\n") == 1
    assert "copydesk.toml" in done.stderr


def test_unknown_keys_are_reported_by_path(run) -> None:
    project = "[critique]\nmax_per_1000_wrods = 3\n[engine]\nhost = 'http://evil.example'\n"
    done = run("critique", "--instant", "post.md", write={"post.md": FLAWED, "copydesk.toml": project})
    assert "critique.max_per_1000_wrods" in done.stderr
    assert "engine.host" in done.stderr


def test_codes_that_there_are_not_are_reported_by_place(run) -> None:
    commented = FLAWED.replace("Studies", "<!-- copydesk-disable-section CD402 CD999 -->\n\nStudies")
    fenced = "\n```\n<!-- copydesk-disable CD998 -->\n```\n"
    write = {"a.md": commented + fenced, "copydesk.toml": "[critique]\ndisable = ['CD999']\n"}
    done = run("critique", "--instant", "a.md", write=write)
    assert "CD102" in done.stdout
    assert done.stderr.splitlines() == [
        "copydesk: copydesk.toml: critique.disable: entry 1 is none of copydesk's codes; docs/codes lists them",
        "copydesk: a.md, line 3: copydesk-disable: CD999 is none of copydesk's codes; docs/codes lists them",
    ]


def test_disabled_codes_comments_and_dismissals_are_quiet(run) -> None:
    assert run("critique", "--instant", "a.md", write={"a.md": FLAWED}).returncode == 1
    quiet = {"a.md": FLAWED, "copydesk.toml": "[critique]\ndisable = ['CD102']\n"}
    assert run("critique", "--instant", "a.md", write=quiet).returncode == 0
    (commented,) = [FLAWED.replace("Studies", "<!-- copydesk-disable CD102 -->\nStudies")]
    noisy = {"a.md": commented, "copydesk.toml": ""}
    assert run("critique", "--instant", "a.md", write=noisy).returncode == 0
    line = {"code": "CD102", "path": "a.md", "scope": "document"}
    dismissed = {"a.md": FLAWED, "copydesk.toml": "", ".copydesk/dismissed.jsonl": json.dumps(line) + "\n"}
    assert run("critique", "--instant", "a.md", write=dismissed).returncode == 0


def test_the_default_view_is_limited_and_all_shows_all(run) -> None:
    post = "\n\n".join(f"Studies show that {crop} grow well on {crop[::-1]} soil." for crop in CROPS)
    short = run("critique", "--instant", "post.md", write={"post.md": post})
    assert "8 findings" in short.stdout
    assert "4 findings beyond the default view; --all shows them" in short.stdout
    assert "12 findings" in run("critique", "--instant", "--all", "post.md").stdout


def test_control_characters_never_reach_the_terminal(run) -> None:
    post = "Studies show that \x1b[31mshops\x1b[0m \x07overpay \u202every much.\n"
    done = run("critique", "--instant", "post.md", write={"post.md": post})
    assert "CD102" in done.stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)


def test_a_file_named_twice_is_critiqued_once(run) -> None:
    done = run(
        "critique", "docs", "docs/a.md", "./docs/a.md", "--instant", "--format", "json", write={"docs/a.md": FLAWED}
    )
    assert len(json.loads(done.stdout)["documents"]) == 1


def test_hidden_findings_are_counted_in_every_format(run) -> None:
    post = "\n\n".join(f"Studies show that {crop} grow well on {crop[::-1]} soil." for crop in CROPS)
    done = run("critique", "post.md", "--instant", "--format", "json", write={"post.md": post})
    assert json.loads(done.stdout)["documents"][0]["hidden"] == 4
    assert "4 more beyond the default view" in run("critique", "post.md", "--instant", "--format", "github").stdout


def test_problems_of_front_matter_name_the_file(run) -> None:
    post = f"---\ncopydesk:\n  audiense: all\n---\n\n{CLEAN}"
    done = run("critique", "a.md", "b.md", "--instant", write={"a.md": post, "b.md": post})
    assert [line.split(": ")[1] for line in done.stderr.splitlines()] == ["a.md", "b.md"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_line(run, tmp_path: Path) -> None:
    (tmp_path / "post.md").write_text(FLAWED)
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "copydesk", "critique", "--instant", str(tmp_path / "post.md")]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "could not be written" in done.stderr


def test_no_arguments_print_the_usage(run) -> None:
    done = run()
    assert done.returncode == 2
    assert "usage: copydesk" in done.stderr


def test_version(run) -> None:
    assert run("--version").stdout.startswith("copydesk 0.")
